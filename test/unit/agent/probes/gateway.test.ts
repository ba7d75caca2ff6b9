// Default gateways out of the kernel's route tables.
import { describe, expect, it } from 'vitest';
import { chooseRoute, parseIpv4Routes, parseIpv6Routes } from '../../../../agent/probes/gateway.ts';

const ipv4 = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010AA8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth1\t00000000\t0214A8C0\t0003\t0\t0\t50\t00000000\t0\t0\t0
ppp0\t00000000\t00000000\t0001\t0\t0\t10\t00000000\t0\t0\t0
eth0\t000AA8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
eth2\t00000000\t0314A8C0\t0002\t0\t0\t1\t00000000\t0\t0\t0
`;
const zeros = '0'.repeat(32);
const ipv6 = `${zeros} 00 ${zeros} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0
20010db8000000000000000000000000 40 ${zeros} 00 ${zeros} 00000100 00000001 00000000 00000001     eth0
${zeros} 00 ${zeros} 00 ${zeros} ffffffff 00000001 00000000 00200200       lo
`;

describe('probe: gateway', () => {
  it('reads IPv4 default routes that are up and have a gateway', () => {
    expect(parseIpv4Routes(ipv4)).toEqual([
      { gateway: '192.168.10.1', interface: 'eth0', metric: 100, family: 4 },
      { gateway: '192.168.20.2', interface: 'eth1', metric: 50, family: 4 },
    ]);
  });

  it('reads IPv6 default routes, with the zone of a link-local gateway', () => {
    expect(parseIpv6Routes(ipv6)).toEqual([
      { gateway: 'fe80:0000:0000:0000:0000:0000:0000:0001%eth0', interface: 'eth0', metric: 1024, family: 6 },
    ]);
  });

  it('prefers IPv4, then the lowest metric, and keeps to the interface of the link', () => {
    const routes = [...parseIpv6Routes(ipv6), ...parseIpv4Routes(ipv4)];
    expect(chooseRoute(routes)?.gateway).toBe('192.168.20.2');
    expect(chooseRoute(routes, 'eth0')?.gateway).toBe('192.168.10.1');
    expect(chooseRoute(routes, 'wlan0')).toBeUndefined();
  });

  it('finds nothing in damaged text', () => {
    expect(parseIpv4Routes('eth0\t00000000\tXYZ\t0003\t0\t0\t0\t00000000')).toEqual([]);
    expect(parseIpv6Routes('a b c')).toEqual([]);
  });
});

// The native ping as a probe. Stands on shared/icmp; adds only what a link named by its interface needs where the
// system cannot tie a socket to a device.
import { platform } from 'node:os';
import type { Icmp } from '../../shared/icmp/icmp.ts';
import { localAddressFor } from './local-address.ts';
import type { Probe } from './probe.ts';

export function icmpProbe(icmp: Icmp): Probe {
  if (platform() === 'linux') return (request) => icmp.ping(request);
  return async (request) => {
    const source = localAddressFor(request.address, request);
    if (!source.ok) return { kind: 'local', local: source.failure };
    return icmp.ping({ ...request, source: source.value, interface: undefined });
  };
}

// Native ICMP against real routers: TTL-limited, large and ordinary pings over one socket, by datagram and by raw
// sockets, IPv4 and IPv6; and ARP on a real wire. Four namespaces in a row; needs root; a few seconds.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PathAnswer } from '../../agent/probes/path.ts';
import type { IcmpCounters, PingAnswer, PingRequest } from '../../shared/icmp/icmp.ts';
import { requireLab } from './lab-allowed.ts';
import { Spaces } from './namespaces.ts';
import type { Wish } from './processes/icmp-asker.ts';

interface Said {
  readonly paths: readonly PathAnswer[];
  readonly pings: readonly (readonly PingAnswer[])[];
  readonly neighbours: readonly (PingAnswer | null)[];
  readonly cpuMs: number;
  readonly counters: IcmpCounters;
}

const chain = ['asker', 'one', 'two', 'far'] as const;
const families = {
  IPv4: { hops: ['10.1.1.2', '10.1.2.2'], far: '10.1.3.2', refused: '10.1.9.9', source: '10.1.1.1' },
  IPv6: { hops: ['fd01:1::2', 'fd01:2::2'], far: 'fd01:3::2', refused: 'fd01:9::9', source: 'fd01:1::1' },
} as const;

describe.skipIf(!requireLab())('lab: native ICMP', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-icmp-'));
  const spaces = new Spaces(folder);

  /**
   * asker -1- one -2- two -3- far. Net n is 10.1.n.0/24 and fd01:n::/64, its near end .1, its far end .2; net 9 is
   * refused by `two` with "unreachable".
   */
  beforeAll(() => {
    for (const space of chain) spaces.add(space);
    for (const [at, near] of chain.slice(0, 3).entries()) {
      const far = chain[at + 1] ?? '';
      const net = at + 1;
      spaces.cable({ space: near, device: `d${net}` }, { space: far, device: `u${net}` });
      for (const [space, device, host] of [
        [near, `d${net}`, 1],
        [far, `u${net}`, 2],
      ] as const) {
        spaces.ip(space, [
          `addr add 10.1.${net}.${host}/24 dev ${device}`,
          `addr add fd01:${net}::${host}/64 dev ${device} nodad`,
        ]);
      }
    }
    for (const space of ['one', 'two']) {
      // Linux answers one dead ping a second to each asker; a lab has no such time.
      const plain = ['net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1'];
      const free = ['net.ipv4.icmp_ratelimit=0', 'net.ipv6.icmp.ratelimit=0'];
      spaces.run(space, ['sysctl', '-qw', ...plain, ...free]);
    }
    spaces.ip('asker', ['route add default via 10.1.1.2', 'route add default via fd01:1::2']);
    spaces.ip('one', ['route add default via 10.1.2.2', 'route add default via fd01:2::2']);
    spaces.ip('two', ['route add 10.1.1.0/24 via 10.1.2.1', 'route add fd01:1::/64 via fd01:2::1']);
    spaces.ip('two', ['route add unreachable 10.1.9.0/24', 'route add unreachable fd01:9::/64']);
    spaces.ip('far', ['route add default via 10.1.3.1', 'route add default via fd01:3::1']);
  });

  afterAll(() => {
    spaces.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = (wish: Wish): Said => {
    const script = join(import.meta.dirname, 'processes/icmp-asker.ts');
    return JSON.parse(spaces.run('asker', [process.execPath, script, JSON.stringify(wish)]));
  };
  const sockets = { datagram: '0 0', raw: '1 0' } as const;
  const cases = Object.entries(sockets).flatMap(([kind, range]) =>
    Object.entries(families).map(([family, net]) => ({ kind, range, family, ...net })),
  );

  describe.each(cases)(
    'by $kind sockets over $family',
    ({ kind, range, family, hops, far, refused, source }) => {
      const way = { timeoutMs: 1_000 };
      beforeAll(() => {
        spaces.run('asker', ['sysctl', '-qw', `net.ipv4.ping_group_range=${range}`]);
      });

      test('every router on the way says who it is, and the target ends the path', () => {
        const paths = [
          { address: far, hopsMax: 8, ...way },
          { address: far, hopsMax: 8, source, ...way },
          { address: far, hopsMax: 8, interface: 'd1', ...way },
        ];
        const said = ask({ paths });
        for (const path of said.paths) {
          expect(path.reached).toBe(true);
          expect(path.hops.map(({ address }) => address)).toEqual([...hops, far]);
          expect(path.hops.every(({ rttMs }) => rttMs !== undefined && rttMs >= 0 && rttMs < 1_000)).toBe(
            true,
          );
        }
        expect(said.counters).toMatchObject({ expired: 6, lost: 0 });
      });

      test('ordinary and large pings between limited ones are all answered', () => {
        const mixed = (): PingRequest[] =>
          Array.from({ length: 40 }, (_, at) => ({
            address: far,
            ...way,
            ...(at % 4 === 0 ? { ttl: 1 + (at % 2) } : {}),
            ...(at % 4 === 2 ? { payloadBytes: 1_400 } : {}),
          }));
        const said = ask({ pings: [mixed(), mixed(), mixed()] });
        for (const list of said.pings) {
          expect(list.map(({ kind: answer }) => answer)).toEqual(
            mixed().map(({ ttl }) => (ttl === undefined ? 'answered' : 'expired')),
          );
        }
      });

      test('a target that a router calls unreachable is lost, harms no ping beside it, and burns no processor', () => {
        const dead = { address: refused, timeoutMs: 800 };
        const alive = { address: far, ...way };
        const first = [{ ...alive, ttl: 1 }];
        const said = ask({
          pings: [first, [dead, alive, dead, alive], [alive, alive], [{ ...dead, ttl: 9 }]],
        });
        expect(said.pings.map((list) => list.map(({ kind: answer }) => answer))).toEqual([
          ['expired'],
          ['lost', 'answered', 'lost', 'answered'],
          ['answered', 'answered'],
          ['lost'],
        ]);
        // 1.6 seconds of waiting; a poll that spins would take most of one core.
        expect(said.cpuMs, `${kind} ${family}`).toBeLessThan(500);
      });

      test('a router that keeps silent is a hop without a name, and the path behind it is seen', () => {
        const silent =
          'table inet silent { chain out { type filter hook output priority 0; \
        icmp type time-exceeded drop; icmpv6 type time-exceeded drop; }; }';
        spaces.nft('one', silent);
        const said = ask({ paths: [{ address: far, hopsMax: 4, timeoutMs: 500 }] });
        spaces.nft('one', 'delete table inet silent');
        expect(said.paths[0]?.hops.map(({ ttl, address }) => [ttl, address])).toEqual([
          [1, undefined],
          [2, hops[1]],
          [3, far],
        ]);
      });
    },
  );

  test('limited and ordinary pings are one flow: they carry one ICMP id', () => {
    for (const range of Object.values(sockets)) {
      spaces.run('asker', ['sysctl', '-qw', `net.ipv4.ping_group_range=${range}`]);
      spaces.nft(
        'one',
        'table ip flows { set ids { typeof icmp id; flags dynamic; size 64; }; chain in { \
          type filter hook prerouting priority 0; icmp type echo-request add @ids { icmp id }; }; }',
      );
      const ping = { address: families.IPv4.far, timeoutMs: 1_000 };
      ask({ pings: [[ping, { ...ping, ttl: 1 }], [ping, { ...ping, ttl: 2 }], [ping]] });
      const listed = spaces.run('one', ['nft', '-j', 'list', 'set', 'ip', 'flows', 'ids']);
      spaces.nft('one', 'delete table ip flows');
      const ids = /"elem": \[([^\]]*)\]/.exec(listed)?.[1]?.split(',') ?? [];
      expect(ids, range).toHaveLength(1);
    }
  });

  test('by ARP a machine that filters pings is there, and one that is not is lost at once', () => {
    spaces.nft(
      'one',
      'table ip deaf { chain in { type filter hook input priority 0; ip protocol icmp drop; }; }',
    );
    const timeoutMs = 300;
    const ask3 = ['10.1.1.2', '10.1.1.77', '10.1.2.2'].map((address) => ({ address, timeoutMs }));
    const said = ask({ pings: [[{ address: '10.1.1.2', timeoutMs }]], arp: ask3 });
    spaces.nft('one', 'delete table ip deaf');
    expect(said.pings[0]?.[0]?.kind).toBe('lost');
    expect(said.neighbours.map((answer) => answer?.kind)).toEqual(['answered', 'lost', 'unasked']);
    // The kernel still remembers it; the question does not.
    spaces.ip('one', ['link set u1 arp off']);
    const after = ask({ arp: ask3.slice(0, 1) });
    spaces.ip('one', ['link set u1 arp on']);
    expect(after.neighbours.map((answer) => answer?.kind)).toEqual(['lost']);
  });
});

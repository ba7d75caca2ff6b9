// ARP without a wire: packets, the kernel's table, the queue of Windows calls, and who is asked at all. The real wire is
// in test/lab/icmp-path.test.ts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AskWire, createArpProbe } from '../../../../agent/probes/arp.ts';
import { buildArpRequest, macBytes, parseArpReply } from '../../../../agent/probes/arp-packet.ts';
import { isUnanswered } from '../../../../agent/probes/arp-table.ts';
import { createResolveQueue } from '../../../../agent/probes/arp-windows.ts';
import { wireTo } from '../../../../agent/probes/local-address.ts';
import { limits } from '../../../../shared/limits.ts';

const wire = { interface: 'eth0', address: '192.168.10.4', mac: '02:00:00:00:00:04' };
const unasked = { kind: 'unasked', reason: 'refused-by-system' } as const;

describe('probe: arp', () => {
  it('asks only IPv4 machines on a wire of this machine', async () => {
    const asked: string[] = [];
    const ask: AskWire = ({ address }) => {
      asked.push(address);
      return Promise.resolve({ kind: 'answered', rttMs: 1 });
    };
    const probe = createArpProbe(ask, (address) => (address.startsWith('192.168.10.') ? wire : undefined));
    for (const address of ['192.168.10.5', '10.0.0.5', 'fe80::1', 'name']) {
      const answer = await probe?.({ address, timeoutMs: 100 });
      expect(answer?.kind).toBe(address === '192.168.10.5' ? 'answered' : 'unasked');
    }
    expect(asked).toEqual(['192.168.10.5']);
    expect(createArpProbe(undefined, () => wire)).toBeDefined();
  });

  it('finds no wire to what lies behind a router, to itself, or over loopback', () => {
    for (const target of ['127.0.0.1', '127.0.0.9', '203.0.113.99', '::1', 'name']) {
      expect(wireTo(target), target).toBeUndefined();
    }
  });

  it('builds the request of RFC 826', () => {
    const mac = macBytes('02:00:00:00:00:04') ?? new Uint8Array();
    const source = Uint8Array.of(192, 168, 10, 4);
    const target = Uint8Array.of(192, 168, 10, 5);
    expect([...buildArpRequest({ mac, source, target })]).toEqual([
      ...[0, 1, 8, 0, 6, 4, 0, 1],
      ...[2, 0, 0, 0, 0, 4, 192, 168, 10, 4],
      ...[0, 0, 0, 0, 0, 0, 192, 168, 10, 5],
    ]);
    expect(macBytes('02:00:00:00:00')).toBeUndefined();
    expect(macBytes('02:00:00:00:00:zz')).toBeUndefined();
  });

  it('reads replies, padded or not, and refuses requests, cuts and noise', () => {
    const reply = Uint8Array.of(
      0,
      1,
      8,
      0,
      6,
      4,
      0,
      2,
      2,
      0,
      0,
      0,
      0,
      5,
      192,
      168,
      10,
      5,
      2,
      0,
      0,
      0,
      0,
      4,
      192,
      168,
      10,
      4,
    );
    const read = { from: Uint8Array.of(192, 168, 10, 5), to: Uint8Array.of(192, 168, 10, 4) };
    expect(parseArpReply(reply)).toEqual(read);
    expect(parseArpReply(new Uint8Array([...reply, ...new Uint8Array(18)]))).toEqual(read);
    expect(parseArpReply(reply.with(7, 1))).toBeUndefined();
    for (let length = 0; length < reply.length; length += 1) {
      expect(parseArpReply(reply.subarray(0, length))).toBeUndefined();
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (noise) => void parseArpReply(noise)));
  });
});

describe("probe: the kernel's table of neighbours", () => {
  const table = [
    'IP address       HW type     Flags       HW address            Mask     Device',
    '192.168.10.1     0x1         0x2         02:00:00:00:00:01     *        eth0',
    '192.168.10.5     0x1         0x0         00:00:00:00:00:00     *        eth0',
    '192.168.10.6     0x1         0x6         02:00:00:00:00:06     *        eth0',
    '192.168.10.7     0x1         0x0         00:00:00:00:00:00     *        eth1',
    '192.168.10.8     0x1',
  ].join('\n');

  it('says no only for an entry on that wire that nobody completed', () => {
    const says = (address: string): boolean => isUnanswered(table, { address, device: 'eth0' });
    expect(says('192.168.10.5')).toBe(true);
    for (const last of [1, 6, 7, 8, 9]) expect(says(`192.168.10.${last}`), String(last)).toBe(false);
  });
});

describe('probe: arp on Windows', () => {
  type Done = (code: number) => void;
  const calls = () => {
    const open: { entry: Uint8Array; done: Done }[] = [];
    const ask = createResolveQueue((entry, done) => open.push({ entry, done }));
    return { open, ask };
  };
  const wish = { address: '192.168.10.5', wire, timeoutMs: 5_000 };
  const tell = (entry: Uint8Array, state = 5, length = 6): void => {
    const view = new DataView(entry.buffer);
    view.setUint32(72, length, true);
    view.setUint32(76, state, true);
  };

  it('hands the address over as a socket address and takes the told hardware address for an answer', async () => {
    const { open, ask } = calls();
    const answer = ask(wish);
    expect([...(open[0]?.entry.subarray(0, 8) ?? [])]).toEqual([2, 0, 0, 0, 192, 168, 10, 5]);
    tell(open[0]?.entry ?? new Uint8Array(88));
    open[0]?.done(0);
    expect(await answer).toMatchObject({ kind: 'answered' });
  });

  it('takes only "nobody there" for lost, and neither other errors nor entries written by hand', async () => {
    for (const [code, state, expected] of [
      [67, 0, { kind: 'lost' }],
      [5, 5, unasked],
      [-1, 5, unasked],
      [0, 6, unasked],
    ] as const) {
      const { open, ask } = calls();
      const answer = ask(wish);
      tell(open[0]?.entry ?? new Uint8Array(88), state);
      open[0]?.done(code);
      expect(await answer, String(code)).toEqual(expected);
    }
  });

  it('runs few calls at once; who waits its whole time in the queue was not asked', async () => {
    const { open, ask } = calls();
    const first = Array.from({ length: limits.arpCallsMax }, () => ask({ ...wish, timeoutMs: 60 }));
    const second = ask({ ...wish, timeoutMs: 60 });
    expect(open).toHaveLength(limits.arpCallsMax);
    expect(await Promise.all(first)).toEqual(first.map(() => ({ kind: 'lost' })));
    expect(await second).toEqual({ kind: 'unasked', reason: 'limit' });
    const third = ask(wish);
    expect(open).toHaveLength(limits.arpCallsMax);
    open[0]?.done(67);
    expect(open).toHaveLength(limits.arpCallsMax + 1);
    open.at(-1)?.done(67);
    expect(await third).toEqual({ kind: 'lost' });
  });

  it('refuses what does not fit in the queue', async () => {
    const { open, ask } = calls();
    const asked = Array.from({ length: limits.arpCallsMax + limits.arpOutstandingMax + 1 }, () => ask(wish));
    expect(await asked.at(-1)).toEqual({ kind: 'unasked', reason: 'limit' });
    for (let at = 0; at < limits.arpCallsMax + limits.arpOutstandingMax; at += 1) open[at]?.done(67);
    expect((await Promise.all(asked.slice(0, -1))).every(({ kind }) => kind === 'lost')).toBe(true);
  });
});

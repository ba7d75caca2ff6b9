// DNS messages: what is asked, what is read, and what hostile bytes must not do.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildQuery, isPublicAddress, readAnswer } from '../../../../agent/probes/dns-message.ts';
import { parseAddress } from '../../../../shared/icmp/address.ts';

const pointer = [0xc0, 12];
const record = (name: readonly number[], type: number, data: readonly number[], length = data.length) => [
  ...name,
  ...[0, type, 0, 1, 0, 0, 0, 60, length >> 8, length & 0xff],
  ...data,
];
function answer(id: number, records: readonly (readonly number[])[], count = records.length): Uint8Array {
  const query = buildQuery(id, 'www.example.com');
  query[2] = 0x81;
  query[3] = 0x80;
  query[6] = count >> 8;
  query[7] = count & 0xff;
  return new Uint8Array([...query, ...records.flat()]);
}
const four = [142, 250, 79, 4];

describe('probe: dns message', () => {
  it('builds a query whose own bytes are not an answer', () => {
    expect(readAnswer(buildQuery(7, 'www.example.com'), 7)).toBeUndefined();
    expect([...buildQuery(7, 'a.bc')].slice(12)).toEqual([1, 97, 2, 98, 99, 0, 0, 1, 0, 1]);
  });

  it('finds the addresses behind aliases, in both families', () => {
    const alias = record(pointer, 5, [3, 119, 119, 119, ...pointer]);
    const six = [0x2a, 0, ...new Array<number>(14).fill(1)];
    const said = readAnswer(
      answer(7, [alias, record([1, 97, ...pointer], 1, four), record([0], 28, six)]),
      7,
    );
    expect(said?.code).toBe(0);
    expect(said?.addresses.map((address) => [...address])).toEqual([four, six]);
  });

  it('refuses another id, and reads nothing of records that are cut, lie about their length or are too many', () => {
    expect(readAnswer(answer(8, [record(pointer, 1, four)]), 7)).toBeUndefined();
    const whole = answer(7, [record(pointer, 1, four)]);
    for (let length = 12; length < whole.length; length += 1) {
      expect(readAnswer(whole.subarray(0, length), 7)?.addresses, String(length)).toEqual([]);
    }
    expect(readAnswer(answer(7, [record(pointer, 1, four, 400)]), 7)?.addresses).toEqual([]);
    expect(readAnswer(answer(7, [record(pointer, 1, [1, 2, 3])]), 7)?.addresses).toEqual([]);
    const many = Array.from({ length: 500 }, () => record(pointer, 1, four));
    expect(readAnswer(answer(7, many, 0xffff), 7)?.addresses.length).toBeLessThanOrEqual(64);
  });

  it('walks forward only, whatever pointers and reserved labels say', () => {
    const loops = [[0xc0, 12], [0xff, 0xff], [0x40, 1], [0x80, 1], new Array<number>(400).fill(1)];
    for (const name of loops) readAnswer(answer(7, [record(name, 1, four)], 60_000), 7);
    expect(readAnswer(answer(7, [record([0x40, 1], 1, four)]), 7)?.addresses).toEqual([]);
  });

  it('never throws and never reads beyond its bytes, whatever the noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (noise) => {
        const bytes = new Uint8Array([0, 7, 0x81, 0x80, ...noise]);
        for (const address of readAnswer(bytes, 7)?.addresses ?? [])
          expect([4, 16]).toContain(address.length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('knows which addresses can be on the internet', () => {
    const is = (text: string): boolean => isPublicAddress(parseAddress(text)?.bytes ?? new Uint8Array());
    const no =
      '0.0.0.0 10.1.2.3 100.64.0.1 100.127.1.1 127.0.0.1 169.254.1.1 172.16.0.1 172.31.9.9 192.168.0.1';
    const noMore = '192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 255.255.255.255';
    const noSix = ':: ::1 fe80::1 fc00::1 fd12::1 ff02::1 2001:db8::1 ::ffff:10.0.0.1 64:ff9b::192.168.1.1';
    for (const text of [no, noMore, noSix].join(' ').split(' ')) expect(is(text), text).toBe(false);
    const yes = '8.8.8.8 100.63.0.1 100.128.0.1 172.15.0.1 172.32.0.1 192.167.0.1 223.255.1.1 142.250.79.4';
    const yesSix = '2800:3f0:4001:800::2004 2a00:1450::1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8';
    for (const text of [yes, yesSix].join(' ').split(' ')) expect(is(text), text).toBe(true);
  });
});

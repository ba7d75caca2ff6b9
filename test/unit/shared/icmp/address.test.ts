// Addresses as text and as socket addresses.
import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressBytes,
  formatAddress,
  parseAddress,
  sameBytes,
  socketAddress,
} from '../../../../shared/icmp/address.ts';

describe('icmp: address', () => {
  it('accepts exactly what the platform accepts as an address', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ unit: fc.constantFrom(...'0123456789abf.:') })),
        (text) => {
          expect(parseAddress(text)?.family ?? 0).toBe(isIP(text));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('writes the same address in all its forms as the same bytes', () => {
    const forms = ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1', '2001:db8:0:0::0.0.0.1'];
    const all = forms.map((form) => parseAddress(form)?.bytes ?? new Uint8Array());
    for (const bytes of all) expect(sameBytes(bytes, all[0] ?? new Uint8Array(1))).toBe(true);
    expect([...(parseAddress('::ffff:1.2.3.4')?.bytes ?? [])].slice(10)).toEqual([255, 255, 1, 2, 3, 4]);
  });

  it('keeps the zone of a link-local address and refuses one without meaning', () => {
    expect(parseAddress('fe80::1%eth0')).toMatchObject({ family: 6, zone: 'eth0' });
    for (const bad of [
      '1.2.3.4%eth0',
      'fe80::1%',
      'fe80::1%a%b',
      '1.2.3.256',
      '01.2.3.4',
      '1:2:3:4:5:6:7::8',
      '',
    ]) {
      expect(parseAddress(bad)).toBeUndefined();
    }
  });

  it('puts the address where a system call reads and writes it', () => {
    for (const text of ['192.0.2.7', 'fe80::1%3']) {
      const address = parseAddress(text);
      if (address === undefined) throw new Error('no address');
      const bytes = socketAddress(address, { family6: 10, scope: 3 });
      expect(sameBytes(addressBytes(bytes, address.family), address.bytes)).toBe(true);
      expect(bytes.length).toBe(address.family === 4 ? 16 : 28);
    }
  });
});

describe('icmp: address as text', () => {
  it('writes IPv6 in the short form of RFC 5952', () => {
    const cases = ':: ::1 fe80::1 2001:db8::1 2001:db8:0:1:1:1:1:1 2001:0:0:1::1 1:2:3:4:5:6:7:8 1::';
    for (const text of cases.split(' ')) {
      expect(formatAddress(parseAddress(text)?.bytes ?? new Uint8Array())).toBe(text);
    }
  });

  it('gives back what it read, for any address', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ minLength: 4, maxLength: 4 }),
          fc.uint8Array({ minLength: 16, maxLength: 16 }),
        ),
        (bytes) => {
          expect(parseAddress(formatAddress(bytes))?.bytes).toEqual(bytes);
        },
      ),
    );
  });
});

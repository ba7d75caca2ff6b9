// What routers say of packets that died on their way: quoted by raw sockets and by error queues, and hostile bytes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildEchoRequest, checksum, nonceBytes } from '../../../../shared/icmp/packet.ts';
import { parseExpiredBy, parseQuotedEcho, parseTimeExceeded } from '../../../../shared/icmp/quoted.ts';

const echoes = fc.record({
  id: fc.nat(0xffff),
  seq: fc.nat(0xffff),
  nonce: fc.uint8Array({ minLength: nonceBytes, maxLength: nonceBytes }),
});
type Echo = typeof echoes extends fc.Arbitrary<infer T> ? T : never;
const target4 = Uint8Array.of(10, 1, 3, 2);
const target6 = Uint8Array.of(0xfd, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2);

function inner4(request: Uint8Array, optionWords = 0): Uint8Array {
  const header = new Uint8Array(20 + optionWords * 4);
  header[0] = 0x40 | (5 + optionWords);
  header[9] = 1;
  header.set(target4, 16);
  return new Uint8Array([...header, ...request]);
}

function inner6(request: Uint8Array): Uint8Array {
  const header = new Uint8Array(40);
  header[0] = 0x60;
  header[6] = 58;
  header.set(target6, 24);
  return new Uint8Array([...header, ...request]);
}

/** A router's whole message, as a raw socket gives it. */
function message(family: 4 | 6, inner: Uint8Array, type = family === 4 ? 11 : 3, code = 0): Uint8Array {
  const icmp = new Uint8Array([type, code, 0, 0, 0, 0, 0, 0, ...inner]);
  if (family === 6) return icmp;
  new DataView(icmp.buffer).setUint16(2, checksum(icmp));
  const header = new Uint8Array(20);
  header[0] = 0x45;
  header[9] = 1;
  new DataView(header.buffer).setUint16(2, 20 + icmp.length);
  return new Uint8Array([...header, ...icmp]);
}

const read = (family: 4 | 6, bytes: Uint8Array) =>
  parseTimeExceeded(bytes, { family, ipHeader: family === 4 });
const quote = (family: 4 | 6, echo: Echo, bytes = 40): Uint8Array => {
  const request = buildEchoRequest(family, echo).slice(0, bytes);
  return family === 4 ? inner4(request) : inner6(request);
};

describe('icmp: quoted request', () => {
  it('is found in a time-exceeded message of either family, with its target', () => {
    fc.assert(
      fc.property(echoes, fc.constantFrom(4 as const, 6 as const), (echo, family) => {
        expect(read(family, message(family, quote(family, echo)))).toEqual({
          echo,
          target: family === 4 ? target4 : target6,
        });
      }),
    );
  });

  it('is found without its nonce when the router quotes eight bytes, as old ones do', () => {
    const echo = { id: 7, seq: 8, nonce: new Uint8Array(nonceBytes) };
    for (const family of [4, 6] as const) {
      expect(read(family, message(family, quote(family, echo, 8)))?.echo).toEqual({
        id: 7,
        seq: 8,
        nonce: undefined,
      });
      expect(read(family, message(family, quote(family, echo, 7)))).toBeUndefined();
    }
  });

  it('is not looked for in "unreachable", in reassembly time-outs, in damaged or strange packets', () => {
    const echo = { id: 7, seq: 8, nonce: new Uint8Array(nonceBytes) };
    expect(read(4, message(4, quote(4, echo), 3, 1))).toBeUndefined();
    expect(read(6, message(6, quote(6, echo), 1, 0))).toBeUndefined();
    expect(read(4, message(4, quote(4, echo), 11, 1))).toBeUndefined();
    const damaged = message(4, quote(4, echo));
    damaged[40] = (damaged[40] ?? 0) ^ 1;
    expect(read(4, damaged)).toBeUndefined();
    const udp = quote(4, echo);
    udp[9] = 17;
    expect(read(4, message(4, udp))).toBeUndefined();
    const laterFragment = quote(4, echo);
    laterFragment[7] = 2;
    expect(read(4, message(4, laterFragment))).toBeUndefined();
    const reply = quote(4, echo);
    reply[20] = 0;
    expect(read(4, message(4, reply))).toBeUndefined();
  });

  it('never throws, whatever the noise, cut anywhere', () => {
    const whole = message(4, inner4(buildEchoRequest(4, { id: 1, seq: 2, nonce: new Uint8Array(16) }), 10));
    for (let length = 0; length < whole.length; length += 1) read(4, whole.subarray(0, length));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (noise) => {
        read(4, noise);
        read(6, noise);
        read(4, message(4, noise));
        read(6, message(6, noise));
        parseQuotedEcho(noise, 4);
        parseQuotedEcho(noise, 6);
      }),
    );
  });
});

/** One control message of the error queue. */
function control(
  family: 4 | 6,
  more: { origin?: number; type?: number; code?: number; level?: number } = {},
) {
  const bytes = new Uint8Array(16 + 16 + (family === 4 ? 16 : 28));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setInt32(8, more.level ?? (family === 4 ? 0 : 41), true);
  view.setInt32(12, family === 4 ? 11 : 25, true);
  bytes[20] = more.origin ?? (family === 4 ? 2 : 3);
  bytes[21] = more.type ?? (family === 4 ? 11 : 3);
  bytes[22] = more.code ?? 0;
  view.setUint16(32, family === 4 ? 2 : 10, true);
  bytes.set(family === 4 ? target4 : target6, family === 4 ? 36 : 40);
  return bytes;
}

describe('icmp: error queue', () => {
  it('names the router in both families, also behind other control messages', () => {
    const other = new Uint8Array(24);
    new DataView(other.buffer).setUint32(0, 20, true);
    for (const [family, router] of [
      [4, target4],
      [6, target6],
    ] as const) {
      expect(parseExpiredBy(control(family), family)).toEqual(router);
      expect(parseExpiredBy(new Uint8Array([...other, ...control(family)]), family)).toEqual(router);
    }
  });

  it('takes nothing else for an expiry: unreachable, local errors, another level, the other family', () => {
    expect(parseExpiredBy(control(4, { type: 3, code: 1 }), 4)).toBeUndefined();
    expect(parseExpiredBy(control(4, { origin: 1 }), 4)).toBeUndefined();
    expect(parseExpiredBy(control(4, { code: 1 }), 4)).toBeUndefined();
    expect(parseExpiredBy(control(4, { level: 1 }), 4)).toBeUndefined();
    expect(parseExpiredBy(control(6), 4)).toBeUndefined();
  });

  it('never throws or loops, whatever lengths the bytes claim', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 96 }), fc.nat(0xffffffff), (noise, length) => {
        const bytes = new Uint8Array([...control(4), ...noise]);
        new DataView(bytes.buffer).setUint32(0, length, true);
        parseExpiredBy(bytes, 4);
        parseExpiredBy(noise, 6);
      }),
    );
  });
});

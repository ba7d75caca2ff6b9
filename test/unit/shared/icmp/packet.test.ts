// ICMP echo packets: what is built is read back, what is damaged or not ours is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildEchoRequest,
  checksum,
  nonceBytes,
  parseEchoReply,
  payloadBytesOf,
  ttlOf,
} from '../../../../shared/icmp/packet.ts';

const echoes = fc.record({
  id: fc.nat(0xffff),
  seq: fc.nat(0xffff),
  nonce: fc.uint8Array({ minLength: nonceBytes, maxLength: nonceBytes }),
});

/** Turns a request into the answer that a host gives: the type changes, the rest stays. */
function replyTo(request: Uint8Array, family: 4 | 6): Uint8Array {
  const reply = request.slice();
  reply[0] = family === 4 ? 0 : 129;
  if (family === 4) {
    reply[2] = 0;
    reply[3] = 0;
    new DataView(reply.buffer).setUint16(2, checksum(reply));
  }
  return reply;
}

function withIpv4Header(icmp: Uint8Array, optionWords = 0): Uint8Array {
  const header = new Uint8Array(20 + optionWords * 4);
  header[0] = 0x40 | (5 + optionWords);
  header[9] = 1;
  new DataView(header.buffer).setUint16(2, header.length + icmp.length);
  return new Uint8Array([...header, ...icmp]);
}

describe('icmp: packet', () => {
  it('reads back every echo that a host answers, over both families', () => {
    fc.assert(
      fc.property(echoes, fc.constantFrom(4 as const, 6 as const), (echo, family) => {
        const reply = replyTo(buildEchoRequest(family, echo), family);
        expect(parseEchoReply(reply, { family, ipHeader: false })).toEqual(echo);
      }),
    );
  });

  it('reads an answer that carries less of the payload than was sent, down to the nonce', () => {
    fc.assert(
      fc.property(echoes, fc.integer({ min: 32, max: 1_472 }), fc.nat(1_472), (echo, sent, cut) => {
        for (const family of [4, 6] as const) {
          const request = buildEchoRequest(family, echo, sent);
          expect(request.length).toBe(8 + sent);
          const kept = request.slice(0, 8 + Math.min(cut, sent));
          const reply = replyTo(kept, family);
          const read = parseEchoReply(reply, { family, ipHeader: false });
          expect(read).toEqual(kept.length >= 8 + nonceBytes ? echo : undefined);
        }
      }),
    );
  });

  it('sends only payloads and TTLs that a packet can have, whatever was wished', () => {
    expect([undefined, 0, 32, 1_400.7, 9_999, Number.NaN].map(payloadBytesOf)).toEqual([
      32, 32, 32, 1_400, 1_472, 32,
    ]);
    expect([-3, 1, 7.9, 255, 999, Number.NaN].map(ttlOf)).toEqual([1, 1, 7, 255, 255, 255]);
  });

  it('finds the echo behind an IPv4 header of any length', () => {
    fc.assert(
      fc.property(echoes, fc.integer({ min: 0, max: 10 }), (echo, optionWords) => {
        const reply = withIpv4Header(replyTo(buildEchoRequest(4, echo), 4), optionWords);
        expect(parseEchoReply(reply, { family: 4, ipHeader: true })).toEqual(echo);
      }),
    );
  });

  it('refuses an IPv4 answer with any single bit turned', () => {
    fc.assert(
      fc.property(echoes, fc.nat(40 * 8 - 1), (echo, bit) => {
        const reply = replyTo(buildEchoRequest(4, echo), 4);
        reply[bit >> 3] = (reply[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(parseEchoReply(reply, { family: 4, ipHeader: false })).toBeUndefined();
      }),
    );
  });

  it('refuses its own request, which a raw socket on loopback hears as well', () => {
    const echo = { id: 1, seq: 2, nonce: new Uint8Array(nonceBytes) };
    for (const family of [4, 6] as const) {
      expect(parseEchoReply(buildEchoRequest(family, echo), { family, ipHeader: false })).toBeUndefined();
    }
  });

  it('refuses a cut packet and never throws on noise', () => {
    const whole = withIpv4Header(
      replyTo(buildEchoRequest(4, { id: 1, seq: 2, nonce: new Uint8Array(nonceBytes) }), 4),
    );
    for (let length = 0; length < whole.length; length += 1) {
      expect(parseEchoReply(whole.subarray(0, length), { family: 4, ipHeader: true })).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (noise, ipHeader) => {
        parseEchoReply(noise, { family: 4, ipHeader });
        parseEchoReply(noise, { family: 6, ipHeader: false });
      }),
    );
  });

  it('computes the checksum of the example in RFC 1071', () => {
    expect(checksum(new Uint8Array([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]))).toBe(~0xddf2 & 0xffff);
    expect(checksum(new Uint8Array([0xff]))).toBe(0x00ff);
  });
});

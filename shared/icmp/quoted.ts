// What a router says about a packet that died on its way (RFC 792 time exceeded, RFC 4443 section 3.3), read from the
// two places where Linux hands it over: a raw socket gives the router's whole message, a datagram socket an entry of
// its error queue. Pure; stands beside packet.ts. It must never trust a length that came from the network: any machine
// can send such a message, so the caller also checks that the quoted request is one of its own.
import {
  checksum,
  echoRequestType,
  headerBytes,
  type IpFamily,
  nonceBytes,
  withoutIpv4Header,
} from './packet.ts';

/** The request of ours that a router quotes. */
export interface QuotedEcho {
  readonly id: number;
  readonly seq: number;
  /** Only when the router quoted that much; older ones quote 8 bytes behind the IP header (RFC 792). */
  readonly nonce?: Uint8Array;
}

const timeExceededType = { 4: 11, 6: 3 } as const;
/** Code 0 is "TTL ran out on the way"; 1 is a fragment that waited in vain. */
const inTransit = 0;
const ipv6HeaderBytes = 40;
const ipv6NextIcmp = 58;

/** One received packet of a raw socket. undefined = not a time-exceeded message about an echo request. */
export function parseTimeExceeded(
  bytes: Uint8Array,
  from: { readonly family: IpFamily; readonly ipHeader: boolean },
): { readonly echo: QuotedEcho; readonly target: Uint8Array } | undefined {
  const icmp = from.ipHeader ? withoutIpv4Header(bytes) : bytes;
  if (icmp === undefined || icmp.length < headerBytes) return undefined;
  if (icmp[0] !== timeExceededType[from.family] || icmp[1] !== inTransit) return undefined;
  // The kernel has verified ICMPv6; raw IPv4 sockets get packets before any check.
  if (from.family === 4 && checksum(icmp) !== 0) return undefined;
  const inner = icmp.subarray(headerBytes);
  const [target, request] = from.family === 4 ? insideIpv4(inner) : insideIpv6(inner);
  const echo = request === undefined ? undefined : parseQuotedEcho(request, from.family);
  return echo === undefined || target === undefined ? undefined : { echo, target };
}

/** An echo request from its ICMP header on, cut anywhere behind the sequence number. */
export function parseQuotedEcho(bytes: Uint8Array, family: IpFamily): QuotedEcho | undefined {
  if (bytes.length < headerBytes || bytes[0] !== echoRequestType[family] || bytes[1] !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length >= headerBytes + nonceBytes;
  return {
    id: view.getUint16(4),
    seq: view.getUint16(6),
    nonce: whole ? bytes.slice(headerBytes, headerBytes + nonceBytes) : undefined,
  };
}

const controlHeaderBytes = 16;
const extendedErrorBytes = 16;
const origin = { 4: 2, 6: 3 } as const;
/** Level and type of the control message, number of the address family, where its address stands. */
const errorMessage = {
  4: { level: 0, type: 11, family: 2, at: 4, length: 4 },
  6: { level: 41, type: 25, family: 10, at: 8, length: 16 },
} as const;

/**
 * Who said "time exceeded", from the control messages of an error-queue entry (`struct sock_extended_err` and the
 * offender's socket address behind it, linux/errqueue.h). undefined = it says something else.
 */
export function parseExpiredBy(control: Uint8Array, family: IpFamily): Uint8Array | undefined {
  const view = new DataView(control.buffer, control.byteOffset, control.byteLength);
  const wanted = errorMessage[family];
  let at = 0;
  while (at + controlHeaderBytes <= control.length) {
    const length = view.getUint32(at, true);
    if (length < controlHeaderBytes || at + length > control.length) return undefined;
    const matches =
      view.getInt32(at + 8, true) === wanted.level && view.getInt32(at + 12, true) === wanted.type;
    const error = at + controlHeaderBytes;
    const offender = error + extendedErrorBytes;
    if (matches && offender + wanted.at + wanted.length <= at + length) {
      const expired =
        control[error + 4] === origin[family] &&
        control[error + 5] === timeExceededType[family] &&
        control[error + 6] === inTransit;
      const known = view.getUint16(offender, true) === wanted.family;
      const address = offender + wanted.at;
      return expired && known ? control.slice(address, address + wanted.length) : undefined;
    }
    // Control messages start at multiples of eight.
    at += (length + 7) & ~7;
  }
  return undefined;
}

type Inside = readonly [target?: Uint8Array, request?: Uint8Array];

/** Routers cut the quoted packet, so its own length fields are of no use. */
function insideIpv4(inner: Uint8Array): Inside {
  const first = inner[0] ?? 0;
  const lengthBytes = (first & 0x0f) * 4;
  if (first >> 4 !== 4 || lengthBytes < 20 || inner.length < lengthBytes || inner[9] !== 1) return [];
  // Behind a later fragment's header stands payload.
  if ((((inner[6] ?? 0) & 0x1f) | (inner[7] ?? 0)) !== 0) return [];
  return [inner.slice(16, 20), inner.subarray(lengthBytes)];
}

function insideIpv6(inner: Uint8Array): Inside {
  const isEcho = (inner[0] ?? 0) >> 4 === 6 && inner[6] === ipv6NextIcmp;
  return isEcho && inner.length >= ipv6HeaderBytes
    ? [inner.slice(24, 40), inner.subarray(ipv6HeaderBytes)]
    : [];
}

// ICMP echo as bytes: builds requests, reads answers (RFC 792, RFC 4443). Pure: knows no socket and no clock, so the
// same code serves Linux raw and datagram sockets, and its tests need no rights. It must never trust a length that
// came from the network.

export type IpFamily = 4 | 6;

/** Bytes of the payload that make a request ours: a raw socket also hears the answers to every other program. */
export const nonceBytes = 16;
/** Whole payload by default. 32 as Windows' own ping: small, and known to pass every filter that lets pings pass. */
export const payloadBytesMin = 32;
/** An Ethernet frame holds 1,500 bytes: 20 of IPv4, 8 of ICMP, the rest. */
export const payloadBytesMax = 1_472;

export interface Echo {
  /** 0..65535. On a Linux datagram socket the kernel writes its own. */
  readonly id: number;
  /** 0..65535. */
  readonly seq: number;
  /** Exactly `nonceBytes` long. */
  readonly nonce: Uint8Array;
}

export const headerBytes = 8;
export const echoRequestType = { 4: 8, 6: 128 } as const;
const echoReplyType = { 4: 0, 6: 129 } as const;
const ipv4HeaderBytesMin = 20;
const icmpProtocol = 1;

/**
 * One echo request with `payloadBytes` (default 32) of payload. The checksum of ICMPv6 covers a pseudo header with both addresses; every kernel fills it in by
 * itself (RFC 3542 section 3.1), so it stays 0 here.
 */
export function buildEchoRequest(
  family: IpFamily,
  echo: Echo,
  payloadBytes: number = payloadBytesMin,
): Uint8Array {
  const bytes = new Uint8Array(headerBytes + payloadBytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, echoRequestType[family]);
  view.setUint16(4, echo.id & 0xffff);
  view.setUint16(6, echo.seq & 0xffff);
  bytes.set(echo.nonce.subarray(0, nonceBytes), headerBytes);
  for (let at = headerBytes + nonceBytes; at < bytes.length; at += 1) bytes[at] = at;
  if (family === 4) view.setUint16(2, checksum(bytes));
  return bytes;
}

/** The payload that will really be sent for what was wished: whole, and within what a packet holds. */
export function payloadBytesOf(wish: number | undefined): number {
  if (wish === undefined || !Number.isFinite(wish)) return payloadBytesMin;
  return Math.min(payloadBytesMax, Math.max(payloadBytesMin, Math.trunc(wish)));
}

/** The TTL that will really be set: 1..255. */
export function ttlOf(wish: number): number {
  return Number.isFinite(wish) ? Math.min(255, Math.max(1, Math.trunc(wish))) : 255;
}

/**
 * Reads one received datagram. Gives undefined for everything that is not an undamaged echo REPLY that carries a whole
 * nonce: requests (a raw socket on loopback hears its own), errors from routers, fragments, noise. The payload may be
 * shorter than the one sent: some anchors (8.8.8.8) cut large ones, and the nonce alone proves whose answer it is.
 * `ipHeader` = the bytes start with an IPv4 header, as a Linux raw IPv4 socket gives them.
 */
export function parseEchoReply(
  bytes: Uint8Array,
  from: { readonly family: IpFamily; readonly ipHeader: boolean },
): Echo | undefined {
  const icmp = from.ipHeader ? withoutIpv4Header(bytes) : bytes;
  if (icmp === undefined || icmp.length < headerBytes + nonceBytes) return undefined;
  const view = new DataView(icmp.buffer, icmp.byteOffset, icmp.byteLength);
  if (view.getUint8(0) !== echoReplyType[from.family] || view.getUint8(1) !== 0) return undefined;
  // The kernel has verified ICMPv6 (it needs the pseudo header); raw IPv4 sockets get packets before any check.
  if (from.family === 4 && checksum(icmp) !== 0) return undefined;
  return {
    id: view.getUint16(4),
    seq: view.getUint16(6),
    nonce: icmp.slice(headerBytes, headerBytes + nonceBytes),
  };
}

/** Internet checksum (RFC 1071). Over bytes that contain a right checksum the result is 0. */
export function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) {
    sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** What stands behind an IPv4 header; undefined when there is none, or no ICMP behind it. */
export function withoutIpv4Header(bytes: Uint8Array): Uint8Array | undefined {
  const first = bytes[0] ?? 0;
  const lengthBytes = (first & 0x0f) * 4;
  if (first >> 4 !== 4 || lengthBytes < ipv4HeaderBytesMin || bytes.length < lengthBytes) return undefined;
  if (bytes[9] !== icmpProtocol) return undefined;
  const totalBytes = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
  // Some kernels hand the total length on in host order or without the header; only a sane one may cut the tail.
  const end = totalBytes > lengthBytes && totalBytes <= bytes.length ? totalBytes : bytes.length;
  return bytes.subarray(lengthBytes, end);
}

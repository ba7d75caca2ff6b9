// IP addresses between text and the bytes of a C socket address. Pure; stands beside packet.ts. It never resolves a
// name: a probe that needed DNS would measure DNS.
import type { IpFamily } from './packet.ts';

export interface IpAddress {
  readonly family: IpFamily;
  /** 4 or 16 bytes, network order. */
  readonly bytes: Uint8Array;
  /** What stands behind `%` in a link-local IPv6 address: an interface's name or index. */
  readonly zone?: string;
}

/** Parses IPv4 in four decimal parts, or IPv6 in any of its forms (RFC 4291, RFC 4007). undefined = no address. */
export function parseAddress(text: string): IpAddress | undefined {
  const [bare = '', zone, ...rest] = text.split('%');
  if (rest.length > 0 || zone === '') return undefined;
  const four = parseIpv4(bare);
  if (four !== undefined) return zone === undefined ? { family: 4, bytes: four } : undefined;
  const six = parseIpv6(bare);
  return six === undefined ? undefined : { family: 6, bytes: six, zone };
}

/**
 * `sockaddr_in` (16 bytes) or `sockaddr_in6` (28 bytes), port 0, little-endian host. `family6` is the platform's
 * number of AF_INET6 (Linux 10, Windows 23); `scope` the index of the interface for link-local addresses.
 */
export function socketAddress(
  address: IpAddress,
  platform: { readonly family6: number; readonly scope?: number },
): Uint8Array {
  const bytes = new Uint8Array(address.family === 4 ? 16 : 28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, address.family === 4 ? 2 : platform.family6, true);
  bytes.set(address.bytes, address.family === 4 ? 4 : 8);
  if (address.family === 6) view.setUint32(24, platform.scope ?? 0, true);
  return bytes;
}

/** The address bytes inside a socket address that a system call filled in. */
export function addressBytes(socketAddressBytes: Uint8Array, family: IpFamily): Uint8Array {
  return family === 4 ? socketAddressBytes.subarray(4, 8) : socketAddressBytes.subarray(8, 24);
}

/** Text of 4 or 16 bytes; IPv6 in its short form (RFC 5952), without a zone. */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0));
  const { start, length } = longestZeros(groups);
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return length < 2 ? text(0, 8) : `${text(0, start)}::${text(start + length, 8)}`;
}

/** The first of the longest runs of zero groups. */
function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [at, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: at + 1 - length, length };
  }
  return best;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (const [at, part] of parts.entries()) {
    // A leading zero is refused: some programs read it as octal.
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bytes[at] = Number(part);
  }
  return bytes;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const bytes = new Uint8Array(16);
  [...head, ...new Array<number>(missing).fill(0), ...tail].forEach((group, at) => {
    bytes[at * 2] = group >> 8;
    bytes[at * 2 + 1] = group & 0xff;
  });
  return bytes;
}

/** The 16-bit groups of one side of `::`; an IPv4 tail counts as two. */
function groupsOf(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [at, part] of parts.entries()) {
    const four = mayEndInIpv4 && at === parts.length - 1 ? parseIpv4(part) : undefined;
    if (four !== undefined) {
      groups.push(((four[0] ?? 0) << 8) | (four[1] ?? 0), ((four[2] ?? 0) << 8) | (four[3] ?? 0));
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

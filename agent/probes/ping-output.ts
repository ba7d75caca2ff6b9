// Reads what a `ping` program printed, in whatever language. The package `ping` reads it first; this file checks it,
// because the package believes an answer from any address, misreads a decimal comma, and throws at surprises. Text is
// judged by its shape (address, number, unit), never by its words. Pure.
import { parseAddress, sameBytes } from '../../shared/icmp/address.ts';

/** What the package made of it; undefined = it broke. */
export interface PackageReading {
  readonly alive: boolean;
  readonly rttMs?: number;
}

export type PingReading =
  | { readonly kind: 'answered'; readonly rttMs: number }
  | { readonly kind: 'lost' }
  /** This machine has no way there. */
  | { readonly kind: 'no-route' }
  /** The program never came to asking: it has no right to, or does not know an option. */
  | { readonly kind: 'not-asked' };

/**
 * The package's word where the text bears it out, and the text's own where it does not: a machine has answered when a
 * line shows ITS address, a round-trip time, and (IPv4) the TTL of its answer. Windows says "Reply from <a router>:
 * Destination host unreachable" and ends with success: no such line.
 */
export function readPing(
  output: string,
  address: string,
  byPackage: PackageReading | undefined,
): PingReading {
  const lines = output.split('\n').filter((line) => mentions(line, address));
  const times = lines.map((line) => replyMs(line, address)).filter((time) => time !== undefined);
  const own = times[0];
  if (own === undefined) {
    if (noRoute.test(output)) return { kind: 'no-route' };
    // One that asked ends with its share of loss; busybox without rights stops after having named the target.
    return { kind: lines.length > 0 && lossShare.test(output) ? 'lost' : 'not-asked' };
  }
  const agreed =
    byPackage?.alive === true && byPackage.rttMs !== undefined && times.includes(byPackage.rttMs);
  return { kind: 'answered', rttMs: agreed ? (byPackage.rttMs ?? own) : own };
}

/** The C library's own text of ENETUNREACH: on Linux the program is run in the language "C". */
const noRoute = /^ping: (?:connect|sendto|sendmsg): Network is unreachable/im;

const lossShare = /\d%/;

/** The round trip in a reply's line; undefined = it is no reply. */
function replyMs(line: string, address: string): number | undefined {
  // Windows leaves the TTL out over IPv6.
  const hasTtl = /\b(ttl|hlim)=\d+/i.test(line);
  if (!hasTtl && !address.includes(':')) return undefined;
  // `=14ms`, `<1ms`, `=0.323 ms`, `=0,323 ms`; Russian programs write the unit in Cyrillic.
  const time = /[=<]\s?(\d+(?:[.,]\d+)?)\s?(?:ms|мс)/i.exec(line)?.[1];
  return time === undefined ? undefined : Number(time.replace(',', '.'));
}

/** The line names this very address, in any of its spellings. */
function mentions(line: string, address: string): boolean {
  const wanted = parseAddress(address);
  if (wanted === undefined) return false;
  return line.split(/[\s()[\],]+/).some((word) => {
    const found = parseAddress(word.replace(/:$/, '')) ?? parseAddress(word);
    return found !== undefined && sameBytes(found.bytes, wanted.bytes);
  });
}

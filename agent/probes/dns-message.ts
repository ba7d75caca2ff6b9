// DNS messages as bytes (RFC 1035, RFC 3596): builds the one query that the agent asks and reads the answer to it.
// Pure. It must never trust a count, a length or a pointer that came from the network: names are walked forward only,
// so that no message can make it loop.

export interface DnsAnswer {
  /** RCODE: 0 = no error. */
  readonly code: number;
  /** Addresses of the A and AAAA records in the answer section, 4 or 16 bytes each. */
  readonly addresses: readonly Uint8Array[];
}

const headerBytes = 12;
const typeA = 1;
const typeAaaa = 28;
const classIn = 1;
/** Far more than any name has; a message without a datagram's room for it says nothing that is asked here. */
const recordsMax = 64;
const labelsMax = 128;

/** A recursive query for the A record of `name` (RFC 1035 section 4.1). */
export function buildQuery(id: number, name: string): Uint8Array {
  const labels = name.split('.').map((label) => new TextEncoder().encode(label));
  const length = headerBytes + labels.reduce((sum, label) => sum + 1 + label.length, 0) + 1 + 4;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, id);
  view.setUint16(2, 0x0100);
  view.setUint16(4, 1);
  let at = headerBytes;
  for (const label of labels) {
    bytes[at] = label.length;
    bytes.set(label, at + 1);
    at += 1 + label.length;
  }
  view.setUint16(at + 1, typeA);
  view.setUint16(at + 3, classIn);
  return bytes;
}

/**
 * The answer to the query with this id; undefined = not a well-formed answer to it. Records behind the first malformed
 * one are not looked at.
 */
export function readAnswer(bytes: Uint8Array, id: number): DnsAnswer | undefined {
  if (bytes.length < headerBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint16(2);
  if (view.getUint16(0) !== id || (flags & 0x8000) === 0) return undefined;
  return { code: flags & 0x000f, addresses: addressesIn(bytes, view) };
}

function addressesIn(bytes: Uint8Array, view: DataView): Uint8Array[] {
  const addresses: Uint8Array[] = [];
  const questions = Math.min(recordsMax, view.getUint16(4));
  const answers = Math.min(recordsMax, view.getUint16(6));
  let at: number | undefined = headerBytes;
  for (let question = 0; question < questions && at !== undefined; question += 1) {
    const end = behindName(bytes, at);
    at = end === undefined ? undefined : end + 4;
  }
  for (let answer = 0; answer < answers && at !== undefined; answer += 1) {
    const end = behindName(bytes, at);
    if (end === undefined || end + 10 > bytes.length) return addresses;
    const length = view.getUint16(end + 8);
    const data = end + 10;
    if (data + length > bytes.length) return addresses;
    const type = view.getUint16(end);
    const wanted = (type === typeA && length === 4) || (type === typeAaaa && length === 16);
    if (wanted && view.getUint16(end + 2) === classIn) addresses.push(bytes.slice(data, data + length));
    at = data + length;
  }
  return addresses;
}

/** Where the name that starts at `at` ends. A pointer ends it: where it points is of no interest here. */
function behindName(bytes: Uint8Array, at: number): number | undefined {
  let here = at;
  for (let label = 0; label < labelsMax; label += 1) {
    const length = bytes[here];
    if (length === undefined) return undefined;
    if (length === 0) return here + 1;
    if (length >= 0xc0) return here + 2 <= bytes.length ? here + 2 : undefined;
    // 0x40 and 0x80 are reserved.
    if (length > 63) return undefined;
    here += 1 + length;
  }
  return undefined;
}

/**
 * Could a host on the internet have this address? Captive portals, content filters and broken routers answer with
 * addresses that cannot be it: the unspecified one, loopback, private, CGNAT, link-local, documentation, multicast
 * (RFC 6890).
 */
export function isPublicAddress(bytes: Uint8Array): boolean {
  if (bytes.length === 4) return isPublic4(bytes[0] ?? 0, bytes[1] ?? 0, bytes[2] ?? 0);
  if (bytes.length !== 16) return false;
  const first = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  // Global unicast is 2000::/3; of it 2001:db8::/32 is documentation.
  const documentation = first === 0x2001 && bytes[2] === 0x0d && bytes[3] === 0xb8;
  const mapped =
    bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  if (mapped) return isPublicAddress(bytes.subarray(12));
  // 64:ff9b::/96 is an IPv4 host behind NAT64 (RFC 6052).
  const nat64 = first === 0x0064 && bytes[2] === 0xff && bytes[3] === 0x9b;
  if (nat64) return isPublicAddress(bytes.subarray(12));
  return (first & 0xe000) === 0x2000 && !documentation;
}

function isPublic4(a: number, b: number, c: number): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 100 && b >= 64 && b < 128) return false;
  if (a === 169 && b === 254) return false;
  if (a === 172 && b >= 16 && b < 32) return false;
  if (a === 192 && b === 168) return false;
  if (a === 192 && b === 0 && (c === 0 || c === 2)) return false;
  if (a === 198 && (b === 18 || b === 19)) return false;
  return !(a === 198 && b === 51 && c === 100) && !(a === 203 && b === 0 && c === 113);
}

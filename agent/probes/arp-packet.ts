// ARP for IPv4 over Ethernet as bytes (RFC 826). Pure. It must never trust a length that came from the wire.

/** What an Ethernet needs of a request: six bytes of ours, four of each address. */
export interface ArpRequest {
  readonly mac: Uint8Array;
  readonly source: Uint8Array;
  readonly target: Uint8Array;
}

const packetBytes = 28;
const request = 1;
const reply = 2;

export function buildArpRequest({ mac, source, target }: ArpRequest): Uint8Array {
  const bytes = new Uint8Array(packetBytes);
  bytes.set([0, 1, 8, 0, 6, 4, 0, request]);
  bytes.set(mac.subarray(0, 6), 8);
  bytes.set(source.subarray(0, 4), 14);
  bytes.set(target.subarray(0, 4), 24);
  return bytes;
}

/** Who answered and to whom; undefined = not a whole ARP reply. Ethernet pads it, so more bytes are no fault. */
export function parseArpReply(
  bytes: Uint8Array,
): { readonly from: Uint8Array; readonly to: Uint8Array } | undefined {
  if (bytes.length < packetBytes) return undefined;
  const head = [0, 1, 8, 0, 6, 4, 0, reply];
  if (head.some((byte, at) => bytes[at] !== byte)) return undefined;
  return { from: bytes.slice(14, 18), to: bytes.slice(24, 28) };
}

/** Six bytes of `aa:bb:cc:dd:ee:ff`; undefined = no Ethernet address. */
export function macBytes(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return undefined;
  return Uint8Array.from(text.split(':'), (part) => Number.parseInt(part, 16));
}

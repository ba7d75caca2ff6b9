// The kernel's table of neighbours on Linux, for an agent without the right to send ARP itself (CAP_NET_RAW). The
// pings before have made the kernel ask. An entry that stands may be a minute old and says nothing; one that the
// kernel could not complete says that nobody answered.
import { readFile } from 'node:fs/promises';
import type { AskWire } from './arp.ts';

const tablePath = '/proc/net/arp';

export const readNeighbourTable: AskWire = async ({ address, wire }) => {
  const text = await readFile(tablePath, 'utf8').catch(() => '');
  return isUnanswered(text, { address, device: wire.interface })
    ? { kind: 'lost' }
    : { kind: 'unasked', reason: 'refused-by-system' };
};

/** The kernel asked for this address on this device and got no answer (flag ATF_COM is missing). */
export function isUnanswered(
  table: string,
  wanted: { readonly address: string; readonly device: string },
): boolean {
  for (const line of table.split('\n')) {
    // IP address, hardware type, flags, hardware address, mask, device.
    const [address, , flags = '', , , device] = line.trim().split(/\s+/);
    if (address !== wanted.address || device !== wanted.device) continue;
    const bits = Number(flags);
    return Number.isInteger(bits) && (bits & complete) === 0;
  }
  return false;
}

/** ATF_COM of linux/if_arp.h. */
const complete = 0x02;

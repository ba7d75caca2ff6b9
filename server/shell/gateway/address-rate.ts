// How often one address may knock: a count per address and minute, in bounded memory. Also says which addresses count
// as one peer. It only counts; the door refuses.
import { isIPv6 } from 'node:net';
import { type Instant, minute } from '../../../shared/time.ts';

export interface AddressRate {
  /** Counts one knock; false when this minute's are used up. */
  admit(addressKey: string, now: Instant): boolean;
}

export function createAddressRate(options: {
  readonly perMinuteMax: number;
  readonly addressesMax: number;
}): AddressRate {
  const windows = new Map<string, { readonly from: Instant; count: number }>();
  return {
    admit(addressKey, now) {
      const known = windows.get(addressKey);
      if (known !== undefined && now - known.from < minute) {
        known.count += 1;
        return known.count <= options.perMinuteMax;
      }
      // Insertion order is the order of the windows' starts: the first is the oldest.
      windows.delete(addressKey);
      const oldest = windows.size >= options.addressesMax ? windows.keys().next().value : undefined;
      if (oldest !== undefined) windows.delete(oldest);
      windows.set(addressKey, { from: now, count: 1 });
      return options.perMinuteMax >= 1;
    },
  };
}

/** As people write it: an IPv4 address that came over an IPv6 socket without its `::ffff:`. */
export function plainAddress(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(address) ? address.slice('::ffff:'.length) : address;
}

/** One peer: an IPv4 address, or an IPv6 /64, within which a customer picks addresses at will (RFC 4291, 2.5.4). */
export function addressKey(address: string): string {
  const bare = address.split('%')[0] ?? address;
  if (!isIPv6(bare)) return bare;
  const [head = '', tail] = bare.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...new Array<string>(zeros).fill('0'), ...right].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`;
}

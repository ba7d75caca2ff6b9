// Which local address a probe leaves with. Probes on plain sockets cannot be tied to a device, so a link named by its
// interface is asked with that interface's address. It must never answer "any address" for a link that named one:
// the probe would measure another link.
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { LocalFailure } from '../../shared/icmp/icmp.ts';
import { fail, ok, type Result } from '../../shared/result.ts';

/** The source to bind to; undefined = the link named none and the system chooses. */
export function localAddressFor(
  target: string,
  link: { readonly source?: string; readonly interface?: string },
): Result<string | undefined, LocalFailure> {
  const family = isIP(target) === 6 ? 6 : 4;
  if (link.source !== undefined) return isIP(link.source) === family ? ok(link.source) : fail('no-address');
  if (link.interface === undefined) return ok(undefined);
  const addresses = networkInterfaces()[link.interface];
  if (addresses === undefined) return fail('interface-down');
  const ofFamily = addresses.filter((entry) => entry.family === `IPv${family}`);
  const address = ofFamily.find((entry) => isLinkLocal(entry.address) === isLinkLocal(target)) ?? ofFamily[0];
  return address === undefined ? fail('no-address') : ok(address.address);
}

export interface Wire {
  readonly interface: string;
  /** This machine's own, on that wire. */
  readonly address: string;
  readonly mac: string;
}

/** The Ethernet on which an IPv4 target lives beside this machine; undefined = it is reached through a router. */
export function wireTo(target: string): Wire | undefined {
  const there = ipv4Number(target);
  if (there === undefined) return undefined;
  for (const [name, entries] of Object.entries(networkInterfaces())) {
    for (const { family, address, netmask, mac, internal } of entries ?? []) {
      if (family !== 'IPv4' || internal || mac === noMac || address === target) continue;
      const here = ipv4Number(address);
      const mask = ipv4Number(netmask);
      if (here === undefined || mask === undefined || mask === 0) continue;
      if ((here & mask) === (there & mask)) return { interface: name, address, mac };
    }
  }
  return undefined;
}

/** Tunnels have no hardware address and no ARP. */
const noMac = '00:00:00:00:00:00';

function ipv4Number(text: string): number | undefined {
  if (isIP(text) !== 4) return undefined;
  return text.split('.').reduce((sum, part) => (sum << 8) | Number(part), 0);
}

/** True when this machine has the address now. */
export function hasAddress(address: string): boolean {
  const bare = address.split('%')[0];
  return Object.values(networkInterfaces()).some((entries) =>
    entries?.some((entry) => entry.address === bare),
  );
}

/** fe80::/10 reaches only its own wire. */
function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address);
}

/** What a socket's error code says about this machine; undefined = nothing. */
export function localFailureOf(code: string | undefined): LocalFailure | undefined {
  switch (code) {
    case 'EADDRNOTAVAIL':
      return 'no-address';
    case 'ENETUNREACH':
      return 'no-route';
    case 'ENETDOWN':
    case 'ENODEV':
      return 'interface-down';
    default:
      return undefined;
  }
}

/** The code of a socket error; undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

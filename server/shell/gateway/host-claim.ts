// Which host an enrolling agent belongs to: pure rules over the site's inventory and the hosts that already have an
// agent. The answer is always a host key that the inventory's schema would accept.
import type { Site } from '../../core/topology.ts';

export interface HostClaim {
  /** The token's own host, which goes before everything. */
  readonly tokenHost?: string;
  /** As the machine names itself: `SRV-AD01`, perhaps with a domain behind it. */
  readonly hostName: string;
  /** Absent when the inventory no longer has the site. */
  readonly site: Site | undefined;
  /** Keys of hosts of this site that already have a living agent. */
  readonly claimed: ReadonlySet<string>;
}

const keyCharsMax = 63;

/**
 * 1. the token's host; 2. an unclaimed host of the site whose name or key equals the reported name (without regard
 * to case, with or without the domain); 3. a new key made of the reported name, with a number behind it if taken.
 */
export function claimHost(claim: HostClaim): string {
  if (claim.tokenHost !== undefined) return claim.tokenHost;
  const full = claim.hostName.trim().toLowerCase();
  const short = full.split('.')[0] ?? full;
  const hosts = claim.site?.hosts ?? [];
  for (const wanted of new Set([full, short])) {
    const match = hosts.find(
      (host) =>
        !claim.claimed.has(host.key) && (host.name.trim().toLowerCase() === wanted || host.key === wanted),
    );
    if (match !== undefined) return match.key;
  }
  const taken = new Set([...claim.claimed, ...hosts.map((host) => host.key)]);
  const base = keyFrom(short) || keyFrom(full) || 'host';
  if (!taken.has(base)) return base;
  // One more candidate than there are taken keys, so one of them is free.
  for (let number = 2; number <= taken.size + 2; number += 1) {
    const suffix = `-${number}`;
    const key = `${base.slice(0, keyCharsMax - suffix.length)}${suffix}`;
    if (!taken.has(key)) return key;
  }
  return base;
}

/** `[a-z0-9-]`, starting with a letter or digit: accents are dropped, all else becomes a hyphen. */
function keyFrom(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, keyCharsMax)
    .replace(/^-+|-+$/g, '');
}

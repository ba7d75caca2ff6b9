// The providers of the whole fleet, ranked like those of one customer's report: one site after another is added, so that
// whoever asks can breathe in between. Rests on incidents and on when an agent was there to see; minute by minute
// measurements of a fleet are too many to read for one page. Reads only.
import type { ProviderItem } from '../../../shared/api/providers.ts';
import type { Incident } from '../incident.ts';
import type { Site, Topology } from '../topology.ts';
import { addSum, type ProviderSum, providerSums, rankedProviders } from './provider-ranking.ts';
import { gapsOf, joined, type Span } from './spans.ts';
import type { Evidence } from './thing-account.ts';
import { thingsOf } from './things.ts';

/** An agent's time at its site: from its enrolment until it was revoked, or now. */
export interface Watch extends Span {
  readonly host: string;
}

export interface FleetSite {
  readonly site: Site;
  readonly watches: readonly Watch[];
  /** Of this site, and Vigia's own outages; their stretches and the site's windows. */
  readonly told: Omit<Evidence, 'watched'>;
  /** Keys of its links that are down at this moment. */
  readonly linksDown: ReadonlySet<string>;
}

interface Spread {
  readonly sites: Set<string>;
  readonly customers: Set<string>;
  downNow: number;
}

export interface FleetProviders {
  /** Each site once. */
  add(fleetSite: FleetSite): void;
  /** Best first. */
  items(topology: Pick<Topology, 'providers'>): readonly ProviderItem[];
}

/** Links of the present inventory only: how long a link that has left it was watched is not known any more. */
export function createFleetProviders(period: Span): FleetProviders {
  const sums = new Map<string, ProviderSum>();
  const spreads = new Map<string, Spread>();
  return {
    add({ site, watches, told, linksDown }) {
      const things = thingsOf([site], []);
      const seen = watchedSpans(watches, told);
      const found = providerSums({
        things,
        periodOf: () => period,
        evidence: { ...told, watched: () => seen },
      });
      for (const [provider, sum] of found) addSum(sums, provider, sum);
      for (const { provider, key } of site.links) {
        const spread = spreads.get(provider) ?? { sites: new Set(), customers: new Set(), downNow: 0 };
        spreads.set(provider, spread);
        spread.sites.add(site.id);
        spread.customers.add(site.customer);
        if (linksDown.has(key)) spread.downNow += 1;
      }
    },
    items: (topology) =>
      rankedProviders(sums, topology).map((rank) => {
        const spread = spreads.get(rank.provider);
        return {
          ...rank,
          sites: spread?.sites.size ?? 0,
          customers: spread?.customers.size ?? 0,
          downNow: spread?.downNow ?? 0,
        };
      }),
  };
}

/** When at least one agent was there and not lost. */
export function watchedSpans(
  watches: readonly Watch[],
  { incidents, stretches }: Pick<Evidence, 'incidents' | 'stretches'>,
): readonly Span[] {
  const lost = incidents.filter(({ kind }) => kind === 'agent-lost');
  return joined(watches.flatMap(({ host, from, to }) => gapsOf(lostOf(lost, host, stretches), { from, to })));
}

function lostOf(lost: readonly Incident[], host: string, stretches: Evidence['stretches']): readonly Span[] {
  return lost.filter((each) => each.host === host).flatMap(({ id }) => stretches.get(id)?.down ?? []);
}

// The customer's providers, best first: availability of their links together, then repair time. Only what a provider can
// answer for counts: a dead router or a power cut at the site leaves the link unjudged for that time. Reads only.
import type { ProviderRank } from '../../../shared/api/reports.ts';
import type { Topology } from '../topology.ts';
import { availabilityOf } from './account.ts';
import { isProvidersFault } from './reach.ts';
import type { Span } from './spans.ts';
import { type Evidence, thingAccount } from './thing-account.ts';
import type { NamedThing } from './things.ts';

interface Sum {
  links: number;
  upMs: number;
  downMs: number;
  outages: number;
}

export interface RankingQuestion {
  readonly things: readonly NamedThing[];
  readonly periodOf: (thing: NamedThing) => Span | undefined;
  readonly evidence: Evidence;
  readonly topology: Pick<Topology, 'providers'>;
}

export function providerRanking({ things, periodOf, evidence, topology }: RankingQuestion): ProviderRank[] {
  const sums = new Map<string, Sum>();
  for (const thing of things) {
    const period = periodOf(thing);
    if (thing.kind !== 'link' || thing.provider === undefined || period === undefined) continue;
    const account = thingAccount({ thing, period, evidence, counts: isProvidersFault });
    const sum = sums.get(thing.provider) ?? { links: 0, upMs: 0, downMs: 0, outages: 0 };
    sums.set(thing.provider, sum);
    sum.links += 1;
    sum.upMs += account.upMs;
    sum.downMs += account.downMs;
    sum.outages += account.outages;
  }
  return [...sums.entries()]
    .map(([provider, sum]) => ({
      provider,
      name: topology.providers.get(provider)?.name ?? provider,
      ...sum,
      availability: availabilityOf(sum) ?? null,
      mttrMs: sum.outages === 0 ? null : Math.round(sum.downMs / sum.outages),
    }))
    .sort(
      (a, b) =>
        (b.availability ?? -1) - (a.availability ?? -1) ||
        (a.mttrMs ?? 0) - (b.mttrMs ?? 0) ||
        (a.provider < b.provider ? -1 : 1),
    )
    .map((each, index) => ({ rank: index + 1, ...each }));
}

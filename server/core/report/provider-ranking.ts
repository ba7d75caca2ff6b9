// The customer's providers, best first: availability of their links together, then repair time. Only what a provider can
// answer for counts: a dead router or a power cut at the site leaves the link unjudged for that time. Reads only.
import type { ProviderRank } from '../../../shared/api/reports.ts';
import type { Topology } from '../topology.ts';
import { availabilityOf } from './account.ts';
import { isProvidersFault } from './reach.ts';
import type { Span } from './spans.ts';
import { type Evidence, thingAccount } from './thing-account.ts';
import type { NamedThing } from './things.ts';

export interface ProviderSum {
  readonly links: number;
  readonly upMs: number;
  readonly downMs: number;
  readonly outages: number;
}

/** By the provider's key. */
export type ProviderSums = ReadonlyMap<string, ProviderSum>;

export interface RankingQuestion {
  readonly things: readonly NamedThing[];
  readonly periodOf: (thing: NamedThing) => Span | undefined;
  readonly evidence: Evidence;
  readonly topology: Pick<Topology, 'providers'>;
}

export function providerRanking(question: RankingQuestion): ProviderRank[] {
  return rankedProviders(providerSums(question), question.topology);
}

/** What the links among the things add up to; a link without a period counts nowhere. */
export function providerSums({
  things,
  periodOf,
  evidence,
}: Omit<RankingQuestion, 'topology'>): ProviderSums {
  const sums = new Map<string, ProviderSum>();
  for (const thing of things) {
    const period = periodOf(thing);
    if (thing.kind !== 'link' || thing.provider === undefined || period === undefined) continue;
    const { upMs, downMs, outages } = thingAccount({ thing, period, evidence, counts: isProvidersFault });
    addSum(sums, thing.provider, { links: 1, upMs, downMs, outages });
  }
  return sums;
}

/** Adds to what is there of the provider. */
export function addSum(sums: Map<string, ProviderSum>, provider: string, more: ProviderSum): void {
  const sum = sums.get(provider) ?? { links: 0, upMs: 0, downMs: 0, outages: 0 };
  sums.set(provider, {
    links: sum.links + more.links,
    upMs: sum.upMs + more.upMs,
    downMs: sum.downMs + more.downMs,
    outages: sum.outages + more.outages,
  });
}

/** Best first. */
export function rankedProviders(sums: ProviderSums, topology: Pick<Topology, 'providers'>): ProviderRank[] {
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

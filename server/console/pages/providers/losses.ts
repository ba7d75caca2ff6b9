// Which links are down now, by provider, state and city, counted from the wall's own rows. Pure functions. Must never count
// a link that nobody measures as one that works: only what is reported down or degraded is named.
import type { LinkRow, SiteRow } from '../../../../shared/api/wall.ts';

export interface Tally {
  readonly links: number;
  readonly down: number;
  readonly degraded: number;
  /** Nobody can tell at this moment. */
  readonly unknown: number;
}

export interface CityTally extends Tally {
  readonly city: string;
  readonly state: string;
}

export interface StateTally extends Tally {
  readonly state: string;
  /** Those with links down, most of them first. */
  readonly failingCities: readonly CityTally[];
}

export interface ProviderTally extends Tally {
  readonly provider: string;
  readonly name: string;
  /** Those with links down, most of them first. */
  readonly failingStates: readonly StateTally[];
}

/** What one provider has lost in one place. */
export interface Failure {
  readonly provider: string;
  readonly name: string;
  readonly down: number;
  readonly sites: number;
  /** The oldest of these losses, ISO 8601; null: nobody knows. */
  readonly since: string | null;
  /** Most links down first. */
  readonly cities: readonly CityTally[];
}

/** How much of a state is lost: what the map's pattern says. */
export const lossLevels = ['none', 'well', 'some', 'many'] as const;
export type LossLevel = (typeof lossLevels)[number];

/** From this share of a state's links on it is `many`. */
export const manyFrom = 0.2;

export function lossLevelOf({ links, down }: Tally): LossLevel {
  if (links === 0) return 'none';
  if (down === 0) return 'well';
  return down / links >= manyFrom ? 'many' : 'some';
}

/** Every provider with links; most links down first, then most degraded, then by name. */
export function tallyProviders(sites: Iterable<SiteRow>): readonly ProviderTally[] {
  const byProvider = new Map<string, { readonly name: string; readonly rows: PlacedLink[] }>();
  for (const placed of placedLinks(sites)) {
    const { provider, providerName } = placed.link;
    const known = byProvider.get(provider);
    if (known === undefined) byProvider.set(provider, { name: providerName, rows: [placed] });
    else known.rows.push(placed);
  }
  return [...byProvider]
    .map(([provider, { name, rows }]) => ({
      provider,
      name,
      ...tallyOf(rows),
      failingStates: statesOf(rows).filter(isFailing),
    }))
    .sort((a, b) => byLoss(a, b) || collator.compare(a.name, b.name));
}

/** Every state with links, of one provider or of all (`''`); most links down first, then by its letters. */
export function tallyStates(sites: Iterable<SiteRow>, provider: string): readonly StateTally[] {
  const rows = [...placedLinks(sites)].filter(({ link }) => provider === '' || link.provider === provider);
  return statesOf(rows);
}

/** Who fails in a state, one provider or all (`''`); most links down first. */
export function failuresIn(sites: Iterable<SiteRow>, state: string, provider: string): readonly Failure[] {
  const rows = [...placedLinks(sites)].filter(
    ({ link, state: where }) =>
      where === state && link.status === 'down' && (provider === '' || link.provider === provider),
  );
  return [...Map.groupBy(rows, ({ link }) => link.provider)]
    .map(([id, those]) => ({
      provider: id,
      name: those[0]?.link.providerName ?? id,
      down: those.length,
      sites: new Set(those.map(({ site }) => site)).size,
      since: those.flatMap(({ link }) => link.since ?? []).reduce(earlier, null),
      cities: failingCitiesOf(those),
    }))
    .sort((a, b) => b.down - a.down || collator.compare(a.name, b.name));
}

function earlier(before: string | null, at: string): string {
  return before !== null && Date.parse(before) <= Date.parse(at) ? before : at;
}

interface PlacedLink {
  readonly site: string;
  readonly link: LinkRow;
  readonly city: string;
  readonly state: string;
}

function* placedLinks(sites: Iterable<SiteRow>): Iterable<PlacedLink> {
  for (const { id, city, state, links } of sites) {
    for (const link of links) yield { site: id, link, city, state };
  }
}

function statesOf(rows: readonly PlacedLink[]): readonly StateTally[] {
  return [...Map.groupBy(rows, ({ state }) => state)]
    .map(([state, those]) => ({ state, ...tallyOf(those), failingCities: failingCitiesOf(those) }))
    .sort((a, b) => byLoss(a, b) || collator.compare(a.state, b.state));
}

/** Of one state. */
function failingCitiesOf(rows: readonly PlacedLink[]): readonly CityTally[] {
  return [...Map.groupBy(rows, ({ city }) => city)]
    .map(([city, those]) => ({ city, state: those[0]?.state ?? '', ...tallyOf(those) }))
    .filter(isFailing)
    .sort((a, b) => byLoss(a, b) || collator.compare(a.city, b.city));
}

function tallyOf(rows: readonly PlacedLink[]): Tally {
  const count = (status: LinkRow['status']): number =>
    rows.filter(({ link }) => link.status === status).length;
  return {
    links: rows.length,
    down: count('down'),
    degraded: count('degraded'),
    unknown: count('unknown'),
  };
}

function isFailing({ down }: Tally): boolean {
  return down > 0;
}

function byLoss(a: Tally, b: Tally): number {
  return b.down - a.down || b.degraded - a.degraded;
}

const collator = new Intl.Collator('pt-BR', { numeric: true });

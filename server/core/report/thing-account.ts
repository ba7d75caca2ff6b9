// One thing's account of one period out of the incidents, windows and watched stretches: the numbers of a row. The same
// function gives this month, the month before, and a provider's part. Decides nothing.
import type { IncidentId } from '../../../shared/ids.ts';
import { splitSiteId } from '../../../shared/ids.ts';
import type { Incident } from '../incident.ts';
import type { PlannedWindow } from '../planned.ts';
import { type Account, accountOf } from './account.ts';
import { reachOf, type Thing } from './reach.ts';
import { clipped, gapsOf, type Span } from './spans.ts';
import type { DownStretch, Stretches } from './stretches.ts';

/** What a period's accounts rest on. */
export interface Evidence {
  readonly incidents: readonly Incident[];
  /** Of each of `incidents`, up to the report's instant. */
  readonly stretches: ReadonlyMap<IncidentId, Stretches>;
  /** Expanded to instants over both months. */
  readonly windows: readonly PlannedWindow[];
  /** When somebody measured it, of that period; undefined: such measurements are not kept that long. */
  readonly watched: (thing: Thing, period: Span) => readonly Span[] | undefined;
}

export interface ThingAccount extends Account {
  readonly outages: number;
  readonly longestMs: number;
  readonly mttrMs: number | undefined;
  readonly mtbfMs: number | undefined;
  readonly flapping: { readonly episodes: number; readonly downs: number };
  readonly estimated: boolean;
  readonly coverage: 'measured' | 'incidents';
}

export interface AccountQuestion {
  readonly thing: Thing;
  readonly period: Span;
  readonly evidence: Evidence;
  /** Only these outages count as down; others leave the time without data. Absent: all. */
  readonly counts?: (incident: Incident) => boolean;
}

export function thingAccount(question: AccountQuestion): ThingAccount {
  const { thing, period, evidence } = question;
  const told = toldOf(question);
  const windows = windowsOver(thing, evidence.windows);
  const watched = evidence.watched(thing, period);
  const unwatched = watched === undefined ? [] : gapsOf(watched, period);
  const base = { period, windows, degraded: told.degraded, unseen: [...told.unseen, ...unwatched] };
  const account = accountOf({ ...base, down: told.down.flatMap(({ down }) => down), away: told.away });
  const lengths = told.down
    .map((each) => ({ ...each, ms: accountOf({ ...base, down: each.down, away: [] }).downMs }))
    .filter(({ ms }) => ms > 0);
  const outages = lengths.length;
  const flapped = lengths.filter(({ incident }) => incident.flap !== undefined);
  return {
    ...account,
    outages,
    longestMs: Math.max(0, ...lengths.map(({ ms }) => ms)),
    mttrMs: outages === 0 ? undefined : Math.round(account.downMs / outages),
    mtbfMs: outages === 0 ? undefined : Math.round(account.upMs / outages),
    flapping: {
      episodes: flapped.length,
      downs: flapped.reduce((sum, { incident }) => sum + (incident.flap?.downs ?? 0), 0),
    },
    estimated: lengths.some(({ estimated }) => estimated),
    coverage: watched === undefined ? 'incidents' : 'measured',
  };
}

interface Told {
  readonly down: readonly {
    readonly incident: Incident;
    readonly down: readonly DownStretch[];
    readonly estimated: boolean;
  }[];
  readonly away: readonly DownStretch[];
  readonly unseen: readonly Span[];
  readonly degraded: readonly Span[];
}

/** What the incidents say of the thing within the period. */
function toldOf({ thing, period, evidence, counts }: AccountQuestion): Told {
  const down: Told['down'][number][] = [];
  const away: DownStretch[] = [];
  const unseen: Span[] = [];
  const degraded: Span[] = [];
  for (const incident of evidence.incidents) {
    const reach = reachOf(incident, thing);
    const stretches = evidence.stretches.get(incident.id);
    if (reach === undefined || stretches === undefined) continue;
    const inside = clipped(stretches.down, period);
    if (reach === 'planned') away.push(...inside);
    else if (reach === 'unseen' || counts?.(incident) === false) unseen.push(...inside);
    else if (inside.length > 0) down.push({ incident, down: inside, estimated: stretches.estimated });
    if (reach === 'down') degraded.push(...clipped(stretches.degraded, period));
  }
  return { down, away, unseen, degraded };
}

/** Windows whose scope holds the thing; a link's window is none of its whole site. */
export function windowsOver(thing: Thing, windows: readonly PlannedWindow[]): readonly Span[] {
  const { customer, site } = splitSiteId(thing.site);
  return windows.flatMap(({ scope, occurrences }) => {
    const holds =
      scope.customer === customer &&
      (scope.site === undefined || scope.site === site) &&
      (scope.link === undefined || (thing.kind === 'link' && thing.key === scope.link)) &&
      (scope.host === undefined || (thing.kind === 'host' && thing.key === scope.host));
    return holds ? occurrences.map(({ startsAt, endsAt }) => ({ from: startsAt, to: endsAt })) : [];
  });
}

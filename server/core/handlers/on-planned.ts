// What people planned or silenced, told anew as a whole. What had begun and is no longer named ended now, and is kept
// for a while: what outlives it must still be dated by it.
import { limits } from '../../../shared/limits.ts';
import { earlier, type Instant } from '../../../shared/time.ts';
import type { Draft } from '../draft.ts';
import type { Input } from '../input.ts';
import {
  type CustomerPlans,
  noPlans,
  type Occurrence,
  type PlannedWindow,
  type Silence,
} from '../planned.ts';
import { evaluateSite } from '../rules/correlate.ts';
import { returnDeadline } from '../rules/return-watch.ts';
import type { Site } from '../topology.ts';

export function onPlanned(draft: Draft, input: Extract<Input, { readonly kind: 'planned.told' }>): void {
  const before = draft.planned;
  const told = byCustomer(input.windows, input.silences);
  const next: Record<string, CustomerPlans> = {};
  const changed = new Set<string>();
  for (const customer of [...new Set([...Object.keys(before), ...told.keys()])].sort()) {
    const old = Object.hasOwn(before, customer) ? before[customer] : undefined;
    const merged = merge(old ?? noPlans, told.get(customer) ?? noPlans, draft.now);
    if (merged.windows.length + merged.silences.length > 0) next[customer] = merged;
    if (JSON.stringify(merged) !== JSON.stringify(old ?? noPlans)) changed.add(customer);
  }
  if (changed.size === 0) return;
  const sites = [...draft.topology.sites.values()].filter((site) => changed.has(site.customer));
  draft.setPlanned(
    next,
    sites.map(({ id }) => id),
  );
  for (const site of sites) {
    awaitReturns(draft, site);
    evaluateSite(draft, site.id, { told: false });
  }
}

/** The plan of a machine that is away already may be news. */
function awaitReturns(draft: Draft, site: Site): void {
  for (const id of draft.site(site.id).agents) {
    const agent = draft.agent(id);
    if (agent?.presence !== 'away' || agent.goodbyeAt === undefined) continue;
    const returnBy = returnDeadline(draft, agent, { at: agent.goodbyeAt, reason: agent.goodbyeReason });
    if (returnBy !== agent.returnBy) draft.setAgent({ ...agent, returnBy });
  }
}

function byCustomer(
  windows: readonly PlannedWindow[],
  silences: readonly Silence[],
): ReadonlyMap<string, CustomerPlans> {
  const plans = new Map<string, { windows: PlannedWindow[]; silences: Silence[] }>();
  const of = (customer: string): { windows: PlannedWindow[]; silences: Silence[] } => {
    const known = plans.get(customer) ?? { windows: [], silences: [] };
    plans.set(customer, known);
    return known;
  };
  for (const window of windows) of(window.scope.customer).windows.push(window);
  for (const silence of silences) of(silence.scope.customer).silences.push(silence);
  return plans;
}

function merge(old: CustomerPlans, told: CustomerPlans, now: Instant): CustomerPlans {
  const keys = new Set([...old.windows, ...told.windows].map(keyOf));
  const find = (plans: CustomerPlans, key: string): PlannedWindow | undefined =>
    plans.windows.find((window) => keyOf(window) === key);
  const windows = [...keys].sort().flatMap((key): PlannedWindow[] => {
    const fresh = find(told, key);
    const known = find(old, key);
    const window = fresh ?? known;
    const occurrences = mergeOccurrences(known?.occurrences ?? [], fresh?.occurrences ?? [], now);
    return window === undefined || occurrences.length === 0 ? [] : [{ ...window, occurrences }];
  });
  const gone = old.silences.flatMap((silence): Silence[] => {
    if (told.silences.some((each) => each.id === silence.id)) return [];
    const until = earlier(silence.until, now);
    return until > silence.startsAt && until > now - limits.pastWindowMs ? [{ ...silence, until }] : [];
  });
  const silences = [...gone.slice(-limits.pastWindowsMax), ...told.silences].sort(
    (a, b) => a.startsAt - b.startsAt || (a.id < b.id ? -1 : 1),
  );
  return { windows: forgetOldest(windows, now), silences };
}

/** A window of a customer with several time zones comes once for each site. */
function keyOf(window: PlannedWindow): string {
  return `${window.id} ${window.scope.site ?? ''}`;
}

function mergeOccurrences(
  old: readonly Occurrence[],
  told: readonly Occurrence[],
  now: Instant,
): readonly Occurrence[] {
  const past = old.flatMap((each): Occurrence[] => {
    if (told.some((other) => other.startsAt === each.startsAt)) return [];
    const endsAt = earlier(each.endsAt, now);
    if (endsAt <= each.startsAt || endsAt <= now - limits.pastWindowMs) return [];
    return [each.endsAt <= now ? each : { startsAt: each.startsAt, endsAt }];
  });
  return [...past, ...told].sort((a, b) => a.startsAt - b.startsAt);
}

/** Windows that are all over, past the number that is remembered: the one that ended first goes first. */
function forgetOldest(windows: readonly PlannedWindow[], now: Instant): readonly PlannedWindow[] {
  const over = windows.filter((window) => window.occurrences.every((each) => each.endsAt <= now));
  const excess = over.length - limits.pastWindowsMax;
  if (excess <= 0) return windows;
  const endOf = (window: PlannedWindow): number => window.occurrences.at(-1)?.endsAt ?? 0;
  const gone = new Set([...over].sort((a, b) => endOf(a) - endOf(b)).slice(0, excess));
  return windows.filter((window) => !gone.has(window));
}

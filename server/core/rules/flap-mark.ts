// The mark that an unstable episode leaves on its incident: since when, how often, how long in all, and what the desk has been
// told of it. Where the episode comes from stands in `flapping.ts` (one reporter's count) and `unstable.ts` (the incident's
// own falls). Never decides that something flaps.
import { limits } from '../../../shared/limits.ts';
import { type Instant, plus } from '../../../shared/time.ts';
import type { Draft } from '../draft.ts';
import type { Incident } from '../incident.ts';
import type { Policy } from '../policy.ts';
import type { FlapDown, SiteState } from '../state.ts';
import type { Finding, FindingFlap } from './finding.ts';
import { lengthOf } from './flapping.ts';
import { withEntry } from './incident.ts';
import { planFlapping } from './ticket-plan.ts';
import type { SiteView } from './witness.ts';

/**
 * The incident as the episode has it now: marked on the first call, then its totals. Flips make no entries and no
 * notes; `tellFlapping` tells the desk.
 */
export function flap({ now, policy }: Draft, incident: Incident, seen: FindingFlap): Incident {
  const { flap: last } = incident;
  const known = last?.since === seen.since && last.own === undefined ? last : undefined;
  const mark = known ?? newMark(incident, seen, policy);
  const next: Incident = {
    ...incident,
    flapping: true,
    recoveredAt: undefined,
    outageSince: seen.downSince,
    downtimeMs: Math.max(0, mark.baseMs + seen.downMs),
    flap: {
      ...mark,
      downs: mark.baseDowns + seen.downs,
      lastAt: seen.stretches.at(-1)?.from,
      over: undefined,
    },
    falls: fallsOf(incident, seen),
  };
  // Its own falls had marked it before: the same instability, counted better from now on.
  if (last?.own === true && last.over === undefined) return next;
  if (known !== undefined && known.over === undefined) return sameTotals(incident, next) ? incident : next;
  return withEntry(next, { at: now, kind: 'flapping', text: String(seen.downs) });
}

/** What its own falls had counted of this episode. */
function fallsCountedIn({ falls = [], flap: last }: Incident, { since }: FindingFlap): number {
  const { lastAt } = last ?? {};
  return lastAt === undefined ? 0 : falls.filter((each) => each >= since && each <= lastAt).length;
}

/** Downs of an episode are falls of its incident, for the one that comes after it. */
function fallsOf({ falls = [] }: Incident, { stretches }: FindingFlap): readonly Instant[] {
  const first = stretches[0]?.from;
  const before = falls.filter((each) => first === undefined || each < first);
  return [...before, ...stretches.map(({ from }) => from)].slice(-limits.flapDownsMax);
}

function newMark(incident: Incident, seen: FindingFlap, policy: Policy): NonNullable<Incident['flap']> {
  // Stretches of the episode that the incident has counted already: those before its running one, or its recovery. One
  // that was down and eased has counted what was no blip.
  const countedUntil = incident.outageSince ?? incident.recoveredAt;
  const isCounted = (stretch: Pick<FlapDown, 'from' | 'to'>): boolean =>
    countedUntil === undefined
      ? lengthOf(stretch) >= policy.blipMs + policy.blipMarginMs
      : stretch.to !== undefined && stretch.to <= countedUntil;
  const counted = seen.stretches
    .filter((each) => each.from >= incident.detectedAt && isCounted(each))
    .reduce((sum, each) => sum + lengthOf(each), 0);
  const baseDowns = (incident.flap?.downs ?? 0) - fallsCountedIn(incident, seen);
  return {
    since: seen.since,
    downs: baseDowns,
    baseDowns,
    baseMs: incident.downtimeMs - counted,
    toldAt: incident.flap?.toldAt,
    toldDowns: incident.flap?.toldDowns ?? 0,
  };
}

function sameTotals(before: Incident, after: Incident): boolean {
  return (
    before.downtimeMs === after.downtimeMs &&
    before.outageSince === after.outageSince &&
    before.recoveredAt === undefined &&
    before.flap?.downs === after.flap?.downs
  );
}

/** One note for all that happened since the last, when that was long enough ago; else a wake for it. */
export function tellFlapping(
  draft: Draft,
  { view, wakes }: { readonly view: SiteView; readonly wakes: Instant[] },
  incident: Incident,
): Incident {
  const { flap: mark } = incident;
  if (mark === undefined || mark.downs <= mark.toldDowns) return incident;
  const dueAt = mark.toldAt === undefined ? draft.now : plus(mark.toldAt, draft.policy.flapNoticeMs);
  if (dueAt <= draft.now) return flapTold(planFlapping(draft, view, incident), draft.now);
  wakes.push(dueAt);
  return incident;
}

/** The desk knows as of now. */
export function flapTold(incident: Incident, now: Instant): Incident {
  const { flap: mark } = incident;
  return mark === undefined
    ? incident
    : { ...incident, flap: { ...mark, toldAt: now, toldDowns: mark.downs } };
}

/** The episode is over (whether it stays up or down now). */
export function steady(incident: Incident, record: SiteState, now: Instant): Incident {
  const { flap: mark } = incident;
  if (mark === undefined || mark.over === true || mark.own === true) return incident;
  const goesOn = record.flaps?.some(
    (each) => each.causeKey === incident.causeKey && each.episode !== undefined,
  );
  if (goesOn === true) return incident;
  return withEntry({ ...incident, flap: { ...mark, over: true } }, { at: now, kind: 'steady' });
}

/** Marked with its totals when the finding flaps; what is about to be told to the desk includes them. */
export function flapped(draft: Draft, incident: Incident, finding: Finding): Incident {
  if (finding.flap === undefined) return incident;
  return flapTold(flap(draft, incident, finding.flap), draft.now);
}

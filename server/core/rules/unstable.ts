// Instability by an incident's own falls: what fell, came back and fell again is one unstable episode from the third fall
// within the window on, whoever tells of it: a link's verdict, silence, a neighbour. `flapping.ts` counts the faster downs of
// one reporter, blips included; mark, totals and notices are the same. Falls that people planned or silenced never count.
import { limits } from '../../../shared/limits.ts';
import { type Instant, plus } from '../../../shared/time.ts';
import type { Draft } from '../draft.ts';
import { type Incident, isTicketClosed } from '../incident.ts';
import type { Policy } from '../policy.ts';
import { type Finding, startOf } from './finding.ts';
import { flapped, flapTold, tellFlapping } from './flap-mark.ts';
import { ease, fallBack, recover, reopen, withEntry } from './incident.ts';
import { windowOver } from './planned.ts';
import { silenceOver } from './silence.ts';
import { planEased, planFlapping, planReopened } from './ticket-plan.ts';
import type { SiteView } from './witness.ts';

/** In an episode by its own falls. While it is up in it, `recoveredAt` stands: the hold is only longer. */
export function isUnstable({ flap }: Incident): boolean {
  return flap?.own === true && flap.over === undefined;
}

interface Seen {
  readonly view: SiteView;
  readonly finding: Finding;
}

/** The finding stands: what was coming back has fallen. In an episode only a verdict is a fall, a suspicion is not. */
export function fallen(draft: Draft, seen: Seen, incident: Incident): Incident {
  const from = startOf(seen.finding);
  if (incident.recoveredAt === undefined) return counted(draft, seen, incident);
  if (!isUnstable(incident)) return counted(draft, seen, fallBack(incident, from, draft.now));
  if (seen.finding.confirmedAt === undefined) return incident;
  return counted(draft, seen, { ...fallBack(incident, from, draft.now), timeline: incident.timeline });
}

/** Down again after it was over: told at once, also in an episode, for its ticket says that it was over. */
export function reopened(draft: Draft, seen: Seen, incident: Incident): Incident {
  const { view, finding } = seen;
  const again = { ...reopen(incident, startOf(finding), draft.now), verdict: finding.verdict };
  if (finding.flap !== undefined) return planReopened(draft, view, flapped(draft, again, finding));
  const next = counted(draft, seen, again);
  if (!isUnstable(next)) return planReopened(draft, view, next);
  const plan = isTicketClosed(next) ? planReopened : planFlapping;
  return flapTold(plan(draft, view, next), draft.now);
}

/** Its running stretch as one fall more, once; the one that is too many marks the incident. */
export function counted(draft: Draft, { view, finding }: Seen, incident: Incident): Incident {
  const { now, policy, planned } = draft;
  const from = incident.outageSince;
  if (from === undefined || finding.confirmedAt === undefined) return incident;
  const known = incident.falls ?? [incident.detectedAt];
  if (known.some((each) => each >= from)) return incident;
  if (windowOver(view, planned, finding, now) ?? silenceOver(view, planned, finding, now)) return incident;
  const falls = [...known.filter((each) => from - each < policy.unstableWindowMs), from].slice(
    -limits.flapDownsMax,
  );
  const next = { ...incident, falls };
  return isUnstable(incident) || falls.length >= policy.unstableFallsMin ? marked(next, falls, now) : next;
}

/** With the falls that no episode has counted yet in its totals. */
function marked(incident: Incident, falls: readonly Instant[], now: Instant): Incident {
  const { flap } = incident;
  const fresh = falls.filter((each) => flap?.lastAt === undefined || each > flap.lastAt);
  const runs = flap !== undefined && flap.over === undefined;
  const downs = (flap?.downs ?? 0) + fresh.length;
  const next: Incident = {
    ...incident,
    flapping: true,
    flap: {
      since: (runs ? flap.since : falls[0]) ?? now,
      downs,
      baseDowns: flap?.downs ?? 0,
      baseMs: incident.downtimeMs,
      lastAt: falls.at(-1),
      toldAt: flap?.toldAt,
      toldDowns: flap?.toldDowns ?? 0,
      own: true,
    },
  };
  return runs ? next : withEntry(next, { at: now, kind: 'flapping', text: String(downs) });
}

/** It is back; in an episode without an entry, as each flip. */
export function backAgain(incident: Incident, at: Instant, now: Instant): Incident {
  const next = recover(incident, at, now);
  return isUnstable(incident) ? { ...next, timeline: incident.timeline } : next;
}

/** Down before; carries, but badly. In an episode that is one more flip until it has been so for the hold. */
export function carriesBadly(draft: Draft, { view, finding }: Seen, incident: Incident): Incident {
  const { now, policy } = draft;
  const eased = (each: Incident): Incident => planEased(draft, view, ease(each, finding, now));
  if (!isUnstable(incident)) return eased(incident);
  if (incident.recoveredAt === undefined) return backAgain(incident, finding.since, now);
  return now < steadyAt(incident, policy) ? incident : eased(over(incident, now));
}

interface Tended {
  readonly view: SiteView;
  readonly wakes: Instant[];
  /** Something still speaks against it: a suspicion, poor quality. */
  readonly active: boolean;
}

/** The episode as time passes: its notices when they are due, its end by the hold, up or down. */
export function tended(draft: Draft, { view, wakes, active }: Tended, incident: Incident): Incident {
  const { now, policy } = draft;
  if (!isUnstable(incident)) return incident;
  // A person called it over: what falls after that begins anew.
  if (incident.state === 'resolved') return over(incident, now);
  const until = steadyAt(incident, policy);
  if (now < until) wakes.push(until);
  else if (incident.recoveredAt === undefined || !active) return over(incident, now);
  return tellFlapping(draft, { view, wakes }, incident);
}

/** Up or down for so long without a flip. */
function steadyAt({ recoveredAt, flap, openedAt }: Incident, policy: Policy): Instant {
  return plus(recoveredAt ?? flap?.lastAt ?? openedAt, policy.unstableStableMs);
}

function over(incident: Incident, now: Instant): Incident {
  const { flap, recoveredAt } = incident;
  if (flap === undefined) return incident;
  const ended = withEntry({ ...incident, flap: { ...flap, over: true } }, { at: now, kind: 'steady' });
  if (recoveredAt === undefined || incident.state === 'resolved') return ended;
  return withEntry(ended, { at: recoveredAt, kind: 'recovering' });
}

// What the plans in force keep quiet at a site at this moment: causes that would open an incident were no window or silence
// over them. For people who look at a plan; no rule reads it and nothing is decided by it.
import { earlier, type Instant, plus } from '../../../shared/time.ts';
import type { IncidentKind } from '../../../shared/words.ts';
import { createDraft, type Draft } from '../draft.ts';
import { type CustomerPlans, noPlans, type Planned, plansOf } from '../planned.ts';
import type { State } from '../state.ts';
import type { Site } from '../topology.ts';
import { incidentOf } from './correlate.ts';
import { diagnose } from './diagnose.ts';
import type { Finding } from './finding.ts';
import { withFlapping } from './flapping.ts';
import { windowOver } from './planned.ts';
import { silenceOver } from './silence.ts';
import { siteView } from './witness.ts';

export interface HeldCause {
  /** Of the window or silence. */
  readonly plan: string;
  readonly causeKey: string;
  readonly kind: IncidentKind;
  readonly link?: string;
  readonly host?: string;
  readonly since: Instant;
  /** From then on it is longer than a blip: without the plan it would have opened. */
  readonly ripeAt: Instant;
  /** End of the quiet. */
  readonly until: Instant;
}

/** The plans that are in force at `now`; empty ones cost nothing more, so they are asked for before a site is looked at. */
export function inForce({ windows, silences }: CustomerPlans, now: Instant): CustomerPlans {
  return {
    windows: windows.filter((each) =>
      each.occurrences.some(({ startsAt, endsAt }) => startsAt <= now && now < endsAt),
    ),
    silences: silences.filter((each) => each.startsAt <= now && now < each.until),
  };
}

/** Once for each plan that covers the cause; those that are no blip only from `ripeAt` on. */
export function heldAt(state: State, site: Site, now: Instant): readonly HeldCause[] {
  const plans = eachAlone(inForce(plansOf(state.planned, site.customer), now), site.customer);
  if (plans.length === 0) return [];
  const draft = createDraft(state, { seq: state.seq, input: { kind: 'time.advanced', at: now } });
  const view = siteView(draft, site);
  const findings = withFlapping(view, diagnose(view, draft.policy, now), draft.policy);
  return findings
    .filter((finding) => wouldOpen(draft, site, finding))
    .flatMap((finding) =>
      plans.flatMap(({ id, planned }): HeldCause[] => {
        const over = windowOver(view, planned, finding, now) ?? silenceOver(view, planned, finding, now);
        if (over === undefined) return [];
        const { causeKey, kind, link, host, since } = finding;
        const ripeAt = plus(since, draft.policy.blipMs + draft.policy.blipMarginMs);
        const thing = { ...(link === undefined ? {} : { link }), ...(host === undefined ? {} : { host }) };
        return [{ plan: id, causeKey, kind, ...thing, since, ripeAt, until: over.to }];
      }),
    );
}

/** Confirmed, standing on its own, seen by a server that sees, and not an incident already. */
function wouldOpen(draft: Draft, site: Site, finding: Finding): boolean {
  if (finding.recovering || finding.confirmedAt === undefined || finding.symptomOf !== undefined)
    return false;
  if (finding.rests === 'silence' && draft.server.blindSince !== undefined) return false;
  const own = incidentOf(draft, site.id, finding.causeKey);
  return own === undefined || own.state === 'resolved';
}

/** Each plan as if it were the only one, so that each is told what it holds itself. */
function eachAlone({ windows, silences }: CustomerPlans, customer: string): readonly Alone[] {
  return [
    ...windows.map((each) => ({ id: each.id, planned: { [customer]: { ...noPlans, windows: [each] } } })),
    ...silences.map((each) => ({ id: each.id, planned: { [customer]: { ...noPlans, silences: [each] } } })),
  ];
}

interface Alone {
  readonly id: string;
  readonly planned: Planned;
}

/** Did the quiet, and not the cause's own end, keep it from opening? `endedAt` = when the cause was gone. */
export function wasHidden({ ripeAt, until }: HeldCause, endedAt: Instant): boolean {
  return ripeAt <= earlier(endedAt, until);
}

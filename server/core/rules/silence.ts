// Silences: a person asked for quiet about something, until an instant, with a reason. Opening waits until then; the
// true state stays on the screen and the outage keeps its true beginning, because nobody planned it.
import type { Instant } from '../../../shared/time.ts';
import type { Witness } from '../incident.ts';
import { type Planned, plansOf, type Silence } from '../planned.ts';
import type { Finding } from './finding.ts';
import { type Plan, type Span, spanOver, spansOver } from './planned.ts';
import type { SiteView } from './witness.ts';

/** The silence over this finding at `now`, with its end; undefined = nobody asked for quiet. */
export function silenceOver(
  view: SiteView,
  planned: Planned,
  finding: Finding,
  now: Instant,
): Span | undefined {
  const silences = plansOf(planned, view.site.customer).silences.filter((each) => each.startsAt <= now);
  return spanOver(spansOver(view, silences.map(planOf), finding), now);
}

/** What outlived a silence says so when it is raised at last. */
export function afterSilences(view: SiteView, planned: Planned, finding: Finding, now: Instant): Finding {
  const silences = plansOf(planned, view.site.customer).silences;
  const kept = silences.findLast(
    (each) =>
      each.until <= now && each.until > finding.since && spansOver(view, [planOf(each)], finding).length > 0,
  );
  if (kept === undefined) return finding;
  const witness: Witness = {
    source: 'person',
    who: 'vigia',
    says: 'silenced',
    since: kept.startsAt,
    facts: { reason: kept.reason, author: kept.by },
  };
  return { ...finding, verdict: { ...finding.verdict, witnesses: [...finding.verdict.witnesses, witness] } };
}

function planOf({ scope, startsAt, until, reason }: Silence): Plan {
  return { scope, spans: [{ from: startsAt, to: until, reason }] };
}

// An incident's record as the questions that clock and escalation are asked. One place, so that wall, API, ticket and
// whoever calls people ask the same. Reads only.
import type { Instant } from '../../../shared/time.ts';
import type { Incident } from '../incident.ts';
import type { Site } from '../topology.ts';
import type { EscalationFacts } from './escalation.ts';
import type { Place } from './holidays.ts';
import type { SlaQuestion } from './sla.ts';

/** Only a person's assignment is forwarding: a step that the clock itself takes attends to nobody. */
export function slaQuestionOf(incident: Incident, site: Site, now: Instant): SlaQuestion {
  const { priority, detectedAt, acknowledgedAt, resolvedAt, timeline, ticket } = incident;
  return {
    priority,
    plan: site.plan,
    place: placeOf(site),
    detectedAt,
    registeredAt: ticket?.registeredAt,
    acknowledgedAt,
    forwardedAt: timeline.find(({ kind }) => kind === 'assigned')?.at,
    resolvedAt,
    pauses: [],
    now,
  };
}

/** Evidence of recovery stops the calls, although the incident is resolved only when it has held. */
export function escalationFactsOf(incident: Incident, site: Site, now: Instant): EscalationFacts {
  const { priority, openedAt, acknowledgedAt, recoveredAt, resolvedAt, timeline } = incident;
  const reopened = timeline.findLast(({ kind }) => kind === 'reopened' || kind === 'reopened-by-person');
  return {
    priority,
    plan: site.plan,
    place: placeOf(site),
    openedAt: reopened?.at ?? openedAt,
    acknowledgedAt,
    resolvedAt: recoveredAt ?? resolvedAt,
    now,
  };
}

function placeOf({ city, state, timeZone }: Site): Place {
  return { city, state, timeZone };
}

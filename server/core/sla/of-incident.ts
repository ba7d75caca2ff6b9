// An incident's record as the question that the contract's clock is asked. One place, so that wall, API and ticket ask the
// same; `escalation-facts.ts` has what escalation is asked. Reads only.
import type { Instant } from '../../../shared/time.ts';
import type { Incident } from '../incident.ts';
import type { Site } from '../topology.ts';
import type { Place } from './holidays.ts';
import type { SlaQuestion } from './sla.ts';

/** Only a person's assignment is forwarding: a step that the clock itself takes attends to nobody. */
export function slaQuestionOf(incident: Incident, site: Site, now: Instant): SlaQuestion {
  const { priority, acknowledgedAt, resolvedAt, timeline, ticket } = incident;
  return {
    priority,
    plan: site.plan,
    customer: site.customer,
    place: placeOf(site),
    // What was only degraded and then died is critical from its death on.
    detectedAt: incident.raised?.since ?? incident.detectedAt,
    registeredAt: ticket?.registeredAt,
    acknowledgedAt,
    forwardedAt: timeline.find(({ kind }) => kind === 'assigned')?.at,
    resolvedAt,
    pauses: incident.pauses ?? [],
    now,
  };
}

function placeOf({ city, state, timeZone }: Site): Place {
  return { city, state, timeZone };
}

// An incident whose class of SLA rises while it lasts. Escalation counts from there: what opened as nothing urgent has no
// overdue calls in the moment in which it becomes urgent. Lowers nothing, ever.
import type { Instant } from '../../../shared/time.ts';
import { priorities } from '../../../shared/words.ts';
import type { Incident } from '../incident.ts';
import { withEntry } from './incident.ts';

/** `after` as it is, dated when its class is more urgent than that of `before`. */
export function datedRise(before: Incident, after: Incident, now: Instant): Incident {
  return rises(before, after) ? { ...after, raisedAt: now } : after;
}

/** The same, told in the story and thereby to the NOC: for a rise that no other entry tells. */
export function toldRise(before: Incident, after: Incident, now: Instant): Incident {
  return rises(before, after) ? withEntry(datedRise(before, after, now), { at: now, kind: 'raised' }) : after;
}

function rises(before: Incident, after: Incident): boolean {
  return priorities.indexOf(after.priority) < priorities.indexOf(before.priority);
}

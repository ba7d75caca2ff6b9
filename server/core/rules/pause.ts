// A person stops the contract's clock of an incident, and lets it run again: the customer asked to wait, nobody lets the
// technician in. The outage is judged as ever; calls and levels wait with the clock. `endPause` of `incident.ts` ends a pause
// by itself when the outage ends or grows. Says nothing about who may.
import { limits } from '../../../shared/limits.ts';
import type { Instant } from '../../../shared/time.ts';
import type { Incident } from '../incident.ts';
import { endPause, pauseAt, withEntry } from './incident.ts';

export interface PauseWish {
  readonly by: string;
  /** Why: stands in the timeline and in the ticket. */
  readonly text: string;
  /** Absent: until somebody lets it run again. */
  readonly until?: Instant;
}

/** Why an incident cannot be paused now; undefined: it can. */
export function pauseRefusal(incident: Incident, now: Instant): 'state' | 'paused' | 'too-many' | undefined {
  if (incident.state !== 'open' && incident.state !== 'acknowledged') return 'state';
  if (incident.kind === 'own-outage') return 'state';
  if (pauseAt(incident, now) !== undefined) return 'paused';
  return (incident.pauses?.length ?? 0) >= limits.slaPausesMax ? 'too-many' : undefined;
}

/** The same incident where it cannot be paused, or `until` has passed. */
export function pause(incident: Incident, { by, text, until }: PauseWish, now: Instant): Incident {
  const over = until !== undefined && until <= now;
  if (over || pauseRefusal(incident, now) !== undefined) return incident;
  const pauses = [...(incident.pauses ?? []), { from: now, until, by, text }];
  return withEntry({ ...incident, pauses, touched: true }, { at: now, kind: 'sla-paused', by, text });
}

/** The same incident where its clock runs. */
export function resume(
  incident: Incident,
  { by, text }: { readonly by: string; readonly text?: string },
  now: Instant,
): Incident {
  if (pauseAt(incident, now) === undefined) return incident;
  const ended = endPause({ ...incident, touched: true }, now);
  const entry = ended.timeline.at(-1);
  return entry === undefined
    ? ended
    : { ...ended, timeline: [...ended.timeline.slice(0, -1), { ...entry, by, text }] };
}

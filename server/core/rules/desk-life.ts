// What people do with the ticket at the desk, as the incident sees it. The outage itself is never judged by the desk: a
// ticket that a person closed while the outage lasts stays one ticket, with a warning; nothing opens a second one.
import { limits } from '../../../shared/limits.ts';
import type { Instant } from '../../../shared/time.ts';
import type { Draft } from '../draft.ts';
import type { Incident, TimelineEntry } from '../incident.ts';
import type { SupportLevel } from '../input.ts';
import { acknowledge, reopenByPerson, withEntry } from './incident.ts';
import { planClosedTooEarly, planEscalated } from './ticket-plan.ts';

export interface DeskWord {
  readonly action: 'acknowledged' | 'note' | 'closed' | 'reopened';
  readonly by: string;
  readonly text?: string;
  /** Of a note that was read at the desk. */
  readonly note?: string;
  readonly passedOver?: readonly string[];
}

/** Told again, each changes nothing; nothing is echoed back to the desk, because it came from there. */
export function heardFromDesk(draft: Draft, incident: Incident, word: DeskWord): Incident {
  const { action, by, text } = word;
  switch (action) {
    case 'acknowledged':
      if (incident.acknowledgedAt !== undefined) return incident;
      return acknowledge(incident, { who: by, text }, draft.now, 'acknowledged-at-desk');
    case 'note':
      return noted(incident, word, draft.now);
    case 'closed':
      return closedAtDesk(draft, incident, by, text);
    case 'reopened':
      return reopenedAtDesk(draft, incident, by, text);
  }
}

/**
 * A person was found at work as the ticket was to be closed: it stays open, and the incident, which is closed, says why.
 * Undefined: it says so already, or this changes nothing of a closed one.
 */
export function heardAfterEnd(incident: Incident, word: DeskWord, now: Instant): Incident | undefined {
  const { action, by, text } = word;
  if (action === 'note') {
    const told = noted(incident, word, now);
    return told === incident ? undefined : leftOpen(told);
  }
  if (action !== 'acknowledged' || incident.touched) return undefined;
  const entry = { at: now, kind: 'acknowledged-at-desk', by, text } as const;
  return withEntry(leftOpen({ ...incident, touched: true }), entry);
}

/** The closing that was on its way has become a note: somebody has to close the ticket. */
function leftOpen(incident: Incident): Incident {
  return incident.ticket?.closed === undefined
    ? incident
    : { ...incident, ticket: { ...incident.ticket, closed: undefined } };
}

function noted(incident: Incident, { by, text, note, passedOver = [] }: DeskWord, now: Instant): Incident {
  const { notesHeard: before = [] } = incident;
  if (note !== undefined && before.includes(note)) return incident;
  const fresh = [...passedOver, ...(note === undefined ? [] : [note])].filter((id) => !before.includes(id));
  const heard =
    fresh.length === 0 ? {} : { notesHeard: [...before, ...fresh].slice(-2 * limits.deskPeopleNotesMax) };
  return withEntry(
    { ...incident, ...heard, touched: true },
    { at: now, kind: 'noted-at-desk', by, text: text ?? '' },
  );
}

/** The outage runs: evidence says so, and no person has called it over here. */
export function outageLasts(incident: Incident): boolean {
  return (
    (incident.state === 'open' || incident.state === 'acknowledged') && incident.recoveredAt === undefined
  );
}

function closedAtDesk(draft: Draft, incident: Incident, by: string, text: string | undefined): Incident {
  if (incident.ticket === undefined || incident.ticket.closedAtDesk !== undefined) return incident;
  const early = outageLasts(incident);
  const closed = withEntry(
    { ...incident, touched: true, ticket: { ...incident.ticket, closedAtDesk: { at: draft.now, by } } },
    { at: draft.now, kind: early ? 'closed-at-desk-early' : 'closed-at-desk', by, text },
  );
  return early ? planClosedTooEarly(draft, closed, by) : closed;
}

function reopenedAtDesk(draft: Draft, incident: Incident, by: string, text: string | undefined): Incident {
  if (incident.ticket?.closedAtDesk === undefined) return incident;
  const open = withEntry(
    { ...incident, touched: true, ticket: { ...incident.ticket, closedAtDesk: undefined } },
    { at: draft.now, kind: 'reopened-at-desk', by, text },
  );
  return incident.resolvedByPerson ? reopenByPerson(open, { who: by, text }, draft.now) : open;
}

export interface EscalationStep {
  readonly step: string;
  readonly level: SupportLevel;
  readonly to: string;
}

/** A step counts once in an outage; an incident that is over is passed to nobody. Levels never sink. */
export function escalate(draft: Draft, incident: Incident, { step, level, to }: EscalationStep): Incident {
  const before = incident.escalation;
  if (!outageLasts(incident) || takenSteps(incident).includes(step)) return incident;
  const next: Incident = {
    ...incident,
    escalation: {
      ...before,
      level: before === undefined || level > before.level ? level : before.level,
      steps: [...(before?.steps ?? []), step],
      at: draft.now,
      to,
    },
  };
  const told = withEntry(next, { at: draft.now, kind: 'escalated', text: to });
  return level > (before?.level ?? 1) ? planEscalated(draft, told, level, to) : told;
}

/** Since it opened, last came back or last got worse; what a person passed on by hand needs no step. */
export function takenSteps({ escalation, movedTo }: Incident): readonly string[] {
  const byHand =
    movedTo?.level3At !== undefined
      ? ['move.level2', 'move.level3']
      : movedTo?.level2At !== undefined
        ? ['move.level2']
        : [];
  return [...(escalation?.steps.slice(escalation.stepsBefore ?? 0) ?? []), ...byHand];
}

export interface Assignment {
  readonly by: string;
  readonly to: string;
  /** Passed on to that level with it; absent: where it is. */
  readonly level?: 2 | 3;
}

/** Whoever is named works on it. A level below the present one changes none: levels never sink. */
export function assign(incident: Incident, { by, to, level }: Assignment, now: Instant): Incident {
  const { escalation: before, movedTo } = incident;
  const named: Incident = { ...incident, assignedTo: to, touched: true };
  const entry: TimelineEntry = { at: now, kind: 'assigned', by, text: to };
  if (level === undefined || level <= (before?.level ?? 1)) return withEntry(named, entry);
  const moved: Incident = {
    ...named,
    escalation: { steps: [], ...before, level, at: now, to },
    movedTo: level === 2 ? { ...movedTo, level2At: now } : { ...movedTo, level3At: now },
  };
  return withEntry(moved, entry);
}

// The correlator's mind: reads the state and one input, gives changes and effects. Reads only; `evolve` writes.
// Route: decide -> handlers/on-*.ts -> rules/*. Never touches a clock, a random source or the world.
import { assert, assertNever } from '../../shared/assert.ts';
import type { Change } from './change.ts';
import { createDraft, type Draft } from './draft.ts';
import type { Effect } from './effect.ts';
import {
  onCloned,
  onEnrolled,
  onGoodbye,
  onHeard,
  onRevoked,
  onSessionClosed,
  onSessionOpened,
  onSilent,
  onSuspected,
} from './handlers/on-agent.ts';
import { onChanges } from './handlers/on-changes.ts';
import {
  onAcknowledged,
  onAddress,
  onAssigned,
  onDeskTold,
  onEscalated,
  onNoted,
  onPaused,
  onReopenedByPerson,
  onResolvedByPerson,
  onResumed,
  onTicketReported,
} from './handlers/on-outside.ts';
import { onPlanned } from './handlers/on-planned.ts';
import { onAnchors, onInventory, onStarted, onTickets, onTime } from './handlers/on-server.ts';
import type { Input, NumberedInput } from './input.ts';
import type { State } from './state.ts';

export interface Decision {
  readonly changes: readonly Change[];
  readonly effects: readonly Effect[];
}

/** The same state and input always give the same decision. `numbered.seq` must follow the state's. */
export function decide(state: State, numbered: NumberedInput): Decision {
  assert(numbered.seq === state.seq + 1, 'inputs are decided in order, without gaps');
  const draft = createDraft(state, numbered);
  handle(draft, numbered.input, state);
  return draft.finish();
}

function handle(draft: Draft, input: Input, state: State): void {
  switch (input.kind) {
    case 'server.started':
      return onStarted(draft, input, state.seq === 0 ? undefined : state.at);
    case 'inventory.imported':
      return onInventory(draft, input);
    case 'tickets.configured':
      return onTickets(draft, input);
    case 'planned.told':
      return onPlanned(draft, input);
    case 'agent.enrolled':
      return onEnrolled(draft, input);
    case 'agent.revoked':
      return onRevoked(draft, input);
    case 'session.opened':
      return onSessionOpened(draft, input);
    case 'session.closed':
      return onSessionClosed(draft, input);
    case 'goodbye.said':
      return onGoodbye(draft, input);
    case 'changes.received':
      return onChanges(draft, input);
    case 'agent.cloned':
      return onCloned(draft, input);
    case 'agent.suspected':
      return onSuspected(draft, input);
    case 'agent.silent':
      return onSilent(draft, input);
    case 'agent.heard':
      return onHeard(draft, input);
    case 'address.measured':
      return onAddress(draft, input);
    case 'anchors.measured':
      return onAnchors(draft, input);
    case 'time.advanced':
      return onTime(draft, input);
    case 'ticket.reported':
      return onTicketReported(draft, input);
    case 'incident.acknowledged':
      return onAcknowledged(draft, input);
    case 'incident.noted':
      return onNoted(draft, input);
    case 'incident.resolvedByPerson':
      return onResolvedByPerson(draft, input);
    case 'incident.reopenedByPerson':
      return onReopenedByPerson(draft, input);
    case 'incident.assigned':
      return onAssigned(draft, input);
    case 'incident.paused':
      return onPaused(draft, input);
    case 'incident.resumed':
      return onResumed(draft, input);
    case 'incident.escalated':
      return onEscalated(draft, input);
    case 'desk.told':
      return onDeskTold(draft, input);
    default:
      return assertNever(input);
  }
}

// The recorded inputs under changed policies. What the world told is taken as it was; when the core is woken follows
// the changed policies; answers to incidents (the desk's, a person's) go to the incident of the same cause, where there
// is one. Pure: rows come in one by one, the two runs share nothing that is written.
//
// What cannot be replayed: heartbeats are no inputs, so silence comes when it came (see `policiesOutside`); probes that
// only the changed run would have asked for have no answers.
import { effectKey, type IncidentId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { type Instant, later, plus } from '../../../shared/time.ts';
import type { Change } from '../change.ts';
import { nextDeadline } from '../deadline.ts';
import { decide } from '../decide.ts';
import { evolve } from '../evolve.ts';
import { causeIdentity } from '../incident.ts';
import type { Input } from '../input.ts';
import { defaultPolicy, type Policy } from '../policy.ts';
import { stateFromData, stateToData } from '../snapshot.ts';
import type { State } from '../state.ts';
import type { AnchorRecord } from './anchor-record.ts';
import type { Recorded } from './recorded.ts';

/** Judged by the liveness table before anything becomes an input: changing these changes little or nothing here. */
export const policiesOutside = [
  'heartbeatMs',
  'silenceFloorMs',
  'silenceCapMs',
] as const satisfies readonly (keyof Policy)[];

export interface WhatIfOptions {
  /** Before the first row. Copied: the caller keeps its own. */
  readonly state: State;
  /** Only what differs; the rest stays as it was recorded, also over restarts with another configuration. */
  readonly policies: Partial<Policy>;
  readonly anchors: AnchorRecord;
  /** Told of each decision of the changed run. */
  readonly decided: (changes: readonly Change[], at: Instant) => void;
}

export interface WhatIf {
  /** `recordedState` = the recorded run before this row: it says whose incident an answer was meant for. */
  take(row: Recorded, recordedState: State): void;
  /** The stretch ends here: what was due by then is still decided. */
  finish(at: Instant): void;
  /** Words of persons on incidents that the changed run does not have. */
  unanswered(): number;
  /** Times the clock of the changed run was not moved on because it wanted too many looks between two inputs. */
  cut(): number;
}

/** The run's own timers ring this late, as a server's do: then the recorded look comes first where both want one. */
const timerLateMs = 200;

export function createWhatIf({ state: start, policies, anchors, decided }: WhatIfOptions): WhatIf {
  const copy = stateFromData(stateToData(start));
  let state: State = { ...copy, policy: policyOf(copy.policy, policies) };
  let toldAt = state.at;
  let unanswered = 0;
  let cut = 0;

  const apply = (input: Input): void => {
    const numbered = { seq: state.seq + 1, input };
    const { changes } = decide(state, numbered);
    state = evolve(state, numbered, changes);
    decided(changes, state.at);
  };
  const advance = (to: Instant): void => {
    for (let looks = 0; ; looks += 1) {
      const due = nextDeadline(state);
      if (due === undefined) return;
      // A deadline that stays although it was told would spin; production waits the same floor.
      const floor = due <= toldAt ? plus(toldAt, limits.deadlineFloorMs) : state.at;
      const at = later(plus(due, timerLateMs), floor);
      if (at >= to) return;
      if (looks >= limits.replayLooksMax) {
        cut += 1;
        return;
      }
      toldAt = at;
      apply({ kind: 'time.advanced', at, anchorsGoodAt: anchors.goodAt(at, state.server) });
    }
  };
  return {
    take({ input: { input } }, recordedState) {
      // Before a start nothing ran, and nobody knows since when: no timer of that time rang.
      if (input.kind !== 'server.started') advance(input.at);
      const mine = asMine(input, { recordedState, state, policies });
      if (mine !== undefined) apply(mine);
      else if (isWordOfPerson(input, recordedState)) unanswered += 1;
      if (input.kind !== 'time.advanced') return;
      anchors.told(input);
      toldAt = later(toldAt, input.at);
    },
    finish: (at) => advance(at),
    unanswered: () => unanswered,
    cut: () => cut,
  };
}

/** A release before this one did not know every policy: what it did not record is as it is by default. */
function policyOf(recorded: Policy, changed: Partial<Policy>): Policy {
  return { ...defaultPolicy, ...recorded, ...changed };
}

interface Scene {
  readonly recordedState: State;
  readonly state: State;
  readonly policies: Partial<Policy>;
}

/** The input as the changed run gets it; undefined = an answer to an incident that it does not have. */
function asMine(input: Input, { recordedState, state, policies }: Scene): Input | undefined {
  switch (input.kind) {
    case 'server.started':
      return { ...input, policy: policyOf(input.policy, policies) };
    case 'ticket.reported':
    case 'incident.acknowledged':
    case 'incident.noted':
    case 'incident.resolvedByPerson':
    case 'incident.reopenedByPerson':
    case 'incident.assigned':
    case 'incident.paused':
    case 'incident.resumed':
    case 'incident.escalated':
    case 'desk.told': {
      const incident = sameIncident(input.incident, recordedState, state);
      if (incident === undefined) return undefined;
      if (input.kind !== 'ticket.reported') return { ...input, incident };
      const effect = effectOf(input, incident);
      return { ...input, incident, effect };
    }
    default:
      return input;
  }
}

/** On an incident that was open then; what a closed one is told changes nothing in either run. */
function isWordOfPerson(input: Input, recordedState: State): boolean {
  return (
    input.kind !== 'ticket.reported' && 'incident' in input && recordedState.incidents.has(input.incident)
  );
}

function effectOf(input: Extract<Input, { readonly kind: 'ticket.reported' }>, incident: IncidentId) {
  return effectKey(`${incident}${input.effect.slice(input.incident.length)}`);
}

/** Open ones only, as the recorded run had it: what is closed takes no answer. */
function sameIncident(id: IncidentId, recordedState: State, state: State): IncidentId | undefined {
  const recorded = recordedState.incidents.get(id);
  if (recorded === undefined) return undefined;
  const identity = causeIdentity(recorded);
  for (const incident of state.incidents.values()) {
    if (causeIdentity(incident) === identity) return incident.id;
  }
  return undefined;
}

// Who must be called and when a ticket climbs, as steps with instants, worked out anew from the incident whenever asked;
// nothing is stored and nothing is sent. Not acknowledged: the NOC again (5 min), level 2's lead (15). Level 1's 30 min over:
// the ticket moves to level 2; level 2's hour over: to level 3. Acknowledgement stops the calls. It does not stop the
// levels' times: they are how long a level may try, and only the end of the problem ends them. A pause of the contract's
// clock stops them all: what it covers counts for none. Source: PRODUCT.md 5, FAQ.
import type { OnCallRole, SlaClock, StepTimers } from '../../../shared/sla-policy.ts';
import { earlier, type Instant } from '../../../shared/time.ts';
import type { Plan, Priority } from '../../../shared/words.ts';
import { type Calendar, isOpenAt, nextOpeningFrom } from './calendar.ts';
import type { Calendars } from './calendars.ts';
import type { Place } from './holidays.ts';
import { freeFrom, joinedPauses, type Pause } from './pauses.ts';
import { onCallAt } from './rota.ts';
import { dueFrom } from './sla.ts';

export interface EscalationFacts {
  readonly priority: Priority;
  readonly plan: Plan;
  readonly place: Place;
  /** When the NOC was first called: the opening, or the last reopening. */
  readonly openedAt: Instant;
  readonly acknowledgedAt?: Instant;
  /** When a person or the desk moved it, whatever the clock says. */
  readonly movedToLevel2At?: Instant;
  readonly movedToLevel3At?: Instant;
  readonly resolvedAt?: Instant;
  readonly pauses: readonly Pause[];
  readonly now: Instant;
}

export type StepKind = 'call.noc-again' | 'call.level2-lead' | 'move.level2' | 'move.level3';

/** - `waiting`: its instant lies ahead. - `due`: it has come. - `stopped`: what it waited for happened before. */
export type StepState = 'waiting' | 'due' | 'stopped';

export interface EscalationStep {
  readonly kind: StepKind;
  readonly at: Instant;
  readonly state: StepState;
  readonly stoppedBy?: 'acknowledged' | 'moved' | 'resolved';
  readonly role: OnCallRole;
  /** On call for the role when the step is due; empty: the rota names nobody. */
  readonly people: readonly string[];
}

export interface Escalation {
  /** In the order of their instants. Steps that are switched off, or that support hours never reach, are not listed. */
  readonly steps: readonly EscalationStep[];
  /** 1 to 3, by time or by hand. */
  readonly level: 1 | 2 | 3;
  /** The next instant at which something becomes due: when to look again. */
  readonly nextAt?: Instant;
}

/**
 * Which timers count - inside or outside support hours - is decided by the instant a level begins and then holds. Only
 * critical incidents run through the night; the others count business time. A step that is `null` outside waits for the
 * opening and then takes its inside time; one that is `null` inside is not taken.
 */
export function stepsOf(facts: EscalationFacts, calendars: Calendars): Escalation {
  const calendar = calendars.of(facts.plan, facts.place);
  const timers = calendars.policies.plans[facts.plan].escalation;
  const pauses = joinedPauses(facts.pauses);
  const due = (base: Instant, name: keyof StepTimers): Instant | undefined =>
    dueAt({ base, name, timers, calendar, pauses, critical: facts.priority === 'critical' });

  // Whoever is taken straight to level 3 has passed level 2 in that moment.
  const movedAt = firstOf(facts.movedToLevel2At, facts.movedToLevel3At);
  const level2At = firstOf(movedAt, due(facts.openedAt, 'toLevel2Ms'));
  const level3At = firstOf(
    facts.movedToLevel3At,
    level2At === undefined ? undefined : due(level2At, 'toLevel3Ms'),
  );
  const planned: readonly Planned[] = [
    { kind: 'call.noc-again', role: 'noc', at: due(facts.openedAt, 'callAgainMs') },
    { kind: 'call.level2-lead', role: 'level2-lead', at: due(facts.openedAt, 'callLeadMs') },
    { kind: 'move.level2', role: 'level2', at: level2At },
    { kind: 'move.level3', role: 'level3', at: level3At },
  ];
  const { rota } = calendars.policies;
  const zone = calendars.zone(rota.timeZone);
  const steps = planned
    .flatMap(({ kind, role, at }) => {
      if (at === undefined) return [];
      return [{ kind, at, ...stateOf(kind, at, facts), role, people: onCallAt(role, at, rota, zone) }];
    })
    .sort((a, b) => a.at - b.at);
  return { steps, level: levelOf(steps), nextAt: steps.find(({ state }) => state === 'waiting')?.at };
}

interface Planned {
  readonly kind: StepKind;
  readonly role: OnCallRole;
  readonly at?: Instant;
}

interface Timing {
  readonly base: Instant;
  readonly name: keyof StepTimers;
  readonly timers: { readonly inside: StepTimers; readonly outside: StepTimers };
  readonly calendar: Calendar;
  /** Joined. */
  readonly pauses: readonly Pause[];
  readonly critical: boolean;
}

function dueAt({ base, name, timers, calendar, pauses, critical }: Timing): Instant | undefined {
  const inside = timers.inside[name];
  const after = (from: Instant | undefined, ms: number | null, clock: SlaClock): Instant | undefined => {
    const begins = from === undefined ? undefined : endOfPause(from, pauses);
    return begins === undefined || ms === null ? undefined : dueFrom(begins, ms, { clock, calendar, pauses });
  };
  if (!critical) return after(opening(base, calendar), inside, 'support-hours');
  if (isOpenAt(base, calendar)) return after(base, inside, '24x7');
  const outside = timers.outside[name];
  if (outside !== null) return after(base, outside, '24x7');
  return after(nextOpeningFrom(base, calendar), inside, '24x7');
}

/** `at`, or the end of the pause it lies in; undefined where that has none. */
function endOfPause(at: Instant, pauses: readonly Pause[]): Instant | undefined {
  return freeFrom(at, pauses)[0]?.from;
}

/** A time of 0 that begins at night is due at the opening, not at night. */
function opening(base: Instant, calendar: Calendar): Instant {
  return nextOpeningFrom(base, calendar) ?? base;
}

function firstOf(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return earlier(a, b);
}

function stateOf(
  kind: StepKind,
  at: Instant,
  facts: EscalationFacts,
): Pick<EscalationStep, 'state' | 'stoppedBy'> {
  const { acknowledgedAt, resolvedAt, now } = facts;
  const isCall = kind === 'call.noc-again' || kind === 'call.level2-lead';
  if (resolvedAt !== undefined && resolvedAt <= at) return { state: 'stopped', stoppedBy: 'resolved' };
  if (isCall && acknowledgedAt !== undefined && acknowledgedAt <= at) {
    return { state: 'stopped', stoppedBy: 'acknowledged' };
  }
  // Whoever took it to level 2 has taken it: level 1 need not be called any more.
  const movedAt = firstOf(facts.movedToLevel2At, facts.movedToLevel3At);
  if (isCall && movedAt !== undefined && movedAt <= at) return { state: 'stopped', stoppedBy: 'moved' };
  return { state: at <= now ? 'due' : 'waiting' };
}

function levelOf(steps: readonly EscalationStep[]): 1 | 2 | 3 {
  const reached = (kind: StepKind): boolean =>
    steps.some((step) => step.kind === kind && step.state === 'due');
  if (reached('move.level3')) return 3;
  return reached('move.level2') ? 2 : 1;
}

// Who must be called and when a ticket climbs, as steps with instants, worked out anew from the incident whenever asked;
// nothing is stored and nothing is sent. Critical and not acknowledged: the NOC again (5 min), level 2's lead (15). Level 1's
// 30 min over: the ticket moves to level 2; level 2's hour over: to level 3. Acknowledgement stops the calls, not the
// levels' times: they are how long a level may try. What is not critical has hours: nobody is called, and it moves when its
// target is over unattended. A pause of the contract's clock stops all: what it covers counts for none. Source: FAQ.
import type { SlaClock, StepTimers } from '../../../shared/plan-policy.ts';
import type { OnCallRole } from '../../../shared/sla-policy.ts';
import { earlier, type Instant } from '../../../shared/time.ts';
import type { Plan, Priority } from '../../../shared/words.ts';
import { type Calendar, isOpenAt, nextOpeningFrom } from './calendar.ts';
import type { Calendars } from './calendars.ts';
import type { Place } from './holidays.ts';
import { freeFrom, joinedPauses, type Pause } from './pauses.ts';
import { onCallAt } from './rota.ts';
import { type Counting, dueFrom } from './sla.ts';

export interface EscalationFacts {
  readonly priority: Priority;
  readonly plan: Plan;
  /** Its key: the contract may say otherwise than the plan. */
  readonly customer: string;
  readonly place: Place;
  /** When the NOC was first called: the opening, the last reopening, or when it rose to this class. */
  readonly openedAt: Instant;
  readonly acknowledgedAt?: Instant;
  /** When a person gave it to somebody: with the acknowledgement, what attends to a target. */
  readonly forwardedAt?: Instant;
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
 * Which timers count for a critical incident - inside or outside support hours - is decided by the instant a level begins
 * and then holds; only critical incidents run through the night. A step that is `null` outside waits for the opening and
 * then takes its inside time; one that is `null` inside is not taken. The others have timers of their class and count
 * business time.
 */
export function stepsOf(facts: EscalationFacts, calendars: Calendars): Escalation {
  const { due, toLevel2ByTarget } = timingOf(facts, calendars);
  // Whoever is taken straight to level 3 has passed level 2 in that moment.
  const movedAt = firstOf(facts.movedToLevel2At, facts.movedToLevel3At);
  const level2At = firstOf(movedAt, due(facts.openedAt, 'toLevel2Ms'));
  const level3At = firstOf(
    facts.movedToLevel3At,
    level2At === undefined ? undefined : due(level2At, 'toLevel3Ms'),
  );
  // Attended in time: level 2 never begins, nor does its hour.
  const attendedAt = firstOf(facts.acknowledgedAt, facts.forwardedAt);
  const inTime = attendedAt !== undefined && level2At !== undefined && attendedAt <= level2At;
  const needsNone = toLevel2ByTarget && movedAt === undefined && inTime;
  const planned: readonly Planned[] = [
    { kind: 'call.noc-again', role: 'noc', at: due(facts.openedAt, 'callAgainMs') },
    { kind: 'call.level2-lead', role: 'level2-lead', at: due(facts.openedAt, 'callLeadMs') },
    { kind: 'move.level2', role: 'level2', at: level2At, needsNone },
    { kind: 'move.level3', role: 'level3', at: level3At, needsNone },
  ];
  const { rota } = calendars.policies;
  const zone = calendars.zone(rota.timeZone);
  const steps = planned
    .flatMap(({ kind, role, at, needsNone: spared }) => {
      if (at === undefined) return [];
      const state = spared ? attended : stateOf(kind, at, facts);
      return [{ kind, at, ...state, role, people: onCallAt(role, at, rota, zone) }];
    })
    .sort((a, b) => a.at - b.at);
  return { steps, level: levelOf(steps), nextAt: steps.find(({ state }) => state === 'waiting')?.at };
}

const attended = { state: 'stopped', stoppedBy: 'acknowledged' } as const;

interface Planned {
  readonly kind: StepKind;
  readonly role: OnCallRole;
  readonly at?: Instant;
  /** Somebody attended before it was due, and it is there only for want of that. */
  readonly needsNone?: boolean;
}

interface Timing {
  /** When a step is due whose time begins at `base`; undefined: not taken, or never reached. */
  due(base: Instant, name: keyof StepTimers): Instant | undefined;
  /** Level 2 is for want of attendance, not because level 1's time is over. */
  readonly toLevel2ByTarget: boolean;
}

function timingOf(
  { plan, customer, place, priority, pauses }: EscalationFacts,
  calendars: Calendars,
): Timing {
  const calendar = calendars.of(plan, place, customer);
  const { escalation, targets } = calendars.contract(plan, customer);
  const bounds = { calendar, pauses: joinedPauses(pauses) };
  if (priority === 'critical') {
    return { due: (base, name) => criticalDue(base, name, escalation, bounds), toLevel2ByTarget: false };
  }
  const timers = escalation[priority];
  return {
    due: (base, name) => {
      const ms = timers[name];
      return after(
        opening(base, calendar),
        ms === 'target' ? targets[priority] : ms,
        'support-hours',
        bounds,
      );
    },
    toLevel2ByTarget: timers.toLevel2Ms === 'target',
  };
}

/** `pauses`: joined. */
type Bounds = Pick<Counting, 'calendar' | 'pauses'>;

function criticalDue(
  base: Instant,
  name: keyof StepTimers,
  timers: { readonly inside: StepTimers; readonly outside: StepTimers },
  bounds: Bounds,
): Instant | undefined {
  const inside = timers.inside[name];
  if (isOpenAt(base, bounds.calendar)) return after(base, inside, '24x7', bounds);
  const outside = timers.outside[name];
  if (outside !== null) return after(base, outside, '24x7', bounds);
  return after(nextOpeningFrom(base, bounds.calendar), inside, '24x7', bounds);
}

function after(
  from: Instant | undefined,
  ms: number | null,
  clock: SlaClock,
  bounds: Bounds,
): Instant | undefined {
  const begins = from === undefined ? undefined : endOfPause(from, bounds.pauses);
  return begins === undefined || ms === null ? undefined : dueFrom(begins, ms, { clock, ...bounds });
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

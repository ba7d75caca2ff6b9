// The contract's clock of one incident, worked out anew whenever somebody reads it; nothing of it is stored. Critical:
// work starts the moment monitoring identifies the problem, so the clock starts at the first failing evidence.
// Prioritário and padrão: 2 and 4 business hours from registration. "Atendimento e/ou encaminhamento" meets them: whoever
// acknowledges, forwards or resolves first. Decides nothing and opens nothing. Source: the MSP's service FAQ.
import { assertNever } from '../../../shared/assert.ts';
import type { SlaClock } from '../../../shared/plan-policy.ts';
import { earlier, type Instant, later, plus } from '../../../shared/time.ts';
import type { Plan, Priority } from '../../../shared/words.ts';
import { addBusinessMs, businessMsBetween, type Calendar, isOpenAt, nextOpeningFrom } from './calendar.ts';
import type { Calendars } from './calendars.ts';
import type { Place } from './holidays.ts';
import { freeFrom, isPausedAt, joinedPauses, type Pause } from './pauses.ts';

export interface SlaQuestion {
  readonly priority: Priority;
  readonly plan: Plan;
  /** Its key: the contract may say otherwise than the plan. */
  readonly customer: string;
  readonly place: Place;
  /** First failing evidence, server time. */
  readonly detectedAt: Instant;
  /** When the desk registered the ticket; absent while it has not. */
  readonly registeredAt?: Instant;
  /** Whichever comes first meets the target. */
  readonly acknowledgedAt?: Instant;
  readonly forwardedAt?: Instant;
  readonly resolvedAt?: Instant;
  readonly pauses: readonly Pause[];
  readonly now: Instant;
}

/**
 * - `at-once`: the target names no number (critical): work is due now and nobody has begun.
 * - `running`: the clock runs.
 * - `outside-hours`: it counts business time and support is closed.
 * - `paused`: somebody stopped it.
 * - `met`: attended within the target. - `missed`: not attended by then, or later.
 */
export type SlaState = 'at-once' | 'running' | 'outside-hours' | 'paused' | 'met' | 'missed';

/** `evidence-unregistered`: a ticket that no desk has registered yet is counted from its evidence, the stricter way. */
export type SlaBasis = 'evidence' | 'registration' | 'evidence-unregistered';

export interface Sla {
  readonly state: SlaState;
  readonly clock: SlaClock;
  readonly basis: SlaBasis;
  readonly startedAt: Instant;
  /** 0: at once. */
  readonly targetMs: number;
  /** Absent while a pause without end comes before it, and where support never opens. */
  readonly dueAt?: Instant;
  /** On this clock (business time or wall time), without pauses, until attended or now. */
  readonly elapsedMs: number;
  /** `targetMs - elapsedMs`; negative once it is missed. */
  readonly remainingMs: number;
  readonly attendedAt?: Instant;
  /** When support hours begin again; absent inside them. */
  readonly supportOpensAt?: Instant;
}

export function slaOf(question: SlaQuestion, calendars: Calendars): Sla {
  const { plan, priority, now } = question;
  const calendar = calendars.of(plan, question.place, question.customer);
  const { criticalClock, targets } = calendars.contract(plan, question.customer);
  const clock: SlaClock = priority === 'critical' ? criticalClock : 'support-hours';
  const targetMs = targets[priority];
  const { startedAt, basis } = beginningOf(question);
  const pauses = joinedPauses(question.pauses);
  const attendedAt = firstOf(question);
  const counting: Counting = { clock, calendar, pauses };
  const elapsedMs = countedMs(startedAt, earlier(attendedAt ?? now, now), counting);
  const dueAt = dueFrom(startedAt, targetMs, counting);
  return {
    state: stateOf({ question, counting, targetMs, dueAt, attendedAt }),
    clock,
    basis,
    startedAt,
    targetMs,
    dueAt,
    elapsedMs,
    remainingMs: targetMs - elapsedMs,
    attendedAt,
    supportOpensAt: isOpenAt(now, calendar) ? undefined : nextOpeningFrom(now, calendar),
  };
}

function beginningOf(question: SlaQuestion): Pick<Sla, 'startedAt' | 'basis'> {
  const { priority, detectedAt, registeredAt } = question;
  switch (priority) {
    case 'critical':
      return { startedAt: detectedAt, basis: 'evidence' };
    case 'priority':
    case 'standard':
      return registeredAt === undefined
        ? { startedAt: detectedAt, basis: 'evidence-unregistered' }
        : { startedAt: registeredAt, basis: 'registration' };
    default:
      return assertNever(priority);
  }
}

/** The first sign of work that lies not in the future; undefined while there is none. */
function firstOf({ acknowledgedAt, forwardedAt, resolvedAt, now }: SlaQuestion): Instant | undefined {
  let first: Instant | undefined;
  for (const at of [acknowledgedAt, forwardedAt, resolvedAt]) {
    if (at === undefined || at > now) continue;
    first = first === undefined ? at : earlier(first, at);
  }
  return first;
}

/** What a clock counts: business time or all time, without the pauses (joined). */
export interface Counting {
  readonly clock: SlaClock;
  readonly calendar: Calendar;
  readonly pauses: readonly Pause[];
}

/** Counted milliseconds in [from, to); 0 when `to` is not after `from`. */
export function countedMs(from: Instant, to: Instant, { clock, calendar, pauses }: Counting): number {
  if (to <= from) return 0;
  let sum = 0;
  for (const free of freeFrom(from, pauses)) {
    if (free.from >= to) break;
    const until = free.until === undefined ? to : earlier(free.until, to);
    sum += clock === '24x7' ? until - free.from : businessMsBetween(free.from, until, calendar);
  }
  return sum;
}

/** The first instant by which `targetMs` are counted; `from` for 0; undefined when they never are. */
export function dueFrom(
  from: Instant,
  targetMs: number,
  { clock, calendar, pauses }: Counting,
): Instant | undefined {
  if (targetMs === 0) return from;
  let left = targetMs;
  for (const free of freeFrom(from, pauses)) {
    const due = clock === '24x7' ? plus(free.from, left) : addBusinessMs(free.from, left, calendar);
    if (due !== undefined && (free.until === undefined || due <= free.until)) return due;
    if (free.until === undefined) return undefined;
    left -= clock === '24x7' ? free.until - free.from : businessMsBetween(free.from, free.until, calendar);
  }
  return undefined;
}

interface Facts {
  readonly question: SlaQuestion;
  readonly counting: Counting;
  readonly targetMs: number;
  readonly dueAt?: Instant;
  readonly attendedAt?: Instant;
}

function stateOf({ question, counting, targetMs, dueAt, attendedAt }: Facts): SlaState {
  const { now } = question;
  const judgedAt = attendedAt ?? now;
  // "At once" names no number that could be passed; the time it took is told as it is.
  const late = targetMs > 0 && dueAt !== undefined && judgedAt > dueAt;
  if (late) return 'missed';
  if (attendedAt !== undefined) return 'met';
  if (isPausedAt(now, counting.pauses)) return 'paused';
  if (counting.clock === 'support-hours' && !isOpenAt(now, counting.calendar)) return 'outside-hours';
  return targetMs === 0 ? 'at-once' : 'running';
}

/** The later of start and now, or the deadline: up to where an explanation of this clock has to reach. */
export function explainedUntil(sla: Sla, now: Instant): Instant {
  return sla.dueAt ?? later(sla.startedAt, earlier(sla.attendedAt ?? now, now));
}

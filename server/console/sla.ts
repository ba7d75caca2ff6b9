// The contract's clock between two rows of the server: counts on from what was last told, in the server's time, and only
// as long as the server said it may. Pure; the words are the catalogue's.
import type { SlaRow } from '../../shared/api/sla.ts';
import { minute } from '../../shared/time.ts';

/** `ms`: what the words are about - left, late, waited or needed; never negative. */
export interface SlaReading {
  readonly kind:
    | 'at-once'
    | 'running'
    | 'outside-hours'
    | 'paused'
    | 'held'
    | 'missed'
    | 'attended'
    | 'attended-late'
    | 'untaken';
  readonly ms: number;
  /** `late`: now or already past. `soon`: little is left. */
  readonly tone: 'late' | 'soon' | 'calm' | 'done';
}

const soonMs = 15 * minute;

/** `now` is server time, ms. */
export function readSla(sla: SlaRow, now: number): SlaReading {
  const elapsedMs = sla.elapsedMs + countedSince(sla, now);
  const leftMs = sla.targetMs - elapsedMs;
  if (sla.attendedAt !== null) {
    const late = sla.state === 'missed';
    return { kind: late ? 'attended-late' : 'attended', ms: elapsedMs, tone: late ? 'soon' : 'done' };
  }
  if (sla.state === 'none')
    return { kind: 'untaken', ms: elapsedMs, tone: sla.priority === 'critical' ? 'late' : 'calm' };
  // At once has no time left that could be told; how long it waited is.
  if (sla.state === 'paused' && sla.targetMs === 0) return { kind: 'held', ms: elapsedMs, tone: 'calm' };
  if (sla.state === 'at-once' || (sla.targetMs === 0 && sla.counting)) {
    return { kind: 'at-once', ms: elapsedMs, tone: 'late' };
  }
  if (sla.state === 'missed' || leftMs < 0) return { kind: 'missed', ms: Math.max(0, -leftMs), tone: 'late' };
  if (sla.state === 'paused' || sla.state === 'outside-hours') {
    return { kind: sla.state, ms: leftMs, tone: 'calm' };
  }
  return { kind: 'running', ms: leftMs, tone: leftMs < soonMs ? 'soon' : 'calm' };
}

function countedSince({ counting, at, countsUntil }: SlaRow, now: number): number {
  if (!counting) return 0;
  const until = countsUntil === null ? now : Math.min(now, Date.parse(countsUntil));
  return Math.max(0, until - Date.parse(at));
}

/** What is due and nobody has taken stands first; then what runs out soonest; what is taken last. Smaller is more urgent. */
export function slaUrgency(row: {
  readonly priority: string;
  readonly acknowledgedBy: string | null;
  readonly sla: SlaRow;
}): number {
  const { sla, priority, acknowledgedBy } = row;
  const critical = priority === 'critical';
  if (sla.attendedAt !== null || acknowledgedBy !== null) return critical ? 2 : 5;
  if (sla.state === 'paused') return critical ? 2 : 4;
  if (critical) return 0;
  if (sla.state === 'missed') return 1;
  return sla.state === 'outside-hours' ? 4 : 3;
}

/** Instant by which rows of one urgency are ordered, ms: the deadline, or else the beginning. */
export function slaOrderAt(sla: SlaRow): number {
  return Date.parse(sla.dueAt ?? sla.startsAt);
}

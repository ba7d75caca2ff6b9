// Where a window stands: running, to come, over. Pure; times are the server's.
import type { WindowItem } from '../../../../shared/api/maintenance.ts';
import { spokenRule } from './rule.ts';

export const phases = ['running', 'coming', 'over'] as const;
export type Phase = (typeof phases)[number];

/** A rule whose next time is beyond what the server looks ahead is to come, unless it has counted or dated its end. */
export function phaseOf({ next, recurrence, endsAt }: WindowItem, now: number): Phase {
  if (next !== null && Date.parse(next.endsAt) > now)
    return Date.parse(next.startsAt) <= now ? 'running' : 'coming';
  if (recurrence === null) return 'over';
  if (next !== null) return 'coming';
  const rule = spokenRule(recurrence);
  const ended = rule?.count !== undefined || (rule?.until !== undefined && Date.parse(rule.until) < now);
  return ended && Date.parse(endsAt) <= now ? 'over' : 'coming';
}

/** The running by their end, the coming by their start, the over by their end backwards. */
export function inPhase(items: readonly WindowItem[], phase: Phase, now: number): readonly WindowItem[] {
  const sortKey = ({ next, startsAt, endsAt }: WindowItem): string => {
    if (phase === 'running') return next?.endsAt ?? endsAt;
    // Without a known next time: behind those that have one.
    return phase === 'coming' ? (next?.startsAt ?? `9${startsAt}`) : endsAt;
  };
  const sorted = items
    .filter((item) => phaseOf(item, now) === phase)
    .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  return phase === 'over' ? sorted.reverse() : sorted;
}

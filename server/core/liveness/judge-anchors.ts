// Does Vigia's own internet work? A round asks all anchors at once and is good when one answers; two bad rounds in a
// row, the second a second after the first, lose the anchors; the first good round brings them back. Pure, so that the
// simulator judges with the same code as `server/shell/outside-in/anchors.ts`.
import type { Instant } from '../../../shared/time.ts';

export const anchorProbing = { roundMs: 5_000, burstMs: 1_000, timeoutMs: 1_000 } as const;
/** Bad rounds in a row that lose the anchors. */
export const anchorBadRoundsMax = 2;

export interface AnchorsJudgement {
  /** The hard answer; absent until there is one. */
  readonly reachable?: boolean;
  /** Start of the first bad round since the last good one, and how many (up to `anchorBadRoundsMax`). */
  readonly badSince?: Instant;
  readonly badRounds: number;
  /** Start of the last good round: its answers left the anchors after this. */
  readonly goodAt?: Instant;
}

export interface AnchorsRound {
  readonly startedAt: Instant;
  /** How many anchors answered. */
  readonly answered: number;
}

export interface AnchorsStep {
  readonly judgement: AnchorsJudgement;
  readonly news?: { readonly reachable: boolean; readonly since: Instant };
  /** When the next round should start, counted from the start of this one (but not before its end). */
  readonly nextMs: number;
}

/** `reachable` = what was known before (a restart), so that only a change is news. */
export function freshAnchors(reachable?: boolean): AnchorsJudgement {
  return { reachable, badRounds: 0 };
}

export function judgeAnchors(before: AnchorsJudgement, round: AnchorsRound): AnchorsStep {
  if (round.answered > 0) {
    const judgement: AnchorsJudgement = { reachable: true, badRounds: 0, goodAt: round.startedAt };
    if (before.reachable === true) return { judgement, nextMs: anchorProbing.roundMs };
    return { judgement, news: { reachable: true, since: round.startedAt }, nextMs: anchorProbing.roundMs };
  }
  const badSince = before.badSince ?? round.startedAt;
  const badRounds = Math.min(before.badRounds + 1, anchorBadRoundsMax);
  const lost = badRounds >= anchorBadRoundsMax;
  const judgement: AnchorsJudgement = {
    reachable: lost ? false : before.reachable,
    badSince,
    badRounds,
    goodAt: before.goodAt,
  };
  // While blind, look every second: each second of blindness freezes what rests on silence.
  const nextMs = anchorProbing.burstMs;
  if (!lost || before.reachable === false) return { judgement, nextMs };
  return { judgement, news: { reachable: false, since: badSince }, nextMs };
}

// Does a link's public address answer? Soft, then hard: one lost probe asks for a burst, the first loss and three
// lost burst probes make it silent, the first answer makes it answer. Pure, so that the simulator judges with the
// same code as `server/shell/outside-in/prober.ts`. An address that never answered proves nothing by its silence:
// that is for the core to weigh.
import type { Instant } from '../../../shared/time.ts';

/** Distance between probes: calm, and while a loss is being looked into. */
export const addressProbing = { roundMs: 4_000, burstMs: 1_000, timeoutMs: 1_000 } as const;
/** The first loss plus three burst probes. */
export const addressLossesMax = 4;

export interface AddressJudgement {
  /** The hard answer; absent until there is one. */
  readonly answers?: boolean;
  /** Sending times of the losses since the last answer: the first one, and how many (up to `addressLossesMax`). */
  readonly lostSince?: Instant;
  readonly losses: number;
}

export interface AddressProbe {
  readonly sentAt: Instant;
  readonly answered: boolean;
}

export interface AddressStep {
  readonly judgement: AddressJudgement;
  /** What changed; `since` is the sending time of the first probe that went this way. */
  readonly news?: { readonly answers: boolean; readonly since: Instant };
  /** When the next probe should leave, counted from the sending of this one. */
  readonly nextMs: number;
}

/** `answers` = what was known before (a restart), so that only a change is news. */
export function freshAddress(answers?: boolean): AddressJudgement {
  return { answers, losses: 0 };
}

export function judgeAddress(before: AddressJudgement, probe: AddressProbe): AddressStep {
  if (probe.answered) {
    const judgement: AddressJudgement = { answers: true, losses: 0 };
    if (before.answers === true) return { judgement, nextMs: addressProbing.roundMs };
    return { judgement, news: { answers: true, since: probe.sentAt }, nextMs: addressProbing.roundMs };
  }
  const lostSince = before.lostSince ?? probe.sentAt;
  const losses = Math.min(before.losses + 1, addressLossesMax);
  if (before.answers === false) {
    return { judgement: { answers: false, lostSince, losses }, nextMs: addressProbing.roundMs };
  }
  if (losses < addressLossesMax) {
    return { judgement: { answers: before.answers, lostSince, losses }, nextMs: addressProbing.burstMs };
  }
  return {
    judgement: { answers: false, lostSince, losses },
    news: { answers: false, since: lostSince },
    nextMs: addressProbing.roundMs,
  };
}

// Asks one session's peer for a sign of life on behalf of those who wait to take its place. Any frame that arrives after
// the question is an answer; silence for `limits.challengeMs` is one too. It decides nothing about either of them.
import { limits } from '../../../shared/limits.ts';
import type { Clock } from '../../ports/clock.ts';
import { patientTimer } from './patient-timer.ts';

/** `unread`: this server did not read the peer's socket meanwhile, so its silence says nothing. */
export type Life = 'alive' | 'dead' | 'unread';

export interface LifeProof {
  /** Answers once, perhaps at once. Several who ask share one question. */
  ask(answer: (life: Life) => void): void;
  /** A frame arrived. */
  sign(): void;
  /** The session is over. */
  ended(): void;
}

export interface LifeProofOptions {
  readonly clock: Clock;
  /** Sends the question; false = there is nobody to ask. */
  readonly question: () => boolean;
  readonly isUnread: () => boolean;
}

export function createLifeProof({ clock, question, isUnread }: LifeProofOptions): LifeProof {
  let waiting: ((life: Life) => void)[] = [];
  let cancel: (() => void) | undefined;
  const settle = (life: Life): void => {
    if (waiting.length === 0) return;
    cancel?.();
    cancel = undefined;
    const answers = waiting;
    waiting = [];
    for (const answer of answers) answer(life);
  };
  return {
    ask(answer) {
      if (waiting.length > 0) {
        waiting.push(answer);
        return;
      }
      if (!question()) {
        answer('dead');
        return;
      }
      waiting = [answer];
      const run = (): void => settle(isUnread() ? 'unread' : 'dead');
      cancel = patientTimer({ clock, delayMs: limits.challengeMs, run });
    },
    sign: () => settle('alive'),
    ended: () => settle('dead'),
  };
}

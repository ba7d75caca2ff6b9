// An alarm: how the NOC learns that Vigia itself or its way to the desk is in trouble, by another channel than the
// tickets. No customer's outage ever comes here.
import type { IncidentId } from '../../shared/ids.ts';
import type { Result } from '../../shared/result.ts';
import type { Instant } from '../../shared/time.ts';

export interface AlarmNews {
  /** The same news again has the same key, also after a restart: `inc-7-0:raised:1`, `inc-7-0:cleared:1`; only
   * `desk-down` may have a new one, for a restart finds the desk away anew; `raised` and `cleared` of one pair. */
  readonly key: string;
  /**
   * `own-outage`: Vigia is blind. `desk-down`: the desk of tickets does not answer, does not take our credential, or a
   * critical waits too long to be registered there.
   * `desk-held`: a delivery waits for a person. `desk-refused`: the desk refused one; it is not sent again.
   */
  readonly kind: 'own-outage' | 'desk-down' | 'desk-held' | 'desk-refused';
  /** `desk-refused` is only ever raised: nothing ends it. */
  readonly state: 'raised' | 'cleared';
  /** `desk-down` of a desk that may well answer: a critical waits to be registered. */
  readonly late?: true;
  /** Absent: it concerns the desk as a whole. */
  readonly incident?: IncidentId;
  /** Raised: first failing evidence. Cleared: when it was over. */
  readonly since: Instant;
  /** Portuguese, one or two sentences. */
  readonly text: string;
}

export interface Alarm {
  /** Short name for logs and metrics: `log`, `webhook`. */
  readonly name: string;
  /** Tells one piece of news. Fails with `unavailable` (retryable: tried again) or `input.invalid` (refused: not). */
  tell(news: AlarmNews): Promise<Result<void>>;
}

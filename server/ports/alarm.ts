// An alarm: how the NOC learns that Vigia itself is in trouble, by another channel than the tickets. No customer's
// outage ever comes here.
import type { IncidentId } from '../../shared/ids.ts';
import type { Result } from '../../shared/result.ts';
import type { Instant } from '../../shared/time.ts';

export interface AlarmNews {
  /** The same news again has the same key, also after a restart: `inc-7-0:raised:1`, `inc-7-0:cleared:1`. */
  readonly key: string;
  readonly kind: 'own-outage';
  readonly state: 'raised' | 'cleared';
  readonly incident: IncidentId;
  /** Raised: first failing evidence. Cleared: when sight was back. */
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

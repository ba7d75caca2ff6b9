// The figures of retention behind /metrics: what went, what the oldest is that is left, and whether it keeps up. Decides
// nothing.
import { second } from '../../../shared/time.ts';
import type { Retention } from '../runtime/retention.ts';
import type { Metrics } from './metrics.ts';

export function retentionMetrics(metrics: Metrics, retention: Pick<Retention, 'figures'>): void {
  metrics.total(
    'vigia_retention_rows_total',
    'Rows deleted because of their age, by what they were; reduced: inputs of which the evidence was kept',
    () => ({ ...retention.figures().went }),
    'what',
  );
  metrics.total(
    'vigia_retention_runs_total',
    'Runs of retention; failed: the disk refused, it is tried again in an hour; yielded: batches put off for a busy loop',
    () => {
      const { runs, failed, yielded } = retention.figures();
      return { runs, failed, yielded };
    },
    'what',
  );
  metrics.gauge(
    'vigia_retention_oldest_timestamp_seconds',
    'Instant of the oldest row kept, by table; 0 where there is none',
    () => {
      const { inputs = 0, evidence = 0, incidents = 0 } = retention.figures().since;
      return { inputs: inputs / second, evidence: evidence / second, incidents: incidents / second };
    },
    'what',
  );
  metrics.gauge(
    'vigia_retention_behind_seconds',
    'Server time minus the instant that ages are reckoned from: large after a wrong clock or a long rest, then shrinking',
    () => (retention.figures().behindMs ?? 0) / second,
  );
  metrics.gauge(
    'vigia_retention_batch_seconds_max',
    'Longest batch since the start',
    () => retention.figures().slowestBatchMs / second,
  );
}

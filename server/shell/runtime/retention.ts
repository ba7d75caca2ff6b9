// What is kept for a time only goes again: rollups past their retention. Decides nothing and never touches the journal.
import type { FastifyBaseLogger } from 'fastify';
import { limits } from '../../../shared/limits.ts';
import { instant } from '../../../shared/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Series } from '../../ports/series.ts';

export interface RetentionParts {
  readonly series: Series;
  readonly clock: Clock;
  readonly log: Pick<FastifyBaseLogger, 'info'>;
}

/** Rollups past their retention go, a little after the start and then every hour, until the function given back is called. */
export function startRetention({ series, clock, log }: RetentionParts): () => void {
  let cancel: () => void = () => {};
  const prune = (): void => {
    const deleted = series.prune(instant(clock.now() - limits.rollupsKeptMs));
    if (deleted > 0) log.info({ deleted }, 'old rollups deleted');
    cancel = clock.after(limits.pruneEveryMs, prune);
  };
  cancel = clock.after(limits.pruneEveryMs / 60, prune);
  return () => cancel();
}

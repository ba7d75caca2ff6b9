// Says why there is no session: a new reason once, aloud; the same reason again only to who asks for details, because an
// agent behind a closed proxy tries every few seconds for weeks. Stands under uplink.ts.
import { limits } from '../../shared/limits.ts';
import type { Log } from './log.ts';
import type { Trouble } from './reach-trouble.ts';

interface Way {
  readonly server: string;
  readonly source: string | undefined;
}

export interface TroubleLog {
  tell(way: Way, why: Trouble): void;
  /** A session opened by this way. */
  over(way: Way): void;
  /** The last one told since a session opened. */
  last(): Trouble | undefined;
}

export function createTroubleLog(log: Log): TroubleLog {
  const told = new Map<string, string>();
  let last: Trouble | undefined;
  return {
    tell: (way, why) => {
      last = why;
      const { server, source } = way;
      const fields = { server, source, reason: why.reason, why: why.message };
      // Most messages carry times and addresses that change from try to try; the door's carry what it answered.
      const same = why.reason === 'door-failed' ? why.message : why.reason;
      if (told.get(keyOf(way)) === same) return log.debug(fields, 'still no session');
      if (told.size >= limits.troublesToldMax) told.clear();
      told.set(keyOf(way), same);
      log.warn(fields, 'no session');
    },
    over: (way) => {
      last = undefined;
      told.delete(keyOf(way));
    },
    last: () => last,
  };
}

function keyOf({ server, source }: Way): string {
  return `${server} ${source ?? ''}`;
}

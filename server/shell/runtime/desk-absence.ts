// When the desk is away, since when, and what has met it: only a probe, or deliveries too. Part of `desk-condition.ts`.
// Must never end on a sign that says less than what began it, nor take for the desk's what is one record's own trouble.
import type { Failure } from '../../../shared/failure.ts';
import type { EffectKey } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { Instant } from '../../../shared/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeskNews } from './desk-condition.ts';

/** As many deliveries as can fail before the first of them is tried again. */
const keysMax = limits.outboxConcurrencyMax;

interface Absence {
  readonly since: Instant;
  /** Deliveries that failed in it; none: only probes have. */
  readonly failing: Set<EffectKey>;
}

export interface DeskAbsence {
  /** Of a delivery, or (no key) of a probe. Begins an absence, unless the delivery's trouble is its own. */
  failed(error: Failure, key?: EffectKey): void;
  /** It landed or was refused for good; `end` follows. What failed beside it is in trouble by itself from now on. */
  landed(key: EffectKey): void;
  /** It failed once and is not sent any more until somebody acted. */
  waitsForPerson(key: EffectKey): void;
  /** A delivery failed in this absence and still waits for the desk. */
  isMetByDelivery(): boolean;
  end(): void;
  since(): Instant | undefined;
}

export function createDeskAbsence({
  clock,
  onDesk,
}: {
  readonly clock: Pick<Clock, 'now'>;
  readonly onDesk: (news: DeskNews) => void;
}): DeskAbsence {
  let absence: Absence | undefined;
  let unauthorisedTold = false;
  /** Failed before the desk took others: a failure of these begins no absence. */
  const poor = new Set<EffectKey>();

  return {
    failed: (error, key) => {
      const at = clock.now();
      const unauthorised = error.code === 'desk.unauthorised';
      if (absence === undefined) {
        // A credential is never one record's trouble.
        if (key !== undefined && poor.has(key) && !unauthorised) return;
        absence = { since: at, failing: new Set() };
        onDesk({ kind: 'desk.unreachable', at, error });
      }
      if (key !== undefined) addBounded(absence.failing, key);
      if (!unauthorised || unauthorisedTold) return;
      unauthorisedTold = true;
      onDesk({ kind: 'desk.unauthorised', at, error });
    },
    landed: (key) => {
      for (const failed of absence?.failing ?? []) addBounded(poor, failed);
      poor.delete(key);
    },
    waitsForPerson: (key) => {
      absence?.failing.delete(key);
    },
    isMetByDelivery: () => absence !== undefined && absence.failing.size > 0,
    end: () => {
      unauthorisedTold = false;
      if (absence === undefined) return;
      const { since } = absence;
      absence = undefined;
      onDesk({ kind: 'desk.reached', at: clock.now(), unreachableSince: since });
    },
    since: () => absence?.since,
  };
}

/** The oldest goes: it comes back with its next failure. */
function addBounded(keys: Set<EffectKey>, key: EffectKey): void {
  keys.add(key);
  const [oldest] = keys;
  if (keys.size > keysMax && oldest !== undefined) keys.delete(oldest);
}

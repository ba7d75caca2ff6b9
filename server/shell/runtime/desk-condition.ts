// What the outbox worker knows of its desk as a whole: answering or away, how long it is left alone, what waits for a
// person. Tells the NOC's alarms when one of these changes. Must never tell the same twice, nor take one row's trouble
// for the desk's.
import { backoffMs } from '../../../shared/backoff.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { EffectKey, IncidentId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { Random } from '../../../shared/random.ts';
import { type Instant, instant, later, plus, second } from '../../../shared/time.ts';
import type { TicketEffect } from '../../core/effect.ts';
import type { Clock } from '../../ports/clock.ts';

/** Full jitter, for the desk as a whole once it looks as if it were away. */
const probePolicy = { baseMs: 1 * second, capMs: limits.deskProbeMsMax, floorMs: 200 } as const;

interface OfEffect {
  readonly at: Instant;
  readonly key: EffectKey;
  readonly incident: IncidentId;
}

/** For the NOC: told when it changes. */
export type DeskNews =
  | { readonly kind: 'desk.unreachable'; readonly at: Instant; readonly error: Failure }
  /** It answers, but does not take our credential: a person must act. Told once of each stretch of being away. */
  | { readonly kind: 'desk.unauthorised'; readonly at: Instant; readonly error: Failure }
  | { readonly kind: 'desk.reached'; readonly at: Instant; readonly unreachableSince: Instant }
  | (OfEffect & { readonly kind: 'desk.held'; readonly reason: string })
  | (OfEffect & { readonly kind: 'desk.refused'; readonly reason: string })
  /** No longer held: delivered, or refused. */
  | (OfEffect & { readonly kind: 'desk.released' });

export interface HeldDelivery {
  readonly key: EffectKey;
  readonly incident: IncidentId;
  readonly since: Instant;
  readonly reason: string;
}

export interface DeskConditionOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
  /** Of `Desk.placesMax`. */
  readonly placesMax: number | undefined;
  readonly onDesk?: (news: DeskNews) => void;
}

export interface DeskCondition {
  answered(): void;
  away(error: Failure): void;
  /** Nothing begins for so long; at most `limits.deskRetryAfterMsMax`. */
  leaveAlone(forMs: number): void;
  held(effect: TicketEffect, reason: string): void;
  refused(effect: TicketEffect, reason: string): void;
  /** Delivered or refused: it waits for nobody any more. */
  settled(effect: TicketEffect): void;
  /** Deliveries that may be under way at once. */
  placesMax(): number;
  /** Nothing begins before this instant. */
  pausedUntil(): Instant;
  unreachableSince(): Instant | undefined;
  /** What waits for a person, oldest first. */
  waitingForPerson(): readonly HeldDelivery[];
}

export function createDeskCondition(options: DeskConditionOptions): DeskCondition {
  const { clock, random, onDesk = () => {} } = options;
  let unreachableSince: Instant | undefined;
  let unauthorisedTold = false;
  let failuresInRow = 0;
  let probeAt = instant(0);
  let leftAloneUntil = instant(0);
  const held = new Map<EffectKey, HeldDelivery>();

  return {
    answered: () => {
      const at = clock.now();
      const since = unreachableSince;
      failuresInRow = 0;
      probeAt = at;
      unauthorisedTold = false;
      if (since === undefined) return;
      unreachableSince = undefined;
      onDesk({ kind: 'desk.reached', at, unreachableSince: since });
    },
    away: (error) => {
      const at = clock.now();
      failuresInRow += 1;
      const over = failuresInRow - limits.deskFailuresMax;
      if (over >= 0) probeAt = plus(at, backoffMs(probePolicy, over, random));
      if (unreachableSince === undefined) {
        unreachableSince = at;
        onDesk({ kind: 'desk.unreachable', at, error });
      }
      if (error.code !== 'desk.unauthorised' || unauthorisedTold) return;
      unauthorisedTold = true;
      onDesk({ kind: 'desk.unauthorised', at, error });
    },
    leaveAlone: (forMs) => {
      leftAloneUntil = plus(clock.now(), Math.min(forMs, limits.deskRetryAfterMsMax));
    },
    held: ({ key, incident }, reason) => {
      const at = clock.now();
      if (held.has(key)) return;
      held.set(key, { key, incident, since: at, reason });
      onDesk({ kind: 'desk.held', at, key, incident, reason });
    },
    refused: ({ key, incident }, reason) =>
      onDesk({ kind: 'desk.refused', at: clock.now(), key, incident, reason }),
    settled: ({ key, incident }) => {
      if (held.delete(key)) onDesk({ kind: 'desk.released', at: clock.now(), key, incident });
    },
    placesMax: () =>
      failuresInRow >= limits.deskFailuresMax
        ? 1
        : Math.min(options.placesMax ?? limits.outboxConcurrencyMax, limits.outboxConcurrencyMax),
    pausedUntil: () => later(probeAt, leftAloneUntil),
    unreachableSince: () => unreachableSince,
    waitingForPerson: () => [...held.values()],
  };
}

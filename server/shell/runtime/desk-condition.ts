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
import { createDeskAbsence } from './desk-absence.ts';

/** Full jitter, for the desk as a whole once it looks as if it were away. */
const probePolicy = { baseMs: 1 * second, capMs: limits.deskProbeMsMax, floorMs: 200 } as const;

interface OfEffect {
  readonly at: Instant;
  readonly key: EffectKey;
  readonly incident: IncidentId;
}

/** What held deliveries back last: the desk asks us to wait, our own rate, or neither of them. */
export type LateBecause = 'desk' | 'own-rate' | 'unknown';

/** For the NOC: told when it changes. */
export type DeskNews =
  | { readonly kind: 'desk.unreachable'; readonly at: Instant; readonly error: Failure }
  /** It answers, but does not take our credential: a person must act. Told once of each stretch of being away. */
  | { readonly kind: 'desk.unauthorised'; readonly at: Instant; readonly error: Failure }
  | { readonly kind: 'desk.reached'; readonly at: Instant; readonly unreachableSince: Instant }
  /** An opening of a critical waits longer than `limits.deskLateToldMs`; `since` = when it could first be delivered. */
  | {
      readonly kind: 'desk.late';
      readonly at: Instant;
      readonly since: Instant;
      readonly because: LateBecause;
    }
  /** None does any more. Also after a start, of one that the run before may have told. */
  | { readonly kind: 'desk.in-time'; readonly at: Instant; readonly since: Instant }
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
  /** A delivery landed, or was refused for good: whatever absence there was is over. */
  answered(effect: TicketEffect): void;
  /**
   * It answers, and nothing was delivered: a probe, a 429. Ends an absence that no delivery has met. One that a delivery
   * has met lasts until `answered`, or until all that failed in it waits for a person: else a desk that answers probes
   * and takes no ticket would be called back each time.
   */
  there(): void;
  /** Of a delivery, or (no effect) of a probe. */
  away(error: Failure, effect?: TicketEffect): void;
  /** Nothing begins for so long; at most `limits.deskRetryAfterMsMax`. */
  leaveAlone(forMs: number, because: LateBecause): void;
  held(effect: TicketEffect, reason: string): void;
  refused(effect: TicketEffect, reason: string): void;
  /** Delivered or refused: it waits for nobody any more. */
  settled(effect: TicketEffect): void;
  /** Deliveries that may be under way at once. */
  placesMax(): number;
  /** Nothing begins before this instant. */
  pausedUntil(): Instant;
  unreachableSince(): Instant | undefined;
  heldBackBy(): LateBecause;
  isHeld(key: EffectKey): boolean;
  /** What waits for a person, oldest first. */
  waitingForPerson(): readonly HeldDelivery[];
}

export function createDeskCondition(options: DeskConditionOptions): DeskCondition {
  const { clock, random, onDesk = () => {} } = options;
  const absence = createDeskAbsence({ clock, onDesk });
  let failuresInRow = 0;
  let probeAt = instant(0);
  let leftAloneUntil = instant(0);
  let heldBackBy: LateBecause = 'unknown';
  const held = new Map<EffectKey, HeldDelivery>();

  const present = (): void => {
    failuresInRow = 0;
    probeAt = clock.now();
    absence.end();
  };
  return {
    answered: ({ key }) => {
      absence.landed(key);
      heldBackBy = 'unknown';
      present();
    },
    there: () => {
      if (!absence.isMetByDelivery()) present();
    },
    away: (error, effect) => {
      failuresInRow += 1;
      heldBackBy = 'unknown';
      const over = failuresInRow - limits.deskFailuresMax;
      if (over >= 0) probeAt = plus(clock.now(), backoffMs(probePolicy, over, random));
      absence.failed(error, effect?.key);
    },
    leaveAlone: (forMs, because) => {
      leftAloneUntil = plus(clock.now(), Math.min(forMs, limits.deskRetryAfterMsMax));
      heldBackBy = because;
    },
    held: ({ key, incident }, reason) => {
      const at = clock.now();
      absence.waitsForPerson(key);
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
    unreachableSince: () => absence.since(),
    heldBackBy: () => heldBackBy,
    isHeld: (key) => held.has(key),
    waitingForPerson: () => [...held.values()],
  };
}

// Stored records to wire items: the only place where clock readings become instants, at the moment of sending, when
// the offset is known best. Pure; must never look at anything but the record and the clocks.
import { assertNever } from '../../shared/assert.ts';
import { earlier, instant, minute, plus, second } from '../../shared/time.ts';
import type { Rollup, RunStarted, StateChange } from '../../shared/wire/messages.ts';
import type { ServerClock } from './clock.ts';
import type { Clock } from './input.ts';
import type { StoredChange, StoredRollup } from './record.ts';

/** `now` is the present reading of this boot. */
export function changeToWire(change: StoredChange, clock: ServerClock, now: Clock): StateChange {
  const { at, errorMs: atErrorMs } = clock.estimate(change.at, now);
  // Within one boot the distance between two readings is exact, whatever the wall clock did in between.
  const since = plus(at, Math.round(change.since.monoMs - change.at.monoMs));
  const { body } = change;
  switch (body.kind) {
    case 'link.changed':
    case 'host.changed':
      return { ...body, at, atErrorMs, since };
    case 'run.started': {
      const previous = 'previous' in change ? change.previous : undefined;
      return { ...body, at, atErrorMs, bootAt: since, previous: previousRun(previous, clock, now, since) };
    }
    case 'spool.lost':
      return { ...body, at, atErrorMs };
    default:
      return assertNever(body);
  }
}

export function rollupToWire(rollup: StoredRollup, clock: ServerClock, now: Clock): Rollup {
  const { at } = clock.estimate(rollup.at, now);
  // The offset may have moved by some milliseconds since the minute began; its name is still that minute.
  return { ...rollup.body, at: instant(Math.floor((at + minuteSlackMs) / minute) * minute) };
}

/** Bytes of this change as JSON, estimated high; only bounds the size of a message. */
export function bytesOf(change: StoredChange): number {
  const { body } = change;
  if (body.kind !== 'link.changed' && body.kind !== 'host.changed') return 500;
  return body.evidence.reduce((sum, { target }) => sum + 100 + target.length, 400);
}

const minuteSlackMs = 5 * second;

type Previous = Extract<StoredChange, { readonly previous?: unknown }>['previous'];

function previousRun(
  previous: Previous,
  clock: ServerClock,
  now: Clock,
  bootAt: ReturnType<typeof instant>,
): RunStarted['previous'] {
  if (previous === undefined) return undefined;
  const { at } = clock.estimate(previous.clock, now);
  const sameBoot = previous.clock.bootId === now.bootId;
  return {
    bootId: previous.clock.bootId,
    // A run of an earlier boot ended before this boot began, whatever its wall clock said.
    lastAliveAt: sameBoot ? at : earlier(at, bootAt),
    stoppedInOrder: previous.stoppedInOrder,
  };
}

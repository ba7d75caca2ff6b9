// Stored records to wire items: the only place where clock readings become instants, at the moment of sending, when
// the offset is known best. Pure; must never look at anything but the record and the clocks.
import { assertNever } from '../../../shared/assert.ts';
import { earlier, type Instant, instant, minute, plus, second } from '../../../shared/time.ts';
import type { TargetEvidence } from '../../../shared/wire/evidence.ts';
import type { Rollup, RunStarted, StateChange } from '../../../shared/wire/messages.ts';
import type { ServerClock } from '../clock.ts';
import type { Clock } from '../input.ts';
import type { StoredChange, StoredRollup } from '../record.ts';

/** `now` is the present reading of this boot. */
export function changeToWire(change: StoredChange, clock: ServerClock, now: Clock): StateChange {
  const { at, errorMs: atErrorMs } = clock.estimate(change.at, now);
  const since = sinceOf(change, clock, now, at);
  const { body } = change;
  switch (body.kind) {
    case 'link.changed':
    case 'host.changed':
      return { ...body, at, atErrorMs, since };
    case 'run.started': {
      const previous = 'previous' in change ? change.previous : undefined;
      return { ...body, at, atErrorMs, bootAt: since, previous: previousRun(previous, clock, now, since) };
    }
    case 'run.explained':
      return { ...body, at, atErrorMs, endedAt: clock.estimate(change.since, now).at };
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
  switch (body.kind) {
    case 'link.changed': {
      const path = body.path === undefined ? 0 : 250 + 120 * body.path.hops.length;
      return 400 + evidenceBytes(body.evidence) + path + (body.quality === undefined ? 0 : 200);
    }
    case 'host.changed':
      return 400 + evidenceBytes(body.evidence);
    case 'run.explained':
      return 1_200 + body.evidence.reduce((sum, { text }) => sum + 60 + 3 * text.length, 0);
    case 'run.started':
    case 'spool.lost':
      return 500;
    default:
      return assertNever(body);
  }
}

function evidenceBytes(evidence: readonly TargetEvidence[]): number {
  return evidence.reduce((sum, { target }) => sum + 120 + target.length, 0);
}

const minuteSlackMs = 5 * second;

/**
 * Both readings are of one boot, whose wall clock may have been set in between. Without a session in that boot the
 * monotonic distance is the best there is; with one, its offsets know how the clock drifted over a long outage.
 */
function sinceOf(change: StoredChange, clock: ServerClock, now: Clock, at: Instant): Instant {
  if (clock.knows(change.since.bootId)) return earlier(clock.estimate(change.since, now).at, at);
  return plus(at, Math.round(change.since.monoMs - change.at.monoMs));
}

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

// Clocks that drift, step, sleep and restart, sessions over bad networks: no instant is wrong by more than it says.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ServerClock } from '../../../../agent/core/clock.ts';
import type { Clock, SavedOffset } from '../../../../agent/core/input.ts';
import { systemClock } from '../../../../agent/shell/boot-id.ts';
import { limits } from '../../../../shared/limits.ts';
import { day, hour, instant, minute, second } from '../../../../shared/time.ts';

const epochMs = 1_800_000_000_000;
const roundMs = 5 * second;
const delayMsMax = 400;

/** A machine whose clocks lie. Time is true server time since the boot. */
class LyingMachine {
  trueMs = 0;
  #awakeMs = 0;
  #asleepMs = 0;
  #wallErrorMs = 0;
  #clock: () => Clock = this.#start();

  /** `driftPpm`: what the counter gains. */
  pass(durationMs: number, driftPpm: number): void {
    this.trueMs += durationMs;
    this.#awakeMs += durationMs * (1 + driftPpm * 1e-6);
  }

  /** The monotonic clock stands still; the one of the boot goes on. */
  sleep(durationMs: number): void {
    this.trueMs += durationMs;
    this.#asleepMs += durationMs;
  }

  stepWall(byMs: number): void {
    this.#wallErrorMs += byMs;
  }

  /** The program, not the machine. */
  restart(): void {
    this.#clock = this.#start();
  }

  clock(): Clock {
    return this.#clock();
  }

  #start(): () => Clock {
    return systemClock('boot-1', {
      awakeMs: () => this.#awakeMs,
      // As `/proc/uptime` has it: hundredths of a second, cut off.
      sinceBootMs: () => Math.floor((this.#awakeMs + this.#asleepMs) / 10) * 10,
      wallMs: () => epochMs + this.trueMs + this.#wallErrorMs,
    });
  }
}

type Event =
  | { readonly kind: 'pass'; readonly ms: number; readonly driftPpm: number }
  | { readonly kind: 'sleep'; readonly ms: number }
  | { readonly kind: 'step'; readonly ms: number }
  | { readonly kind: 'restart' }
  | { readonly kind: 'session'; readonly trips: readonly (readonly [number, number])[] };

const waits = fc.oneof(fc.nat(minute), fc.nat(hour), fc.nat(7 * day));
/** At times the program stands still before it reads the answer. */
const backs = fc.oneof({ weight: 9, arbitrary: fc.nat(delayMsMax) }, { weight: 1, arbitrary: fc.nat(hour) });
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      ms: waits,
      driftPpm: fc.integer({ min: -200, max: 200 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sleep' as const), ms: waits }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('step' as const),
      ms: fc.integer({ min: -2 * day, max: 2 * day }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('session' as const),
      trips: fc.array(fc.tuple(fc.nat(delayMsMax), backs), { minLength: 1, maxLength: 30 }),
    }),
  },
);

interface Taken {
  readonly reading: Clock;
  readonly trueMs: number;
}

/** Plays the events; at the end of each session everything taken so far is told. Gives the worst error seen. */
function play(events: readonly Event[]): { readonly worstMs: number; readonly estimates: number } {
  const machine = new LyingMachine();
  let saved: SavedOffset[] = [];
  let clock = new ServerClock('boot-1', saved);
  const taken: Taken[] = [];
  let worstMs = 0;
  let estimates = 0;
  let lastMonoMs = 0;
  for (const each of events) {
    if (each.kind === 'pass') machine.pass(each.ms, each.driftPpm);
    if (each.kind === 'sleep') machine.sleep(each.ms);
    if (each.kind === 'step') machine.stepWall(each.ms);
    if (each.kind === 'restart') {
      machine.restart();
      clock = new ServerClock('boot-1', saved);
    }
    const reading = machine.clock();
    // A new run finds the sleeps of the last hundredth of a second only; never more is lost.
    expect(reading.monoMs).toBeGreaterThanOrEqual(lastMonoMs - 10);
    lastMonoMs = reading.monoMs;
    taken.push({ reading, trueMs: machine.trueMs });
    if (each.kind !== 'session') continue;
    for (const [out, back] of each.trips) {
      const sent = machine.clock();
      machine.pass(out, 0);
      const serverAt = instant(epochMs + machine.trueMs);
      machine.pass(back, 0);
      const offset = clock.sample({ sentMs: sent.monoMs, nowMs: machine.clock().monoMs, serverAt });
      if (offset !== undefined) saved = [...saved, offset].slice(-limits.spoolOffsetsMax);
      machine.pass(10 * second, 20);
    }
    const now = machine.clock();
    for (const { reading: then, trueMs } of taken) {
      const { at, errorMs } = clock.estimate(then, now);
      const wrongMs = Math.abs(at - (epochMs + trueMs));
      // Two coarse readings of the uptime may differ by a hundredth of a second.
      expect(wrongMs).toBeLessThanOrEqual(errorMs + 20);
      worstMs = Math.max(worstMs, wrongMs);
      estimates += 1;
    }
  }
  return { worstMs, estimates };
}

test('whatever the clocks and the network do, the truth is within the error that is told', () => {
  let estimates = 0;
  fc.assert(
    fc.property(fc.array(event, { minLength: 2, maxLength: 25, size: 'max' }), (events) => {
      estimates += play(events).estimates;
    }),
    { numRuns: 1_000 },
  );
  expect(estimates).toBeGreaterThan(20_000);
});

test('with the drift of real machines no instant moves by more than a round, though a week passes offline', () => {
  let worstMs = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: -50, max: 50 }),
      fc.array(
        fc.record({
          offlineMs: fc.integer({ min: minute, max: 7 * day }),
          sleepMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: day })),
          stepMs: fc.integer({ min: -2 * day, max: 2 * day }),
          trips: fc.array(fc.tuple(fc.nat(delayMsMax), fc.nat(delayMsMax)), { minLength: 1, maxLength: 10 }),
        }),
        { minLength: 1, maxLength: 6 },
      ),
      (driftPpm, weeks) => {
        const first: Event = { kind: 'session', trips: [[20, 20]] };
        const events = weeks.flatMap(({ offlineMs, sleepMs, stepMs, trips }): Event[] => [
          // In pieces: quartz drifts with the temperature, within a quarter of its drift.
          ...[0.75, 1, 0.9].map(
            (part): Event => ({ kind: 'pass', ms: offlineMs / 3, driftPpm: driftPpm * part }),
          ),
          { kind: 'sleep', ms: sleepMs },
          { kind: 'step', ms: stepMs },
          { kind: 'session', trips },
        ]);
        const played = play([first, ...events]);
        expect(played.worstMs).toBeLessThan(roundMs);
        worstMs = Math.max(worstMs, played.worstMs);
      },
    ),
    { numRuns: 500 },
  );
  console.log(`clock: worst error of an instant told after up to a week offline: ${Math.round(worstMs)} ms`);
});

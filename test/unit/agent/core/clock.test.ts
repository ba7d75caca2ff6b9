// Readings to instants: offsets, drift, wrong wall clocks.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ServerClock } from '../../../../agent/core/clock.ts';
import type { Clock } from '../../../../agent/core/input.ts';
import { day, instant } from '../../../../shared/time.ts';

const offsetMs = 1_800_000_000_000;
const reading = (monoMs: number, wallMs = 0, bootId = 'b'): Clock => ({ bootId, monoMs, wallMs });
const sample = (sentMs: number, outMs: number, backMs: number, off = offsetMs) => ({
  sentMs,
  nowMs: sentMs + outMs + backMs,
  serverAt: instant(sentMs + outMs + off),
});

describe('server clock', () => {
  test('knows no offset before the first sample', () => {
    expect(new ServerClock('b', []).offsetMs).toBeUndefined();
  });

  test('takes half the round trip as error and asks to save the first offset', () => {
    const clock = new ServerClock('b', []);
    expect(clock.sample(sample(1_000, 30, 10))).toEqual({
      bootId: 'b',
      monoMs: 1_020,
      offsetMs: offsetMs + 10,
      errorMs: 21,
    });
    expect(clock.estimate(reading(5_000), reading(9_000))).toEqual({ at: offsetMs + 5_010, errorMs: 24 });
  });

  test('keeps the sample with the shortest round trip', () => {
    const clock = new ServerClock('b', []);
    clock.sample(sample(1_000, 5, 5));
    clock.sample(sample(2_000, 400, 20));
    expect(clock.offsetMs).toBe(offsetMs);
  });

  test('forgets the best sample once ten newer ones are there', () => {
    const clock = new ServerClock('b', []);
    clock.sample(sample(0, 5, 5));
    for (let index = 1; index <= 10; index += 1) clock.sample(sample(index * 1_000, 20, 20));
    expect(clock.estimate(reading(10_020), reading(0)).errorMs).toBe(22);
    expect(clock.offsetMs).toBe(offsetMs);
  });

  test('follows an offset that moved by more than both errors', () => {
    const clock = new ServerClock('b', []);
    clock.sample(sample(1_000, 5, 5));
    expect(clock.sample(sample(2_000, 20, 20, offsetMs + 90))).toMatchObject({ offsetMs: offsetMs + 90 });
    expect(clock.offsetMs).toBe(offsetMs + 90);
  });

  test('saves again only what changed enough to matter', () => {
    const clock = new ServerClock('b', []);
    clock.sample(sample(1_000, 20, 20));
    expect(clock.sample(sample(2_000, 21, 20))).toBeUndefined();
    expect(clock.sample(sample(3_000, 4, 4))).toMatchObject({ errorMs: 5 });
  });

  test('uses what an earlier run saved for this boot, and for an earlier boot', () => {
    const clock = new ServerClock('b', [
      { bootId: 'a', monoMs: 100, offsetMs: 500, errorMs: 7 },
      { bootId: 'b', monoMs: 100, offsetMs: 900, errorMs: 3 },
    ]);
    expect(clock.estimate(reading(100), reading(200))).toEqual({ at: 1_000, errorMs: 4 });
    expect(clock.estimate(reading(100, 5, 'a'), reading(200))).toEqual({ at: 600, errorMs: 8 });
  });

  test('a boot without any session is read from its wall clock with the error that clock has now', () => {
    const clock = new ServerClock('b', []);
    clock.sample(sample(1_000, 0, 0));
    const now = reading(10_000, offsetMs + 10_000 + day);
    const then = reading(77, offsetMs - 60_000 + day, 'a');
    expect(clock.estimate(then, now)).toEqual({ at: offsetMs - 60_000, errorMs: 60_001 });
  });

  test('the wall clock never matters within a boot whose offset is known, and the truth is within the error', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(500), fc.nat(500)), { minLength: 1, maxLength: 30 }),
        fc.integer(),
        (trips, wallMs) => {
          const clock = new ServerClock('b', []);
          trips.forEach(([out, back], index) => {
            clock.sample(sample(index * 10_000, out, back));
          });
          const { at, errorMs } = clock.estimate(reading(123_456, wallMs), reading(999_999, -wallMs));
          expect(Math.abs(at - (123_456 + offsetMs))).toBeLessThanOrEqual(errorMs);
        },
      ),
    );
  });

  test('an earlier boot without a session lies before this one, and the error says how far it was moved', () => {
    const clock = new ServerClock('b', []);
    clock.sample(sample(1_000, 0, 0));
    const now = reading(10_000, offsetMs + 10_000);
    const ahead = reading(77, offsetMs + day, 'a');
    expect(clock.estimate(ahead, now)).toEqual({ at: offsetMs, errorMs: 60_001 + day });
  });

  test('a constant drift over a week without a session is taken out between the sessions around it', () => {
    const drift = 100e-6;
    const mono = (serverMs: number): number => serverMs * (1 + drift);
    const clock = new ServerClock('b', []);
    for (const serverMs of [0, 7 * day]) {
      clock.sample({
        sentMs: mono(serverMs) - 20,
        nowMs: mono(serverMs) + 20,
        serverAt: instant(offsetMs + serverMs),
      });
    }
    for (let days = 0; days <= 7; days += 0.5) {
      const { at } = clock.estimate(reading(mono(days * day)), reading(mono(7 * day)));
      expect(Math.abs(at - (offsetMs + days * day))).toBeLessThan(100);
    }
  });

  test('a clock that was stopped between two sessions is told with the whole jump as error', () => {
    const clock = new ServerClock('b', []);
    clock.sample(sample(0, 5, 5));
    clock.sample(sample(600_000, 5, 5, offsetMs + 30_000));
    const early = clock.estimate(reading(1_000), reading(700_000));
    expect(early.at).toBe(offsetMs + 1_000);
    expect(early.errorMs).toBeGreaterThanOrEqual(30_000);
    expect(clock.estimate(reading(650_000), reading(700_000)).errorMs).toBeLessThan(50);
  });

  test('an answer read long after it came moves nothing once a session told the time again', () => {
    const sampled = new ServerClock('b', []);
    const saved = [
      sampled.sample(sample(600_000, 5, 5)),
      // The program stood still for twelve minutes: half of that is what the sample may be wrong by.
      sampled.sample(sample(660_000, 20, 720_000)),
      sampled.sample(sample(1_440_000, 5, 5)),
    ].filter((each) => each !== undefined);
    expect(saved).toHaveLength(3);
    for (const clock of [sampled, new ServerClock('b', saved)]) {
      for (const monoMs of [600_005, 700_000, 1_020_010, 1_200_000, 1_434_000, 1_440_005]) {
        const { at, errorMs } = clock.estimate(reading(monoMs), reading(1_450_000));
        expect(at).toBe(offsetMs + monoMs);
        expect(errorMs).toBeLessThan(250);
      }
    }
  });

  test('a stop of the clock is not hidden by an answer read long after it came', () => {
    const clock = new ServerClock('b', []);
    clock.sample(sample(0, 5, 5));
    // After half a minute of standing still somewhere before; this sample agrees with either side of it.
    clock.sample(sample(600_000, 20, 720_000, offsetMs + 30_000));
    clock.sample(sample(1_400_000, 5, 5, offsetMs + 30_000));
    const early = clock.estimate(reading(590_000), reading(1_410_000));
    expect(Math.abs(early.at - (offsetMs + 590_000))).toBeLessThanOrEqual(early.errorMs);
    expect(Math.abs(early.at - (offsetMs + 30_000 + 590_000))).toBeLessThanOrEqual(early.errorMs);
    expect(early.errorMs).toBeLessThan(31_000);
  });
});

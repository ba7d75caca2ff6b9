// Boot ids told by time where the system names none, and a monotonic clock that counts sleep.
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../../agent/core/input.ts';
import {
  bootIdFromTime,
  readBootId,
  systemClock,
  type TimeSources,
} from '../../../../agent/shell/boot-id.ts';
import { day, hour, minute } from '../../../../shared/time.ts';
import { clockAt } from '../../../fakes/agent-records.ts';

const bootAtMs = 1_790_000_123_456;
const told = (sinceBootMs: number, wallErrorMs = 0) => ({
  sinceBootMs,
  wallMs: bootAtMs + sinceBootMs + wallErrorMs,
});
const last = (bootId: string, monoMs: number, wallErrorMs = 0): Clock => ({
  bootId,
  monoMs,
  wallMs: bootAtMs + monoMs + wallErrorMs,
});

describe('boot id', () => {
  it('is the same for every start within one boot', () => {
    expect(readBootId()).toBe(readBootId());
    expect(readBootId().length).toBeGreaterThan(8);
  });

  it.runIf(existsSync('/proc/sys/kernel/random/boot_id'))(
    'is the kernel’s own where the kernel has one',
    () => {
      expect(readBootId(clockAt(1))).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
    },
  );

  it('told by time survives a clock that is corrected by some minutes between two runs', () => {
    const id = bootIdFromTime(told(hour));
    for (const driftMs of [-240_000, -1, 0, 1, 240_000]) {
      expect(bootIdFromTime(told(2 * hour, driftMs), last(id, hour))).toBe(id);
    }
  });

  it('told by time survives a clock that was set by days while the program ran', () => {
    const id = bootIdFromTime(told(hour));
    for (const errorMs of [-3 * day, day]) {
      expect(bootIdFromTime(told(3 * hour, errorMs), last(id, 2 * hour, errorMs))).toBe(id);
      // Set there and back again after the last stamp.
      expect(bootIdFromTime(told(3 * hour), last(id, 2 * hour, errorMs))).toBe(id);
    }
  });

  it('told by time changes with a boot, also with one right after the other', () => {
    const id = bootIdFromTime(told(hour));
    const later = (afterMs: number) => ({ sinceBootMs: minute, wallMs: bootAtMs + afterMs + minute });
    expect(bootIdFromTime(later(2 * day), last(id, day))).not.toBe(id);
    // Its counter begins anew although its wall clock would fit.
    expect(bootIdFromTime({ sinceBootMs: minute, wallMs: bootAtMs }, last('boot-1', 9 * minute))).not.toBe(
      'boot-1',
    );
    expect(bootIdFromTime(told(hour), { ...last(id, minute), bootId: 'some-linux-id' })).toBe(id);
  });
});

/** A machine whose counters a test turns. */
class Counters implements TimeSources {
  awake = 50_000;
  asleep = 0;
  wall = bootAtMs;
  /** A container that hides when its host booted. */
  hiddenMs = 0;

  awakeMs(): number {
    return this.awake;
  }

  sinceBootMs(): number {
    return Math.floor((this.awake + this.asleep - this.hiddenMs) / 10) * 10;
  }

  wallMs(): number {
    return this.wall;
  }
}

describe('system clock', () => {
  it('counts the time that the machine slept', () => {
    const machine = new Counters();
    const clock = systemClock('b', machine);
    expect(clock().monoMs).toBe(50_000);
    machine.asleep += hour;
    machine.awake += 7;
    expect(Math.abs(clock().monoMs - (50_007 + hour))).toBeLessThanOrEqual(10);
  });

  it('takes no step of the wall clock for sleep', () => {
    const machine = new Counters();
    const clock = systemClock('b', machine);
    machine.wall += day;
    machine.awake += 1_000;
    expect(clock()).toEqual({ bootId: 'b', monoMs: 51_000, wallMs: bootAtMs + day });
    machine.wall -= 3 * day;
    expect(clock().monoMs).toBe(51_000);
  });

  it('is the same for a program that starts after the sleep', () => {
    const machine = new Counters();
    const first = systemClock('b', machine);
    machine.asleep += hour;
    machine.awake += 5_000;
    const before = first().monoMs;
    expect(Math.abs(systemClock('b', machine)().monoMs - before)).toBeLessThanOrEqual(10);
  });

  it('counts sleep where the uptime begins with a container', () => {
    const machine = new Counters();
    machine.awake = 40 * day;
    machine.hiddenMs = 30 * day;
    const clock = systemClock('b', machine);
    expect(clock().monoMs).toBe(40 * day);
    machine.asleep += hour;
    expect(Math.abs(clock().monoMs - (40 * day + hour))).toBeLessThanOrEqual(10);
  });

  it('never runs back, and is never ahead of the truth, whatever sleeps when', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ awake: fc.nat(100_000), asleep: fc.nat(100_000) }), { maxLength: 40 }),
        (steps) => {
          const machine = new Counters();
          const clock = systemClock('b', machine);
          let before = 0;
          for (const { awake, asleep } of steps) {
            machine.awake += awake;
            machine.asleep += asleep;
            const { monoMs } = clock();
            expect(monoMs).toBeGreaterThanOrEqual(before);
            expect(monoMs).toBeLessThanOrEqual(machine.awake + machine.asleep);
            expect(monoMs).toBeGreaterThan(machine.awake + machine.asleep - 10);
            before = monoMs;
          }
        },
      ),
    );
  });

  it('counts from the boot of this machine', () => {
    const clock = systemClock('boot-1');
    const first = clock();
    const second = clock();
    expect(second.monoMs).toBeGreaterThanOrEqual(first.monoMs);
    expect(first.monoMs).toBeGreaterThan(performance.now());
  });
});

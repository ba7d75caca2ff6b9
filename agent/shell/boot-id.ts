// Which run of the MACHINE this is, and the clocks of this moment. The boot id tells a rebooted machine from a
// restarted program. It must be the same for every start of the program within one boot.
import { readFileSync } from 'node:fs';
import { platform, uptime } from 'node:os';
import { minute, second } from '../../shared/time.ts';
import type { Clock } from '../core/input.ts';

const linuxBootId = '/proc/sys/kernel/random/boot_id';
/** Where the system names no boot, its time is taken; two readings of it lie this far apart at most. */
const roundingMs = 10 * minute;
/** Counters of one boot differ by less: they are read one after the other, and one may tick coarsely. */
const counterSlackMs = minute;
/** An uptime so far behind the monotonic clock counts from something else than the boot (a container's start). */
const strangeUptimeMs = second;

/** The counters of the machine, in milliseconds. */
export interface TimeSources {
  /** Since the boot; may leave out the time the machine slept. */
  awakeMs(): number;
  /** Since the boot, sleep included. May be coarse; must never be ahead of the truth. */
  sinceBootMs(): number;
  /** As the wall clock has it. */
  wallMs(): number;
}

/**
 * On Linux the kernel's own id. Elsewhere the boot's instant, rounded; `remembered` is the last reading of the run
 * before, whose id is kept when this is the same boot by its counters, so that a corrected clock is no new boot.
 */
export function readBootId(remembered?: Clock): string {
  if (platform() === 'linux') {
    try {
      return readFileSync(linuxBootId, 'utf8').trim();
    } catch {
      // Hidden in some containers: told by time, as elsewhere.
    }
  }
  return bootIdFromTime({ wallMs: Date.now(), sinceBootMs: uptime() * second }, remembered);
}

export function bootIdFromTime(
  now: { readonly wallMs: number; readonly sinceBootMs: number },
  remembered?: Clock,
): string {
  const bootAtMs = now.wallMs - now.sinceBootMs;
  const fresh = `boot-${Math.round(bootAtMs / roundingMs) * roundingMs}`;
  const named = /^boot-(\d+)$/.exec(remembered?.bootId ?? '')?.[1];
  if (remembered === undefined || named === undefined) return fresh;
  // The counter of a boot only grows, so a machine that counts from lower down has been started again.
  if (now.sinceBootMs + counterSlackMs < remembered.monoMs) return fresh;
  // Its clock may have been set since the boot got its name, then the last reading knows; or set back since.
  const candidates = [Number(named), remembered.wallMs - remembered.monoMs];
  return candidates.some((at) => Math.abs(at - bootAtMs) <= roundingMs) ? remembered.bootId : fresh;
}

/**
 * Readings of the clocks. `monoMs` counts from the machine's boot, time asleep included, never runs back, and goes on
 * over a restart of the program. `process.hrtime` alone would stand still while a Linux machine sleeps
 * (CLOCK_MONOTONIC), and every instant from before the sleep would be told too late by its length.
 */
export function systemClock(bootId: string, sources: TimeSources = machineSources()): () => Clock {
  const firstGapMs = sources.sinceBootMs() - sources.awakeMs();
  const baseMs = firstGapMs < -strangeUptimeMs ? firstGapMs : 0;
  let asleepMs = 0;
  let lastMs = 0;
  return () => {
    // In this order the difference is never more than what was slept; the largest ever seen is the best.
    const sinceBootMs = sources.sinceBootMs();
    const awakeMs = sources.awakeMs();
    asleepMs = Math.max(asleepMs, sinceBootMs - awakeMs - baseMs);
    lastMs = Math.max(lastMs, awakeMs + asleepMs);
    return { bootId, monoMs: lastMs, wallMs: sources.wallMs() };
  };
}

/**
 * Windows (QueryPerformanceCounter) and macOS (mach continuous time) count sleep by themselves; Linux only in
 * `/proc/uptime` (CLOCK_BOOTTIME, in hundredths of a second, cut off).
 */
function machineSources(): TimeSources {
  const awakeMs = (): number => Number(process.hrtime.bigint()) / 1e6;
  const sinceBootMs = platform() === 'linux' ? (): number => uptime() * second : awakeMs;
  return { awakeMs, sinceBootMs, wallMs: () => Date.now() };
}

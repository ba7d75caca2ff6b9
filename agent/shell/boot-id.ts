// Which run of the MACHINE this is, and the clocks of this moment. The boot id tells a rebooted machine from a
// restarted program. It must be the same for every start of the program within one boot.
import { readFileSync } from 'node:fs';
import { platform, uptime } from 'node:os';
import type { Clock } from '../core/input.ts';

const linuxBootId = '/proc/sys/kernel/random/boot_id';
/** Where the system names no boot, its time is taken; wall clocks are set by minutes, not by more, while running. */
const roundingMs = 10 * 60_000;

/**
 * On Linux the kernel's own id. Elsewhere the boot's instant, rounded; `remembered` is what the run before found, and
 * is kept while it fits within one rounding step, so that a corrected clock does not look like a boot.
 */
export function readBootId(remembered?: string): string {
  if (platform() === 'linux') {
    try {
      return readFileSync(linuxBootId, 'utf8').trim();
    } catch {
      // Hidden in some containers: told by time, as elsewhere.
    }
  }
  return bootIdFromTime(Date.now() - uptime() * 1_000, remembered);
}

export function bootIdFromTime(bootAtMs: number, remembered?: string): string {
  const rounded = Math.round(bootAtMs / roundingMs) * roundingMs;
  const before = /^boot-(\d+)$/.exec(remembered ?? '')?.[1];
  if (before !== undefined && Math.abs(Number(before) - bootAtMs) <= roundingMs) return `boot-${before}`;
  return `boot-${rounded}`;
}

/**
 * `monoMs` counts from the machine's boot on every system Node runs on (CLOCK_MONOTONIC, QueryPerformanceCounter,
 * mach time), so it goes on over a restart of the program.
 */
export function systemClock(bootId: string): () => Clock {
  return () => ({ bootId, monoMs: Number(process.hrtime.bigint()) / 1e6, wallMs: Date.now() });
}

// Opens native ICMP on this machine. The one door to shared/icmp for those who ping; it is the named exception to
// shared's purity, because agent and server may never import each other and both must ping without a process per
// ping. It must never be imported by a core.
import { createRequire } from 'node:module';
import { endianness, platform } from 'node:os';
import { failure } from '../failure.ts';
import { limits } from '../limits.ts';
import { fail, type Result } from '../result.ts';
import type { Icmp } from './icmp.ts';
import { openLinuxIcmp } from './linux.ts';
import { openWindowsIcmp } from './windows.ts';

/**
 * Fails with `probe.unavailable` where there is no way: no right to open an ICMP socket, another system than Linux
 * or Windows, or koffi has no build for this machine. Then use the `ping` program, or TCP. `outstandingMax`: pings
 * under way at once, default `limits.icmpOutstandingMax`.
 */
export function openIcmp(options: { readonly outstandingMax?: number } = {}): Result<Icmp> {
  if (endianness() !== 'LE') return unavailable('only little-endian machines');
  const system = platform();
  if (system !== 'linux' && system !== 'win32') return unavailable(`not written for ${system}`);
  let koffi: typeof import('koffi');
  try {
    // Loaded here and not on top: where it has no build, the agent must still start and use another method.
    koffi = createRequire(import.meta.url)('koffi');
  } catch (error) {
    return unavailable(`koffi does not load: ${error instanceof Error ? error.message : String(error)}`);
  }
  makeSmall(koffi);
  const outstandingMax = options.outstandingMax ?? limits.icmpOutstandingMax;
  return system === 'linux' ? openLinuxIcmp(koffi, outstandingMax) : openWindowsIcmp(koffi, outstandingMax);
}

/** One call is under way at a time; the defaults would keep 8 pools resident. */
function makeSmall(koffi: typeof import('koffi')): void {
  try {
    koffi.config({ async_stack_size: 64 * 1024, async_heap_size: 16 * 1024, resident_async_pools: 1 });
  } catch {
    // Refused after the first call of the process: then it has been done, or somebody else's sizes hold.
  }
}

function unavailable(why: string): Result<Icmp> {
  return fail(failure('probe.unavailable', `native ICMP: ${why}`));
}

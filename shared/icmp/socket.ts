// Opens native ICMP on this machine. The one door to shared/icmp for those who ping; it is the named exception to
// shared's purity, because agent and server may never import each other and both must ping without a process per
// ping. It must never be imported by a core.
import { endianness, platform } from 'node:os';
import { failure } from '../failure.ts';
import { limits } from '../limits.ts';
import { fail, type Result } from '../result.ts';
import type { Icmp } from './icmp.ts';
import { loadKoffi } from './koffi.ts';
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
  const koffi = loadKoffi();
  if (!koffi.ok) return unavailable(koffi.failure.message);
  const outstandingMax = options.outstandingMax ?? limits.icmpOutstandingMax;
  return system === 'linux'
    ? openLinuxIcmp(koffi.value, outstandingMax)
    : openWindowsIcmp(koffi.value, outstandingMax);
}

function unavailable(why: string): Result<Icmp> {
  return fail(failure('probe.unavailable', `native ICMP: ${why}`));
}

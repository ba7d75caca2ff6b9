// Loads koffi, the door to the system's C libraries. Stands under everything native; the one place that names the
// package, so that a bundle knows what to bring along. It must never be asked on top of a file: where koffi has no
// build for this machine, the program must still start and use another method.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { failure } from '../failure.ts';
import { fail, ok, type Result } from '../result.ts';

export type Koffi = typeof import('koffi');

/**
 * Beside a packed agent, which is one file, lies koffi's native part alone: the JavaScript around it only looks for it,
 * and adds old names. In a checkout there is no such file.
 */
const nativeFile = fileURLToPath(new URL('koffi.node', import.meta.url));

/** Fails with `probe.unavailable`. */
export function loadKoffi(): Result<Koffi> {
  try {
    const koffi: Koffi = createRequire(import.meta.url)(existsSync(nativeFile) ? nativeFile : 'koffi');
    makeSmall(koffi);
    return ok(koffi);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail(failure('probe.unavailable', `koffi does not load: ${why}`));
  }
}

/** One call is under way at a time; the defaults would keep 8 pools resident. */
function makeSmall(koffi: Koffi): void {
  try {
    koffi.config({ async_stack_size: 64 * 1024, async_heap_size: 16 * 1024, resident_async_pools: 1 });
  } catch {
    // Refused after the first call of the process: then it has been done, or somebody else's sizes hold.
  }
}

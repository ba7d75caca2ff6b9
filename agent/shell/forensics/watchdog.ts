// What the hardware watchdog says about the last reset: `bootstatus` of each device, flags of the kernel's
// watchdog-api (WDIOC_GETBOOTSTATUS). Never throws.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WatchdogStatus } from '../../core/ending/evidence.ts';
import { errorCodeOf } from '../errors.ts';

const flags = { overheat: 0x01, powerUnder: 0x10, cardReset: 0x20 } as const;
const devicesMax = 8;

/** No such device: all false. undefined = the devices may not be read. */
export async function readWatchdog(folder = '/sys/class/watchdog'): Promise<WatchdogStatus | undefined> {
  try {
    const names = (await list(folder)).slice(0, devicesMax);
    const words = await Promise.all(names.map((name) => statusOf(join(folder, name, 'bootstatus'))));
    const all = words.reduce((sum, word) => sum | word, 0);
    return {
      resetMachine: (all & flags.cardReset) !== 0,
      powerUnder: (all & flags.powerUnder) !== 0,
      overheated: (all & flags.overheat) !== 0,
    };
  } catch {
    return undefined;
  }
}

async function list(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** A driver without the file knows nothing about the reset. */
async function statusOf(path: string): Promise<number> {
  try {
    const word = Number((await readFile(path, 'utf8')).trim());
    return Number.isSafeInteger(word) && word > 0 ? word : 0;
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

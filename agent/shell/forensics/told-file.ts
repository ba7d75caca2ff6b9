// Remembers, per boot, whose end is to be explained and whether that was told, because the stamp that names the run before
// is overwritten within seconds. A private file, replaced atomically. A run that dies before it told leaves it to the next.
import { join } from 'node:path';
import { z } from 'zod';
import type { PreviousStamp } from '../../core/ending/evidence.ts';
import type { Log } from '../log.ts';
import { readPrivate, writePrivate } from '../private-file.ts';
import { parseJson, previousRunSchema } from '../record-schema.ts';

const fileName = 'ending.json';

const fileSchema = z.strictObject({
  /** The boot in which it is told. */
  bootId: z.string().min(1).max(80),
  previous: previousRunSchema,
  told: z.boolean(),
});

export interface Untold {
  readonly previous: PreviousStamp;
  /** It is in the spool. */
  markTold(): void;
}

/**
 * To be called before the first stamp of this run is written. undefined = there is nothing to explain: no run before, a
 * program started again within one boot, or already told.
 */
export function openUntold(options: {
  readonly stateDirectory: string;
  readonly bootId: string;
  readonly stamp: PreviousStamp | undefined;
  readonly log: Log;
}): Untold | undefined {
  const { stateDirectory, bootId, stamp, log } = options;
  const save = (previous: PreviousStamp, told: boolean): void => {
    const written = writePrivate(stateDirectory, fileName, `${JSON.stringify({ bootId, previous, told })}\n`);
    if (!written.ok) {
      log.warn({ failure: written.failure }, 'what is known of the last end cannot be remembered');
    }
  };
  const known = readKnown(join(stateDirectory, fileName));
  if (known?.bootId === bootId) {
    if (known.told) return undefined;
    return { previous: known.previous, markTold: () => save(known.previous, true) };
  }
  if (stamp === undefined || stamp.clock.bootId === bootId) return undefined;
  save(stamp, false);
  return { previous: stamp, markTold: () => save(stamp, true) };
}

/** None yet, or not readable: then the stamp alone says. */
function readKnown(path: string): z.output<typeof fileSchema> | undefined {
  const text = readPrivate(path);
  const parsed = text.ok ? fileSchema.safeParse(parseJson(text.value)) : undefined;
  return parsed?.success ? parsed.data : undefined;
}

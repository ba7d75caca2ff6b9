// The liveness stamp: a reading of the clocks, fsynced every 10 s, that dates the death of a machine with no log at
// all, and says whether the run before ended in order. Replaced atomically: a power cut leaves the old or the new one.
import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../core/input.ts';
import { Complaints } from './complaints.ts';
import { messageOf } from './errors.ts';
import type { Log } from './log.ts';
import { parseJson, previousRunSchema } from './record-schema.ts';

export interface PreviousRun {
  readonly clock: Clock;
  readonly stoppedInOrder: boolean;
}

export interface Stamp {
  /** Writes one now; a call while one is being written waits for the next turn and is merged. Never rejects. */
  write(stoppedInOrder: boolean): Promise<void>;
  counters(): { readonly written: number; readonly failed: number };
}

/** The stamp of the run before. undefined = none, or not readable (then nothing may be concluded from it). */
export function readStamp(path: string): PreviousRun | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const parsed = previousRunSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : undefined;
}

export function createStamp(options: {
  readonly path: string;
  readonly clock: () => Clock;
  readonly log: Log;
}): Stamp {
  const counters = { written: 0, failed: 0 };
  const complaints = new Complaints(options.log);
  let last: Promise<void> = Promise.resolve();
  let waiting = false;
  const one = async (stoppedInOrder: boolean): Promise<void> => {
    waiting = false;
    const run: PreviousRun = { clock: options.clock(), stoppedInOrder };
    try {
      await replaceFile(options.path, `${JSON.stringify(run)}\n`);
      counters.written += 1;
      complaints.over({ failed: counters.failed }, 'the liveness stamp is written again');
    } catch (error) {
      counters.failed += 1;
      complaints.say(run.clock.monoMs, { error: messageOf(error) }, 'the liveness stamp cannot be written');
    }
  };
  return {
    write: (stoppedInOrder) => {
      // A disk that takes longer than the interval must not pile writes up; the last word of a run always counts.
      if (waiting && !stoppedInOrder) return last;
      waiting = true;
      last = last.then(() => one(stoppedInOrder));
      return last;
    },
    counters: () => ({ ...counters }),
  };
}

async function replaceFile(path: string, text: string): Promise<void> {
  const next = `${path}.next`;
  const file = await open(next, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, path);
  await syncDirectory(dirname(path));
}

/** The rename itself must reach the disk. Windows has no such call and orders it by itself. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

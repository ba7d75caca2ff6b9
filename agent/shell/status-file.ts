// What the running agent leaves for `vigia-agent status`: one small file, replaced whole every few seconds. It is for
// people only: the agent never reads it back, and it must never carry a key, a token or a password.
import { rename, writeFile } from 'node:fs/promises';
import { limits } from '../../shared/limits.ts';
import { second } from '../../shared/time.ts';
import type { Clock } from '../core/input.ts';
import { type Status, type StatusNow, type StatusOfRun, statusFormat } from '../core/status.ts';
import { messageOf } from './errors.ts';
import type { Log } from './log.ts';

export const statusFile = 'status.json';
/** The first rounds are in, and whoever has just installed the agent looks. */
const firstMs = 2 * second;

export interface StatusWriter {
  /** Writes at once when there is something to see, then every `limits.stampEveryMs`. */
  start(): void;
  /** Writes the present; passed over while the writing before is not done. Never rejects. */
  write(): Promise<void>;
  /** No more writing; after an orderly stop one last word of it. Never rejects. */
  stop(inOrder: { readonly inOrder: boolean }): Promise<void>;
  counters(): { readonly written: number; readonly failed: number; readonly passedOver: number };
}

export interface StatusWriterOptions {
  readonly path: string;
  readonly run: StatusOfRun;
  /** undefined before there is anything to see. */
  readonly now: () => Promise<StatusNow | undefined>;
  readonly clock: () => Clock;
  readonly log: Log;
}

export function createStatusWriter(options: StatusWriterOptions): StatusWriter {
  const counters = { written: 0, failed: 0, passedOver: 0 };
  let last: Promise<void> | undefined;
  const one = async (stopped: boolean): Promise<void> => {
    try {
      const now = await options.now();
      if (now === undefined) return;
      await replace(options.path, textOf({ ...options, now, stopped }));
      counters.written += 1;
    } catch (error) {
      counters.failed += 1;
      // Once: a disk that refuses this refuses everything, and the spool says that.
      if (counters.failed === 1)
        options.log.warn({ error: messageOf(error) }, 'the status file cannot be written');
    }
  };
  const begin = (stopped: boolean): Promise<void> => {
    const writing = one(stopped).finally(() => {
      if (last === writing) last = undefined;
    });
    last = writing;
    return writing;
  };
  const timers: NodeJS.Timeout[] = [];
  const write = async (): Promise<void> => {
    if (last === undefined) await begin(false);
    else counters.passedOver += 1;
  };
  return {
    start: () => {
      timers.push(
        setTimeout(() => void write(), firstMs),
        setInterval(() => void write(), limits.stampEveryMs),
      );
    },
    write,
    stop: async ({ inOrder }) => {
      for (const timer of timers) clearTimeout(timer);
      await last;
      if (inOrder) await begin(true);
    },
    counters: () => ({ ...counters }),
  };
}

function textOf(parts: {
  readonly run: StatusOfRun;
  readonly now: StatusNow;
  readonly clock: () => Clock;
  readonly stopped: boolean;
}): string {
  const { run, now, clock, stopped } = parts;
  const status: Status = { format: statusFormat, written: clock(), stopped, ...run, ...now };
  const text = `${JSON.stringify(status)}\n`;
  if (text.length <= limits.statusBytesMax) return text;
  // A site of hundreds of machines: the links and the session matter more than each neighbour.
  const { view } = now;
  const short: Status = { ...status, view: { ...view, hosts: view.hosts.filter(isTroubled).slice(0, 50) } };
  return `${JSON.stringify(short)}\n`;
}

function isTroubled({ status }: { readonly status: string }): boolean {
  return status === 'down';
}

/** No fsync: after a power cut it says nothing that is still true. */
async function replace(path: string, text: string): Promise<void> {
  const next = `${path}.next`;
  await writeFile(next, text, { mode: 0o600 });
  await rename(next, path);
}

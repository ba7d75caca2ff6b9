// Asks one program of the system, with a fixed argument vector, no shell, and bounds on time and bytes. Stands under the
// collectors of agent/shell/forensics. It never throws and never runs anything that a server or a file named.
import { execFile } from 'node:child_process';
import { limits } from '../../../shared/limits.ts';
import { errorCodeOf } from '../errors.ts';

export type CommandAnswer =
  | { readonly kind: 'answered'; readonly bytes: Buffer }
  /** Non-zero exit, too slow, too much, not allowed. What came is of no use: its end may be missing. */
  | { readonly kind: 'failed'; readonly bytes: Buffer }
  /** There is no such program here. */
  | { readonly kind: 'absent' };

export type RunCommand = (program: string, words: readonly string[]) => Promise<CommandAnswer>;

export const runCommand: RunCommand = (program, words) =>
  new Promise((resolve) => {
    execFile(
      program,
      [...words],
      {
        encoding: 'buffer',
        timeout: limits.forensicsMs,
        killSignal: 'SIGKILL',
        maxBuffer: limits.forensicsBytesMax,
        windowsHide: true,
      },
      (error, stdout) => {
        if (error === null) resolve({ kind: 'answered', bytes: stdout });
        else if (errorCodeOf(error) === 'ENOENT') resolve({ kind: 'absent' });
        else resolve({ kind: 'failed', bytes: stdout });
      },
    );
  });

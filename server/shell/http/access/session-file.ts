// The console's sessions on disk, so that a restart of the server signs nobody out: digests, names and ends, mode 0600.
// Replaced as a whole by rename, so that a power cut leaves the old file or the new one. Must never hold a secret itself.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { signInWays } from '../../../../shared/api/people.ts';
import { instant } from '../../../../shared/time.ts';

const entrySchema = z.strictObject({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  by: z.string().max(120),
  /** Absent in files of older releases: a link. */
  via: z.enum(signInWays).default('link'),
  /** Whose account it is; what that person may is asked of the account at each request. */
  login: z.string().max(80).optional(),
  expiresAt: z.int().min(0).transform(instant),
});

const contentSchema = z.strictObject({
  version: z.literal(1),
  sessions: z.array(entrySchema),
  links: z.array(entrySchema),
});

export type SignInEntry = Readonly<z.output<typeof entrySchema>>;

export interface SignInEntries {
  readonly sessions: readonly SignInEntry[];
  readonly links: readonly SignInEntry[];
}

export interface SessionFile {
  load(): SignInEntries;
  save(entries: SignInEntries): void;
}

/**
 * `onTrouble` hears of a file that cannot be read or written. Neither stops the server: an unreadable file signs
 * everybody out once, an unwritable one at the next restart.
 */
export function openSessionFile(path: string, onTrouble: (message: string) => void): SessionFile {
  return {
    load: () => {
      let text: string;
      try {
        text = readFileSync(path, 'utf8');
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
          onTrouble(`${path} cannot be read: ${String(error)}`);
        }
        return { sessions: [], links: [] };
      }
      const parsed = contentSchema.safeParse(parseJson(text));
      if (parsed.success) return parsed.data;
      onTrouble(`${path} is damaged; everybody must sign in again`);
      return { sessions: [], links: [] };
    },
    save: (entries) => {
      try {
        const next = `${path}.new`;
        writeFileSync(next, JSON.stringify({ version: 1, ...entries }), { mode: 0o600, flush: true });
        renameSync(next, path);
      } catch (error) {
        onTrouble(`${path} cannot be written: ${String(error)}`);
      }
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

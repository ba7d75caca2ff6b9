// One secret from a file of its own: small, readable by its owner only, trimmed. Mistakes become issues with the path of the
// key in vigia.yaml. Must never show what the file holds.
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Issue } from '../shared/failure.ts';
import { limits } from '../shared/limits.ts';

export interface SecretOptions {
  /** Of the key, as mistakes name it: `channels.0.tokenFile`. */
  readonly path: string;
  /** Where relative paths start. */
  readonly folder: string;
  readonly issues: Issue[];
}

/** Empty when there was a mistake; it is among the issues then. */
export function readSecret(name: string, { path, folder, issues }: SecretOptions): string {
  try {
    const file = resolve(folder, name);
    const facts = statSync(file);
    // A device or pipe has no end.
    if (!facts.isFile() || facts.size > limits.smallBodyBytesMax) {
      issues.push({ path, message: `"${name}" is no file of a secret` });
      return '';
    }
    if (process.platform !== 'win32' && (facts.mode & 0o077) !== 0)
      issues.push({ path, message: `others can read "${name}"; wanted: mode 0600` });
    const secret = readFileSync(file, 'utf8').trim();
    if (secret === '') issues.push({ path, message: `"${name}" is empty; wanted: the secret` });
    return secret;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    issues.push({ path, message: `wanted: a readable file; ${reason}` });
    return '';
  }
}

// The licence texts that must travel with the archive: Vigia's own, and of each program and package inside it. A
// package without a text of its own is a failure: what may not be handed on must not be packed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure } from '../../shared/failure.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import type { ArchiveEntry } from './archive-entry.ts';
import type { BundledPackage } from './bundle.ts';

const namePattern = /^(licen[cs]e|copying)(\.(txt|md))?$/i;

/** Fails with `not-found` and every package whose licence text is missing. `nodeProgram`: the pinned Node's path. */
export function collectLicences(
  top: string,
  packages: readonly BundledPackage[],
  nodeProgram: string,
): Result<readonly ArchiveEntry[]> {
  // Every target has the same Node and the same koffi; only their machine code differs.
  const sources = [
    ...packages,
    { name: 'koffi', folder: join(top, 'node_modules', 'koffi') },
    { name: 'node', folder: dirname(dirname(nodeProgram)) },
  ];
  const entries: ArchiveEntry[] = [entryOf('LICENSE', join(top, 'LICENSE'))];
  const missing: string[] = [];
  for (const { name, folder } of sources) {
    const text = existsSync(folder) ? readdirSync(folder).find((file) => namePattern.test(file)) : undefined;
    if (text === undefined) missing.push(name);
    else entries.push(entryOf(`licenses/${name.replace('/', '-')}.txt`, join(folder, text)));
  }
  return missing.length === 0
    ? ok(entries)
    : fail(failure('not-found', `no licence text of: ${missing.join(', ')}`));
}

function entryOf(path: string, source: string): ArchiveEntry {
  return { path, bytes: readFileSync(source), executable: false };
}

// Makes names last: a file that was created or renamed is on disk only once its directory is synced too. Without it a
// power cut may bring the old name back, however often the file itself was synced. Windows has no such call and
// orders it by itself.
import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Throws what the disk throws. */
export function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

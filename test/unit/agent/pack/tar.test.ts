// The packer's tar: what the system's own tar makes of it, and what is refused.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ArchiveEntry } from '../../../../agent/pack/archive-entry.ts';
import { readFromTar, writeTar } from '../../../../agent/pack/tar.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigia-tar-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function entry(path: string, text: string, executable = false): ArchiveEntry {
  return { path, bytes: new TextEncoder().encode(text), executable };
}

const entries = [
  entry('top/run', '#!/bin/sh\n', true),
  entry('top/bin/node', 'x'.repeat(1_025), true),
  entry('top/LICENSE', 'texto com acento: não\n'),
  entry('top/empty', ''),
];

describe('the tar writer', () => {
  it('writes what the system tar unpacks, with its modes', () => {
    writeFileSync(join(folder, 'a.tar'), writeTar(entries));
    execFileSync('tar', ['-C', folder, '-xf', join(folder, 'a.tar')]);
    for (const { path, bytes, executable } of entries) {
      expect(readFileSync(join(folder, path)).equals(bytes)).toBe(true);
      expect(statSync(join(folder, path)).mode & 0o111).toBe(executable ? 0o111 : 0);
    }
  });

  it('gives the same bytes whatever the order of the entries', () => {
    expect(Buffer.from(writeTar(entries.toReversed())).equals(writeTar(entries))).toBe(true);
  });

  it.each(['', 'a b', 'não', 'x'.repeat(100)])('refuses the path "%s"', (path) => {
    expect(() => writeTar([entry(path, '')])).toThrow('a path for tar');
  });
});

describe('the tar reader', () => {
  const archive = writeTar(entries);

  it('finds each file', () => {
    for (const { path, bytes } of entries) {
      expect(Buffer.from(readFromTar(archive, path) ?? 'none').equals(bytes)).toBe(true);
    }
  });

  it('finds nothing that is not there', () => expect(readFromTar(archive, 'top/other')).toBeUndefined());

  it('gives no half of a file that was cut off', () => {
    const first = 'top/LICENSE';
    expect(readFromTar(archive.subarray(0, 512 + 10), first)).toBeUndefined();
    expect(readFromTar(archive.subarray(0, 100), first)).toBeUndefined();
  });

  it('ends on a size that is no number', () => {
    const damaged = Buffer.from(archive);
    damaged.write('zzzzzzzzzzz', 124, 'latin1');
    expect(readFromTar(damaged, 'top/run')).toBeUndefined();
  });
});

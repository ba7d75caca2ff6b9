// The packer's zip: read back by its central directory, as Windows reads it; and by `unzip` where there is one.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ArchiveEntry } from '../../../../agent/pack/archive-entry.ts';
import { deflate } from '../../../../agent/pack/compress.ts';
import { writeZip } from '../../../../agent/pack/zip.ts';

const entries: readonly ArchiveEntry[] = [
  { path: 'vigia-agent/agent.js', bytes: Buffer.from('x'.repeat(100_000)), executable: false },
  { path: 'vigia-agent/bin/node.exe', bytes: Buffer.from('MZ'), executable: true },
  { path: 'vigia-agent/empty', bytes: new Uint8Array(), executable: false },
];
const zipped = (of = entries): Buffer => Buffer.from(writeZip(of, (bytes) => deflateRawSync(bytes)));

/** By APPNOTE.TXT 4.3: end record, central directory, local heads. */
function readZip(zip: Buffer): { path: string; bytes: Buffer; flags: number; mode: number }[] {
  const end = zip.length - 22;
  expect(zip.readUInt32LE(end)).toBe(0x06054b50);
  expect(zip.readUInt32LE(end + 12) + zip.readUInt32LE(end + 16)).toBe(end);
  let at = zip.readUInt32LE(end + 16);
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    expect(zip.readUInt32LE(at)).toBe(0x02014b50);
    const nameBytes = zip.readUInt16LE(at + 28);
    const path = zip.toString('latin1', at + 46, at + 46 + nameBytes);
    const local = zip.readUInt32LE(at + 42);
    expect(zip.readUInt32LE(local)).toBe(0x04034b50);
    // Both heads say the same: version, flags, method, time, sum, sizes, length of the name.
    expect(zip.subarray(local + 4, local + 30).equals(zip.subarray(at + 6, at + 32))).toBe(true);
    expect(zip.toString('latin1', local + 30, local + 30 + nameBytes)).toBe(path);
    const from = local + 30 + nameBytes;
    const bytes = inflateRawSync(zip.subarray(from, from + zip.readUInt32LE(at + 20)));
    expect(bytes.length).toBe(zip.readUInt32LE(at + 24));
    expect(crc32(bytes)).toBe(zip.readUInt32LE(at + 16));
    const found = { path, bytes, flags: zip.readUInt16LE(at + 8), mode: zip.readUInt32LE(at + 38) >>> 16 };
    at += 46 + nameBytes;
    return found;
  });
}

describe('the zip writer', () => {
  it('holds each file whole, with the sums and sizes in both heads', () => {
    const found = readZip(zipped());
    expect(found.map(({ path }) => path)).toEqual(entries.map(({ path }) => path));
    for (const [at, { bytes }] of found.entries()) {
      expect(bytes.equals(entries[at]?.bytes ?? Buffer.from('?'))).toBe(true);
    }
  });

  it('uses no flag, so that PowerShell 5.1 needs no data descriptor', () => {
    for (const { flags } of readZip(zipped())) expect(flags).toBe(0);
  });

  it('keeps which files are programs', () => {
    expect(readZip(zipped()).map(({ mode }) => mode & 0o777)).toEqual([0o644, 0o755, 0o644]);
  });

  it('gives the same bytes whatever the order of the entries', () => {
    expect(zipped(entries.toReversed()).equals(zipped())).toBe(true);
  });

  it('refuses a path that Windows could read in two ways', () => {
    expect(() => zipped([{ path: 'não', bytes: new Uint8Array(), executable: false }])).toThrow('zip');
  });

  it('is taken by unzip', ({ skip }) => {
    if (spawnSync('unzip', ['-v']).status !== 0) skip('no unzip here');
    const folder = mkdtempSync(join(tmpdir(), 'vigia-zip-'));
    try {
      writeFileSync(join(folder, 'a.zip'), zipped());
      const run = spawnSync('unzip', ['-t', join(folder, 'a.zip')], { encoding: 'utf8' });
      expect(run.stdout).toContain('No errors detected');
      expect(run.status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the deflate compressor', () => {
  it('gives a raw stream that inflates to the same bytes, whichever program made it', () => {
    const bytes = Buffer.from('Vigia '.repeat(10_000));
    expect(inflateRawSync(deflate(bytes)).equals(bytes)).toBe(true);
    expect(inflateRawSync(deflate(new Uint8Array())).length).toBe(0);
  });
});

// Where the packer takes native files from, and what it refuses: another content than package-lock.json pins.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { createPackageFiles } from '../../../../agent/pack/packages.ts';
import { writeTar } from '../../../../agent/pack/tar.ts';
import { failure } from '../../../../shared/failure.ts';
import { fail, ok } from '../../../../shared/result.ts';

const top = mkdtempSync(join(tmpdir(), 'vigia-packages-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));

const content = Buffer.from('a native file');
const archive = gzipSync(writeTar([{ path: 'package/bin/node', bytes: content, executable: true }]));
const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
writeFileSync(
  join(top, 'package-lock.json'),
  JSON.stringify({
    packages: {
      '': { name: 'x' },
      'node_modules/node-there': { version: '1.0.0', integrity: 'sha512-none' },
      'node_modules/node-away': { version: '2.0.0', integrity },
      'node_modules/node-other': { version: '2.0.0', integrity: 'sha512-another' },
    },
  }),
);
mkdirSync(join(top, 'node_modules/node-there/bin'), { recursive: true });
writeFileSync(join(top, 'node_modules/node-there/bin/node'), 'installed');

const asked: string[] = [];
const files = createPackageFiles(top, (name, version) => {
  asked.push(`${name}@${version}`);
  return name === 'node-gone' ? fail(failure('unavailable', 'no registry')) : ok(archive);
});

describe('files of packages for another machine', () => {
  it('come from node_modules where they are installed, and nobody is asked', () => {
    expect(files.read('node-there', 'bin/node')).toEqual({ ok: true, value: Buffer.from('installed') });
    expect(asked).toEqual([]);
  });

  it('come from the registry else, in the pinned version', () => {
    const found = files.read('node-away', 'bin/node');
    expect(found.ok && Buffer.from(found.value).equals(content)).toBe(true);
    expect(asked).toEqual(['node-away@2.0.0']);
  });

  it('are refused when the archive is not what package-lock.json pins', () => {
    const refused = files.read('node-other', 'bin/node');
    expect(refused).toMatchObject({ ok: false, failure: { code: 'not-found' } });
  });

  it('are not found when the package has no such file', () => {
    expect(files.read('node-away', 'bin/other')).toMatchObject({ ok: false, failure: { code: 'not-found' } });
  });

  it('are not found for a package that package-lock.json does not name', () => {
    expect(files.read('unknown', 'x')).toMatchObject({ ok: false, failure: { code: 'not-found' } });
    expect(files.version('unknown')).toMatchObject({ ok: false });
  });

  it('fail as the registry fails', () => {
    const without = createPackageFiles(top, () => fail(failure('unavailable', 'no registry')));
    expect(without.read('node-away', 'bin/node')).toMatchObject({
      ok: false,
      failure: { code: 'unavailable' },
    });
  });
});

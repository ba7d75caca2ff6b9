// The licence texts in an archive: all there, or nothing is packed.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectLicences } from '../../../../agent/pack/licences.ts';

const top = join(import.meta.dirname, '..', '..', '..', '..');

describe('licences', () => {
  it('stop the packing when one is missing, and all that miss are named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigia-licences-'));
    try {
      mkdirSync(join(folder, 'bare'));
      const packages = [
        { name: 'bare', folder: join(folder, 'bare') },
        { name: 'gone', folder: join(folder, 'gone') },
      ];
      const found = collectLicences(top, packages, process.execPath);
      expect(found).toMatchObject({ ok: false, failure: { message: expect.stringContaining('bare, gone') } });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

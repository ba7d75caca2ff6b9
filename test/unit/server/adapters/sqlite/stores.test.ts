// One data directory, one server: the lock, and what is left behind when a start is refused.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStores, type Stores } from '../../../../../server/adapters/sqlite/stores.ts';
import { entry } from '../../../../contract/samples.ts';

describe('openStores', () => {
  let parent: string;
  let directory: string;
  let opened: Stores[];

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'vigia-'));
    directory = join(parent, 'data');
    opened = [];
  });
  afterEach(() => {
    for (const stores of opened) stores.close();
    rmSync(parent, { recursive: true });
  });

  const mustOpen = (): Stores => {
    const stores = openStores(directory);
    if (!stores.ok) throw new Error(stores.failure.message);
    opened.push(stores.value);
    return stores.value;
  };

  it('makes the directory for its owner only and keeps what was committed', () => {
    const stores = mustOpen();
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    stores.journal.commit([entry(1)]);
    stores.close();
    expect([...mustOpen().journal.read(0)]).toEqual([entry(1)]);
  });

  it('refuses a second server on the same directory and says what to do', () => {
    mustOpen();
    const second = openStores(directory);
    expect(second).toMatchObject({ ok: false, failure: { code: 'conflict' } });
    expect(!second.ok && second.failure.message).toContain(`${directory} is in use by another Vigia server`);
  });

  it('refuses while another process holds it, and not once that process was killed', async () => {
    const source = new URL('../../../../../server/adapters/sqlite/stores.ts', import.meta.url).href;
    const program = `
      import { openStores } from ${JSON.stringify(source)};
      const stores = openStores(${JSON.stringify(directory)});
      process.stdout.write(String(stores.ok));
      // Held as a server holds them: what nobody holds is collected, and its lock with it.
      setInterval(() => stores.ok, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
    const [said] = await once(child.stdout, 'data');
    expect(String(said)).toBe('true');
    expect(openStores(directory).ok).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    mustOpen();
  });

  it('leaves the directory free when one of the files is of a newer release', () => {
    mustOpen().close();
    const path = join(directory, 'series.sqlite');
    setVersion(path, 99);
    expect(openStores(directory)).toMatchObject({ ok: false, failure: { code: 'conflict' } });
    setVersion(path, 1);
    mustOpen();
  });
});

function setVersion(path: string, version: number): void {
  const sql = new DatabaseSync(path);
  sql.exec(`PRAGMA user_version = ${version}`);
  sql.close();
}

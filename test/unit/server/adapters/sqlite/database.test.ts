// Opening one SQLite file: what is refused, what is set, and two processes at once.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, schemaVersion } from '../../../../../server/adapters/sqlite/database.ts';
import { mustOpen } from '../../../../contract/stores.ts';

const one = 'CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1);';
const two = 'CREATE TABLE b (y INTEGER) STRICT; INSERT INTO a VALUES (2);';

describe('openDatabase', () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'vigia-'));
    path = join(directory, 'x.sqlite');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('makes every commit durable and the file readable by its owner only', () => {
    const { sql, close } = mustOpen(path, [one]);
    expect(sql.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(sql.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    expect(sql.prepare('PRAGMA foreign_keys').get()).toEqual({ foreign_keys: 1 });
    for (const suffix of ['', '-wal', '-shm']) expect(statSync(path + suffix).mode & 0o777).toBe(0o600);
    close();
    close();
  });

  it('applies each migration once, in order, whenever it is opened', () => {
    mustOpen(path, [one]).close();
    mustOpen(path, [one, two]).close();
    const { sql, close } = mustOpen(path, [one, two]);
    expect(sql.prepare('SELECT x FROM a').all()).toEqual([{ x: 1 }, { x: 2 }]);
    expect(schemaVersion(sql)).toBe(2);
    close();
  });

  it('leaves nothing of a migration that fails', () => {
    const broken = 'CREATE TABLE c (z INTEGER) STRICT; INSERT INTO nowhere VALUES (1);';
    const opened = openDatabase({ path, migrations: [one, broken] });
    expect(opened).toMatchObject({ ok: false, failure: { code: 'storage.failed' } });
    const { sql, close } = mustOpen(path, [one]);
    expect(schemaVersion(sql)).toBe(1);
    expect(sql.prepare("SELECT name FROM sqlite_schema WHERE name = 'c'").all()).toEqual([]);
    close();
  });

  it('refuses a schema newer than itself, names it, and does not touch the file', () => {
    mustOpen(path, [one, two]).close();
    const before = readFileSync(path);
    const opened = openDatabase({ path, migrations: [one] });
    expect(opened).toMatchObject({ ok: false, failure: { code: 'conflict', retryable: false } });
    expect(!opened.ok && opened.failure.message).toContain(
      `${path} has schema 2, this release knows up to 1`,
    );
    expect(readFileSync(path)).toEqual(before);
  });

  it('refuses a file that is no database, and a directory that is not there', () => {
    writeFileSync(path, 'isto não é um banco de dados, mas tem mais de cem bytes para parecer um'.repeat(9));
    expect(openDatabase({ path, migrations: [one] })).toMatchObject({
      ok: false,
      failure: { code: 'storage.failed' },
    });
    const nowhere = join(directory, 'nowhere', 'x.sqlite');
    expect(openDatabase({ path: nowhere, migrations: [one] })).toMatchObject({
      ok: false,
      failure: { code: 'storage.failed' },
    });
  });

  it('rolls back all of a transaction whose work fails, and can be used again', () => {
    const { sql, atomically, close } = mustOpen(path, [one]);
    expect(() =>
      atomically(() => {
        sql.exec('INSERT INTO a VALUES (5)');
        throw new Error('half way');
      }),
    ).toThrow('half way');
    atomically(() => sql.exec('INSERT INTO a VALUES (6)'));
    expect(sql.prepare('SELECT x FROM a').all()).toEqual([{ x: 1 }, { x: 6 }]);
    close();
  });

  it('migrates once when several processes open a new file at the same time', async () => {
    const source = new URL('../../../../../server/adapters/sqlite/database.ts', import.meta.url).href;
    const slow = "CREATE TABLE s (n INTEGER); INSERT INTO s SELECT value FROM json_each('[1,2,3]');";
    const program = `
      import { openDatabase } from ${JSON.stringify(source)};
      const opened = openDatabase({ path: ${JSON.stringify(path)}, migrations: ${JSON.stringify([slow, one, two])} });
      process.stdout.write(opened.ok ? 'ok' : opened.failure.message);`;
    const answers = await Promise.all([1, 2, 3, 4].map(() => run(program)));
    expect(answers).toEqual(['ok', 'ok', 'ok', 'ok']);
    const sql = new DatabaseSync(path);
    expect(sql.prepare('SELECT count(*) AS n FROM s').get()).toEqual({ n: 3 });
    expect(sql.prepare('SELECT count(*) AS n FROM a').get()).toEqual({ n: 2 });
    sql.close();
  });
});

function run(program: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve) => child.on('close', () => resolve(output)));
}

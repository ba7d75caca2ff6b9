// The spool: order, durability across openings, limits, a refusing disk, a damaged file, a second process.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../../agent/core/input.ts';
import type { StoredRecord } from '../../../../agent/core/record.ts';
import { openSpool, type Spool, type SpoolOptions } from '../../../../agent/shell/spool.ts';
import { limits } from '../../../../shared/limits.ts';
import { defaultTiming } from '../../../../shared/wire/assignment.ts';
import { changeRecord, clockAt, createHeardLog, rollupRecord } from '../../../fakes/agent-records.ts';

let directory = '';
let path = '';
let now: Clock = clockAt(0);
let log = createHeardLog();
let open: Spool[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vigia-spool-'));
  path = join(directory, 'spool.sqlite');
  now = clockAt(0);
  log = createHeardLog();
});

afterEach(() => {
  for (const spool of open) spool.close();
  open = [];
  rmSync(directory, { recursive: true });
});

function opened(more: Partial<SpoolOptions> = {}): Spool {
  const spool = openSpool({ path, clock: () => now, log, ballastBytes: 8_192, ...more });
  if (!spool.ok) throw new Error(spool.failure.message);
  open.push(spool.value);
  return spool.value;
}

function closed(spool: Spool): void {
  spool.close();
  open = open.filter((each) => each !== spool);
}

function seqs(records: readonly StoredRecord[]): number[] {
  return records.map((record) => record.seq);
}

describe('spool: records', () => {
  it('gives back in order what it was given, also after a new start, under the same epoch', () => {
    const first = opened();
    const records = [changeRecord(1), rollupRecord(1), changeRecord(2)];
    first.append(records);
    const head = first.head();
    expect(head).toMatchObject({ lastChangeSeq: 2, lastRollupSeq: 1, changes: 2, rollups: 1 });
    expect(head.epoch).toBeGreaterThanOrEqual(1);
    expect(head.epoch).toBeLessThan(2 ** 47);
    closed(first);
    const second = opened();
    expect(second.head()).toEqual(head);
    expect(second.read('changes', 0, 10).records).toEqual([records[0], records[2]]);
    expect(second.read('rollups', 0, 10).records).toEqual([records[1]]);
  });

  it('reads above a number, up to a limit', () => {
    const spool = opened();
    spool.append([1, 2, 3, 4, 5].map((seq) => changeRecord(seq)));
    expect(seqs(spool.read('changes', 2, 2).records)).toEqual([3, 4]);
    expect(seqs(spool.read('changes', 5, 2).records)).toEqual([]);
  });

  it('trims what is receipted, remembers the highest number, and passes over another epoch', () => {
    const spool = opened();
    spool.append([changeRecord(1), changeRecord(2), rollupRecord(1)]);
    const { epoch } = spool.head();
    spool.trim({ epoch: epoch + 1, changesUpTo: 9, rollupsUpTo: 9 });
    expect(spool.head()).toMatchObject({ changes: 2, rollups: 1 });
    spool.trim({ epoch, changesUpTo: 2, rollupsUpTo: 0 });
    closed(spool);
    expect(opened().head()).toMatchObject({ changes: 0, rollups: 1, lastChangeSeq: 2, lastRollupSeq: 1 });
  });

  it('takes a number given twice for the bug that it is', () => {
    const spool = opened();
    spool.append([changeRecord(1)]);
    expect(() => spool.append([changeRecord(1)])).toThrow();
    expect(spool.head().changes).toBe(1);
  });

  it('keeps its file to itself', () => {
    opened().append([changeRecord(1)]);
    expect(statSync(path).mode & 0o077).toBe(0);
    const second = openSpool({ path, clock: () => now, log });
    expect(second).toMatchObject({ ok: false, failure: { code: 'conflict' } });
  });

  it('removes and reports a row that cannot be read', () => {
    const first = opened();
    first.append([changeRecord(1), changeRecord(2)]);
    closed(first);
    const database = new DatabaseSync(path);
    database.exec(`UPDATE record SET body = '{"queue":"changes"}' WHERE seq = 1`);
    database.close();
    const second = opened();
    const { records, dropped } = second.read('changes', 0, 10);
    expect(seqs(records)).toEqual([2]);
    expect(dropped).toEqual({ rollups: 0, changes: 1 });
    expect(second.read('changes', 0, 10).dropped).toEqual({ rollups: 0, changes: 0 });
  });
});

describe('spool: memory of the agent', () => {
  it('keeps the last assignment and the newest offsets', () => {
    const first = opened();
    const assignment = {
      revision: 3,
      links: [{ key: 'vivo', role: 'primary' as const }],
      hosts: [],
      anchors: ['1.1.1.1'],
      dns: [],
      timing: defaultTiming,
    };
    first.saveAssignment(assignment);
    for (let n = 0; n < limits.spoolOffsetsMax + 3; n += 1) {
      first.saveOffset({ bootId: 'boot-1', monoMs: n, offsetMs: n, errorMs: 1 });
    }
    closed(first);
    const second = opened();
    expect(second.assignment()).toEqual(assignment);
    expect(second.offsets()).toHaveLength(limits.spoolOffsetsMax);
    expect(second.offsets().at(-1)?.offsetMs).toBe(limits.spoolOffsetsMax + 2);
  });

  it('forgets an assignment that no longer fits, rather than fail to start', () => {
    closed(opened());
    const database = new DatabaseSync(path);
    database.exec(`INSERT INTO meta VALUES ('assignment', '{"revision":"x"}'), ('offsets', 'no json')`);
    database.close();
    const spool = opened();
    expect(spool.assignment()).toBeUndefined();
    expect(spool.offsets()).toEqual([]);
  });
});

describe('spool: limits', () => {
  it('drops the oldest rollups first and state changes last, and says how many', () => {
    const spool = opened({ bytesMax: 20_000 });
    for (let seq = 1; seq <= 20; seq += 1) spool.append([changeRecord(seq)]);
    const dropped = { rollups: 0, changes: 0 };
    for (let seq = 1; seq <= 200; seq += 1) {
      const now = spool.append([rollupRecord(seq)]);
      dropped.rollups += now.rollups;
      dropped.changes += now.changes;
    }
    expect(dropped.rollups).toBeGreaterThan(0);
    expect(dropped.changes).toBe(0);
    expect(spool.head()).toMatchObject({ changes: 20, rollups: 200 - dropped.rollups });
    expect(seqs(spool.read('rollups', 0, 1).records)).toEqual([dropped.rollups + 1]);
    let changes = 0;
    for (let seq = 21; seq <= 200; seq += 1) changes += spool.append([changeRecord(seq)]).changes;
    expect(changes).toBeGreaterThan(0);
    expect(spool.head()).toMatchObject({ changes: 200 - changes, rollups: 0 });
    expect(seqs(spool.read('changes', 0, 1).records)).toEqual([changes + 1]);
    expect(spool.counters()).toMatchObject({ droppedRollups: 200, droppedChanges: changes });
  });

  it('drops rollups older than the age limit, and changes of any age never for that', () => {
    const spool = opened({ ageMsMax: 100_000 });
    spool.append([changeRecord(1, 0), rollupRecord(1, 0), rollupRecord(2, 50_000), rollupRecord(3, 150_000)]);
    now = clockAt(160_000);
    expect(spool.tend()).toEqual({ rollups: 2, changes: 0 });
    expect(seqs(spool.read('rollups', 0, 9).records)).toEqual([3]);
    expect(spool.head().changes).toBe(1);
  });

  it('counts age by the monotonic clock, so that a wall clock set a year ahead drops nothing', () => {
    const spool = opened({ ageMsMax: 100_000 });
    spool.append([rollupRecord(1, 0)]);
    now = { bootId: 'boot-1', monoMs: 10_000, wallMs: clockAt(0).wallMs + 365 * 86_400_000 };
    expect(spool.tend()).toEqual({ rollups: 0, changes: 0 });
  });
});

describe('spool: a disk that refuses', () => {
  it('keeps records in memory in order, goes on numbering, and writes them when the disk takes them again', () => {
    // A hard page limit makes SQLite answer "disk full" just as a full disk does.
    const spool = opened({ pagesMax: 8 });
    let seq = 0;
    while (spool.counters().inMemory === 0) {
      seq += 1;
      spool.append([changeRecord(seq)]);
    }
    for (let more = 0; more < 5; more += 1) {
      seq += 1;
      spool.append([changeRecord(seq), rollupRecord(more + 1)]);
    }
    const all = spool.read('changes', 0, 1_000).records;
    expect(seqs(all)).toEqual(Array.from({ length: seq }, (_, at) => at + 1));
    expect(spool.head()).toMatchObject({ lastChangeSeq: seq, changes: seq });
    expect(log.lines.some((line) => line.level === 'error')).toBe(true);
    spool.trim({ epoch: spool.head().epoch, changesUpTo: seq - 3, rollupsUpTo: 0 });
    now = clockAt(now.monoMs + limits.spoolRetryMs + 1);
    spool.tend();
    expect(spool.counters().inMemory).toBe(0);
    expect(seqs(spool.read('changes', 0, 1_000).records)).toEqual([seq - 2, seq - 1, seq]);
    closed(spool);
    expect(seqs(opened().read('changes', 0, 1_000).records)).toEqual([seq - 2, seq - 1, seq]);
  });

  it('gives up the oldest rollups before it keeps changes in memory', () => {
    const spool = opened({ pagesMax: 10 });
    let rollup = 0;
    while (spool.counters().refused === 0) {
      rollup += 1;
      spool.append([rollupRecord(rollup)]);
    }
    for (let seq = 1; seq <= 5; seq += 1) spool.append([changeRecord(seq)]);
    expect(spool.counters().inMemory).toBe(0);
    expect(spool.counters().droppedRollups).toBeGreaterThan(0);
    expect(spool.head().changes).toBe(5);
  });

  it('never gives a number twice after a death with records in memory only', () => {
    const spool = opened({ pagesMax: 8 });
    let seq = 0;
    while (spool.counters().inMemory === 0) {
      seq += 1;
      spool.append([changeRecord(seq)]);
    }
    expect(existsSync(`${path}.partial`)).toBe(true);
    // The process dies here: what it held in memory is gone, and so is its lock.
    const images = readdirSync(directory).map((name) => [name, readFileSync(join(directory, name))] as const);
    closed(spool);
    for (const [name, bytes] of images) writeFileSync(join(directory, name), bytes);
    rmSync(`${path}.whole`, { force: true });
    const second = opened();
    expect(second.head().lastChangeSeq).toBeGreaterThan(seq + 1_000);
    closed(second);
    expect(opened().head().lastChangeSeq).toBe(second.head().lastChangeSeq);
  });

  it('bounds what it keeps in memory: rollups go before changes', () => {
    const spool = opened({ pagesMax: 8 });
    let seq = 0;
    while (spool.counters().inMemory === 0) {
      seq += 1;
      spool.append([changeRecord(seq)]);
    }
    spool.append([rollupRecord(1)]);
    const many = Array.from({ length: limits.spoolMemoryRecordsMax }, (_, at) => changeRecord(seq + 1 + at));
    const dropped = spool.append(many);
    expect(dropped.rollups).toBe(1);
    expect(dropped.changes).toBe(1);
    expect(spool.counters().inMemory).toBe(limits.spoolMemoryRecordsMax);
  });

  it('gives its ballast up for state changes, and puts it back when there is room', () => {
    const spool = opened({ pagesMax: 10, ballastBytes: 100_000 });
    spool.tend();
    expect(statSync(`${path}.ballast`).size).toBe(100_000);
    let seq = 0;
    while (spool.counters().refused === 0) {
      seq += 1;
      spool.append([rollupRecord(seq)]);
    }
    expect(existsSync(`${path}.ballast`)).toBe(false);
    now = clockAt(limits.spoolBallastRetryMs + 1);
    spool.tend();
    expect(statSync(`${path}.ballast`).size).toBe(100_000);
  });

  it('lives in memory where no file can be had at all', () => {
    const spool = opened({ path: join(directory, 'no', 'such', 'place.sqlite') });
    spool.append([changeRecord(1)]);
    expect(seqs(spool.read('changes', 0, 9).records)).toEqual([1]);
    expect(log.lines.some((line) => line.level === 'error')).toBe(true);
  });
});

describe('spool: a damaged file', () => {
  it('is moved aside, a new epoch begins, and the log says so', () => {
    const first = opened();
    first.append([changeRecord(1)]);
    const { epoch } = first.head();
    closed(first);
    writeFileSync(path, 'this is not a database, and longer than a header of SQLite would be. '.repeat(50));
    const second = opened();
    expect(second.head().epoch).not.toBe(epoch);
    expect(second.head()).toMatchObject({ lastChangeSeq: 0, changes: 0 });
    expect(existsSync(`${path}.corrupt-1`)).toBe(true);
    expect(second.health()).toMatchObject({ state: 'sound', movedAside: `${path}.corrupt-1` });
    expect(log.lines.some((line) => line.message.includes('moved aside'))).toBe(true);
  });

  it('of a newer version is moved aside as well', () => {
    closed(opened());
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    opened();
    expect(existsSync(`${path}.corrupt-1`)).toBe(true);
  });

  it('is kept a limited number of times', () => {
    for (let n = 0; n < limits.spoolCorruptKeptMax + 2; n += 1) {
      writeFileSync(path, 'garbage '.repeat(1_000));
      closed(opened());
    }
    const kept = readdirSync(directory).filter((name) => /corrupt-\d+$/.test(name));
    expect(kept).toHaveLength(limits.spoolCorruptKeptMax);
    expect(kept).toContain(`spool.sqlite.corrupt-${limits.spoolCorruptKeptMax + 2}`);
  });

  it('starts whatever single page of it is overwritten', () => {
    const first = opened();
    for (let seq = 1; seq <= 120; seq += 1) first.append([changeRecord(seq)]);
    closed(first);
    const image = readFileSync(path);
    fc.assert(
      fc.property(
        fc.nat(image.length / 512 - 1),
        fc.uint8Array({ minLength: 512, maxLength: 512 }),
        (at, bytes) => {
          const damaged = Buffer.from(image);
          damaged.set(bytes, at * 512);
          writeFileSync(path, damaged);
          rmSync(`${path}-wal`, { force: true });
          const spool = opened();
          const head = spool.head();
          spool.read('changes', 0, 500);
          spool.append([changeRecord(head.lastChangeSeq + 1_000)]);
          expect(seqs(spool.read('changes', head.lastChangeSeq + 999, 5).records)).toEqual([
            head.lastChangeSeq + 1_000,
          ]);
          closed(spool);
        },
      ),
      { numRuns: 10 },
    );
  });
});

// Damage to the spool's files, and their removal: the agent goes on, says so, and gives no number twice.
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ledger } from '../../../../agent/core/session/ledger.ts';
import { openSpool, type Spool, type SpoolOptions } from '../../../../agent/shell/spool.ts';
import { limits } from '../../../../shared/limits.ts';
import { changeRecord, clockAt, createHeardLog, rollupRecord } from '../../../fakes/agent-records.ts';

let root = '';
let directory = '';
let path = '';
let now = clockAt(0);
let log = createHeardLog();

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vigia-damage-'));
  directory = join(root, 'state');
  path = join(directory, 'spool.sqlite');
  now = clockAt(0);
  log = createHeardLog();
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function opened(more: Partial<SpoolOptions> = {}): Spool {
  const spool = openSpool({ path, clock: () => now, log, ballastBytes: 8_192, ...more });
  if (!spool.ok) throw new Error(spool.failure.message);
  return spool.value;
}

function prepare(): void {
  rmSync(directory, { recursive: true, force: true });
  writeFileSync(join(root, 'keep'), '');
  // The directory comes with the first spool of an agent.
  const made = mkdtempSync(join(root, 'made-'));
  directory = made;
  path = join(made, 'spool.sqlite');
}

function seqs(spool: Spool, queue: 'changes' | 'rollups' = 'changes'): number[] {
  return spool.read(queue, 0, 10_000).records.map(({ seq }) => seq);
}

function fill(spool: Spool, count: number): void {
  for (let seq = 1; seq <= count; seq += 1) spool.append([changeRecord(seq), rollupRecord(seq)]);
}

interface Damage {
  readonly file: 'spool.sqlite' | 'spool.sqlite-wal';
  readonly kind: 'flip' | 'zero' | 'cut' | 'noise';
  readonly at: number;
  readonly bytes: Uint8Array;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  file: fc.constantFrom('spool.sqlite' as const, 'spool.sqlite-wal' as const),
  kind: fc.constantFrom('flip' as const, 'zero' as const, 'cut' as const, 'noise' as const),
  at: fc.nat(2 ** 24),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 600 }),
});

function spoil({ file, kind, at, bytes }: Damage): void {
  const target = join(directory, file);
  if (!existsSync(target)) return;
  const image = readFileSync(target);
  if (image.length === 0) return;
  const from = at % image.length;
  if (kind === 'cut') return writeFileSync(target, image.subarray(0, from));
  bytes.subarray(0, image.length - from).forEach((byte, index) => {
    const before = image[from + index] ?? 0;
    if (kind === 'flip' && index < 2) image[from + index] = before ^ (1 << (byte % 8));
    if (kind === 'zero') image[from + index] = 0;
    if (kind === 'noise') image[from + index] = byte;
  });
  writeFileSync(target, image);
}

describe('spool: damage', () => {
  it('at any place, of any kind, ends no agent: it starts, reads, numbers on and keeps what is new', () => {
    const seen = { asideOrNew: 0, kept: 0 };
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), fc.boolean(), (damages, isOpen) => {
        prepare();
        const first = opened();
        fill(first, 40);
        const { epoch } = first.head();
        // Either the log is still there, as after a crash, or all of it is in the file.
        const images = readdirSync(directory).map(
          (name) => [name, readFileSync(join(directory, name))] as const,
        );
        first.close();
        if (isOpen) for (const [name, bytes] of images) writeFileSync(join(directory, name), bytes);
        for (const each of damages) spoil(each);
        const second = opened();
        const head = second.head();
        // The core takes the head as it is.
        const ledger = new Ledger(head);
        seqs(second);
        const seq = ledger.take('changes');
        const rollup = ledger.take('rollups');
        second.append([changeRecord(seq), rollupRecord(rollup)]);
        expect(seqs(second)).toContain(seq);
        expect(second.health()).toMatchObject({ state: 'sound', inMemory: 0 });
        second.tend();
        second.close();
        const third = opened();
        expect(seqs(third)).toContain(seq);
        expect(seqs(third, 'rollups')).toContain(rollup);
        expect(third.head().lastChangeSeq).toBeGreaterThanOrEqual(seq);
        third.close();
        if (head.epoch === epoch) seen.kept += 1;
        else seen.asideOrNew += 1;
      }),
      { numRuns: 150 },
    );
    expect(seen.kept).toBeGreaterThan(10);
    expect(seen.asideOrNew).toBeGreaterThan(10);
  });

  it('in the header that makes SQLite only read the file is damage, not a disk that refuses', () => {
    prepare();
    const first = opened();
    fill(first, 40);
    first.close();
    spoil({ file: 'spool.sqlite', kind: 'flip', at: 18, bytes: Uint8Array.of(0) });
    const second = opened();
    const { lastChangeSeq } = second.head();
    second.append([changeRecord(lastChangeSeq + 1)]);
    expect(second.health()).toMatchObject({ state: 'sound', inMemory: 0 });
    second.close();
    const third = opened();
    expect(seqs(third)).toContain(lastChangeSeq + 1);
    third.close();
  });

  it('while it runs is said, counted as lost, and the numbers go on', () => {
    prepare();
    const spool = opened();
    // More than SQLite keeps in its cache.
    spool.append(Array.from({ length: 12_000 }, (_, at) => changeRecord(at + 1)));
    spool.close();
    const again = opened();
    // All pages but the first, under the running program.
    const image = readFileSync(path);
    image.fill(0x5a, 4_096);
    writeFileSync(path, image);
    const { epoch, lastChangeSeq } = again.head();
    again.read('changes', 0, 500);
    again.append([changeRecord(lastChangeSeq + 1)]);
    const lost = again.tend();
    expect(lost.changes).toBeGreaterThan(100);
    expect(again.head()).toMatchObject({ epoch, lastChangeSeq: lastChangeSeq + 1 });
    expect(again.health()).toMatchObject({ state: 'sound', droppedChanges: lost.changes });
    expect(log.lines.some(({ message }) => message.includes('damaged'))).toBe(true);
    again.close();
    const third = opened();
    expect(third.head()).toMatchObject({ epoch, lastChangeSeq: lastChangeSeq + 1 });
    third.close();
  });

  it.for([
    `UPDATE meta SET value = '3' WHERE name = 'last.changes'`,
    `UPDATE meta SET value = 'x7' WHERE name = 'last.changes'`,
    `DELETE FROM meta WHERE name = 'last.changes'`,
    `UPDATE meta SET value = '99999999999999999999' WHERE name = 'last.changes'`,
  ])('to the highest number makes it jump, never repeat: %s', (sql) => {
    prepare();
    const first = opened();
    fill(first, 9);
    const { epoch } = first.head();
    first.close();
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
    const second = opened();
    expect(second.head()).toMatchObject({ epoch, lastChangeSeq: 9 + limits.spoolSeqJump, changes: 9 });
    second.close();
  });

  it('that made rows of no queue, or of no number, removes them', () => {
    prepare();
    const first = opened();
    fill(first, 3);
    first.close();
    const database = new DatabaseSync(path);
    database.exec(`UPDATE record SET queue = 'chanGes' WHERE queue = 'changes' AND seq = 1;
      UPDATE record SET seq = -5 WHERE queue = 'changes' AND seq = 2;
      UPDATE record SET seq = 4611686018427387904 WHERE queue = 'rollups' AND seq = 3`);
    database.close();
    const second = opened();
    expect(seqs(second)).toEqual([3]);
    expect(second.head()).toMatchObject({ lastChangeSeq: 3, lastRollupSeq: 3, changes: 1, rollups: 2 });
    expect(second.counters().unreadable).toBe(3);
    second.close();
  });
});

describe('spool: its directory is removed', () => {
  it('makes it anew with everything in it, under the same numbers', () => {
    prepare();
    const spool = opened();
    fill(spool, 50);
    spool.saveOffset({ bootId: 'boot-1', monoMs: 1, offsetMs: 2, errorMs: 3 });
    const before = spool.head();
    rmSync(directory, { recursive: true });
    spool.append([changeRecord(51)]);
    now = clockAt(limits.spoolRetryMs + 1);
    spool.tend();
    expect(spool.health()).toMatchObject({ state: 'sound', changes: 51 });
    expect(log.lines.some(({ message }) => message.includes('removed by somebody'))).toBe(true);
    expect(statSync(path).mode & 0o077).toBe(0);
    spool.append([changeRecord(52)]);
    spool.close();
    const second = opened();
    expect(second.head()).toMatchObject({ epoch: before.epoch, lastChangeSeq: 52, changes: 52, rollups: 50 });
    expect(second.offsets()).toHaveLength(1);
    second.close();
  });

  it('goes on and says so where it cannot be made anew, until it can', () => {
    prepare();
    const spool = opened();
    fill(spool, 5);
    rmSync(directory, { recursive: true });
    // A file stands where the directory was: not even root can make it.
    writeFileSync(directory, '');
    for (let turn = 1; turn <= 20; turn += 1) {
      now = clockAt(turn * limits.stampEveryMs);
      spool.tend();
      spool.append([changeRecord(5 + turn)]);
    }
    expect(spool.health()).toMatchObject({ state: 'removed', changes: 25 });
    expect(seqs(spool)).toHaveLength(25);
    // Said once, not every ten seconds.
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    rmSync(directory);
    now = clockAt(30 * limits.stampEveryMs);
    spool.tend();
    expect(spool.health().state).toBe('sound');
    spool.close();
    const second = opened();
    expect(seqs(second)).toHaveLength(25);
    second.close();
  });

  it('remembers that records are in memory only, also in the directory made anew', () => {
    prepare();
    const spool = opened({ pagesMax: 8 });
    let seq = 0;
    while (spool.counters().inMemory === 0) {
      seq += 1;
      spool.append([changeRecord(seq)]);
    }
    spool.append(Array.from({ length: 500 }, (_, at) => changeRecord(seq + 1 + at)));
    rmSync(directory, { recursive: true });
    now = clockAt(limits.spoolRetryMs + 1);
    spool.tend();
    expect(spool.health()).toMatchObject({ state: 'refused', changes: seq + 500 });
    expect(existsSync(`${path}.partial`)).toBe(true);
    spool.close();
  });
});

describe('spool: health', () => {
  it('is sound, then refused with the reason, then sound again, and complains seldom', () => {
    prepare();
    const spool = opened({ pagesMax: 8 });
    expect(spool.health()).toMatchObject({ state: 'sound', changes: 0, inMemory: 0, reason: undefined });
    let seq = 0;
    while (spool.counters().inMemory === 0) {
      seq += 1;
      spool.append([changeRecord(seq)]);
    }
    for (let turn = 0; turn < 30; turn += 1) {
      now = clockAt(now.monoMs + limits.stampEveryMs);
      seq += 1;
      spool.append([changeRecord(seq)]);
      spool.tend();
    }
    expect(spool.health()).toMatchObject({ state: 'refused', changes: seq });
    expect(spool.health().reason).toContain('full');
    expect(log.lines.filter(({ level }) => level !== 'info')).toHaveLength(1);
    spool.trim({ epoch: spool.head().epoch, changesUpTo: seq - 1, rollupsUpTo: 0 });
    now = clockAt(now.monoMs + limits.spoolRetryMs + 1);
    spool.tend();
    expect(spool.health()).toMatchObject({ state: 'sound', inMemory: 0, reason: undefined });
    expect(log.lines.at(-1)?.message).toContain('takes the spool again');
    spool.close();
  });

  it('says that it lives in memory only', () => {
    writeFileSync(join(root, 'file'), '');
    path = join(root, 'file', 'spool.sqlite');
    const spool = opened();
    spool.append([changeRecord(1)]);
    spool.tend();
    expect(spool.health()).toMatchObject({ state: 'memory', changes: 1 });
    spool.close();
    chmodSync(join(root, 'file'), 0o600);
  });
});

// A week without the server while both links flap, then the upload: nothing lost, memory and disk bounded, rollups give
// way before changes, and the backlog leaves room for heartbeats and news on a poor line.
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../../../shared/limits.ts';
import { day, hour, minute, second } from '../../../../shared/time.ts';
import { type Line, OfflineMachine } from './offline-machine.ts';

const startMs = 1_000_000;
const megabit = 125_000;
/** Virtual time is not free: a week of bursts on two links is a million steps of the core. */
const timeoutMs = 5 * minute;
let root = '';
let week = '';
let weekEndMs = 0;
let recorded = 0;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

beforeAll(() => {
  root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'vigia-week-'));
  week = join(root, 'week');
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Down for 40 s of every 100 s, and for 45 s of every 150 s. */
function flapping(link: string, nowMs: number): boolean {
  return link === 'vivo' ? nowMs % 100_000 >= 40_000 : nowMs % 150_000 >= 45_000;
}

function diskBytes(path: string): number {
  const folder = join(path, '..');
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

describe('a week offline', () => {
  it('records every change, and neither memory nor disk run away', { timeout: timeoutMs }, () => {
    const path = join(week, 'spool.sqlite');
    cpSync(mkdtempSync(join(root, 'empty-')), week, { recursive: true });
    const machine = new OfflineMachine({ path, startMs });
    machine.carries = flapping;
    const heaps: number[] = [];
    for (let days = 1; days <= 7; days += 1) {
      machine.run(startMs + days * day);
      // The test itself remembers each change; that is none of the agent's memory.
      heaps.push(heapBytes() - machine.recordedAt.size * 100);
    }
    recorded = machine.recordedAt.size;
    weekEndMs = machine.nowMs;
    const head = machine.spool.head();
    const disk = diskBytes(path);
    const mib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
    console.log(
      `a week offline, both links flapping: ${head.changes} changes, ${head.rollups} rollups, ` +
        `${mib(disk)} MiB of disk, heap ${heaps.map(mib).join(' ')} MiB by day`,
    );
    expect(head.changes).toBe(recorded);
    expect(recorded).toBeGreaterThan(20_000);
    // Nearly: rollups older than the limit have gone.
    expect(head.rollups).toBeGreaterThan(19_000);
    expect(machine.dropped.changes).toBe(0);
    expect(disk).toBeLessThan(limits.spoolBytesMax + 4 * 1024 * 1024);
    expect((heaps.at(-1) ?? 0) - (heaps[0] ?? 0)).toBeLessThan(4 * 1024 * 1024);
    machine.spool.close();
  });

  it.for([
    { name: '100 Mbit/s', line: { bytesPerSecond: 100 * megabit, roundTripMs: 20 }, within: 30 * second },
    { name: '10 Mbit/s', line: { bytesPerSecond: 10 * megabit, roundTripMs: 40 }, within: 60 * second },
    { name: '1 Mbit/s', line: { bytesPerSecond: megabit, roundTripMs: 60 }, within: 8 * minute },
    { name: '256 kbit/s', line: { bytesPerSecond: megabit / 4, roundTripMs: 100 }, within: 30 * minute },
  ] satisfies { name: string; line: Line; within: number }[])(
    'is uploaded in order over $name, changes before rollups, and no heartbeat starves',
    { timeout: timeoutMs },
    ({ name, line, within }) => {
      const copy = mkdtempSync(join(root, 'upload-'));
      cpSync(week, copy, { recursive: true });
      const machine = new OfflineMachine({ path: join(copy, 'spool.sqlite'), startMs: weekEndMs });
      machine.line = line;
      const due = machine.spool.head();
      machine.run(weekEndMs + within);
      const order = [...machine.committedAt.keys()];
      expect(order).toEqual(Array.from({ length: order.length }, (_, at) => at + 1));
      expect(order.length).toBeGreaterThanOrEqual(recorded);
      expect(machine.counters.beatsUnanswered).toBe(0);
      expect(machine.counters.resends).toBe(0);
      const changesMs = (machine.committedAt.get(due.lastChangeSeq) ?? Number.POSITIVE_INFINITY) - weekEndMs;
      const bytes = machine.bytesSent;
      machine.run(machine.nowMs + hour);
      const rollups = [...machine.rollupsAt.values()];
      expect(rollups[0] ?? 0).toBeGreaterThanOrEqual(weekEndMs + changesMs);
      expect(machine.spool.head()).toMatchObject({ changes: 0 });
      expect(machine.rollupsAt.has(due.lastRollupSeq)).toBe(true);
      const rollupsMs = (machine.rollupsAt.get(due.lastRollupSeq) ?? 0) - weekEndMs;
      console.log(
        `upload of a week over ${name}: ${due.changes} changes (${(bytes / 1e6).toFixed(1)} MB) in ` +
          `${(changesMs / second).toFixed(1)} s, rollups after ${(rollupsMs / second).toFixed(1)} s`,
      );
      machine.spool.close();
      rmSync(copy, { recursive: true });
    },
  );
});

describe('a spool smaller than a week', () => {
  it('gives up the oldest rollups, all of them before the first change, and reports it', () => {
    const folder = mkdtempSync(join(root, 'small-'));
    const bytesMax = 1024 * 1024;
    const machine = new OfflineMachine({ path: join(folder, 'spool.sqlite'), startMs, bytesMax });
    machine.carries = flapping;
    let rollupsLeftAtFirstLoss: number | undefined;
    for (let hours = 1; hours <= 24; hours += 1) {
      machine.run(startMs + hours * hour);
      if (machine.dropped.changes > 0) rollupsLeftAtFirstLoss ??= machine.spool.head().rollups;
    }
    const head = machine.spool.head();
    console.log(
      `a day with 1 MiB: dropped ${machine.dropped.rollups} rollups, then ${machine.dropped.changes} changes; ` +
        `${head.changes} changes and ${head.rollups} rollups left, ${diskBytes(join(folder, 'x'))} bytes`,
    );
    expect(machine.dropped.rollups).toBeGreaterThan(100);
    expect(machine.dropped.changes).toBeGreaterThan(0);
    // At most what came since the limit last bit.
    expect(rollupsLeftAtFirstLoss).toBeLessThan(130);
    const last = machine.spool.read('changes', 0, 100_000).records;
    const reports = last.filter(
      (record) => record.queue === 'changes' && record.change.body.kind === 'spool.lost',
    );
    expect(reports.length).toBeGreaterThan(0);
    expect(diskBytes(join(folder, 'x'))).toBeLessThan(2 * bytesMax + limits.spoolBallastBytes);
    machine.spool.close();
  });
});

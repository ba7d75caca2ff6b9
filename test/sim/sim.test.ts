// The simulation as a test: fixed fresh seeds, and some of them twice, because a run that differs from itself proves
// nothing. The seeds that ever failed are played by kept-*.test.ts; `npm run sim` runs more.
import { describe, expect, test } from 'vitest';
import type { StoredRecord } from '../../agent/core/record.ts';
import { hour } from '../../shared/time.ts';
import { createAgentDisk } from './agent-disk.ts';
import { calmMix, defaultCalmHours } from './calm.ts';
import { drawFaults } from './draw-faults.ts';
import { labelOf } from './fault-label.ts';
import { failuresOf, type Listed, run } from './kept.ts';
import { allMix, type FaultMix, firstMix, usualMix } from './mixes.ts';
import { failuresText, percentile } from './report.ts';
import { type RunResult, runSeed } from './run.ts';
import { createWorld } from './world.ts';

const fresh: readonly Listed[] = Array.from({ length: 20 }, (_, index) => {
  return { seed: 7_001 + index, days: 2, sites: 6, mix: 'usual' };
});

describe('sim: each real outage gets exactly one right ticket and nothing else gets any', () => {
  test.for(fresh)('fresh seed $seed passes', (one) => {
    expect(failuresOf(run(one))).toEqual([]);
  });
});

describe('sim: determinism', () => {
  test.for(fresh.slice(0, 3))('seed $seed gives the same journal twice', (one) => {
    const [first, second] = [run(one), run(one)];
    expect(first.inputs).toBeGreaterThan(100);
    expect(second.digest).toBe(first.digest);
    expect(second.events).toBe(first.events);
  });

  test('frames handed over as they are give the journal that text through the codec gives', () => {
    for (const seed of [7_001, 7_004]) {
      const [handed, text] = [
        runSeed({ seed, days: 1, sites: 4 }),
        runSeed({ seed, days: 1, sites: 4, wire: 'text' }),
      ];
      expect(handed.inputs).toBeGreaterThan(50);
      expect(text.digest).toBe(handed.digest);
    }
  });

  test('another seed gives another journal', () => {
    const [first, second] = [
      runSeed({ seed: 1, days: 0.3, sites: 2 }),
      runSeed({ seed: 2, days: 0.3, sites: 2 }),
    ];
    expect(second.digest).not.toBe(first.digest);
  });
});

describe('sim: how dense a history is', () => {
  test('a short run is as dense as the mix says, a long one calm', () => {
    expect(calmMix('usual', defaultCalmHours(2))).toEqual(usualMix);
    expect(calmMix('first', defaultCalmHours(14.9))).toEqual(firstMix);
    expect(defaultCalmHours(30)).toBe(24);
  });

  test('more calm makes every kind rarer by the same factor', () => {
    const calm = calmMix('usual', 24);
    expect(calm.siteCalmMs).toBe(24 * hour);
    expect(calm.extraCalmMs).toBe(6 * usualMix.extraCalmMs);
    expect(calm.nocCalmMs).toBe(6 * usualMix.nocCalmMs);
    const faults = (mix: FaultMix): number => drawFaults(1, createWorld(1, 6, true), 30, mix).length;
    expect(faults(calm) * 3).toBeLessThan(faults(usualMix));
  });

  test('plans, copies and torn writes thin with the others', () => {
    expect(calmMix('all', 24).later).toEqual({
      plannedCalmMs: 30 * hour,
      cloneCalmMs: 216 * hour,
      tornCalmMs: 96 * hour,
    });
    expect(calmMix('usual', 24).later).toBeUndefined();
  });

  test('a failure names the calm it needs to come again', () => {
    const result = runSeed({ seed: 1, days: 0.1, sites: 1 });
    const failed = { ...result, failures: [{ kind: 'missed', at: 0, what: 'a test' }] as const };
    expect(failuresText([failed], { mix: 'usual', calmHours: 24 })).toContain('--mix usual --calm 24');
  });
});

describe('sim: the later kinds of fault', () => {
  const later: readonly Listed[] = [7_101, 7_102, 7_103].map((seed) => {
    return { seed, days: 2, sites: 6, mix: 'all' };
  });

  test('they change nothing of what a seed had before them', () => {
    for (const { seed } of later) {
      const world = createWorld(seed, 6, true);
      const bare = (mix: FaultMix): readonly string[] =>
        drawFaults(seed, world, 7, mix).map((fault) => JSON.stringify({ ...fault, id: 0 }));
      const [before, after] = [bare(usualMix), bare(allMix)];
      expect(after.filter((fault) => before.includes(fault))).toEqual(before);
      expect(after.length).toBeGreaterThan(before.length);
    }
  });

  test.for(later)('fresh seed $seed passes under all of them', (one) => {
    expect(failuresOf(run(one))).toEqual([]);
  });

  test('each of them is drawn', () => {
    const labels = new Set(
      Array.from({ length: 40 }, (_, seed) => createWorld(seed, 6, true)).flatMap((world, seed) =>
        drawFaults(seed, world, 7, allMix).map((fault) => labelOf(world, fault)),
      ),
    );
    const wanted = [
      ...['agent.cloned', 'server.torn-write', 'silence.beside-the-work', 'window.beside-the-work'],
      ...[
        'agent.torn-append',
        'agent.torn-append.power-lost',
        'agent.torn-trim',
        'agent.torn-trim.power-lost',
      ],
      ...['silence.kept', 'silence.outlived', 'window.kept', 'window.outlived'],
      ...['window.return-kept', 'window.return-not-kept'],
    ];
    expect(wanted.filter((label) => !labels.has(label))).toEqual([]);
  });
});

describe('sim: a torn write', () => {
  test('is dropped as a whole when the disk is opened again, and nothing before it is', () => {
    const disk = createAgentDisk();
    const change = (seq: number): StoredRecord => {
      const at = { bootId: 'boot', monoMs: seq, wallMs: seq };
      return {
        queue: 'changes',
        seq,
        change: { at, since: at, body: { kind: 'spool.lost', seq, rollups: 1, changes: 0 } },
      };
    };
    disk.append(change(1));
    disk.tear(change(2));
    disk.recover();
    expect(disk.head()).toMatchObject({ lastChangeSeq: 1, changes: 1 });
    disk.append(change(2));
    expect(disk.read('changes', 0, 10).map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test('a copy of a disk goes its own way', () => {
    const disk = createAgentDisk();
    const copy = disk.copy();
    const at = { bootId: 'boot', monoMs: 1, wallMs: 1 };
    const body = { kind: 'spool.lost', seq: 1, rollups: 1, changes: 0 } as const;
    copy.append({ queue: 'changes', seq: 1, change: { at, since: at, body } });
    expect([disk.head().changes, copy.head().changes]).toEqual([0, 1]);
  });
});

describe('sim: the quiet fast path', () => {
  test('what is skipped changes neither which tickets are opened nor how fast', () => {
    const seeds = [7_001, 7_002];
    const run = (skip: boolean): readonly RunResult[] =>
      seeds.map((seed) => runSeed({ seed, days: 1, sites: 3, skip }));
    const [skipped, whole] = [run(true), run(false)];
    const sum = (results: readonly RunResult[], value: (one: RunResult) => number): number =>
      results.reduce((total, one) => total + value(one), 0);
    expect(sum(skipped, (one) => one.score.expected)).toBe(sum(whole, (one) => one.score.expected));
    expect(sum(skipped, (one) => one.score.found)).toBe(sum(whole, (one) => one.score.found));
    expect(sum(skipped, (one) => one.events)).toBeLessThan(sum(whole, (one) => one.events) / 4);
    const all = (results: readonly RunResult[]): readonly number[] =>
      results.flatMap(({ score }) => Object.values(score.askedMs).flat());
    const apart = (percentile(all(skipped), 0.5) ?? 0) - (percentile(all(whole), 0.5) ?? 0);
    expect(Math.abs(apart)).toBeLessThan(3_000);
  });
});

// Which criticals are told, when, and how often.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Alarm, alarmAtStart, due, heard } from '../../../../../server/console/alerts/alarm.ts';
import type { WallView } from '../../../../../server/console/store.ts';
import type { IncidentRow } from '../../../../../shared/api/incidents.ts';
import { limits } from '../../../../../shared/limits.ts';
import { incidentRow, snapshot } from '../../../../browser/wall-rows.ts';

const now = Date.UTC(2026, 10, 22, 12);

function viewOf(...rows: readonly IncidentRow[]): WallView {
  const { server } = snapshot(now);
  return {
    at: now,
    server,
    incidents: new Map(rows.map((row) => [row.id, row])),
    sites: new Map(),
    tickets: [],
  };
}

function row(id: string, more: Partial<IncidentRow> = {}): IncidentRow {
  return incidentRow(now, { id, ...more });
}

/** What is told when these views come at these instants (ms after the start). */
function toldOf(views: readonly (readonly [number, WallView])[]): readonly (readonly string[])[] {
  let alarm: Alarm | undefined;
  return views.map(([at, view]) => {
    const next = due(alarm === undefined ? alarmAtStart(view) : heard(alarm, view), view, now + at);
    alarm = next.alarm;
    return next.rows.map(({ id }) => id);
  });
}

describe('the alarm', () => {
  test('what was there when the wall was opened is never told, not even after a relapse', () => {
    const recovering = row('a', { recoveredAt: new Date(now).toISOString() });
    expect(
      toldOf([
        [0, viewOf(row('a'))],
        [1, viewOf(recovering)],
        [2, viewOf(row('a'))],
      ]),
    ).toEqual([[], [], []]);
  });

  test('a new critical is told once, however often its row changes', () => {
    const taken = row('a', { flapping: true });
    expect(
      toldOf([
        [0, viewOf()],
        [1, viewOf(row('a'))],
        [20_000, viewOf(taken)],
      ]),
    ).toEqual([[], ['a'], []]);
  });

  test('what is not critical is not told until it is raised', () => {
    const low = row('a', { priority: 'standard' });
    expect(
      toldOf([
        [0, viewOf()],
        [1, viewOf(low)],
        [2, viewOf(row('a'))],
      ]),
    ).toEqual([[], [], ['a']]);
  });

  test('a reopened incident is told again', () => {
    const again = row('a', { reopenedCount: 1 });
    expect(
      toldOf([
        [0, viewOf(row('a'))],
        [1, viewOf(again)],
      ]),
    ).toEqual([[], ['a']]);
  });

  test('a storm is told at once and then together, one telling in ten seconds', () => {
    const gap = limits.wallAlarmGapMs;
    const told = toldOf([
      [0, viewOf()],
      [1_000, viewOf(row('a'))],
      [2_000, viewOf(row('a'), row('b'))],
      [3_000, viewOf(row('a'), row('b'), row('c'))],
      [1_000 + gap - 1, viewOf(row('a'), row('b'), row('c'))],
      [1_000 + gap, viewOf(row('a'), row('b'), row('c'))],
      [1_000 + 2 * gap, viewOf(row('a'), row('b'), row('c'))],
    ]);
    expect(told).toEqual([[], ['a'], [], [], [], ['b', 'c'], []]);
  });

  test('what is over or taken before its turn needs nobody’s ear', () => {
    const told = toldOf([
      [0, viewOf()],
      [1_000, viewOf(row('a'))],
      [2_000, viewOf(row('a'), row('b'), row('c'))],
      [12_000, viewOf(row('a'), row('b', { state: 'resolved' }), row('c', { acknowledgedBy: 'Ana' }))],
    ]);
    expect(told).toEqual([[], ['a'], [], []]);
  });

  test('a browser clock put back does not silence it', () => {
    expect(
      toldOf([
        [0, viewOf()],
        [1_000, viewOf(row('a'))],
        [-3_600_000, viewOf(row('a'), row('b'))],
      ]),
    ).toEqual([[], ['a'], ['b']]);
  });

  test('whatever comes and goes: nothing twice, nothing of the start, tellings ten seconds apart', () => {
    const step = fc.record({
      waitMs: fc.integer({ min: 0, max: 6_000 }),
      ids: fc.subarray(['a', 'b', 'c', 'd', 'e']),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let at = 0;
        const present = new Set(['z']);
        const views: (readonly [number, WallView])[] = [[0, viewOf(row('z'))]];
        for (const { waitMs, ids } of steps) {
          at += waitMs;
          for (const id of ids) present.add(id);
          views.push([at, viewOf(...[...present].map((id) => row(id)))]);
        }
        const told = toldOf(views);
        const all = told.flat();
        expect(new Set(all).size).toBe(all.length);
        expect(all).not.toContain('z');
        const instants = views.filter((_, index) => (told[index]?.length ?? 0) > 0).map(([when]) => when);
        instants.forEach((when, index) => {
          const before = instants[index - 1];
          if (before !== undefined) expect(when - before).toBeGreaterThanOrEqual(limits.wallAlarmGapMs);
        });
      }),
      { numRuns: 200 },
    );
  });
});

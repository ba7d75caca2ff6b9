// The labelled corpus of ends, and what holds for every case of it whatever part of its evidence is missing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifyEnding } from '../../../../../agent/core/ending/classify.ts';
import type { EndingEvidence } from '../../../../../agent/core/ending/evidence.ts';
import { runEndings } from '../../../../../shared/words.ts';
import { allCases } from '../../../../corpus/endings/all.ts';
import { type EndingCase, newBootAt, oldBoot, stampAt } from '../../../../corpus/endings/case.ts';
import { dropOldest, pieceCount, shuffled, without } from './take-away.ts';

const some = fc.constantFrom(...allCases);
/** Right, or at least not wrong. */
const allowed = ({ expected, contradicts = [] }: EndingCase): readonly string[] => [
  expected.ending,
  'unknown',
  ...contradicts,
];

describe('the corpus', () => {
  test('has at least 60 cases, each with a name and a document of its own kind, and every ending', () => {
    expect(allCases.length).toBeGreaterThanOrEqual(60);
    expect(new Set(allCases.map(({ name }) => name)).size).toBe(allCases.length);
    for (const { document } of allCases) expect(document.length).toBeGreaterThan(5);
    expect(new Set(allCases.map(({ expected }) => expected.ending))).toEqual(new Set(runEndings));
  });

  test.each(allCases.map((each) => [each.name, each] as const))(
    '%s',
    (_, { evidence, expected, endedAfterMs }) => {
      const found = classifyEnding(evidence);
      expect(found).toMatchObject(expected);
      if (endedAfterMs !== undefined && evidence.stamp !== undefined) {
        const { clock } = evidence.stamp;
        expect(found.ended).toEqual({
          bootId: oldBoot,
          monoMs: clock.monoMs + endedAfterMs,
          wallMs: clock.wallMs + endedAfterMs,
        });
      }
    },
  );
});

describe('for every case', () => {
  test('taking any part of the evidence away never gives a wrong cause', () => {
    const masks = fc.array(fc.boolean(), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(some, masks, fc.double({ min: 0, max: 1, noNaN: true }), (each, mask, share) => {
        // Few parts or nearly all of them: both ends of the scale are hit often.
        const dropped = mask.map((one, n) => one && (n * 7919) % 40 < share * 40);
        const { ending } = classifyEnding(without(each.evidence, dropped));
        expect(allowed(each)).toContain(ending);
      }),
      { numRuns: 5_000 },
    );
  });

  test('no single part is missed wrongly', () => {
    for (const each of allCases) {
      const count = pieceCount(each.evidence);
      for (let n = 0; n < count; n += 1) {
        const dropped = Array.from({ length: count }, (_, at) => at === n);
        const { ending } = classifyEnding(without(each.evidence, dropped));
        expect(allowed(each), `${each.name}, without part ${n}`).toContain(ending);
      }
    }
  });

  test('a log that rotated, without saying so, never gives a wrong cause', () => {
    for (const each of allCases) {
      for (let count = 1; count <= 12; count += 1) {
        const { ending } = classifyEnding(dropOldest(each.evidence, count));
        expect(allowed(each), `${each.name}, without its ${count} oldest`).toContain(ending);
      }
    }
  });

  test('the order in which records were read changes nothing', () => {
    fc.assert(
      fc.property(some, fc.infiniteStream(fc.nat()), (each, stream) => {
        expect(classifyEnding(shuffled(each.evidence, stream))).toEqual(classifyEnding(each.evidence));
      }),
      { numRuns: 1_000 },
    );
  });

  test('what is told fits the wire: short lines, few of them, no account among them', () => {
    for (const { evidence } of allCases) {
      const found = classifyEnding(evidence);
      expect(found.evidence.length).toBeLessThanOrEqual(16);
      for (const { text } of found.evidence) {
        expect(text.length).toBeLessThanOrEqual(200);
        expect(text).not.toMatch(/joao|AUTHORITY/);
      }
      expect(found.endedErrorMs).toBeGreaterThanOrEqual(0);
      expect(Number.isInteger(found.endedErrorMs)).toBe(true);
    }
  });

  test('the end is never dated before the last stamp, nor after the boot that followed', () => {
    for (const { evidence } of allCases) {
      const { stamp } = evidence;
      if (stamp === undefined) continue;
      const { ended } = classifyEnding(evidence);
      expect(ended.monoMs).toBeGreaterThanOrEqual(stamp.clock.monoMs);
      if (stamp.clock.wallMs === stampAt) expect(ended.wallMs).toBeLessThanOrEqual(newBootAt);
    }
  });
});

describe('hostile records', () => {
  const word = fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom('0', '1', '0x9f', 'true', '-1', '1e9'));
  const time = fc.oneof(fc.double(), fc.integer(), fc.constant(Number.NaN));
  const windowsEvent = fc.record({
    record: fc.integer({ min: 0, max: 50 }),
    provider: fc.constantFrom(
      'Microsoft-Windows-Kernel-General',
      'Microsoft-Windows-Kernel-Power',
      'EventLog',
      'User32',
      'BugCheck',
    ),
    id: fc.constantFrom(12, 13, 41, 42, 109, 1001, 1074, 1076, 6006, 6008, 6013),
    atMs: time,
    data: fc.dictionary(
      fc.constantFrom('param1', 'param2', 'param4', 'param5', 'BugcheckCode', 'lastAliveMs'),
      word,
    ),
  });

  test('never make it throw, and the answer keeps its shape', () => {
    fc.assert(
      fc.property(fc.array(windowsEvent, { maxLength: 20 }), fc.boolean(), (events, complete) => {
        const [first] = allCases;
        const evidence: EndingEvidence = {
          ...(first?.evidence ?? { now: { bootId: 'x', monoMs: 0, wallMs: 0 }, settled: true }),
          windows: { complete, events },
        };
        const found = classifyEnding(evidence);
        expect(runEndings).toContain(found.ending);
        expect(Number.isFinite(found.ended.monoMs)).toBe(true);
        expect(Number.isInteger(found.endedErrorMs)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

test('a program started again within one boot explains nothing', () => {
  const [first] = allCases;
  if (first === undefined) throw new Error('no case');
  const { evidence } = first;
  const now = { ...evidence.now, bootId: oldBoot };
  expect(classifyEnding({ ...evidence, now }).ending).toBe('unknown');
});

// When two records are the same content: what the journal gave back and what never left memory.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differencesOf, sameData } from '../../../../../server/core/replay/same-data.ts';

const record = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.oneof(fc.constant(undefined), fc.integer({ max: 3 }), fc.array(fc.boolean(), { maxLength: 2 })),
);

describe('the same data', () => {
  it('is what comes back from JSON, whatever fields were undefined and in whatever order they stood', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ inner: record, text: fc.string() })), (data) => {
        const back = JSON.parse(JSON.stringify(data)) as unknown;
        expect(sameData(data, back)).toBe(true);
        expect(sameData(back, data)).toBe(true);
      }),
    );
    expect(sameData({ a: 1, b: 2, c: undefined }, { b: 2, a: 1 })).toBe(true);
  });

  it('is not said of two records that read differently', () => {
    fc.assert(
      fc.property(record, record, (a, b) => {
        const text = (each: object) => JSON.stringify(each, Object.keys({ ...a, ...b }).sort());
        expect(sameData(a, b)).toBe(text(a) === text(b));
        expect(differencesOf(a, b, 10).length === 0).toBe(sameData(a, b));
      }),
    );
  });

  it.each([
    [
      [1, 2],
      [2, 1],
    ],
    [[1], { 0: 1 }],
    [{}, new Map()],
    [
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
      new Map([
        ['b', 2],
        ['a', 1],
      ]),
    ],
    [new Map([['a', 1]]), new Map([['a', 2]])],
    [null, undefined],
    [0, '0'],
  ])('%j is not %j', (a, b) => {
    expect(sameData(a, b)).toBe(false);
    expect(differencesOf(a, b, 10)).not.toEqual([]);
  });

  it('names the places, at most as many as asked', () => {
    const recorded = { changes: [{ kind: 'x', at: 1 }, { kind: 'y' }], effects: [] };
    const decided = { changes: [{ kind: 'x', at: 2 }], effects: [] };
    expect(differencesOf(recorded, decided, 10)).toEqual([
      { path: 'changes[0].at', recorded: 1, decided: 2 },
      { path: 'changes[1]', recorded: { kind: 'y' }, decided: undefined },
    ]);
    expect(differencesOf(recorded, decided, 1)).toHaveLength(1);
  });
});

// The heap against a plain sorted list.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDueHeap } from '../../../../../server/core/liveness/due-heap.ts';
import { instant } from '../../../../../shared/time.ts';

const key = fc.integer({ min: 0, max: 20 }).map((n) => `k${n}`);
const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), key, at: fc.integer({ min: 0, max: 50 }) }),
  fc.record({ kind: fc.constant('remove' as const), key }),
);

describe('the heap of due instants', () => {
  it('gives the earliest key after any sets, moves and removals, ties by key', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const heap = createDueHeap<string>();
        const model = new Map<string, number>();
        for (const each of steps) {
          if (each.kind === 'set') {
            heap.set(each.key, instant(each.at));
            model.set(each.key, each.at);
          } else {
            heap.remove(each.key);
            model.delete(each.key);
          }
          const [first] = [...model].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
          expect(heap.first()).toEqual(first === undefined ? undefined : { key: first[0], at: first[1] });
          expect(heap.size()).toBe(model.size);
        }
        for (const [name, at] of model) expect(heap.at(name)).toBe(at);
      }),
    );
  });
});

// How a backlog is put on the line: small at first, larger while receipts are quick, smaller when they are slow.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StoredChange } from '../../../../../agent/core/record.ts';
import { Pace } from '../../../../../agent/core/session/pace.ts';
import { bytesOf } from '../../../../../agent/core/session/wire-items.ts';
import { limits } from '../../../../../shared/limits.ts';
import { changeRecord } from '../../../../fakes/agent-records.ts';

const changes: { readonly change: StoredChange }[] = Array.from({ length: 1_000 }, (_, at) => {
  const record = changeRecord(at + 1);
  if (record.queue !== 'changes') throw new Error('a change');
  return record;
});
const each = bytesOf(changes[0]?.change ?? fail());
const smallest = Math.floor(limits.streamMessageBytesMin / each);
const largest = Math.min(limits.changesPerMessageMax, Math.floor(limits.streamMessageBytesMax / each));

function fail(): never {
  throw new Error('no change');
}

describe('pace', () => {
  test('begins small, grows with each quick receipt up to its limit, and shrinks with slow ones down to it', () => {
    const pace = new Pace();
    const sizes: number[] = [];
    for (let n = 1; n <= 8; n += 1) {
      sizes.push(pace.batchEnd(changes, 0));
      pace.sent(n, n * 1_000);
      pace.receipted(n, n * 1_000 + limits.receiptQuickMs);
    }
    expect(sizes[0]).toBe(smallest);
    expect(sizes.at(-1)).toBe(largest);
    for (let n = 9; n <= 20; n += 1) {
      pace.sent(n, n * 5_000);
      pace.receipted(n, n * 5_000 + limits.receiptSlowMs);
    }
    expect(pace.batchEnd(changes, 0)).toBe(smallest);
  });

  test('keeps its size while receipts are neither quick nor slow, and knows no receipt of what it did not send', () => {
    const pace = new Pace();
    pace.sent(5, 0);
    pace.receipted(5, limits.receiptQuickMs + 1);
    pace.receipted(5, limits.receiptQuickMs + 2);
    pace.receipted(99, 0);
    expect(pace.batchEnd(changes, 0)).toBe(smallest);
  });

  test('begins small again with a new session, and after something had to be sent again', () => {
    for (const again of ['open', 'gaveUp'] as const) {
      const pace = new Pace();
      pace.sent(1, 0);
      pace.receipted(1, 10);
      expect(pace.batchEnd(changes, 0)).toBeGreaterThan(smallest);
      pace[again]();
      expect(pace.batchEnd(changes, 0)).toBe(smallest);
    }
  });

  test('a message carries one change at least, and no more than the wire takes', () => {
    fc.assert(
      fc.property(fc.nat(998), fc.array(fc.nat(3_000), { maxLength: 20 }), (from, waits) => {
        const pace = new Pace();
        waits.forEach((waitMs, n) => {
          pace.sent(n, n);
          pace.receipted(n, n + waitMs);
        });
        const count = pace.batchEnd(changes, from) - from;
        expect(count).toBeGreaterThanOrEqual(1);
        expect(count).toBeLessThanOrEqual(limits.changesPerMessageMax);
        expect(pace.rollupsMax).toBeLessThanOrEqual(limits.rollupsPerMessageMax);
        expect(pace.rollupsMax).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

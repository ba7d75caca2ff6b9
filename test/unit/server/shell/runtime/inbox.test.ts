// The bounded queue by itself.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInbox } from '../../../../../server/shell/runtime/inbox.ts';

describe('the inbox', () => {
  it('refuses what does not fit, counts it, and takes again once there is room', () => {
    const inbox = createInbox<number>(2);
    expect(inbox.offer(1).ok).toBe(true);
    expect(inbox.offer(2).ok).toBe(true);
    expect(inbox.offer(3)).toMatchObject({ ok: false, failure: { code: 'limit.reached', retryable: true } });
    expect(inbox.take(1)).toEqual([1]);
    expect(inbox.offer(4).ok).toBe(true);
    expect(inbox.take(10)).toEqual([2, 4]);
    expect(inbox.counters()).toEqual({ waiting: 0, waitingMax: 2, refused: 1 });
  });

  it('keeps a place for the word on time even when it is full', () => {
    const inbox = createInbox<string>(1);
    inbox.offer('news');
    inbox.offerReserved('time');
    expect(inbox.take(5)).toEqual(['news', 'time']);
  });

  it('gives everything it took, once, in order, however it is filled and emptied', () => {
    const steps = fc.array(fc.oneof(fc.constant('offer'), fc.integer({ min: 0, max: 5 })), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(steps, (plan) => {
        const inbox = createInbox<number>(20);
        const taken: number[] = [];
        const accepted: number[] = [];
        for (const [index, step] of plan.entries()) {
          if (step !== 'offer') taken.push(...inbox.take(Number(step)));
          else if (inbox.offer(index).ok) accepted.push(index);
          expect(inbox.size()).toBe(accepted.length - taken.length);
        }
        taken.push(...inbox.take(1_000));
        expect(taken).toEqual(accepted);
      }),
    );
  });
});

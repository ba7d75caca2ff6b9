// Nonces: good once, for thirty seconds, and only from this server.
import { describe, expect, it } from 'vitest';
import { createNonces } from '../../../../../server/shell/gateway/nonce.ts';
import { instant } from '../../../../../shared/time.ts';

const at = (ms: number) => instant(1_773_144_000_000 + ms);

describe('a nonce', () => {
  it('is good from its issue until thirty seconds later', () => {
    const nonces = createNonces();
    const nonce = nonces.issue(at(0));
    expect(nonce).toMatch(/^[A-Za-z0-9_-]{68}$/);
    expect([0, 30_000].map((ms) => nonces.isGood(nonce, at(ms)))).toEqual([true, true]);
    expect([-1, 30_001].map((ms) => nonces.isGood(nonce, at(ms)))).toEqual([false, false]);
  });

  it('is never the same twice, and costs no memory until it is used', () => {
    const nonces = createNonces();
    const issued = new Set(Array.from({ length: 500 }, () => nonces.issue(at(0))));
    expect(issued.size).toBe(500);
    expect(nonces.usedCount()).toBe(0);
  });

  it('is used once', () => {
    const nonces = createNonces();
    const nonce = nonces.issue(at(0));
    expect(nonces.use(nonce, at(1))).toBe('taken');
    expect(nonces.use(nonce, at(2))).toBe('used');
    expect(nonces.isGood(nonce, at(2))).toBe(false);
  });

  it('is refused with one character changed, cut, or from another server', () => {
    const nonces = createNonces();
    const nonce = nonces.issue(at(0));
    for (let n = 0; n < nonce.length; n += 1) {
      const other = nonce[n] === 'A' ? 'B' : 'A';
      expect(nonces.isGood(`${nonce.slice(0, n)}${other}${nonce.slice(n + 1)}`, at(1))).toBe(false);
    }
    expect(nonces.isGood(nonce.slice(1), at(1))).toBe(false);
    expect(nonces.isGood(`${nonce} `, at(1))).toBe(false);
    expect(nonces.isGood('', at(1))).toBe(false);
    expect(createNonces().isGood(nonce, at(1))).toBe(false);
  });

  it('stays used for as long as it would be good, and is forgotten after', () => {
    const nonces = createNonces();
    const early = nonces.issue(at(0));
    nonces.use(early, at(29_999));
    expect(nonces.isGood(early, at(30_000))).toBe(false);
    nonces.use(nonces.issue(at(60_001)), at(60_001));
    expect(nonces.usedCount()).toBe(1);
  });

  it('is not taken when too many were used within one life', () => {
    const nonces = createNonces({ usedMax: 2 });
    const take = (ms: number) => nonces.use(nonces.issue(at(ms)), at(ms));
    expect([0, 1, 2].map(take)).toEqual(['taken', 'taken', 'full']);
    expect(take(30_001)).toBe('taken');
  });
});

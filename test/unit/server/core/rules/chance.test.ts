// The arithmetic of coincidence: an exact tail against counting by hand, and the pools that the defaults speak about.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../../../../server/core/policy.ts';
import { binomialTail, chanceOf, isBeyondChance } from '../../../../../server/core/rules/chance.ts';
import { second } from '../../../../../shared/time.ts';

/** Every outcome of n coins, counted. */
function counted(k: number, n: number, p: number): number {
  let sum = 0;
  for (let outcome = 0; outcome < 2 ** n; outcome += 1) {
    const heads = outcome.toString(2).replaceAll('0', '').length;
    if (heads >= k) sum += p ** heads * (1 - p) ** (n - heads);
  }
  return sum;
}

describe('the binomial tail', () => {
  it('equals the sum over every outcome', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 }),
        fc.integer({ min: 0, max: 11 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, k, p) => {
          expect(binomialTail(k, n, p)).toBeCloseTo(counted(k, n, p), 9);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('keeps its digits where one minus the rest would have none', () => {
    const p = 1e-7;
    const second = (300 * 299) / 2;
    expect(binomialTail(2, 300, p) / (second * p * p)).toBeCloseTo(1, 3);
    expect(binomialTail(6, 300, p)).toBeGreaterThan(0);
    expect(binomialTail(6, 300, p)).toBeLessThan(1e-30);
  });

  it('never rises with k and never falls with n or p', () => {
    const link = fc.integer({ min: 1, max: 3_000 });
    const small = fc.double({ min: 1e-9, max: 0.2, noNaN: true });
    fc.assert(
      fc.property(link, fc.integer({ min: 0, max: 60 }), small, (n, k, p) => {
        const tail = binomialTail(k, n, p);
        expect(binomialTail(k + 1, n, p)).toBeLessThanOrEqual(tail * (1 + 1e-9));
        expect(binomialTail(k, n + 1, p)).toBeGreaterThanOrEqual(tail * (1 - 1e-9));
        expect(binomialTail(k, n, Math.min(1, p * 2))).toBeGreaterThanOrEqual(tail * (1 - 1e-9));
      }),
      { numRuns: 300 },
    );
  });

  it('does not call the usual improbable in a pool whose single outcomes are too small for a double', () => {
    expect(binomialTail(2, 100_000, 0.035)).toBe(1);
    expect(binomialTail(3_500, 100_000, 0.035)).toBeCloseTo(0.5, 1);
  });

  it('is sure of nothing asked and of nothing possible', () => {
    expect(binomialTail(0, 5, 0.1)).toBe(1);
    expect(binomialTail(6, 5, 0.9)).toBe(0);
    expect(binomialTail(5, 5, 1)).toBe(1);
    expect(binomialTail(1, 5, 0)).toBe(0);
  });
});

describe('beyond chance', () => {
  const together = (customers: number, links: number, spreadMs = 4 * second): boolean =>
    isBeyondChance({ customers, links, spreadMs }, defaultPolicy);

  it('takes two customers of a small pool, three of a big one, four of a very big one', () => {
    expect([together(2, 2), together(2, 8), together(2, 9)]).toEqual([true, true, false]);
    expect([together(3, 9), together(3, 300), together(3, 450)]).toEqual([true, true, false]);
    expect([together(4, 450), together(4, 3_000)]).toEqual([true, true]);
  });

  it('never takes one customer, whatever the pool', () => expect(together(1, 1)).toBe(false));

  it('asks for more when the losses lie further apart', () => {
    expect(together(2, 6, 10 * second)).toBe(true);
    expect(together(2, 6, 60 * second)).toBe(false);
    expect(together(3, 300, 60 * second)).toBe(false);
  });

  it('does not believe a spread shorter than a round can tell, nor one longer than its window', () => {
    const chance = (spreadMs: number): number =>
      chanceOf({ customers: 2, links: 6, spreadMs }, defaultPolicy);
    expect(chance(0)).toBe(chance(15 * second));
    expect(chance(90 * second)).toBe(chance(3_600 * second));
  });
});

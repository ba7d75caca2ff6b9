// Every other seed that ever failed (seeds.txt); kept-even.test.ts has the rest.
import { describe, expect, test } from 'vitest';
import { failuresOf, listed, run } from './kept.ts';

describe('sim: seeds that once failed', () => {
  const seeds = listed().filter((_, index) => index % 2 === 1);
  test.for(seeds)('$seed passes: $days days, $sites sites, $mix faults', (one) => {
    expect(failuresOf(run(one))).toEqual([]);
  });
});

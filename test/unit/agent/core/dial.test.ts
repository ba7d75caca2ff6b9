// When and by which way the next session is tried.
import { describe, expect, test } from 'vitest';
import { Dial } from '../../../../agent/core/dial.ts';
import { limits } from '../../../../shared/limits.ts';
import { seededRandom } from '../../../../shared/random.ts';
import { closeCodes } from '../../../../shared/wire/messages.ts';

const failed = { silent: true };
const lived = (livedMs: number, more: { silent?: boolean; code?: number } = {}) => ({
  silent: false,
  ...more,
  livedMs,
});

describe('ways', () => {
  test('the default route comes first, then each living source, in turn', () => {
    const dial = new Dial(seededRandom(1));
    const ways = [0, 1, 2, 3].map(() => {
      const way = dial.choose(['10.0.0.20', '10.0.0.21']);
      dial.delayMs(failed);
      return way;
    });
    expect(ways).toEqual([undefined, '10.0.0.20', '10.0.0.21', undefined]);
  });

  test('what worked is tried first again, unless it went silent', () => {
    const dial = new Dial(seededRandom(1));
    dial.choose(['s']);
    dial.delayMs(failed);
    expect(dial.choose(['s'])).toBe('s');
    dial.succeeded('s');
    dial.delayMs(lived(60_000));
    expect(dial.choose(['s'])).toBe('s');
    dial.succeeded('s');
    dial.delayMs(lived(60_000, { silent: true }));
    expect(dial.choose(['s'])).toBeUndefined();
  });

  test('a source whose link died is left out', () => {
    const dial = new Dial(seededRandom(1));
    dial.choose(['s']);
    dial.succeeded('s');
    dial.delayMs(lived(60_000));
    expect(dial.choose([])).toBeUndefined();
  });
});

describe('waits', () => {
  test('the first attempt after a loss is immediate, later ones wait within the bounds and grow', () => {
    const dial = new Dial(seededRandom(3));
    dial.choose([]);
    dial.succeeded(undefined);
    expect(dial.delayMs(lived(60_000))).toBe(0);
    const waits = Array.from({ length: 200 }, () => {
      dial.choose([]);
      return dial.delayMs(failed);
    });
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(limits.dialFloorMs);
    expect(Math.max(...waits)).toBeLessThanOrEqual(limits.dialCapMs);
    expect(waits[0]).toBeLessThanOrEqual(500);
    expect(Math.max(...waits)).toBeGreaterThan(10_000);
  });

  test('a server that welcomes and hangs up at once is not hammered', () => {
    const dial = new Dial(seededRandom(3));
    const waits = Array.from({ length: 50 }, () => {
      dial.choose([]);
      dial.succeeded(undefined);
      return dial.delayMs(lived(100));
    });
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(limits.dialFloorMs);
    expect(Math.max(...waits)).toBeGreaterThan(5_000);
  });

  test('a server that says it does not want the agent back at once is obeyed', () => {
    const dial = new Dial(seededRandom(3));
    dial.choose([]);
    expect(dial.delayMs(lived(60_000, { code: closeCodes.overloaded.code }))).toBeGreaterThan(0);
    expect(dial.delayMs(lived(60_000, { code: closeCodes.goingAway.code }))).toBe(0);
  });
});

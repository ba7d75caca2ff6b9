// When and by which way the next session is tried: no way that lives stays untried, no dead one costs twice.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Dial, type DialParts, type Way } from '../../../../../agent/core/session/dial.ts';
import { limits } from '../../../../../shared/limits.ts';
import { seededRandom } from '../../../../../shared/random.ts';
import { closeCodes } from '../../../../../shared/wire/messages.ts';

const dialOf = (more: Omit<DialParts, 'random'> = {}): Dial => new Dial({ random: seededRandom(3), ...more });
const byRoute: Way = { server: undefined, source: undefined };
const failed = { silent: true };
const lived = (livedMs: number, more: { silent?: boolean; code?: number } = {}) => ({
  silent: false,
  ...more,
  livedMs,
});

describe('ways', () => {
  test('the default route comes first, then each living source, in turn', () => {
    const dial = dialOf();
    const ways = [0, 1, 2, 3].map(() => {
      const { source } = dial.choose(['10.0.0.20', '10.0.0.21']);
      dial.delayMs(failed);
      return source;
    });
    expect(ways).toEqual([undefined, '10.0.0.20', '10.0.0.21', undefined]);
  });

  test('what worked is tried first again, unless it went silent', () => {
    const dial = dialOf();
    dial.choose(['s']);
    dial.delayMs(failed);
    expect(dial.choose(['s']).source).toBe('s');
    dial.succeeded({ ...byRoute, source: 's' });
    dial.delayMs(lived(60_000));
    expect(dial.choose(['s']).source).toBe('s');
    dial.succeeded({ ...byRoute, source: 's' });
    dial.delayMs(lived(60_000, { silent: true }));
    expect(dial.choose(['s']).source).toBeUndefined();
  });

  test('a source whose link died is left out', () => {
    const dial = dialOf();
    dial.choose(['s']);
    dial.succeeded({ ...byRoute, source: 's' });
    dial.delayMs(lived(60_000));
    expect(dial.choose([]).source).toBeUndefined();
  });
});

describe('two addresses of the server', () => {
  const a = 'https://a.example';
  const b = 'https://b.example';
  const c = 'https://c.example';
  const next = (dial: Dial, sources: readonly string[] = []): Way => dial.choose(sources);
  const fails = (dial: Dial, sources: readonly string[] = []): Way => {
    const way = next(dial, sources);
    dial.delayMs(failed);
    return way;
  };

  test('a dead first address costs one failed attempt, and none at the next loss', () => {
    const dial = dialOf({ servers: [a, b] });
    expect(fails(dial).server).toBe(a);
    expect(next(dial).server).toBe(b);
    dial.succeeded({ server: b, source: undefined });
    dial.delayMs(lived(60_000));
    expect(next(dial).server).toBe(b);
  });

  test('what failed is left in both respects at once, so that server and route need not be told apart', () => {
    const dial = dialOf({ servers: [a, b] });
    expect(fails(dial, ['s'])).toEqual({ server: a, source: undefined });
    expect(fails(dial, ['s'])).toEqual({ server: b, source: 's' });
  });

  test('a silent session is looked for by another route before a server that had moved away', () => {
    const dial = dialOf({ servers: [a, b] });
    fails(dial, ['s']);
    next(dial, ['s']);
    dial.succeeded({ server: b, source: undefined });
    next(dial, ['s']);
    dial.delayMs(lived(60_000, { silent: true }));
    expect(fails(dial, ['s'])).toEqual({ server: b, source: 's' });
    expect(next(dial, ['s']).server).toBe(a);
  });

  test('an announced address joins those of the enrolment, and is enough when they are gone', () => {
    const dial = dialOf({ servers: [a] });
    next(dial);
    dial.succeeded({ server: a, source: undefined });
    expect(dial.announced([b])).toEqual([]);
    dial.delayMs(lived(60_000));
    expect(fails(dial).server).toBe(a);
    expect(next(dial).server).toBe(b);
  });

  test('the address that works stays known when nobody announces it any more', () => {
    const dial = dialOf({ servers: [a] });
    dial.announced([b]);
    next(dial);
    dial.succeeded({ server: b, source: undefined });
    dial.announced([]);
    expect(next(dial).server).toBe(b);
  });

  test('the last server of the run before is the first one tried', () => {
    const dial = dialOf({ servers: [a, b], lastServer: b });
    expect([fails(dial).server, fails(dial).server]).toEqual([b, a]);
    expect(next(dialOf({ servers: [a], lastServer: c })).server).toBe(c);
    expect(next(dialOf({ servers: [a], lastServer: 'gopher' })).server).toBe(a);
  });

  test('an announced address is held to the rules of a typed one', () => {
    const strict = dialOf({ servers: [a] });
    const bad = ['http://b.example', 'ftp://b.example', 'https://u:p@b.example', 'b', ''];
    for (const text of bad) expect(strict.announced([text])).toEqual([text]);
    expect([fails(strict).server, fails(strict).server]).toEqual([a, a]);
    const lax = dialOf({ servers: [a], allowInsecureHttp: true });
    expect(lax.announced(['http://b.example'])).toEqual([]);
    const many = Array.from({ length: limits.serverAddressesMax + 1 }, (_, n) => `https://s${n}.example`);
    expect(strict.announced(many)).toEqual(many.slice(-1));
  });
});

describe('any ways', () => {
  const servers = ['https://a.example', 'https://b.example', 'https://c.example'];
  const sources = ['10.0.0.20', '10.0.0.21', '10.0.0.22'];
  const all = [undefined, ...sources].flatMap((source) => servers.map((server) => ({ server, source })));
  const same = (one: Way, other: Way): boolean => one.server === other.server && one.source === other.source;

  /** Attempts until one of the living ways is dialled. */
  const tries = (dial: Dial, isAlive: (way: Way) => boolean): number => {
    for (let count = 1; count <= 2 * all.length; count += 1) {
      const way = dial.choose(sources);
      if (isAlive(way)) {
        dial.succeeded(way);
        return count;
      }
      dial.delayMs(failed);
    }
    return Number.POSITIVE_INFINITY;
  };

  test('with any subset of ways alive, one of them is dialled before any dead one is dialled twice', () => {
    const worlds = fc.array(fc.subarray(all, { minLength: 1 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(worlds, (subsets) => {
        const dial = dialOf({ servers });
        for (const alive of subsets) {
          expect(tries(dial, (way) => alive.some((each) => same(each, way)))).toBeLessThanOrEqual(all.length);
          dial.delayMs(lived(60_000, { silent: true }));
        }
      }),
    );
  });

  test('dead servers alone, or dead routes alone, cost one attempt each and not one for every pair', () => {
    fc.assert(
      fc.property(fc.subarray(servers, { minLength: 1 }), (alive) => {
        const isAlive = ({ server = '' }: Way): boolean => alive.includes(server);
        expect(tries(dialOf({ servers }), isAlive)).toBeLessThanOrEqual(servers.length - alive.length + 1);
      }),
    );
    fc.assert(
      fc.property(fc.subarray([undefined, ...sources], { minLength: 1 }), (alive) => {
        const isAlive = ({ source }: Way): boolean => alive.includes(source);
        expect(tries(dialOf({ servers }), isAlive)).toBeLessThanOrEqual(sources.length - alive.length + 2);
      }),
    );
  });
});

describe('waits', () => {
  test('the first attempt after a loss is immediate, later ones wait within the bounds and grow', () => {
    const dial = dialOf();
    dial.choose([]);
    dial.succeeded(byRoute);
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
    const dial = dialOf();
    const waits = Array.from({ length: 50 }, () => {
      dial.choose([]);
      dial.succeeded(byRoute);
      return dial.delayMs(lived(100));
    });
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(limits.dialFloorMs);
    expect(Math.max(...waits)).toBeGreaterThan(5_000);
  });

  test('a server that says it does not want the agent back at once is obeyed', () => {
    const dial = dialOf();
    dial.choose([]);
    expect(dial.delayMs(lived(60_000, { code: closeCodes.overloaded.code }))).toBeGreaterThan(0);
    expect(dial.delayMs(lived(60_000, { code: closeCodes.goingAway.code }))).toBe(0);
  });
});

describe('a machine refused as a clone', () => {
  test('dials seldom, however long its session lived, and no link that comes back hurries it', () => {
    const dial = dialOf();
    for (let n = 0; n < 12; n += 1) {
      dial.choose([]);
      const delayMs = dial.delayMs(lived(n % 2 === 0 ? 0 : 600_000, { code: closeCodes.cloned.code }));
      expect(delayMs).toBeGreaterThanOrEqual(limits.dialCapMs);
      expect(delayMs).toBeLessThanOrEqual(limits.cloneDialCapMs);
      expect(dial.wayBackMs()).toBeUndefined();
    }
  });
});

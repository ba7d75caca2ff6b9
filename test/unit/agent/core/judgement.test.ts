// Soft, then hard: the status machine alone, one sight after another.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../../agent/core/input.ts';
import { type Hardness, Judgement, type Sight } from '../../../../agent/core/judgement.ts';

const good: Sight = { seen: 'up', proves: 'all' };
const plain: Sight = { seen: 'up', proves: 'nothing' };
const bad: Sight = { seen: 'down', layer: 'provider', proves: 'nothing' };
const badGateway: Sight = { seen: 'down', layer: 'gateway', proves: 'nothing' };
const noDns: Sight = { seen: 'degraded', layer: 'dns', proves: 'nothing' };
const portal: Sight = { seen: 'degraded', layer: 'captive-portal', proves: 'nothing' };
const hardness: Hardness = { downRounds: 3, upRounds: 8, lapseMs: 11_500 };

const at = (second: number): Clock => ({ bootId: 'b', monoMs: second * 1_000, wallMs: 0 });

/** One sight a second; gives what was reported as `second:status/layer/since/recovering`. */
function play(sights: readonly Sight[], judgement = new Judgement(), from = 0): string[] {
  return sights.flatMap((sight, index) => {
    if (!judgement.observe(sight, at(from + index), hardness)) return [];
    const { status, layer, since, recovering } = judgement.standing;
    const words = [
      status,
      layer,
      `since ${(since?.monoMs ?? 0) / 1_000}`,
      recovering ? 'recovering' : undefined,
    ];
    return [`${from + index}: ${words.filter((word) => word !== undefined).join(' ')}`];
  });
}
const times = (count: number, sight: Sight): Sight[] => Array.from({ length: count }, () => sight);

describe('link status', () => {
  test('the first good round makes it up', () => {
    expect(play([good])).toEqual(['0: up since 0']);
  });

  test('it is down after the suspicious round and three more bad ones, since the first', () => {
    expect(play([good, ...times(4, bad)])).toEqual(['0: up since 0', '4: down provider since 1']);
  });

  test('the suspicious round is not counted', () => {
    expect(play([good, ...times(3, bad)])).toEqual(['0: up since 0']);
  });

  test('a blip of three bad rounds leaves no trace', () => {
    expect(play([good, ...times(3, bad), good, ...times(3, bad), good])).toEqual(['0: up since 0']);
  });

  test('a link that is dead from the start becomes down without ever being up', () => {
    expect(play(times(4, bad))).toEqual(['3: down provider since 0']);
  });

  test('the first good round recovers, the eighth settles, since the first', () => {
    expect(play([...times(4, bad), ...times(8, good)])).toEqual([
      '3: down provider since 0',
      '4: down provider since 0 recovering',
      '11: up since 4',
    ]);
  });

  test('a recovery that fails falls back with the old start, and the next one counts anew', () => {
    expect(play([...times(4, bad), ...times(7, good), bad, ...times(8, good)])).toEqual([
      '3: down provider since 0',
      '4: down provider since 0 recovering',
      '11: down provider since 0',
      '12: down provider since 0 recovering',
      '19: up since 12',
    ]);
  });

  test('the layer of the stretch is the most frequent one, the latest among equals', () => {
    expect(play([badGateway, bad, bad, bad])).toEqual(['3: down provider since 0']);
    expect(play([badGateway, badGateway, bad, bad])).toEqual(['3: down provider since 0']);
    expect(play([bad, badGateway, badGateway, badGateway])).toEqual(['3: down gateway since 0']);
  });

  test('while down the layer moves only after three rounds in a row that name the same other one', () => {
    expect(play([...times(4, bad), badGateway, badGateway, bad, ...times(3, badGateway)])).toEqual([
      '3: down provider since 0',
      '9: down gateway since 0',
    ]);
  });
});

describe('degraded', () => {
  test('it needs as many rounds as down, and as many good ones to clear', () => {
    expect(play([good, ...times(4, noDns), ...times(8, good)])).toEqual([
      '0: up since 0',
      '4: degraded dns since 1',
      '12: up since 5',
    ]);
  });

  test('a good round that did not ask DNS clears nothing', () => {
    expect(play([good, noDns, plain, noDns, plain, noDns, noDns, ...times(20, plain)])).toEqual([
      '0: up since 0',
      '6: degraded dns since 1',
    ]);
  });

  test('a page that fails clears a dead DNS but not a portal', () => {
    const dnsOnly: Sight = { seen: 'up', proves: 'dns' };
    expect(play([good, ...times(4, noDns), ...times(8, dnsOnly)]).at(-1)).toBe('12: up since 5');
    expect(play([good, ...times(4, portal), ...times(30, dnsOnly)]).at(-1)).toBe(
      '4: degraded captive-portal since 1',
    );
  });

  test('a degraded link that dies becomes down with its own start', () => {
    expect(play([good, ...times(4, noDns), ...times(4, bad)]).at(-1)).toBe('8: down provider since 5');
  });

  test('bad rounds in between break a degraded stretch', () => {
    expect(play([good, noDns, noDns, noDns, bad, noDns, noDns, noDns])).toEqual(['0: up since 0']);
  });

  test('a link that comes back without DNS settles as degraded', () => {
    expect(play([...times(4, bad), ...times(8, noDns)])).toEqual([
      '3: down provider since 0',
      '4: down provider since 0 recovering',
      '11: degraded dns since 4',
    ]);
  });
});

describe('evidence that stops', () => {
  test('a doubt without evidence for long does not go on where it stopped', () => {
    const judgement = new Judgement();
    play([good, bad, bad, bad], judgement);
    expect(play([bad, bad, bad], judgement, 600)).toEqual([]);
    expect(play([bad], judgement, 603)).toEqual(['603: down provider since 600']);
  });

  test('a recovery that nobody can follow is taken back', () => {
    const judgement = new Judgement();
    play([...times(4, bad), good], judgement);
    expect(judgement.lapse(10_000, hardness)).toBe(false);
    expect(judgement.lapse(16_000, hardness)).toBe(true);
    expect(judgement.standing).toMatchObject({ status: 'down', recovering: false });
    expect(judgement.lapse(99_000, hardness)).toBe(false);
  });

  test('what was good is withdrawn, what is down stands', () => {
    const judgement = new Judgement();
    play([good], judgement);
    expect(judgement.withdraw(at(5))).toBe(true);
    expect(judgement.standing.status).toBe('unknown');
    expect(judgement.withdraw(at(6))).toBe(false);
    play(times(4, bad), judgement, 10);
    expect(judgement.withdraw(at(20))).toBe(false);
    expect(judgement.standing.status).toBe('down');
  });
});

describe('a replaced measurement', () => {
  test('says nothing when the new one agrees, and keeps the start', () => {
    const judgement = new Judgement();
    play([good], judgement);
    judgement.reset();
    expect(play([good, good], judgement, 50)).toEqual([]);
    expect(judgement.standing).toMatchObject({ status: 'up', since: at(0) });
  });

  test('reports what differs', () => {
    const judgement = new Judgement();
    play([good], judgement);
    judgement.reset();
    expect(play(times(4, bad), judgement, 50)).toEqual(['53: down provider since 50']);
  });

  test('ends a recovery that was reported and did not go on', () => {
    const judgement = new Judgement();
    play([...times(4, bad), good], judgement);
    judgement.reset();
    expect(play(times(4, bad), judgement, 50)).toEqual(['53: down provider since 0']);
  });
});

test('whatever is seen, changes alternate legally and starts never run backwards', () => {
  const sight = fc.constantFrom(good, plain, bad, badGateway, noDns, portal);
  const steps = fc.array(fc.tuple(sight, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 30 })), {
    maxLength: 300,
    size: 'max',
  });
  fc.assert(
    fc.property(steps, (played) => {
      const judgement = new Judgement();
      let second = 0;
      let before = judgement.standing;
      for (const [seen, gap, extra] of played) {
        second += extra === 0 ? gap : 1;
        if (extra === 30) judgement.reset();
        if (extra === 29) judgement.lapse(second * 1_000, hardness);
        const changed = judgement.observe(seen, at(second), hardness);
        const now = judgement.standing;
        if (extra < 29 && !changed && now.status !== 'unknown' && before.status !== 'unknown') {
          expect(now).toEqual(before);
        }
        if (changed) {
          expect(now).not.toEqual(before);
          expect(now.recovering).toBe(now.recovering && now.status === 'down');
          expect(now.since?.monoMs).toBeLessThanOrEqual(second * 1_000);
          expect(now.layer === undefined).toBe(now.status === 'up');
          if (before.since !== undefined && before.status !== now.status) {
            expect(now.since?.monoMs).toBeGreaterThanOrEqual(before.since.monoMs);
          }
          if (now.status === 'up') expect(seen.seen === 'up' || before.status === 'down').toBe(true);
          if (now.status === 'down' && !now.recovering) expect(seen.seen).toBe('down');
        }
        before = now;
      }
    }),
    { numRuns: 300 },
  );
});

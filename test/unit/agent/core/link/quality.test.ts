// A link's quality over a window: when it is bad, since when, and what is no trouble of the link.
import { describe, expect, test } from 'vitest';
import type { Clock, TargetResult } from '../../../../../agent/core/input.ts';
import { lowerMedian, Quality } from '../../../../../agent/core/link/quality.ts';
import { type Random, seededRandom } from '../../../../../shared/random.ts';
import { defaultQuality } from '../../../../../shared/wire/assignment.ts';
import { anchors } from '../rig.ts';

interface Line {
  /** Probability of a loss, per anchor. */
  readonly loss?: number | readonly number[];
  readonly rttMs?: number | readonly number[];
  /** Each answer lies this far from the one before. */
  readonly stepMs?: number;
}

const of = (value: number | readonly number[] | undefined, index: number, otherwise: number): number =>
  typeof value === 'number' || value === undefined ? (value ?? otherwise) : (value[index] ?? otherwise);

class Bench {
  readonly quality = new Quality({ anchors, limits: defaultQuality, roundMs: 5_000 });
  nowMs = 1_000_000;
  /** What was told, when, and since when, in seconds of this bench. */
  readonly told: { readonly by: string; readonly atS: number; readonly sinceS: number | undefined }[] = [];
  readonly #random: Random;
  #odd = false;

  constructor(seed = 11) {
    this.#random = seededRandom(seed);
  }

  run(forMs: number, line: Line = {}, everyMs = 5_000): this {
    for (const end = this.nowMs + forMs; this.nowMs < end; this.nowMs += everyMs) this.round(line);
    return this;
  }

  round({ loss, rttMs, stepMs = 0 }: Line): void {
    this.#odd = !this.#odd;
    const targets = anchors.map((target, index): TargetResult => {
      const lost = this.#random.next() < of(loss, index, 0) ? 1 : 0;
      const rtt = of(rttMs, index, 20) + (this.#odd ? stepMs : 0);
      return { target, role: 'anchor', method: 'icmp', sent: 1, lost, rttMs: lost === 1 ? undefined : rtt };
    });
    const at: Clock = { bootId: 'b', monoMs: this.nowMs, wallMs: 0 };
    if (!this.quality.add(targets, { sentAt: at, mayJudge: true })) return;
    const sinceMs = this.quality.since?.monoMs;
    this.told.push({
      by: this.quality.by.join(),
      atS: this.#seconds(this.nowMs),
      sinceS: sinceMs === undefined ? undefined : this.#seconds(sinceMs),
    });
  }

  #seconds(ms: number): number {
    return (ms - 1_000_000) / 1_000;
  }
}

describe('quality: loss', () => {
  test('of 20 % is told within two minutes, since about its beginning, and cleared when it is over', () => {
    const bench = new Bench().run(600_000).run(300_000, { loss: 0.2 }).run(300_000);
    expect(bench.told.map(({ by }) => by)).toEqual(['loss', '']);
    expect(bench.told[0]?.atS).toBeGreaterThan(600);
    expect(bench.told[0]?.atS).toBeLessThanOrEqual(720);
    expect(Math.abs((bench.told[0]?.sinceS ?? 0) - 600)).toBeLessThanOrEqual(15);
    expect(Math.abs((bench.told[1]?.sinceS ?? 0) - 900)).toBeLessThanOrEqual(15);
    expect(bench.told[1]?.atS).toBeLessThanOrEqual(900 + 190);
  });

  test('between the limits raises nothing and clears nothing', () => {
    expect(new Bench().run(600_000, { loss: 0.04 }).told).toEqual([]);
    const bench = new Bench().run(300_000, { loss: 0.3 }).run(600_000, { loss: 0.07 });
    expect(bench.told.map(({ by }) => by)).toEqual(['loss']);
  });

  test('of one anchor alone, dead or lossy, is not the link’s', () => {
    expect(new Bench().run(900_000, { loss: [1, 0, 0] }).told).toEqual([]);
    expect(new Bench().run(900_000, { loss: [0.5, 0, 0] }).told).toEqual([]);
  });

  test('of one that dies or comes back is not the link’s either, whatever the others lose by chance', () => {
    for (let seed = 0; seed < 400; seed += 1) {
      const bench = new Bench(seed).run(180_000, { loss: 0.02 }).run(240_000, { loss: [0.02, 1, 0.02] });
      expect([seed, bench.run(180_000, { loss: 0.02 }).told]).toEqual([seed, []]);
    }
  });

  test('of 20 % is told within three minutes, whatever its luck', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const bench = new Bench(seed).run(180_000).run(180_000, { loss: 0.2 }, 2_500);
      expect([seed, bench.told.map(({ by }) => by)]).toEqual([seed, ['loss']]);
    }
  });

  test('of the living anchors is told beside a dead one, at its true share', () => {
    const bench = new Bench().run(300_000, { loss: [1, 0.3, 0.3] });
    expect(bench.told.map(({ by }) => by)).toEqual(['loss']);
    expect(bench.quality.reading?.lossRatio).toBeLessThan(0.5);
  });

  test('is not judged before a whole window was seen, nor from a window with holes', () => {
    expect(new Bench().run(115_000, { loss: 0.5 }).told).toEqual([]);
    expect(new Bench().run(900_000, { loss: 0.5 }, 15_000).told).toEqual([]);
  });

  test('in a burst of rounds each second weighs as long as it lasts, not as often as it was seen', () => {
    const bench = new Bench().run(300_000).run(9_000, { loss: 1 }, 1_000).run(300_000);
    expect(bench.told).toEqual([]);
    const calm = new Bench().run(300_000).run(60_000, { loss: 1 }).run(10_000, {}, 100);
    expect(calm.told.map(({ by }) => by)).toEqual(['loss']);
  });

  test('of before a reset is forgotten: the window starts anew', () => {
    const bench = new Bench().run(300_000, { loss: 0.5 });
    bench.quality.reset();
    bench.told.length = 0;
    bench.run(115_000, { loss: 0.5 });
    expect(bench.told).toEqual([]);
    expect(bench.quality.by).toEqual([]);
  });
});

describe('quality: latency and jitter', () => {
  test('400 ms more is told as latency, and no more below the clearing limit', () => {
    const bench = new Bench().run(300_000).run(300_000, { rttMs: 420 }).run(300_000, { rttMs: 300 });
    expect(bench.told.map(({ by }) => by)).toEqual(['latency']);
    expect(Math.abs((bench.told[0]?.sinceS ?? 0) - 300)).toBeLessThanOrEqual(10);
    bench.run(300_000, { rttMs: 200 });
    expect(bench.told.map(({ by }) => by)).toEqual(['latency', '']);
  });

  test('of one slow anchor is not the link’s', () => {
    expect(new Bench().run(600_000, { rttMs: [900, 20, 20] }).told).toEqual([]);
  });

  test('answers that leap are told as jitter', () => {
    const bench = new Bench().run(200_000).run(300_000, { stepMs: 150 });
    expect(bench.told.map(({ by }) => by)).toEqual(['jitter']);
  });

  test('a trouble beside a known one is told once a window at most', () => {
    const bench = new Bench()
      .run(200_000)
      .run(130_000, { rttMs: 420 })
      .run(400_000, { rttMs: 420, loss: 0.3 });
    expect(bench.told.map(({ by }) => by)).toEqual(['latency', 'loss,latency']);
    const [first, second] = bench.told;
    expect((second?.atS ?? 0) - (first?.atS ?? 0)).toBeGreaterThanOrEqual(120);
    expect(second?.sinceS).toBe(first?.sinceS);
  });
});

test('quality: the evidence names each anchor with what the window holds of it', () => {
  const bench = new Bench().run(300_000, { loss: [1, 0, 0], rttMs: 30 });
  const evidence = bench.quality.evidence();
  expect(evidence.map(({ target, sent, lost }) => [target, sent === lost])).toEqual([
    ['1.1.1.1', true],
    ['8.8.8.8', false],
    ['9.9.9.9', false],
  ]);
  expect(evidence[1]?.rttMs).toBe(30);
});

test('quality: half of the values may be wild and the lower middle one stands', () => {
  expect(lowerMedian([5, 900, 4, 800])).toBe(5);
  expect(lowerMedian([undefined, 7])).toBe(7);
  expect(lowerMedian([])).toBeUndefined();
});

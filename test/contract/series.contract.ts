// What every series store promises. Each adapter runs this suite.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Series } from '../../server/ports/series.ts';
import { agentId, siteId } from '../../shared/ids.ts';
import { minute } from '../../shared/time.ts';
import type { Rollup } from '../../shared/wire/messages.ts';
import { at, matriz } from './samples.ts';
import type { Kept } from './stores.ts';

const a1 = agentId('a1');

export function seriesContract(name: string, make: () => Kept<Series>): void {
  describe(`series on ${name}`, () => {
    let kept: Kept<Series>;
    let series: Series;

    beforeEach(() => {
      kept = make();
      series = kept.open();
    });
    afterEach(() => kept.remove());

    const save = (items: readonly Rollup[], more: { agent?: typeof a1; epoch?: number } = {}) =>
      series.save({ agent: more.agent ?? a1, site: matriz, epoch: more.epoch ?? 1, items });
    const read = (from = 0, to = 100 * minute, link = 'vivo') =>
      series.read({ site: matriz, link, from: at(from), to: at(to) });

    it('gives back what was saved, by time, after a restart', () => {
      const [first, second] = [rollup(1), rollup(2, { rttAvgMs: 12.5, jitterMs: 0.25 })];
      expect(save([second, first])).toBe(2);
      series = kept.reopen();
      const points = read();
      expect(points.map(({ at: pointAt }) => pointAt)).toEqual([first.at, second.at]);
      const { seq: _seq, ...rest } = second;
      expect(points[1]).toEqual({ ...rest, agent: a1 });
    });

    it('changes nothing when the same rollup comes again', () => {
      save([rollup(1, { lost: 1 })]);
      expect(save([rollup(1, { lost: 9 }), rollup(2)])).toBe(2);
      expect(read().map(({ lost }) => lost)).toEqual([1, 0]);
    });

    it('keeps the same seq of another epoch or agent apart', () => {
      save([rollup(1)]);
      save([rollup(1)], { epoch: 2 });
      save([rollup(1)], { agent: agentId('a2') });
      expect(read()).toHaveLength(3);
    });

    it('receipts the highest committed seq of an epoch, which never goes back', () => {
      expect(series.receipt(a1, 1)).toBe(0);
      expect(save([rollup(5), rollup(3)])).toBe(5);
      expect(save([rollup(4)])).toBe(5);
      expect(save([])).toBe(5);
      series = kept.reopen();
      expect(series.receipt(a1, 1)).toBe(5);
      expect(series.receipt(a1, 2)).toBe(0);
      expect(series.receipt(agentId('a2'), 1)).toBe(0);
    });

    it('reads one link of one site, from inclusive, to exclusive', () => {
      save([rollup(1), rollup(2), rollup(3), rollup(4, { link: 'claro' })]);
      expect(read(1 * minute, 3 * minute)).toHaveLength(2);
      expect(read(0, 100 * minute, 'claro')).toHaveLength(1);
      expect(series.read({ site: siteId('borba', 'x'), link: 'vivo', from: at(0), to: at(minute) })).toEqual(
        [],
      );
    });

    it('prunes what is older and keeps the receipts', () => {
      save([rollup(1), rollup(2), rollup(3)]);
      expect(series.prune(at(3 * minute), 10)).toMatchObject({ value: 2 });
      expect(series.prune(at(3 * minute), 10)).toMatchObject({ value: 0 });
      series = kept.reopen();
      expect(read()).toHaveLength(1);
      series.prune(at(1_000 * minute), 10);
      expect(series.receipt(a1, 1)).toBe(3);
    });

    it('prunes the oldest first, no more than it is told, and counts nothing twice afterwards', () => {
      save([rollup(1), rollup(2), rollup(3), rollup(4)]);
      expect(series.prune(at(4 * minute), 2)).toMatchObject({ value: 2 });
      expect(read().map((point) => point.at)).toEqual([at(3 * minute), at(4 * minute)]);
      expect(series.prune(at(4 * minute), 2)).toMatchObject({ value: 1 });
      expect(save([rollup(2), rollup(3)])).toBe(4);
    });
  });
}

function rollup(seq: number, more: Partial<Rollup> = {}): Rollup {
  return { seq, at: at(seq * minute), link: 'vivo', sent: 12, lost: 0, ...more };
}

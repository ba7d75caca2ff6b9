// Rollups in memory, for tests and the simulator. Must behave as the sqlite one does; the contract holds them equal.
import type { SiteId } from '../../../shared/ids.ts';
import { ok } from '../../../shared/result.ts';
import type { Instant } from '../../../shared/time.ts';
import type { Series, SeriesPoint } from '../../ports/series.ts';

interface Held {
  readonly site: SiteId;
  readonly order: readonly [epoch: number, seq: number];
  readonly point: SeriesPoint;
}

export function createMemorySeries(): Series {
  /** By `agent epoch seq`. */
  const points = new Map<string, Held>();
  /** By `agent epoch`; kept apart, since pruning must not take receipts back. */
  const receipts = new Map<string, number>();
  const read: Series['read'] = ({ site, link, from, to }) =>
    [...points.values()]
      .filter((held) => held.site === site && held.point.link === link)
      .filter(({ point }) => point.at >= from && point.at < to)
      .sort(byTime)
      .map(({ point }) => point);
  const receipt: Series['receipt'] = (agent, epoch) => receipts.get(`${agent} ${epoch}`) ?? 0;
  return {
    save: ({ agent, site, epoch, items }) => {
      let highest = receipt(agent, epoch);
      for (const { seq, ...rollup } of items) {
        highest = Math.max(highest, seq);
        const key = `${agent} ${epoch} ${seq}`;
        if (!points.has(key)) points.set(key, { site, order: [epoch, seq], point: { ...rollup, agent } });
      }
      if (items.length > 0) receipts.set(`${agent} ${epoch}`, highest);
      return highest;
    },
    receipt,
    read,
    presence: ({ bridgeMs, ...query }) => {
      const sent = read(query).filter((point) => point.sent > 0);
      const agents = [...new Set(sent.map(({ agent }) => agent))].sort();
      return agents.flatMap((agent) => {
        const stretches: { agent: typeof agent; first: Instant; last: Instant }[] = [];
        for (const { at } of sent.filter((point) => point.agent === agent)) {
          const running = stretches.at(-1);
          if (running === undefined || at - running.last > bridgeMs)
            stretches.push({ agent, first: at, last: at });
          else running.last = at;
        }
        return stretches;
      });
    },
    prune: (before, rowsMax) => {
      const old = [...points].filter(([, { point }]) => point.at < before);
      old.sort(([, a], [, b]) => byTime(a, b));
      for (const [key] of old.slice(0, rowsMax)) points.delete(key);
      return ok(Math.min(old.length, rowsMax));
    },
    close: () => {},
  };
}

function byTime(a: Held, b: Held): number {
  if (a.point.at !== b.point.at) return a.point.at - b.point.at;
  if (a.point.agent !== b.point.agent) return a.point.agent < b.point.agent ? -1 : 1;
  return a.order[0] - b.order[0] || a.order[1] - b.order[1];
}

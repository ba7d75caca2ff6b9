// The server's stores with the made-up past before what is really stored: agents enrol at the real door and are written
// down as of long ago, and the minutes before the story are worked out when they are read. Two months of sixty sites are
// some ten million minutes: written, they would take longer than the whole story. Must never change what is stored since.
import { siteId } from '../../shared/ids.ts';
import type { Registry } from '../ports/registry.ts';
import type { Series } from '../ports/series.ts';
import { type DemoSite, demoSites } from './fleet.ts';
import { minuteOf, type Past, pastMinutes } from './past.ts';

export interface PastStores {
  readonly registry: Registry;
  readonly series: Series;
}

const sites = new Map<string, DemoSite>(demoSites.map((site) => [siteId(site.customer, site.site), site]));

export function withPast({ registry, series }: PastStores, past: Past): PastStores {
  return { registry: pastRegistry(registry, past), series: pastSeries({ registry, series }, past) };
}

function pastRegistry(registry: Registry, { enrolledAt }: Past): Registry {
  return {
    ...registry,
    enrol: (digest, now, make) =>
      registry.enrol(digest, now, (token) => {
        const record = make(token);
        const site = sites.get(record.site);
        return site === undefined ? record : { ...record, enrolledAt: enrolledAt(site) };
      }),
  };
}

function pastSeries({ registry, series }: PastStores, past: Past): Series {
  /** Whose word the past's minutes of a link are: the first machine of the site measures. */
  const witnessOf = ({ site, link }: Parameters<Series['read']>[0]) => {
    const known = sites.get(site);
    const index = known?.links.findIndex(({ key }) => key === link) ?? -1;
    const agent = registry.agents().find((each) => each.site === site && each.host === known?.agents[0]);
    return known === undefined || index < 0 || agent === undefined
      ? undefined
      : { site: known, link: index, agent: agent.id };
  };
  return {
    ...series,
    read: (query) => {
      const witness = witnessOf(query);
      const stored = series.read(query);
      if (witness === undefined) return stored;
      const { agent, site, link } = witness;
      const { from, to } = query;
      return [...pastMinutes(past, { site, link, from, to }).map((each) => ({ ...each, agent })), ...stored];
    },
    presence: (query) => {
      const witness = witnessOf(query);
      const stored = series.presence(query);
      if (witness === undefined) return stored;
      const { agent, site } = witness;
      const first = past.enrolledAt(site);
      const begin = query.from > first ? query.from : first;
      const last = minuteOf(query.to < past.until ? query.to : past.until);
      return begin > last ? stored : [{ agent, first: begin, last }, ...stored];
    },
  };
}

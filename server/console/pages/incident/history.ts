// The history of the thing an incident is about: which question to ask the server, and what its answer adds up to. Pure.
import type { IncidentRow } from '../../../../shared/api/incidents.ts';
import { limits } from '../../../../shared/limits.ts';
import { day } from '../../../../shared/time.ts';
import { impactMs } from './story.ts';

export const historyDays = [30, 90] as const;
export type HistoryDays = (typeof historyDays)[number];

export type HistoryOf = 'link' | 'host' | 'site' | 'provider' | 'kind';

export function historyOf({ site, link, host, provider }: IncidentRow): HistoryOf {
  if (site !== null) return link !== null ? 'link' : host !== null ? 'host' : 'site';
  return provider === null ? 'kind' : 'provider';
}

/** The API's path for the longest history; `now` in ms is rounded down to a day, so that the question stays the same. */
export function historyUrl(row: IncidentRow, now: number): string {
  const since = Math.floor(now / day) * day - Math.max(...historyDays) * day;
  const query = new URLSearchParams({
    since: new Date(since).toISOString(),
    limit: String(limits.listRowsMax),
  });
  const part = (name: 'customer' | 'site' | 'link' | 'host', value: string | null): void => {
    if (value !== null) query.set(name, value);
  };
  if (row.customer !== null && row.site !== null) {
    part('customer', row.customer);
    part('site', row.site);
    part('link', row.link);
    part('host', row.host);
  } else query.set('kind', row.kind);
  return `/api/v1/incidents?${query}`;
}

export interface History {
  /** Newest first. */
  readonly rows: readonly IncidentRow[];
  readonly impactMs: number;
  readonly longestMs: number;
  /** The answer was full: there may be older ones within the days. */
  readonly truncated: boolean;
}

/** Of what began within so many days before `now` (ms). Of a provider's outages only those of this one. */
export function historyWithin(
  rows: readonly IncidentRow[],
  of: IncidentRow,
  { days, now }: { readonly days: number; readonly now: number },
): History {
  const since = now - days * day;
  const own = historyOf(of) === 'provider' ? rows.filter((row) => row.provider === of.provider) : rows;
  const within = own.filter((row) => Date.parse(row.detectedAt) >= since);
  const impacts = within.map((row) => impactMs(row, now));
  const oldest = rows.at(-1);
  return {
    rows: within,
    impactMs: impacts.reduce((sum, each) => sum + each, 0),
    longestMs: Math.max(0, ...impacts),
    truncated:
      rows.length >= limits.listRowsMax && oldest !== undefined && Date.parse(oldest.detectedAt) >= since,
  };
}

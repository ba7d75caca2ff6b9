// What an availability report rests on, read from the stores in small steps with a breath between, so that the server's
// loop never waits for a report: the customer's incidents, Vigia's own outages, the windows, and when each thing was
// really measured. Reads only.
import { setImmediate as breath } from 'node:timers/promises';
import { limits } from '../../../shared/limits.ts';
import { type Instant, instant } from '../../../shared/time.ts';
import type { Incident } from '../../core/incident.ts';
import type { ReportQuestion } from '../../core/report/availability.ts';
import { monthBefore, monthSpan } from '../../core/report/month.ts';
import type { Span } from '../../core/report/spans.ts';
import { defaultTimeZone } from '../../core/report/things.ts';
import type { Site } from '../../core/topology.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { IncidentQuery, Journal } from '../../ports/journal.ts';
import type { Registry } from '../../ports/registry.ts';
import type { Series } from '../../ports/series.ts';
import { expandWindow, type PlannedBook } from '../runtime/planned-book.ts';
import { gatherWatched } from './gather-watched.ts';

export interface GatherParts {
  readonly clock: Pick<Clock, 'now'>;
  readonly correlator: Pick<Correlator, 'state'>;
  readonly journal: Pick<Journal, 'incidents'>;
  readonly registry: Pick<Registry, 'agents' | 'inventory'>;
  readonly series: Pick<Series, 'presence'>;
  readonly planned: Pick<PlannedBook, 'windows'>;
}

export interface GatherQuestion {
  readonly customer: string;
  /** `2026-11` */
  readonly month: string;
}

export async function gatherReport(
  parts: GatherParts,
  { customer, month }: GatherQuestion,
): Promise<ReportQuestion> {
  const { topology } = parts.correlator.state();
  const sites = [...topology.sites.values()].filter((site) => site.customer === customer);
  const span = bothMonths(sites, month, parts.clock.now());
  const own = await readIncidents(parts, { kind: 'own-outage' }, span);
  const customers = await readIncidents(parts, { customer }, span);
  const incidents = [...customers.incidents, ...own.incidents];
  return {
    customer,
    month,
    cnpj: parts.registry.inventory()?.customers.find(({ key }) => key === customer)?.cnpj,
    incidents,
    windows: parts.planned
      .windows()
      .filter(({ scope }) => scope.customer === customer)
      .flatMap((window) => expandWindow(window, topology, instant(span.from))),
    watched: await gatherWatched(parts, { sites, span, incidents }),
    truncated: own.truncated || customers.truncated,
  };
}

/** From the month before to the end of the month, at whichever site each comes first and last; not past now. */
function bothMonths(sites: readonly Site[], month: string, now: Instant): Span {
  const zones = sites.length === 0 ? [defaultTimeZone] : sites.map(({ timeZone }) => timeZone);
  const from = Math.min(...zones.map((zone) => monthSpan(monthBefore(month), zone).from));
  const to = Math.max(...zones.map((zone) => monthSpan(month, zone).to));
  return { from, to: Math.min(to, now) };
}

interface ReadIncidents {
  readonly incidents: readonly Incident[];
  readonly truncated: boolean;
}

/** Newest first, page by page, until they began so long before that they cannot reach in, or are too many. */
async function readIncidents(
  { journal }: GatherParts,
  which: Pick<IncidentQuery, 'customer' | 'kind'>,
  span: Span,
): Promise<ReadIncidents> {
  const since = instant(span.from - limits.reportLookbackMs);
  const found: Incident[] = [];
  let before: IncidentQuery['before'];
  let read = 0;
  while (read < limits.reportIncidentsMax) {
    const page = journal.incidents({ ...which, since, before, limit: limits.listRowsMax });
    read += page.length;
    found.push(...page.filter((each) => reachesIn(each, span)));
    const last = page.at(-1);
    if (last === undefined || page.length < limits.listRowsMax) return { incidents: found, truncated: false };
    before = { detectedAt: last.detectedAt, id: last.id };
    await breath();
  }
  return { incidents: found, truncated: true };
}

function reachesIn({ detectedAt, closedAt }: Incident, { from, to }: Span): boolean {
  return detectedAt < to && (closedAt === undefined || closedAt >= from);
}

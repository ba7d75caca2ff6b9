// The availability report of one customer and month: the one record that page, CSV and JSON are made from. Everything is
// worked out anew from incidents, windows and what was watched; nothing is stored. Decides nothing.
import type { AvailabilityReport, ReportRow } from '../../../shared/api/reports.ts';
import { splitSiteId } from '../../../shared/ids.ts';
import { instant, toIso } from '../../../shared/time.ts';
import type { Incident } from '../incident.ts';
import type { PlannedWindow } from '../planned.ts';
import type { Site } from '../topology.ts';
import { availabilityOf } from './account.ts';
import { monthBefore, monthSpan } from './month.ts';
import { type OutageReading, outageRow } from './outage-row.ts';
import { providerRanking } from './provider-ranking.ts';
import { clipped, joined, type Span } from './spans.ts';
import { stretchesOf } from './stretches.ts';
import { type Evidence, thingAccount } from './thing-account.ts';
import { defaultTimeZone, type NamedThing, thingsOf } from './things.ts';

export interface ReportQuestion {
  readonly customer: string;
  /** `2026-11`; begun at every site of the customer. */
  readonly month: string;
  readonly cnpj?: string;
  /** The customer's, and Vigia's own outages. */
  readonly incidents: readonly Incident[];
  readonly windows: readonly PlannedWindow[];
  readonly watched: Evidence['watched'];
  /** There were more incidents than are read at once. */
  readonly truncated: boolean;
}

export function availabilityReport(question: ReportQuestion, reading: OutageReading): AvailabilityReport {
  const { customer, month, windows, watched } = question;
  const { topology, now } = reading;
  const sites = [...topology.sites.values()]
    .filter((site) => site.customer === customer)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const stretches = new Map(question.incidents.map((each) => [each.id, stretchesOf(each, now)]));
  const evidence: Evidence = { incidents: question.incidents, stretches, windows, watched };
  const periodIn = (of: string, timeZone: string): Span | undefined => {
    const { from, to } = monthSpan(of, timeZone);
    return from < now ? { from, to: Math.min(to, now) } : undefined;
  };
  const within = question.incidents.filter((each) =>
    touches(each, evidence, periodIn(month, zoneOf(each, sites))),
  );
  const things = thingsOf(sites, within.filter(isOfCustomer));
  const before = monthBefore(month);
  const rows = things.flatMap((thing): ReportRow[] => {
    const period = periodIn(month, thing.timeZone);
    const last = periodIn(before, thing.timeZone);
    return period === undefined ? [] : [rowOf({ thing, period, last, evidence }, reading)];
  });
  const zones = [...new Set(things.map(({ timeZone }) => timeZone))].sort();
  return {
    customer,
    customerName: sites[0]?.customerName ?? customer,
    cnpj: question.cnpj ?? null,
    plan: sites[0]?.plan ?? null,
    month,
    previousMonth: before,
    generatedAt: toIso(now),
    complete: zones.every((zone) => monthSpan(month, zone).to <= now),
    timeZones: zones,
    sites: sites.flatMap((site) => siteFacts(site, periodIn(month, site.timeZone))),
    rows,
    outages: outagesOf(within, evidence, sites, { reading, periodIn: (zone) => periodIn(month, zone) }),
    providers: providerRanking({
      things,
      periodOf: (thing) => periodIn(month, thing.timeZone),
      evidence,
      topology,
    }),
    maintenance: maintenanceOf(windows, periodIn(month, zones[0] ?? defaultTimeZone)),
    blind: blindOf(evidence, periodIn(month, zones[0] ?? defaultTimeZone)),
    truncated: question.truncated,
  };
}

function isOfCustomer({ site }: Incident): boolean {
  return site !== undefined;
}

function zoneOf({ site }: Incident, sites: readonly Site[]): string {
  return (sites.find(({ id }) => id === site) ?? sites[0])?.timeZone ?? defaultTimeZone;
}

function touches({ id }: Incident, { stretches }: Evidence, period: Span | undefined): boolean {
  const own = stretches.get(id);
  if (own === undefined || period === undefined) return false;
  return clipped(own.down, period).length > 0 || clipped(own.degraded, period).length > 0;
}

function siteFacts({ key, name, city, state, timeZone }: Site, period: Span | undefined) {
  return period === undefined ? [] : [{ site: key, name, city, state, timeZone, period: isoPeriod(period) }];
}

interface RowQuestion {
  readonly thing: NamedThing;
  readonly period: Span;
  readonly last: Span | undefined;
  readonly evidence: Evidence;
}

function rowOf({ thing, period, last, evidence }: RowQuestion, { topology }: OutageReading): ReportRow {
  const { mttrMs, mtbfMs, ...account } = thingAccount({ thing, period, evidence });
  const before = last === undefined ? undefined : thingAccount({ thing, period: last, evidence });
  const { kind, siteName, key, name, provider, role, circuit, retired } = thing;
  return {
    kind,
    site: splitSiteId(thing.site).site,
    siteName,
    key: kind === 'site' ? null : key,
    name,
    provider: provider ?? null,
    providerName: provider === undefined ? null : (topology.providers.get(provider)?.name ?? provider),
    role: role ?? null,
    circuit: circuit ?? null,
    retired,
    period: isoPeriod(period),
    ...account,
    availability: availabilityOf(account) ?? null,
    mttrMs: mttrMs ?? null,
    mtbfMs: mtbfMs ?? null,
    previous:
      before === undefined
        ? null
        : {
            availability: availabilityOf(before) ?? null,
            downMs: before.downMs,
            outages: before.outages,
          },
  };
}

interface OutagesReading {
  readonly reading: OutageReading;
  readonly periodIn: (timeZone: string) => Span | undefined;
}

/** In the order in which they began. */
function outagesOf(
  incidents: readonly Incident[],
  { stretches }: Evidence,
  sites: readonly Site[],
  { reading, periodIn }: OutagesReading,
): AvailabilityReport['outages'] {
  return incidents
    .filter(isOfCustomer)
    .sort((a, b) => a.detectedAt - b.detectedAt || (a.id < b.id ? -1 : 1))
    .flatMap((incident) => {
      const period = periodIn(zoneOf(incident, sites));
      const own = stretches.get(incident.id);
      if (period === undefined || own === undefined) return [];
      return outageRow(incident, own, period, reading) ?? [];
    });
}

function maintenanceOf(
  windows: readonly PlannedWindow[],
  period: Span | undefined,
): AvailabilityReport['maintenance'] {
  if (period === undefined) return [];
  return windows
    .flatMap(({ scope, reason, occurrences }) =>
      occurrences
        .filter(({ startsAt, endsAt }) => startsAt < period.to && endsAt > period.from)
        .map(({ startsAt, endsAt }) => ({
          site: scope.site ?? null,
          link: scope.link ?? null,
          host: scope.host ?? null,
          reason,
          startsAt: toIso(startsAt),
          endsAt: toIso(endsAt),
        })),
    )
    .sort((a, b) => (a.startsAt < b.startsAt ? -1 : 1));
}

function blindOf({ incidents, stretches }: Evidence, period: Span | undefined): AvailabilityReport['blind'] {
  if (period === undefined) return [];
  const blind = incidents.flatMap(({ id, kind }) =>
    kind === 'own-outage' ? (stretches.get(id)?.down ?? []) : [],
  );
  return joined(clipped(blind, period)).map(isoPeriod);
}

function isoPeriod({ from, to }: Span) {
  return { from: toIso(instant(from)), to: toIso(instant(to)) };
}

// What the ranking of all providers rests on, read and added up in small steps with a breath between, so that the server's
// loop never waits for it. Made at most once a minute for each length of time; everybody who asks meanwhile gets the same.
// Reads only.
import { setImmediate as breath } from 'node:timers/promises';
import type { ProviderDays, ProvidersAnswer } from '../../../shared/api/providers.ts';
import type { SiteId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { day, type Instant, instant, plus, toIso } from '../../../shared/time.ts';
import type { Incident } from '../../core/incident.ts';
import type { PlannedWindow } from '../../core/planned.ts';
import { createFleetProviders, type Watch } from '../../core/report/fleet-providers.ts';
import type { Span } from '../../core/report/spans.ts';
import { stretchesOf } from '../../core/report/stretches.ts';
import { gatherSites, siteRow } from '../../core/view/site-row.ts';
import type { IncidentQuery } from '../../ports/journal.ts';
import { expandWindow } from '../runtime/planned-book.ts';
import type { GatherParts } from './gather.ts';

/** Those that say something of a link, or of whether anybody could see it. */
const tellingKinds: readonly Incident['kind'][] = [
  'link-down',
  'link-degraded',
  'site-offline',
  'agent-lost',
  'own-outage',
];

export type FleetParts = Omit<GatherParts, 'series'>;

/** Asks again at most once a minute for each number of days; those who ask at once wait for one answer. */
export function createProvidersReport(
  parts: FleetParts,
  onTruncated: () => void,
): (days: ProviderDays) => Promise<ProvidersAnswer> {
  const made = new Map<ProviderDays, { readonly at: Instant; readonly answer: Promise<ProvidersAnswer> }>();
  return async (days) => {
    const now = parts.clock.now();
    const known = made.get(days);
    if (known !== undefined && now - known.at < limits.providersKeptMs) return await known.answer;
    const answer = makeProviders(parts, days);
    made.set(days, { at: now, answer });
    try {
      const done = await answer;
      if (done.truncated) onTruncated();
      return done;
    } catch (error) {
      // The next one who asks tries again.
      made.delete(days);
      throw error;
    }
  };
}

async function makeProviders(parts: FleetParts, days: ProviderDays): Promise<ProvidersAnswer> {
  const state = parts.correlator.state();
  const { topology } = state;
  const now = parts.clock.now();
  const period = { from: plus(now, -days * day), to: now };
  const read = await readIncidents(parts, period);
  const windows = windowsByCustomer(parts, period.from);
  const watches = watchesBySite(parts, now);
  const own = read.incidents.filter(({ kind }) => kind === 'own-outage');
  const bySite = Map.groupBy(read.incidents, ({ site }) => site);
  const fleet = createFleetProviders(period);
  let added = 0;
  await breath();
  const gathered = gatherSites(state);
  for (const evidence of gathered) {
    // Before the first as well: what was gathered took its turn.
    if (added % limits.providersSitesPerTurn === 0) await breath();
    added += 1;
    const { site } = evidence;
    const { links } = siteRow(evidence, (key) => key);
    const incidents = [...(bySite.get(site.id) ?? []), ...own];
    fleet.add({
      site,
      watches: watches.get(site.id) ?? [],
      told: {
        incidents,
        stretches: new Map(incidents.map((each) => [each.id, stretchesOf(each, now)])),
        windows: windows.get(site.customer) ?? [],
      },
      linksDown: new Set(links.filter(({ status }) => status === 'down').map(({ key }) => key)),
    });
  }
  return {
    days,
    from: toIso(period.from),
    to: toIso(now),
    items: [...fleet.items(topology)],
    truncated: read.truncated,
  };
}

interface ReadIncidents {
  readonly incidents: readonly Incident[];
  readonly truncated: boolean;
}

/** The newest first, so that what a limit leaves out is the oldest of every kind; what still runs is in the state. */
async function readIncidents({ journal, correlator }: FleetParts, period: Span): Promise<ReadIncidents> {
  const since = instant(period.from - limits.providersLookbackMs);
  const found = new Map<Incident['id'], Incident>();
  const take = (each: Incident): void => {
    const reaches = each.closedAt === undefined || each.closedAt >= period.from;
    if (reaches && tellingKinds.includes(each.kind)) found.set(each.id, each);
  };
  let before: IncidentQuery['before'];
  let truncated = true;
  for (let read = 0; read < limits.reportIncidentsMax; ) {
    const page = journal.incidents({ since, before, limit: limits.listRowsMax });
    read += page.length;
    for (const each of page) take(each);
    const last = page.at(-1);
    truncated = last !== undefined && page.length === limits.listRowsMax;
    if (last === undefined || !truncated) break;
    before = { detectedAt: last.detectedAt, id: last.id };
    await breath();
  }
  for (const each of correlator.state().incidents.values()) take(each);
  return { incidents: [...found.values()], truncated };
}

function windowsByCustomer(
  { planned, correlator }: FleetParts,
  from: Instant,
): ReadonlyMap<string, readonly PlannedWindow[]> {
  const { topology } = correlator.state();
  const expanded = planned.windows().flatMap((window) => expandWindow(window, topology, from));
  return Map.groupBy(expanded, ({ scope }) => scope.customer);
}

function watchesBySite({ registry }: FleetParts, now: Instant): ReadonlyMap<SiteId, readonly Watch[]> {
  const watches = new Map<SiteId, Watch[]>();
  for (const { site, host, enrolledAt, revokedAt } of registry.agents()) {
    const watch = { host, from: enrolledAt, to: revokedAt ?? now };
    const list = watches.get(site);
    if (list === undefined) watches.set(site, [watch]);
    else list.push(watch);
  }
  return watches;
}

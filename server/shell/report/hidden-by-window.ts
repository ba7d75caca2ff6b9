// Which incidents of the last months a maintenance window would have kept quiet, had its rule stood all along. A person reads
// this before saving, so that a window that swallows real outages is seen in time. Reads only; decides nothing.
import { setImmediate as breath } from 'node:timers/promises';
import { limits } from '../../../shared/limits.ts';
import { type Instant, instant, plus } from '../../../shared/time.ts';
import type { Incident } from '../../core/incident.ts';
import type { Scope } from '../../core/planned.ts';
import { joined, type Span } from '../../core/report/spans.ts';
import { covers } from '../../core/rules/planned.ts';
import type { Site } from '../../core/topology.ts';
import type { IncidentQuery, Journal } from '../../ports/journal.ts';
import { occurrencesBack, type WindowTimes } from '../runtime/occurrences.ts';

export interface HiddenQuestion {
  readonly window: WindowTimes;
  readonly scope: Scope;
  readonly sites: readonly [Site, ...Site[]];
  readonly now: Instant;
}

export interface HiddenIncident {
  readonly incident: Incident;
  /** `hidden`: over before the window was; `delayed`: it outlived the window, its ticket would have come at the end. */
  readonly effect: 'hidden' | 'delayed';
}

export interface Hidden {
  readonly since: Instant;
  /** Occurrences in that time, at the scope's first site. */
  readonly past: number;
  /** Newest first. */
  readonly incidents: readonly HiddenIncident[];
  /** There were more incidents than are read. */
  readonly truncated: boolean;
}

export async function hiddenByWindow(
  journal: Pick<Journal, 'incidents'>,
  { window, scope, sites, now }: HiddenQuestion,
): Promise<Hidden> {
  const since = plus(now, -limits.previewBackMs);
  const [first] = sites;
  const period = { from: since, to: now };
  const past = occurrencesBack(window, first.timeZone, period).length;
  const bySite = new Map(
    sites.map((site) => {
      const spans = occurrencesBack(window, site.timeZone, period).map(({ startsAt, endsAt }) => ({
        from: startsAt,
        to: endsAt,
      }));
      return [site.id, { site, spans: joined(spans) }];
    }),
  );
  const found: HiddenIncident[] = [];
  let before: IncidentQuery['before'];
  for (let read = 0; read < limits.previewIncidentsMax; ) {
    const limit = Math.min(limits.listRowsMax, limits.previewIncidentsMax - read);
    const page = journal.incidents({ customer: scope.customer, since, before, limit });
    for (const incident of page) {
      const at = incident.site === undefined ? undefined : bySite.get(incident.site);
      const effect = at === undefined ? undefined : effectOn(incident, { ...at, scope, now });
      if (effect !== undefined) found.push({ incident, effect });
    }
    read += page.length;
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return { since, past, incidents: found, truncated: false };
    before = { detectedAt: last.detectedAt, id: last.id };
    await breath();
  }
  return { since, past, incidents: found, truncated: true };
}

interface At {
  readonly site: Site;
  readonly spans: readonly Span[];
  readonly scope: Scope;
  readonly now: Instant;
}

/** Undefined: the window would not have touched it. What was planned or rebuilt afterwards asked nobody for help. */
function effectOn(incident: Incident, { site, spans, scope, now }: At): HiddenIncident['effect'] | undefined {
  if (incident.cause === 'planned' || incident.retro || !isInScope(incident, site, scope)) return undefined;
  const span = spans.find(({ from, to }) => from <= incident.openedAt && incident.openedAt < to);
  if (span === undefined) return undefined;
  const end = incident.recoveredAt ?? incident.resolvedAt ?? incident.closedAt ?? instant(now + 1);
  return end <= span.to ? 'hidden' : 'delayed';
}

/** A site that is cut off is explained by a plan over its only link, as the core sees it. */
function isInScope(incident: Incident, site: Site, scope: Scope): boolean {
  if (covers(scope, site, incident)) return true;
  const [only, ...others] = site.links;
  const isWholeSite = incident.link === undefined && incident.host === undefined;
  return isWholeSite && only !== undefined && others.length === 0 && covers(scope, site, { link: only.key });
}

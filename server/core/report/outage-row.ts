// One incident as a line of the report: what failed, why, and each instant of how it was attended, against the contract's
// clock. Reads only.
import type { ReportOutage } from '../../../shared/api/reports.ts';
import { splitSiteId } from '../../../shared/ids.ts';
import type { Instant } from '../../../shared/time.ts';
import { toIso } from '../../../shared/time.ts';
import type { Incident } from '../incident.ts';
import { downtimeAt } from '../rules/incident.ts';
import type { Calendars } from '../sla/calendars.ts';
import { slaQuestionOf } from '../sla/of-incident.ts';
import { slaOf } from '../sla/sla.ts';
import { namesOf } from '../view/names.ts';
import { type Speech, sentenceOfCause, sentenceOfTitle } from '../view/sentences.ts';
import { linksReached } from './links-reached.ts';
import { clipped, type Span } from './spans.ts';
import type { Stretches } from './stretches.ts';

export interface OutageReading extends Speech {
  readonly calendars: Calendars;
  readonly now: Instant;
}

/** Undefined: it concerns no site, or nothing of it lies in the period. */
export function outageRow(
  incident: Incident,
  { down, degraded }: Stretches,
  period: Span,
  reading: OutageReading,
): ReportOutage | undefined {
  const inside = clipped(down, period);
  const worse = clipped(degraded, period);
  if (incident.site === undefined || (inside.length === 0 && worse.length === 0)) return undefined;
  const names = namesOf(incident, reading);
  const { site } = splitSiteId(incident.site);
  return {
    incident: incident.id,
    kind: incident.kind,
    cause: incident.cause,
    causeText: sentenceOfCause(incident.cause, reading),
    title: sentenceOfTitle(incident, reading),
    site,
    siteName: names.site ?? site,
    link: incident.link ?? null,
    links: [...linksReached(incident, reading.topology)],
    host: incident.host ?? null,
    provider: names.provider ?? null,
    priority: incident.priority,
    ...attendance(incident),
    sla: slaFacts(incident, reading),
    downMs: Math.round(inside.reduce((sum, each) => sum + (each.to - each.from) * each.share, 0)),
    downMsTotal: Math.round(down.reduce((sum, each) => sum + (each.to - each.from) * each.share, 0)),
    degradedMs: worse.reduce((sum, { from, to }) => sum + (to - from), 0),
    running: incident.closedAt === undefined && downtimeAt(incident, reading.now) > incident.downtimeMs,
    planned: incident.cause === 'planned',
    retro: incident.retro,
    flapping: incident.flapping,
    downs: incident.flap?.downs ?? null,
  };
}

function attendance(incident: Incident) {
  const { detectedAt, confirmedAt, ticket, acknowledgedAt, recoveredAt, resolvedAt } = incident;
  return {
    detectedAt: toIso(detectedAt),
    confirmedAt: toIso(confirmedAt),
    detectionMs: Math.max(0, confirmedAt - detectedAt),
    protocol: ticket?.protocol ?? null,
    registeredAt: isoOrNull(ticket?.registeredAt),
    acknowledgedBy: incident.acknowledgedBy ?? null,
    acknowledgedAt: isoOrNull(acknowledgedAt),
    recoveredAt: isoOrNull(recoveredAt),
    resolvedAt: isoOrNull(resolvedAt),
  };
}

/** What was rebuilt from late data nobody could attend; without a site there is no contract. */
function slaFacts(incident: Incident, { topology, calendars, now }: OutageReading): ReportOutage['sla'] {
  const site = incident.site === undefined ? undefined : topology.sites.get(incident.site);
  if (site === undefined || incident.retro) return null;
  const sla = slaOf(slaQuestionOf(incident, site, now), calendars);
  return {
    state: sla.state,
    clock: sla.clock,
    targetMs: sla.targetMs,
    dueAt: isoOrNull(sla.dueAt),
    attendedAt: isoOrNull(sla.attendedAt),
    attendanceMs: sla.attendedAt === undefined ? null : sla.elapsedMs,
  };
}

function isoOrNull(at: Instant | undefined): string | null {
  return at === undefined ? null : toIso(at);
}

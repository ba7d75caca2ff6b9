// An incident as the wall and the list of the API show it. Reads the incident and the topology's names; decides nothing.
import type { IncidentRow } from '../../../shared/api/incidents.ts';
import { splitSiteId } from '../../../shared/ids.ts';
import { type Instant, toIso } from '../../../shared/time.ts';
import { type Incident, isTicketClosed } from '../incident.ts';
import { pauseAt } from '../rules/incident.ts';
import { namesOf } from './names.ts';
import { type Speech, sentenceOfTitle } from './sentences.ts';
import { clocksOf, type Reading } from './sla-view.ts';

/** `site` and `customer` are the inventory's keys, `provider` as well; names stand beside them. */
export function incidentRow(incident: Incident, reading: Reading): IncidentRow {
  const keys = incident.site === undefined ? undefined : splitSiteId(incident.site);
  const names = namesOf(incident, reading);
  return {
    id: incident.id,
    kind: incident.kind,
    cause: incident.cause,
    layer: incident.layer ?? null,
    customer: keys?.customer ?? null,
    customerName: names.customer ?? null,
    site: keys?.site ?? null,
    siteName: names.site ?? null,
    link: incident.link ?? null,
    host: incident.host ?? null,
    provider: providerOf(incident, reading),
    severity: incident.severity,
    priority: incident.priority,
    state: incident.state,
    title: sentenceOfTitle(incident, reading),
    detectedAt: toIso(incident.detectedAt),
    confirmedAt: toIso(incident.confirmedAt),
    openedAt: toIso(incident.openedAt),
    recoveredAt: isoOrNull(incident.recoveredAt),
    resolvedAt: isoOrNull(incident.resolvedAt),
    closedAt: isoOrNull(incident.closedAt),
    downtimeMs: incident.downtimeMs,
    outageSince: isoOrNull(incident.outageSince),
    reopenedCount: incident.reopenedCount,
    parent: incident.parent ?? null,
    flapping: incident.flapping,
    retro: incident.retro,
    acknowledgedBy: incident.acknowledgedBy ?? null,
    acknowledgedAt: isoOrNull(incident.acknowledgedAt),
    assignedTo: incident.assignedTo ?? null,
    pause: pauseRow(incident, reading.now),
    ticket: ticketReference(incident),
    ...clocksOf(incident, reading),
  };
}

function providerOf(incident: Incident, speech: Speech): string | null {
  if (incident.provider !== undefined) return incident.provider;
  if (incident.site === undefined || incident.link === undefined) return null;
  const site = speech.topology.sites.get(incident.site);
  return site?.links.find((link) => link.key === incident.link)?.provider ?? null;
}

function pauseRow(incident: Incident, now: Instant): IncidentRow['pause'] {
  const pause = pauseAt(incident, now);
  if (pause === undefined) return null;
  const { from, until, by, text } = pause;
  return { since: toIso(from), until: isoOrNull(until), by, text };
}

function ticketReference(incident: Incident): IncidentRow['ticket'] {
  const { ticket } = incident;
  if (ticket === undefined) return null;
  return {
    desk: ticket.desk ?? null,
    protocol: ticket.protocol ?? null,
    registeredAt: isoOrNull(ticket.registeredAt),
    state: ticket.state,
    closedAtDesk: closedAtDesk(incident),
    closed: isTicketClosed(incident),
  };
}

export function closedAtDesk({ ticket }: Incident): { readonly at: string; readonly by: string } | null {
  const closed = ticket?.closedAtDesk;
  return closed === undefined ? null : { at: toIso(closed.at), by: closed.by };
}

export function isoOrNull(at: Instant | undefined): string | null {
  return at === undefined ? null : toIso(at);
}

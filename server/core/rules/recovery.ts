// Positive evidence that an incident's cause is over. Absence of bad news is no recovery.
import { assertNever } from '../../../shared/assert.ts';
import { earlier, type Instant } from '../../../shared/time.ts';
import type { Incident } from '../incident.ts';
import { childrenBackSince } from './dependencies.ts';
import { hostTestimony, linkTestimony, type SiteView } from './witness.ts';

/** Since when it is over; `retired` = what it was about left the inventory; undefined = no evidence. */
export function recoveryOf(view: SiteView, incident: Incident): Instant | 'retired' | undefined {
  switch (incident.kind) {
    case 'link-down':
    case 'link-degraded':
      return linkRecovery(view, incident);
    case 'site-offline':
      return siteRecovery(view, incident);
    case 'host-down':
    case 'host-degraded':
      return hostRecovery(view, incident);
    case 'agent-lost':
      return agentRecovery(view, incident);
    case 'provider-outage':
    case 'own-outage':
      return undefined;
    default:
      return assertNever(incident.kind);
  }
}

function linkRecovery(view: SiteView, incident: Incident): Instant | 'retired' | undefined {
  const link = view.site.links.find((each) => each.key === incident.link);
  if (link === undefined) return 'retired';
  const report = linkTestimony(view, link)?.report;
  if (report === undefined) return inferredRecovery(view, incident);
  if (report.recovering) return undefined;
  const over = report.status === 'up' || (incident.kind === 'link-down' && report.status === 'degraded');
  return over ? report.since : undefined;
}

/** Nobody at the site can tell, so what opened it must end it: its public address answers again. */
function inferredRecovery(view: SiteView, incident: Incident): Instant | undefined {
  if (incident.verdict.witnesses.some((witness) => witness.source === 'link-verdict')) return undefined;
  return view.addresses.find((address) => address.link === incident.link && address.answers)?.since;
}

/** Any sign of life from the site ends its silence; if its links were reported dead, one must be up again. */
function siteRecovery(view: SiteView, incident: Incident): Instant | undefined {
  if (incident.verdict.witnesses.some((witness) => witness.source === 'link-verdict')) {
    const up = view.site.links.flatMap((link) => {
      const report = linkTestimony(view, link)?.report;
      return report?.status === 'up' && !report.recovering ? [report.since] : [];
    });
    return up.length === 0 ? undefined : up.reduce(earlier);
  }
  return view.live.length === 0 ? undefined : view.live.map((agent) => agent.presenceSince).reduce(earlier);
}

function hostRecovery(view: SiteView, incident: Incident): Instant | 'retired' | undefined {
  const host = view.hosts.find((each) => each.host.key === incident.host);
  if (host === undefined) return 'retired';
  if (host.agent?.presence === 'live') return host.agent.presenceSince;
  const report = hostTestimony(view, host.host.key);
  // Nobody can ask the device itself: what is behind it opened the incident and ends it.
  if (report === undefined && host.agent === undefined) return childrenBackSince(view, host.host.key);
  return report?.status === 'up' && !report.recovering ? report.since : undefined;
}

function agentRecovery(view: SiteView, incident: Incident): Instant | 'retired' | undefined {
  const host = view.hosts.find((each) => each.host.key === incident.host);
  if (host?.agent === undefined) return 'retired';
  return host.agent.presence === 'live' ? host.agent.presenceSince : undefined;
}

// A site that fell silent while Vigia was blind or down: its ticket counts from the return of sight, because nothing
// before that is proven. What its agents bring back later says when it truly began, and the clock is put right.
// Must never move the start of an outage whose beginning was seen, nor move one out of the blindness.
import { type Instant, later, plus, second } from '../../../shared/time.ts';
import type { RunStarted } from '../../../shared/wire/messages.ts';
import type { Draft } from '../draft.ts';
import type { Incident } from '../incident.ts';
import type { Site } from '../topology.ts';
import { trueStartNote } from '../view/ticket-text.ts';
import { type Finding, siteCauseKey } from './finding.ts';
import { withEntry } from './incident.ts';
import { factsOf, planNote } from './ticket-plan.ts';

/** How far two clocks' words on one moment may lie apart: a round, a heartbeat and a stamp. */
const slackMs = 30 * second;

/** Marks a fresh incident whose beginning nobody saw: it lies somewhere in the blindness. */
export function withUnknownStart(draft: Draft, incident: Incident, finding: Finding): Incident {
  const { sightLostAt, sightSince } = draft.server;
  const unseen = finding.rests === 'silence' && finding.since === sightSince;
  return unseen && sightLostAt !== undefined ? { ...incident, earliestAt: sightLostAt } : incident;
}

/** Its agents tell, late, that every link of the site had died by then. */
export function startToldByLinks(draft: Draft, site: Site): void {
  const { links } = draft.site(site.id);
  const died = site.links.map((link) => {
    const down = links.filter((report) => report.link === link.key && report.status === 'down');
    return down.length === 0 ? undefined : down.map((report) => report.since).reduce(later);
  });
  if (died.length === 0 || died.some((at) => at === undefined)) return;
  putRight(draft, site, died.filter((at) => at !== undefined).reduce(later));
}

/** The site's one machine was alive until then, and booted since. */
export function startToldByBoot(draft: Draft, site: Site, { previous, bootId }: RunStarted): void {
  if (previous === undefined || previous.bootId === bootId || previous.stoppedInOrder) return;
  const agents = draft.site(site.id).agents.filter((id) => {
    const presence = draft.agent(id)?.presence;
    return presence !== undefined && presence !== 'revoked' && presence !== 'new';
  });
  if (agents.length === 1) putRight(draft, site, previous.lastAliveAt);
}

function putRight(draft: Draft, site: Site, at: Instant): void {
  const incident = draft
    .site(site.id)
    .incidents.flatMap((id) => draft.incident(id) ?? [])
    .find((each) => each.causeKey === siteCauseKey);
  if (incident?.earliestAt === undefined || at >= incident.detectedAt) return;
  if (at < plus(incident.earliestAt, -slackMs)) return;
  const before = incident.detectedAt;
  // The first stretch began earlier; it is the running one, or it is summed up already.
  const running = incident.outageSince === before;
  const next: Incident = {
    ...incident,
    detectedAt: at,
    earliestAt: undefined,
    outageSince: running ? at : incident.outageSince,
    downtimeMs: incident.downtimeMs + (running ? 0 : before - at),
  };
  const told = withEntry(next, { at, kind: 'start-known' });
  const facts = factsOf(draft, site, told);
  draft.setIncident(planNote(draft, told, trueStartNote(facts, before)));
}

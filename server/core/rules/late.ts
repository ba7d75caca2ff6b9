// Late evidence: outages that were over before anybody could tell become history, and the cause of a site's silence is
// amended by what its agents bring back. Nothing in this file may ever open a ticket.
import { type Instant, second } from '../../../shared/time.ts';
import type { RunStarted } from '../../../shared/wire/messages.ts';
import type { Draft } from '../draft.ts';
import type { Incident, Witness } from '../incident.ts';
import type { AgentState } from '../state.ts';
import type { Site, SiteLink } from '../topology.ts';
import { incidentOf, openIncidents } from './correlate.ts';
import { type Finding, hostCauseKey, linkCauseKey, siteCauseKey } from './finding.ts';
import { joinSymptom, knowCause, pastIncident } from './incident.ts';
import { isRemembered, rememberOutage } from './past.ts';
import { planCauseKnown } from './ticket-plan.ts';
import { siteView } from './witness.ts';

/** How far apart two descriptions of one moment may lie: a round, a heartbeat and a stamp. */
const sameMomentMs = 30 * second;

export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
  /** Host of the agent that tells it. */
  readonly toldBy: string;
}

/** A link went from down to up: was it known? If not, it is history now. */
export function linkOutageEnded(draft: Draft, site: Site, link: SiteLink, stretch: Stretch): void {
  const causeKey = linkCauseKey(link.key);
  if (isKnown(draft, site, causeKey, stretch)) return;
  record(draft, site, { kind: 'link-down', causeKey, link: link.key, provider: link.provider, stretch });
}

/** The same for a host seen dead by a neighbour. */
export function hostOutageEnded(draft: Draft, site: Site, host: string, stretch: Stretch): void {
  const causeKey = hostCauseKey(host);
  if (isKnown(draft, site, causeKey, stretch) || wasPlanned(draft, site, host, stretch)) return;
  const hostRole = site.hosts.find((each) => each.key === host)?.role ?? 'server';
  record(draft, site, { kind: 'host-down', causeKey, host, hostRole, stretch });
}

interface History extends Pick<Finding, 'kind' | 'causeKey' | 'link' | 'provider' | 'host' | 'hostRole'> {
  readonly stretch: Stretch;
}

function record(draft: Draft, site: Site, { stretch, ...what }: History): void {
  if (stretch.to - stretch.from < draft.policy.blipMs) return;
  const finding: Finding = {
    ...what,
    cause: 'unknown',
    since: stretch.from,
    confirmedAt: draft.now,
    recovering: false,
    rests: 'direct',
    verdict: { kind: what.kind, confidence: 'single', witnesses: [], refused: [] },
  };
  draft.recordIncident(
    pastIncident({
      id: draft.newIncidentId(),
      site: site.id,
      finding,
      siteHasOtherLink: site.links.length > 1,
      endedAt: stretch.to,
      now: draft.now,
    }),
  );
  const { from, to } = stretch;
  const outage = { causeKey: what.causeKey, from, to, downtimeMs: to - from };
  draft.setSite(rememberOutage(draft.site(site.id), outage, draft.now));
}

/** An incident that has not closed covers it, the whole site was out then, or it stands in the history already. */
function isKnown(draft: Draft, site: Site, causeKey: string, stretch: Stretch): boolean {
  const own = incidentOf(draft, site.id, causeKey);
  if (own !== undefined && stretch.to >= own.detectedAt) return true;
  // It was a symptom of something that has not closed yet.
  const open = openIncidents(draft, site.id);
  if (open.some((each) => each.symptoms.includes(causeKey) && stretch.to >= each.detectedAt)) return true;
  const whole = incidentOf(draft, site.id, siteCauseKey);
  if (whole !== undefined && overlapsIncident(stretch, whole, draft.now)) {
    draft.setIncident(joinSymptom(whole, causeKey, draft.now));
    return true;
  }
  const record = draft.site(site.id);
  return (
    isRemembered(record, { causeKey, ...stretch }) ||
    isRemembered(record, { causeKey: siteCauseKey, ...stretch })
  );
}

/** The host's own agent had said goodbye: no outage. */
function wasPlanned(draft: Draft, site: Site, host: string, stretch: Stretch): boolean {
  return draft.site(site.id).agents.some((id) => {
    const agent = draft.agent(id);
    if (agent?.host !== host || agent.goodbyeAt === undefined) return false;
    return agent.goodbyeAt >= stretch.from - sameMomentMs && agent.goodbyeAt <= stretch.to;
  });
}

function overlapsIncident(stretch: Stretch, incident: Incident, now: Instant): boolean {
  const end = (incident.recoveredAt ?? now) + sameMomentMs;
  return stretch.from <= end && stretch.to >= incident.detectedAt - sameMomentMs;
}

/**
 * A link died when the site fell silent, and the machine that saw it ran on. When that is so of every link the site's
 * agents judge, the links were the cause.
 */
export function linkDiedAt(draft: Draft, site: Site, link: SiteLink, since: Instant): void {
  const whole = incidentOf(draft, site.id, siteCauseKey);
  if (whole === undefined || whole.cause !== 'unknown') return;
  if (Math.abs(since - whole.detectedAt) > sameMomentMs) return;
  const witness: Witness = {
    source: 'link-verdict',
    who: link.key,
    says: 'link-down',
    since,
    facts: { link: link.key },
  };
  const dead = new Set(
    whole.verdict.witnesses.flatMap((each) => (each.says === 'link-down' ? [each.who] : [])),
  );
  dead.add(link.key);
  const judged = draft.site(site.id).links.map((report) => report.link);
  const cause = judged.every((key) => dead.has(key)) ? 'links' : undefined;
  amend(draft, site, whole, { cause, witness });
}

/**
 * A machine of a silent site has booted in between without an orderly stop. Two machines or more, or the only one
 * while the router was silent too: the power was gone.
 */
export function bootedBetween(draft: Draft, site: Site, agent: AgentState, item: RunStarted): void {
  const whole = incidentOf(draft, site.id, siteCauseKey);
  const { previous } = item;
  if (whole === undefined || previous === undefined || previous.stoppedInOrder) return;
  if (previous.bootId === item.bootId || Math.abs(previous.lastAliveAt - whole.detectedAt) > sameMomentMs)
    return;
  const witness: Witness = {
    source: 'boot-record',
    who: agent.host,
    says: 'booted-between',
    since: item.bootAt,
  };
  const told = whole.verdict.witnesses.filter(
    (each) => each.says === 'booted-between' && each.who !== agent.host,
  );
  const routerSilent = whole.verdict.witnesses.some((each) => each.says === 'address-silent');
  const alone = siteView(draft, site).expected.length === 1;
  const power = told.length > 0 || (alone && routerSilent);
  amend(draft, site, whole, { cause: power ? 'power' : undefined, witness });
}

interface Amendment {
  readonly cause: 'links' | 'power' | undefined;
  readonly witness: Witness;
}

function amend(draft: Draft, site: Site, incident: Incident, { cause, witness }: Amendment): void {
  const others = incident.verdict.witnesses.filter(
    (each) => each.says !== witness.says || each.who !== witness.who,
  );
  const witnessed = { ...incident, verdict: { ...incident.verdict, witnesses: [...others, witness] } };
  if (cause === undefined || cause === incident.cause) {
    draft.setIncident(witnessed);
    return;
  }
  draft.setIncident(planCauseKnown(draft, siteView(draft, site), knowCause(witnessed, { cause }, draft.now)));
}

// Late evidence: outages that were over before anybody could tell become history, and the cause of an incident, open or
// closed, is amended by what its site's agents bring back. Nothing in this file may ever open a ticket.
import { type Instant, plus, second } from '../../../shared/time.ts';
import type { RunStarted } from '../../../shared/wire/messages.ts';
import type { Cause, Layer } from '../../../shared/words.ts';
import type { Draft } from '../draft.ts';
import { beganWithin, type Incident, type Witness } from '../incident.ts';
import type { AgentState, ToldEnding } from '../state.ts';
import type { Site, SiteLink } from '../topology.ts';
import { incidentOf, openIncidents } from './correlate.ts';
import { causeOfLayer } from './diagnose-links.ts';
import { type Finding, hostCauseKey, linkCauseKey, siteCauseKey } from './finding.ts';
import { confidenceOf, settle } from './hypotheses.ts';
import { joinSymptom, knowCause, pastIncident } from './incident.ts';
import { startAllowanceMs } from './just-returned.ts';
import { linkClassOf } from './link-class.ts';
import { isRemembered, rememberOutage } from './past.ts';
import { unplannedPart } from './planned.ts';
import { planCauseKnown } from './ticket-plan.ts';
import { siteView } from './witness.ts';

/** How far apart two descriptions of one moment may lie: a round, a heartbeat and a stamp. */
export const sameMomentMs = 30 * second;

export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
  /** Host of the agent that tells it. */
  readonly toldBy: string;
  /** Where the link failed. */
  readonly layer?: Layer;
  /** Until when its teller, in the same run, had seen the thing up before; absent = it never had. */
  readonly upBefore?: Instant;
}

/** A link went from down to up: was it known? If not, it is history now. */
export function linkOutageEnded(draft: Draft, site: Site, link: SiteLink, stretch: Stretch): void {
  const causeKey = linkCauseKey(link.key);
  if (isKnown(draft, site, causeKey, stretch)) return;
  const { toldBy, layer, from } = stretch;
  const witness: Witness = {
    source: 'link-verdict',
    who: toldBy,
    says: 'link-down',
    since: from,
    facts: { link: link.key, agent: toldBy, ...(layer === undefined ? {} : { layer }) },
  };
  const what = { kind: 'link-down', causeKey, link: link.key, provider: link.provider, layer } as const;
  record(draft, site, { ...what, cause: causeOfLayer(layer), witnesses: [witness], stretch });
}

/** The same for a host seen dead by a neighbour. */
export function hostOutageEnded(draft: Draft, site: Site, host: string, stretch: Stretch): void {
  const causeKey = hostCauseKey(host);
  if (isKnown(draft, site, causeKey, stretch) || wasPlanned(draft, site, host, stretch)) return;
  const hostRole = site.hosts.find((each) => each.key === host)?.role ?? 'server';
  const neighbour: Witness = {
    source: 'neighbour',
    who: stretch.toldBy,
    says: 'host-unreachable',
    since: stretch.from,
    facts: { host },
  };
  const ending = endingWithin(draft, site, host, stretch);
  record(draft, site, {
    kind: 'host-down',
    cause: ending?.ending ?? 'unknown',
    causeKey,
    host,
    hostRole,
    witnesses: ending === undefined ? [neighbour] : [neighbour, endingWitness(host, ending)],
    stretch,
  });
}

/** The machine's own log may have told before a neighbour's spool did. */
function endingWithin(draft: Draft, site: Site, host: string, stretch: Stretch): ToldEnding | undefined {
  const endings = draft.site(site.id).agents.flatMap((id) => {
    const agent = draft.agent(id);
    return agent?.host === host ? (agent.endings ?? []) : [];
  });
  return endings.findLast(({ endedAt, endedAtErrorMs }) => {
    const slackMs = sameMomentMs + endedAtErrorMs;
    return endedAt >= plus(stretch.from, -slackMs) && endedAt <= plus(stretch.to, sameMomentMs);
  });
}

/** What a machine's logs say of the end of a run, as a witness. */
export function endingWitness(host: string, told: ToldEnding): Witness {
  const facts: Record<string, string> = { cause: told.ending };
  if (told.code !== undefined) facts.code = told.code;
  if (told.reason !== undefined) facts.reason = told.reason;
  if (told.account !== undefined) facts.account = told.account;
  return { source: 'boot-record', who: host, says: 'run-ended', since: told.endedAt, facts };
}

interface History
  extends Pick<Finding, 'kind' | 'cause' | 'causeKey' | 'layer' | 'link' | 'provider' | 'host' | 'hostRole'> {
  readonly witnesses: readonly Witness[];
  readonly stretch: Stretch;
}

function record(draft: Draft, site: Site, { stretch, witnesses, ...what }: History): void {
  // What lay inside a maintenance window was planned; what outlived one began at its end.
  const unplanned = unplannedPart(site, draft.planned, what, stretch);
  const { from, to } = unplanned ?? stretch;
  if (to - from < draft.policy.blipMs) return;
  // Whether it carried the site then is not known any more.
  const hasOther = site.links.length > 1;
  const finding: Finding = {
    ...what,
    linkClass: what.kind === 'link-down' && hasOther ? linkClassOf(draft, site, what.link) : undefined,
    cause: unplanned === undefined ? 'planned' : what.cause,
    since: from,
    confirmedAt: draft.now,
    recovering: false,
    rests: 'direct',
    verdict: { kind: what.kind, confidence: confidenceOf(witnesses), witnesses, refused: [] },
  };
  draft.recordIncident(
    pastIncident({
      id: draft.newIncidentId(),
      site: site.id,
      finding,
      siteHasOtherLink: hasOther,
      endedAt: to,
      now: draft.now,
    }),
  );
  const planned = unplanned === undefined ? { planned: true as const } : {};
  const outage = { causeKey: what.causeKey, from, to, downtimeMs: to - from, ...planned };
  draft.setSite(rememberOutage(draft.site(site.id), outage, draft.now));
}

/** An incident that has not closed covers it, the whole site was out then, or it stands in the history already. */
function isKnown(draft: Draft, site: Site, causeKey: string, stretch: Stretch): boolean {
  const own = incidentOf(draft, site.id, causeKey);
  if (own !== undefined && stretch.to >= own.detectedAt && !isAfter(stretch, own)) return true;
  // It was a symptom of something that has not closed yet.
  const open = openIncidents(draft, site.id);
  const parent = open.find((each) => each.symptoms.includes(causeKey) && stretch.to >= each.detectedAt);
  if (parent !== undefined && !isNewAfter(stretch, parent)) return true;
  const whole = incidentOf(draft, site.id, siteCauseKey);
  if (whole !== undefined && overlapsIncident(stretch, whole) && !isNewAfter(stretch, whole)) {
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

function overlapsIncident(stretch: Stretch, { detectedAt, recoveredAt }: Incident): boolean {
  const begun = recoveredAt === undefined || stretch.from <= plus(recoveredAt, sameMomentMs);
  return begun && stretch.to >= plus(detectedAt, -sameMomentMs);
}

function beganNear(incident: Incident, at: Instant): boolean {
  return beganWithin(incident, plus(at, -sameMomentMs), plus(at, sameMomentMs));
}

/** It began when that outage was over, and is not the end of it as another clock tells it. */
function isAfter({ from, to }: Stretch, { recoveredAt }: Incident): boolean {
  return recoveredAt !== undefined && from > recoveredAt && to > plus(recoveredAt, sameMomentMs);
}

/** The same of a symptom: one that was never seen up since then was still starting, unless it had time enough. */
function isNewAfter(stretch: Stretch, incident: Incident): boolean {
  const { recoveredAt } = incident;
  if (recoveredAt === undefined || !isAfter(stretch, incident)) return false;
  const started = stretch.upBefore !== undefined && stretch.upBefore > recoveredAt;
  return started || stretch.from > plus(recoveredAt, startAllowanceMs);
}

/**
 * The incident of this cause that a late word is about: an open one, or one that closed lately. Newest first, so that a
 * word about one moment finds the outage of that moment.
 */
export function incidentAbout(
  draft: Draft,
  site: Site,
  causeKey: string,
  fits: (incident: Incident) => boolean,
): Incident | undefined {
  const open = incidentOf(draft, site.id, causeKey);
  if (open !== undefined && fits(open)) return open;
  return draft
    .closedIncidents(site.id)
    .findLast((incident) => incident.causeKey === causeKey && fits(incident));
}

/**
 * A link died when the site fell silent, and the machine that saw it ran on. When every link the site's agents judge was
 * dead then, the links were the cause - also where one had died earlier and the last one took the site with it.
 */
export function linkDiedAt(draft: Draft, site: Site, link: SiteLink, since: Instant): void {
  const whole = incidentAbout(draft, site, siteCauseKey, (each) => beganNear(each, since));
  if (whole === undefined || whole.cause !== 'unknown') return;
  const witness: Witness = {
    source: 'link-verdict',
    who: link.key,
    says: 'link-down',
    since,
    facts: { link: link.key },
  };
  const { links } = draft.site(site.id);
  const dead = new Set([
    link.key,
    ...whole.verdict.witnesses.flatMap((each) => (each.says === 'link-down' ? [each.who] : [])),
    ...links.flatMap((each) => (each.status === 'down' && each.since <= since ? [each.link] : [])),
  ]);
  const cause = links.every((report) => dead.has(report.link)) ? 'links' : undefined;
  amend(draft, site, whole, { cause, witness });
}

/**
 * A machine of a silent site has booted in between without an orderly stop. Two machines or more, or the only one
 * while the router was silent too: the power was gone.
 */
export function bootedBetween(draft: Draft, site: Site, agent: AgentState, item: RunStarted): void {
  const { previous } = item;
  if (previous === undefined || previous.stoppedInOrder || previous.bootId === item.bootId) return;
  const whole = incidentAbout(draft, site, siteCauseKey, (each) => beganNear(each, previous.lastAliveAt));
  if (whole === undefined) return;
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
  readonly cause: Cause | undefined;
  readonly witness: Witness;
}

/**
 * Adds a witness to an incident; with a cause that is news, the ticket gets a note and the causes that were open are
 * refused. A closed incident stays closed, and history stays history.
 */
export function amend(draft: Draft, site: Site, incident: Incident, { cause, witness }: Amendment): void {
  const others = incident.verdict.witnesses.filter(
    (each) => each.says !== witness.says || each.who !== witness.who,
  );
  const witnesses = [...others, witness];
  const set = incident.retro ? draft.recordIncident : draft.setIncident;
  if (cause === undefined || cause === incident.cause) {
    set({ ...incident, verdict: { ...incident.verdict, witnesses } });
    return;
  }
  const verdict = { ...settle(incident.verdict, cause, witness), witnesses };
  const known = knowCause({ ...incident, verdict }, { cause }, draft.now);
  set(planCauseKnown(draft, siteView(draft, site), known));
}

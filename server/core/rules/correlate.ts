// Room 10 of the route: a site's findings meet its incidents. Each finding is a new cause, a symptom of an open
// incident, or quiet with a reason; each incident goes on, recovers, falls back, resolves or closes.
// Suppress opening, never resolution.
import type { SiteId } from '../../../shared/ids.ts';
import { earlier, type Instant, later, plus, second } from '../../../shared/time.ts';
import type { Draft } from '../draft.ts';
import type { Incident } from '../incident.ts';
import { diagnose } from './diagnose.ts';
import { type Finding, siteCauseKey, startOf } from './finding.ts';
import { flap, flapTold, flapWakes, forgetSteady, isNoticeDue, steady, withFlapping } from './flapping.ts';
import {
  close,
  ease,
  fallBack,
  joinSymptom,
  openIncident,
  recover,
  reopen,
  resolve,
  worsen,
} from './incident.ts';
import { hasOtherLink, withLinkClass } from './link-class.ts';
import { rememberOutage } from './past.ts';
import { afterWindows } from './planned.ts';
import { tellParents } from './provider-life.ts';
import { noteLosses } from './provider-losses.ts';
import { belongingOf, joinLate, placed } from './provider-outage.ts';
import { recoveryOf } from './recovery.ts';
import { adopt, growToCause, raiseWhenRipe } from './reparent.ts';
import { overdueNow } from './return-watch.ts';
import { afterSilences } from './silence.ts';
import { type Quiet, quietOf, type Sight } from './suppress.ts';
import {
  planClosed,
  planEased,
  planFlapping,
  planOpened,
  planReopened,
  planResolved,
  planWorsened,
} from './ticket-plan.ts';
import { withUnknownStart } from './true-start.ts';
import { type SiteView, siteView } from './witness.ts';

/** Looks at one site anew; the only way an incident of a site changes by evidence. Sets the site's next wake. */
export function evaluateSite(draft: Draft, id: SiteId, sight: Sight): void {
  const site = draft.topology.sites.get(id);
  if (site === undefined) return;
  forgetSteady(draft, id);
  const view = siteView(draft, site);
  // Causes before their symptoms, so that a symptom finds the incident it joins.
  const diagnosed = withFlapping(view, diagnose(view, draft.policy, draft.now), draft.policy);
  const findings = [
    ...diagnosed.filter((each) => each.symptomOf === undefined),
    ...diagnosed.filter((each) => each.symptomOf !== undefined),
  ].map((each) => withLinkClass(draft, view, each));
  const wakes: Instant[] = [...flapWakes(view.record, draft.policy)];
  const before = openIncidents(draft, id);
  noteLosses(draft, view, findings);
  for (const finding of findings) meet(draft, { view, finding, sight, wakes });
  for (const incident of openIncidents(draft, id)) goOn(draft, { view, incident, findings, wakes });
  for (const agent of view.away) {
    if (agent.returnBy !== undefined && agent.returnBy > draft.now) wakes.push(agent.returnBy);
  }
  setWake(draft, id, wakes);
  tellParents(draft, before);
}

interface Meeting {
  readonly view: SiteView;
  readonly finding: Finding;
  readonly sight: Sight;
  readonly wakes: Instant[];
}

/** One finding: goes to its incident, joins a parent, opens, or stays quiet until something wakes it. */
function meet(draft: Draft, meeting: Meeting): void {
  const { view, sight, wakes } = meeting;
  const own = incidentOf(draft, view.site.id, meeting.finding.causeKey);
  const finding = afterPlans(draft, view, meeting.finding);
  if (own !== undefined && own.state !== 'resolved') {
    if (isWorse(finding, own)) worsenWhenRipe(draft, { ...meeting, finding }, own);
    else carryOn(draft, meeting, own);
    return;
  }
  // A person called this very stretch over: it stays quiet until it truly ended and came back.
  if (own?.resolvedByPerson === true && finding.since <= (own.resolvedAt ?? finding.since)) return;
  if (finding.symptomOf !== undefined) {
    join(draft, view, finding.symptomOf, finding.causeKey);
    return;
  }
  const quiet = quietOf({ draft, view, finding, sight });
  if (quiet !== undefined) {
    beQuiet(draft, meeting, quiet);
    return;
  }
  // By its own first evidence, whatever a window has made of it.
  const belonging = belongingOf(draft, view, meeting.finding);
  if (belonging.kind === 'waits') {
    beQuiet(draft, meeting, { because: 'held-for-provider', until: belonging.until });
    return;
  }
  if (own !== undefined) {
    const again = { ...reopen(own, startOf(finding), draft.now), verdict: finding.verdict };
    const told = planReopened(draft, view, flapped(draft, again, finding));
    draft.setIncident(belonging.kind === 'belongs' ? joinLate(draft, told, belonging) : told);
    return;
  }
  const siteHasOtherLink = hasOtherLink(view, finding);
  // A cause that proves larger than its first sign keeps that sign's incident and ticket.
  if (growToCause(draft, { view, finding, siteHasOtherLink })) return;
  const fresh = openIncident({
    id: draft.newIncidentId(),
    site: view.site.id,
    finding: { ...finding, confirmedAt: confirmedAt(draft, finding) },
    openedAt: draft.now,
    siteHasOtherLink,
  });
  const begun = withUnknownStart(draft, flapped(draft, fresh, finding), meeting.finding);
  const opened = placed(draft, begun, belonging);
  draft.setIncident(planOpened(draft, view, opened));
  const record = draft.site(view.site.id);
  draft.setSite({ ...record, incidents: [...record.incidents, opened.id] });
  adopt(draft, view, { parent: opened.id, finding });
  // A whole site speaks for its parts: what waits below it joins instead of opening.
  if (opened.causeKey === siteCauseKey) wakes.push(plus(draft.now, second));
}

/** What outlives a window or a silence says so, and outlived windows move its beginning. */
function afterPlans(draft: Draft, view: SiteView, finding: Finding): Finding {
  const planned = afterWindows(view, draft.planned, finding, draft.now);
  return afterSilences(view, draft.planned, planned, draft.now);
}

/** Marked with its totals when the finding flaps; what is about to be told to the desk includes them. */
function flapped(draft: Draft, incident: Incident, finding: Finding): Incident {
  if (finding.flap === undefined) return incident;
  return flapTold(flap(draft, incident, finding.flap), draft.now);
}

/** Silence, however well witnessed, is no verdict before a blip's time has passed. */
function confirmedAt(draft: Draft, finding: Finding): Instant | undefined {
  if (finding.rests === 'direct' || finding.confirmedAt === undefined) return finding.confirmedAt;
  return later(finding.confirmedAt, plus(finding.since, draft.policy.blipMs));
}

function beQuiet(draft: Draft, { view, finding, wakes }: Meeting, quiet: Quiet): void {
  if (quiet.until !== undefined) wakes.push(quiet.until);
  if (quiet.because === 'blind-or-unproven') draft.perform({ kind: 'anchors.probe' });
  // Silence after a site's return says only "not back yet"; what an agent itself saw is a symptom worth naming.
  if (quiet.because === 'symptom-of-site' && finding.rests === 'direct') {
    join(draft, view, siteCauseKey, finding.causeKey);
  }
}

function join(draft: Draft, view: SiteView, parentKey: string, symptom: string): void {
  const parent = incidentOf(draft, view.site.id, parentKey);
  if (parent !== undefined) draft.setIncident(joinSymptom(parent, symptom, draft.now));
}

function isWorse(finding: Finding, incident: Incident): boolean {
  return finding.kind === 'link-down' && incident.kind === 'link-degraded' && !finding.recovering;
}

/** A degraded link that dies must pass the same questions as one that dies from health: a blip is no outage. */
function worsenWhenRipe(draft: Draft, meeting: Meeting, incident: Incident): void {
  const { view, finding, sight } = meeting;
  const quiet = quietOf({ draft, view, finding, sight });
  if (quiet !== undefined) {
    beQuiet(draft, meeting, quiet);
    return;
  }
  const belonging = belongingOf(draft, view, finding);
  if (belonging.kind === 'waits') {
    beQuiet(draft, meeting, { because: 'held-for-provider', until: belonging.until });
    return;
  }
  const facts = { siteHasOtherLink: hasOtherLink(view, finding), now: draft.now };
  const marked = flapped(draft, incident, finding);
  const worse = worsen(marked, finding, facts);
  // An episode has its own count of the time without service.
  const counted = finding.flap === undefined ? worse : { ...worse, outageSince: marked.outageSince };
  const told = planWorsened(draft, view, counted);
  draft.setIncident(belonging.kind === 'belongs' ? joinLate(draft, told, belonging) : told);
}

/** The same cause is still there. */
function carryOn(draft: Draft, { view, finding, wakes }: Meeting, incident: Incident): void {
  if (finding.recovering) return;
  if (finding.flap !== undefined) {
    const next = flap(draft, incident, finding.flap);
    const due = isNoticeDue(next, draft.policy, draft.now);
    const told = due ? flapTold(planFlapping(draft, view, next), draft.now) : next;
    if (told !== incident) draft.setIncident(told);
    const { toldAt, toldDowns, downs } = told.flap ?? { toldAt: undefined, toldDowns: 0, downs: 0 };
    if (toldAt !== undefined && downs > toldDowns) wakes.push(plus(toldAt, draft.policy.flapNoticeMs));
    return;
  }
  if (finding.kind === 'link-degraded' && incident.kind === 'link-down') {
    draft.setIncident(planEased(draft, view, ease(incident, finding, draft.now)));
    return;
  }
  const raised = raiseWhenRipe(draft, view, { incident, finding });
  if (typeof raised === 'number') wakes.push(raised);
  let next = typeof raised === 'number' ? incident : raised;
  if (tellsMore(finding, incident)) next = { ...next, verdict: finding.verdict };
  if (next.recoveredAt !== undefined) next = fallBack(next, startOf(finding), draft.now);
  next = overdueNow(draft, view, next, finding);
  if (finding.host !== incident.host && finding.host !== undefined)
    next = joinSymptom(next, `host:${finding.host}`, draft.now);
  else if (
    finding.kind === incident.kind &&
    incident.layer !== finding.layer &&
    finding.layer !== undefined
  ) {
    next = { ...next, layer: finding.layer, cause: finding.cause };
  }
  if (next !== incident) draft.setIncident(next);
}

/** The same kind of trouble on the same link, with measures that were not known at the opening (path, quality). */
function tellsMore(finding: Finding, incident: Incident): boolean {
  if (incident.link === undefined || finding.kind !== incident.kind) return false;
  const factsOf = (verdict: Finding['verdict']): string =>
    JSON.stringify(verdict.witnesses.find((each) => each.source === 'link-verdict')?.facts ?? {});
  return factsOf(finding.verdict).length > factsOf(incident.verdict).length;
}

interface GoingOn {
  readonly view: SiteView;
  readonly incident: Incident;
  readonly findings: readonly Finding[];
  readonly wakes: Instant[];
}

/** An incident whose cause may be over: recovers on positive evidence, resolves after the hold, closes in the end. */
function goOn(draft: Draft, { view, incident, findings, wakes }: GoingOn): void {
  const { policy, now } = draft;
  let next = steady(incident, view.record, now);
  const active = findings.some((finding) => finding.causeKey === incident.causeKey && !finding.recovering);
  if (!active && next.recoveredAt === undefined) {
    const recoveredAt = recoveryOf(view, incident);
    if (recoveredAt === 'retired') {
      closeAndForget(draft, view, close(next, now, 'retired'));
      return;
    }
    if (recoveredAt !== undefined) next = recover(next, recoveredAt, now);
  }
  if (next.recoveredAt !== undefined && next.state !== 'resolved') {
    const due = plus(next.recoveredAt, policy.resolveHoldMs);
    if (now >= due) next = planResolved(draft, view, resolve(next, now));
    else wakes.push(due);
  }
  if (next.state === 'resolved' && next.resolvedAt !== undefined) {
    const due = plus(next.resolvedAt, policy.reopenMs);
    if (now >= due && !active) {
      closeAndForget(draft, view, close(next, now));
      return;
    }
    if (now < due) wakes.push(due);
  }
  if (next !== incident) draft.setIncident(next);
}

function closeAndForget(draft: Draft, view: SiteView, closed: Incident): void {
  draft.setIncident(planClosed(draft, view, closed));
  const record = draft.site(view.site.id);
  const outage = {
    causeKey: closed.causeKey,
    from: closed.detectedAt,
    to: closed.recoveredAt ?? draft.now,
    downtimeMs: closed.downtimeMs,
  };
  const incidents = record.incidents.filter((id) => id !== closed.id);
  draft.setSite(rememberOutage({ ...record, incidents }, outage, draft.now));
}

/** Closes what a retired site leaves behind. */
export function retireSite(draft: Draft, id: SiteId): void {
  for (const incident of openIncidents(draft, id)) draft.setIncident(close(incident, draft.now, 'retired'));
  draft.setSite({ ...draft.site(id), incidents: [], wakeAt: undefined });
}

export function openIncidents(draft: Draft, id: SiteId): Incident[] {
  return draft.site(id).incidents.flatMap((each) => draft.incident(each) ?? []);
}

export function incidentOf(draft: Draft, id: SiteId, causeKey: string): Incident | undefined {
  return openIncidents(draft, id).find((incident) => incident.causeKey === causeKey);
}

function setWake(draft: Draft, id: SiteId, wakes: readonly Instant[]): void {
  const record = draft.site(id);
  const future = wakes.map((wake) => (wake <= draft.now ? plus(draft.now, 1) : wake));
  const wakeAt = future.length === 0 ? undefined : future.reduce(earlier);
  if (record.wakeAt !== wakeAt) draft.setSite({ ...record, wakeAt });
}

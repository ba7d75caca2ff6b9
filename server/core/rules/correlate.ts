// Room 10 of the route: a site's findings meet its incidents. Each finding is a new cause, a symptom of an open
// incident, or quiet with a reason; each incident goes on, recovers, falls back, resolves or closes.
// Suppress opening, never resolution.
import type { SiteId } from '../../../shared/ids.ts';
import { earlier, type Instant, later, plus, second } from '../../../shared/time.ts';
import type { Draft } from '../draft.ts';
import type { Incident } from '../incident.ts';
import { diagnose } from './diagnose.ts';
import { type Finding, siteCauseKey } from './finding.ts';
import { close, fallBack, joinSymptom, openIncident, recover, reopen, resolve } from './incident.ts';
import { rememberOutage } from './past.ts';
import { recoveryOf } from './recovery.ts';
import { type Quiet, quietOf, type Sight } from './suppress.ts';
import { planClosed, planOpened, planReopened, planResolved } from './ticket-plan.ts';
import { type SiteView, siteView } from './witness.ts';

/** Looks at one site anew; the only way an incident of a site changes by evidence. Sets the site's next wake. */
export function evaluateSite(draft: Draft, id: SiteId, sight: Sight): void {
  const site = draft.topology.sites.get(id);
  if (site === undefined) return;
  const view = siteView(draft, site);
  // Causes before their symptoms, so that a symptom finds the incident it joins.
  const diagnosed = diagnose(view, draft.policy, draft.now);
  const findings = [
    ...diagnosed.filter((each) => each.symptomOf === undefined),
    ...diagnosed.filter((each) => each.symptomOf !== undefined),
  ];
  const wakes: Instant[] = [];
  for (const finding of findings) meet(draft, { view, finding, sight, wakes });
  for (const incident of openIncidents(draft, id)) goOn(draft, { view, incident, findings, wakes });
  for (const agent of view.away) {
    if (agent.returnBy !== undefined && agent.returnBy > draft.now) wakes.push(agent.returnBy);
  }
  setWake(draft, id, wakes);
}

interface Meeting {
  readonly view: SiteView;
  readonly finding: Finding;
  readonly sight: Sight;
  readonly wakes: Instant[];
}

/** One finding: goes to its incident, joins a parent, opens, or stays quiet until something wakes it. */
function meet(draft: Draft, meeting: Meeting): void {
  const { view, finding, sight, wakes } = meeting;
  const own = incidentOf(draft, view.site.id, finding.causeKey);
  if (own !== undefined && own.state !== 'resolved') {
    carryOn(draft, own, finding);
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
  if (own !== undefined) {
    const again = reopen(own, finding.since, draft.now);
    draft.setIncident(planReopened(draft, view, { ...again, verdict: finding.verdict }));
    return;
  }
  const opened = openIncident({
    id: draft.newIncidentId(),
    site: view.site.id,
    finding: { ...finding, confirmedAt: confirmedAt(draft, finding) },
    openedAt: draft.now,
    siteHasOtherLink: hasOtherLink(view, finding),
  });
  draft.setIncident(planOpened(draft, view, opened));
  const record = draft.site(view.site.id);
  draft.setSite({ ...record, incidents: [...record.incidents, opened.id] });
  // A whole site speaks for its parts: what waits below it joins instead of opening.
  if (opened.causeKey === siteCauseKey) wakes.push(plus(draft.now, second));
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

/** The same cause is still there. */
function carryOn(draft: Draft, incident: Incident, finding: Finding): void {
  if (finding.recovering) return;
  let next = incident;
  if (next.recoveredAt !== undefined) next = fallBack(next, finding.since, draft.now);
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

interface GoingOn {
  readonly view: SiteView;
  readonly incident: Incident;
  readonly findings: readonly Finding[];
  readonly wakes: Instant[];
}

/** An incident whose cause may be over: recovers on positive evidence, resolves after the hold, closes in the end. */
function goOn(draft: Draft, { view, incident, findings, wakes }: GoingOn): void {
  const { policy, now } = draft;
  let next = incident;
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

function hasOtherLink(view: SiteView, finding: Finding): boolean {
  return view.site.links.some((link) => {
    if (link.key === finding.link) return false;
    return !view.record.links.some((report) => report.link === link.key && report.status === 'down');
  });
}

function setWake(draft: Draft, id: SiteId, wakes: readonly Instant[]): void {
  const record = draft.site(id);
  const future = wakes.map((wake) => (wake <= draft.now ? plus(draft.now, 1) : wake));
  const wakeAt = future.length === 0 ? undefined : future.reduce(earlier);
  if (record.wakeAt !== wakeAt) draft.setSite({ ...record, wakeAt });
}

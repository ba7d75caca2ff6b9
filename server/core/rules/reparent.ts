// A cause that proves larger than its first sign. A host's (or link's) incident opened, and seconds later its whole site,
// or the machine it runs on, proves to be gone: still one cause. The first incident grows to the cause and keeps its
// ticket; other tickets that are open already are told to whom they belong. Never opens a second ticket for one cause.
import { earlier, type Instant, plus } from '../../../shared/time.ts';
import { priorities } from '../../../shared/words.ts';
import type { Draft } from '../draft.ts';
import type { Incident } from '../incident.ts';
import { ancestorsOf } from './dependencies.ts';
import { type Finding, siteCauseKey, startOf } from './finding.ts';
import { joinSymptom, raiseTo, withEntry } from './incident.ts';
import { priorityOf, severityOf } from './priority.ts';
import { planBecameParent, planJoinedParent, planRaised } from './ticket-plan.ts';
import type { SiteView } from './witness.ts';

interface Larger {
  readonly view: SiteView;
  readonly finding: Finding;
  readonly siteHasOtherLink: boolean;
}

/**
 * The finding is about to open. If an incident below it began with it (the parents' 15 s apart at most), that incident
 * becomes the finding's: same id, same ticket, now with the larger title and class. True = it did, nothing may open.
 */
export function growToCause(draft: Draft, { view, finding, siteHasOtherLink }: Larger): boolean {
  const below = begunTogether(draft, view, finding).filter(
    (each) => each.kind !== 'agent-lost' && !isSymptom(draft, each),
  );
  const [first] = below.sort(
    (a, b) => rank(a) - rank(b) || a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1),
  );
  if (first === undefined) return false;
  const grown = becomeParent(draft, first, { finding, siteHasOtherLink });
  draft.setIncident(planBecameParent(draft, view, grown));
  adopt(draft, view, { parent: first.id, finding });
  return true;
}

/** What is open below an incident that has just opened or grown: named as its symptom, its ticket told. */
export function adopt(
  draft: Draft,
  view: SiteView,
  { parent, finding }: { readonly parent: Incident['id']; readonly finding: Finding },
): void {
  for (const child of begunTogether(draft, view, finding)) {
    const above = draft.incident(parent);
    if (above === undefined || child.id === parent || isSymptom(draft, child)) continue;
    draft.setIncident(joinSymptom(above, child.causeKey, draft.now));
    draft.setIncident(planJoinedParent(draft, view, joinParent(draft, child, above), above));
  }
}

/**
 * A device opened in a low class because what is behind it lived; servers behind it are dead now, longer than a blip:
 * the class of servers, on the same ticket. Gives the incident, or when to look again.
 */
export function raiseWhenRipe(
  draft: Draft,
  view: SiteView,
  { incident, finding }: { readonly incident: Incident; readonly finding: Finding },
): Incident | Instant {
  const since = finding.stopsServersSince;
  const more = priorities.indexOf(priorityOf(finding)) < priorities.indexOf(incident.priority);
  if (incident.kind !== 'host-down' || finding.kind !== 'host-down' || !more || since === undefined)
    return incident;
  const ripeAt = plus(since, draft.policy.blipMs + draft.policy.blipMarginMs);
  if (draft.now < ripeAt) return ripeAt;
  const raised = raiseTo(incident, priorityOf(finding), { at: draft.now, since });
  return planRaised(draft, view, withEntry(raised, { at: draft.now, kind: 'raised' }));
}

/** The first sign's incident with the larger cause's name. What it was about becomes its first symptom. */
function becomeParent(
  draft: Draft,
  first: Incident,
  { finding, siteHasOtherLink }: Omit<Larger, 'view'>,
): Incident {
  const detectedAt = earlier(first.detectedAt, startOf(finding));
  const evidenceAt = earlier(evidenceOf(first), finding.since);
  const itsClass = priorityOf(finding);
  const priority = priorities.find((each) => each === first.priority || each === itsClass) ?? first.priority;
  const grown: Incident = {
    ...raiseTo(first, priority, { at: draft.now, since: detectedAt }),
    kind: finding.kind,
    cause: finding.cause,
    layer: finding.layer,
    causeKey: finding.causeKey,
    link: finding.link,
    host: finding.host,
    provider: finding.provider,
    severity: severityOf(finding, siteHasOtherLink),
    detectedAt,
    evidenceAt: evidenceAt > detectedAt ? evidenceAt : undefined,
    beganAt: finding.began?.since,
    outageSince: first.outageSince === first.detectedAt ? detectedAt : first.outageSince,
    verdict: finding.verdict,
    symptoms: [...new Set([...first.symptoms, first.causeKey])],
  };
  return withEntry(grown, { at: draft.now, kind: 'became-parent', text: first.causeKey });
}

function joinParent(draft: Draft, child: Incident, above: Incident): Incident {
  const text = above.causeKey === siteCauseKey ? above.site : above.causeKey;
  return withEntry({ ...child, parent: above.id }, { at: draft.now, kind: 'joined-parent', text });
}

/** It joined a larger one of its site already. A provider's outage is no such: it explains sites as well as links. */
function isSymptom(draft: Draft, incident: Incident): boolean {
  return incident.parent !== undefined && draft.incident(incident.parent)?.kind !== 'provider-outage';
}

function begunTogether(draft: Draft, view: SiteView, finding: Finding): Incident[] {
  const open = draft.site(view.site.id).incidents.flatMap((id) => draft.incident(id) ?? []);
  return open.filter(
    (each) =>
      each.recoveredAt === undefined &&
      !each.flapping &&
      isBelow(view, each, finding) &&
      Math.abs(evidenceOf(each) - finding.since) <= draft.policy.parentHoldMs,
  );
}

function isBelow(view: SiteView, incident: Incident, finding: Finding): boolean {
  if (incident.causeKey === finding.causeKey || incident.causeKey === siteCauseKey) return false;
  const { kind } = incident;
  if (finding.causeKey === siteCauseKey)
    return kind === 'host-down' || kind === 'link-down' || kind === 'agent-lost';
  if (finding.kind !== 'host-down' || finding.host === undefined || incident.host === undefined) return false;
  if (kind === 'agent-lost' && incident.host === finding.host) return true;
  return (
    (kind === 'host-down' || kind === 'agent-lost') && ancestorsOf(view, incident.host).includes(finding.host)
  );
}

/** Its first failing evidence: what says whether two began together. */
function evidenceOf({ evidenceAt, detectedAt }: Incident): Instant {
  return evidenceAt ?? detectedAt;
}

/** Most urgent first. */
function rank(incident: Incident): number {
  return priorities.indexOf(incident.priority);
}

// The life of a provider's outage after it has opened: it is over when most of its children are, resolves after the
// hold, comes back with them, closes in the end. Children that stay down go on alone.
// Must never resolve, close or reopen a child: those live by their own evidence.
import { limits } from '../../../shared/limits.ts';
import { earlier, type Instant, later, plus } from '../../../shared/time.ts';
import type { Draft } from '../draft.ts';
import type { Incident } from '../incident.ts';
import type { RegionalOutage } from '../state.ts';
import { close, fallBack, recover, reopen, resolve, withEntry } from './incident.ts';
import { tellClosed, tellLeftAlone, tellMore, tellReopened, tellResolved } from './provider-ticket.ts';
import { isUnstable } from './unstable.ts';

/** Of some incidents `before` this decision, those that belong to an outage and have ended or come back since. */
export function tellParents(draft: Draft, before: readonly Incident[]): void {
  for (const child of before) {
    const now = draft.incident(child.id);
    if (now !== undefined && now.parent !== undefined && isOver(now) !== isOver(child)) {
      tendParent(draft, now);
    }
  }
}

/** A person or the inventory has moved an incident: a provider's outage itself, or one of its children. */
export function tendParent(draft: Draft, incident: Incident): void {
  const parent = incident.parent === undefined ? incident : draft.incident(incident.parent);
  if (parent?.kind === 'provider-outage' && parent.provider !== undefined) {
    tendOutages(draft, parent.provider);
  }
}

/** Providers whose wake has come. */
export function tendDueProviders(draft: Draft): void {
  for (const key of draft.providerKeys()) {
    const { wakeAt } = draft.provider(key);
    if (wakeAt !== undefined && wakeAt <= draft.now) tendOutages(draft, key);
  }
}

export function tendAllProviders(draft: Draft): void {
  for (const key of draft.providerKeys()) {
    if (draft.provider(key).outages.length > 0) tendOutages(draft, key);
  }
}

function tendOutages(draft: Draft, key: string): void {
  const outages: RegionalOutage[] = [];
  const wakes: Instant[] = [];
  for (const outage of draft.provider(key).outages) {
    const incident = draft.incident(outage.incident);
    if (incident === undefined) continue;
    const next = step(draft, outage, incident, wakes);
    if (next !== undefined) outages.push(next);
  }
  const wakeAt = wakes.length === 0 ? undefined : wakes.reduce(earlier);
  draft.setProvider({ ...draft.provider(key), outages, wakeAt });
}

/** One outage at this moment; undefined = it has closed. */
function step(
  draft: Draft,
  outage: RegionalOutage,
  before: Incident,
  wakes: Instant[],
): RegionalOutage | undefined {
  const children = childrenOf(draft, outage);
  const over = isMostlyOver(outage, children);
  let incident = moved(draft, outage, before, children);
  if (incident.recoveredAt !== undefined && incident.state !== 'resolved') {
    const due = plus(incident.recoveredAt, draft.policy.resolveHoldMs);
    if (draft.now >= due) incident = end(draft, incident, children);
    else wakes.push(due);
  }
  if (incident.state === 'resolved' && incident.resolvedAt !== undefined) {
    const due = plus(incident.resolvedAt, draft.policy.reopenMs);
    // What a person called over stays until the evidence agrees; a child that returns wakes it.
    if (draft.now >= due && over) {
      draft.setIncident(tellClosed(draft, close(incident, draft.now)));
      return undefined;
    }
    if (draft.now < due) wakes.push(due);
  }
  const told = tellNews(draft, outage, incident, wakes);
  if (told.incident !== before) draft.setIncident(told.incident);
  const again = before.recoveredAt !== undefined && incident.recoveredAt === undefined;
  return again ? { ...told.outage, since: incident.outageSince ?? draft.now } : told.outage;
}

/** Recovered, or failing again, by what its children say. */
function moved(draft: Draft, outage: RegionalOutage, incident: Incident, children: Children): Incident {
  const over = isMostlyOver(outage, children);
  if (incident.recoveredAt === undefined) {
    return over ? recover(incident, overAt(outage, children, incident), draft.now) : incident;
  }
  if (over || incident.resolvedByPerson === true) return incident;
  const since = children.standing.map((each) => each.outageSince ?? draft.now).reduce(later);
  if (incident.state !== 'resolved') return fallBack(incident, since, draft.now);
  // One customer whose link fails again after the end is one customer.
  return children.standing.length < 2 ? incident : tellReopened(draft, reopen(incident, since, draft.now));
}

function end(draft: Draft, incident: Incident, { standing }: Children): Incident {
  for (const child of standing) {
    const alone = withEntry(child, { at: draft.now, kind: 'outage-over', text: incident.id });
    draft.setIncident(tellLeftAlone(draft, alone, incident));
  }
  return tellResolved(draft, resolve(incident, draft.now), standing.length);
}

/** Who joined after the ticket was written, in one note now and then. */
function tellNews(draft: Draft, outage: RegionalOutage, incident: Incident, wakes: Instant[]) {
  if (outage.joined <= outage.told || incident.state === 'resolved') return { outage, incident };
  if (draft.now < outage.tellAt) {
    wakes.push(outage.tellAt);
    return { outage, incident };
  }
  const tellAt = plus(draft.now, limits.outageTellEveryMs);
  return {
    outage: { ...outage, told: outage.joined, tellAt },
    incident: tellMore(draft, incident, outage),
  };
}

interface Children {
  readonly standing: readonly Incident[];
  readonly overAts: readonly Instant[];
}

function childrenOf(draft: Draft, outage: RegionalOutage): Children {
  const standing: Incident[] = [];
  const overAts: Instant[] = [];
  for (const id of outage.children) {
    const child = draft.incident(id);
    if (child !== undefined && !isOver(child)) standing.push(child);
    // One that has closed ended long ago.
    else overAts.push(child?.recoveredAt ?? outage.since);
  }
  return { standing, overAts: overAts.sort((a, b) => a - b) };
}

/** Who comes and goes in an episode is not back. */
function isOver(incident: Incident): boolean {
  if (isUnstable(incident)) return false;
  return incident.recoveredAt !== undefined || incident.state === 'closed' || incident.state === 'resolved';
}

/** More than half. Before the first child has joined nothing is over. */
function isMostlyOver(outage: RegionalOutage, { overAts }: Children): boolean {
  return overAts.length * 2 > outage.children.length;
}

/** The moment at which the half was passed. */
function overAt(outage: RegionalOutage, { overAts }: Children, incident: Incident): Instant {
  return overAts[Math.floor(outage.children.length / 2)] ?? incident.detectedAt;
}

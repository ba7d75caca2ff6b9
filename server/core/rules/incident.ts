// Room 11 of the route: the life of one incident, `open -> acknowledged -> resolved -> closed`, and back. Each function
// takes a record and gives the next one; nobody else builds or edits incidents.
import { assert } from '../../../shared/assert.ts';
import type { IncidentId, SiteId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { earlier, type Instant, later } from '../../../shared/time.ts';
import { type Cause, type Layer, type Priority, priorities } from '../../../shared/words.ts';
import type { Incident, IncidentPause, TimelineEntry, TimelineKind } from '../incident.ts';
import { type Finding, startOf } from './finding.ts';
import { priorityOf, severityOf } from './priority.ts';

export interface NewIncident {
  readonly id: IncidentId;
  readonly site?: SiteId;
  readonly finding: Finding;
  readonly openedAt: Instant;
  readonly siteHasOtherLink: boolean;
}

export function openIncident({ id, site, finding, openedAt, siteHasOtherLink }: NewIncident): Incident {
  const detectedAt = earlier(startOf(finding), openedAt);
  const confirmedAt = later(detectedAt, earlier(finding.confirmedAt ?? openedAt, openedAt));
  return {
    id,
    kind: finding.kind,
    cause: finding.cause,
    layer: finding.layer,
    causeKey: finding.causeKey,
    site,
    link: finding.link,
    host: finding.host,
    provider: finding.provider,
    severity: severityOf(finding, siteHasOtherLink),
    priority: priorityOf(finding),
    state: 'open',
    detectedAt,
    ...(detectedAt < finding.since ? { evidenceAt: finding.since } : {}),
    ...(finding.began === undefined ? {} : { beganAt: finding.began.since }),
    ...(finding.awaySince === undefined ? {} : { overdue: true as const }),
    confirmedAt,
    openedAt,
    downtimeMs: 0,
    outageSince: detectedAt,
    reopenedCount: 0,
    flapping: false,
    retro: false,
    touched: false,
    verdict: finding.verdict,
    symptoms: [],
    timeline: [
      { at: detectedAt, kind: 'first-evidence' },
      { at: confirmedAt, kind: 'confirmed' },
      { at: openedAt, kind: 'opened' },
      ...beginning(finding),
    ],
    notesSent: 0,
  };
}

/** It began while it was planned: the reader sees when, the clock starts at the window's end. */
function beginning({ began }: Finding): TimelineEntry[] {
  return began === undefined ? [] : [{ at: began.since, kind: 'began-in-window', text: began.reason }];
}

export interface PastIncident extends Omit<NewIncident, 'openedAt'> {
  readonly endedAt: Instant;
  readonly now: Instant;
}

/** Rebuilt from late data: closed from birth, with its minutes, never a ticket. */
export function pastIncident(past: PastIncident): Incident {
  const opened = openIncident({ ...past, openedAt: past.now });
  const endedAt = later(opened.detectedAt, past.endedAt);
  return {
    ...opened,
    state: 'closed',
    retro: true,
    recoveredAt: endedAt,
    resolvedAt: past.now,
    closedAt: past.now,
    downtimeMs: endedAt - opened.detectedAt,
    outageSince: undefined,
    timeline: [
      { at: opened.detectedAt, kind: 'first-evidence' },
      { at: endedAt, kind: 'recovering' },
      { at: past.now, kind: 'history' },
    ],
  };
}

export function withEntry(incident: Incident, entry: TimelineEntry): Incident {
  const timeline = [...incident.timeline, entry];
  // The first entries tell where the SLA clock started; the oldest of the middle go.
  if (timeline.length > limits.timelineEntriesMax)
    timeline.splice(3, timeline.length - limits.timelineEntriesMax);
  return { ...incident, timeline };
}

/** Evidence says that it is over since `at`. */
export function recover(incident: Incident, at: Instant, now: Instant): Incident {
  assert(incident.recoveredAt === undefined, 'an incident recovers once per outage stretch');
  const since = incident.outageSince;
  const recoveredAt = later(since ?? incident.detectedAt, earlier(at, now));
  const stretchMs = since === undefined ? 0 : recoveredAt - since;
  return withEntry(
    {
      ...incident,
      recoveredAt,
      downtimeMs: incident.downtimeMs + stretchMs,
      outageSince: undefined,
      returnBy: undefined,
    },
    { at: recoveredAt, kind: 'recovering' },
  );
}

/**
 * What was only degraded is now down: the same cause, the same ticket, from now on with the worse kind's class. The
 * stretch that counts as downtime begins with the new finding.
 */
export function worsen(
  incident: Incident,
  finding: Finding,
  told: { readonly siteHasOtherLink: boolean; readonly now: Instant },
): Incident {
  const from = later(incident.detectedAt, earlier(finding.since, told.now));
  const priority = priorities.find((each) => each === incident.priority || each === priorityOf(finding));
  return withEntry(
    {
      ...raiseTo(incident, priority ?? incident.priority, { at: told.now, since: from }),
      kind: finding.kind,
      cause: finding.cause,
      layer: finding.layer,
      severity: severityOf(finding, told.siteHasOtherLink),
      verdict: finding.verdict,
      recoveredAt: undefined,
      outageSince: from,
      downtimeMs: incident.downtimeMs,
    },
    { at: from, kind: 'worsened' },
  );
}

/** What was down carries again, but badly: the outage's minutes end here, the incident and its class stay. */
export function ease(incident: Incident, finding: Finding, now: Instant): Incident {
  const over = incident.recoveredAt === undefined ? recover(incident, finding.since, now) : incident;
  return withEntry(
    {
      ...over,
      kind: finding.kind,
      cause: finding.cause,
      layer: finding.layer,
      verdict: finding.verdict,
      recoveredAt: undefined,
    },
    { at: earlier(finding.since, now), kind: 'eased' },
  );
}

/** Down again while the recovery was still held. */
export function fallBack(incident: Incident, since: Instant, now: Instant): Incident {
  const from = later(incident.recoveredAt ?? since, earlier(since, now));
  return withEntry(
    { ...incident, recoveredAt: undefined, outageSince: from },
    { at: from, kind: 'fell-back' },
  );
}

export function resolve(incident: Incident, now: Instant): Incident {
  return withEntry(
    { ...endPause(incident, now), state: 'resolved', resolvedAt: now },
    { at: now, kind: 'resolved' },
  );
}

/** Down again after `resolved`, within the reopening time: the same incident, the same ticket. */
export function reopen(incident: Incident, since: Instant, now: Instant): Incident {
  const from = later(incident.recoveredAt ?? since, earlier(since, now));
  const state = incident.acknowledgedAt === undefined ? 'open' : 'acknowledged';
  return withEntry(
    {
      ...callAnew(incident),
      state,
      recoveredAt: undefined,
      resolvedAt: undefined,
      outageSince: from,
      reopenedCount: incident.reopenedCount + 1,
    },
    { at: now, kind: 'reopened' },
  );
}

export function close(incident: Incident, now: Instant, kind: TimelineKind = 'closed'): Incident {
  const running = incident.outageSince;
  const downtimeMs = incident.downtimeMs + (running === undefined ? 0 : Math.max(0, now - running));
  return withEntry(
    {
      ...endPause(incident, now),
      state: 'closed',
      closedAt: now,
      resolvedAt: incident.resolvedAt ?? now,
      downtimeMs,
      outageSince: undefined,
    },
    { at: now, kind },
  );
}

export function knowCause(
  incident: Incident,
  known: { readonly cause: Cause; readonly layer?: Layer },
  now: Instant,
): Incident {
  return withEntry({ ...incident, ...known }, { at: now, kind: 'cause-known', text: known.cause });
}

export function joinSymptom(incident: Incident, causeKey: string, now: Instant): Incident {
  if (incident.symptoms.includes(causeKey)) return incident;
  return withEntry(
    { ...incident, symptoms: [...incident.symptoms, causeKey] },
    { at: now, kind: 'symptom-joined', text: causeKey },
  );
}

/** A person says that it is over. The ticket and the evidence go on; only this incident rests. */
export function resolveByPerson(
  incident: Incident,
  by: { readonly who: string; readonly text?: string },
  now: Instant,
): Incident {
  const recoveredAt = incident.recoveredAt ?? now;
  const over = {
    ...endPause(incident, now),
    recoveredAt,
    downtimeMs: downtimeAt(incident, now),
    outageSince: undefined,
  };
  return withEntry(
    { ...over, state: 'resolved', resolvedAt: now, resolvedByPerson: true, touched: true },
    { at: now, kind: 'resolved-by-person', by: by.who, text: by.text },
  );
}

export function reopenByPerson(
  incident: Incident,
  by: { readonly who: string; readonly text?: string },
  now: Instant,
): Incident {
  const state = incident.acknowledgedAt === undefined ? 'open' : 'acknowledged';
  // Only the person who resolved it said that it was over: it never was.
  const wasNone = incident.resolvedByPerson === true && incident.recoveredAt === incident.resolvedAt;
  return withEntry(
    {
      ...callAnew(incident),
      state,
      resolvedAt: undefined,
      resolvedByPerson: undefined,
      recoveredAt: undefined,
      outageSince: wasNone ? incident.resolvedAt : incident.outageSince,
      touched: true,
    },
    { at: now, kind: 'reopened-by-person', by: by.who, text: by.text },
  );
}

export function acknowledge(
  incident: Incident,
  by: { readonly who: string; readonly text?: string },
  now: Instant,
  kind: 'acknowledged' | 'acknowledged-at-desk' = 'acknowledged',
): Incident {
  const state = incident.state === 'open' ? 'acknowledged' : incident.state;
  const first = incident.acknowledgedAt === undefined ? { acknowledgedBy: by.who, acknowledgedAt: now } : {};
  return withEntry(
    { ...incident, ...first, state, touched: true },
    { at: now, kind, by: by.who, text: by.text },
  );
}

/** Came back or got worse: everybody is called again as at first. Levels never sink. */
function callAnew(incident: Incident): Incident {
  const { escalation } = incident;
  if (escalation === undefined) return incident;
  const steps = escalation.steps.slice(-limits.timelineEntriesMax);
  return { ...incident, escalation: { ...escalation, steps, stepsBefore: steps.length } };
}

/** A higher class: its clock starts with the evidence of what raised it, and its calls begin now. */
export function raiseTo(
  incident: Incident,
  priority: Priority,
  raised: { readonly at: Instant; readonly since: Instant },
): Incident {
  const running = endPause(incident, raised.at);
  return priority === incident.priority ? running : { ...callAnew(running), priority, raised };
}

/** Whoever stopped the clock did so for the outage as it was: what ends or grows lets it run again. */
export function endPause(incident: Incident, now: Instant): Incident {
  const { pauses = [] } = incident;
  const running = pauseAt(incident, now);
  if (running === undefined) return incident;
  return withEntry(
    { ...incident, pauses: pauses.map((each) => (each === running ? { ...each, until: now } : each)) },
    { at: now, kind: 'sla-resumed' },
  );
}

export function pauseAt({ pauses = [] }: Incident, at: Instant): IncidentPause | undefined {
  return pauses.findLast(({ from, until }) => from <= at && (until === undefined || at < until));
}

/** Total downtime at `now`, the running stretch included; in ms. */
export function downtimeAt(incident: Incident, now: Instant): number {
  return (
    incident.downtimeMs + (incident.outageSince === undefined ? 0 : Math.max(0, now - incident.outageSince))
  );
}

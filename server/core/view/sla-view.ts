// The contract's clock and the next call of an incident as rows of the wall and the API: worked out anew at each reading,
// stored nowhere. Decides nothing; `core/sla` does.
import type { EscalationRow, SlaRow } from '../../../shared/api/sla.ts';
import { earlier, type Instant, later, toIso } from '../../../shared/time.ts';
import type { Incident } from '../incident.ts';
import { outageLasts, takenSteps } from '../rules/desk-life.ts';
import { pauseAt } from '../rules/incident.ts';
import { closingFrom } from '../sla/calendar.ts';
import type { Calendars } from '../sla/calendars.ts';
import { type Escalation, stepsOf } from '../sla/escalation.ts';
import { decidingSite, type EscalationView, escalationFactsOf } from '../sla/escalation-facts.ts';
import { slaQuestionOf } from '../sla/of-incident.ts';
import { type Sla, slaOf } from '../sla/sla.ts';
import { whyOf } from '../sla/why.ts';
import { sentenceOfWhy } from '../sla/why-sentence.ts';
import type { Hint } from '../ticket-settings.ts';
import type { Site } from '../topology.ts';
import type { Speech } from './sentences.ts';

/** What reading an incident needs beside the incident: names, words, the contracts' calendars, and the instant. */
export interface Reading extends Speech, EscalationView {
  readonly calendars: Calendars;
  /** The knowledge base, as the core has it. */
  readonly hints: readonly Hint[];
  readonly now: Instant;
}

export interface Clocks {
  readonly sla: SlaRow;
  readonly escalation: EscalationRow;
}

/** A provider's outage has the clock of its most demanding customer. Vigia's own has none: `state` is `none` then. */
export function clocksOf(incident: Incident, reading: Reading): Clocks {
  const site = decidingSite(incident, reading);
  if (site === undefined) return { sla: withoutContract(incident, reading.now), escalation: soFar(incident) };
  const { calendars, now } = reading;
  const sla = slaOf(slaQuestionOf(incident, site, now), calendars);
  const facts = escalationFactsOf(incident, reading, now);
  const next = facts === undefined ? null : nextStep(incident, stepsOf(facts, calendars), reading);
  const row = slaRow({ incident, site, sla, reading });
  const pauseEndsAt = isoOf(pauseAt(incident, now)?.until);
  const turns = [row.validUntil, pauseEndsAt, next?.at ?? null].filter((at) => at !== null).sort();
  return {
    sla: { ...row, validUntil: turns[0] ?? null },
    escalation: { ...soFar(incident), next },
  };
}

/** How the deadline came about, in the reading's language; undefined where there is no contract. */
export function whySentence(incident: Incident, reading: Reading): string | undefined {
  const site = decidingSite(incident, reading);
  if (site === undefined) return undefined;
  const why = whyOf(slaQuestionOf(incident, site, reading.now), reading.calendars);
  return sentenceOfWhy(why, reading.catalogue.language);
}

interface Counted {
  readonly incident: Incident;
  readonly site: Site;
  readonly sla: Sla;
  readonly reading: Reading;
}

function slaRow({ incident, site, sla, reading: { calendars, now } }: Counted): SlaRow {
  const { city, state, timeZone } = site;
  const closing = closingFrom(now, calendars.of(site.plan, { city, state, timeZone }, site.customer));
  const open = sla.supportOpensAt === undefined;
  const counting = sla.attendedAt === undefined && sla.state !== 'paused' && (sla.clock === '24x7' || open);
  return {
    priority: incident.priority,
    plan: site.plan,
    state: sla.state,
    clock: sla.clock,
    basis: sla.basis,
    detectedAt: toIso(incident.detectedAt),
    startsAt: toIso(sla.startedAt),
    targetMs: sla.targetMs,
    dueAt: isoOf(sla.dueAt),
    attendedAt: isoOf(sla.attendedAt),
    at: toIso(now),
    elapsedMs: sla.elapsedMs,
    remainingMs: sla.remainingMs,
    counting,
    countsUntil: counting && sla.clock === 'support-hours' ? isoOf(closing) : null,
    supportOpensAt: isoOf(sla.supportOpensAt),
    validUntil: isoOf(sla.attendedAt === undefined ? turnOf(sla, closing, now) : undefined),
  };
}

/** Opening, closing or the deadline, whichever comes next. */
function turnOf(sla: Sla, closing: Instant | undefined, now: Instant): Instant | undefined {
  const turn = sla.supportOpensAt ?? closing;
  const due = sla.dueAt !== undefined && sla.dueAt > now ? sla.dueAt : undefined;
  return turn === undefined || due === undefined ? (turn ?? due) : earlier(turn, due);
}

function withoutContract(incident: Incident, now: Instant): SlaRow {
  const { priority, detectedAt, acknowledgedAt, resolvedAt } = incident;
  const attendedAt = acknowledgedAt ?? resolvedAt;
  const elapsedMs = later(detectedAt, attendedAt ?? now) - detectedAt;
  return {
    priority,
    plan: null,
    state: 'none',
    clock: '24x7',
    basis: 'evidence',
    detectedAt: toIso(detectedAt),
    startsAt: toIso(detectedAt),
    targetMs: 0,
    dueAt: null,
    attendedAt: isoOf(attendedAt),
    at: toIso(now),
    elapsedMs,
    remainingMs: -elapsedMs,
    counting: attendedAt === undefined,
    countsUntil: null,
    supportOpensAt: null,
    validUntil: null,
  };
}

function soFar({ escalation }: Incident): EscalationRow {
  if (escalation === undefined) return { level: 1, to: null, at: null, next: null };
  const { level, to, at } = escalation;
  return { level, to: to === '' ? null : to, at: toIso(at), next: null };
}

/** A step that is due and not yet recorded is the runner's to take; what a person waits for is the one after. */
function nextStep(incident: Incident, { steps }: Escalation, reading: Reading): EscalationRow['next'] {
  if (!outageLasts(incident) || isCalledForElsewhere(incident, reading)) return null;
  const taken = new Set(takenSteps(incident));
  const next = steps.find(({ kind, state }) => state === 'waiting' && !taken.has(kind));
  if (next === undefined) return null;
  return {
    step: next.kind,
    at: toIso(next.at),
    to: next.people.length === 0 ? null : next.people.join(', '),
  };
}

/** What a lasting outage explains is called for by that outage, once. */
function isCalledForElsewhere({ parent, timeline }: Incident, { incidents }: Reading): boolean {
  if (timeline.some(({ kind }) => kind === 'joined-parent')) return true;
  const explains = parent === undefined ? undefined : incidents.get(parent);
  return explains !== undefined && outageLasts(explains);
}

function isoOf(at: Instant | undefined): string | null {
  return at === undefined ? null : toIso(at);
}

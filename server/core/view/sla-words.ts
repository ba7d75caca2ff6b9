// The contract's clock in a ticket's text: class, deadline, and when support opens. Worked out by `sla/sla.ts` at the
// moment the text is made; the wall works it out anew. Portuguese; decides nothing.
import type { SlaPolicies } from '../../../shared/sla-policy.ts';
import { hour, type Instant, minute } from '../../../shared/time.ts';
import type { Incident } from '../incident.ts';
import { type Calendars, createCalendars } from '../sla/calendars.ts';
import { slaQuestionOf } from '../sla/of-incident.ts';
import { type Sla, slaOf } from '../sla/sla.ts';
import type { Site } from '../topology.ts';
import { sentenceOfInstant } from './sentences.ts';

export interface SlaWords {
  /** `Atender até 23/11/2026 10:00 (2 h úteis).` */
  readonly deadline: string;
  /** `Fora do horário de suporte: abre em 23/11/2026 08:00.`; empty inside it. */
  readonly supportHours: string;
}

/** One set of calendars per configuration: they are costly to make and follow from it alone. */
const calendarsOf = new WeakMap<SlaPolicies, Calendars>();

export function slaWords(incident: Incident, site: Site, policies: SlaPolicies, now: Instant): SlaWords {
  const calendars = calendarsOf.get(policies) ?? createCalendars(policies);
  calendarsOf.set(policies, calendars);
  const { timeZone } = site;
  const question = slaQuestionOf(incident, site, now);
  // This very text is about to be registered.
  const sla = slaOf({ ...question, registeredAt: question.registeredAt ?? now }, calendars);
  const opens = sla.supportOpensAt === undefined ? '' : sentenceOfMinute(sla.supportOpensAt, timeZone);
  return {
    deadline: sentenceOfDeadline(sla, timeZone),
    supportHours: opens === '' ? '' : `Fora do horário de suporte: abre em ${opens}.`,
  };
}

/** What concerns several customers has no plan of its own: the critical class says it all. */
export const slaWordsAtOnce = 'Atendimento imediato, contado desde a detecção.';

function sentenceOfDeadline(
  { clock, targetMs, basis, dueAt, supportOpensAt }: Sla,
  timeZone: string,
): string {
  if (targetMs === 0) {
    if (clock === '24x7') return 'Atendimento imediato, 24 horas por dia, contado desde a detecção.';
    return supportOpensAt === undefined ? slaWordsAtOnce : 'Atendimento assim que o suporte abrir.';
  }
  const counted = clock === '24x7' ? 'corridas' : 'úteis';
  const from = basis === 'evidence' ? 'desde a detecção' : 'a partir do registro do chamado';
  const span = `${sentenceOfTarget(targetMs)} ${counted} ${from}`;
  return dueAt === undefined
    ? `Prazo de atendimento: ${span}.`
    : `Atender até ${sentenceOfMinute(dueAt, timeZone)} (${span}).`;
}

/** `2 h`, `90 min`. */
function sentenceOfTarget(targetMs: number): string {
  return targetMs % hour === 0 ? `${targetMs / hour} h` : `${Math.round(targetMs / minute)} min`;
}

/** ` até 24/11/2026 08:00`; a provider's outage has no zone of its own and is told in the MSP's. */
export function untilWords(until: Instant | undefined, site: Site | undefined): string {
  if (until === undefined) return '';
  return site === undefined
    ? ` até ${sentenceOfMinute(until, 'America/Sao_Paulo')} (Brasília)`
    : ` até ${sentenceOfMinute(until, site.timeZone)}`;
}

/** Deadlines are told to the minute. */
function sentenceOfMinute(at: Instant, timeZone: string): string {
  return sentenceOfInstant(at, timeZone).slice(0, -':00'.length);
}

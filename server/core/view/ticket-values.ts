// What a ticket's template can say of an incident at one site, in Portuguese, by placeholder. All sentences of evidence
// come from `sentences.ts`, so wall and ticket say the same. Pure; what is not known is empty.
import { type Instant, minute } from '../../../shared/time.ts';
import { degradations } from '../../../shared/words.ts';
import type { Incident, Witness } from '../incident.ts';
import { type PastTotals, pastTotals } from '../rules/past.ts';
import type { SiteState } from '../state.ts';
import type { TicketSettings } from '../ticket-settings.ts';
import type { Site, SiteLink, Topology } from '../topology.ts';
import { linksToCall } from './contacts.ts';
import { sentenceOfDuration } from './duration.ts';
import { hintsFor } from './hints.ts';
import { namesOf, withoutRepeat } from './names.ts';
import {
  portuguese,
  type Speech,
  sentenceOfCause,
  sentenceOfFactName,
  sentenceOfInstant,
  sentenceOfPriority,
  sentenceOfRefusal,
  sentenceOfTitle,
  sentenceOfUndecided,
  sentenceOfVerdict,
  sentenceOfWitness,
} from './sentences.ts';
import { slaWords } from './sla-words.ts';

export interface TicketFacts {
  readonly incident: Incident;
  readonly site: Site;
  readonly topology: Topology;
  readonly settings: TicketSettings;
  readonly now: Instant;
}

export interface OpeningFacts extends TicketFacts {
  readonly record: SiteState;
  /** Names the provider's outage that it is part of. */
  readonly regional?: string;
}

export type CommonName =
  | keyof ReturnType<typeof placeValues>
  | keyof ReturnType<typeof timeValues>
  | keyof ReturnType<typeof evidenceValues>
  | keyof ReturnType<typeof contactValues>
  | keyof ReturnType<typeof hintValues>
  | 'title'
  | 'plainTitle'
  | 'regional'
  | 'history'
  | 'incident'
  | 'incidentUrl';

type Value = string | readonly string[];

export function ticketValues(
  facts: TicketFacts & Partial<OpeningFacts>,
): Readonly<Record<CommonName, Value>> {
  const { incident, site, topology, settings, record, regional, now } = facts;
  const speech = portuguese(topology);
  return {
    title: sentenceOfTitle(incident, speech),
    plainTitle: sentenceOfTitle({ ...incident, flapping: false }, speech),
    ...placeValues(site),
    ...timeValues(facts, speech),
    ...evidenceValues(incident, speech),
    ...contactValues(incident, site, topology),
    ...hintValues(incident, topology, settings),
    regional: regional ?? '',
    history: record === undefined ? '' : historyLine(record, incident, site, now),
    ...referenceValues(incident, settings),
  };
}

export function referenceValues({ id }: Incident, { publicUrl }: TicketSettings) {
  return { incident: id, incidentUrl: publicUrl === undefined ? '' : `${publicUrl}/incidents/${id}` };
}

function placeValues(site: Site) {
  // Empty for this computer's own site.
  const town = [site.city, site.state].filter((part) => part !== '').join('/');
  return {
    customer: site.customerName,
    plan: site.plan,
    site: site.name,
    town,
    place: [site.name, town].filter((part) => part !== '').join(', '),
  };
}

function timeValues({ incident, site, settings, now }: TicketFacts, speech: Speech) {
  const at = (instant: Instant | undefined): string =>
    instant === undefined ? '' : sentenceOfInstant(instant, site.timeZone);
  const flaps = incident.flap !== undefined && incident.flap.over === undefined;
  return {
    detectedAt: at(incident.detectedAt),
    outageSince: at(flaps ? incident.flap?.since : (incident.outageSince ?? incident.openedAt)),
    zone: sentenceOfZone(incident.detectedAt, site.timeZone),
    // The beginning was not seen: said so that nobody takes the instant above for the whole truth.
    unseenSince: at(incident.earliestAt),
    priority: sentenceOfPriority(incident.priority, speech),
    ...slaWords(incident, site, settings.sla, now),
    downtime: sentenceOfDuration(incident.downtimeMs),
    totals: sentenceOfTotals(incident),
  };
}

/** `hora local, UTC-3`. */
export function sentenceOfZone(at: Instant, timeZone: string): string {
  const { offset } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  const [, sign = '+', hours = '0', minutes = '00'] = /^([+-])(\d\d):(\d\d)/.exec(offset) ?? [];
  return `hora local, UTC${sign}${Number(hours)}${minutes === '00' ? '' : `:${minutes}`}`;
}

function evidenceValues(incident: Incident, speech: Speech) {
  const { verdict } = incident;
  const link = verdict.witnesses.find((each) => each.source === 'link-verdict');
  const measured = verdict.witnesses.find((each) => each.says === 'link-degraded');
  // A regional outage that it joined is its cause; nobody needs to ask further.
  const undecided = incident.cause === 'unknown' ? sentenceOfUndecided(verdict, speech) : undefined;
  return {
    measures: measured === undefined ? '' : sentenceOfMeasures(measured, speech),
    verdict: sentenceOfVerdict(verdict, speech, incident),
    cause: incident.cause === 'unknown' ? '' : sentenceOfCause(incident.cause, speech),
    undecided: undecided ?? '',
    witnesses: verdict.witnesses.map((witness) => sentenceOfWitness(witness, incident, speech)),
    linkWitness: link === undefined ? '' : sentenceOfWitness(link, incident, speech),
    refused: verdict.refused.map((refused) => sentenceOfRefusal(refused, speech)),
  };
}

/** `perda 35 % (acima do limite), latência 48 ms`; large packets have no number, they pass or vanish. */
function sentenceOfMeasures({ facts = {} }: Witness, speech: Speech): string {
  const bad = String(facts.by ?? '').split(' ');
  const told = degradations.flatMap((each): string[] => {
    if (facts[each] === undefined) return [];
    if (each === 'large-packets') return ['pacotes grandes não passam'];
    const measure = `${sentenceOfFactName(each, speech)} ${facts[each]}`;
    return [bad.includes(each) ? `${measure} (acima do limite)` : measure];
  });
  return told.join(', ');
}

/** Whom to call. */
function contactValues(incident: Incident, site: Site, topology: Topology) {
  const links = linksToCall(incident, site);
  const [only] = links.length === 1 ? links : [];
  const provider = only === undefined ? undefined : topology.providers.get(only.provider);
  return {
    contacts: links.map((link) => contactLine(link, topology, links.length > 1)),
    provider: namesOf({ site: site.id, link: only?.key }, { topology }).provider ?? '',
    supportPhone: provider?.supportPhone ?? '',
    circuit: only?.circuit ?? '',
    publicAddress: only?.publicAddress ?? '',
  };
}

/** `Vivo Empresas, suporte +55 11 0000-0000, circuito SPO-1, IP 198.51.100.10` */
function contactLine(link: SiteLink, topology: Topology, named: boolean): string {
  const provider = topology.providers.get(link.provider);
  const name = provider?.name ?? link.provider;
  const label = withoutRepeat('link', link.name);
  const parts = [named && label !== name && label !== '' ? `${name} (link ${label})` : name];
  parts.push(`suporte ${provider?.supportPhone ?? 'não cadastrado'}`);
  if (link.circuit !== undefined) parts.push(`circuito ${link.circuit}`);
  if (link.publicAddress !== undefined) parts.push(`IP ${link.publicAddress}`);
  return parts.join(', ');
}

/** Nobody is asked to do anything about what is over. */
export function hintValues(incident: Incident, topology: Topology, settings: TicketSettings) {
  const over = incident.recoveredAt !== undefined || incident.resolvedAt !== undefined;
  const closed = incident.state === 'closed' || incident.state === 'resolved';
  const [first, ...others] = over || closed ? [] : hintsFor(incident, settings.hints, topology);
  return {
    hint: first?.title ?? '',
    steps: first === undefined ? [] : first.steps.map((step, index) => `${index + 1}. ${step}`),
    otherHints: others.map(({ title }) => title),
  };
}

/** `Oscilou: 7 quedas. Tempo fora do ar: 3 min 10 s` when it flapped. */
function sentenceOfTotals(incident: Incident): string {
  const downtime = `Tempo ${howItWas(incident)}: ${sentenceOfDuration(incident.downtimeMs)}`;
  return incident.flap === undefined ? downtime : `Oscilou: ${sentenceOfDowns(incident)}. ${downtime}`;
}

export function sentenceOfDowns({ flap }: Incident): string {
  const downs = flap?.downs ?? 0;
  return `${downs} ${downs === 1 ? 'queda' : 'quedas'}`;
}

/** Only an outage is time without service: a link that never went down carried, a silent agent's machine worked. */
export function howItWas({ kind, timeline }: Incident): string {
  if (kind === 'agent-lost') return 'sem sinal';
  const eased = timeline.some((entry) => entry.kind === 'eased');
  return kind === 'link-degraded' && !eased ? 'degradado' : 'fora do ar';
}

function historyLine(record: SiteState, incident: Incident, { timeZone }: Site, now: Instant): string {
  const past = pastTotals(record, incident.causeKey, now);
  const of =
    incident.link !== undefined
      ? 'deste link'
      : incident.host !== undefined
        ? 'desta máquina'
        : 'desta unidade';
  return `Últimos 30 dias ${of}: ${sentenceOfPast(past, incident, timeZone)}.`;
}

function sentenceOfPast(
  { count, downtimeMs, last }: PastTotals,
  incident: Incident,
  timeZone: string,
): string {
  if (last === undefined) return 'nenhuma outra ocorrência';
  const word = count === 1 ? 'ocorrência' : 'ocorrências';
  // Those of a link may have been of either kind.
  const bad = incident.link === undefined ? howItWas(incident) : 'com falha';
  const at = sentenceOfInstant(last.from, timeZone).slice(0, -':00'.length);
  const minutes = Math.max(1, Math.round(downtimeMs / minute));
  const lasted = sentenceOfDuration(last.downtimeMs);
  return `${count} ${word}, ${minutes} min ${bad}; a última em ${at} (${lasted})`;
}

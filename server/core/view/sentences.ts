// Facts of an incident to sentences for people: title, verdict, witnesses, refused hypotheses, timeline. The wall, the
// incident page and the ticket text all speak through here, so that one thing reads the same everywhere.
// Reads the topology for names; decides nothing.
import { siteId } from '../../../shared/ids.ts';
import type { Instant } from '../../../shared/time.ts';
import { type Cause, causes, type IncidentKind, type Layer, type Priority } from '../../../shared/words.ts';
import type { Incident, Refused, TimelineEntry, Verdict, Witness } from '../incident.ts';
import type { Topology } from '../topology.ts';
import { type Catalogue, type CatalogueKey, type FactName, factNames, say } from './catalogue.ts';
import { cataloguePt } from './catalogue-pt.ts';
import { type IncidentPlace, nameOfHost, nameOfLink, namesOf } from './names.ts';

/** What a sentence needs beside its subject. */
export interface Speech {
  readonly topology: Topology;
  readonly catalogue: Catalogue;
}

export function portuguese(topology: Topology): Speech {
  return { topology, catalogue: cataloguePt };
}

/** `Link Vivo Empresas (principal) fora do ar — Padaria Aurora, Matriz`. */
export function sentenceOfTitle(incident: TitleSubject, speech: Speech): string {
  const { catalogue } = speech;
  const names = namesOf(incident, speech);
  const where = sentenceOfPlace(incident, speech);
  const title = say(catalogue, titleKey(incident, names), {
    link: names.link ?? say(catalogue, 'part.unknown-link'),
    role: names.role === undefined ? '' : say(catalogue, `role.${names.role}`),
    host: names.host ?? say(catalogue, 'part.unknown-host'),
    provider: names.provider ?? '',
    region: incident.region ?? '',
    where,
  });
  return incident.flapping === true ? say(catalogue, 'part.flapping', { title }) : title;
}

export interface TitleSubject extends IncidentPlace {
  readonly kind: IncidentKind;
  readonly flapping?: boolean;
  readonly region?: string;
}

function titleKey(incident: TitleSubject, names: ReturnType<typeof namesOf>): CatalogueKey {
  const { kind, region } = incident;
  if (kind === 'provider-outage' && region !== undefined) return 'title.provider-outage.region';
  if (kind === 'link-down' && names.role === undefined) return 'title.link-down.other';
  if (kind === 'host-down' && names.hostRole === 'other') return 'title.host-down.other';
  return `title.${kind}`;
}

/** `Padaria Aurora, Matriz`. */
export function sentenceOfPlace(place: IncidentPlace, speech: Speech): string {
  const { customer, site } = namesOf(place, speech);
  if (customer === undefined || site === undefined) return say(speech.catalogue, 'part.unknown-place');
  return say(speech.catalogue, 'part.where-customer', { customer, site });
}

/** `about`: where what is down may be a device and no server. */
export function sentenceOfKind(kind: IncidentKind, speech: Speech, about: IncidentPlace = {}): string {
  const device = kind === 'host-down' && namesOf(about, speech).hostRole === 'other';
  return say(speech.catalogue, device ? 'kind.host-down.other' : `kind.${kind}`);
}

export function sentenceOfCause(cause: Cause, speech: Speech): string {
  return say(speech.catalogue, `cause.${cause}`);
}

export function sentenceOfLayer(layer: Layer, speech: Speech): string {
  return say(speech.catalogue, `layer.${layer}`);
}

/** `crítico`, `prioritário`, `padrão`. */
export function sentenceOfPriority(priority: Priority, speech: Speech): string {
  return say(speech.catalogue, `priority.${priority}`);
}

/** `Link fora do ar (confirmado)`. */
export function sentenceOfVerdict(verdict: Verdict, speech: Speech, about: IncidentPlace = {}): string {
  return say(speech.catalogue, 'part.verdict', {
    kind: sentenceOfKind(verdict.kind, speech, about),
    confidence: say(speech.catalogue, `confidence.${verdict.confidence}`),
  });
}

/** One witness of this incident, with who saw it, its facts and since when in the site's local time. */
export function sentenceOfWitness(witness: Witness, incident: IncidentPlace, speech: Speech): string {
  const { catalogue } = speech;
  const subject = subjectOf(witness, incident, speech);
  let sentence = say(catalogue, `witness.${witness.says}`, { link: subject.link, host: subject.host });
  if (subject.observer !== undefined) {
    sentence = say(catalogue, 'part.seen-by', { sentence, observer: subject.observer });
  }
  const facts = sentenceOfFacts(witness, speech);
  if (facts !== '') sentence = `${sentence} (${facts})`;
  if (witness.since === undefined) return sentence;
  const time = sentenceOfInstant(witness.since, namesOf(incident, speech).timeZone);
  // The end of a run is a moment; everything else has lasted since then.
  return say(catalogue, witness.says === 'run-ended' ? 'part.at' : 'part.since', { sentence, time });
}

/** Whom the statement is about, and who made it when that is another machine. */
function subjectOf(witness: Witness, incident: IncidentPlace, speech: Speech) {
  const { site } = incident;
  const facts = witness.facts ?? {};
  const whoIsLink = nameOfLink(site, witness.who, speech.topology) !== undefined;
  const linkKey = textFact(facts.link) ?? (whoIsLink ? witness.who : incident.link);
  const aboutNeighbour = witness.says === 'host-unreachable' || witness.says === 'host-reachable';
  const hostKey = textFact(facts.host) ?? (aboutNeighbour ? (incident.host ?? witness.who) : witness.who);
  const speaker = textFact(facts.agent) ?? (aboutNeighbour ? witness.who : undefined);
  const seenByAnother = speaker !== undefined && speaker !== hostKey;
  return {
    link: nameOfLink(site, linkKey, speech.topology) ?? linkKey ?? say(speech.catalogue, 'part.unknown-link'),
    host: hostKey === 'vigia' ? say(speech.catalogue, 'part.vigia') : hostLabel(site, hostKey, speech),
    observer: seenByAnother ? hostLabel(site, speaker, speech) : undefined,
  };
}

function hostLabel(site: IncidentPlace['site'], hostKey: string, speech: Speech): string {
  return nameOfHost(site, hostKey, speech.topology) ?? hostKey;
}

function textFact(fact: string | number | undefined): string | undefined {
  return typeof fact === 'string' ? fact : undefined;
}

/** Who is meant stands in the sentence itself. */
function sentenceOfFacts(witness: Witness, speech: Speech): string {
  const shown: string[] = [];
  for (const [name, value] of Object.entries(witness.facts ?? {})) {
    if (name === 'link' || name === 'host' || name === 'agent' || name === 'by') continue;
    if ((name === 'layer' || name === 'cause') && typeof value === 'string') {
      const key = `${name}.${value}`;
      shown.push(isKey(speech.catalogue, key) ? say(speech.catalogue, key) : value);
    } else shown.push(sentenceOfFact(name, value, speech));
  }
  return shown.join('; ');
}

/** `perda: 35 %`, or what says it in words where a label and a number would say nothing to level 1. */
function sentenceOfFact(name: string, value: string | number, speech: Speech): string {
  if (name === 'large-packets' && value === '0') return say(speech.catalogue, 'part.no-large-packets');
  const label = sentenceOfFactName(name, speech);
  if (!isFactName(name) || !label.includes('{value}')) return `${label}: ${value}`;
  return say(speech.catalogue, `fact.${name}`, { value: String(value).replace(/^\+/, '') });
}

/** `perda`; a fact without a label of its own keeps its name. */
export function sentenceOfFactName(name: string, speech: Speech): string {
  return isFactName(name) ? say(speech.catalogue, `fact.${name}`) : name;
}

function isFactName(name: string): name is FactName {
  return (factNames as readonly string[]).includes(name);
}

function isKey(catalogue: Catalogue, key: string): key is CatalogueKey {
  return Object.hasOwn(catalogue.messages, key);
}

/** `Não é "Servidor fora do ar": um vizinho ainda alcança a máquina`. */
export function sentenceOfRefusal(refused: Refused, speech: Speech): string {
  return say(speech.catalogue, 'part.refused', {
    kind:
      refused.cause === undefined
        ? sentenceOfKind(refused.kind, speech)
        : sentenceOfCause(refused.cause, speech),
    reason: say(speech.catalogue, `refusal.${refused.because}`),
  });
}

/** `Ainda não se sabe se foi queda dos links de internet ou falta de energia`; undefined = nothing is open. */
export function sentenceOfUndecided(verdict: Verdict, speech: Speech): string | undefined {
  const causes = (verdict.undecided ?? []).map((cause) => sentenceOfCause(cause, speech));
  if (causes.length === 0) return undefined;
  const joined = causes.reduce((first, last) => say(speech.catalogue, 'part.or', { first, last }));
  return say(speech.catalogue, 'part.undecided', { causes: joined });
}

/** One line of the timeline, without its instant: the reader's screen shows that beside it. */
export function sentenceOfTimeline(
  entry: TimelineEntry,
  incident: Pick<Incident, 'site'>,
  speech: Speech,
): string {
  const { catalogue } = speech;
  let sentence = say(catalogue, `timeline.${entry.kind}`);
  if (entry.by !== undefined) sentence = say(catalogue, 'part.by', { sentence, by: entry.by });
  if (entry.text === undefined || entry.text === '') return sentence;
  return say(catalogue, 'part.text', { sentence, text: sentenceOfEntryText(entry, incident, speech) });
}

/** Machine words that stand in an entry's text (a cause, a cause key) read as words; a person's text stays as it is. */
function sentenceOfEntryText(entry: TimelineEntry, incident: Pick<Incident, 'site'>, speech: Speech): string {
  const text = entry.text ?? '';
  if (entry.kind === 'cause-known' && isCause(text)) return sentenceOfCause(text, speech);
  const family = entry.kind === 'became-parent' || entry.kind === 'joined-parent';
  if (entry.kind === 'symptom-joined' || family) return sentenceOfSymptom(text, incident, speech);
  return text;
}

function isCause(text: string): text is Cause {
  return (causes as readonly string[]).includes(text);
}

/** `aurora/matriz/link:vivo` -> `link Vivo Empresas`. A cause key of an unknown form is shown as it is. */
export function sentenceOfSymptom(
  causeKey: string,
  incident: Pick<Incident, 'site'>,
  speech: Speech,
): string {
  const { catalogue, topology } = speech;
  if (causeKey === 'own') return say(catalogue, 'symptom.own');
  if (incident.site === undefined && causeKey.includes('/')) return sentenceOfEffect(causeKey, speech);
  const part = /(?:^|\/)(link|host|agent|provider):([^/]+)$/.exec(causeKey);
  const name = part?.[2];
  if (part === null || name === undefined) {
    const site = [...topology.sites.values()].find((each) => each.id === causeKey);
    return site === undefined ? causeKey : say(catalogue, 'symptom.site', { name: site.name });
  }
  switch (part[1]) {
    case 'link':
      return say(catalogue, 'symptom.link', { name: nameOfLink(incident.site, name, topology) ?? name });
    case 'provider':
      return say(catalogue, 'symptom.provider', { name: topology.providers.get(name)?.name ?? name });
    case 'agent':
      return say(catalogue, 'symptom.agent', { name: hostLabel(incident.site, name, speech) });
    default:
      return say(catalogue, 'symptom.host', { name: hostLabel(incident.site, name, speech) });
  }
}

/** An effect of what has no site itself: `aurora/matriz/link:vivo` -> `link Vivo — Padaria Aurora, Matriz`. */
function sentenceOfEffect(causeKey: string, speech: Speech): string {
  const [customer = '', site = '', ...rest] = causeKey.split('/');
  const id = siteId(customer, site);
  const place = sentenceOfPlace({ site: id }, speech);
  if (rest.length === 0) return say(speech.catalogue, 'symptom.site', { name: place });
  return `${sentenceOfSymptom(rest.join('/'), { site: id }, speech)} — ${place}`;
}

/** Of what has no site: the MSP's own. */
const homeZone = 'America/Sao_Paulo';

/** `22/11/2026 09:42:13` in the given IANA zone; Brasília's time, named as such, where there is none. */
export function sentenceOfInstant(at: Instant, timeZone: string | undefined): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone ?? homeZone);
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${two(zoned.day)}/${two(zoned.month)}/${zoned.year}`;
  const time = `${two(zoned.hour)}:${two(zoned.minute)}:${two(zoned.second)}`;
  return timeZone === undefined ? `${date} ${time} (Brasília)` : `${date} ${time}`;
}

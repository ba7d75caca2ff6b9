// A provider's outage as a technician reads it, in Portuguese: the parent's ticket with the circuits to name to the
// provider, its notes, and the notes on the customers' tickets. The operator's templates, filled from here; sentences of
// evidence come from `sentences.ts`.
import type { SiteId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { stateTimeZones } from '../../../shared/states.ts';
import type { Instant } from '../../../shared/time.ts';
import type { TicketText } from '../effect.ts';
import type { Incident } from '../incident.ts';
import type { RegionalOutage } from '../state.ts';
import type { TemplateName, TemplateValues, TicketSettings } from '../ticket-settings.ts';
import type { Topology } from '../topology.ts';
import { sentenceOfDuration } from './duration.ts';
import { withoutRepeat } from './names.ts';
import {
  portuguese,
  sentenceOfCause,
  sentenceOfInstant,
  sentenceOfPriority,
  sentenceOfRefusal,
  sentenceOfTitle,
  sentenceOfVerdict,
  sentenceOfWitness,
} from './sentences.ts';
import { slaWordsAtOnce } from './sla-words.ts';
import { renderTemplate, renderTitle } from './template.ts';
import type { OutageName } from './templates.ts';
import { leftAloneNote, partOfOutageNote, referenceOf, templateOf } from './ticket-text.ts';
import { hintValues, referenceValues, sentenceOfZone, type TicketFacts } from './ticket-values.ts';

/** One line of the list. `link` absent: the whole site. */
export interface AffectedLink {
  readonly site: SiteId;
  readonly link?: string;
  readonly since: Instant;
}

/** The parent has no site of its own. */
export interface OutageFacts {
  readonly incident: Incident;
  readonly topology: Topology;
  readonly settings: TicketSettings;
  readonly now: Instant;
}

export function outageText(facts: OutageFacts, affected: readonly AffectedLink[]): TicketText {
  const values = outageValues(facts, affected);
  return {
    title: renderTitle(templateOf(facts.settings, 'provider-title'), values),
    body: renderTemplate(templateOf(facts.settings, 'provider-ticket'), values),
  };
}

type Value = string | readonly string[];

function outageValues(
  { incident, topology, settings }: OutageFacts,
  affected: readonly AffectedLink[],
): Readonly<Record<OutageName, Value>> {
  const speech = portuguese(topology);
  const timeZone = timeZoneOf(incident);
  const provider = topology.providers.get(incident.provider ?? '');
  const { hint, steps } = hintValues(incident, topology, settings);
  return {
    title: sentenceOfTitle(incident, speech),
    provider: provider?.name ?? incident.provider ?? '',
    supportPhone: provider?.supportPhone ?? '',
    region: incident.region ?? 'várias cidades',
    detectedAt: sentenceOfInstant(incident.detectedAt, timeZone),
    zone: sentenceOfZone(incident.detectedAt, timeZone),
    priority: sentenceOfPriority(incident.priority, speech),
    deadline: slaWordsAtOnce,
    verdict: sentenceOfVerdict(incident.verdict, speech),
    cause: sentenceOfCause(incident.cause, speech),
    witnesses: incident.verdict.witnesses.map(
      (witness) =>
        `${sentenceOfWitness({ ...witness, since: undefined }, incident, speech)}, desde ${sentenceOfInstant(witness.since ?? incident.detectedAt, timeZone)}`,
    ),
    refused: incident.verdict.refused.map((refused) => sentenceOfRefusal(refused, speech)),
    affected: listOf(affected, topology),
    hint,
    steps,
    duration: sentenceOfDuration(incident.downtimeMs),
    ...referenceValues(incident, settings),
  };
}

function note(name: TemplateName, facts: OutageFacts, own: TemplateValues): string {
  return renderTemplate(templateOf(facts.settings, name), { ...outageValues(facts, []), ...own });
}

/** `Parte de uma falha maior: falha da operadora Vivo em Campinas/SP (protocolo 4711), desde 22/11/2026 10:10:03.` */
export function regionalLine(parent: Incident, topology: Topology): string {
  const title = sentenceOfTitle(parent, portuguese(topology));
  const since = sentenceOfInstant(parent.outageSince ?? parent.detectedAt, timeZoneOf(parent));
  const lower = `${title.charAt(0).toLocaleLowerCase('pt-BR')}${title.slice(1)}`;
  return `Parte de uma falha maior: ${lower} (${referenceOf(parent)}), desde ${since}.`;
}

/** On a customer's ticket. */
export function joinedNote(child: TicketFacts, parent: Incident): string {
  return partOfOutageNote(child, regionalLine(parent, child.topology));
}

/** On a customer's ticket. */
export function leftNote(child: TicketFacts, parent: Incident): string {
  const at = sentenceOfInstant(parent.recoveredAt ?? parent.openedAt, timeZoneOf(parent));
  return leftAloneNote(child, parent, at);
}

export function widenedNote(facts: OutageFacts, region: string | undefined): string {
  return note('note-provider-widened', facts, { where: region ?? 'outras cidades' });
}

/** `affected`: as many as are named; the rest is counted. */
export function moreNote(
  facts: OutageFacts,
  affected: readonly AffectedLink[],
  { joined, told }: Pick<RegionalOutage, 'joined' | 'told'>,
): string {
  const more = joined - told - affected.length;
  const lines = listOf(affected, facts.topology);
  return note('note-provider-more', facts, {
    fresh: String(joined - told),
    total: String(joined),
    affected: more > 0 ? [...lines, `e mais ${more}`] : lines,
  });
}

export function outageReopenedNote(facts: OutageFacts): string {
  const { incident } = facts;
  return note('note-provider-reopened', facts, {
    outageSince: sentenceOfInstant(incident.outageSince ?? incident.openedAt, timeZoneOf(incident)),
    times: String(incident.reopenedCount + 1),
  });
}

export function outageResolvedNote(facts: OutageFacts, stillDown: number): string {
  const { incident } = facts;
  const still =
    stillDown === 1
      ? '1 ainda fora do ar: segue no seu chamado.'
      : `${stillDown} ainda fora do ar: seguem cada um no seu chamado.`;
  return note('note-provider-recovered', facts, {
    recoveredAt: sentenceOfInstant(incident.recoveredAt ?? incident.openedAt, timeZoneOf(incident)),
    rest: stillDown === 0 ? 'Todos os atingidos voltaram.' : still,
  });
}

export function outageClosedNote(facts: OutageFacts): string {
  const closedAt = sentenceOfInstant(facts.now, timeZoneOf(facts.incident));
  return note('note-provider-closed', facts, { closedAt });
}

/** Over for good, where the policy leaves the closing to people. */
export function outageOverNote(facts: OutageFacts): string {
  return note('note-provider-over', facts, {
    closedAt: sentenceOfInstant(facts.now, timeZoneOf(facts.incident)),
  });
}

/** Also for an incident whose site left the inventory. */
export function outageClosedTooEarlyNote(facts: OutageFacts, by: string): string {
  return note('note-closed-too-early', facts, { by });
}

export function outageEscalatedNote(facts: OutageFacts, level: number, to: string): string {
  return note('note-escalated', facts, { level: String(level), to });
}

function listOf(affected: readonly AffectedLink[], topology: Topology): string[] {
  const inOrder = [...affected].sort((a, b) => a.since - b.since || (a.site < b.site ? -1 : 1));
  const lines = inOrder.slice(0, limits.outageLinesMax).map((each) => affectedLine(each, topology));
  const more = affected.length - lines.length;
  return more > 0 ? [...lines, `e mais ${more}`] : lines;
}

/** `Boreal Calçados, Loja: link Vivo (circuito CPS-7), desde 22/11/2026 10:10:03`. */
function affectedLine({ site: id, link: key, since }: AffectedLink, topology: Topology): string {
  const site = topology.sites.get(id);
  if (site === undefined) return id;
  const links = site.links
    .filter((link) => key === undefined || link.key === key)
    .map(({ name, circuit }) => {
      const label = withoutRepeat('link', name) || name;
      return circuit === undefined ? label : `${label} (circuito ${circuit})`;
    });
  const at = sentenceOfInstant(since, site.timeZone);
  return `${site.customerName}, ${site.name}: ${links.length === 1 ? 'link' : 'links'} ${links.join(', ')}, desde ${at}`;
}

/** The region's own; an outage of several towns is told in Brasília's time. */
function timeZoneOf({ region }: Incident): string {
  const state = region?.slice(region.lastIndexOf('/') + 1);
  const zones: Readonly<Record<string, string>> = stateTimeZones;
  return (state === undefined ? undefined : zones[state]) ?? stateTimeZones.SP;
}

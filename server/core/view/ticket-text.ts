// The ticket of one site and its notes as a technician reads them at 3 a.m., in Portuguese, plain text: the operator's
// template filled with what `ticket-values.ts` knows. Made when the core decides, so that a delivery that is tried again
// says the same. Asks for nothing and decides nothing.
import type { Instant } from '../../../shared/time.ts';
import type { Cause } from '../../../shared/words.ts';
import type { TicketText } from '../effect.ts';
import type { Incident, Witness } from '../incident.ts';
import type { TemplateName, TemplateValues, TicketSettings } from '../ticket-settings.ts';
import {
  portuguese,
  sentenceOfCause,
  sentenceOfInstant,
  sentenceOfTitle,
  sentenceOfWitness,
} from './sentences.ts';
import { renderTemplate, renderTitle } from './template.ts';
import { shippedTemplates } from './templates.ts';
import {
  howItWas,
  type OpeningFacts,
  sentenceOfDowns,
  type TicketFacts,
  ticketValues,
} from './ticket-values.ts';

export function ticketText(facts: OpeningFacts): TicketText {
  const { settings } = facts;
  const values = ticketValues(facts);
  return {
    title: renderTitle(templateOf(settings, 'title'), values),
    body: renderTemplate(templateOf(settings, 'ticket'), values),
  };
}

/** The operator's own text, else the shipped one. */
export function templateOf({ templates }: TicketSettings, name: TemplateName): string {
  return templates[name] ?? shippedTemplates[name].text;
}

function note(name: TemplateName, facts: TicketFacts, own: TemplateValues = {}): string {
  return renderTemplate(templateOf(facts.settings, name), { ...ticketValues(facts), ...own });
}

export function titleOf(facts: TicketFacts): string {
  return renderTitle(templateOf(facts.settings, 'title'), ticketValues(facts));
}

/** `before`: from when it was counted until now. */
export function trueStartNote(facts: TicketFacts, before: Instant): string {
  return note('note-true-start', facts, { before: sentenceOfInstant(before, facts.site.timeZone) });
}

/** Degraded before, down now. */
export function worsenedNote(facts: TicketFacts): string {
  // Down again and again: what to do stands in the first of these notes.
  const first = facts.incident.timeline.every(({ kind }) => kind !== 'eased');
  return note('note-worsened', facts, first ? {} : { hint: '', steps: [] });
}

/** At most two an hour while it lasts. */
export function flappingNote(facts: TicketFacts): string {
  const { incident, site } = facts;
  return note('note-flapping', facts, {
    flapSince: sentenceOfInstant(incident.flap?.since ?? incident.detectedAt, site.timeZone),
    downs: sentenceOfDowns(incident),
    badly: howItWas(incident),
    now: `${howItIs(incident)} neste momento`,
  });
}

function howItIs(incident: Incident): string {
  if (incident.outageSince !== undefined) return howItWas(incident);
  return incident.kind === 'agent-lost' ? 'com sinal' : 'no ar';
}

/** Down before; carries again, but badly. */
export function easedNote(facts: TicketFacts): string {
  return note('note-eased', facts);
}

/** The first sign was part of something larger, which this ticket is about from now on. */
export function becameParentNote(facts: TicketFacts): string {
  return note('note-became-parent', facts);
}

/** On the ticket of what proved to be a symptom. */
export function joinedParentNote(facts: TicketFacts, parent: Incident): string {
  return note('note-joined-parent', facts, {
    parentTitle: sentenceOfTitle(parent, portuguese(facts.topology)),
    parentReference: referenceOf(parent),
  });
}

/** As the NOC finds it: by the desk's number once there is one. */
export function referenceOf({ id, ticket }: Incident): string {
  return ticket?.protocol === undefined ? `incidente ${id}` : `protocolo ${ticket.protocol}`;
}

/** A device that nobody missed at first has servers behind it that are stopped now. */
export function raisedNote(facts: TicketFacts): string {
  return note('note-raised', facts);
}

/** What became known later: `Causa identificada: falta de energia.` */
export function causeNote(facts: TicketFacts): string {
  const { incident, site, topology } = facts;
  const speech = portuguese(topology);
  const told = incident.verdict.witnesses.find((each) => provesCause(each, incident.cause));
  const proves = told !== undefined;
  const names = site.links.map((link) => topology.providers.get(link.provider)?.name ?? link.provider);
  const cause = sentenceOfCause(incident.cause, speech);
  return note('note-cause-known', facts, {
    cause: incident.cause === 'links' && !proves ? `${cause} (${[...new Set(names)].join(', ')})` : cause,
    causeWitness: proves ? sentenceOfWitness(told, incident, speech) : sentenceOfReturn(facts),
  });
}

/** Of a planned stop: by when it is awaited, or that it did not keep that. */
function sentenceOfReturn({ incident, site }: TicketFacts): string {
  const { cause, returnBy, overdue } = incident;
  if (cause !== 'planned' || returnBy === undefined) return '';
  const by = sentenceOfInstant(returnBy, site.timeZone);
  return overdue === true ? `Não voltou até ${by}` : `Parada avisada; deve voltar até ${by}`;
}

/** The word that settled it by itself: the machine's own log, or that it ran on without a network. */
function provesCause({ says, facts }: Witness, cause: Cause): boolean {
  return says === 'run-ended' ? facts?.cause === cause : says === 'ran-on' && cause === 'lan';
}

export function recoveredNote(facts: TicketFacts): string {
  const { incident, site } = facts;
  return note('note-recovered', facts, {
    recoveredAt: sentenceOfInstant(incident.recoveredAt ?? incident.openedAt, site.timeZone),
  });
}

export function reopenedNote(facts: TicketFacts): string {
  const { outageSince = facts.now } = facts.incident;
  return note('note-reopened', facts, {
    // Also of one that flaps: this fall, not the first.
    outageSince: sentenceOfInstant(outageSince, facts.site.timeZone),
    times: String(facts.incident.reopenedCount + 1),
    badly: howItWas(facts.incident),
  });
}

export function closedTooEarlyNote(facts: TicketFacts, by: string): string {
  return note('note-closed-too-early', facts, { by });
}

export function escalatedNote(facts: TicketFacts, level: number, to: string): string {
  return note('note-escalated', facts, { level: String(level), to });
}

export function closedNote(facts: TicketFacts): string {
  return note('note-closed', facts, { closedAt: sentenceOfInstant(facts.now, facts.site.timeZone) });
}

/** Over for good, where the policy leaves the closing to people. */
export function overNote(facts: TicketFacts): string {
  return note('note-over', facts, { closedAt: sentenceOfInstant(facts.now, facts.site.timeZone) });
}

/** `regional` names the outage that this incident is part of. */
export function partOfOutageNote(facts: TicketFacts, regional: string): string {
  return note('note-provider-joined', facts, { regional });
}

/** The outage is over, this link is not. */
export function leftAloneNote(facts: TicketFacts, parent: Incident, recoveredAt: string): string {
  return note('note-provider-left', facts, {
    parentTitle: sentenceOfTitle(parent, portuguese(facts.topology)),
    parentRecoveredAt: recoveredAt,
  });
}

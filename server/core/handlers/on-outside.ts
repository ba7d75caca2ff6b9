// Answers of the outside world: probes of public addresses, the desk, and persons at the console or the API.
import { later } from '../../../shared/time.ts';
import type { Draft } from '../draft.ts';
import type { Incident } from '../incident.ts';
import type { Input } from '../input.ts';
import { evaluateSite } from '../rules/correlate.ts';
import { assign, escalate, heardAfterEnd, heardFromDesk } from '../rules/desk-life.ts';
import { acknowledge, reopenByPerson, resolveByPerson, withEntry } from '../rules/incident.ts';
import { pause, resume } from '../rules/pause.ts';
import { tendParent } from '../rules/provider-life.ts';
import { closeTicket, goOn, planNote, siteOf } from '../rules/ticket-plan.ts';
import { untilWords } from '../view/sla-words.ts';
import { askWitnesses } from './on-agent.ts';

type Of<K extends Input['kind']> = Extract<Input, { readonly kind: K }>;

export function onAddress(draft: Draft, { site, link, answers, since }: Of<'address.measured'>): void {
  const entry = draft.topology.sites.get(site)?.links.find((each) => each.key === link);
  if (entry === undefined) return;
  const record = draft.site(site);
  const before = record.addresses.find((report) => report.link === link);
  const report = { link, answers, since, everAnswered: answers || (before?.everAnswered ?? false) };
  draft.setSite({ ...record, addresses: [...record.addresses.filter((each) => each !== before), report] });
  if (!answers && report.everAnswered) askWitnesses(draft, site, undefined);
  evaluateSite(draft, site, { told: false });
}

export function onTicketReported(draft: Draft, input: Of<'ticket.reported'>): void {
  const incident = draft.incident(input.incident);
  if (incident?.ticket === undefined) return;
  const { outcome } = input;
  if (outcome.kind === 'refused') {
    const ticket =
      input.effect === incident.ticket.effect
        ? { ...incident.ticket, state: 'refused' as const }
        : incident.ticket;
    draft.setIncident(
      withEntry({ ...incident, ticket }, { at: draft.now, kind: 'ticket-refused', text: outcome.reason }),
    );
    return;
  }
  // A note's answer says nothing new; the same registration told twice is once.
  if (outcome.kind === 'noted' || incident.ticket.protocol === outcome.protocol) return;
  const { protocol: before, registeredAt = later(incident.openedAt, input.at) } = incident.ticket;
  const { protocol } = outcome;
  const registered = { state: 'registered' as const, desk: input.desk, protocol, registeredAt };
  // Another protocol than before: the ticket had vanished and was made anew, or was the one too many of two. The clock
  // of the contract began with the first, and what people closed was that one.
  const again = before === undefined ? {} : { closedAtDesk: undefined };
  const ticket = { ...incident.ticket, ...registered, ...again };
  const entry =
    before === undefined
      ? ({ kind: 'ticket-registered', text: protocol } as const)
      : ({ kind: 'ticket-replaced', text: `${before} → ${protocol}` } as const);
  draft.setIncident(withEntry({ ...incident, ticket }, { at: draft.now, ...entry }));
}

export function onAcknowledged(draft: Draft, input: Of<'incident.acknowledged'>): void {
  withIncident(draft, input.incident, (incident) =>
    planNote(
      draft,
      acknowledge(incident, who(input), draft.now),
      noteText(`Assumido por ${input.by}`, input.text),
    ),
  );
}

export function onNoted(draft: Draft, input: Of<'incident.noted'>): void {
  withIncident(draft, input.incident, (incident) =>
    planNote(
      draft,
      withEntry(
        { ...incident, touched: true },
        { at: draft.now, kind: 'noted', by: input.by, text: input.text },
      ),
      noteText(`Anotação de ${input.by}`, input.text),
    ),
  );
}

export function onResolvedByPerson(draft: Draft, input: Of<'incident.resolvedByPerson'>): void {
  const closed = closedIncident(draft, input.incident);
  if (closed !== undefined) {
    const done = declaredDone(draft, closed, input);
    if (done !== closed) draft.setIncident(done);
    return;
  }
  withIncident(draft, input.incident, (incident) => {
    if (incident.state === 'resolved') return declaredDone(draft, incident, input);
    const done = resolveByPerson(incident, who(input), draft.now);
    const text = noteText(`Resolvido por ${input.by}`, input.text);
    const closed = closeTicket(draft, done, text, input.by);
    return closed === done ? planNote(draft, done, text) : closed;
  });
}

/** It is over by the evidence; a person says that the work is, too: all that is left is to close the ticket. */
function declaredDone(draft: Draft, incident: Incident, input: Of<'incident.resolvedByPerson'>): Incident {
  const entry = { at: draft.now, kind: 'ticket-closed', by: input.by, text: input.text } as const;
  const closed = closeTicket(draft, incident, noteText(`Resolvido por ${input.by}`, input.text), input.by);
  return closed === incident ? incident : withEntry({ ...closed, touched: true }, entry);
}

/** It may have left the working state: a ticket that people touched is theirs to close, also hours later. */
function closedIncident(draft: Draft, id: Incident['id']): Incident | undefined {
  if (draft.incident(id) !== undefined) return undefined;
  for (const site of draft.siteIds()) {
    const found = draft.closedIncidents(site).find((each) => each.id === id);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function onReopenedByPerson(draft: Draft, input: Of<'incident.reopenedByPerson'>): void {
  withIncident(draft, input.incident, (incident) =>
    goOn(
      draft,
      reopenByPerson(incident, who(input), draft.now),
      noteText(`Reaberto por ${input.by}`, input.text),
    ),
  );
}

export function onAssigned(draft: Draft, input: Of<'incident.assigned'>): void {
  withIncident(draft, input.incident, (incident) =>
    planNote(
      draft,
      assign(incident, input, draft.now),
      input.level === undefined
        ? `Atribuído a ${input.to} por ${input.by}.`
        : `Passado ao nível ${input.level}, para ${input.to}, por ${input.by}.`,
    ),
  );
}

export function onPaused(draft: Draft, input: Of<'incident.paused'>): void {
  withIncident(draft, input.incident, (incident) => {
    const paused = pause(incident, input, draft.now);
    if (paused === incident) return incident;
    const until = untilWords(input.until, siteOf(draft, incident));
    return planNote(draft, paused, noteText(`Prazo do SLA em pausa${until}, por ${input.by}`, input.text));
  });
}

export function onResumed(draft: Draft, input: Of<'incident.resumed'>): void {
  withIncident(draft, input.incident, (incident) => {
    const resumed = resume(incident, input, draft.now);
    if (resumed === incident) return incident;
    return planNote(draft, resumed, noteText(`Prazo do SLA retomado por ${input.by}`, input.text));
  });
}

export function onEscalated(draft: Draft, input: Of<'incident.escalated'>): void {
  withIncident(draft, input.incident, (incident) => escalate(draft, incident, input));
}

export function onDeskTold(draft: Draft, input: Of<'desk.told'>): void {
  if (draft.incident(input.incident) === undefined) return tellClosed(draft, input);
  withIncident(draft, input.incident, (incident) => heardFromDesk(draft, incident, input));
}

/** Of one that closed lately; others are out of reach, and what is told of them changes nothing. */
function tellClosed(draft: Draft, input: Of<'desk.told'>): void {
  const closed = closedIncident(draft, input.incident);
  if (closed === undefined || closed.retro) return;
  const told = heardAfterEnd(closed, input, draft.now);
  if (told !== undefined) draft.setIncident(told);
}

function withIncident(draft: Draft, id: Incident['id'], change: (incident: Incident) => Incident): void {
  const incident = draft.incident(id);
  if (incident === undefined) return;
  draft.setIncident(change(incident));
  if (incident.site !== undefined) evaluateSite(draft, incident.site, { told: false });
  const moved = draft.incident(id);
  if (moved !== undefined) tendParent(draft, moved);
}

function who(input: { readonly by: string; readonly text?: string }): {
  readonly who: string;
  readonly text?: string;
} {
  return { who: input.by, text: input.text };
}

function noteText(what: string, text: string | undefined): string {
  return text === undefined || text === '' ? `${what}.` : `${what}: ${text}`;
}

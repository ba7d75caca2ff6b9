// Room 12 of the route: what the desk must be told, as effects with keys that never change. One `open` per incident,
// ever; notes follow in order. Symptoms and retro incidents never come here.
import { assert, assertNever } from '../../../shared/assert.ts';
import { type EffectKey, effectKey } from '../../../shared/ids.ts';
import type { Draft } from '../draft.ts';
import type { TicketEffect } from '../effect.ts';
import { type Incident, isTicketClosed } from '../incident.ts';
import type { Site } from '../topology.ts';
import {
  type OutageFacts,
  outageClosedTooEarlyNote,
  outageEscalatedNote,
  regionalLine,
} from '../view/provider-text.ts';
import {
  becameParentNote,
  causeNote,
  closedNote,
  closedTooEarlyNote,
  easedNote,
  escalatedNote,
  flappingNote,
  joinedParentNote,
  overNote,
  raisedNote,
  recoveredNote,
  reopenedNote,
  ticketText,
  titleOf,
  worsenedNote,
} from '../view/ticket-text.ts';
import type { TicketFacts } from '../view/ticket-values.ts';
import type { SiteView } from './witness.ts';

/** Own outages are Vigia's own trouble: no customer's ticket. */
export function deservesTicket(incident: Incident): boolean {
  switch (incident.kind) {
    case 'own-outage':
      return false;
    case 'link-down':
    case 'link-degraded':
    case 'site-offline':
    case 'host-down':
    case 'host-degraded':
    case 'agent-lost':
    case 'provider-outage':
      return !incident.retro;
    default:
      return assertNever(incident.kind);
  }
}

export function planOpened(draft: Draft, view: SiteView, incident: Incident): Incident {
  if (!deservesTicket(incident)) return incident;
  assert(incident.ticket === undefined, 'an incident opens its ticket once');
  const parent = incident.parent === undefined ? undefined : draft.incident(incident.parent);
  const key = effectKey(`${incident.id}:open`);
  draft.perform({
    kind: 'ticket.open',
    key,
    incident: incident.id,
    notBefore: draft.now,
    text: ticketText({
      incident,
      site: view.site,
      record: view.record,
      regional: parent?.kind === 'provider-outage' ? regionalLine(parent, draft.topology) : undefined,
      topology: draft.topology,
      settings: draft.tickets,
      now: draft.now,
    }),
    priority: incident.priority,
    customer: view.site.customer,
    site: view.site.key,
    detectedAt: incident.detectedAt,
  });
  return { ...incident, ticket: { state: 'pending', effect: key } };
}

export function planCauseKnown(draft: Draft, view: SiteView, incident: Incident): Incident {
  return note(draft, incident, causeNote(factsOf(draft, view.site, incident)));
}

/** Degraded became down: a note, and the ticket is raised to the incident's class. */
export function planWorsened(draft: Draft, view: SiteView, incident: Incident): Incident {
  const facts = factsOf(draft, view.site, incident);
  const raise = { priority: incident.priority, title: titleOf(facts) };
  return note(draft, incident, worsenedNote(facts), raise);
}

/** It flaps, or still does: how often and how long so far. The title says so from now on. */
export function planFlapping(draft: Draft, view: SiteView, incident: Incident): Incident {
  const facts = factsOf(draft, view.site, incident);
  const raise = { priority: incident.priority, title: titleOf(facts) };
  return note(draft, incident, flappingNote(facts), raise);
}

/** The same incident proved to be larger: its ticket carries the larger name and class from now on. */
export function planBecameParent(draft: Draft, view: SiteView, incident: Incident): Incident {
  const facts = factsOf(draft, view.site, incident);
  const raise = { priority: incident.priority, title: titleOf(facts) };
  return note(draft, incident, becameParentNote(facts), raise);
}

/** A ticket that was open before its cause was known: where to work from now on. */
export function planJoinedParent(
  draft: Draft,
  view: SiteView,
  incident: Incident,
  parent: Incident,
): Incident {
  const facts = factsOf(draft, view.site, incident);
  return note(draft, incident, joinedParentNote(facts, parent));
}

/** Servers are stopped behind a device whose ticket opened in a lower class. */
export function planRaised(draft: Draft, view: SiteView, incident: Incident): Incident {
  const facts = factsOf(draft, view.site, incident);
  const raise = { priority: incident.priority, title: titleOf(facts) };
  return note(draft, incident, raisedNote(facts), raise);
}

export function planEased(draft: Draft, view: SiteView, incident: Incident): Incident {
  return note(draft, incident, easedNote(factsOf(draft, view.site, incident)));
}

export function planResolved(draft: Draft, view: SiteView, incident: Incident): Incident {
  return note(draft, incident, recoveredNote(factsOf(draft, view.site, incident)));
}

/** The same ticket goes on; one that was closed meanwhile opens again. */
export function planReopened(draft: Draft, view: SiteView, incident: Incident): Incident {
  return goOn(draft, incident, reopenedNote(factsOf(draft, view.site, incident)));
}

/** A note, or the reopening of a ticket that is closed, whoever closed it. */
export function goOn(draft: Draft, incident: Incident, text: string): Incident {
  const { ticket } = incident;
  if (ticket === undefined || !isTicketClosed(incident)) return note(draft, incident, text);
  const open = { ...incident, ticket: { ...ticket, closedAtDesk: undefined, closed: undefined } };
  const notesSent = incident.notesSent + 1;
  const key = effectKey(`${incident.id}:reopen:${notesSent}`);
  draft.perform({ kind: 'ticket.reopen', key, incident: incident.id, notBefore: draft.now, text });
  return { ...open, notesSent };
}

/**
 * The end: the ticket is closed only if no person touched the incident; else a person closes it. Where the policy leaves
 * every closing to people, they are told that it may be closed.
 */
export function planClosed(draft: Draft, view: SiteView, incident: Incident): Incident {
  const { ticket } = incident;
  if (ticket === undefined || isTicketClosed(incident)) return incident;
  if (draft.tickets.sla.closing === 'note')
    return note(draft, incident, overNote(factsOf(draft, view.site, incident)));
  if (incident.touched) return incident;
  return closeTicket(draft, incident, closedNote(factsOf(draft, view.site, incident)));
}

/** Once, until it is open again; a ticket that a person closed at the desk is closed. */
export function closeTicket(draft: Draft, incident: Incident, text: string, by?: string): Incident {
  const { ticket } = incident;
  if (ticket === undefined || isTicketClosed(incident)) return incident;
  const closings = (ticket.closings ?? 0) + 1;
  const key = effectKey(closings === 1 ? `${incident.id}:close` : `${incident.id}:close:${closings}`);
  draft.perform({ kind: 'ticket.close', key, incident: incident.id, notBefore: draft.now, text, by });
  return { ...incident, ticket: { ...ticket, closed: true, closings } };
}

/** A person's note goes to the ticket too. */
export function planNote(draft: Draft, incident: Incident, text: string): Incident {
  return note(draft, incident, text);
}

/** A person closed the ticket while the outage lasts. */
export function planClosedTooEarly(draft: Draft, incident: Incident, by: string): Incident {
  const site = siteOf(draft, incident);
  const text =
    site === undefined
      ? outageClosedTooEarlyNote(outageFactsOf(draft, incident), by)
      : closedTooEarlyNote(factsOf(draft, site, incident), by);
  return note(draft, incident, text);
}

export function planEscalated(draft: Draft, incident: Incident, level: number, to: string): Incident {
  const site = siteOf(draft, incident);
  const text =
    site === undefined
      ? outageEscalatedNote(outageFactsOf(draft, incident), level, to)
      : escalatedNote(factsOf(draft, site, incident), level, to);
  return note(draft, incident, text);
}

/** A provider's outage has none. */
export function siteOf(draft: Draft, { site }: Incident): Site | undefined {
  return site === undefined ? undefined : draft.topology.sites.get(site);
}

export function outageFactsOf(draft: Draft, incident: Incident): OutageFacts {
  return { incident, topology: draft.topology, settings: draft.tickets, now: draft.now };
}

/** What a text is made of. */
export function factsOf(draft: Draft, site: Site, incident: Incident): TicketFacts {
  return { incident, site, topology: draft.topology, settings: draft.tickets, now: draft.now };
}

type Raise = Extract<TicketEffect, { readonly kind: 'ticket.note' }>['raise'];

function note(draft: Draft, incident: Incident, text: string, raise?: Raise): Incident {
  if (incident.ticket === undefined) return incident;
  const notesSent = incident.notesSent + 1;
  const key: EffectKey = effectKey(`${incident.id}:note:${notesSent}`);
  draft.perform({ kind: 'ticket.note', key, incident: incident.id, notBefore: draft.now, text, raise });
  return { ...incident, notesSent };
}

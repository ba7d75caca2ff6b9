// What the desk is told of a provider's outage: the parent's own ticket, and the notes that tie the customers' tickets
// to it. The parent has no site, so its ticket names no customer. Keys are derived as in `ticket-plan.ts`.
import { assert } from '../../../shared/assert.ts';
import { effectKey } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { Draft } from '../draft.ts';
import type { Incident } from '../incident.ts';
import type { ProviderLoss, RegionalOutage } from '../state.ts';
import {
  type AffectedLink,
  joinedNote,
  leftNote,
  moreNote,
  outageClosedNote,
  outageOverNote,
  outageReopenedNote,
  outageResolvedNote,
  outageText,
  widenedNote,
} from '../view/provider-text.ts';
import { closeTicket, factsOf, goOn, outageFactsOf, planNote, siteOf } from './ticket-plan.ts';

export function tellOpened(draft: Draft, incident: Incident, losses: readonly ProviderLoss[]): Incident {
  assert(incident.ticket === undefined, 'an outage opens its ticket once');
  const key = effectKey(`${incident.id}:open`);
  const affected = losses.map(({ site, link, since }): AffectedLink => ({ site, link, since }));
  draft.perform({
    kind: 'ticket.open',
    key,
    incident: incident.id,
    notBefore: draft.now,
    text: outageText(outageFactsOf(draft, incident), affected),
    priority: incident.priority,
    customer: '',
    site: '',
    detectedAt: incident.detectedAt,
  });
  return { ...incident, ticket: { state: 'pending', effect: key } };
}

/** To a customer's ticket: it is part of the outage named by its `parent`. */
export function tellJoined(draft: Draft, child: Incident): Incident {
  const parent = child.parent === undefined ? undefined : draft.incident(child.parent);
  const site = siteOf(draft, child);
  if (parent === undefined || site === undefined) return child;
  return planNote(draft, child, joinedNote(factsOf(draft, site, child), parent));
}

/** To a customer's ticket: the outage is over, this link is not. */
export function tellLeftAlone(draft: Draft, child: Incident, parent: Incident): Incident {
  const site = siteOf(draft, child);
  if (site === undefined) return child;
  return planNote(draft, child, leftNote(factsOf(draft, site, child), parent));
}

export function tellWidened(draft: Draft, incident: Incident, region: string | undefined): Incident {
  return planNote(draft, incident, widenedNote(outageFactsOf(draft, incident), region));
}

/** Who joined since the ticket was written. */
export function tellMore(draft: Draft, incident: Incident, outage: RegionalOutage): Incident {
  const affected = outage.children.slice(outage.told).flatMap((id): AffectedLink[] => {
    const child = draft.incident(id);
    if (child?.site === undefined) return [];
    return [{ site: child.site, link: child.link, since: child.detectedAt }];
  });
  const shown = affected.slice(0, limits.outageLinesMax);
  return planNote(draft, incident, moreNote(outageFactsOf(draft, incident), shown, outage));
}

export function tellReopened(draft: Draft, incident: Incident): Incident {
  return goOn(draft, incident, outageReopenedNote(outageFactsOf(draft, incident)));
}

export function tellResolved(draft: Draft, incident: Incident, stillDown: number): Incident {
  return planNote(draft, incident, outageResolvedNote(outageFactsOf(draft, incident), stillDown));
}

/** The ticket is closed only if no person touched the incident; where people close, they are told that they may. */
export function tellClosed(draft: Draft, incident: Incident): Incident {
  const { ticket } = incident;
  if (
    draft.tickets.sla.closing === 'note' &&
    ticket?.closedAtDesk === undefined &&
    ticket?.closed === undefined
  )
    return planNote(draft, incident, outageOverNote(outageFactsOf(draft, incident)));
  if (incident.touched) return incident;
  return closeTicket(draft, incident, outageClosedNote(outageFactsOf(draft, incident)));
}

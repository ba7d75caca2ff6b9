// From an effect to what a desk is given: title with the marker that people and marker-only desks search for.
// Must keep the marker whole, whatever else has to be cut.
import type { IncidentId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { TicketEffect } from '../../core/effect.ts';
import { type DeskDraft, markerOf } from '../../ports/desk-client.ts';

export function titleAtDesk(title: string, incident: IncidentId): string {
  const marker = markerOf(incident);
  const room = limits.deskTitleCharsMax - marker.length - 1;
  // Whole characters: half a surrogate pair is refused by databases.
  const letters = [...title];
  const fitting = letters.length <= room ? title : `${letters.slice(0, room - 1).join('')}…`;
  return `${fitting} ${marker}`;
}

/** `publicUrl`: as people reach the console, without a slash at the end. */
export function draftOfEffect(
  effect: Extract<TicketEffect, { readonly kind: 'ticket.open' }>,
  publicUrl: string | undefined,
): DeskDraft {
  const { key, incident, text, priority, customer, site, detectedAt } = effect;
  const draft = {
    key,
    incident,
    title: titleAtDesk(text.title, incident),
    body: text.body.slice(0, limits.deskBodyCharsMax),
    priority,
    customer,
    site,
    detectedAt,
  };
  return publicUrl === undefined ? draft : { ...draft, incidentUrl: `${publicUrl}/incidents/${incident}` };
}

// What waits for a person: tickets and notes of a desk without an interface, and deliveries to other desks of which nobody
// but a person looking at the desk can say whether they happened. Durable, with who said what and when.
import type { EffectKey, IncidentId } from '../../shared/ids.ts';
import type { Result } from '../../shared/result.ts';
import type { Instant } from '../../shared/time.ts';
import type { Priority } from '../../shared/words.ts';
import type { TicketEffect } from '../core/effect.ts';

export interface ManualItem {
  readonly key: EffectKey;
  readonly incident: IncidentId;
  readonly task: TicketEffect['kind'];
  /** `manual`: the desk has no interface. `uncertain`: it was sent once and nobody knows whether it arrived. */
  readonly reason: 'manual' | 'uncertain';
  /** Where it has to be done, as people call it. */
  readonly desk: string;
  readonly title: string;
  /** What has to be written there, ready to paste. */
  readonly text: string;
  readonly priority: Priority;
  readonly since: Instant;
  /** Under which the ticket stands; absent: it has none yet. */
  readonly protocol?: string;
  /** The ticket gets this class and title with the note. */
  readonly raise?: { readonly priority: Priority; readonly title: string };
}

/** What a person said; the answers together are the audit trail and are never changed. */
export interface ManualAnswer {
  readonly key: EffectKey;
  readonly incident: IncidentId;
  /** `registered`: it stands at the desk under `protocol`. `done`: written there. `send-again`: looked, and it is not there. */
  readonly kind: 'registered' | 'done' | 'send-again';
  readonly protocol?: string;
  readonly by: string;
  readonly at: Instant;
}

export interface ManualTicket {
  readonly incident: IncidentId;
  readonly protocol: string;
  readonly title: string;
  readonly open: boolean;
}

export interface ManualQueue {
  /**
   * The first words of a key that waits stay. A `manual` key that was answered never waits again; an `uncertain` one does:
   * the answer was heard and the delivery still does not know. On disk when it returns.
   */
  wait(item: ManualItem): void;
  /** While it waits. */
  item(key: EffectKey): ManualItem | undefined;
  /** It has settled by itself. False: it was not waiting. */
  withdraw(key: EffectKey): boolean;
  /** Most urgent first, then the oldest, at most `limits.manualQueuePageMax`; `total` counts all. */
  waiting(): { readonly items: readonly ManualItem[]; readonly total: number };
  /**
   * The ticket of the incident's waiting opening stands under that protocol. The same again is answered alike. Fails with
   * `not-found` (nothing waits to be opened) or `conflict` (it has another protocol, or another incident has this one).
   * An uncertain opening may be given another protocol than before: the first was mistyped, the desk does not have it.
   */
  register(incident: IncidentId, said: Said & { readonly protocol: string }): Result<ManualAnswer>;
  /** A waiting note, closing or reopening is written at the desk. Undefined: that key does not wait. */
  done(key: EffectKey, said: Said): ManualAnswer | undefined;
  /** A waiting uncertain delivery is not at the desk. Undefined: that key does not wait as uncertain. */
  sendAgain(key: EffectKey, said: Said): ManualAnswer | undefined;
  /** The last one. */
  answer(key: EffectKey): ManualAnswer | undefined;
  /** The last answer to an uncertain delivery, until it is heard: told twice, "send again" would be sent twice. */
  unheard(key: EffectKey): ManualAnswer | undefined;
  /** The delivery has it on its own disk. */
  heard(key: EffectKey): void;
  /** Oldest first. */
  history(incident: IncidentId): readonly ManualAnswer[];
  ticket(incident: IncidentId): ManualTicket | undefined;
  close(): void;
}

export interface Said {
  readonly by: string;
  readonly at: Instant;
}

/** What a person is shown of an effect that waits. */
export function manualItemOf(
  effect: TicketEffect,
  about: Pick<ManualItem, 'reason' | 'desk' | 'since' | 'title' | 'priority'> & {
    readonly protocol?: string;
  },
): ManualItem {
  const { key, incident, kind: task } = effect;
  const item = { ...about, key, incident, task };
  if (effect.kind === 'ticket.open') return { ...item, title: effect.text.title, text: effect.text.body };
  const { text } = effect;
  if (effect.kind === 'ticket.note' && effect.raise !== undefined)
    return { ...item, text, raise: effect.raise };
  return { ...item, text };
}

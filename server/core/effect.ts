// What the world must do after a commit. Ticket effects are durable: they stand in the outbox with their key and are
// performed until the desk has answered. The others are hints to the shell: losing one costs seconds, not truth.
import type { AgentId, EffectKey, IncidentId, SiteId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/time.ts';
import type { Priority } from '../../shared/words.ts';

export interface TicketText {
  readonly title: string;
  readonly body: string;
}

interface TicketFields {
  /** Idempotency key, kept for ever: `<incident>:open`, `<incident>:note:3`, `<incident>:close:1`. */
  readonly key: EffectKey;
  readonly incident: IncidentId;
  /** The desk may not act on it before this instant. */
  readonly notBefore: Instant;
}

export type TicketEffect =
  | (TicketFields & {
      readonly kind: 'ticket.open';
      readonly text: TicketText;
      readonly priority: Priority;
      /** Keys of the inventory; both empty for a provider's outage, which concerns several customers. */
      readonly customer: string;
      readonly site: string;
      readonly detectedAt: Instant;
    })
  | (TicketFields & {
      readonly kind: 'ticket.note';
      readonly text: string;
      /** The incident has become worse: the ticket's class and title from now on. Never lowered. */
      readonly raise?: { readonly priority: Priority; readonly title: string };
    })
  | (TicketFields & {
      readonly kind: 'ticket.close';
      readonly text: string;
      /** The person who asked for it: closed whoever works in it. Absent: Vigia by itself, and only while nobody does. */
      readonly by?: string;
    })
  | (TicketFields & { readonly kind: 'ticket.reopen'; readonly text: string });

export type HintEffect =
  /** Ask the agent's socket for a sign of life now; no answer in time becomes `agent.suspected`. */
  | { readonly kind: 'agent.challenge'; readonly agent: AgentId }
  /** Probe the site's public addresses in a burst. */
  | { readonly kind: 'site.probe'; readonly site: SiteId }
  /** Measure the server's own anchors now. */
  | { readonly kind: 'anchors.probe' }
  /** Cut this agent's socket. */
  | { readonly kind: 'agent.cut'; readonly agent: AgentId }
  /** Inventory changed: send assignments of these sites anew. */
  | { readonly kind: 'assignment.send'; readonly sites: readonly SiteId[] };

export type Effect = TicketEffect | HintEffect;

export function isTicketEffect(effect: Effect): effect is TicketEffect {
  return effect.kind.startsWith('ticket.');
}

// What happened to the state. The journal keeps changes beside their input; a restart applies them again and never
// decides again. Each carries the whole new record, so that `evolve` cannot fail and a reader needs no history.
import type { SiteId } from '../../shared/ids.ts';
import type { Incident } from './incident.ts';
import type { Planned } from './planned.ts';
import type { Policy } from './policy.ts';
import type { AgentState, ProviderState, ServerState, SiteState } from './state.ts';
import type { TicketSettings } from './ticket-settings.ts';
import type { Topology } from './topology.ts';

export type Change =
  | { readonly kind: 'policy.adopted'; readonly policy: Policy }
  | { readonly kind: 'topology.adopted'; readonly topology: Topology }
  /** `sites`: of the customers whose plans changed. */
  | { readonly kind: 'planned.adopted'; readonly planned: Planned; readonly sites: readonly SiteId[] }
  | { readonly kind: 'tickets.adopted'; readonly settings: TicketSettings }
  | { readonly kind: 'server.observed'; readonly server: ServerState }
  | { readonly kind: 'agent.observed'; readonly agent: AgentState }
  | { readonly kind: 'site.observed'; readonly site: SiteState }
  | { readonly kind: 'provider.observed'; readonly provider: ProviderState }
  | { readonly kind: 'incident.opened'; readonly incident: Incident }
  | { readonly kind: 'incident.changed'; readonly incident: Incident }
  /** Leaves the working state; the store keeps the record. */
  | { readonly kind: 'incident.closed'; readonly incident: Incident }
  /** Rebuilt from late data: closed from birth. */
  | { readonly kind: 'incident.recorded'; readonly incident: Incident };

export type IncidentChange = Extract<Change, { readonly incident: Incident }>;

export function isIncidentChange(change: Change): change is IncidentChange {
  return change.kind.startsWith('incident.');
}

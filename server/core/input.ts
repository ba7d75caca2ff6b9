// Everything that may reach the core. An input is a fact with the instant at which the SERVER learned it; the loop
// numbers it. What the outside world answers (desk, probes, people) is an input like any other.
import type { AgentId, EffectKey, IncidentId, SessionId, SiteId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/time.ts';
import type { StateChange } from '../../shared/wire/messages.ts';
import type { PlannedWindow, Silence } from './planned.ts';
import type { Policy } from './policy.ts';
import type { TicketSettings } from './ticket-settings.ts';
import type { Topology } from './topology.ts';

export type Input =
  | {
      readonly kind: 'server.started';
      readonly at: Instant;
      readonly release: string;
      readonly policy: Policy;
    }
  | {
      readonly kind: 'inventory.imported';
      readonly at: Instant;
      readonly topology: Topology;
      readonly by: string;
    }
  /** All maintenance windows that are not over, expanded to instants, and all silences: what is not named is no more. */
  | {
      readonly kind: 'planned.told';
      readonly at: Instant;
      readonly windows: readonly PlannedWindow[];
      readonly silences: readonly Silence[];
    }
  /** Templates, hints, the contract's clock: what texts are made of from now on. */
  | { readonly kind: 'tickets.configured'; readonly at: Instant; readonly settings: TicketSettings }
  | {
      readonly kind: 'agent.enrolled';
      readonly at: Instant;
      readonly agent: AgentId;
      readonly site: SiteId;
      readonly host: string;
    }
  | { readonly kind: 'agent.revoked'; readonly at: Instant; readonly agent: AgentId; readonly by: string }
  | {
      readonly kind: 'session.opened';
      readonly at: Instant;
      readonly agent: AgentId;
      readonly session: SessionId;
      /** The address the server sees. */
      readonly egress: string;
      readonly bootId: string;
      /** Hash of the machine's hardware, where the agent could tell it. */
      readonly machine?: string;
      readonly version: string;
      /** State changes the agent still holds; while above 0 nothing is opened from them. */
      readonly spoolDepth: number;
    }
  | {
      readonly kind: 'session.closed';
      readonly at: Instant;
      readonly agent: AgentId;
      readonly session: SessionId;
      /** `peer` = the other end closed it (its kernel lives); `timeout` = half-open; `local` = this server did. */
      readonly by: 'peer' | 'timeout' | 'local';
    }
  | {
      readonly kind: 'goodbye.said';
      readonly at: Instant;
      readonly agent: AgentId;
      readonly reason: 'shutdown' | 'restart' | 'service-stop' | 'unknown';
    }
  | {
      readonly kind: 'changes.received';
      readonly at: Instant;
      readonly agent: AgentId;
      readonly epoch: number;
      readonly remaining: number;
      readonly items: readonly StateChange[];
    }
  /** Another machine tried to be this agent (a cloned disk) and was refused, `times` since it was last told. */
  | {
      readonly kind: 'agent.cloned';
      readonly at: Instant;
      readonly agent: AgentId;
      /** Where the refused one dialled from, as the server sees it. */
      readonly address: string;
      readonly times: number;
    }
  /** From the liveness table: phi passed 3, or a challenge on the socket went unanswered. */
  | {
      readonly kind: 'agent.suspected';
      readonly at: Instant;
      readonly agent: AgentId;
      readonly lastHeardAt: Instant;
    }
  /** phi passed 8 within floor and cap. */
  | {
      readonly kind: 'agent.silent';
      readonly at: Instant;
      readonly agent: AgentId;
      readonly lastHeardAt: Instant;
    }
  /** Heard again after suspicion or silence. */
  | { readonly kind: 'agent.heard'; readonly at: Instant; readonly agent: AgentId }
  /** Outside-in probe of a link's public address changed its mind. `since` = first probe of this answer. */
  | {
      readonly kind: 'address.measured';
      readonly at: Instant;
      readonly site: SiteId;
      readonly link: string;
      readonly answers: boolean;
      readonly since: Instant;
    }
  /** The server's own anchors changed their mind (k of n). */
  | {
      readonly kind: 'anchors.measured';
      readonly at: Instant;
      readonly reachable: boolean;
      readonly since: Instant;
    }
  /** A deadline passed. `anchorsGoodAt` = when the server last proved its own internet; absent = never since start. */
  | { readonly kind: 'time.advanced'; readonly at: Instant; readonly anchorsGoodAt?: Instant }
  | {
      readonly kind: 'ticket.reported';
      readonly at: Instant;
      readonly effect: EffectKey;
      readonly incident: IncidentId;
      readonly desk: string;
      readonly outcome:
        | { readonly kind: 'registered'; readonly protocol: string }
        | { readonly kind: 'noted' }
        | { readonly kind: 'refused'; readonly reason: string };
    }
  | {
      readonly kind: 'incident.acknowledged';
      readonly at: Instant;
      readonly incident: IncidentId;
      readonly by: string;
      readonly text?: string;
    }
  | {
      readonly kind: 'incident.noted';
      readonly at: Instant;
      readonly incident: IncidentId;
      readonly by: string;
      readonly text: string;
    }
  | {
      readonly kind: 'incident.resolvedByPerson';
      readonly at: Instant;
      readonly incident: IncidentId;
      readonly by: string;
      readonly text?: string;
    }
  | {
      readonly kind: 'incident.reopenedByPerson';
      readonly at: Instant;
      readonly incident: IncidentId;
      readonly by: string;
      readonly text?: string;
    }
  | {
      readonly kind: 'incident.assigned';
      readonly at: Instant;
      readonly incident: IncidentId;
      readonly by: string;
      readonly to: string;
      /** Passed on to that level with it. */
      readonly level?: 2 | 3;
    }
  /** The contract's clock stands still: until `until`, or until somebody lets it run again. */
  | {
      readonly kind: 'incident.paused';
      readonly at: Instant;
      readonly incident: IncidentId;
      readonly by: string;
      readonly text: string;
      readonly until?: Instant;
    }
  | {
      readonly kind: 'incident.resumed';
      readonly at: Instant;
      readonly incident: IncidentId;
      readonly by: string;
      readonly text?: string;
    }
  /** Nobody took it, or its level's time is over: the step that is due, as plan and rota of that moment say. */
  | {
      readonly kind: 'incident.escalated';
      readonly at: Instant;
      readonly incident: IncidentId;
      /** Names the step within the plan; each counts once in an outage. */
      readonly step: string;
      readonly level: SupportLevel;
      /** Who is called, as people are named in the rota. */
      readonly to: string;
    }
  /** People did something with the ticket at the desk; the shell has read the record again before it says so. */
  | {
      readonly kind: 'desk.told';
      readonly at: Instant;
      readonly incident: IncidentId;
      readonly action: 'acknowledged' | 'note' | 'closed' | 'reopened';
      readonly by: string;
      readonly text?: string;
      /** Of a note read at the desk: heard once. */
      readonly note?: string;
      /** Notes before it that are known already, or too many to tell: they count as heard. */
      readonly passedOver?: readonly string[];
    };

/** Who works on it: 1 classifies, 2 by remote access, 3 analysts and coordinators. */
export type SupportLevel = 1 | 2 | 3;

export type InputKind = Input['kind'];

/** As the journal holds it: `seq` is the loop's, strictly rising without gaps. */
export interface NumberedInput {
  readonly seq: number;
  readonly input: Input;
}

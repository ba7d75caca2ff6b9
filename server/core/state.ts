// What the core remembers. Read by `decide`, written only by `evolve`.
import type { AgentId, IncidentId, SessionId, SiteId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/time.ts';
import type { HostStatus, Layer, LinkStatus } from '../../shared/words.ts';
import type { Incident } from './incident.ts';
import type { Policy } from './policy.ts';
import type { Topology } from './topology.ts';

/** `live`: heard in time. `new`: enrolled, never connected. `away`: said goodbye. `revoked`: never again. */
export type AgentPresence = 'new' | 'live' | 'suspected' | 'silent' | 'away' | 'revoked';

export interface AgentState {
  readonly id: AgentId;
  readonly site: SiteId;
  readonly host: string;
  readonly presence: AgentPresence;
  /** Since when the presence holds. */
  readonly presenceSince: Instant;
  /** Last sign of life before suspicion; while live: session start or return. */
  readonly lastHeardAt?: Instant;
  readonly session?: SessionId;
  readonly egress?: string;
  readonly bootId?: string;
  readonly version?: string;
  /** The last socket was closed by the peer's own kernel (a living machine), not by a timeout. */
  readonly closedByPeer: boolean;
  /** Changes the agent still holds. Above 0: it is replaying, nothing is opened from its reports. */
  readonly remaining: number;
  readonly goodbyeReason?: string;
  /** The last goodbye, kept after the return: what a neighbour saw meanwhile was planned. */
  readonly goodbyeAt?: Instant;
  /** Must be back by then. */
  readonly returnBy?: Instant;
  /** Highest committed change per epoch, newest epoch last. */
  readonly receipts: readonly { readonly epoch: number; readonly seq: number }[];
}

/** What one agent last reported of one link. */
export interface LinkReport {
  readonly agent: AgentId;
  readonly link: string;
  readonly status: LinkStatus;
  readonly layer?: Layer;
  readonly since: Instant;
  readonly confirmedAt: Instant;
  /** When the server learned it. */
  readonly receivedAt: Instant;
  readonly recovering: boolean;
  /** First good evidence while recovering. */
  readonly recoveringSince?: Instant;
  /** What the targets answered in this stretch, answers of questions: `{ anchors: '0/12', gateway: '4/4' }`. */
  readonly answers?: Readonly<Record<string, string>>;
}

export interface HostReport {
  readonly agent: AgentId;
  readonly host: string;
  readonly status: HostStatus;
  readonly since: Instant;
  readonly confirmedAt: Instant;
  readonly receivedAt: Instant;
  readonly recovering: boolean;
  readonly recoveringSince?: Instant;
}

/** Outside-in state of one link's public address. `everAnswered` makes its silence mean something. */
export interface AddressReport {
  readonly link: string;
  readonly answers: boolean;
  readonly since: Instant;
  readonly everAnswered: boolean;
}

/** A finished outage: so that a second reporter of it adds nothing, and for the history in a ticket's text. */
export interface PastOutage {
  readonly causeKey: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly downtimeMs: number;
}

export interface SiteState {
  readonly id: SiteId;
  /** Agents enrolled here, also revoked ones. */
  readonly agents: readonly AgentId[];
  /** Incidents of this site that have not closed. */
  readonly incidents: readonly IncidentId[];
  /** Finished outages of the last 30 days, newest last, at most `limits.pastOutagesMax`. */
  readonly past: readonly PastOutage[];
  readonly links: readonly LinkReport[];
  readonly hosts: readonly HostReport[];
  readonly addresses: readonly AddressReport[];
  /** When a silent site was last heard again: its machines may still be starting. */
  readonly returnedAt?: Instant;
  /** Next instant at which this site must be looked at again without news. */
  readonly wakeAt?: Instant;
}

export interface ServerState {
  readonly startedAt: Instant;
  readonly release: string;
  readonly anchorsReachable?: boolean;
  readonly anchorsSince?: Instant;
  /** When this server last could see again after being blind or down; silence counts from here plus a grace. */
  readonly sightSince: Instant;
  /** When that blindness or downtime began: nothing that went silent between the two has a known start. */
  readonly sightLostAt?: Instant;
  /** Own outage, open or resolved. */
  readonly ownIncident?: IncidentId;
  /** Next instant at which the server's own state must be looked at again. */
  readonly wakeAt?: Instant;
  /** Set while Vigia itself is blind. */
  readonly blindSince?: Instant;
  readonly blindBecause?: 'anchors-lost' | 'mass-silence';
}

export interface State {
  /** Seq of the last input applied. */
  readonly seq: number;
  /** Its instant; never runs backwards. */
  readonly at: Instant;
  readonly policy: Policy;
  readonly topology: Topology;
  readonly server: ServerState;
  readonly agents: ReadonlyMap<AgentId, AgentState>;
  readonly sites: ReadonlyMap<SiteId, SiteState>;
  /** Open, acknowledged and resolved incidents. Closed ones leave (the store keeps them). */
  readonly incidents: ReadonlyMap<IncidentId, Incident>;
}

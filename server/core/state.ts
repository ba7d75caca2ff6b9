// What the core remembers. Read by `decide`, written only by `evolve`.
import type { AgentId, IncidentId, SessionId, SiteId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/time.ts';
import type { Path, Quality } from '../../shared/wire/evidence.ts';
import type { HostStatus, Layer, LinkStatus, RunEnding } from '../../shared/words.ts';
import type { Incident } from './incident.ts';
import type { Planned } from './planned.ts';
import type { Policy } from './policy.ts';
import type { TicketSettings } from './ticket-settings.ts';
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
  /** When the present run of its program began; absent: before the first that was told. */
  readonly runStartedAt?: Instant;
  /** The machine of its first session that named one. Between two that claim to be this agent, it decides. */
  readonly machine?: string;
  /** A cloned disk has claimed to be this agent: last when, from where, how often in all. Shown, never judged by. */
  readonly clone?: { readonly seenAt: Instant; readonly address: string; readonly times: number };
  readonly version?: string;
  /** The last socket was closed by the peer's own kernel (a living machine), not by a timeout. */
  readonly closedByPeer: boolean;
  /** Changes the agent still holds. Above 0: it is replaying, nothing is opened from its reports. */
  readonly remaining: number;
  readonly goodbyeReason?: string;
  /** Its machine left the inventory: what it says still counts, its silence does not. */
  readonly retired?: true;
  /** The last goodbye, kept after the return: what a neighbour saw meanwhile was planned. */
  readonly goodbyeAt?: Instant;
  /** Must be back by then. */
  readonly returnBy?: Instant;
  /** How long its last returns after a goodbye took, newest last, at most `limits.returnsPerAgentMax`. */
  readonly returns?: readonly AgentReturn[];
  /** How its last runs ended by its own logs, newest last, at most `limits.endingsPerAgentMax`; each boot counts once. */
  readonly endings?: readonly ToldEnding[];
  /** Highest committed change per epoch, newest epoch last. */
  readonly receipts: readonly { readonly epoch: number; readonly seq: number }[];
}

/** From goodbye to return. A restarted service says nothing of how long the machine takes. */
export interface AgentReturn {
  readonly of: 'service' | 'machine';
  readonly tookMs: number;
}

/** What a machine's logs said of the end of one run. */
export interface ToldEnding {
  /** Of the run that ended. */
  readonly bootId?: string;
  readonly ending: RunEnding;
  readonly endedAt: Instant;
  readonly endedAtErrorMs: number;
  readonly code?: string;
  readonly reason?: string;
  readonly account?: string;
}

/** What one agent last reported of one link. */
export interface LinkReport {
  readonly agent: AgentId;
  readonly link: string;
  readonly status: LinkStatus;
  readonly layer?: Layer;
  readonly since: Instant;
  readonly confirmedAt: Instant;
  /** When the server learned it; anew when it fell back out of a recovery. */
  readonly receivedAt: Instant;
  readonly recovering: boolean;
  /** First good evidence while recovering. */
  readonly recoveringSince?: Instant;
  /** What the targets answered in this stretch, answers of questions: `{ anchors: '0/12', gateway: '4/4' }`. */
  readonly answers?: Readonly<Record<string, string>>;
  /** While degraded by loss, latency, jitter or vanishing large packets. */
  readonly quality?: Quality;
  /** The path as it was when the link went down. */
  readonly path?: Path;
  /** Until when this run of its reporter saw it carry; absent while it does, and where it never did. */
  readonly upUntil?: Instant;
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
  /** Until when this run of its reporter saw it answer; absent while it does, and where it never did. */
  readonly upUntil?: Instant;
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
  /** It lay inside a maintenance window. */
  readonly planned?: true;
}

/** The downs that one agent saw of one link or host lately; an episode once they are too many. */
export interface FlapWatch {
  readonly agent: AgentId;
  readonly causeKey: string;
  /** Those within the window, oldest first, at most `limits.flapDownsMax`. */
  readonly downs: readonly FlapDown[];
  /** Set while it flaps. */
  readonly episode?: FlapEpisode;
}

export interface FlapDown {
  /** When it counted as down. */
  readonly at: Instant;
  /** First failing evidence. */
  readonly from: Instant;
  /** First good evidence after it. */
  readonly to?: Instant;
}

export interface FlapEpisode {
  /** First failing evidence of the first down. */
  readonly since: Instant;
  /** It was one too many at this moment. */
  readonly confirmedAt: Instant;
  readonly downs: number;
  /** Finished stretches, in ms. */
  readonly downMs: number;
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
  /** Links and hosts that went down lately, at most `limits.flapWatchesMax`. */
  readonly flaps?: readonly FlapWatch[];
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
  /** Somebody fell quiet or was heard again since the sites were counted last: they are counted anew then. */
  readonly massOwedAt?: Instant;
  readonly massCountedAt?: Instant;
}

/** One customer's link that failed a moment ago; what chance is asked about. Gone when the link works again. */
export interface ProviderLoss {
  readonly site: SiteId;
  readonly link: string;
  /** Of the finding that tells it, within its site. */
  readonly causeKey: string;
  /** First failing evidence. */
  readonly since: Instant;
  readonly rests: 'direct' | 'silence';
  /** Nothing but a provider's outage can hold it back any more: only such losses prove one. */
  readonly ready: boolean;
}

/** A provider's outage that has not closed. */
export interface RegionalOutage {
  readonly incident: IncidentId;
  /** `Campinas/SP`; absent = in several towns. */
  readonly region?: string;
  /** When it began last; a return reopens it and begins anew. */
  readonly since: Instant;
  /** The customers' incidents that joined first, at most `limits.outageChildrenMax`: when most are over, so is it. */
  readonly children: readonly IncidentId[];
  /** Incidents that have joined in all. */
  readonly joined: number;
  /** How many of them its ticket names already. */
  readonly told: number;
  /** Who joined since is named in a note, but not before then. */
  readonly tellAt: Instant;
}

/** What is going on with one provider. */
export interface ProviderState {
  readonly key: string;
  /** The oldest first, at most `limits.providerLossesMax`. */
  readonly losses: readonly ProviderLoss[];
  readonly outages: readonly RegionalOutage[];
  /** Next instant at which its outages must be looked at again without news. */
  readonly wakeAt?: Instant;
}

export interface State {
  /** Seq of the last input applied. */
  readonly seq: number;
  /** Its instant; never runs backwards. */
  readonly at: Instant;
  readonly policy: Policy;
  readonly topology: Topology;
  /** Maintenance windows and silences, by customer. */
  readonly planned: Planned;
  /** Absent until the first `tickets.configured`: the shipped texts, no hints, the contract's default clock. */
  readonly tickets?: TicketSettings;
  readonly server: ServerState;
  readonly agents: ReadonlyMap<AgentId, AgentState>;
  readonly sites: ReadonlyMap<SiteId, SiteState>;
  /** Providers with losses or outages, now or once. */
  readonly providers: ReadonlyMap<string, ProviderState>;
  /** Open, acknowledged and resolved incidents. Closed ones leave (the store keeps them). */
  readonly incidents: ReadonlyMap<IncidentId, Incident>;
  /** Each site's last closed incidents (`closed.ts`), so that what is told late can still amend their cause. */
  readonly closed: ReadonlyMap<SiteId, readonly Incident[]>;
}

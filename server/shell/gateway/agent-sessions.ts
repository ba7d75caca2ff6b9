// All agents' sockets: which session speaks for which agent, how many come from one address, and what was last known of
// each. Opens and closes sessions; what a session says passes it by.
import { randomUUID } from 'node:crypto';
import type { AgentId, SiteId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { closeCodes } from '../../../shared/wire/messages.ts';
import type { Admitted } from './agent-door.ts';
import { AgentSession } from './agent-session.ts';
import { wrapWebSocket } from './agent-socket.ts';
import { type Claim, type CloneSightings, contest, createCloneSightings } from './claim.ts';
import type { SessionContext } from './session-context.ts';
import type { SessionFacts, SessionView } from './session-view.ts';

interface Place {
  readonly addressKey: string;
  readonly site: SiteId;
}

export class AgentSessions {
  readonly #context: SessionContext;
  /** Every open socket, also before its hello. */
  readonly #places = new Map<AgentSession, Place>();
  readonly #ofAgent = new Map<AgentId, Set<AgentSession>>();
  readonly #ofSite = new Map<SiteId, Set<AgentSession>>();
  readonly #ofAddress = new Map<string, number>();
  /** The session that speaks for its agent: the last one that said hello. */
  readonly #current = new Map<AgentId, AgentSession>();
  readonly #views = new Map<AgentId, SessionView>();
  readonly #clones: CloneSightings;
  #closing = false;

  constructor(context: Omit<SessionContext, 'claim' | 'ended'>) {
    this.#clones = createCloneSightings(context.news);
    this.#context = {
      ...context,
      claim: (session, answer) => this.#claim(session, answer),
      ended: (session) => this.#ended(session),
    };
  }

  /** A socket whose peer was authenticated. */
  admit({ webSocket, socket, record, address, addressKey }: Admitted): void {
    // The events need the session and the session needs the socket: the first event comes on a later turn.
    let session: AgentSession | undefined;
    const agentSocket = wrapWebSocket(webSocket, socket, {
      received: (text) => session?.received(text),
      pinged: () => session?.pinged(),
      brokeProtocol: (reason) => session?.brokeProtocol(reason),
      ended: (by) => session?.socketEnded(by),
    });
    session = new AgentSession(
      { id: randomUUID(), record, socket: agentSocket, egress: address },
      this.#context,
    );
    this.#places.set(session, { addressKey, site: record.site });
    into(this.#ofAgent, record.id, session);
    into(this.#ofSite, record.site, session);
    this.#ofAddress.set(addressKey, this.countOf(addressKey) + 1);
  }

  countOf(addressKey: string): number {
    return this.#ofAddress.get(addressKey) ?? 0;
  }

  count(): number {
    return this.#places.size;
  }

  /** Asks the agent's socket for a sign of life; false when it has none. */
  challenge(agent: AgentId): boolean {
    return this.#current.get(agent)?.challenge() ?? false;
  }

  /** Revoked or displaced: every socket of the agent says why and is gone within a second. */
  cut(agent: AgentId): void {
    for (const session of [...(this.#ofAgent.get(agent) ?? [])]) {
      this.#context.counters.count('session.cut');
      session.close(closeCodes.revoked);
    }
  }

  sendAssignments(sites: readonly SiteId[]): void {
    for (const site of sites) {
      for (const session of this.#ofSite.get(site) ?? []) session.sendAssignment();
    }
  }

  /** What is known of the agent's present or last connection in this run of the server. */
  facts(agent: AgentId): SessionFacts | undefined {
    return this.#views.get(agent)?.facts();
  }

  /** The server stops: peers are told, the core is not (a restart is no outage). */
  closeAll(): void {
    this.#closing = true;
    for (const session of [...this.#places.keys()]) session.close(closeCodes.goingAway, { quiet: true });
  }

  #claim(session: AgentSession, answer: (claim: Claim) => void): void {
    if (this.#closing) {
      // The session it waited for ends with this server, and so will its own.
      answer('busy');
      return;
    }
    const { agent, origin: newcomer } = session;
    const older = this.#current.get(agent);
    if (older?.origin === undefined || newcomer === undefined) {
      this.#grant(session, answer);
      return;
    }
    const { correlator, counters } = this.#context;
    const home = correlator.state().agents.get(agent)?.machine;
    switch (contest({ present: older.origin, newcomer, home })) {
      case 'take':
        counters.count('session.replaced');
        older.close(closeCodes.replaced);
        this.#grant(session, answer);
        return;
      case 'oust':
        this.#cloned(older);
        older.close(closeCodes.cloned);
        this.#grant(session, answer);
        return;
      case 'ask':
        this.#ask({ session, older, answer });
    }
  }

  /** Whoever is there and lives stays. The one in doubt may meanwhile have made room, also for a third. */
  #ask(contested: {
    readonly session: AgentSession;
    readonly older: AgentSession;
    readonly answer: (claim: Claim) => void;
  }): void {
    const { session, older, answer } = contested;
    const { counters } = this.#context;
    counters.count('session.contested');
    if (this.#claimants(session.agent) > limits.claimsPerAgentMax) {
      answer('busy');
      return;
    }
    older.prove((life) => {
      const isThere = this.#places.has(session);
      if (life === 'alive') {
        this.#cloned(session);
        answer('cloned');
      } else if (!isThere || life === 'unread') {
        answer('busy');
      } else if (this.#current.get(session.agent) === older) {
        counters.count('session.replaced');
        older.close(closeCodes.replaced);
        this.#grant(session, answer);
      } else {
        this.#claim(session, answer);
      }
    });
  }

  #grant(session: AgentSession, answer: (claim: Claim) => void): void {
    this.#current.set(session.agent, session);
    this.#remember(session.agent, session.view);
    answer('granted');
  }

  #cloned({ agent, egress }: AgentSession): void {
    const { counters, clock, log } = this.#context;
    counters.count('session.cloned');
    log('session.cloned', { agent, address: egress });
    this.#clones.seen(agent, clock.now(), egress);
  }

  /** Sessions of the agent that have said hello and do not speak for it. */
  #claimants(agent: AgentId): number {
    const sessions = [...(this.#ofAgent.get(agent) ?? [])];
    const current = this.#current.get(agent);
    return sessions.filter((session) => session.origin !== undefined && session !== current).length;
  }

  #remember(agent: AgentId, view: SessionView): void {
    const before = this.#views.get(agent)?.facts();
    if (before !== undefined) view.follows(before);
    this.#views.delete(agent);
    this.#views.set(agent, view);
    const oldest = this.#views.size > limits.agentViewsMax ? this.#views.keys().next().value : undefined;
    if (oldest !== undefined) this.#views.delete(oldest);
  }

  #ended(session: AgentSession): void {
    const place = this.#places.get(session);
    if (place === undefined) return;
    this.#places.delete(session);
    outOf(this.#ofAgent, session.agent, session);
    outOf(this.#ofSite, place.site, session);
    const left = this.countOf(place.addressKey) - 1;
    if (left > 0) this.#ofAddress.set(place.addressKey, left);
    else this.#ofAddress.delete(place.addressKey);
    if (this.#current.get(session.agent) === session) this.#current.delete(session.agent);
  }
}

function into<K>(map: Map<K, Set<AgentSession>>, key: K, session: AgentSession): void {
  const set = map.get(key);
  if (set === undefined) map.set(key, new Set([session]));
  else set.add(session);
}

function outOf<K>(map: Map<K, Set<AgentSession>>, key: K, session: AgentSession): void {
  const set = map.get(key);
  set?.delete(session);
  if (set?.size === 0) map.delete(key);
}

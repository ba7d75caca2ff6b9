// The correlator's door for agents in virtual time: sessions, heartbeats into the real liveness table, challenges,
// receipts after commit. Text goes through the real codec both ways. One object is one life of the process.

import type { LivenessTable } from '../../server/core/liveness/table.ts';
import type { State } from '../../server/core/state.ts';
import type { Origin } from '../../server/shell/gateway/claim.ts';
import { present } from '../../shared/assert.ts';
import type { AgentId, SessionId } from '../../shared/ids.ts';
import { sessionId } from '../../shared/ids.ts';
import { limits } from '../../shared/limits.ts';
import { plus } from '../../shared/time.ts';
import type { Assignment } from '../../shared/wire/assignment.ts';
import { decodeAgentMessage } from '../../shared/wire/codec.ts';
import {
  type AgentMessage,
  closeCodes,
  type Hello,
  type ServerMessage,
  wireMinor,
} from '../../shared/wire/messages.ts';
import { type Claimant, type Claims, createClaims, originOf } from './claims.ts';
import type { Cores } from './cores.ts';
import type { Correlator } from './correlator.ts';
import { now } from './correlator.ts';
import { createNews, type News, tellQuietBeats } from './gateway-news.ts';
import type { Kernel } from './kernel.ts';
import type { BoundFlow } from './network.ts';
import { createPacker, type Packer, type Parcel, unpack, type WireMode } from './parcel.ts';
import type { ServerDisk } from './server-disk.ts';

/** The agent's half of a connection, called when something arrives there. */
export interface AgentEnd {
  readonly agent: AgentId;
  /** For the simulator's own books only: the server cannot see it. */
  readonly isClone: boolean;
  receive(parcel: Parcel<ServerMessage>): void;
  /** `pong` is to be called if the process lives. */
  ping(pong: () => void): void;
  closed(code: number): void;
}

/** The server's half, called when something arrives here. */
export interface ServerEnd {
  receive(parcel: Parcel<AgentMessage>): void;
  closed(): void;
}

export interface Gateway {
  accept(bound: BoundFlow, end: AgentEnd): ServerEnd;
  challenge(agent: AgentId): void;
  cut(agent: AgentId): void;
  sleep(agents: readonly AgentId[]): void;
  wake(agents: readonly AgentId[]): void;
  /** An orderly stop says so to every agent; a crash is said by the kernel. */
  kill(code: number): void;
  connected(agent: AgentId): boolean;
}

export interface GatewayOptions {
  readonly kernel: Kernel;
  readonly cores: Cores;
  readonly disk: ServerDisk;
  readonly wire: WireMode;
  readonly correlator: Correlator;
  readonly assignment: (agent: AgentId, state: State) => Assignment;
  readonly complain: (what: string) => void;
  /** Sessions opened in all lives so far; numbers them. */
  readonly nextSession: () => number;
}

interface Session {
  readonly id: SessionId;
  readonly bound: BoundFlow;
  readonly end: AgentEnd;
  readonly packer: Packer;
  epoch: number;
  origin: Origin | undefined;
  ready: boolean;
  open: boolean;
  /** Kernel time. */
  lastHeardAt: number;
  /** Kernel time from which on nobody looks at the socket any more, because its agent sleeps. */
  unwatchedSince: number | undefined;
}

export function createGateway(options: GatewayOptions): Gateway {
  const { kernel, correlator, cores } = options;
  const { heartbeatMs, silenceFloorMs, silenceCapMs } = cores.policy;
  const table = cores.createLivenessTable({ heartbeatMs, silenceFloorMs, silenceCapMs });
  const sessions = new Map<AgentId, Session>();
  const all = new Set<Session>();
  /** Sleepers, and how long before their sleep they were last heard. */
  const resting = new Map<AgentId, number>();
  let alive = true;
  const news = createNews({ kernel, correlator, table });

  const drop = (agent: AgentId, by: 'timeout' | 'local'): void => {
    const session = sessions.get(agent);
    if (session === undefined) return;
    close(session, by === 'timeout' ? closeCodes.silent.code : closeCodes.replaced.code);
    sessions.delete(agent);
    correlator.submit({ kind: 'session.closed', at: now(kernel), agent, session: session.id, by });
  };
  /** Ended by this server, for whatever reason but silence. */
  const end = (session: Session, code: number): void => {
    if (!session.open) return;
    close(session, code);
    const { agent } = session.end;
    if (sessions.get(agent) !== session) return;
    sessions.delete(agent);
    correlator.submit({ kind: 'session.closed', at: now(kernel), agent, session: session.id, by: 'local' });
  };
  const close = (session: Session, code: number): void => {
    session.open = false;
    all.delete(session);
    session.bound.flow.send('toAgent', () => session.end.closed(code));
  };
  /** Transport only: a socket on which nothing comes is given up. Whether the agent is silent, liveness says. */
  const watch = (session: Session): void => {
    if (!session.open) return;
    const { agent } = session.end;
    if (resting.has(agent)) {
      session.unwatchedSince = kernel.now();
      return;
    }
    const leftMs = Math.max(limits.halfOpenMs, 2 * heartbeatMs) - (kernel.now() - session.lastHeardAt);
    if (leftMs > 0) kernel.after(leftMs, () => watch(session));
    else if (sessions.get(agent) === session) drop(agent, 'timeout');
    else close(session, closeCodes.silent.code);
  };
  /** On at the beat it had: each look at a sleeper would have asked for the next one after this long. */
  const watchAgain = (session: Session): void => {
    const since = session.unwatchedSince;
    if (since === undefined) return;
    session.unwatchedSince = undefined;
    const looks = Math.ceil((kernel.now() - since) / limits.halfOpenMs);
    const lookAt = since + looks * limits.halfOpenMs;
    kernel.atAsIf(lookAt, lookAt - limits.halfOpenMs, () => watch(session));
  };
  const claims = createClaims({
    ...options,
    present: (agent) => {
      const session = sessions.get(agent);
      return session === undefined ? undefined : claimantOf(session, kernel, (code) => end(session, code));
    },
  });
  const talk = { ...options, table, sessions, news, drop, all, watch, claims, end };
  watchKnown(options, table);
  news.plan();
  return {
    accept: (bound, end) => acceptSession(talk, bound, end),
    challenge(agent) {
      const session = sessions.get(agent);
      const at = now(kernel);
      if (session === undefined) return news.tell(table.unanswered(agent, at, at));
      session.bound.flow.send('toAgent', () => {
        session.end.ping(() => {
          if (!session.open) return;
          session.lastHeardAt = kernel.now();
          news.tell(table.heard(agent, now(kernel), false));
        });
      });
      kernel.after(limits.challengeMs, () => alive && news.tell(table.unanswered(agent, at, now(kernel))));
    },
    cut: (agent) => drop(agent, 'local'),
    sleep(agents) {
      for (const agent of agents) {
        if (!sessions.has(agent)) continue;
        resting.set(agent, now(kernel) - (table.lastHeardAt(agent) ?? now(kernel)));
        table.forget(agent);
      }
      news.plan();
    },
    wake(agents) {
      for (const agent of agents) {
        const agoMs = resting.get(agent);
        resting.delete(agent);
        const session = sessions.get(agent);
        if (session !== undefined && agoMs !== undefined) session.lastHeardAt = kernel.now() - agoMs;
        if (agoMs !== undefined) tellQuietBeats({ table, agent, lastAt: now(kernel) - agoMs, heartbeatMs });
      }
      for (const session of all) if (!resting.has(session.end.agent)) watchAgain(session);
      news.plan();
    },
    kill(code) {
      for (const session of [...all]) close(session, code);
      alive = false;
      news.kill();
    },
    connected(agent) {
      const session = sessions.get(agent);
      return session?.ready === true && !session.bound.flow.dead;
    },
  };
}

/** Agents that were heard before this start are expected again, after a grace for their reconnecting. */
function watchKnown({ kernel, correlator, cores }: GatewayOptions, table: LivenessTable): void {
  const at = now(kernel);
  for (const agent of correlator.state().agents.values()) {
    if (agent.presence !== 'live' && agent.presence !== 'suspected') continue;
    table.watch(agent.id, at, plus(at, cores.policy.startGraceMs));
  }
}

interface Talk extends GatewayOptions {
  readonly table: LivenessTable;
  readonly sessions: Map<AgentId, Session>;
  readonly all: Set<Session>;
  readonly news: News;
  readonly drop: (agent: AgentId, by: 'timeout' | 'local') => void;
  readonly watch: (session: Session) => void;
  readonly claims: Claims;
  readonly end: (session: Session, code: number) => void;
}

function acceptSession(talk: Talk, bound: BoundFlow, end: AgentEnd): ServerEnd {
  const id = sessionId(`s-${talk.nextSession()}`);
  const session: Session = {
    id,
    bound,
    end,
    packer: createPacker(talk.wire),
    epoch: 0,
    origin: undefined,
    ready: false,
    open: true,
    lastHeardAt: talk.kernel.now(),
    unwatchedSince: undefined,
  };
  talk.all.add(session);
  talk.watch(session);
  return {
    receive(parcel) {
      if (!session.open) return;
      session.lastHeardAt = talk.kernel.now();
      const decoded = unpack(parcel, decodeAgentMessage);
      if (decoded.ok) hear(talk, session, decoded.value);
      else talk.complain(`the server refused a message of ${end.agent}: ${JSON.stringify(decoded.failure)}`);
    },
    closed() {
      if (!session.open) return;
      session.open = false;
      talk.all.delete(session);
      if (talk.sessions.get(end.agent) !== session) return;
      talk.sessions.delete(end.agent);
      const at = now(talk.kernel);
      talk.correlator.submit({ kind: 'session.closed', at, agent: end.agent, session: id, by: 'peer' });
    },
  };
}

function hear(talk: Talk, session: Session, message: AgentMessage): void {
  const { kernel, table, news, correlator } = talk;
  const { agent } = session.end;
  const at = now(kernel);
  if (message.kind === 'hello') return greet(talk, session, message);
  if (!session.ready) return;
  if (message.kind !== 'goodbye') news.tell(table.heard(agent, at, message.kind === 'beat'));
  if (message.kind === 'beat') {
    say(session, { kind: 'beat.reply', n: message.n, agentClockMs: message.agentClockMs, serverAt: at });
  } else if (message.kind === 'changes') {
    const { epoch, remaining, items } = message;
    correlator.submit({ kind: 'changes.received', at, agent, epoch, remaining, items }, (state) =>
      receipt(talk, session, state),
    );
  } else if (message.kind === 'rollups') {
    const last = message.items.at(-1)?.seq ?? 0;
    const key = `${agent}/${message.epoch}`;
    talk.disk.rollups.set(key, Math.max(last, talk.disk.rollups.get(key) ?? 0));
    receipt(talk, session, correlator.state());
  } else if (message.kind === 'goodbye') {
    table.forget(agent);
    correlator.submit({ kind: 'goodbye.said', at, agent, reason: message.reason });
  }
  news.plan();
}

/** What a session is to those who contest it. Call after its hello. */
function claimantOf(session: Session, kernel: Kernel, close: (code: number) => void): Claimant {
  const { end, bound } = session;
  const heard = (): void => {
    session.lastHeardAt = kernel.now();
  };
  return {
    ...{ agent: end.agent, egress: bound.egress, isClone: end.isClone, close },
    origin: present(session.origin, 'who speaks for an agent has said hello'),
    isOpen: () => session.open,
    lastHeardAt: () => session.lastHeardAt,
    ping: () => bound.flow.send('toAgent', () => end.ping(heard)),
  };
}

function greet(talk: Talk, session: Session, hello: Hello): void {
  session.origin = originOf(hello);
  const { agent } = session.end;
  // A machine that does not tell which one it is takes the place of its own old session.
  if (hello.machine === undefined) {
    if (talk.sessions.has(agent)) talk.drop(agent, 'local');
    return welcome(talk, session, hello);
  }
  const newcomer = claimantOf(session, talk.kernel, (code) => talk.end(session, code));
  talk.claims.claim(newcomer, () => welcome(talk, session, hello));
}

function welcome(talk: Talk, session: Session, hello: Hello): void {
  const { kernel, correlator, table, news } = talk;
  const { agent } = session.end;
  const at = now(kernel);
  talk.sessions.set(agent, session);
  session.epoch = hello.epoch;
  correlator.submit(
    {
      kind: 'session.opened',
      at,
      agent,
      session: session.id,
      egress: session.bound.egress,
      bootId: hello.bootId,
      machine: hello.machine,
      version: hello.agentVersion,
      spoolDepth: hello.spoolDepth,
    },
    (state) => {
      session.ready = true;
      say(session, {
        kind: 'welcome',
        session: session.id,
        minor: wireMinor,
        serverAt: now(kernel),
        agentClockMs: hello.agentClockMs,
        egress: session.bound.egress,
        heartbeatMs: talk.cores.policy.heartbeatMs,
        ...receiptFields(talk, session, state),
      });
      say(session, { kind: 'assignment', ...talk.assignment(agent, state) });
    },
  );
  news.tell(table.watch(agent, at));
  news.plan();
}

function receipt(talk: Talk, session: Session, state: State): void {
  say(session, { kind: 'receipt', ...receiptFields(talk, session, state) });
}

function receiptFields(
  { disk }: Talk,
  session: Session,
  state: State,
): { readonly epoch: number; readonly changesUpTo: number; readonly rollupsUpTo: number } {
  const { epoch } = session;
  const receipts = state.agents.get(session.end.agent)?.receipts ?? [];
  return {
    epoch,
    changesUpTo: receipts.find((one) => one.epoch === epoch)?.seq ?? 0,
    rollupsUpTo: disk.rollups.get(`${session.end.agent}/${epoch}`) ?? 0,
  };
}

function say(session: Session, message: ServerMessage): void {
  if (!session.open) return;
  const parcel = session.packer.pack(message);
  session.bound.flow.send('toAgent', () => session.end.receive(parcel));
}

// One authenticated socket of one agent: hello, then beats, state changes, rollups, goodbye. Turns messages into inputs
// and sends a receipt only after the commit. Deduplication is the core's business; a peer that misbehaves is closed with
// one clear reason and never ends the process. What an agent's silence means is not decided here.
import { assertNever } from '../../../shared/assert.ts';
import { type AgentId, type SessionId, sessionId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { Instant } from '../../../shared/time.ts';
import { decodeAgentMessage, encodeMessage } from '../../../shared/wire/codec.ts';
import {
  type AgentMessage,
  closeCodes,
  type Hello,
  type ServerMessage,
} from '../../../shared/wire/messages.ts';
import type { AgentRecord } from '../../ports/registry.ts';
import { type AgentSocket, type CloseCode, isTooSlow, type SocketEnd } from './agent-socket.ts';
import { buildAssignment } from './assignment.ts';
import type { Claim, Origin } from './claim.ts';
import { type CommitLine, createCommitLine } from './commit-line.ts';
import type { GatewayCount } from './counters.ts';
import { createFrameRate, type FrameRate } from './frame-rate.ts';
import { createLifeProof, type Life, type LifeProof } from './life-proof.ts';
import { patientTimer } from './patient-timer.ts';
import { receiptsOf, refusalText, welcomeFor } from './session-answers.ts';
import type { SessionContext, SessionStart } from './session-context.ts';
import { createSessionView, type SessionView } from './session-view.ts';

type Changes = Extract<AgentMessage, { readonly kind: 'changes' }>;
type Rollups = Extract<AgentMessage, { readonly kind: 'rollups' }>;
type Beat = Extract<AgentMessage, { readonly kind: 'beat' }>;
type Goodbye = Extract<AgentMessage, { readonly kind: 'goodbye' }>;
/** What goes to the core in its order, with its arrival. */
interface Arrived {
  readonly at: Instant;
  readonly message: Changes | Goodbye;
}
type Ending = 'peer' | 'timeout' | 'local';

export class AgentSession {
  readonly id: SessionId;
  readonly agent: AgentId;
  readonly #record: AgentRecord;
  readonly #socket: AgentSocket;
  readonly #egress: string;
  readonly #context: SessionContext;
  readonly #frames: FrameRate;
  readonly #view: SessionView;
  /** `greeting` until hello, `claiming` until it may speak for its agent, `opening` until its commit. */
  #phase: 'greeting' | 'claiming' | 'opening' | 'open' | 'ended' = 'greeting';
  #origin: Origin | undefined;
  #lastHeardAt: Instant;
  #goodbyeAt: Instant | undefined;
  #cancelCheck: () => void = () => undefined;
  readonly #line: CommitLine<Arrived>;
  readonly #life: LifeProof;

  constructor(start: SessionStart, context: SessionContext) {
    this.id = sessionId(start.id);
    this.agent = start.record.id;
    this.#record = start.record;
    this.#socket = start.socket;
    this.#egress = start.egress;
    this.#context = context;
    this.#frames = createFrameRate();
    this.#lastHeardAt = context.clock.now();
    this.#view = createSessionView({ agent: this.agent, session: this.id, egress: start.egress });
    this.#line = createCommitLine<Arrived>({
      start: (arrived) => this.#submit(arrived),
      committed: ({ message }) => {
        if (message.kind === 'changes') this.#receipt(message.epoch);
      },
      refused: () => this.#overloaded(),
      pause: () => {
        this.#count('session.paused');
        this.#socket.pause();
      },
      resume: () => this.#socket.resume(),
    });
    this.#life = createLifeProof({
      clock: context.clock,
      // Who said goodbye has left, whatever its socket still says.
      question: () => this.#goodbyeAt === undefined && this.challenge(),
      isUnread: () => this.#line.isPaused(),
    });
    this.#checkIn(limits.helloMs);
  }

  get view(): SessionView {
    return this.#view;
  }

  /** The address the server sees. */
  get egress(): string {
    return this.#egress;
  }

  /** Known once hello was said. */
  get origin(): Origin | undefined {
    return this.#origin;
  }

  /** One frame; `undefined` = it was binary. */
  received(text: string | undefined): void {
    if (!this.#sign()) return;
    if (text === undefined) {
      this.#refuse('wanted: JSON text, not binary');
      return;
    }
    const decoded = decodeAgentMessage(text);
    if (decoded.ok) this.#take(decoded.value);
    else if (decoded.failure.code === 'wire.unknown-kind') {
      this.#count('session.unknown-kind');
      this.#alive(false);
    } else this.#refuse(refusalText(decoded.failure));
  }

  /** A ping or pong: a sign of life, nothing more. */
  pinged(): void {
    if (this.#sign()) this.#alive(false);
  }

  brokeProtocol(reason: string): void {
    this.#count('session.protocol-error');
    this.#context.log('session.protocol-error', { agent: this.agent, reason });
    this.#end('local');
  }

  socketEnded(by: SocketEnd): void {
    this.#end(by === 'peer' ? 'peer' : 'timeout');
  }

  /** False when there is nobody to ask. */
  challenge(): boolean {
    if (this.#phase !== 'open' && this.#phase !== 'opening') return false;
    this.#socket.ping();
    return true;
  }

  /** Does a living peer stand behind this session? Answers once, within `limits.challengeMs`. */
  prove(answer: (life: Life) => void): void {
    this.#life.ask(answer);
  }

  /** The present inventory's assignment; does nothing before welcome. */
  sendAssignment(): void {
    if (this.#phase !== 'open') return;
    const { correlator, assignment } = this.#context;
    this.#send({
      kind: 'assignment',
      ...buildAssignment(this.#record, correlator.state().topology, assignment),
    });
  }

  /** Ended by this server: said to the peer, and to the core unless `quiet` (the server is stopping). */
  close(why: CloseCode, more: { readonly quiet?: boolean } = {}): void {
    if (this.#phase === 'ended') return;
    this.#socket.close(why);
    this.#end('local', more.quiet);
  }

  /** Every frame passes here first. False = the session is over or was closed for flooding. */
  #sign(): boolean {
    if (this.#phase === 'ended') return false;
    const now = this.#context.clock.now();
    this.#lastHeardAt = now;
    this.#view.heardAt(now);
    this.#life.sign();
    if (this.#frames.admit(now)) return true;
    this.#count('session.flooding');
    this.close(closeCodes.flooding);
    return false;
  }

  /** Before hello nobody listens, and a clone's life is not the agent's. */
  #alive(beat: boolean): void {
    if (this.#phase === 'greeting' || this.#phase === 'claiming') return;
    this.#context.liveness.heard(this.agent, this.#context.clock.now(), beat);
  }

  #take(message: AgentMessage): void {
    if ((message.kind === 'hello') !== (this.#phase === 'greeting')) {
      this.#refuse(message.kind === 'hello' ? 'a second hello' : `"${message.kind}" before hello`);
      return;
    }
    if (this.#phase === 'claiming') {
      this.#refuse(`"${message.kind}" before welcome`);
      return;
    }
    this.#count(`message.${message.kind}`);
    this.#alive(message.kind === 'beat');
    switch (message.kind) {
      case 'hello':
        this.#claim(message);
        return;
      case 'beat':
        this.#beat(message);
        return;
      case 'changes':
      case 'goodbye':
        this.#queue(message);
        return;
      case 'rollups':
        this.#rollups(message);
        return;
      case 'findings':
        this.#view.examined(message, this.#context.clock.now());
        return;
      default:
        assertNever(message);
    }
  }

  #claim(hello: Hello): void {
    const { claim } = this.#context;
    this.#phase = 'claiming';
    this.#origin = { machine: hello.machine, bootId: hello.bootId };
    claim(this, (answer) => this.#claimed(answer, hello));
  }

  #claimed(claim: Claim, hello: Hello): void {
    if (this.#phase !== 'claiming') return;
    if (claim === 'granted') this.#open(hello);
    else if (claim === 'cloned') this.close(closeCodes.cloned);
    else this.#overloaded();
  }

  #open(hello: Hello): void {
    const { clock, correlator, registry, liveness } = this.#context;
    const { agent, id: session } = this;
    const at = clock.now();
    // Revoked between upgrade and hello, or while the older session was asked.
    if (registry.agent(agent)?.revokedAt !== undefined) {
      this.close(closeCodes.revoked);
      return;
    }
    this.#phase = 'opening';
    this.#view.greetedAt(at, hello);
    if (!correlator.state().agents.has(agent)) {
      // A crash between the registry's commit and the journal's: the registry is right.
      const { site, host } = this.#record;
      this.#context.news.submit({ kind: 'agent.enrolled', at, agent, site, host });
    }
    const opened = correlator.submit({
      kind: 'session.opened',
      at,
      agent,
      session,
      egress: this.#egress,
      bootId: hello.bootId,
      machine: hello.machine,
      version: hello.agentVersion,
      spoolDepth: hello.spoolDepth,
    });
    this.#count('session.opened');
    liveness.sessionOpened(agent, at);
    opened.then(
      () => this.#welcome(hello),
      () => this.#overloaded(),
    );
  }

  #welcome(hello: Hello): void {
    if (this.#phase !== 'opening') return;
    this.#phase = 'open';
    const { id: session, agent, egress } = this;
    this.#send(welcomeFor(hello, { session, agent, egress }, this.#context));
    this.sendAssignment();
  }

  #beat(beat: Beat): void {
    const serverAt = this.#context.clock.now();
    if (this.#goodbyeAt !== undefined) {
      // It said goodbye and lives on (a shutdown called off): only a new hello makes it live again.
      if (serverAt - this.#goodbyeAt > limits.helloMs) this.close(closeCodes.goingAway);
      return;
    }
    this.#view.beat(beat);
    this.#send({ kind: 'beat.reply', n: beat.n, agentClockMs: beat.agentClockMs, serverAt });
  }

  #queue(message: Changes | Goodbye): void {
    if (message.kind === 'changes' && !risesInSeq(message)) {
      this.#refuse('items: wanted: seq rising within one message');
      return;
    }
    if (this.#line.push({ at: this.#context.clock.now(), message })) return;
    this.#count('session.flooding');
    this.close(closeCodes.flooding);
  }

  #submit({ at, message }: Arrived): Promise<unknown> | undefined {
    if (message.kind === 'goodbye') {
      this.#goodbye(at, message);
      return undefined;
    }
    const { epoch, remaining, items } = message;
    this.#view.changesTaken(remaining);
    const { agent } = this;
    return this.#context.correlator.submit({ kind: 'changes.received', at, agent, epoch, remaining, items });
  }

  #rollups(rollups: Rollups): void {
    const { epoch, items } = rollups;
    this.#context.series.save({ agent: this.agent, site: this.#record.site, epoch, items });
    this.#receipt(epoch);
  }

  #goodbye(at: Instant, { reason }: Goodbye): void {
    this.#goodbyeAt = at;
    this.#context.news.submit({ kind: 'goodbye.said', at, agent: this.agent, reason });
    this.#context.liveness.forget(this.agent);
  }

  #receipt(epoch: number): void {
    this.#send({ kind: 'receipt', ...receiptsOf(this.#context, this.agent, epoch) });
  }

  #send(message: ServerMessage): void {
    if (this.#phase === 'ended') return;
    this.#socket.send(encodeMessage(message));
    if (!isTooSlow(this.#socket)) return;
    this.#count('session.too-slow');
    // The reason would only queue behind what the peer does not read.
    this.#socket.destroy();
    this.#end('local');
  }

  /** Transport only: a socket on which nothing comes is given up. Whether the agent is silent, liveness says. */
  #check(): void {
    const { clock, correlator, liveness } = this.#context;
    if (this.#phase === 'greeting') {
      this.#count('session.no-hello');
      this.close(closeCodes.noHello);
      return;
    }
    if (this.#phase === 'claiming') {
      this.#overloaded();
      return;
    }
    const now = clock.now();
    const paused = this.#line.isPaused();
    if (paused) {
      // This server does not read, so it is not the peer that is silent.
      this.#lastHeardAt = now;
      liveness.heard(this.agent, now, false);
    }
    const halfOpenMs = Math.max(limits.halfOpenMs, 2 * correlator.state().policy.heartbeatMs);
    const leftMs = halfOpenMs - (now - this.#lastHeardAt);
    if (leftMs > 0) {
      this.#checkIn(paused ? Math.min(leftMs, limits.challengeMs) : leftMs);
      return;
    }
    this.#socket.close(closeCodes.silent);
    this.#end('timeout');
  }

  #checkIn(delayMs: number): void {
    this.#cancelCheck = patientTimer({ clock: this.#context.clock, delayMs, run: () => this.#check() });
  }

  #overloaded(): void {
    if (this.#phase === 'ended') return;
    this.#count('session.overloaded');
    this.close(closeCodes.overloaded);
  }

  #refuse(reason: string): void {
    this.#count('session.bad-message');
    this.#context.log('session.bad-message', { agent: this.agent, reason });
    this.close({
      code: closeCodes.badMessage.code,
      reason: `${closeCodes.badMessage.reason}: ${reason}`,
    });
  }

  #end(by: Ending, quiet = false): void {
    const was = this.#phase;
    if (was === 'ended') return;
    this.#phase = 'ended';
    this.#cancelCheck();
    this.#line.stop();
    this.#count(`session.closed-by-${by}`);
    this.#view.ended();
    const { clock, news, ended } = this.#context;
    ended(this);
    this.#life.ended();
    if (was === 'greeting' || was === 'claiming' || quiet) return;
    news.submit({ kind: 'session.closed', at: clock.now(), agent: this.agent, session: this.id, by });
  }

  #count(what: GatewayCount): void {
    this.#context.counters.count(what);
  }
}

function risesInSeq({ items }: Changes): boolean {
  return items.every((item, index) => item.seq > (items[index - 1]?.seq ?? 0));
}

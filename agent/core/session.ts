// Room 5 of the route: the session with the server. disconnected -> opening -> greeting (hello sent) -> open, and
// leaving after goodbye. Every state but `open` has a deadline, so nothing can hang. Must never send a record before
// the server's time is known.
import { limits } from '../../shared/limits.ts';
import type { Instant } from '../../shared/time.ts';
import {
  type AgentMessage,
  type HostFacts,
  type HostLoad,
  type Welcome,
  wireMinor,
  wireVersion,
} from '../../shared/wire/messages.ts';
import type { ProbeMethod } from '../../shared/words.ts';
import type { ServerClock } from './clock.ts';
import type { AgentInput, Clock } from './input.ts';
import { Beats } from './session/beats.ts';
import { agentCloses } from './session/closes.ts';
import { Dial, type DialParts, type Ended, type Way } from './session/dial.ts';
import { Farewell, type GoodbyeReason } from './session/farewell.ts';
import type { Ledger } from './session/ledger.ts';
import { OwnFindings } from './session/own-findings.ts';
import { Stream } from './session/stream.ts';
import type { Sink } from './sink.ts';
import type { SessionLook } from './view.ts';

export interface SessionParts extends DialParts {
  readonly agentVersion: string;
  readonly facts: HostFacts;
  readonly pingMethod: ProbeMethod;
  readonly pingReason?: string;
  readonly machine?: string;
  readonly ledger: Ledger;
  readonly clock: ServerClock;
  readonly sink: Sink;
}

export interface Ways {
  /** Local addresses of living links, to dial by. */
  livingSources(): readonly string[];
}

export type SessionMessage = Exclude<
  Extract<AgentInput, { readonly kind: 'message.received' }>['message'],
  { readonly kind: 'assignment' }
>;
type State = 'disconnected' | 'opening' | 'greeting' | 'open' | 'leaving' | 'left';

const never = Number.POSITIVE_INFINITY;

export class Session {
  readonly stream: Stream;
  readonly #parts: SessionParts;
  readonly #dial: Dial;
  readonly #beats = new Beats();
  readonly #findings = new OwnFindings();
  readonly #farewell = new Farewell();
  #probing: Pick<SessionParts, 'pingMethod' | 'pingReason'>;
  #state: State = 'disconnected';
  #socket = 0;
  #way: Way = { server: undefined, source: undefined };
  /** When the present state ends by itself. */
  #deadlineMs = 0;
  #helloMs = 0;
  #toldDepth = 0;
  #openedMs = 0;
  #heartbeatMs = 0;
  #egress: string | undefined;
  #egressConfirmedMs = 0;
  /** When that left which the session was last answered. */
  #answeredSentMs = Number.NEGATIVE_INFINITY;
  /** Since when nothing that was asked is answered. */
  #silentSinceMs = Number.POSITIVE_INFINITY;
  /** When a session that was open was lost last. */
  #openUntilMs = Number.NEGATIVE_INFINITY;
  /** For the view only: when the last session was lost, its last receipt, the last code of a closing. */
  #lostMs = 0;
  #receiptMs: number | undefined;
  #closeCode: number | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#probing = parts;
    this.#dial = new Dial(parts);
    this.stream = new Stream(parts);
  }

  get nextMs(): number {
    if (this.#state !== 'open') return this.#deadlineMs;
    return Math.min(this.#beats.nextMs, this.stream.nextMs);
  }

  /** How this machine pings from now on; the server reads it in the next greeting. */
  probes({ method, reason }: { readonly method: ProbeMethod; readonly reason?: string }): void {
    this.#probing = { pingMethod: method, pingReason: reason };
  }

  get hasLeft(): boolean {
    return this.#state === 'left';
  }

  look(): SessionLook {
    const isOpen = this.#state === 'open';
    return {
      state: this.#state,
      sinceMs: isOpen ? this.#openedMs : this.#lostMs,
      ...this.#way,
      egress: this.#egress,
      confirmedMs: this.#heartbeatMs === 0 ? undefined : this.#egressConfirmedMs,
      receiptMs: this.#receiptMs,
      closeCode: isOpen ? undefined : this.#closeCode,
    };
  }

  /** Is this message from the socket that counts now? */
  owns(socket: number): boolean {
    return (
      socket === this.#socket &&
      (this.#state === 'greeting' || this.#state === 'open' || this.#state === 'leaving')
    );
  }

  /**
   * The address by which this site leaves, as the server last confirmed it within two heartbeats. It outlives a socket
   * that just died, because the rounds in which a link dies are exactly those in which the session over it dies too.
   */
  egressAt(nowMs: number): string | undefined {
    return nowMs - this.#egressConfirmedMs <= 2 * this.#heartbeatMs ? this.#egress : undefined;
  }

  /** When that left which the server answered last, over the session open now; minus infinity without one. */
  get answeredSentMs(): number {
    return this.#state === 'open' ? this.#answeredSentMs : Number.NEGATIVE_INFINITY;
  }

  /** When the first beat left that nobody answered, or the session was lost; infinity while all is answered. */
  get silentSinceMs(): number {
    return this.#silentSinceMs;
  }

  /** Does what is due. */
  tick(now: Clock, ways: Ways): void {
    if (this.#state === 'open') {
      this.#tickOpen(now);
    } else if (now.monoMs >= this.#deadlineMs) {
      if (this.#state === 'opening') this.#drop(now, agentCloses.unopened, { silent: true });
      else if (this.#state === 'greeting') this.#drop(now, agentCloses.noWelcome, { silent: true });
      else if (this.#state === 'leaving') this.#sayAgain(now, { silent: true });
    }
    // Also when the session was lost just now: the first attempt after a loss is immediate.
    if (this.#state === 'disconnected' && now.monoMs >= this.#deadlineMs)
      this.#open(now, ways.livingSources());
  }

  opened(socket: number, now: Clock): void {
    if (socket !== this.#socket || this.#state !== 'opening') return this.#parts.sink.bite('messagesStray');
    this.#state = 'greeting';
    if (!this.#farewell.isBegun) this.#deadlineMs = now.monoMs + limits.agentWelcomeMs;
    this.#helloMs = now.monoMs;
    this.#toldDepth = this.#parts.ledger.depth('changes');
    this.#send({
      kind: 'hello',
      version: wireVersion,
      minor: wireMinor,
      agentVersion: this.#parts.agentVersion,
      epoch: this.#parts.ledger.epoch,
      bootId: now.bootId,
      agentClockMs: agentClockMs(now),
      spoolDepth: this.#toldDepth,
      pingMethod: this.#probing.pingMethod,
      pingReason: this.#probing.pingReason,
      machine: this.#parts.machine,
      facts: this.#parts.facts,
    });
  }

  closed(socket: number, code: number | undefined, now: Clock): void {
    if (this.#farewell.isConfirmedBy(socket, code)) return this.#leave();
    // Of a socket that was given up before, only now heard of.
    if (socket !== this.#socket) return;
    switch (this.#state) {
      case 'opening':
      case 'greeting':
        return this.#lost(now, { silent: false, code });
      case 'open':
        return this.#lost(now, { silent: false, code, livedMs: now.monoMs - this.#openedMs });
      case 'leaving':
        return this.#sayAgain(now, { silent: true, code });
      case 'disconnected':
      case 'left':
        return undefined;
    }
  }

  /** A message of the socket that `owns` said yes to. */
  received(message: SessionMessage, now: Clock): void {
    this.#beats.heard(now.monoMs);
    if (message.kind === 'receipt' && this.#state !== 'greeting') {
      this.#receiptMs = now.monoMs;
      return this.stream.receipted(message, now.monoMs);
    }
    if (message.kind === 'welcome' && this.#state === 'greeting') return this.#welcomed(message, now);
    if (message.kind === 'beat.reply' && this.#state === 'open') {
      const sentMs = this.#beats.replied(message.n, now.monoMs);
      if (sentMs !== undefined) return this.#confirmed(message.serverAt, sentMs, now);
    }
    this.#parts.sink.bite('messagesStray');
  }

  /** Something near may be dying: ask the server now whether this session still lives. */
  suspect(now: Clock): void {
    if (this.#state === 'open' && !this.#beats.isProbing) this.#beat(now, 'probe');
  }

  /** The server says where else it can be reached. */
  announced(servers: readonly string[]): void {
    for (const _refused of this.#dial.announced(servers)) this.#parts.sink.bite('serversRefused');
  }

  examined(examined: Parameters<OwnFindings['examined']>[0]): void {
    this.#findings.examined(examined);
  }

  loaded(load: HostLoad): void {
    this.#beats.loaded(load);
  }

  /**
   * An orderly stop. A goodbye that is lost makes a dead machine of one that went in order, so it is said until the server
   * confirms it by closing its side:
   * 1. on the open session, whose way may hang unnoticed (a router moved the site back a moment ago);
   * 2. not confirmed in time, or the session was lost a moment ago: over a fresh connection, by another way if there is;
   * 3. after `goodbyeMs`, or without a session since long, it is over. The next run tells the server (`run.started`).
   */
  leave(reason: GoodbyeReason, now: Clock): void {
    this.#farewell.begin(reason, now.monoMs);
    this.#beats.close();
    this.stream.close();
    const isMissed = now.monoMs - this.#openUntilMs > limits.goodbyeLostMs || this.#dial.isUnwelcome;
    if (this.#state === 'open') this.#sayGoodbye(reason, now);
    else if (isMissed) this.#leave();
    else if (this.#state === 'disconnected') this.#sayAgain(now, { silent: false });
    else this.#deadlineMs = Math.min(this.#deadlineMs, this.#farewell.dial(now.monoMs) ?? now.monoMs);
  }

  #sayGoodbye(reason: GoodbyeReason, now: Clock): void {
    this.#send({ kind: 'goodbye', reason });
    this.#close(agentCloses.goodbye);
    this.#state = 'leaving';
    this.#deadlineMs = this.#farewell.said(this.#socket, now.monoMs);
  }

  /** Not confirmed: its way is in doubt, and the next is tried at once. */
  #sayAgain(now: Clock, ended: Ended): void {
    this.#dial.delayMs(ended);
    const dialledUntilMs = this.#farewell.dial(now.monoMs);
    if (dialledUntilMs === undefined || this.#dial.isUnwelcome) return this.#leave();
    this.#state = 'disconnected';
    this.#deadlineMs = now.monoMs;
  }

  #leave(): void {
    if (this.#state !== 'disconnected' && this.#state !== 'leaving') this.#close(agentCloses.goodbye);
    this.#state = 'left';
    this.#deadlineMs = never;
  }

  #tickOpen(now: Clock): void {
    if (this.#beats.isUnanswered(now.monoMs)) {
      this.#parts.sink.bite('beatsUnanswered');
      return this.#drop(now, agentCloses.unanswered, {
        silent: true,
        livedMs: now.monoMs - this.#openedMs,
      });
    }
    if (this.#beats.takeLoadDue(now.monoMs)) this.#parts.sink.emit({ kind: 'load.start' });
    if (this.#beats.isDue(now.monoMs)) this.#beat(now, 'regular');
    this.stream.pump(now);
    if (this.stream.isMisunderstood(now.monoMs)) {
      this.#parts.sink.bite('resyncs');
      this.#drop(now, agentCloses.resync, {
        silent: false,
        again: true,
        livedMs: now.monoMs - this.#openedMs,
      });
    }
  }

  #open(now: Clock, sources: readonly string[]): void {
    this.#socket += 1;
    this.#way = this.#dial.choose(sources);
    this.#state = 'opening';
    this.#deadlineMs = this.#farewell.dialledUntilMs ?? now.monoMs + limits.agentOpenMs;
    this.#parts.sink.emit({ kind: 'socket.open', socket: this.#socket, ...this.#way });
  }

  #welcomed(welcome: Welcome, now: Clock): void {
    this.#state = 'open';
    this.#deadlineMs = never;
    this.#closeCode = undefined;
    this.#openedMs = now.monoMs;
    this.#heartbeatMs = welcome.heartbeatMs;
    this.#egress = welcome.egress;
    this.#dial.succeeded(this.#way);
    this.#beats.open(now.monoMs, welcome.heartbeatMs);
    this.#findings.open(welcome.minor);
    this.#confirmed(welcome.serverAt, this.#helloMs, now);
    const { reason } = this.#farewell;
    if (reason !== undefined) {
      this.#beats.close();
      return this.#sayGoodbye(reason, now);
    }
    this.stream.open(this.#socket, welcome, { told: this.#toldDepth, nowMs: now.monoMs });
  }

  /** The server answered what left at `sentMs`: the session lives, and its time is known once more. */
  #confirmed(serverAt: Instant, sentMs: number, now: Clock): void {
    this.#egressConfirmedMs = now.monoMs;
    this.#answeredSentMs = sentMs;
    this.#silentSinceMs = never;
    const offset = this.#parts.clock.sample({ sentMs, nowMs: now.monoMs, serverAt });
    if (offset !== undefined) this.#parts.sink.emit({ kind: 'offset.save', offset });
  }

  #beat(now: Clock, kind: 'regular' | 'probe'): void {
    const { n, load } = this.#beats.send(now.monoMs, kind);
    this.#silentSinceMs = Math.min(this.#silentSinceMs, now.monoMs);
    const { offsetMs } = this.#parts.clock;
    this.#send({
      kind: 'beat',
      n,
      agentClockMs: agentClockMs(now),
      spoolDepth: this.#parts.ledger.depth('changes'),
      clockOffsetMs:
        offsetMs === undefined ? undefined : Math.round(now.monoMs + offsetMs - agentClockMs(now)),
      load,
    });
    const found = kind === 'regular' ? this.#findings.take(this.#parts.clock, now) : undefined;
    if (found !== undefined) this.#send(found);
  }

  /** A link answers again: dial now, not when the backoff ends. */
  wayBack(now: Clock): void {
    // The first packet of an attempt under way went into the dead link; the next may be seconds off.
    const isStuck = this.#deadlineMs - now.monoMs < limits.agentOpenMs - limits.wayBackOpeningMs;
    if (this.#state === 'opening' && isStuck) this.#drop(now, agentCloses.unopened, { silent: true });
    if (this.#state !== 'disconnected') return;
    const waitMs = this.#dial.wayBackMs();
    if (waitMs !== undefined) this.#deadlineMs = Math.min(this.#deadlineMs, now.monoMs + waitMs);
  }

  #drop(now: Clock, close: { readonly code: number; readonly reason: string }, ended: Ended): void {
    this.#close(close);
    this.#lost(now, ended);
  }

  #lost(now: Clock, ended: Ended): void {
    this.#silentSinceMs = Math.min(this.#silentSinceMs, now.monoMs);
    if (ended.livedMs === undefined) this.#parts.sink.bite('dialsFailed');
    else this.#openUntilMs = now.monoMs;
    if (this.#farewell.isBegun) return this.#sayAgain(now, ended);
    this.#state = 'disconnected';
    if (ended.livedMs !== undefined || this.#lostMs === 0) this.#lostMs = now.monoMs;
    this.#closeCode = ended.code ?? this.#closeCode;
    this.#deadlineMs = now.monoMs + this.#dial.delayMs(ended);
    this.#beats.close();
    this.stream.close();
  }

  #close(close: { readonly code: number; readonly reason: string }): void {
    this.#parts.sink.emit({ kind: 'socket.close', socket: this.#socket, ...close });
  }

  #send(message: AgentMessage): void {
    this.#parts.sink.emit({ kind: 'socket.send', socket: this.#socket, message });
  }
}

/** The wall clock as the wire takes it; it only shows how wrong the machine's clock is. */
function agentClockMs(now: Clock): number {
  return Number.isFinite(now.wallMs) ? Math.min(1e15, Math.max(-1e15, Math.round(now.wallMs))) : 0;
}

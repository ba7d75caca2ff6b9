// One agent of the demonstration on the real wire: enrols, dials, beats, keeps what it tells until the server has receipted
// it. What it sees is told to it by the stage; it measures nothing. Can fall mute with its socket open, as a machine
// without power or a cut cable does, and can be cut off as a program that died.
import type { WebSocket } from 'ws';
import { limits } from '../../shared/limits.ts';
import { type Instant, plus } from '../../shared/time.ts';
import { decodeServerMessage, encodeMessage } from '../../shared/wire/codec.ts';
import type {
  AgentMessage,
  HostFacts,
  Rollup,
  ServerMessage,
  StateChange,
} from '../../shared/wire/messages.ts';
import type { Clock } from '../ports/clock.ts';
import { type DemoIdentity, dial } from './door.ts';

/** A change without its number and times: those are the agent's own. */
export type News = StateChange extends infer Each
  ? Each extends StateChange
    ? Omit<Each, 'seq' | 'at' | 'atErrorMs'> & { readonly at?: Instant }
    : never
  : never;

export interface DemoAgentOptions {
  readonly url: string;
  readonly identity: DemoIdentity;
  readonly clock: Clock;
  readonly hostName: string;
  readonly platform: 'linux' | 'windows';
  /** The public address it comes from at first. */
  readonly from: string;
  /** Days its machine had been running when the demonstration began. */
  readonly uptimeMs: number;
  /** Between two attempts to dial. */
  readonly redialMs: number;
}

const epoch = 1;
/** How well it knows the server's time. */
const atErrorMs = 4;

export class DemoAgent {
  readonly #options: DemoAgentOptions;
  #from: string;
  #socket: WebSocket | undefined;
  #welcomed = false;
  #mode: 'on' | 'mute' | 'off' = 'off';
  #dialling = false;
  #spool: readonly StateChange[] = [];
  #rollups: readonly Rollup[] = [];
  #seq = 0;
  #rollupSeq = 0;
  #beats = 0;
  /** As its server asked for. */
  #heartbeatMs = 10_000;
  #boots = 0;
  #bootAt: Instant;
  #cancelBeat: () => void = () => undefined;
  #cancelDial: () => void = () => undefined;

  constructor(options: DemoAgentOptions) {
    this.#options = options;
    this.#from = options.from;
    this.#bootAt = plus(options.clock.now(), -options.uptimeMs);
  }

  /** Its server has let it in and hears it. */
  isOn(): boolean {
    return this.#mode === 'on' && this.#welcomed;
  }

  /** On the wire, dialling until it is. A mute one speaks again, with all it kept meanwhile. */
  turnOn(): void {
    this.#mode = 'on';
    if (this.#socket === undefined) void this.#dial();
    else if (this.#welcomed) this.#keepBeating();
    this.#flush();
  }

  /** Silent from now on, its socket left open: nobody is there to close it. */
  mute(): void {
    this.#mode = 'mute';
    this.#cancelBeat();
  }

  /** Its program ended: the machine's kernel closes the socket. */
  turnOff(): void {
    this.#mode = 'off';
    this.#cut();
  }

  /** The router sends it out by another link: its connection is lost and made anew from there. */
  moveTo(from: string): void {
    this.#from = from;
    if (this.#mode !== 'on') return;
    this.#cut();
    this.#redial();
  }

  /** An orderly stop of its machine, announced. */
  sayGoodbye(): void {
    this.#send({ kind: 'goodbye', reason: 'restart' });
    this.#mode = 'off';
    this.#cancelBeat();
    this.#socket?.close(1000);
  }

  /** Its machine starts again; the agent tells how the last run ended as far as its stamp knows, and is on. */
  boot(previous: { readonly lastAliveAt: Instant; readonly stoppedInOrder: boolean }): void {
    const before = this.#bootId();
    this.#cut();
    this.#boots += 1;
    this.#bootAt = plus(this.#options.clock.now(), -3_000);
    this.tell({
      kind: 'run.started',
      bootId: this.#bootId(),
      bootAt: this.#bootAt,
      previous: { bootId: before, ...previous },
    });
    this.turnOn();
  }

  /** Told after `boot`: what the machine's own log says of the run that ended. */
  explain(told: Omit<Extract<News, { readonly kind: 'run.explained' }>, 'kind' | 'bootId'>): void {
    this.tell({ kind: 'run.explained', bootId: `${this.#options.hostName}-${this.#boots - 1}`, ...told });
  }

  /** Numbered and kept until receipted; sent at once when it is on the wire. `at`: for what it only tells later. */
  tell(news: News): void {
    this.#seq += 1;
    const at = news.at ?? this.#options.clock.now();
    this.#spool = [...this.#spool, { ...news, seq: this.#seq, at, atErrorMs }].slice(
      -limits.changesPerMessageMax,
    );
    this.#flush();
  }

  tellRollups(items: readonly Omit<Rollup, 'seq'>[]): void {
    const numbered = items.map((each) => {
      this.#rollupSeq += 1;
      return { ...each, seq: this.#rollupSeq };
    });
    this.#rollups = [...this.#rollups, ...numbered].slice(-2 * limits.rollupsPerMessageMax);
    this.#flush();
  }

  stop(): void {
    this.turnOff();
    this.#cancelDial();
  }

  #bootId(): string {
    return `${this.#options.hostName}-${this.#boots}`;
  }

  #cut(): void {
    this.#cancelBeat();
    this.#welcomed = false;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
  }

  async #dial(): Promise<void> {
    if (this.#dialling || this.#mode !== 'on') return;
    this.#dialling = true;
    try {
      const socket = await dial(this.#options.url, this.#options.identity, this.#from);
      this.#listen(socket);
    } catch {
      // Nobody listens at the moment: the server is stopping, or not there yet.
      this.#redial();
    }
    this.#dialling = false;
  }

  #redial(): void {
    this.#cancelDial();
    this.#cancelDial = this.#options.clock.after(this.#options.redialMs, () => void this.#dial());
  }

  #listen(socket: WebSocket): void {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('open', () => this.#hello());
    socket.on('ping', (data) => {
      if (this.#mode === 'on') socket.pong(data);
    });
    socket.on('message', (data) => {
      const decoded = decodeServerMessage(String(data));
      if (decoded.ok && socket === this.#socket && this.#mode === 'on') this.#take(decoded.value);
    });
    socket.on('close', () => {
      if (socket !== this.#socket) return;
      this.#socket = undefined;
      this.#welcomed = false;
      this.#cancelBeat();
      if (this.#mode === 'on') this.#redial();
    });
  }

  #hello(): void {
    if (this.#mode !== 'on') return;
    this.#put({
      kind: 'hello',
      version: 1,
      minor: 1,
      agentVersion: '0.1.0',
      epoch,
      bootId: this.#bootId(),
      agentClockMs: this.#options.clock.now(),
      spoolDepth: this.#spool.length,
      pingMethod: 'icmp',
      facts: factsOf(this.#options),
    });
  }

  #take(message: ServerMessage): void {
    if (message.kind === 'welcome') {
      this.#welcomed = true;
      this.#heartbeatMs = message.heartbeatMs;
      this.#keepBeating();
      this.#put({ kind: 'findings', examinedAt: this.#options.clock.now(), good: 14, more: 0, items: [] });
      // All of it again, known there or not: the hello has announced that so much would come.
      this.#flush();
      return;
    }
    if (message.kind !== 'receipt') return;
    this.#spool = this.#spool.filter((each) => each.seq > message.changesUpTo);
    this.#rollups = this.#rollups.filter((each) => each.seq > message.rollupsUpTo);
    this.#flush();
  }

  #keepBeating(): void {
    this.#cancelBeat();
    const next = (): void => {
      this.#cancelBeat = this.#options.clock.after(this.#heartbeatMs, () => {
        this.#beat();
        next();
      });
    };
    this.#beat();
    next();
  }

  #beat(): void {
    const now = this.#options.clock.now();
    this.#beats += 1;
    const load =
      this.#beats % 6 === 1 ? { uptimeMs: Math.max(0, now - this.#bootAt), ...usualLoad } : undefined;
    this.#send({
      kind: 'beat',
      n: this.#beats,
      agentClockMs: now,
      spoolDepth: this.#spool.length,
      clockOffsetMs: 0,
      ...(load === undefined ? {} : { load }),
    });
  }

  /** All that is not receipted, oldest first; what is sent twice the server knows by its number. The spool is one message. */
  #flush(): void {
    const items = [...this.#spool];
    if (items.length > 0) this.#send({ kind: 'changes', epoch, remaining: 0, items });
    const rollups = this.#rollups.slice(0, limits.rollupsPerMessageMax);
    if (rollups.length > 0) this.#send({ kind: 'rollups', epoch, items: rollups });
  }

  #send(message: AgentMessage): void {
    if (this.#welcomed && this.#mode === 'on') this.#put(message);
  }

  #put(message: AgentMessage): void {
    if (this.#socket?.readyState === this.#socket?.OPEN) this.#socket?.send(encodeMessage(message));
  }
}

const usualLoad = {
  cpuRatio: 0.12,
  memoryUsedRatio: 0.46,
  disks: [{ mount: 'C:', usedRatio: 0.58 }],
};

function factsOf({ hostName, platform }: DemoAgentOptions): HostFacts {
  const windows = platform === 'windows';
  return {
    hostName,
    platform,
    osName: windows ? 'Windows Server 2022 Standard' : 'Debian GNU/Linux',
    osVersion: windows ? '10.0.20348' : '13',
    arch: 'x64',
    cpuCount: 8,
    memoryBytes: 32 * 1024 ** 3,
  };
}

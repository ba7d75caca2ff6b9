// Keeps the wall's one stream open: reads its messages, opens it again when it breaks, goes silent or falls behind.
// Between the browser's EventSource (event-source.ts) and the store. Knows no browser object, so tests drive it.
// Must never poll for data, never give up while a session is valid, and never let two streams feed one store.
import type { z } from 'zod';
import {
  type WallEvent,
  wallDeltaSchema,
  wallHeartbeatSchema,
  wallSnapshotSchema,
} from '../../shared/api/wall.ts';
import { assertNever } from '../../shared/assert.ts';
import { type BackoffPolicy, backoffMs } from '../../shared/backoff.ts';
import { limits } from '../../shared/limits.ts';
import type { Random } from '../../shared/random.ts';
import { second } from '../../shared/time.ts';
import { slowRead } from './slow-read.ts';
import type { WallAction, WallState } from './store.ts';

export interface StreamHandlers {
  message(event: WallEvent, data: string): void;
  /** `refused`: the server answered with something else than a stream, so its status is worth asking for. */
  broken(how: { readonly refused: boolean }): void;
}

export interface ConnectionPorts {
  openStream(handlers: StreamHandlers): { close(): void };
  /** The HTTP status the stream's address answers with now; undefined when nobody answers. */
  askStatus(): Promise<number | undefined>;
  /** Browser time, ms. */
  now(): number;
  /** Calls once after `ms`; the returned function calls it off. */
  after(ms: number, call: () => void): () => void;
  /** Calls once, as soon as the browser has drawn and heard what waits. */
  breathe(call: () => void): void;
  readonly random: Random;
}

const reconnectPolicy: BackoffPolicy = {
  baseMs: second,
  capMs: limits.wallReconnectMsMax,
  floorMs: second / 2,
};

/** Before a new snapshot is asked for on a stream that works: a server that keeps misordering must not be hammered. */
const catchUpMs = 5 * second;

interface Message {
  readonly event: WallEvent;
  readonly data: string;
  /** Browser time at which it came. */
  readonly now: number;
}

/** Opens the stream and keeps it open. The returned object lets a person hurry it and the page end it. */
export class WallConnection {
  readonly #ports: ConnectionPorts;
  readonly #dispatch: (action: WallAction) => WallState;
  #stream: { close(): void } | undefined;
  #callOffTimer: () => void = () => {};
  #attempt = 0;
  #catchingUp = false;
  /** Counts streams, so that whatever an abandoned one still says is not heard. */
  #generation = 0;
  /** Messages behind a large snapshot that is being read, in their order; undefined: nothing is being read. */
  #behind: Message[] | undefined;

  constructor(ports: ConnectionPorts, dispatch: (action: WallAction) => WallState) {
    this.#ports = ports;
    this.#dispatch = dispatch;
  }

  /** Opens at once, whatever was waiting. Also what a person's "try again" does. */
  open(): void {
    this.close();
    const generation = this.#generation;
    const current = (): boolean => generation === this.#generation;
    this.#stream = this.#ports.openStream({
      message: (event, data) => {
        if (current()) this.#heard({ event, data, now: this.#ports.now() });
      },
      broken: ({ refused }) => {
        if (current()) this.#lost(refused);
      },
    });
    this.#watch();
  }

  close(): void {
    this.#generation += 1;
    this.#catchingUp = false;
    this.#behind = undefined;
    this.#callOffTimer();
    this.#stream?.close();
    this.#stream = undefined;
  }

  #heard(message: Message): void {
    if (this.#behind === undefined) return this.#read(message);
    if (!this.#catchingUp) this.#watch();
    // So far behind that a new snapshot is quicker.
    if (this.#behind.length >= limits.wallMessagesBehindMax) return this.open();
    this.#behind.push(message);
  }

  #read(message: Message): void {
    const { event, data, now } = message;
    if (event === 'wall.snapshot' && data.length > limits.wallReadAtOnceChars) this.#readSlowly(message);
    else this.#apply(actionOf(event, data, now));
  }

  #readSlowly({ event, data, now }: Message): void {
    const generation = this.#generation;
    const read = slowRead(() => parseJson(data));
    const step = (): void => {
      if (generation !== this.#generation) return;
      const answer = read.step();
      if (answer === undefined) return this.#ports.breathe(step);
      this.#apply(
        answer.ok
          ? { kind: 'snapshot.received', now, snapshot: answer.snapshot }
          : unreadable(event, answer, now),
      );
      this.#readBehind();
    };
    this.#behind = [];
    if (!this.#catchingUp) this.#watch();
    step();
  }

  #readBehind(): void {
    const generation = this.#generation;
    const behind = this.#behind ?? [];
    this.#behind = undefined;
    for (const message of behind) {
      // One of them may have had the stream opened anew, or be a large snapshot itself.
      if (generation !== this.#generation) return;
      this.#heard(message);
    }
  }

  #apply(action: WallAction): void {
    const state = this.#dispatch(action);
    if (state.connection === 'live') this.#attempt = 0;
    if (this.#catchingUp) return;
    if (state.outOfStep) this.#catchUp();
    else this.#watch();
  }

  /** Starts the silence timer anew: a half-open stream says nothing and breaks nothing. */
  #watch(): void {
    this.#callOffTimer();
    this.#callOffTimer = this.#ports.after(limits.wallReopenMs, () => this.#lost(false));
  }

  /** A delta from before the view: the view may lack what lies between, so the whole is asked for again. */
  #catchUp(): void {
    this.#catchingUp = true;
    this.#callOffTimer();
    this.#callOffTimer = this.#ports.after(catchUpMs, () => this.open());
  }

  #lost(refused: boolean): void {
    this.close();
    this.#dispatch({ kind: 'connection.lost' });
    if (!refused) {
      this.#reopenLater();
      return;
    }
    const generation = this.#generation;
    void this.#ports.askStatus().then((status) => {
      if (generation !== this.#generation) return;
      if (status === 401) this.#dispatch({ kind: 'session.ended' });
      else this.#reopenLater();
    });
  }

  #reopenLater(): void {
    this.#callOffTimer();
    const waitMs = backoffMs(reconnectPolicy, this.#attempt, this.#ports.random);
    this.#attempt += 1;
    this.#callOffTimer = this.#ports.after(waitMs, () => this.open());
  }
}

/** Reads one message. What does not parse is an action too: a visible state, never a crash, never half applied. */
export function actionOf(event: WallEvent, data: string, now: number): WallAction {
  const json = parseJson(data);
  switch (event) {
    case 'wall.snapshot': {
      const read = wallSnapshotSchema.safeParse(json);
      return read.success
        ? { kind: 'snapshot.received', now, snapshot: read.data }
        : unreadable(event, { error: read.error }, now);
    }
    case 'wall.delta': {
      const read = wallDeltaSchema.safeParse(json);
      return read.success
        ? { kind: 'delta.received', now, delta: read.data }
        : unreadable(event, { error: read.error }, now);
    }
    case 'wall.heartbeat': {
      const read = wallHeartbeatSchema.safeParse(json);
      return read.success
        ? { kind: 'heartbeat.received', now, at: read.data.at }
        : unreadable(event, { error: read.error }, now);
    }
    default:
      return assertNever(event);
  }
}

interface Unread {
  readonly error: z.ZodError;
  /** Where in the message the part stands that was read. */
  readonly path?: readonly PropertyKey[];
}

function unreadable(event: WallEvent, { error, path: start = [] }: Unread, now: number): WallAction {
  const path = [...start, ...(error.issues[0]?.path ?? [])].map(String).join('.');
  return { kind: 'message.unreadable', now, because: path === '' ? event : `${event}: ${path}` };
}

/** Undefined for what is no JSON: no schema here accepts that either. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

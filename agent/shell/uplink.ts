// The agent's sockets to the server: nonce, signed upgrade, frames. It holds several at once (an old session and its
// successor by another link) and says of each exactly once that it opened, and exactly once that it closed. It must
// never pass on a frame that the codec has not accepted.
import WebSocket from 'ws';
import { limits } from '../../shared/limits.ts';
import { ok, type Result } from '../../shared/result.ts';
import { decodeServerMessage, encodeMessage } from '../../shared/wire/codec.ts';
import { agentPaths, nonceAnswerSchema, upgradeHeaders, upgradeProof } from '../../shared/wire/door.ts';
import {
  type AgentMessage,
  closeCodes,
  type ServerMessage,
  subprotocol,
} from '../../shared/wire/messages.ts';
import { askDoor } from './door-request.ts';
import { messageOf } from './errors.ts';
import type { Identity } from './identity.ts';
import type { Log } from './log.ts';
import { createReach, type Reach, type Reached, type ReachWish } from './reach.ts';
import { openReachMemory, type ReachMemory } from './reach-memory.ts';
import { inTrouble, type Trouble, trouble } from './reach-trouble.ts';
import type { SystemLookup } from './resolve.ts';
import { createTroubleLog, type TroubleLog } from './trouble-log.ts';

export interface UplinkEvents {
  opened(socket: number): void;
  /** Also for an attempt that never opened; `code` of a session that was open, where the peer or the core gave one. */
  closed(socket: number, code?: number): void;
  received(socket: number, message: ServerMessage): void;
}

export interface UplinkCounters {
  readonly opened: number;
  readonly failed: number;
  readonly sentBytes: number;
  readonly receivedMessages: number;
  readonly skippedKinds: number;
  readonly refusedMessages: number;
  /** Ended because too much waited for the peer. */
  readonly tooSlow: number;
}

/** A way to the server, as the core chose it. */
export interface UplinkWay {
  /** Leave by this local address; absent: the default route. */
  readonly source?: string;
  /** To this address of the server; absent: the first one of the enrolment. */
  readonly server?: string;
}

export interface Uplink {
  open(socket: number, way?: UplinkWay): void;
  send(socket: number, message: AgentMessage): void;
  close(socket: number, code: number, reason: string): void;
  counters(): UplinkCounters;
  /** Why the last attempt failed; undefined once a session opened again. */
  trouble(): Trouble | undefined;
  /** Cuts everything, tells nobody any more. */
  end(): void;
}

interface UplinkOptions {
  readonly identity: Identity;
  readonly events: UplinkEvents;
  readonly log: Log;
  /** Where the server was last reached; without it that is known only while the program runs. */
  readonly memory?: ReachMemory;
  /** The system's resolver, where it is another. */
  readonly ask?: SystemLookup;
}

type Counters = { -readonly [K in keyof UplinkCounters]: number };

export function createUplink(options: UplinkOptions): Uplink {
  const { identity, events, log } = options;
  const memory = options.memory ?? openReachMemory();
  const reach = createReach({ access: identity.access, memory, ask: options.ask });
  const counters: Counters = {
    opened: 0,
    failed: 0,
    sentBytes: 0,
    receivedMessages: 0,
    skippedKinds: 0,
    refusedMessages: 0,
    tooSlow: 0,
  };
  const links = new Map<number, Link>();
  const troubles = createTroubleLog(log);
  const closed = (socket: number, code?: number): void => {
    if (links.delete(socket)) events.closed(socket, code);
  };
  return {
    open: (socket, way = {}) => {
      if (links.size >= limits.uplinkSocketsMax) {
        log.warn({ socket, open: links.size }, 'too many sockets at once; this one is not opened');
        events.closed(socket);
        return;
      }
      const server = way.server ?? identity.enrolment.servers[0] ?? '';
      const { source } = way;
      const parts = { identity, events, log, memory, reach, troubles, counters, closed };
      links.set(socket, startLink({ ...parts, socket, source, server }));
    },
    send: (socket, message) => links.get(socket)?.send(encodeMessage(message)),
    close: (socket, code, reason) => links.get(socket)?.close(code, reason),
    counters: () => ({ ...counters }),
    trouble: troubles.last,
    end: () => {
      const all = [...links.values()];
      links.clear();
      for (const link of all) link.cut();
    },
  };
}

/** One attempt and, if it succeeds, one session. */
interface Link {
  send(text: string): void;
  close(code: number, reason: string): void;
  cut(): void;
}

interface LinkOptions {
  readonly identity: Identity;
  readonly events: UplinkEvents;
  readonly log: Log;
  readonly memory: ReachMemory;
  readonly reach: Reach;
  readonly troubles: TroubleLog;
  readonly counters: Counters;
  readonly closed: (socket: number, code?: number) => void;
  readonly socket: number;
  readonly source: string | undefined;
  readonly server: string;
}

function startLink(options: LinkOptions): Link {
  let web: WebSocket | undefined;
  let over = false;
  const givenUp = new AbortController();
  const failed = (why: Trouble): void => {
    if (over) return;
    over = true;
    options.counters.failed += 1;
    options.troubles.tell(options, why);
    options.closed(options.socket);
  };
  const cut = (): void => {
    over = true;
    givenUp.abort();
    web?.terminate();
  };
  void connect(options, givenUp.signal).then((connected) => {
    // Also of an attempt that the core gave up: how far it came is what a person asks for.
    if (!connected.ok && over) options.troubles.tell(options, connected.failure);
    else if (!connected.ok) failed(connected.failure);
    else if (over) connected.value.web.terminate();
    else {
      web = connected.value.web;
      attach(connected.value, options, failed);
    }
  });
  return {
    send: (text) => {
      if (web?.readyState !== WebSocket.OPEN) return;
      if (web.bufferedAmount > limits.socketBufferedBytesMax) {
        options.counters.tooSlow += 1;
        web.terminate();
        return;
      }
      options.counters.sentBytes += Buffer.byteLength(text);
      web.send(text);
    },
    close: (code, reason) => {
      if (web?.readyState === WebSocket.OPEN) shut(web, code, reason);
      else {
        cut();
        // Without a code: nobody has confirmed anything.
        options.closed(options.socket);
      }
    },
    cut,
  };
}

/** A WebSocket that is still opening, and where. */
interface Opening {
  readonly web: WebSocket;
  readonly at: Pick<Reached, 'host' | 'address'>;
}

/** A nonce, then the upgrade, by the same way to the same address. */
async function connect(options: LinkOptions, signal: AbortSignal): Promise<Result<Opening, Trouble>> {
  const { identity, reach, server, source } = options;
  const timeoutMs = limits.uplinkHandshakeMs;
  const nonce = await askNonce(reach, { server, source, timeoutMs, signal });
  if (!nonce.ok) return nonce;
  const { at } = nonce.value;
  const reached = await reach.open({ server, source, timeoutMs, signal, address: at.address });
  if (!reached.ok) return reached;
  try {
    const web = upgrade(identity, { server, nonce: nonce.value.nonce, reached: reached.value });
    // Also when it is ended before anybody listens.
    web.on('error', () => undefined);
    return ok({ web, at });
  } catch (error) {
    // A header that HTTP does not take: the agent's id in a file that somebody touched.
    reached.value.socket.destroy();
    return inTrouble('door-failed', `${server}: ${messageOf(error)}`);
  }
}

function upgrade(
  { enrolment, key }: Identity,
  parts: { readonly server: string; readonly nonce: string; readonly reached: Reached },
): WebSocket {
  const { server, nonce, reached } = parts;
  return new WebSocket(`${server.replace(/^http/, 'ws')}${agentPaths.socket}`, subprotocol, {
    headers: {
      [upgradeHeaders.agent]: enrolment.agent,
      [upgradeHeaders.nonce]: nonce,
      [upgradeHeaders.signature]: key.sign(upgradeProof(enrolment.agent, nonce)),
    },
    perMessageDeflate: false,
    maxPayload: limits.messageBytesMax,
    maxFragments: limits.messageFragmentsMax,
    handshakeTimeout: limits.uplinkHandshakeMs,
    followRedirects: false,
    skipUTF8Validation: false,
    createConnection: () => reached.socket,
  });
}

async function askNonce(
  reach: Reach,
  wish: ReachWish,
): Promise<Result<{ readonly nonce: string; readonly at: Opening['at'] }, Trouble>> {
  const answer = await askDoor(reach, { ...wish, path: agentPaths.nonce, method: 'GET' });
  if (!answer.ok) return answer;
  const { status, json, at } = answer.value;
  const parsed = nonceAnswerSchema.safeParse(json);
  if (status === 200 && parsed.success) return ok({ nonce: parsed.data.nonce, at });
  return inTrouble('door-failed', `${wish.server}${agentPaths.nonce} answered ${status}, no nonce`);
}

function attach({ web, at }: Opening, options: LinkOptions, failed: (why: Trouble) => void): void {
  const { counters, events, socket, log, memory, server } = options;
  let opened = false;
  let refused = false;
  web.on('open', () => {
    opened = true;
    counters.opened += 1;
    options.troubles.over(options);
    events.opened(socket);
  });
  web.on('error', (error) => {
    // `close` follows; before the session opened it carries nothing of use, so the reason is told here.
    if (!opened) failed(trouble('door-failed', `${server}: ${messageOf(error)}`));
    else log.info({ socket, error: messageOf(error) }, 'the socket failed');
  });
  web.on('close', (code) => {
    if (opened) options.closed(socket, code);
    else failed(trouble('door-failed', `${server}: closed with ${code} before it opened`));
  });
  web.on('message', (data, isBinary) => {
    // What was read behind a refused frame must not speak any more; behind our own close a receipt still counts.
    if (refused) return;
    counters.receivedMessages += 1;
    const message = isBinary ? undefined : decodeServerMessage(data.toString());
    if (message?.ok) {
      if (message.value.kind === 'welcome') {
        memory.welcomed({ server, ...at, serverAtMs: message.value.serverAt });
      }
      events.received(socket, message.value);
    } else if (message?.failure.code === 'wire.unknown-kind') counters.skippedKinds += 1;
    else {
      counters.refusedMessages += 1;
      refused = true;
      log.warn({ socket, failure: message?.failure ?? 'binary frame' }, 'a message of the server is refused');
      shut(web, closeCodes.badMessage.code, closeCodes.badMessage.reason);
    }
  });
}

/** Closes in order; a peer that does not confirm in time is cut. */
function shut(web: WebSocket, code: number, reason: string): void {
  const timer = setTimeout(() => web.terminate(), limits.uplinkCloseMs);
  web.once('close', () => clearTimeout(timer));
  web.close(code, reason.slice(0, 120));
}

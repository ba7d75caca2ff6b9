// The agent's sockets to the server: nonce, signed upgrade, frames. It holds several at once (an old session and its
// successor by another link) and says of each exactly once that it opened, and exactly once that it closed. It must
// never pass on a frame that the codec has not accepted.
import { isIP, type LookupFunction } from 'node:net';
import WebSocket from 'ws';
import { type Failure, failure } from '../../shared/failure.ts';
import { limits } from '../../shared/limits.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
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
import { createLookup } from './resolve.ts';

export interface UplinkEvents {
  opened(socket: number): void;
  /** Also for an attempt that never opened; `code` where the peer or the core gave one. */
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

export interface Uplink {
  open(socket: number, source?: string): void;
  send(socket: number, message: AgentMessage): void;
  close(socket: number, code: number, reason: string): void;
  counters(): UplinkCounters;
  /** Cuts everything, tells nobody any more. */
  end(): void;
}

interface UplinkOptions {
  readonly identity: Identity;
  readonly events: UplinkEvents;
  readonly log: Log;
  readonly lookup?: LookupFunction;
}

type Counters = { -readonly [K in keyof UplinkCounters]: number };

export function createUplink(options: UplinkOptions): Uplink {
  const lookup = options.lookup ?? createLookup();
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
  const closed = (socket: number, code?: number): void => {
    if (links.delete(socket)) options.events.closed(socket, code);
  };
  return {
    open: (socket, source) => {
      if (links.size >= limits.uplinkSocketsMax) {
        options.log.warn({ socket, open: links.size }, 'too many sockets at once; this one is not opened');
        options.events.closed(socket);
        return;
      }
      links.set(socket, startLink({ ...options, lookup, counters, closed, socket, source }));
    },
    send: (socket, message) => links.get(socket)?.send(encodeMessage(message)),
    close: (socket, code, reason) => links.get(socket)?.close(code, reason),
    counters: () => ({ ...counters }),
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

interface LinkOptions extends UplinkOptions {
  readonly lookup: LookupFunction;
  readonly counters: Counters;
  readonly closed: (socket: number, code?: number) => void;
  readonly socket: number;
  readonly source: string | undefined;
}

function startLink(options: LinkOptions): Link {
  let web: WebSocket | undefined;
  let over = false;
  const failed = (why: Failure): void => {
    if (over) return;
    over = true;
    options.counters.failed += 1;
    options.log.info({ socket: options.socket, source: options.source, failure: why }, 'no session');
    options.closed(options.socket);
  };
  const cut = (): void => {
    over = true;
    web?.terminate();
  };
  void connect(options).then((connected) => {
    if (!connected.ok) failed(connected.failure);
    else if (over) connected.value.terminate();
    else {
      web = connected.value;
      attach(web, options, failed);
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
        options.closed(options.socket, code);
      }
    },
    cut,
  };
}

/** A nonce, then a WebSocket that is still opening. */
async function connect({ identity, lookup, source }: LinkOptions): Promise<Result<WebSocket>> {
  const { enrolment, key } = identity;
  const nonce = await askNonce(enrolment.server, { source, lookup });
  if (!nonce.ok) return nonce;
  try {
    const url = `${enrolment.server.replace(/^http/, 'ws')}${agentPaths.socket}`;
    const web = new WebSocket(url, subprotocol, {
      headers: {
        [upgradeHeaders.agent]: enrolment.agent,
        [upgradeHeaders.nonce]: nonce.value,
        [upgradeHeaders.signature]: key.sign(upgradeProof(enrolment.agent, nonce.value)),
      },
      perMessageDeflate: false,
      maxPayload: limits.messageBytesMax,
      maxFragments: limits.messageFragmentsMax,
      handshakeTimeout: limits.uplinkHandshakeMs,
      followRedirects: false,
      skipUTF8Validation: false,
      localAddress: source,
      family: source === undefined ? undefined : isIP(source),
      lookup,
    });
    return ok(web);
  } catch (error) {
    return fail(failure('unavailable', messageOf(error), { retryable: true }));
  }
}

async function askNonce(
  server: string,
  way: { readonly source: string | undefined; readonly lookup: LookupFunction },
): Promise<Result<string>> {
  const url = `${server}${agentPaths.nonce}`;
  const answer = await askDoor({ url, method: 'GET', ...way, timeoutMs: limits.uplinkHandshakeMs });
  if (!answer.ok) return answer;
  const parsed = nonceAnswerSchema.safeParse(answer.value.json);
  if (answer.value.status === 200 && parsed.success) return ok(parsed.data.nonce);
  return fail(
    failure('unavailable', `${url} answered ${answer.value.status}, no nonce`, { retryable: true }),
  );
}

function attach(web: WebSocket, options: LinkOptions, failed: (why: Failure) => void): void {
  const { counters, events, socket, log } = options;
  let opened = false;
  let refused = false;
  web.on('open', () => {
    opened = true;
    counters.opened += 1;
    events.opened(socket);
  });
  web.on('error', (error) => {
    // `close` follows; before the session opened it carries nothing of use, so the reason is told here.
    if (!opened) failed(failure('unavailable', messageOf(error), { retryable: true }));
    else log.info({ socket, error: messageOf(error) }, 'the socket failed');
  });
  web.on('close', (code) => {
    if (opened) options.closed(socket, code);
    else failed(failure('unavailable', `closed with ${code} before it opened`, { retryable: true }));
  });
  web.on('message', (data, isBinary) => {
    // What was read behind a refused frame must not speak any more; behind our own close a receipt still counts.
    if (refused) return;
    counters.receivedMessages += 1;
    const message = isBinary ? undefined : decodeServerMessage(data.toString());
    if (message?.ok) events.received(socket, message.value);
    else if (message?.failure.code === 'wire.unknown-kind') counters.skippedKinds += 1;
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

// The agents' door on an HTTP server that others own: GET /agent/nonce, POST /agent/enrolment, upgrade at /agent.
// An unauthenticated peer never gets a socket; every refusal is a plain HTTP answer with its reason.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { type FailureCode, failure } from '../../../shared/failure.ts';
import { issuesOf } from '../../../shared/inventory/check.ts';
import { limits } from '../../../shared/limits.ts';
import { agentPaths, enrolmentRequestSchema } from '../../../shared/wire/door.ts';
import { subprotocol } from '../../../shared/wire/messages.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AgentRecord, Registry } from '../../ports/registry.ts';
import { type AddressRate, addressKey, createAddressRate, plainAddress } from './address-rate.ts';
import type { GatewayCount, GatewayCounters, GatewayLog } from './counters.ts';
import type { Enrolments } from './enrolment.ts';
import { answerJson, type Refusal, refuseRequest, refuseUpgrade } from './http-answer.ts';
import type { Nonces } from './nonce.ts';
import { readBody } from './read-body.ts';
import { checkUpgrade } from './upgrade-check.ts';

/**
 * What the HTTP server must be made with, so that a peer that sends its headers byte by byte is dropped in time
 * (node's own defaults wait a minute and look every 30 s).
 */
export const doorServerOptions = {
  headersTimeout: limits.upgradeMs,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1024,
} as const;

export interface AddressLimits {
  readonly sessionsMax: number;
  readonly enrolmentsPerMinuteMax: number;
  readonly noncesPerMinuteMax: number;
  readonly upgradesPerMinuteMax: number;
}

export const defaultAddressLimits: AddressLimits = {
  sessionsMax: limits.sessionsPerAddressMax,
  enrolmentsPerMinuteMax: limits.enrolmentsPerAddressPerMinuteMax,
  noncesPerMinuteMax: limits.noncesPerAddressPerMinuteMax,
  upgradesPerMinuteMax: limits.upgradesPerAddressPerMinuteMax,
};

/** An authenticated socket on its way to a session. */
export interface Admitted {
  readonly webSocket: WebSocket;
  readonly socket: Duplex;
  readonly record: AgentRecord;
  /** As the server sees it, for people. */
  readonly address: string;
  /** What counts as one peer. */
  readonly addressKey: string;
}

export interface AgentDoorOptions {
  readonly registry: Registry;
  readonly enrolments: Enrolments;
  readonly nonces: Nonces;
  readonly clock: Clock;
  readonly counters: GatewayCounters;
  readonly log: GatewayLog;
  readonly sessionsOf: (addressKey: string) => number;
  readonly admit: (admitted: Admitted) => void;
  /** The peer's address; behind a trusted proxy, what that proxy says. Default: the socket's. */
  readonly remoteAddress?: (request: IncomingMessage) => string | undefined;
  readonly addressLimits?: AddressLimits;
}

export interface AgentDoor {
  /** False = not the door's path, the request is untouched. */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean;
  handleNonce(request: IncomingMessage, response: ServerResponse): boolean;
  handleEnrolment(request: IncomingMessage, response: ServerResponse): boolean;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** No upgrade from now on; sessions are the caller's. */
  close(): void;
}

export function createAgentDoor(options: AgentDoorOptions): AgentDoor {
  const address = options.addressLimits ?? defaultAddressLimits;
  const nonceRate = rate(address.noncesPerMinuteMax);
  const enrolmentRate = rate(address.enrolmentsPerMinuteMax);
  const upgradeRate = rate(address.upgradesPerMinuteMax);
  const server = new WebSocketServer(webSocketOptions);
  let closed = false;

  const handleNonce = (request: IncomingMessage, response: ServerResponse): boolean => {
    if (pathOf(request) !== agentPaths.nonce) return false;
    const refused = refuseCommon(request, 'GET', nonceRate, options);
    if (refused !== undefined) refuseRequest(request, response, refused);
    else {
      options.counters.count('nonce.issued');
      answerJson(response, 200, JSON.stringify({ nonce: options.nonces.issue(options.clock.now()) }));
    }
    return true;
  };

  const handleEnrolment = (request: IncomingMessage, response: ServerResponse): boolean => {
    if (pathOf(request) !== agentPaths.enrol) return false;
    const refused = refuseCommon(request, 'POST', enrolmentRate, options);
    if (refused !== undefined) refuseRequest(request, response, refused);
    else void answerEnrolment(request, response, options);
    return true;
  };

  return {
    handleNonce,
    handleEnrolment,
    handleRequest: (request, response) =>
      handleNonce(request, response) || handleEnrolment(request, response),
    handleUpgrade(request, socket, head) {
      if (pathOf(request) !== agentPaths.socket) return false;
      if (closed) refuseUpgrade(socket, stopping, options.clock);
      else upgrade({ request, socket, head, server, upgradeRate, sessionsMax: address.sessionsMax }, options);
      return true;
    },
    close() {
      closed = true;
      server.close();
    },
  };
}

const stopping: Refusal = { status: 503, failure: failure('unavailable', 'the server is stopping') };

/** Each option explicit; the two last ones are newer than the package's type declarations. */
const webSocketOptions: ServerOptions & {
  readonly closeTimeout: number;
  readonly maxPendingAutoPongs: number;
} = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: limits.messageBytesMax,
  maxFragments: limits.messageFragmentsMax,
  maxBufferedChunks: limits.socketChunksMax,
  skipUTF8Validation: false,
  allowSynchronousEvents: true,
  autoPong: true,
  handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  closeTimeout: limits.closeHandshakeMs,
  maxPendingAutoPongs: limits.pongsOwedMax,
};

interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly server: WebSocketServer;
  readonly upgradeRate: AddressRate;
  readonly sessionsMax: number;
}

function upgrade(work: Upgrade, options: AgentDoorOptions): void {
  const { request, socket } = work;
  const { registry, nonces, clock, counters, log } = options;
  const address = peerAddress(request, options);
  const key = addressKey(address);
  const refuse = (count: GatewayCount, refusal: Refusal): void => {
    counters.count(count);
    log(count, { address, status: refusal.status, reason: refusal.failure.message });
    refuseUpgrade(socket, refusal, clock);
  };
  if (!work.upgradeRate.admit(key, clock.now())) {
    refuse('door.rate-limited', tooMany('too many upgrades from this address; come back in a minute'));
    return;
  }
  if (options.sessionsOf(key) >= work.sessionsMax) {
    refuse('door.sessions-per-address', tooMany('too many sessions from this address'));
    return;
  }
  const checked = checkUpgrade({ request, registry, nonces, now: clock.now() });
  if (!checked.ok) {
    refuse(checked.failure.count, checked.failure);
    return;
  }
  // A socket that breaks between here and the session must not end the process.
  socket.on('error', () => socket.destroy());
  work.server.handleUpgrade(request, socket, work.head, (webSocket) => {
    counters.count('upgrade.done');
    options.admit({ webSocket, socket, record: checked.value, address, addressKey: key });
  });
}

async function answerEnrolment(
  request: IncomingMessage,
  response: ServerResponse,
  options: AgentDoorOptions,
): Promise<void> {
  const { clock, counters, log, enrolments } = options;
  const refuse = (count: GatewayCount, refusal: Refusal): void => {
    counters.count(count);
    log(count, { address: peerAddress(request, options), reason: refusal.failure.message });
    refuseRequest(request, response, refusal);
  };
  const body = await readBody(request, {
    bytesMax: limits.enrolmentBodyBytesMax,
    withinMs: limits.upgradeMs,
    clock,
  });
  if (!body.ok) {
    refuse(body.failure.status === 408 ? 'door.body-timeout' : 'door.bad-request', body.failure);
    return;
  }
  const parsed = enrolmentRequestSchema.safeParse(body.value);
  if (!parsed.success) {
    const issues = issuesOf(parsed.error).slice(0, 10);
    const invalid = failure('input.invalid', 'the enrolment does not match its schema', { issues });
    refuse('door.bad-request', { status: 400, failure: invalid });
    return;
  }
  const enrolled = await enrolments.enrol(parsed.data);
  if (!enrolled.ok) {
    refuse('enrolment.refused', { status: statusOf(enrolled.failure.code), failure: enrolled.failure });
    return;
  }
  counters.count('enrolment.done');
  log('enrolment.done', { agent: enrolled.value.agent, host: enrolled.value.host });
  answerJson(response, 201, JSON.stringify(enrolled.value));
}

function statusOf(code: FailureCode): Refusal['status'] {
  if (code === 'input.invalid') return 400;
  if (code === 'unavailable') return 503;
  return code === 'auth.refused' ? 401 : 403;
}

function refuseCommon(
  request: IncomingMessage,
  method: 'GET' | 'POST',
  perAddress: AddressRate,
  options: AgentDoorOptions,
): Refusal | undefined {
  if (request.method !== method) {
    options.counters.count('door.bad-request');
    return { status: 405, failure: failure('input.invalid', `wanted: ${method}`) };
  }
  if (perAddress.admit(addressKey(peerAddress(request, options)), options.clock.now())) return undefined;
  options.counters.count('door.rate-limited');
  return tooMany('too many requests from this address; come back in a minute');
}

function tooMany(message: string): Refusal {
  return { status: 429, failure: failure('limit.reached', message, { retryable: true }) };
}

function rate(perMinuteMax: number): AddressRate {
  return createAddressRate({ perMinuteMax, addressesMax: limits.addressesRememberedMax });
}

function peerAddress(request: IncomingMessage, options: AgentDoorOptions): string {
  return plainAddress(options.remoteAddress?.(request) ?? request.socket.remoteAddress);
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?')[0] ?? '';
}

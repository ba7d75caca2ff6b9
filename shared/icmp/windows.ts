// Native ICMP on Windows: IcmpSendEcho2Ex and Icmp6SendEcho2 of iphlpapi.dll, with an event per ping, so that no
// thread waits for one ping; one WaitForMultipleObjects at a time on a worker thread. Needs no administrator. It must
// never block the event loop. (Written after the Microsoft reference; layout numbers are of 64-bit Windows.)
import { failure } from '../failure.ts';
import { fail, ok, type Result } from '../result.ts';
import { formatAddress, type IpAddress, parseAddress, socketAddress } from './address.ts';
import type { Icmp, IcmpCounters, LocalFailure, PingAnswer, PingRequest } from './icmp.ts';
import { payloadBytesMax, payloadBytesOf, ttlOf } from './packet.ts';
import { loadIphlpapi, type WindowsIcmpCalls } from './windows-calls.ts';

interface Pending {
  readonly event: unknown;
  readonly family: 4 | 6;
  readonly reply: Uint8Array;
  /** Kept so that the memory lives as long as the system may read it. */
  readonly held: readonly Uint8Array[];
  readonly sentMs: number;
  readonly timeoutMs: number;
  /** Sent with a TTL of its own: a router may answer in the target's place. */
  readonly limited: boolean;
  readonly answer: (answer: PingAnswer) => void;
}

const family6 = 23;
/** WaitForMultipleObjects takes 64 handles; one is the wake event. Later pings wait for the next turn. */
const eventsPerWaitMax = 63;
const waitMsMax = 1_000;
/** The system answers at its timeout by itself; past this slack the ping is given up. */
const slackMs = 500;
/** Reply structure, an ICMP error's 8 bytes, an IO_STATUS_BLOCK: far below. The payload comes on top. */
const replyOverheadBytes = 512;

/** IP status codes of ipexport.h. */
const status = {
  success: 0,
  hostUnreachableLocally: 11003,
  badRoute: 11012,
  /** The same number for ICMPv6's hop limit. */
  expiredInTransit: 11013,
} as const;
const systemError = { ioPending: 997, addressNotAvailable: 1214, networkUnreachable: 1231 } as const;

export function openWindowsIcmp(koffi: typeof import('koffi'), outstandingMax: number): Result<Icmp> {
  try {
    return ok(createWindowsIcmp(loadIphlpapi(koffi), outstandingMax));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail(failure('probe.unavailable', `native ICMP on Windows: ${why}`));
  }
}

/** Over these calls; a test hands in its own. */
export function createWindowsIcmp(calls: WindowsIcmpCalls, outstandingMax: number): Icmp {
  return new WindowsIcmp(calls, outstandingMax);
}

class WindowsIcmp implements Icmp {
  readonly #calls: WindowsIcmpCalls;
  readonly #wake: unknown;
  readonly #outstandingMax: number;
  readonly #pending = new Set<Pending>();
  readonly #payload = new Uint8Array(payloadBytesMax).map((_, at) => 0x61 + (at % 23));
  readonly #counters = { sent: 0, answered: 0, lost: 0, expired: 0, local: 0, unasked: 0 };
  #waiting = false;
  #closed = false;

  constructor(calls: WindowsIcmpCalls, outstandingMax: number) {
    this.#outstandingMax = outstandingMax;
    this.#calls = calls;
    this.#wake = calls.createEvent();
  }

  ping(request: PingRequest): Promise<PingAnswer> {
    return new Promise((resolve) => {
      const answered = (answer: PingAnswer): void => {
        this.#counters[answer.kind] += 1;
        resolve(answer);
      };
      const atOnce = this.#start(request, answered);
      if (atOnce !== undefined) answered(atOnce);
    });
  }

  counters(): IcmpCounters {
    return { ...this.#counters };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // The system still writes into reply buffers of pings under way: events and memory go when they end.
    for (const pending of this.#pending) pending.answer({ kind: 'unasked', reason: 'closed' });
    this.#calls.setEvent(this.#wake);
  }

  /** An answer at once, or undefined when it comes later through `answer`. */
  #start(request: PingRequest, answer: (answer: PingAnswer) => void): PingAnswer | undefined {
    if (this.#closed) return { kind: 'unasked', reason: 'closed' };
    const target = parseAddress(request.address);
    if (target === undefined) return { kind: 'unasked', reason: 'not-an-address' };
    if (this.#pending.size >= this.#outstandingMax) return { kind: 'unasked', reason: 'limit' };
    const source = sourceOf(request.source, target);
    if (source === undefined) return { kind: 'local', local: 'no-address' };
    const payload = this.#payload.subarray(0, payloadBytesOf(request.payloadBytes));
    const options = request.ttl === undefined ? undefined : optionsOf(ttlOf(request.ttl));
    const pending: Pending = {
      event: this.#calls.createEvent(),
      family: target.family,
      reply: new Uint8Array(replyOverheadBytes + payload.length),
      held: [
        socketAddress(source, { family6 }),
        socketAddress(target, { family6, scope: scopeOf(target) }),
        ...(options === undefined ? [] : [options]),
      ],
      sentMs: nowMs(),
      timeoutMs: request.timeoutMs,
      limited: options !== undefined,
      answer,
    };
    const [from = new Uint8Array(), to = new Uint8Array()] = pending.held;
    const wish = { event: pending.event, from, to, payload, options, reply: pending.reply };
    const error = this.#calls.send(target.family, { ...wish, timeoutMs: Math.ceil(request.timeoutMs) });
    if (error !== 0 && error !== systemError.ioPending) {
      this.#calls.closeHandle(pending.event);
      const local = localFailureOf(error);
      return local === undefined
        ? { kind: 'unasked', reason: 'refused-by-system' }
        : { kind: 'local', local };
    }
    this.#counters.sent += 1;
    this.#pending.add(pending);
    if (this.#waiting) this.#calls.setEvent(this.#wake);
    else this.#wait();
    return undefined;
  }

  #wait(): void {
    if (this.#waiting || this.#pending.size === 0) return;
    this.#waiting = true;
    const events = [...this.#pending].slice(0, eventsPerWaitMax).map((pending) => pending.event);
    this.#calls.waitAny([this.#wake, ...events], waitMsMax, () => {
      this.#waiting = false;
      this.#calls.resetEvent(this.#wake);
      for (const pending of [...this.#pending]) this.#look(pending);
      this.#wait();
    });
  }

  #look(pending: Pending): void {
    const elapsedMs = nowMs() - pending.sentMs;
    const done = this.#calls.isSet(pending.event);
    if (!done && elapsedMs < pending.timeoutMs + slackMs) return;
    this.#pending.delete(pending);
    this.#calls.closeHandle(pending.event);
    if (!this.#closed) pending.answer(done ? answerOf(pending, this.#calls, elapsedMs) : { kind: 'lost' });
  }
}

/** Reads ICMP_ECHO_REPLY (status at 4, round trip at 8) or ICMPV6_ECHO_REPLY (28, 32). */
function answerOf(pending: Pending, calls: WindowsIcmpCalls, elapsedMs: number): PingAnswer {
  if (calls.parseReplies(pending.family, pending.reply) === 0) return { kind: 'lost' };
  const view = new DataView(pending.reply.buffer);
  const at = pending.family === 4 ? 4 : 28;
  const code = view.getUint32(at, true);
  if (code === status.badRoute) return { kind: 'local', local: 'no-route' };
  const wholeMs = view.getUint32(at + 4, true);
  if (code === status.expiredInTransit && pending.limited) {
    // For a router's word the system leaves the time out.
    const rttMs = wholeMs > 0 ? wholeMs : Math.max(0, elapsedMs);
    return { kind: 'expired', from: formatAddress(responderOf(pending)), rttMs };
  }
  if (code !== status.success) return { kind: 'lost' };
  // Whole milliseconds; 0 means below one, where our own reading is the better bound.
  return { kind: 'answered', rttMs: wholeMs > 0 ? wholeMs : Math.min(1, elapsedMs) };
}

/** ICMP_ECHO_REPLY begins with the address; ICMPV6_ECHO_REPLY with port and flow before it, packed. */
function responderOf({ family, reply }: Pending): Uint8Array {
  return family === 4 ? reply.subarray(0, 4) : reply.subarray(6, 22);
}

/** IP_OPTION_INFORMATION of 64-bit Windows: the TTL; no type of service, no flag (it may be fragmented), no option. */
function optionsOf(ttl: number): Uint8Array {
  return new Uint8Array(16).with(0, ttl);
}

function localFailureOf(code: number): LocalFailure | undefined {
  if (code === systemError.addressNotAvailable) return 'no-address';
  if (code === systemError.networkUnreachable || code === status.hostUnreachableLocally) return 'no-route';
  return undefined;
}

/** Without a wish the unspecified address, which lets the system choose; undefined = not of the target's family. */
function sourceOf(text: string | undefined, target: IpAddress): IpAddress | undefined {
  if (text === undefined) return { family: target.family, bytes: new Uint8Array(target.bytes.length) };
  const source = parseAddress(text);
  return source?.family === target.family ? source : undefined;
}

/** On Windows a zone is the interface's index. */
function scopeOf(address: IpAddress): number | undefined {
  return address.zone !== undefined && /^\d+$/.test(address.zone) ? Number(address.zone) : undefined;
}

function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

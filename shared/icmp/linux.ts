// Native ICMP on Linux: a datagram ICMP socket where net.ipv4.ping_group_range allows it, else a raw one (root or
// CAP_NET_RAW). One socket per family, source and interface; one poll() at a time on a worker thread, and none at all
// while nothing is outstanding. It must never block the event loop and never call a packet lost that is waiting in
// the kernel: it drains first and judges after, by the kernel's own receive stamps.
import { randomBytes } from 'node:crypto';
import { getSystemErrorName } from 'node:util';
import { failure } from '../failure.ts';
import { limits } from '../limits.ts';
import { fail, ok, type Result } from '../result.ts';
import { formatAddress, type IpAddress, parseAddress, sameBytes, socketAddress } from './address.ts';
import type { Icmp, IcmpCounters, PingAnswer, PingRequest } from './icmp.ts';
import { Hearing, type Reply, type RouterWord } from './linux-hearing.ts';
import { abi, errno, type Libc, loadLibc } from './linux-libc.ts';
import { type EchoSocket, limitHops, localFailureOf, openEchoSocket } from './linux-socket.ts';
import { buildEchoRequest, nonceBytes, payloadBytesOf, ttlOf } from './packet.ts';

interface Pending {
  readonly key: string;
  readonly target: IpAddress;
  readonly nonce: Uint8Array;
  readonly sentMs: number;
  readonly timeoutMs: number;
  /** Sent with a TTL of its own: a router may answer in the target's place. */
  readonly limited: boolean;
  readonly answer: (answer: PingAnswer) => void;
}

/** One poll waits no longer than this, so that closing and new sockets are never far away. */
const pollMsMax = 1_000;
/** A burst of pings in one turn of the event loop stops after so many to empty the kernel's buffer. */
const drainEveryPings = 64;
/** Errors come at the pace of answers; one that comes between two sends in one turn is rare, a third cannot matter. */
const sendsAgainMax = 3;
/** A poll that wakes for nothing so often in a row is delayed, whatever the kernel sees there. */
const fruitlessPollsMax = 16;
const fruitlessWaitMs = 20;

/** Fails with `probe.unavailable` when neither kind of socket may be opened. */
export function openLinuxIcmp(koffi: typeof import('koffi'), outstandingMax: number): Result<Icmp> {
  let libc: Libc;
  try {
    libc = loadLibc(koffi);
  } catch (error) {
    return unavailable(error instanceof Error ? error.message : String(error));
  }
  const first = openEchoSocket(libc, { family: 4 });
  if (!first.ok) return unavailable(`no ICMP socket (${getSystemErrorName(-first.failure)})`);
  libc.close(first.value.fd);
  const wakeFd = libc.eventFd();
  return wakeFd < 0
    ? unavailable(`no eventfd (${getSystemErrorName(wakeFd)})`)
    : ok(new LinuxIcmp({ libc, wakeFd, outstandingMax }));
}

class LinuxIcmp implements Icmp {
  readonly #libc: Libc;
  readonly #wakeFd: number;
  readonly #outstandingMax: number;
  readonly #sockets = new Map<string, EchoSocket>();
  /** By ping number, in the order of sending. */
  readonly #pending = new Map<number, Pending>();
  readonly #instance = randomBytes(nonceBytes - 4);
  readonly #hearing: Hearing;
  readonly #counters = { sent: 0, answered: 0, lost: 0, expired: 0, local: 0, unasked: 0 };
  #lastNumber = 0;
  #polled: { readonly keys: ReadonlySet<string>; readonly untilMs: number } | undefined;
  #pumpPlanned = false;
  /** Polls in a row that woke before their time and brought nothing. */
  #fruitlessPolls = 0;
  #closed = false;

  constructor(parts: { readonly libc: Libc; readonly wakeFd: number; readonly outstandingMax: number }) {
    this.#libc = parts.libc;
    this.#wakeFd = parts.wakeFd;
    this.#outstandingMax = parts.outstandingMax;
    this.#hearing = new Hearing(parts.libc, {
      answered: (_socket, reply) => this.#answered(reply),
      expired: (socket, word) => this.#expired(socket, word),
    });
  }

  ping(request: PingRequest): Promise<PingAnswer> {
    return new Promise((resolve) => {
      const answered = (answer: PingAnswer): void => resolve(this.#count(answer));
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
    for (const number of [...this.#pending.keys()])
      this.#settle(number, { kind: 'unasked', reason: 'closed' });
    // A poll under way still reads the descriptors: it is woken, and its end closes them.
    if (this.#polled === undefined) this.#release();
    else this.#libc.wake(this.#wakeFd);
  }

  /** An answer at once, or undefined when it comes later through `answer`. */
  #start(request: PingRequest, answer: (answer: PingAnswer) => void): PingAnswer | undefined {
    const target = parseAddress(request.address);
    if (this.#closed) return { kind: 'unasked', reason: 'closed' };
    if (target === undefined) return { kind: 'unasked', reason: 'not-an-address' };
    if (this.#pending.size >= this.#outstandingMax) return { kind: 'unasked', reason: 'limit' };
    const key = `${target.family} ${request.source ?? ''} ${request.interface ?? ''}`;
    const socket = this.#socketFor(key, target, request);
    if ('kind' in socket) return socket;
    // Answers may come while a burst is still being sent; a kernel buffer holds some 250 of them.
    if (this.#counters.sent % drainEveryPings === 0) this.#hearing.drain(socket);
    this.#lastNumber = (this.#lastNumber + 1) % 0x1_0000_0000;
    const number = this.#lastNumber;
    const nonce = new Uint8Array(nonceBytes);
    nonce.set(this.#instance);
    new DataView(nonce.buffer).setUint32(nonceBytes - 4, number);
    const echo = { id: socket.id, seq: number & 0xffff, nonce };
    const packet = buildEchoRequest(target.family, echo, payloadBytesOf(request.payloadBytes));
    const scope = this.#scopeOf(target.zone);
    // A zone that is no interface (any more).
    if (scope === 0) return { kind: 'local', local: 'interface-down' };
    const sentMs = nowMs();
    const to = socketAddress(target, { family6: abi.family6, scope });
    const sent = this.#send(socket, { packet, to, ttl: request.ttl });
    if (sent < 0) return this.#sendFailed(key, -sent, request);
    this.#counters.sent += 1;
    socket.outstanding += 1;
    const { timeoutMs } = request;
    this.#pending.set(number, {
      key,
      target,
      nonce,
      sentMs,
      timeoutMs,
      limited: request.ttl !== undefined,
      answer,
    });
    this.#planPump(key, sentMs + timeoutMs);
    return undefined;
  }

  /** Bytes sent, or the negative errno. */
  #send(socket: EchoSocket, wish: { packet: Uint8Array; to: Uint8Array; ttl?: number }): number {
    if (wish.ttl !== undefined) {
      const refused = limitHops(this.#libc, socket, ttlOf(wish.ttl));
      if (refused < 0) return refused;
    }
    let sent = this.#libc.sendTo(socket.fd, wish.packet, wish.to);
    // What a router said of an earlier ping fails the next call, whatever that call is: it says nothing of this one.
    for (
      let again = 0;
      sent < 0 && again < sendsAgainMax && this.#hearing.drainErrors(socket) > 0;
      again += 1
    ) {
      sent = this.#libc.sendTo(socket.fd, wish.packet, wish.to);
    }
    if (wish.ttl !== undefined) limitHops(this.#libc, socket, undefined);
    return sent;
  }

  #socketFor(key: string, target: IpAddress, request: PingRequest): EchoSocket | PingAnswer {
    const known = this.#sockets.get(key);
    if (known !== undefined) {
      if (known.outstanding > 0 || nowMs() - known.openedMs < limits.icmpSocketAgeMs) return known;
      this.#drop(key);
    }
    if (this.#sockets.size >= limits.icmpSocketsMax && !this.#dropOneIdle()) {
      return { kind: 'unasked', reason: 'limit' };
    }
    const opened = openEchoSocket(this.#libc, {
      family: target.family,
      source: request.source,
      interface: request.interface,
    });
    if (opened.ok) {
      this.#sockets.set(key, opened.value);
      return opened.value;
    }
    const local = localFailureOf(opened.failure, request);
    return local === undefined ? { kind: 'unasked', reason: 'refused-by-system' } : { kind: 'local', local };
  }

  #sendFailed(key: string, code: number, request: PingRequest): PingAnswer {
    // Whatever was wrong (address gone, device gone and back): the next ping starts from a fresh socket.
    if ((this.#sockets.get(key)?.outstanding ?? 1) === 0) this.#drop(key);
    const local = localFailureOf(code, request);
    if (local !== undefined) return { kind: 'local', local };
    // A full device queue and a local firewall's drop are losses on the way, as a dead modem makes them.
    if (code === errno.ENOBUFS || code === errno.EAGAIN || code === errno.EPERM) return { kind: 'lost' };
    return { kind: 'unasked', reason: 'refused-by-system' };
  }

  #scopeOf(zone: string | undefined): number | undefined {
    if (zone === undefined) return undefined;
    return /^\d+$/.test(zone) ? Number(zone) : this.#libc.interfaceIndex(zone);
  }

  /** Pings sent in one turn of the event loop share one poll. */
  #planPump(key: string, dueMs: number): void {
    if (this.#polled !== undefined) {
      if (!this.#polled.keys.has(key) || dueMs < this.#polled.untilMs) this.#libc.wake(this.#wakeFd);
    } else if (!this.#pumpPlanned) {
      this.#pumpPlanned = true;
      setImmediate(() => {
        this.#pumpPlanned = false;
        this.#pump();
      });
    }
  }

  #pump(): void {
    if (this.#closed || this.#polled !== undefined || this.#pending.size === 0) return;
    let dueMs = Number.POSITIVE_INFINITY;
    for (const pending of this.#pending.values()) dueMs = Math.min(dueMs, pending.sentMs + pending.timeoutMs);
    const waiting = [...this.#sockets].filter(([, socket]) => socket.outstanding > 0);
    const waitMs = Math.min(pollMsMax, Math.max(0, Math.ceil(dueMs - nowMs())));
    this.#polled = { keys: new Set(waiting.map(([key]) => key)), untilMs: nowMs() + waitMs };
    this.#libc.poll([this.#wakeFd, ...waiting.map(([, socket]) => socket.fd)], waitMs, () =>
      this.#polledBack(),
    );
  }

  #polledBack(): void {
    const early = nowMs() < (this.#polled?.untilMs ?? 0) - 1;
    this.#polled = undefined;
    if (this.#closed) {
      this.#release();
      return;
    }
    this.#libc.clearWake(this.#wakeFd);
    const takenBefore = this.#hearing.taken;
    let whole = true;
    for (const socket of this.#sockets.values()) whole = this.#hearing.drain(socket) && whole;
    // While packets are left in a kernel buffer nobody is called lost.
    if (whole) this.#expire();
    this.#fruitlessPolls = early && this.#hearing.taken === takenBefore ? this.#fruitlessPolls + 1 : 0;
    if (this.#fruitlessPolls <= fruitlessPollsMax) this.#pump();
    else setTimeout(() => this.#pump(), fruitlessWaitMs);
  }

  #answered({ echo, from, ageMs }: Reply): void {
    const number = new DataView(echo.nonce.buffer).getUint32(nonceBytes - 4);
    const pending = this.#pending.get(number);
    if (pending === undefined || !sameBytes(pending.nonce, echo.nonce)) return;
    if (!sameBytes(from, pending.target.bytes)) return;
    const rttMs = rttOf(pending, ageMs);
    this.#settle(number, rttMs <= pending.timeoutMs ? { kind: 'answered', rttMs } : { kind: 'lost' });
  }

  #expired(socket: EchoSocket, word: RouterWord): void {
    const number = this.#numberOf(word.echo.seq);
    const pending = this.#pending.get(number);
    if (pending === undefined || !pending.limited || this.#sockets.get(pending.key) !== socket) return;
    if (word.echo.nonce !== undefined && !sameBytes(pending.nonce, word.echo.nonce)) return;
    if (word.target !== undefined && !sameBytes(pending.target.bytes, word.target)) return;
    const rttMs = rttOf(pending, word.ageMs);
    const inTime = rttMs <= pending.timeoutMs;
    const from = formatAddress(word.router);
    this.#settle(number, inTime ? { kind: 'expired', from, rttMs } : { kind: 'lost' });
  }

  /** The newest ping with this sequence number: never so many are outstanding that a second one could be. */
  #numberOf(seq: number): number {
    return (this.#lastNumber - ((this.#lastNumber - seq) & 0xffff)) >>> 0;
  }

  #expire(): void {
    const now = nowMs();
    for (const [number, pending] of [...this.#pending]) {
      if (now >= pending.sentMs + pending.timeoutMs) this.#settle(number, { kind: 'lost' });
    }
  }

  #settle(number: number, answer: PingAnswer): void {
    const pending = this.#pending.get(number);
    if (pending === undefined) return;
    this.#pending.delete(number);
    const socket = this.#sockets.get(pending.key);
    if (socket !== undefined) socket.outstanding -= 1;
    pending.answer(answer);
  }

  #count(answer: PingAnswer): PingAnswer {
    this.#counters[answer.kind] += 1;
    return answer;
  }

  #dropOneIdle(): boolean {
    for (const [key, socket] of this.#sockets) {
      if (socket.outstanding === 0) {
        this.#drop(key);
        return true;
      }
    }
    return false;
  }

  #drop(key: string): void {
    const socket = this.#sockets.get(key);
    this.#sockets.delete(key);
    // A poll under way may name the descriptor; closing it there is harmless, the poll only wakes or times out.
    if (socket !== undefined) this.#libc.close(socket.fd);
  }

  #release(): void {
    for (const key of [...this.#sockets.keys()]) this.#drop(key);
    this.#libc.close(this.#wakeFd);
  }
}

/** The kernel's stamp is wall clock: a step of it between send and now must not make a round trip negative. */
function rttOf(pending: Pending, stampAgeMs: number): number {
  const elapsedMs = nowMs() - pending.sentMs;
  const ageMs = Math.max(0, stampAgeMs);
  return ageMs < elapsedMs ? elapsedMs - ageMs : elapsedMs;
}

function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

function unavailable(why: string): Result<Icmp> {
  return fail(failure('probe.unavailable', `native ICMP on Linux: ${why}`));
}

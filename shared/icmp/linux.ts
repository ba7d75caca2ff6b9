// Native ICMP on Linux: a datagram ICMP socket where net.ipv4.ping_group_range allows it, else a raw one (root or
// CAP_NET_RAW). One socket per family, source and interface; one poll() at a time on a worker thread, and none at all
// while nothing is outstanding. It must never block the event loop and never call a packet lost that is waiting in
// the kernel: it drains first and judges after, by the kernel's own receive stamps.
import { randomBytes } from 'node:crypto';
import { failure } from '../failure.ts';
import { limits } from '../limits.ts';
import { fail, ok, type Result } from '../result.ts';
import { addressBytes, type IpAddress, parseAddress, sameBytes, socketAddress } from './address.ts';
import type { Icmp, IcmpCounters, PingAnswer, PingRequest } from './icmp.ts';
import { abi, errno, type Libc, loadLibc } from './linux-libc.ts';
import { type EchoSocket, localFailureOf, openEchoSocket } from './linux-socket.ts';
import { buildEchoRequest, nonceBytes, parseEchoReply } from './packet.ts';

interface Pending {
  readonly key: string;
  readonly target: IpAddress;
  readonly nonce: Uint8Array;
  readonly sentMs: number;
  readonly timeoutMs: number;
  readonly answer: (answer: PingAnswer) => void;
}

/** One poll waits no longer than this, so that closing and new sockets are never far away. */
const pollMsMax = 1_000;
/** A burst of pings in one turn of the event loop stops after so many to empty the kernel's buffer. */
const drainEveryPings = 64;
/** IPv4 header with options, ICMP header, payload: far below. Longer packets are cut and then refused. */
const packetBytesMax = 2_048;

/** Fails with `probe.unavailable` when neither kind of socket may be opened. */
export function openLinuxIcmp(koffi: typeof import('koffi'), outstandingMax: number): Result<Icmp> {
  let libc: Libc;
  try {
    libc = loadLibc(koffi);
  } catch (error) {
    return unavailable(error instanceof Error ? error.message : String(error));
  }
  const first = openEchoSocket(libc, { family: 4 });
  if (!first.ok) return unavailable(`no ICMP socket (errno ${first.failure})`);
  libc.close(first.value.fd);
  const wakeFd = libc.eventFd();
  return wakeFd < 0
    ? unavailable(`no eventfd (errno ${-wakeFd})`)
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
  readonly #packet = new Uint8Array(packetBytesMax);
  readonly #from = new Uint8Array(28);
  readonly #counters = { sent: 0, answered: 0, lost: 0, local: 0, unasked: 0 };
  #lastNumber = 0;
  #polled: { readonly keys: ReadonlySet<string>; readonly untilMs: number } | undefined;
  #pumpPlanned = false;
  #closed = false;

  constructor(parts: { readonly libc: Libc; readonly wakeFd: number; readonly outstandingMax: number }) {
    this.#libc = parts.libc;
    this.#wakeFd = parts.wakeFd;
    this.#outstandingMax = parts.outstandingMax;
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
    if (this.#counters.sent % drainEveryPings === 0) this.#drain(socket);
    this.#lastNumber = (this.#lastNumber + 1) % 0x1_0000_0000;
    const number = this.#lastNumber;
    const nonce = new Uint8Array(nonceBytes);
    nonce.set(this.#instance);
    new DataView(nonce.buffer).setUint32(nonceBytes - 4, number);
    const packet = buildEchoRequest(target.family, { id: socket.id, seq: number & 0xffff, nonce });
    const scope = this.#scopeOf(target.zone);
    // A zone that is no interface (any more).
    if (scope === 0) return { kind: 'local', local: 'interface-down' };
    const sentMs = nowMs();
    const sent = this.#libc.sendTo(socket.fd, packet, socketAddress(target, { family6: abi.family6, scope }));
    if (sent < 0) return this.#sendFailed(key, -sent, request);
    this.#counters.sent += 1;
    socket.outstanding += 1;
    this.#pending.set(number, { key, target, nonce, sentMs, timeoutMs: request.timeoutMs, answer });
    this.#planPump(key, sentMs + request.timeoutMs);
    return undefined;
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
    this.#polled = undefined;
    if (this.#closed) {
      this.#release();
      return;
    }
    this.#libc.clearWake(this.#wakeFd);
    let whole = true;
    for (const socket of this.#sockets.values()) whole = this.#drain(socket) && whole;
    // While packets are left in a kernel buffer nobody is called lost.
    if (whole) this.#expire();
    this.#pump();
  }

  /** True when the socket was emptied. */
  #drain(socket: EchoSocket): boolean {
    for (let taken = 0; taken < limits.icmpDrainPacketsMax; taken += 1) {
      const length = this.#libc.receiveFrom(socket.fd, this.#packet, this.#from);
      if (length < 0) return true;
      this.#received(socket, this.#packet.subarray(0, length));
    }
    return false;
  }

  #received(socket: EchoSocket, bytes: Uint8Array): void {
    const reply = parseEchoReply(bytes, { family: socket.family, ipHeader: socket.ipHeader });
    if (reply === undefined) return;
    const number = new DataView(reply.nonce.buffer).getUint32(nonceBytes - 4);
    const pending = this.#pending.get(number);
    if (pending === undefined || !sameBytes(pending.nonce, reply.nonce)) return;
    if (!sameBytes(addressBytes(this.#from, socket.family), pending.target.bytes)) return;
    const elapsedMs = nowMs() - pending.sentMs;
    const ageMs = Math.max(0, this.#libc.packetAgeMs(socket.fd));
    // The stamp is wall clock: a step of it between send and now must not make a round trip negative.
    const rttMs = ageMs < elapsedMs ? elapsedMs - ageMs : elapsedMs;
    this.#settle(number, rttMs <= pending.timeoutMs ? { kind: 'answered', rttMs } : { kind: 'lost' });
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

function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

function unavailable(why: string): Result<Icmp> {
  return fail(failure('probe.unavailable', `native ICMP on Linux: ${why}`));
}

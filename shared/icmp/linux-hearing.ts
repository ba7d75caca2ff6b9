// Empties the kernel's buffers of ICMP sockets on Linux and tells what it found: answers of targets, and words of the
// routers where TTL-limited pings died. Stands under linux.ts, which knows what is outstanding. It must never take
// more than its limit in one go, and never leave an error in place that would fail a later call or wake every poll.
import { limits } from '../limits.ts';
import { addressBytes } from './address.ts';
import { errno, type Libc } from './linux-libc.ts';
import type { EchoSocket } from './linux-socket.ts';
import { type Echo, parseEchoReply } from './packet.ts';
import { parseExpiredBy, parseQuotedEcho, parseTimeExceeded, type QuotedEcho } from './quoted.ts';

export interface Reply {
  readonly echo: Echo;
  /** Address bytes of the sender; not yet known to be whom we asked. */
  readonly from: Uint8Array;
  /** How long ago the kernel got it, by the wall clock. */
  readonly ageMs: number;
}

export interface RouterWord {
  readonly router: Uint8Array;
  readonly echo: QuotedEcho;
  /** Where the quoted request was going; absent where the kernel has matched the socket itself. */
  readonly target?: Uint8Array;
  readonly ageMs: number;
}

export interface Listener {
  answered(socket: EchoSocket, reply: Reply): void;
  expired(socket: EchoSocket, word: RouterWord): void;
}

/** IPv4 header with options, ICMP header, the largest payload: below. Longer packets are cut and then refused. */
const packetBytesMax = 2_048;

export class Hearing {
  readonly #libc: Libc;
  readonly #listener: Listener;
  readonly #packet = new Uint8Array(packetBytesMax);
  readonly #from = new Uint8Array(28);
  #taken = 0;

  constructor(libc: Libc, listener: Listener) {
    this.#libc = libc;
    this.#listener = listener;
  }

  /** Packets and errors taken, ever. */
  get taken(): number {
    return this.#taken;
  }

  /** True when the socket was emptied. */
  drain(socket: EchoSocket): boolean {
    for (let taken = 0; taken < limits.icmpDrainPacketsMax; taken += 1) {
      const length = this.#libc.receiveFrom(socket.fd, this.#packet, this.#from);
      if (length >= 0) {
        this.#taken += 1;
        this.#received(socket, this.#packet.subarray(0, length));
      } else if (length === -errno.EAGAIN || !socket.hearsErrors) {
        return this.drainErrors(socket) < limits.icmpDrainPacketsMax;
      }
      // Else a router's word about some ping stood in the way; being told has cleared it.
    }
    return false;
  }

  /** Gives how many errors were waiting. */
  drainErrors(socket: EchoSocket): number {
    if (!socket.hearsErrors) return 0;
    for (let taken = 0; taken < limits.icmpDrainPacketsMax; taken += 1) {
      const error = this.#libc.receiveError(socket.fd);
      if (error === undefined) return taken;
      this.#taken += 1;
      // Everything else that is queued ("unreachable", "too big") is silence of the target.
      const router = parseExpiredBy(error.control, socket.family);
      const echo = parseQuotedEcho(error.quoted, socket.family);
      if (router !== undefined && echo !== undefined)
        this.#listener.expired(socket, { router, echo, ageMs: 0 });
    }
    return limits.icmpDrainPacketsMax;
  }

  #received(socket: EchoSocket, bytes: Uint8Array): void {
    const { family, ipHeader } = socket;
    const reply = parseEchoReply(bytes, { family, ipHeader });
    const from = addressBytes(this.#from, family);
    if (reply !== undefined) {
      this.#listener.answered(socket, { echo: reply, from, ageMs: this.#libc.packetAgeMs(socket.fd) });
      return;
    }
    if (!socket.raw) return;
    const heard = parseTimeExceeded(bytes, { family, ipHeader });
    // Every raw socket of this machine hears this: it must be about the id of this one.
    if (heard === undefined || heard.echo.id !== socket.id) return;
    this.#listener.expired(socket, { ...heard, router: from, ageMs: this.#libc.packetAgeMs(socket.fd) });
  }
}

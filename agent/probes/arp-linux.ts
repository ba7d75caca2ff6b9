// ARP on Linux by a packet socket of our own (CAP_NET_RAW): the answer is from now, whatever the kernel remembers. The
// socket is open only while something is asked, and is looked at by timers; it never blocks. It must never take
// another machine's answer, or one to another question, for this one's.
import { parseAddress, sameBytes } from '../../shared/icmp/address.ts';
import type { Koffi } from '../../shared/icmp/koffi.ts';
import { abi, type Libc, loadLibc } from '../../shared/icmp/linux-libc.ts';
import { limits } from '../../shared/limits.ts';
import type { ArpWish, AskWire } from './arp.ts';
import { buildArpRequest, macBytes, parseArpReply } from './arp-packet.ts';
import type { ProbeAnswer } from './probe.ts';

const familyPacket = 17;
/** ETH_P_ARP, as the kernel wants it: in network order. */
const protocolArp = 0x0608;
/** On a wire a machine answers within a millisecond or two; a Wi-Fi that sleeps, within tens. */
const firstLookMs = 2;
const nextLookMs = 12;

interface Question {
  readonly target: Uint8Array;
  readonly source: Uint8Array;
  readonly sentMs: number;
  readonly timeoutMs: number;
  readonly answer: (answer: ProbeAnswer) => void;
}

/** undefined where this program may not send ARP. */
export function createLinuxArp(koffi: Koffi): AskWire | undefined {
  let libc: Libc;
  try {
    libc = loadLibc(koffi);
  } catch {
    return undefined;
  }
  const trial = openSocket(libc);
  if (trial < 0) return undefined;
  libc.close(trial);
  const arp = new LinuxArp(libc);
  return (wish) => new Promise((resolve) => arp.ask(wish, resolve));
}

class LinuxArp {
  readonly #libc: Libc;
  readonly #questions = new Set<Question>();
  readonly #packet = new Uint8Array(128);
  readonly #from = new Uint8Array(20);
  #fd: number | undefined;

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  ask({ address, wire, timeoutMs }: ArpWish, answer: (answer: ProbeAnswer) => void): void {
    const target = parseAddress(address)?.bytes;
    const source = parseAddress(wire.address)?.bytes;
    const mac = macBytes(wire.mac);
    const index = this.#libc.interfaceIndex(wire.interface);
    if (target === undefined || source === undefined || mac === undefined)
      return answer({ kind: 'unasked', reason: 'not-an-address' });
    if (index === 0) return answer({ kind: 'local', local: 'interface-down' });
    if (this.#questions.size >= limits.arpOutstandingMax) return answer({ kind: 'unasked', reason: 'limit' });
    this.#fd ??= openSocket(this.#libc);
    const packet = buildArpRequest({ mac, source, target });
    const sentMs = performance.now();
    const sent = this.#fd < 0 ? this.#fd : this.#libc.sendTo(this.#fd, packet, everybodyOn(index));
    if (sent < 0) {
      this.#closeIfIdle();
      return answer({ kind: 'unasked', reason: 'refused-by-system' });
    }
    this.#questions.add({ target, source, sentMs, timeoutMs, answer });
    if (this.#questions.size === 1) setTimeout(() => this.#look(), firstLookMs);
  }

  #look(): void {
    this.#drain();
    const nowMs = performance.now();
    for (const question of this.#questions) {
      if (nowMs - question.sentMs >= question.timeoutMs) this.#settle(question, { kind: 'lost' });
    }
    if (this.#questions.size === 0) this.#closeIfIdle();
    else setTimeout(() => this.#look(), nextLookMs);
  }

  #drain(): void {
    const fd = this.#fd;
    if (fd === undefined) return;
    for (let taken = 0; taken < limits.icmpDrainPacketsMax; taken += 1) {
      const length = this.#libc.receiveFrom(fd, this.#packet, this.#from);
      if (length < 0) return;
      const reply = parseArpReply(this.#packet.subarray(0, length));
      if (reply === undefined) continue;
      for (const question of this.#questions) {
        if (!sameBytes(reply.from, question.target) || !sameBytes(reply.to, question.source)) continue;
        const elapsedMs = performance.now() - question.sentMs;
        const ageMs = Math.max(0, this.#libc.packetAgeMs(fd));
        this.#settle(question, {
          kind: 'answered',
          rttMs: ageMs < elapsedMs ? elapsedMs - ageMs : elapsedMs,
        });
      }
    }
  }

  #settle(question: Question, answer: ProbeAnswer): void {
    this.#questions.delete(question);
    question.answer(answer);
  }

  /** An open socket hears every ARP of the wire. */
  #closeIfIdle(): void {
    if (this.#questions.size > 0 || this.#fd === undefined) return;
    if (this.#fd >= 0) this.#libc.close(this.#fd);
    this.#fd = undefined;
  }
}

/** A descriptor, or the negative errno. */
function openSocket(libc: Libc): number {
  const fd = libc.socket(familyPacket, abi.datagram | abi.nonBlockCloseExec, protocolArp);
  // The first question for a stamp fails (no packet yet) and makes the kernel stamp from now on.
  if (fd >= 0) libc.packetAgeMs(fd);
  return fd;
}

/** `struct sockaddr_ll` of Ethernet's broadcast on one interface. */
function everybodyOn(interfaceIndex: number): Uint8Array {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, familyPacket, true);
  view.setUint16(2, protocolArp, true);
  view.setInt32(4, interfaceIndex, true);
  bytes[11] = 6;
  bytes.fill(0xff, 12, 18);
  return bytes;
}

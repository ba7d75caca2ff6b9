// Remembers where a ping was ever answered. Where none was, the network may filter ICMP, and TCP is asked as well.
import { limits } from '../../shared/limits.ts';

export class IcmpMemory {
  readonly #answered = new Set<string>();

  hasAnswered(key: string): boolean {
    return this.#answered.has(key);
  }

  answered(key: string): void {
    // Forgetting costs a TCP connection beside the next ping, nothing more.
    if (this.#answered.size >= limits.tcpPortsRememberedMax) this.#answered.clear();
    this.#answered.add(key);
  }
}

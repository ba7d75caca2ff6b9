// Reads the rounds of one link with what earlier rounds have shown: whether its gateway ever answers, whether the last
// question from end to end was answered, which learned hops are the provider's. Remembers; concludes nothing by itself.
import type { AssignedLink } from '../../../shared/wire/assignment.ts';
import type { PathHop } from '../../../shared/wire/evidence.ts';
import type { TargetResult } from '../input.ts';
import { endToEndProof, gatewayAnswers, type RoundReading, readRound } from '../judge-link.ts';
import { isLocalAddress } from './local-network.ts';

export interface ReadContext {
  readonly anchorsNeeded: number;
  readonly bound: boolean;
  readonly onlyWay: boolean;
  readonly lanSilent: boolean;
  readonly slow: boolean;
  readonly link: AssignedLink;
  /** Hops of the link's path as learned, nearest first. */
  readonly known: readonly PathHop[];
}

export class RoundReader {
  #gatewayAnswered = false;
  #gatewaySeen: string | undefined;
  #endToEnd: boolean | undefined;

  /** The gateway asked last, also where only this machine knows it. */
  get gatewaySeen(): string | undefined {
    return this.#gatewaySeen;
  }

  gatewayReplaced(): void {
    this.#gatewayAnswered = false;
  }

  /** Where the inventory names none, this machine's route does, and routes change. */
  #gatewayIs(address: string): void {
    if (this.#gatewaySeen !== address) this.#gatewayAnswered = false;
    this.#gatewaySeen = address;
  }

  reset(): void {
    this.#gatewayAnswered = false;
    this.#endToEnd = undefined;
  }

  read(targets: readonly TargetResult[], context: ReadContext): RoundReading {
    const { anchorsNeeded, bound, onlyWay, lanSilent, slow, link, known } = context;
    for (const { role, target } of targets) if (role === 'gateway') this.#gatewayIs(target);
    if (gatewayAnswers(targets, link.gateway ?? this.#gatewaySeen)) this.#gatewayAnswered = true;
    this.#endToEnd = endToEndProof(targets) ?? this.#endToEnd;
    return readRound(targets, {
      anchorsNeeded,
      bound,
      onlyWay,
      gatewayAnswered: this.#gatewayAnswered,
      lanSilent,
      isProviders: (hop) => isProviders(hop, link, known),
      slow,
      endToEnd: this.#endToEnd,
    });
  }
}

/** Is this learned hop the provider's, and not a second box of the customer's own? */
function isProviders(hop: string, link: AssignedLink, known: readonly PathHop[]): boolean {
  const ttlOf = (address: string | undefined): number | undefined =>
    known.find((each) => each.address === address)?.ttl;
  const first = link.firstHop === undefined ? undefined : ttlOf(link.firstHop);
  const own = ttlOf(hop);
  return first === undefined || own === undefined ? !isLocalAddress(hop) : own >= first;
}

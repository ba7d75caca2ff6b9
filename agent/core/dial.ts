// When and by which way the next session is tried. The default route first; then, because a router may not have moved
// the site to its backup yet, by the source address of each living link. Full-jitter backoff in between.
import { backoffMs } from '../../shared/backoff.ts';
import { limits } from '../../shared/limits.ts';
import type { Random } from '../../shared/random.ts';
import { closeCodes } from '../../shared/wire/messages.ts';

/** How the last session or attempt ended. */
export interface Ended {
  /** How long it was open after its welcome; undefined when it never got there. */
  readonly livedMs?: number;
  /** It went silent (an unanswered beat, no opening in time), so its way is in doubt. */
  readonly silent: boolean;
  readonly code?: number;
}

const policy = { baseMs: limits.dialBaseMs, capMs: limits.dialCapMs, floorMs: limits.dialFloorMs };

/** The server does not want this agent back at once. */
const notAtOnce: ReadonlySet<number> = new Set(
  [
    closeCodes.revoked,
    closeCodes.replaced,
    closeCodes.badMessage,
    closeCodes.tooSlow,
    closeCodes.overloaded,
    closeCodes.flooding,
  ].map(({ code }) => code),
);

export class Dial {
  readonly #random: Random;
  /** Dials since the last session that lived long enough to count. */
  #attempt = 0;
  /** The way that last reached a welcome; undefined = the default route. */
  #preferred: string | undefined;
  /** Ways tried without success since. */
  #turn = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Picks the way of the next attempt. `sources` are the local addresses of living links. */
  choose(sources: readonly string[]): string | undefined {
    this.#attempt += 1;
    const ways = [undefined, ...sources];
    const first = Math.max(0, ways.indexOf(this.#preferred));
    const rotated = [ways[first], ...ways.filter((_, index) => index !== first)];
    return rotated[this.#turn % rotated.length];
  }

  succeeded(source: string | undefined): void {
    this.#preferred = source;
    this.#turn = 0;
  }

  /** How long to wait before the next attempt. The first after the loss of a session that lived is immediate. */
  delayMs(ended: Ended): number {
    if (ended.livedMs === undefined || ended.silent) this.#turn += 1;
    const lived = ended.livedMs ?? 0;
    const refused = ended.code !== undefined && notAtOnce.has(ended.code);
    if (lived > limits.sessionSettledMs && !refused) this.#attempt = 0;
    if (lived > limits.sessionShortMs && !refused) return 0;
    return backoffMs(policy, Math.max(0, this.#attempt - 1), this.#random);
  }
}

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
  /** The agent itself ended a good session, to begin it anew. */
  readonly again?: boolean;
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
  #chosen: string | undefined;
  /** Ways that failed since the last welcome; when none is left, all are tried again. */
  readonly #failed = new Set<string | undefined>();
  #unwelcome = false;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Picks the way of the next attempt. `sources` are the local addresses of living links. */
  choose(sources: readonly string[]): string | undefined {
    this.#attempt += 1;
    const ways = [undefined, ...sources];
    if (ways.every((way) => this.#failed.has(way))) this.#failed.clear();
    const first = ways.includes(this.#preferred) ? this.#preferred : undefined;
    this.#chosen = this.#failed.has(first) ? ways.find((way) => !this.#failed.has(way)) : first;
    return this.#chosen;
  }

  succeeded(source: string | undefined): void {
    this.#preferred = source;
    this.#failed.clear();
  }

  /** How long to wait now that a link is back; undefined = as planned. A fleet behind one provider comes spread. */
  wayBackMs(): number | undefined {
    return this.#unwelcome ? undefined : this.#random.below(limits.wayBackJitterMs);
  }

  /** How long to wait before the next attempt. The first after the loss of a session that lived is immediate. */
  delayMs(ended: Ended): number {
    if (ended.livedMs === undefined || ended.silent) this.#failed.add(this.#chosen);
    if (ended.again) return 0;
    const lived = ended.livedMs ?? 0;
    const refused = ended.code !== undefined && notAtOnce.has(ended.code);
    this.#unwelcome = refused;
    if (lived > limits.sessionSettledMs && !refused) this.#attempt = 0;
    if (lived > limits.sessionShortMs && !refused) return 0;
    return backoffMs(policy, Math.max(0, this.#attempt - 1), this.#random);
  }
}

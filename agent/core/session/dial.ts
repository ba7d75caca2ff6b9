// When and by which way the next session is tried. A way is an address of the server and a local address to leave by:
// a router may not have moved the site to its backup yet, and a server may have moved house. Full-jitter backoff in
// between. It must never dial an announced address that would be refused if it were typed.
import { backoffMs } from '../../../shared/backoff.ts';
import { limits } from '../../../shared/limits.ts';
import type { Random } from '../../../shared/random.ts';
import { closeCodes } from '../../../shared/wire/messages.ts';
import { parseServerAddress } from './server-address.ts';

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

export interface DialParts {
  readonly random: Random;
  /** Addresses of the enrolment, best first. None: the shell knows where to. */
  readonly servers?: readonly string[];
  /** The one that last welcomed this agent, in an earlier run. */
  readonly lastServer?: string;
  /** As at enrolment; announced addresses are held to it. Default no. */
  readonly allowInsecureHttp?: boolean;
}

export interface Way {
  /** Address of the server; undefined = the shell's own choice. */
  readonly server: string | undefined;
  /** Local address to leave by; undefined = the default route. */
  readonly source: string | undefined;
}

/** A stale server is dialled after one more failure of the good one, but before a second. */
const failureWeight = 2;
const staleWeight = 3;

const policy = { baseMs: limits.dialBaseMs, capMs: limits.dialCapMs, floorMs: limits.dialFloorMs };

/** A clone stays one until a person has been there; but who was refused in error is back within minutes. */
const clonePolicy = {
  baseMs: 2 * limits.dialCapMs,
  capMs: limits.cloneDialCapMs,
  floorMs: limits.dialCapMs,
};

/** The server does not want this agent back at once. */
const notAtOnce: ReadonlySet<number> = new Set(
  [
    closeCodes.revoked,
    closeCodes.replaced,
    closeCodes.badMessage,
    closeCodes.tooSlow,
    closeCodes.overloaded,
    closeCodes.flooding,
    closeCodes.cloned,
  ].map(({ code }) => code),
);

export class Dial {
  readonly #random: Random;
  readonly #enrolled: readonly string[];
  readonly #allowInsecureHttp: boolean;
  #announced: readonly string[] = [];
  /** Dials since the last session that lived long enough to count. */
  #attempt = 0;
  /** The way that last reached a welcome. */
  #preferred: Way;
  #chosen: Way;
  /** Ways that failed since the last welcome, by their key; when none is left, all are tried again. */
  readonly #failed = new Map<string, Way>();
  /** Servers that were silent when another one answered, and have not answered since: perhaps they moved for good. */
  readonly #stale = new Set<string | undefined>();
  #unwelcome = false;

  constructor(parts: DialParts) {
    this.#random = parts.random;
    this.#enrolled = parts.servers ?? [];
    this.#allowInsecureHttp = parts.allowInsecureHttp ?? false;
    this.#preferred = { server: this.#checked(parts.lastServer ?? ''), source: undefined };
    this.#chosen = this.#preferred;
  }

  /** The server says under which addresses it can be reached, in place of those it said before. Gives the refused ones. */
  announced(servers: readonly string[]): readonly string[] {
    const known = servers.slice(0, limits.serverAddressesMax).map((text) => this.#checked(text));
    this.#announced = known.filter((base) => base !== undefined);
    const all = this.#servers();
    for (const server of this.#stale) if (!all.includes(server)) this.#stale.delete(server);
    return servers.filter((_text, at) => known[at] === undefined);
  }

  /**
   * Picks the way of the next attempt: the one that last worked, then of those not yet tried since the one that shares
   * least with what failed. So a dead server or a dead route costs one failed attempt, not one for each pair, and after
   * as many attempts as there are ways each was tried. `sources` are the local addresses of living links.
   */
  choose(sources: readonly string[]): Way {
    this.#attempt += 1;
    const ways = this.#ways(sources);
    if (ways.every((way) => this.#failed.has(keyOf(way)))) this.#failed.clear();
    const untried = ways.filter((way) => !this.#failed.has(keyOf(way)));
    const preferred = untried.find((way) => keyOf(way) === keyOf(this.#preferred));
    // `ways` is never empty, and neither is `untried` after the line above.
    this.#chosen = preferred ?? this.#leastDoubted(untried) ?? this.#preferred;
    return this.#chosen;
  }

  succeeded(way: Way): void {
    this.#preferred = way;
    for (const { server } of this.#failed.values()) this.#stale.add(server);
    this.#stale.delete(way.server);
    this.#failed.clear();
  }

  /** The server does not want this agent: it is not dialled for a goodbye either. */
  get isUnwelcome(): boolean {
    return this.#unwelcome;
  }

  /** How long to wait now that a link is back; undefined = as planned. A fleet behind one provider comes spread. */
  wayBackMs(): number | undefined {
    return this.#unwelcome ? undefined : this.#random.below(limits.wayBackJitterMs);
  }

  /** How long to wait before the next attempt. The first after the loss of a session that lived is immediate. */
  delayMs(ended: Ended): number {
    if (ended.livedMs === undefined || ended.silent) this.#failed.set(keyOf(this.#chosen), this.#chosen);
    if (ended.again) return 0;
    const lived = ended.livedMs ?? 0;
    const refused = ended.code !== undefined && notAtOnce.has(ended.code);
    this.#unwelcome = refused;
    if (lived > limits.sessionSettledMs && !refused) this.#attempt = 0;
    if (lived > limits.sessionShortMs && !refused) return 0;
    const chosen = ended.code === closeCodes.cloned.code ? clonePolicy : policy;
    return backoffMs(chosen, Math.max(0, this.#attempt - 1), this.#random);
  }

  /**
   * The address that last worked comes first, also when nobody names it any more: a server that moved must not lose its
   * agents by tidying up its announcement.
   */
  #servers(): readonly (string | undefined)[] {
    const { server } = this.#preferred;
    const named = [...(server === undefined ? [] : [server]), ...this.#announced, ...this.#enrolled];
    return named.length === 0 ? [undefined] : [...new Set(named)];
  }

  /** Default route before sources, and within a route the servers in their order. */
  #ways(sources: readonly string[]): readonly Way[] {
    const servers = this.#servers();
    return [undefined, ...sources].flatMap((source) => servers.map((server) => ({ server, source })));
  }

  #leastDoubted(ways: readonly Way[]): Way | undefined {
    const failed = [...this.#failed.values()];
    const doubt = (way: Way): number =>
      failureWeight * failed.filter(({ server }) => server === way.server).length +
      failureWeight * failed.filter(({ source }) => source === way.source).length +
      (this.#stale.has(way.server) ? staleWeight : 0);
    return ways.toSorted((a, b) => doubt(a) - doubt(b))[0];
  }

  #checked(text: string): string | undefined {
    const address = parseServerAddress(text, this.#allowInsecureHttp);
    return address.ok ? address.value.base : undefined;
  }
}

function keyOf({ server, source }: Way): string {
  return `${server ?? ''} ${source ?? ''}`;
}

// By which link a probe really left: the router a few steps away is another one on each link, so whoever answers a
// TTL-limited probe of the same flow shows the link. First hops come from the inventory or are learned. It must never
// learn from a round whose link was not proven otherwise, and never tell two links apart by one address.
import { limits } from '../../../shared/limits.ts';
import type { AssignedLink } from '../../../shared/wire/assignment.ts';
import { answered } from '../evidence.ts';
import type { TargetResult } from '../input.ts';

/** What a round's ways show. */
export interface Claim {
  /** Anchors that were asked by the link itself. */
  readonly own: readonly TargetResult[];
  /** By link: anchors that were asked by another one. */
  readonly others: ReadonlyMap<string, readonly TargetResult[]>;
}

interface Votes {
  readonly address: string;
  readonly count: number;
}

interface Shown {
  /** By router: the link it shows; undefined where several share it. */
  readonly byHop: ReadonlyMap<string, string | undefined>;
  readonly tells: boolean;
}

/** Step at which links first differ: the gateway is the first step. */
const ttlMin = 2;
const ttlMax = 4;
/** Rounds in a row that must agree, to learn and to give a step up. */
const votesNeeded = 3;

/** A router that showed a link may be too busy to say so for this many rounds. */
const muteRoundsMax = 12;

const noOthers: ReadonlyMap<string, readonly TargetResult[]> = new Map();

export class WayBook {
  #assigned: ReadonlyMap<string, string> = new Map();
  #linkCount = 0;
  readonly #learned = new Map<string, string>();
  readonly #votes = new Map<string, Votes>();
  /** Seen behind more than one link: they show nothing. */
  #ambiguous: readonly string[] = [];
  #ttl = ttlMin;
  #mute = 0;
  #restUntilMs = Number.NEGATIVE_INFINITY;
  /** Worked out of the above when first asked for, because it is asked for at every round and hardly ever changes. */
  #shown: Shown | undefined;

  assign(links: readonly AssignedLink[]): void {
    this.#linkCount = links.length;
    const named = links.flatMap(({ key, firstHop }) =>
      firstHop === undefined ? [] : [[key, firstHop] as const],
    );
    this.#shown = undefined;
    const before = [...this.#assigned].join(' ');
    this.#assigned = new Map(named);
    if (before !== [...this.#assigned].join(' ')) this.#restart();
    const keys = new Set(links.map(({ key }) => key));
    for (const key of this.#learned.keys()) if (!keys.has(key)) this.#learned.delete(key);
    for (const key of this.#votes.keys()) if (!keys.has(key)) this.#votes.delete(key);
  }

  /** What this link is measured by was replaced: its first hop may be another one. */
  forget(link: string): void {
    this.#shown = undefined;
    this.#learned.delete(link);
    this.#votes.delete(link);
  }

  /** At which step to ask now; undefined = not worth a packet. */
  ttlAt(nowMs: number): number | undefined {
    return this.#linkCount < 2 || nowMs < this.#restUntilMs ? undefined : this.#ttl;
  }

  /** The router that shows this link; undefined while none is known, or one that another link shares. */
  hopOf(link: string): string | undefined {
    const hop = this.#assigned.get(link) ?? this.#learned.get(link);
    return hop === undefined || this.#ambiguous.includes(hop) ? undefined : hop;
  }

  /** The link that this router shows. */
  linkBy(hop: string): string | undefined {
    return this.#shows().byHop.get(hop);
  }

  /**
   * May a link be told by its first hop? Only when two are known: behind a router that spreads flows over its links
   * all anchors may leave by one link and the session by another, and one hop alone would be taken for the wrong link's.
   */
  get tells(): boolean {
    return this.#shows().tells;
  }

  #shows(): Shown {
    if (this.#shown !== undefined) return this.#shown;
    const byHop = new Map<string, string | undefined>();
    for (const key of new Set([...this.#assigned.keys(), ...this.#learned.keys()])) {
      const hop = this.hopOf(key);
      if (hop !== undefined) byHop.set(hop, byHop.has(hop) ? undefined : key);
    }
    this.#shown = { byHop, tells: byHop.size >= 2 };
    return this.#shown;
  }

  claim(link: string, targets: readonly TargetResult[]): Claim {
    if (!this.tells) return { own: [], others: noOthers };
    const byTarget = new Map<string, string>();
    for (const { role, target, way } of targets) {
      const owner = role !== 'anchor' || way === undefined ? undefined : this.linkBy(way);
      if (owner !== undefined) byTarget.set(target, owner);
    }
    const own: TargetResult[] = [];
    const others = new Map<string, TargetResult[]>();
    for (const each of targets) {
      const owner = each.role === 'anchor' ? byTarget.get(each.target) : undefined;
      if (owner === link) own.push(each);
      else if (owner !== undefined) others.set(owner, [...(others.get(owner) ?? []), each]);
    }
    return { own, others };
  }

  /** The one router by which all anchors of a round left, also when nobody knows of which link it is. */
  routerOf(targets: readonly TargetResult[]): string | undefined {
    const way = unanimous(targets, this.#ttl);
    return typeof way === 'string' ? undefined : way.hop;
  }

  /** A round that left by this link, as something else than its way has proven. */
  learn(link: string, targets: readonly TargetResult[], nowMs: number): void {
    const way = unanimous(targets, this.#ttl);
    if (way === 'unasked') return;
    if (way === 'parted') {
      // This router spreads flows over its links, and one round by another link is one too many.
      this.#votes.delete(link);
      return;
    }
    const named = this.#assigned.get(link);
    if (way === 'silent' || this.#ambiguous.includes(way.hop) || (named !== undefined && way.hop !== named)) {
      return this.#nextStep(nowMs);
    }
    this.#mute = 0;
    if (named === undefined) this.#vote(link, way.hop);
  }

  #vote(link: string, hop: string): void {
    const known = this.#learned.get(link);
    if (known === hop) return;
    this.#shown = undefined;
    if (known !== undefined) this.#learned.delete(link);
    const votes = this.#votes.get(link);
    const count = votes?.address === hop ? votes.count + 1 : 1;
    this.#votes.set(link, { address: hop, count });
    if (count < votesNeeded) return;
    this.#votes.delete(link);
    if (this.#isShared(link, hop)) return this.#confuse(hop);
    this.#learned.set(link, hop);
  }

  #isShared(link: string, hop: string): boolean {
    const of = (book: ReadonlyMap<string, string>): boolean =>
      [...book].some(([key, address]) => key !== link && address === hop);
    const voted = [...this.#votes].some(([key, { address }]) => key !== link && address === hop);
    return voted || of(this.#learned) || of(this.#assigned);
  }

  #confuse(hop: string): void {
    this.#shown = undefined;
    this.#ambiguous = [...this.#ambiguous, hop].slice(-limits.ambiguousHopsMax);
    for (const [key, address] of this.#learned) if (address === hop) this.#learned.delete(key);
    for (const [key, { address }] of this.#votes) if (address === hop) this.#votes.delete(key);
  }

  /** Nothing of use at this step: after some rounds the next one is tried, later what has served before. */
  #nextStep(nowMs: number): void {
    this.#mute += 1;
    if (this.#mute < (this.#learned.size > 0 ? muteRoundsMax : votesNeeded)) return;
    this.#mute = 0;
    this.#shown = undefined;
    this.#learned.clear();
    this.#votes.clear();
    if (this.#ttl < ttlMax) this.#ttl += 1;
    else {
      this.#ttl = ttlMin;
      this.#restUntilMs = nowMs + limits.wayRestMs;
    }
  }

  #restart(): void {
    this.#ttl = ttlMin;
    this.#mute = 0;
    this.#restUntilMs = Number.NEGATIVE_INFINITY;
  }
}

/** By which one router all anchors left. `unasked`: the round is no basis to learn from. */
function unanimous(
  targets: readonly TargetResult[],
  ttl: number,
): { readonly hop: string } | 'silent' | 'parted' | 'unasked' {
  let asked = 0;
  let shown = 0;
  const hops = new Set<string>();
  for (const each of targets) {
    if (each.role !== 'anchor' || each.large === true || each.wayTtl !== ttl) continue;
    if (!answered(each)) return 'unasked';
    asked += 1;
    if (each.way === undefined) continue;
    shown += 1;
    hops.add(each.way);
  }
  if (asked === 0) return 'unasked';
  if (hops.size > 1) return 'parted';
  const [hop] = hops;
  if (hop === undefined) return 'silent';
  return shown === asked ? { hop } : 'unasked';
}

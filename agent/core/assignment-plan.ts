// An assignment, worked out once: what each round asks and how hard it judges. Built when an assignment arrives, so
// that a round allocates no lists.
import {
  type AssignedLink,
  type Assignment,
  defaultQuality,
  type QualityLimits,
  type Timing,
} from '../../shared/wire/assignment.ts';
import type { Hardness } from './judgement.ts';
import type { RoundTarget } from './output.ts';
import { lapseMs } from './schedule.ts';

export interface Plan {
  readonly timing: Timing;
  readonly hardness: Hardness;
  /** Asked in every round of every link. */
  readonly anchors: readonly RoundTarget[];
  /** Asked in slow rounds beside them: DNS and the 204 page. */
  readonly slow: readonly RoundTarget[];
  /** Of links that name none of their own. */
  readonly quality: QualityLimits;
}

export function planOf(assignment: Assignment): Plan {
  const { timing } = assignment;
  const slow: RoundTarget[] = assignment.dns.map((target) => ({ target, role: 'dns' }));
  if (assignment.captivePortalUrl !== undefined) {
    slow.push({ target: assignment.captivePortalUrl, role: 'http' });
  }
  return {
    timing,
    hardness: { downRounds: timing.downRounds, upRounds: timing.upRounds, lapseMs: lapseMs(timing) },
    anchors: assignment.anchors.map((target) => ({ target, role: 'anchor' })),
    slow,
    quality: assignment.quality ?? defaultQuality,
  };
}

export interface LinkTargets {
  readonly quick: readonly RoundTarget[];
  readonly slow: readonly RoundTarget[];
}

/** What a link's rounds ask beside what the plan says. */
export interface Extras {
  /** At which step to ask by which router a probe leaves; undefined = not at all. */
  readonly wayTtl: number | undefined;
  /** `first`: of the first anchor in quick rounds, because all leave alike; `all`: of each. */
  readonly ways: 'first' | 'all';
  readonly hops: readonly RoundTarget[];
}

/** Lists of one link; the same ones as long as link, plan and extras stay the same. */
export class LinkLists {
  #plan: Plan | undefined;
  #gateway: string | undefined;
  #extras: Extras | undefined;
  #lists: LinkTargets = { quick: [], slow: [] };

  of(plan: Plan, link: AssignedLink, extras: Extras): LinkTargets {
    const same =
      this.#plan === plan &&
      this.#gateway === link.gateway &&
      this.#extras !== undefined &&
      this.#extras.wayTtl === extras.wayTtl &&
      this.#extras.ways === extras.ways &&
      this.#extras.hops === extras.hops;
    if (same) return this.#lists;
    this.#plan = plan;
    this.#gateway = link.gateway;
    this.#extras = extras;
    this.#lists = targetsOf(plan, link, extras);
    return this.#lists;
  }
}

function targetsOf(plan: Plan, link: AssignedLink, { wayTtl, ways, hops }: Extras): LinkTargets {
  const gateway: RoundTarget[] =
    link.gateway === undefined ? [] : [{ target: link.gateway, role: 'gateway' }];
  const asking = wayTtl === undefined ? plan.anchors : plan.anchors.map((anchor) => ({ ...anchor, wayTtl }));
  const few = ways === 'all' ? asking : [...asking.slice(0, 1), ...plan.anchors.slice(1)];
  return { quick: [...gateway, ...few], slow: [...gateway, ...asking, ...plan.slow, ...hops] };
}

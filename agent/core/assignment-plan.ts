// An assignment, worked out once: what each round asks and how hard it judges. Built when an assignment arrives, so
// that a round allocates no lists.
import type { AssignedLink, Assignment, Timing } from '../../shared/wire/messages.ts';
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
  };
}

export interface LinkTargets {
  readonly quick: readonly RoundTarget[];
  readonly slow: readonly RoundTarget[];
}

export function targetsOf(plan: Plan, link: AssignedLink): LinkTargets {
  const gateway: RoundTarget[] =
    link.gateway === undefined ? [] : [{ target: link.gateway, role: 'gateway' }];
  const quick = [...gateway, ...plan.anchors];
  return { quick, slow: [...quick, ...plan.slow] };
}

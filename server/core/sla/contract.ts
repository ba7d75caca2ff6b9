// What holds for one customer: its plan's settings and, over them, what its own contract says otherwise, each key by
// itself. The one place where plan and customer meet. Every key that the configuration left out has its default here, so
// that settings which an older journal holds read as they were meant. Pure.
import {
  type CalmTimers,
  type CustomerPolicy,
  defaultCalmTimers,
  defaultHours,
  type LinkClasses,
  type Opening,
  type PlanPolicy,
  type SlaClock,
  type StepTimers,
} from '../../../shared/plan-policy.ts';
import type { SlaPolicies } from '../../../shared/sla-policy.ts';
import type { Plan, Priority } from '../../../shared/words.ts';

export type ContractPolicies = Pick<SlaPolicies, 'plans' | 'customers'>;

export interface Contract {
  readonly hours: readonly Opening[];
  readonly criticalClock: SlaClock;
  readonly targets: Readonly<Record<Priority, number>>;
  readonly escalation: {
    /** Critical, opened inside and outside support hours. */
    readonly inside: StepTimers;
    readonly outside: StepTimers;
    readonly priority: CalmTimers;
    readonly standard: CalmTimers;
  };
  /** While another link of the site is not down. */
  readonly linkClasses: LinkClasses;
}

/** `customer`: its key; absent, or without words of its own: the plan. */
export function contractOf(policies: ContractPolicies, plan: Plan, customer?: string): Contract {
  const settings = policies.plans[plan];
  const own = customerPolicy(policies, customer) ?? {};
  const calm = (priority: 'priority' | 'standard'): CalmTimers =>
    over(defaultCalmTimers, settings.escalation[priority], own.escalation?.[priority]);
  return {
    hours: own.hours ?? settings.hours ?? defaultHours[plan],
    criticalClock: own.criticalClock ?? settings.criticalClock,
    targets: over(settings.targets, own.targets),
    escalation: {
      inside: over(settings.escalation.inside, own.escalation?.inside),
      outside: over(settings.escalation.outside, own.escalation?.outside),
      priority: calm('priority'),
      standard: calm('standard'),
    },
    linkClasses: linkClassesOf(settings.priorities, own.priorities),
  };
}

/** What the customer's contract says otherwise; undefined: nothing. */
export function customerPolicy(
  { customers }: Pick<SlaPolicies, 'customers'>,
  customer: string | undefined,
): CustomerPolicy | undefined {
  if (customer === undefined || customers === undefined || !Object.hasOwn(customers, customer))
    return undefined;
  return customers[customer];
}

function linkClassesOf(plan: PlanPolicy['priorities'], own: CustomerPolicy['priorities']): LinkClasses {
  return {
    primary: own?.linkDownPrimary ?? plan?.linkDownPrimary ?? 'critical',
    backup: own?.linkDownBackup ?? plan?.linkDownBackup ?? 'critical',
  };
}

/** The later layers win where they name a key; `null` is a word, absence is none. */
function over<T extends object>(base: T, ...layers: readonly (Partial<T> | undefined)[]): T {
  const merged = { ...base };
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer ?? {})) {
      if (value !== undefined) Object.assign(merged, { [key]: value });
    }
  }
  return merged;
}

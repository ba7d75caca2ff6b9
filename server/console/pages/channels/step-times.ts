// After how long a role is called, by plan; plans that agree are told together. Pure.
import type { OnCallAnswer, OnCallRoleName } from '../../../../shared/api/channels.ts';

type Plan = OnCallAnswer['plans'][number];

export interface StepTime {
  readonly plans: readonly Plan['plan'][];
  /** Null: never. */
  readonly insideMs: number | null;
  /** Null: with the opening of support hours. */
  readonly outsideMs: number | null;
}

const timers = {
  noc: 'callAgainMs',
  'level2-lead': 'callLeadMs',
  level2: 'toLevel2Ms',
  level3: 'toLevel3Ms',
} as const satisfies Readonly<Record<OnCallRoleName, keyof Plan['inside']>>;

export function stepTimes(role: OnCallRoleName, plans: OnCallAnswer['plans']): readonly StepTime[] {
  const timer = timers[role];
  const found: StepTime[] = [];
  for (const { plan, inside, outside } of plans) {
    const time = { insideMs: inside[timer], outsideMs: outside[timer] };
    const same = found.findIndex(
      (each) => each.insideMs === time.insideMs && each.outsideMs === time.outsideMs,
    );
    const before = found[same];
    if (before === undefined) found.push({ ...time, plans: [plan] });
    else found[same] = { ...before, plans: [...before.plans, plan] };
  }
  return found;
}

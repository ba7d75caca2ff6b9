// What people have planned or silenced, as the core reads it: instants only. Recurrence and time zones are settled
// outside (`shell/runtime/recurrence.ts`); the whole set enters as one input whenever it changes.
import type { CustomerKey } from '../../shared/ids.ts';
import type { Instant } from '../../shared/time.ts';

/** A customer, a site of it, or a link or host of that site. Never a link and a host at once. */
export interface Scope {
  readonly customer: CustomerKey;
  readonly site?: string;
  readonly link?: string;
  readonly host?: string;
}

export interface Occurrence {
  readonly startsAt: Instant;
  /** Exclusive. */
  readonly endsAt: Instant;
  /** Machines in scope must be back by then; after `startsAt`, not after `endsAt`. */
  readonly returnBy?: Instant;
}

/** One maintenance window with its occurrences, earliest first. */
export interface PlannedWindow {
  readonly id: string;
  readonly scope: Scope;
  readonly reason: string;
  readonly occurrences: readonly Occurrence[];
}

/** A person's silence: nothing in scope opens before `until`. */
export interface Silence {
  readonly id: string;
  readonly scope: Scope;
  readonly startsAt: Instant;
  readonly until: Instant;
  readonly by: string;
  readonly reason: string;
}

export interface CustomerPlans {
  readonly windows: readonly PlannedWindow[];
  readonly silences: readonly Silence[];
}

/** By customer, so that looking at one site costs its own customer's plans only. */
export type Planned = Readonly<Record<string, CustomerPlans>>;

export const noPlans: CustomerPlans = { windows: [], silences: [] };

export function plansOf(planned: Planned, customer: CustomerKey): CustomerPlans {
  return (Object.hasOwn(planned, customer) ? planned[customer] : undefined) ?? noPlans;
}

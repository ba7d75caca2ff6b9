// The kinds of fault that came last: planned work and silences, copies of an agent's disk, torn writes. Data only:
// later-faults.ts draws them, inject-later.ts makes them happen, oracle-later.ts says what must follow.
import type { Fault, SiteFault } from './faults.ts';

/** Of which thing of a site people speak; neither = of the whole site. */
export interface PlanScope {
  readonly link?: string;
  readonly host?: string;
}

/** Kernel times. `toldAt`: when a person says it to Vigia. */
export type Plan = { readonly toldAt: number; readonly scope: PlanScope } & (
  | {
      readonly kind: 'window';
      readonly startsAt: number;
      readonly endsAt: number;
      /** The machines in scope must be back by then. */
      readonly returnBy?: number;
    }
  /** Begins when it is said. */
  | { readonly kind: 'silence'; readonly endsAt: number }
);

export type Work = Extract<
  SiteFault,
  { readonly kind: 'link.cut' | 'site.power' | 'host.down' | 'host.unplugged' | 'host.away' }
>;

/** What people said beforehand, and what was then really done. `at` and `until` are those of the work. */
export interface PlannedWork {
  readonly kind: 'work.planned';
  readonly plan: Plan;
  readonly work: Work;
  /** The plan is about something else than the work: it explains nothing of it. */
  readonly beside: boolean;
}

export type LaterSiteKind =
  | PlannedWork
  /** A second machine starts with a copy of this one's disk, at this site or at another customer's. */
  | { readonly kind: 'agent.cloned'; readonly host: string; readonly runsAt: string }
  /**
   * The program dies in the middle of a write to its spool: of a new record, or of the removal of what the server has.
   * With `bootMs` the machine lost its power.
   */
  | {
      readonly kind: 'agent.torn-write';
      readonly host: string;
      readonly during: 'append' | 'trim';
      readonly bootMs?: number;
    };

/** The correlator's machine dies in the middle of a commit. */
export interface LaterCommonKind {
  readonly kind: 'server.torn-write';
}

/** From when to when a fault occupies its site, with what people said about it. */
export function occupiedBy(fault: Fault, restored: number): { readonly from: number; readonly to: number } {
  if (fault.kind !== 'work.planned') return { from: fault.at, to: restored };
  const { plan } = fault;
  const from = plan.kind === 'window' ? plan.startsAt : plan.toldAt;
  return { from: Math.min(from, fault.at), to: Math.max(plan.endsAt, restored) };
}

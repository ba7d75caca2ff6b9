// What people have planned and silenced, as the correlator's machine keeps it: durable, told to the core as a whole after
// each change and at each start, as server/shell/runtime/planned-book.ts does it. It never interprets a plan.
import type { PlannedWindow, Silence } from '../../server/core/planned.ts';
import type { Topology } from '../../server/core/topology.ts';
import type { WindowDefinition } from '../../server/ports/planned.ts';
import { expandWindow } from '../../server/shell/runtime/planned-book.ts';
import { customerKey } from '../../shared/ids.ts';
import { type Instant, instant } from '../../shared/time.ts';
import { epochMs } from './frame.ts';
import type { Plan } from './later-kinds.ts';
import type { SiteSpec } from './world.ts';

export interface PlanBook {
  add(site: SiteSpec, plan: Plan, now: number): void;
  isEmpty(): boolean;
  /** The whole set as of now; what is over is not in it. */
  told(
    topology: Topology,
    now: Instant,
  ): { readonly windows: readonly PlannedWindow[]; readonly silences: readonly Silence[] };
}

export function createPlanBook(): PlanBook {
  const windows: WindowDefinition[] = [];
  const silences: Silence[] = [];
  return {
    add(site, plan, now) {
      const id = `plan-${windows.length + silences.length + 1}`;
      const scope = { customer: customerKey(site.customer), site: site.key, ...plan.scope };
      const said = { id, scope, by: 'ana', reason: 'serviço programado' };
      const endsAt = at(plan.endsAt);
      if (plan.kind === 'silence') {
        silences.push({ ...said, startsAt: at(now), until: endsAt });
        return;
      }
      const returnBy = plan.returnBy === undefined ? undefined : at(plan.returnBy);
      windows.push({ ...said, startsAt: at(plan.startsAt), endsAt, returnBy, createdAt: at(now) });
    },
    isEmpty: () => windows.length + silences.length === 0,
    told: (topology, now) => ({
      windows: windows.flatMap((window) => expandWindow(window, topology, now)),
      silences: silences.filter((each) => each.until > now),
    }),
  };
}

function at(kernelTime: number): Instant {
  return instant(epochMs + Math.floor(kernelTime));
}

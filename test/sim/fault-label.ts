// The name under which a fault that really happened is counted: its kind, told apart further where the product must
// treat it differently. For the report only; the oracle reads the fault itself.
import { second } from '../../shared/time.ts';
import { type Fault, restoredAt, type SiteFault } from './faults.ts';
import type { World } from './world.ts';

/** Shorter ones must open nothing. */
const blipMs = 10 * second;

export function labelOf(world: World, fault: Fault): string {
  if (!('site' in fault)) return fault.kind;
  const site = world.sites.find((each) => each.id === fault.site);
  const isBlip = fault.until - fault.at < blipMs;
  if (fault.kind === 'link.cut') {
    if (isBlip) return 'link.blip';
    if (fault.links.length === site?.links.length) return 'link.cut-all';
    return fault.links[0] === site?.links[0]?.key ? 'link.cut-primary' : 'link.cut-backup';
  }
  if (fault.kind === 'host.unplugged' && isBlip) return 'host.blip';
  const later = laterLabel(fault);
  if (later !== undefined) return later;
  const carries = site?.hosts.some((host) => 'host' in fault && host.parent === fault.host);
  return fault.kind === 'host.down' && carries === true ? 'hypervisor.down' : fault.kind;
}

/** Plans by what people were told and what came of it; torn writes by what was being written. */
function laterLabel(fault: SiteFault): string | undefined {
  if (fault.kind === 'agent.torn-write') {
    return `agent.torn-${fault.during}${fault.bootMs === undefined ? '' : '.power-lost'}`;
  }
  if (fault.kind !== 'work.planned') return undefined;
  const { plan, beside } = fault;
  if (beside) return `${plan.kind}.beside-the-work`;
  const kept = restoredAt(fault) <= plan.endsAt;
  if (plan.kind === 'silence') return kept ? 'silence.kept' : 'silence.outlived';
  if (plan.returnBy === undefined) return kept ? 'window.kept' : 'window.outlived';
  return restoredAt(fault) <= plan.returnBy ? 'window.return-kept' : 'window.return-not-kept';
}

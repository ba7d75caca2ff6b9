// The name under which a fault that really happened is counted: its kind, told apart further where the product must
// treat it differently. For the report only; the oracle reads the fault itself.
import { second } from '../../shared/time.ts';
import type { Fault } from './faults.ts';
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
  const carries = site?.hosts.some((host) => 'host' in fault && host.parent === fault.host);
  return fault.kind === 'host.down' && carries === true ? 'hypervisor.down' : fault.kind;
}

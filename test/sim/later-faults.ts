// Draws the kinds of later-kinds.ts, each from a stream of its own and only where a site is calm, so that all earlier
// faults of a seed stay what they were. Data only. Planned work itself is drawn by planned-faults.ts.
import { day, minute, second } from '../../shared/time.ts';
import type { Drawing } from './extra-faults.ts';
import {
  apartMsMin,
  type CommonFault,
  type Fault,
  firstAt,
  isSiteFault,
  restoredAt,
  type SiteFault,
} from './faults.ts';
import { occupiedBy } from './later-kinds.ts';
import { drawPlanned } from './planned-faults.ts';
import { between, exponential, logUniform, pick, stream } from './seeds.ts';
import type { SiteSpec } from './world.ts';

/** Three sites dark within minutes rightly look like blindness: what may darken one keeps this far from the others. */
const darkApartMs = 3 * minute;

/** Sessions that were lost have all come back. */
const settledMs = 6 * minute;

export function laterFaults(drawing: Drawing, others: readonly Fault[]): readonly Fault[] {
  const { world, mix, days } = drawing;
  if (mix.later === undefined) return [];
  const drawn: Fault[] = [...serverTears(drawing)];
  for (const site of world.sites) {
    const keep = (fault: SiteFault): void => {
      if (fits(site, fault, { others: [...others, ...drawn], horizon: days * day })) drawn.push(fault);
    };
    plannedWorks(drawing, site, keep);
    tornWrites(drawing, site, keep);
    clones(drawing, site, keep);
  }
  return drawn;
}

interface Around {
  readonly others: readonly Fault[];
  readonly horizon: number;
}

function fits(site: SiteSpec, fault: SiteFault, { others, horizon }: Around): boolean {
  const { from, to } = occupiedBy(fault, restoredAt(fault));
  if (to >= horizon) return false;
  return others.every((other) => {
    if (other.kind === 'provider.outage' || (isSiteFault(other) && other.site === site.id)) {
      if (mayMeet(site, fault, other)) return true;
      const busy = occupiedBy(other, restoredAt(other));
      return busy.to + apartMsMin < from || to + apartMsMin < busy.from;
    }
    if (fault.kind === 'agent.cloned' && blinding.has(other.kind)) {
      return restoredAt(other) + settledMs < from || to + settledMs < other.at;
    }
    return (
      !isSiteFault(other) || fault.kind !== 'work.planned' || Math.abs(other.at - fault.at) >= darkApartMs
    );
  });
}

/** The correlator's own troubles that end sessions. */
const blinding: ReadonlySet<Fault['kind']> = new Set([
  'noc.cut',
  'server.restart',
  'server.crash',
  'server.torn-write',
]);

function mayMeet(site: SiteSpec, fault: SiteFault, other: Fault): boolean {
  if (other.kind === 'agent.disk-full') return true;
  return fault.kind === 'agent.cloned' && isSiteFault(other) && keepsFirst(site, fault.host, other);
}

/**
 * A copy that dials while nothing is heard of its first is let in: a machine whose board was replaced looks the same. So
 * its first keeps its session while the copy lives; what does not touch that session may happen, and must be told.
 */
function keepsFirst(site: SiteSpec, first: string, other: SiteFault): boolean {
  if (other.kind === 'link.poor') return true;
  if (other.kind === 'link.cut') return !other.links.includes(site.links[0]?.key ?? '');
  const carrier = site.hosts.find(({ key }) => key === first)?.parent;
  const struck =
    other.kind === 'host.down' || other.kind === 'host.unplugged' || other.kind === 'agent.killed';
  return struck && other.host !== first && other.host !== carrier;
}

type Keep = (fault: SiteFault) => void;

function plannedWorks({ seed, days, mix: { later } }: Drawing, site: SiteSpec, keep: Keep): void {
  if (later === undefined) return;
  const random = stream(seed, `faults/planned/${site.id}`);
  let at = firstAt + exponential(random, later.plannedCalmMs);
  while (at < days * day) {
    const fault = drawPlanned(random, site, at);
    keep(fault);
    at = occupiedBy(fault, restoredAt(fault)).to + apartMsMin + exponential(random, later.plannedCalmMs);
  }
}

function tornWrites({ seed, days, mix: { later } }: Drawing, site: SiteSpec, keep: Keep): void {
  if (later === undefined) return;
  const random = stream(seed, `faults/torn/${site.id}`);
  let at = firstAt + exponential(random, later.tornCalmMs);
  while (at < days * day) {
    const host = pick(
      random,
      site.hosts.filter((one) => one.agent !== undefined),
    ).key;
    const during = random.chance(0.6) ? 'append' : 'trim';
    const power = random.chance(0.5) && !site.hosts.some((one) => one.parent === host);
    const lasts = power
      ? logUniform(random, minute, 2 * 60 * minute)
      : between(random, 5 * second, 40 * second);
    const bootMs = Math.floor(between(random, 20 * second, 110 * second));
    const until = at + Math.floor(lasts);
    keep({
      ...{ id: 0, at, until, site: site.id, kind: 'agent.torn-write', host, during },
      ...(power ? { bootMs } : {}),
    });
    at = until + apartMsMin + exponential(random, later.tornCalmMs);
  }
}

/** Half of them beside their first, as a copy of a virtual machine that was started; half at another customer's. */
function clones({ seed, days, world, mix: { later } }: Drawing, site: SiteSpec, keep: Keep): void {
  if (later === undefined) return;
  const random = stream(seed, `faults/clone/${site.id}`);
  let at = firstAt + exponential(random, later.cloneCalmMs);
  while (at < days * day) {
    const host = pick(
      random,
      site.hosts.filter((one) => one.agent !== undefined),
    ).key;
    const runsAt = random.chance(0.5) ? site.id : pick(random, world.sites).id;
    const until = at + logUniform(random, 2 * minute, 30 * minute);
    keep({ id: 0, at, until, site: site.id, kind: 'agent.cloned', host, runsAt });
    at = until + apartMsMin + exponential(random, later.cloneCalmMs);
  }
}

function serverTears({ seed, days, mix: { later } }: Drawing): readonly CommonFault[] {
  if (later === undefined) return [];
  const random = stream(seed, 'faults/torn-commit');
  const drawn: CommonFault[] = [];
  let at = firstAt + exponential(random, 2 * later.tornCalmMs);
  while (at < days * day) {
    const until = at + logUniform(random, 2 * second, minute);
    drawn.push({ id: 0, at, until, kind: 'server.torn-write' });
    at = until + apartMsMin + exponential(random, 2 * later.tornCalmMs);
  }
  return drawn.filter((fault) => fault.until < days * day);
}

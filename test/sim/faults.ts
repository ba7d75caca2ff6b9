// What goes wrong in one run, as data, drawn from the seed before anything runs. The oracle reads this and nothing
// else. At most one fault at a time per site, at least 35 min apart, so that each has a verdict of its own; faults of
// the correlator, its uplink and the desk may meet anything.
import type { Random } from '../../shared/random.ts';
import { day, hour, minute, second } from '../../shared/time.ts';
import type { CrashPoint } from './correlator.ts';
import type { LaterCommonKind, LaterSiteKind } from './later-kinds.ts';
import { type FaultMix, usualMix } from './mixes.ts';
import { between, exponential, logUniform, pick, stream } from './seeds.ts';
import type { SiteSpec, World } from './world.ts';

/** Kernel times. `until` = the cause is taken away; machines may need longer to come back. */
interface Span {
  readonly id: number;
  readonly at: number;
  readonly until: number;
}

export type SiteFault = Span & { readonly site: string } & (
    | {
        readonly kind: 'link.cut';
        readonly links: readonly string[];
        /** `carrier`: the modem is dead too; `black-hole`: the gateway answers, nothing beyond does. */
        readonly mode: 'carrier' | 'black-hole';
        /** The second link follows the first after this long. */
        readonly secondAfterMs: number;
      }
    | {
        readonly kind: 'site.power';
        readonly routerMs: number;
        /** After power is back, per host: until its system is up. */
        readonly bootMs: Readonly<Record<string, number>>;
      }
    /** The link carries, and badly: so much of it is lost, or comes so much later. */
    | {
        readonly kind: 'link.poor';
        readonly links: readonly [string];
        readonly lossRatio: number;
        readonly addedMs: number;
      }
    /** Up and down many times; `at` and `until` are those of the whole. */
    | {
        readonly kind: 'link.flaps';
        readonly links: readonly [string];
        readonly downs: readonly { readonly at: number; readonly until: number }[];
      }
    /** The program stands still, its machine does not. */
    | { readonly kind: 'agent.frozen'; readonly host: string }
    /** Somebody on the way forgot the connection: it hangs, and neither end is told. */
    | { readonly kind: 'session.half-open'; readonly host: string }
    /** Goodbye was said, and it does not come back in time. */
    | { readonly kind: 'host.away'; readonly host: string; readonly bootMs: number }
    | { readonly kind: 'agent.disk-full'; readonly host: string }
    | { readonly kind: 'host.down'; readonly host: string; readonly bootMs: number }
    | { readonly kind: 'host.unplugged'; readonly host: string }
    | { readonly kind: 'agent.killed'; readonly host: string; readonly atAppend: boolean }
    | { readonly kind: 'host.restart'; readonly host: string; readonly bootMs: number }
    | { readonly kind: 'clock.step'; readonly host: string; readonly byMs: number }
    | LaterSiteKind
  );

export type CommonFault = Span &
  (
    | { readonly kind: 'noc.cut' }
    | { readonly kind: 'server.restart' }
    | { readonly kind: 'server.crash'; readonly point: CrashPoint | 'now' }
    | { readonly kind: 'desk.down' }
    | { readonly kind: 'desk.slow' }
    /** One of the internet's anchors answers nobody. */
    | { readonly kind: 'anchor.dead'; readonly address: string }
    | {
        readonly kind: 'provider.outage';
        readonly provider: string;
        readonly cuts: readonly { readonly site: string; readonly link: string; readonly at: number }[];
      }
    | LaterCommonKind
  );

export type Fault = SiteFault | CommonFault;
export type FaultKind = Fault['kind'];

export const apartMsMin = 35 * minute;
export const firstAt = 10 * minute;
/** From boot of a machine to the start of its agent. */
export const serviceMsMax = 10 * second;

export function isSiteFault(fault: Fault): fault is SiteFault {
  return 'site' in fault;
}

/** When everything the fault took away works again, agents included. */
export function restoredAt(fault: Fault): number {
  switch (fault.kind) {
    case 'site.power':
      return fault.until + Math.max(...Object.values(fault.bootMs)) + serviceMsMax;
    case 'host.down':
    case 'host.restart':
    case 'host.away':
      return fault.until + fault.bootMs + serviceMsMax;
    case 'agent.torn-write':
      return fault.until + (fault.bootMs === undefined ? 0 : fault.bootMs + serviceMsMax);
    case 'work.planned':
      return restoredAt(fault.work);
    default:
      return fault.until;
  }
}

/** The first kinds of fault up to `days`, in no order and without numbers; draw-faults.ts draws them all. */
export function firstFaults(
  seed: number,
  world: World,
  days: number,
  mix: FaultMix = usualMix,
): readonly Fault[] {
  const faults: Fault[] = [];
  const horizon = days * day;
  const dark: number[] = [];
  for (const site of world.sites) {
    const before = faults.length;
    const random = stream(seed, `faults/${site.id}`);
    let at = firstAt + exponential(random, mix.siteCalmMs);
    while (at < horizon) {
      const fault = siteFault(random, site, { id: 0, at });
      const end = restoredAt(fault);
      if (end < horizon && !crowded(dark, fault)) faults.push(fault);
      at = end + apartMsMin + exponential(random, mix.siteCalmMs);
    }
    faults.push(...poorLinks({ seed, site, horizon, calmMs: mix.poorCalmMs }, faults.slice(before)));
  }
  faults.push(...commonFaults(seed, horizon, mix));
  return faults;
}

interface Poor {
  readonly seed: number;
  readonly site: SiteSpec;
  readonly horizon: number;
  readonly calmMs: number;
}

/** From a stream of their own and only where the site is calm, so that the other faults of a seed stay what they were. */
function poorLinks({ seed, site, horizon, calmMs }: Poor, others: readonly Fault[]): readonly SiteFault[] {
  const random = stream(seed, `faults/poor/${site.id}`);
  const poor: SiteFault[] = [];
  let at = firstAt + exponential(random, calmMs);
  while (at < horizon) {
    const start = Math.floor(at);
    const lossy = random.chance(0.6);
    const fault: SiteFault = {
      id: 0,
      at: start,
      until: start + logUniform(random, minute, 2 * hour),
      site: site.id,
      kind: 'link.poor',
      links: [pick(random, site.links).key],
      lossRatio: lossy ? pick(random, [0.02, 0.06, 0.12, 0.2, 0.3, 0.4]) : 0,
      addedMs: lossy ? 0 : pick(random, [80, 200, 400, 900]),
    };
    const calm = others.every(
      (other) => restoredAt(other) + apartMsMin < fault.at || fault.until + apartMsMin < other.at,
    );
    if (calm && fault.until < horizon) poor.push(fault);
    at = fault.until + apartMsMin + exponential(random, calmMs);
  }
  return poor;
}

/**
 * Three sites dark within the same minutes would rightly look like Vigia's own blindness in a small fleet, so chance
 * meetings of that kind are left out.
 */
function crowded(dark: number[], fault: SiteFault): boolean {
  const near = dark.filter((at) => Math.abs(at - fault.at) < 3 * minute).length;
  if (near >= 1) return true;
  dark.push(fault.at);
  return false;
}

type Start = Pick<Span, 'id' | 'at'>;

function siteFault(random: Random, site: SiteSpec, start: Start): SiteFault {
  const base = { ...start, site: site.id };
  const host = pick(random, site.hosts);
  const agents = site.hosts.filter((one) => one.agent !== undefined);
  const agent = pick(random, agents);
  const dice = random.next();
  if (dice < 0.5) return linkCut(random, site, start);
  if (dice < 0.62) return sitePower(random, site, start);
  const realUntil = start.at + logUniform(random, minute, 4 * hour);
  const bootMs = Math.floor(between(random, 20 * second, 110 * second));
  if (dice < 0.74) return { ...base, kind: 'host.down', until: realUntil, host: host.key, bootMs };
  if (dice < 0.8) {
    return { ...base, kind: 'host.unplugged', until: start.at + duration(random), host: host.key };
  }
  if (dice < 0.92) {
    const long = random.chance(0.4) ? logUniform(random, 2 * minute, hour) : between(random, 5e3, 20e3);
    const until = start.at + Math.floor(long);
    return { ...base, kind: 'agent.killed', until, host: agent.key, atAppend: random.chance(0.5) };
  }
  if (dice < 0.97) {
    const until = start.at + Math.floor(between(random, 5 * second, 4 * minute));
    return { ...base, kind: 'host.restart', until, host: agent.key, bootMs };
  }
  const byMs = Math.floor(between(random, -day, day));
  return { ...base, kind: 'clock.step', until: start.at, host: agent.key, byMs };
}

function linkCut(random: Random, site: SiteSpec, start: Start): SiteFault {
  const keys = site.links.map((link) => link.key);
  const dice = random.next();
  const links = keys.length === 1 || dice < 0.25 ? keys : [dice < 0.7 ? (keys[0] ?? '') : (keys[1] ?? '')];
  const lastsMs = duration(random);
  // Before the first comes back, else the second would be cut for good.
  const secondAfterMs =
    links.length > 1 && random.chance(0.5) ? random.below(Math.min(1_500, lastsMs / 2)) : 0;
  return {
    ...start,
    site: site.id,
    kind: 'link.cut',
    until: start.at + lastsMs,
    links,
    mode: random.chance(0.5) ? 'carrier' : 'black-hole',
    secondAfterMs,
  };
}

function sitePower(random: Random, site: SiteSpec, start: Start): SiteFault {
  const bootMs = Object.fromEntries(
    site.hosts.map((host) => [host.key, Math.floor(between(random, 20 * second, 110 * second))]),
  );
  return {
    ...start,
    site: site.id,
    kind: 'site.power',
    until: start.at + logUniform(random, minute, 4 * hour),
    routerMs: Math.floor(between(random, 10 * second, 40 * second)),
    bootMs,
  };
}

/** One in four a blip, one in eight of the kind that may or may not open, the others real. */
function duration(random: Random): number {
  const dice = random.next();
  if (dice < 0.25) return Math.floor(between(random, second, 9 * second));
  if (dice < 0.375) return Math.floor(between(random, 10 * second, minute));
  return logUniform(random, minute, 4 * hour);
}

function commonFaults(seed: number, horizon: number, mix: FaultMix): readonly CommonFault[] {
  const faults: CommonFault[] = [];
  const repeat = (tag: string, calmMs: number, make: (random: Random, start: Start) => CommonFault): void => {
    const random = stream(seed, tag);
    let at = firstAt + exponential(random, calmMs);
    while (at < horizon) {
      const fault = make(random, { id: 0, at });
      if (fault.until < horizon) faults.push(fault);
      at = fault.until + 10 * minute + exponential(random, calmMs);
    }
  };
  repeat('faults/noc', mix.nocCalmMs, (random, start) => {
    const long = random.chance(0.75) ? logUniform(random, minute, 10 * minute) : between(random, 1e3, 9e3);
    return { ...start, kind: 'noc.cut', until: start.at + Math.floor(long) };
  });
  repeat('faults/server', mix.serverCalmMs, (random, start) => {
    const until = start.at + logUniform(random, 2 * second, minute);
    if (random.chance(0.4)) return { ...start, kind: 'server.restart', until };
    const point = pick(random, ['now', 'before-commit', 'after-commit', 'after-desk'] as const);
    return { ...start, kind: 'server.crash', until, point };
  });
  repeat('faults/desk', mix.deskCalmMs, (random, start) => {
    return { ...start, kind: 'desk.down', until: start.at + logUniform(random, 30 * second, 10 * minute) };
  });
  return faults;
}

// The later kinds of fault, each from a stream of its own and only where a site is calm, so that the earlier faults of
// a seed stay what they were. Data only; injector.ts makes them happen, oracle-extra.ts says what must follow.
import type { Random } from '../../shared/random.ts';
import { day, hour, minute, second } from '../../shared/time.ts';
import {
  apartMsMin,
  type CommonFault,
  type Fault,
  firstAt,
  isSiteFault,
  restoredAt,
  type SiteFault,
} from './faults.ts';
import type { FaultMix } from './mixes.ts';
import { between, exponential, logUniform, pick, stream } from './seeds.ts';
import type { SiteSpec, World } from './world.ts';

export interface Drawing {
  readonly seed: number;
  readonly world: World;
  readonly days: number;
  readonly mix: FaultMix;
}

/** No learned or given deadline for a return lies later than an hour; this is well beyond it. */
const awayMsMin = 70 * minute;
const awayMsMax = 130 * minute;

export function extraFaults(drawing: Drawing, others: readonly Fault[]): readonly Fault[] {
  const { world, mix } = drawing;
  const sites = others.filter(isSiteFault);
  const regional = providerOutages(drawing, sites);
  const extra: SiteFault[] = [];
  for (const site of world.sites) {
    const busy = [...sites.filter((fault) => fault.site === site.id), ...regional];
    extra.push(...siteExtras(drawing, site, busy));
    extra.push(...fullDisks(drawing, site));
  }
  return [
    ...extra,
    ...regional,
    ...repeated(drawing, 'anchor', mix.noiseCalmMs, deadAnchor),
    ...slowDesk(drawing),
  ];
}

function siteExtras(
  { seed, days, mix }: Drawing,
  site: SiteSpec,
  busy: readonly Fault[],
): readonly SiteFault[] {
  const random = stream(seed, `faults/extra/${site.id}`);
  const drawn: SiteFault[] = [];
  let at = firstAt + exponential(random, mix.extraCalmMs);
  while (at < days * day) {
    const fault = siteExtra(random, site, at);
    const end = restoredAt(fault);
    if (end < days * day && isCalm(busy, at, end)) drawn.push(fault);
    at = end + apartMsMin + exponential(random, mix.extraCalmMs);
  }
  return drawn;
}

function isCalm(busy: readonly Fault[], from: number, to: number): boolean {
  return busy.every((fault) => restoredAt(fault) + apartMsMin < from || to + apartMsMin < fault.at);
}

function siteExtra(random: Random, site: SiteSpec, at: number): SiteFault {
  const agents = site.hosts.filter((one) => one.agent !== undefined);
  const host = pick(random, agents).key;
  const base = { id: 0, at, site: site.id };
  const dice = random.next();
  const carries = site.hosts.some((one) => one.parent === host);
  if (dice < 0.3 && site.links.length > 1) return flaps(random, site, at);
  if (dice < 0.5) {
    return { ...base, kind: 'agent.frozen', host, until: at + logUniform(random, 20 * second, 20 * minute) };
  }
  if (dice < 0.7 || carries) return { ...base, kind: 'session.half-open', host, until: at };
  const bootMs = Math.floor(between(random, 20 * second, 110 * second));
  return { ...base, kind: 'host.away', host, bootMs, until: at + logUniform(random, awayMsMin, awayMsMax) };
}

/** Down and up so often that it is one unstable episode, each down longer than a blip: in seconds or, half of them, in minutes. */
function flaps(random: Random, site: SiteSpec, at: number): SiteFault {
  const downs: { at: number; until: number }[] = [];
  let from = at;
  const [down, up] = random.chance(0.5)
    ? [[14, 35] as const, [15, 40] as const]
    : [[20, 120] as const, [60, 240] as const];
  for (let left = 5 + random.below(8); left > 0; left -= 1) {
    const until = from + Math.floor(between(random, down[0] * second, down[1] * second));
    downs.push({ at: from, until });
    from = until + Math.floor(between(random, up[0] * second, up[1] * second));
  }
  return {
    id: 0,
    at,
    until: downs.at(-1)?.until ?? at,
    site: site.id,
    kind: 'link.flaps',
    links: [pick(random, site.links).key],
    downs,
  };
}

/** Beside whatever else happens there: it changes nothing that anybody must be told. */
function fullDisks({ seed, days, mix }: Drawing, site: SiteSpec): readonly SiteFault[] {
  const random = stream(seed, `faults/disk/${site.id}`);
  const drawn: SiteFault[] = [];
  let at = firstAt + exponential(random, 4 * mix.extraCalmMs);
  while (at < days * day) {
    const host = pick(
      random,
      site.hosts.filter((one) => one.agent !== undefined),
    ).key;
    const until = at + logUniform(random, 10 * minute, 4 * hour);
    if (until < days * day) drawn.push({ id: 0, at, until, site: site.id, kind: 'agent.disk-full', host });
    at = until + apartMsMin + exponential(random, 4 * mix.extraCalmMs);
  }
  return drawn;
}

/**
 * All links of one provider, everywhere, within seconds of each other; at least two customers. Their modems live: a dead
 * modem is no sign of its provider.
 */
function providerOutages(
  { seed, world, days, mix }: Drawing,
  sites: readonly SiteFault[],
): readonly CommonFault[] {
  const random = stream(seed, 'faults/provider');
  const drawn: CommonFault[] = [];
  let at = firstAt + exponential(random, mix.providerCalmMs);
  while (at < days * day) {
    const provider = pick(random, [...world.topology.providers.keys()]);
    const until = at + logUniform(random, 2 * minute, 2 * hour);
    const cuts = world.sites.flatMap((site) =>
      site.links
        .filter((link) => link.provider === provider)
        .map((link) => ({ site: site.id as string, link: link.key, at: at + random.below(4_000) })),
    );
    const hit = new Set(cuts.map((cut) => cut.site));
    const near = sites.filter((fault) => hit.has(fault.site) || Math.abs(fault.at - at) < 3 * minute);
    if (hit.size > 1 && until < days * day && isCalm(near, at, until)) {
      drawn.push({ id: 0, at, until, kind: 'provider.outage', provider, cuts });
    }
    at = until + apartMsMin + exponential(random, mix.providerCalmMs);
  }
  return drawn;
}

function deadAnchor(random: Random, at: number): CommonFault {
  const until = at + logUniform(random, 10 * minute, 3 * hour);
  return { id: 0, at, until, kind: 'anchor.dead', address: pick(random, ['8.8.8.8', '9.9.9.9']) };
}

function slowDesk(drawing: Drawing): readonly CommonFault[] {
  return repeated(drawing, 'desk-slow', drawing.mix.noiseCalmMs, (random, at) => {
    return { id: 0, at, until: at + logUniform(random, minute, hour), kind: 'desk.slow' };
  });
}

function repeated(
  { seed, days }: Drawing,
  tag: string,
  calmMs: number,
  make: (random: Random, at: number) => CommonFault,
): readonly CommonFault[] {
  const random = stream(seed, `faults/${tag}`);
  const drawn: CommonFault[] = [];
  let at = firstAt + exponential(random, calmMs);
  while (at < days * day) {
    const fault = make(random, at);
    if (fault.until < days * day) drawn.push(fault);
    at = fault.until + exponential(random, calmMs);
  }
  return drawn;
}

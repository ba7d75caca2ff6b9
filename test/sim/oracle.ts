// What must follow from the faults that happened, by the product's rules alone. Knows the world's plan and the true times of
// the faults; never sees the correlator's state. What it expects, score.ts compares with the desk.

import { assertNever } from '../../shared/assert.ts';
import { minute } from '../../shared/time.ts';
import type { Cause } from '../../shared/words.ts';
import type { SiteFault } from './faults.ts';
import { isSiteFault } from './faults.ts';
import { deedOf } from './inject-later.ts';
import type { Happened } from './injector.ts';
import { extraOutcome, providerExpectations } from './oracle-extra.ts';
import { plannedExpectation } from './oracle-later.ts';
import { chanceMeetings } from './oracle-meetings.ts';
import {
  darkSpeed,
  hostNames,
  isOnlyEye,
  isUnheard,
  linkOutcome,
  type Name,
  type Outcome,
  requirement,
  type Span,
  type SpeedClass,
} from './oracle-words.ts';
import type { SiteSpec, World } from './world.ts';

export interface Expectation {
  readonly happened: Happened;
  readonly site: string;
  /** `may`: 10 to 60 s long, or hidden by Vigia's own blindness. */
  readonly ticket: 'must' | 'may' | 'none';
  /** What it may be called, the best first. */
  readonly names: readonly Name[];
  readonly priority: 'critical' | 'not-critical' | 'either';
  /** Kernel times. */
  readonly truthAt: number;
  readonly restoredAt: number;
  /** A `must` ticket is asked for by then. */
  readonly latestAt: number;
  /** Undisturbed by blindness: its times count for the percentiles. */
  readonly clean: boolean;
  readonly speed: SpeedClass;
  /** A ticket asked for this long after everything works again is made of late data. */
  readonly overMs: number;
  /** It lies where one may say so or not: also now and again. */
  readonly again: boolean;
  readonly causes: readonly string[];
  /** Where the SLA's clock may start, in ms from `truthAt`; absent: where the fault began. */
  readonly startMs?: readonly [number, number];
}

/** A link that carries nobody can work on: a fifth of the packets lost, or answers that come 400 ms later ... */
const harmful = { lossRatio: 0.2, addedMs: 400 };
/** ... which a ticket must say when it lasts, and soon enough. */
const poorMsMin = 5 * minute;
const poorToldMs = 4 * minute;
/**
 * Where only losses tell, and not many: of the 70 probes in two minutes a link that loses a fifth loses less than the limit
 * of a tenth in 2 windows of 100, so two such windows one after the other are seen in a thousand seeds.
 */
const fewLosses = { lossRatio: 0.3, toldMs: 6 * minute };
/** An end is seen at once; that a link is good again only when the minutes that tell it have passed. */
const overMs = minute;
const poorOverMs = 4 * minute;
/** What nobody notices. */
const harmless = { lossRatio: 0.03, addedMs: 100 };

/** When the correlator saw nothing: its process was gone or its uplink cut. */
export function blindSpans(happened: readonly Happened[]): readonly Span[] {
  return happened
    .filter(({ fault }) =>
      ['noc.cut', 'server.restart', 'server.crash', 'server.torn-write'].includes(fault.kind),
    )
    .map(({ at, restoredAt }) => ({ from: at, to: restoredAt }));
}

export function expectations(world: World, happened: readonly Happened[]): readonly Expectation[] {
  const blind = blindSpans(happened);
  const all: Expectation[] = [];
  for (const one of happened) {
    if (one.fault.kind === 'provider.outage') {
      all.push(...providerExpectations({ world, happened: one, fault: one.fault, blind }));
    }
    // A full disk or a copied one lies beside other faults and is none that anybody must be told of.
    if (one.fault.kind === 'agent.disk-full' || one.fault.kind === 'agent.cloned') continue;
    const site = world.sites.find((spec) => isSiteFault(one.fault) && spec.id === one.fault.site);
    if (site === undefined || !isSiteFault(one.fault)) continue;
    const own = expectation(site, one, deedOf(one.fault), blind);
    all.push(one.fault.kind === 'work.planned' ? plannedExpectation(own, one.fault, blind) : own);
  }
  all.push(...chanceMeetings(world, happened));
  return all.sort((a, b) => a.truthAt - b.truthAt);
}

function expectation(
  site: SiteSpec,
  happened: Happened,
  fault: SiteFault,
  blind: readonly Span[],
): Expectation {
  // A program may be killed later than planned: at its next write.
  const what = outcome(site, { ...happened, fault: { ...fault, at: happened.at } }, blind);
  const outage: Span = { from: happened.at, to: happened.restoredAt };
  const latestAt = what.latestAt ?? happened.at + poorToldMs;
  const seen = what.opens === 'by-length' ? requirement(outage, blind) : { ticket: what.opens, latestAt };
  const clean = blind.every(
    (span) => span.to + 2 * minute < outage.from || span.from > outage.from + 2 * minute,
  );
  return {
    happened,
    site: site.id,
    ticket: seen.ticket,
    latestAt: seen.latestAt,
    names: what.names,
    priority: what.priority ?? 'critical',
    truthAt: outage.from,
    restoredAt: outage.to,
    clean,
    speed: what.speed ?? 'alone',
    again: fault.kind === 'link.poor' && what.opens === 'may' && !hurts(fault),
    overMs: fault.kind === 'link.poor' ? poorOverMs : overMs,
    startMs: what.startMs,
    causes: what.causes ?? ['unknown'],
  };
}

type Struck = Pick<Happened, 'hungMs' | 'ending'> & { readonly fault: SiteFault };

function outcome(site: SiteSpec, { fault, hungMs, ending }: Struck, blind: readonly Span[]): Outcome {
  switch (fault.kind) {
    case 'link.cut':
      return linkOutcome(site, fault);
    case 'link.poor':
      return poorOutcome(fault, blind);
    case 'site.power':
      return powerOutcome(site, fault, blind);
    case 'host.down':
      return hostOutcome(site, fault.host, [ending ?? 'unknown', 'unknown']);
    case 'host.unplugged':
      return hostOutcome(site, fault.host, unpluggedCauses(site, fault.host));
    case 'agent.killed': {
      const own: Name = { kind: 'agent-lost', host: fault.host };
      // The kernel's word that it closed the socket was lost, and nobody else is there to look: a dead machine.
      const told = !isUnheard(fault.at, blind) || !isOnlyEye(site, fault.host);
      if (told) return { opens: 'may', names: [own], priority: 'not-critical' };
      return { opens: 'may', names: [own, ...hostNames(site, fault.host)], priority: 'either' };
    }
    case 'agent.torn-write':
      return tornOutcome(site, fault);
    case 'work.planned':
      return outcome(site, { fault: fault.work, hungMs, ending }, blind);
    case 'clock.step':
    case 'agent.cloned':
    case 'agent.disk-full':
      return { opens: 'none', names: [] };
    case 'host.restart':
    case 'link.flaps':
    case 'agent.frozen':
    case 'session.half-open':
    case 'host.away':
      return extraOutcome(site, { fault, hungMs }, blind);
    default:
      return assertNever(fault);
  }
}

/**
 * The router comes back before the machines. Who did not see it dark sees hosts that are silent behind a living router.
 */
function powerOutcome(
  site: SiteSpec,
  fault: Extract<SiteFault, { readonly kind: 'site.power' }>,
  blind: readonly Span[],
): Outcome {
  const own: Name = { kind: 'site-offline' };
  const causes = ['power', 'unknown'];
  const dark: Span = { from: fault.at, to: fault.until + fault.routerMs };
  const seenDark = requirement(dark, blind).ticket === 'must';
  if (seenDark) return { opens: 'by-length', names: [own], speed: darkSpeed(site), causes };
  const names = [own, ...site.hosts.map((host): Name => ({ kind: 'host-down', host: host.key }))];
  return { opens: 'may', names, causes };
}

/** Poor is no outage: its class is the one below, and it is told of the link that is poor. */
function poorOutcome(
  fault: Extract<SiteFault, { readonly kind: 'link.poor' }>,
  blind: readonly Span[],
): Outcome {
  const names: readonly Name[] = [{ kind: 'link-degraded', link: fault.links[0] }];
  if (fault.lossRatio < harmless.lossRatio && fault.addedMs < harmless.addedMs) {
    return { opens: 'none', names: [] };
  }
  const lasts = fault.until - fault.at >= poorMsMin;
  const watched = blind.every((span) => span.to + 2 * minute < fault.at || fault.at + poorMsMin < span.from);
  return {
    opens: hurts(fault) && lasts && watched ? 'must' : 'may',
    names,
    priority: 'not-critical',
    speed: 'link',
    ...(fault.addedMs === 0 && fault.lossRatio < fewLosses.lossRatio
      ? { latestAt: fault.at + fewLosses.toldMs }
      : {}),
  };
}

function hurts({ lossRatio, addedMs }: Extract<SiteFault, { readonly kind: 'link.poor' }>): boolean {
  return lossRatio >= harmful.lossRatio || addedMs >= harmful.addedMs;
}

/** It ran on: its network was gone. Where nobody can tell it from its site, the site's links were, as far as it could see. */
function unpluggedCauses(site: SiteSpec, host: string): readonly Cause[] {
  return ['lan', 'unknown', ...(hostNames(site, host).length > 1 ? (['links'] as const) : [])];
}

/** A program that dies as any other, or a machine without power. What its spool had taken in before is all there. */
function tornOutcome(
  site: SiteSpec,
  { host, bootMs }: Extract<SiteFault, { readonly kind: 'agent.torn-write' }>,
): Outcome {
  if (bootMs !== undefined) return hostOutcome(site, host, ['power', 'unknown']);
  return { opens: 'may', names: [{ kind: 'agent-lost', host }], priority: 'not-critical' };
}

function hostOutcome(site: SiteSpec, host: string, causes: readonly Cause[]): Outcome {
  const names = hostNames(site, host);
  const spec = site.hosts.find((each) => each.key === host);
  if (spec?.role === 'other') return { opens: 'may', names, priority: 'not-critical' };
  // Without an agent on it nobody can tell why it is silent: a cause, even the true one, would be a guess.
  const known = spec?.agent === undefined ? ['unknown'] : causes;
  return { opens: 'by-length', names, speed: isOnlyEye(site, host) ? 'alone' : 'witnessed', causes: known };
}

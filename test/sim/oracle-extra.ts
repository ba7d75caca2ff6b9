// What must follow from the later kinds of fault, by the product's rules alone: flapping links, frozen agents, hung
// connections, machines that stay away, a provider's outage over several customers. Never sees the correlator's state.
import { assertNever } from '../../shared/assert.ts';
import { minute, second } from '../../shared/time.ts';
import { type Fault, restoredAt, type SiteFault } from './faults.ts';
import type { Happened } from './injector.ts';
import type { Expectation } from './oracle.ts';
import {
  hostNames,
  isOnlyEye,
  isUnheard,
  linkOutcome,
  type Name,
  type Outcome,
  requirement,
  type Span,
} from './oracle-words.ts';
import type { SiteSpec, World } from './world.ts';

type ExtraFault = Extract<
  SiteFault,
  { readonly kind: 'link.flaps' | 'host.restart' | 'agent.frozen' | 'session.half-open' | 'host.away' }
>;

/** This many downs within ten minutes are no longer single blips, whoever counts. */
const flapDowns = 5;
/** By then what said goodbye must be back, whatever its own returns have taught, and the earliest that may be asked. */
const returnMsMax = 60 * minute;
const returnMsMin = 5 * minute;
/** An ending blindness may move a deadline by its own length and no more. */
const blindMsMax = 11 * minute;

/** An orderly stop is over after this long at most, its goodbye said by one way or the other, or lost. */
const goodbyeMsMax = 4 * second;

interface Struck {
  readonly fault: ExtraFault;
  /** Its session hung so long when the goodbye was said into it. */
  readonly hungMs?: number;
}

export function extraOutcome(site: SiteSpec, { fault, hungMs }: Struck, blind: readonly Span[]): Outcome {
  switch (fault.kind) {
    case 'link.flaps':
      return flapsOutcome(fault, blind);
    case 'agent.frozen': {
      const own: Name = { kind: 'agent-lost', host: fault.host };
      // Nobody else is there to look at the machine: a program that stands still is a dead machine.
      if (isOnlyEye(site, fault.host)) {
        return { opens: 'may', names: [own, ...hostNames(site, fault.host)], priority: 'either' };
      }
      return { opens: 'may', names: [own], priority: 'not-critical' };
    }
    case 'session.half-open':
      return { opens: 'none', names: [] };
    case 'host.restart':
      return restartOutcome(site, fault, { blind, unheard: isGoodbyeUnheard(fault.at, hungMs, blind) });
    case 'host.away':
      return awayOutcome(site, fault, { blind, unheard: isGoodbyeUnheard(fault.at, hungMs, blind) });
    default:
      return assertNever(fault);
  }
}

/** One episode, one ticket, about the link; the first down may have opened it before it was one. */
function flapsOutcome(
  fault: Extract<ExtraFault, { readonly kind: 'link.flaps' }>,
  blind: readonly Span[],
): Outcome {
  const watched = blind.every((span) => span.to + 2 * minute < fault.at || fault.until < span.from);
  const last = fault.downs[flapDowns - 1];
  return {
    opens: watched && last !== undefined ? 'must' : 'may',
    names: [{ kind: 'link-down', link: fault.links[0] }],
    speed: 'link',
    causes: ['links', 'provider', 'gateway', 'unknown'],
    latestAt: (last?.at ?? fault.until) + minute,
    // A down of less than a minute may pass in silence: the clock then starts with the one that did not, at the latest
    // with the one that made it an episode. Where blindness hid the first ones, it starts with one that was seen.
    startMs: [-second, watched ? (last?.at ?? fault.until) - fault.at : fault.until - fault.at],
  };
}

interface Said {
  readonly blind: readonly Span[];
  /** The goodbye may have reached nobody. */
  readonly unheard: boolean;
}

/**
 * Where the session hung, the goodbye is said that much later and then by other ways: a correlator that went blind at any
 * moment until then may have heard none of it.
 */
function isGoodbyeUnheard(at: number, hungMs: number | undefined, blind: readonly Span[]): boolean {
  if (hungMs === undefined) return isUnheard(at, blind);
  const over = at + hungMs + goodbyeMsMax;
  return isUnheard(at, blind) || blind.some((span) => at < span.to && span.from < over);
}

/** Nothing to tell, unless the goodbye went unheard, or it took longer than what is asked of a quick machine. */
function restartOutcome(
  site: SiteSpec,
  fault: Extract<ExtraFault, { readonly kind: 'host.restart' }>,
  { unheard }: Said,
): Outcome {
  const slow = restoredAt(fault) - fault.at > returnMsMin;
  if (!unheard && !slow) return { opens: 'none', names: [] };
  const names = hostNames(site, fault.host);
  // A goodbye that nobody heard: to the correlator the machine just died, which is what it must say.
  if (unheard) return { opens: 'may', names, priority: 'either' };
  const startMs = [returnMsMin, restoredAt(fault) - fault.at + blindMsMax] as const;
  return { opens: 'may', names, causes: ['planned', 'unknown'], startMs };
}

/** Planned until it does not return: the clock starts at the moment by which it had to be back. */
function awayOutcome(
  site: SiteSpec,
  fault: Extract<ExtraFault, { readonly kind: 'host.away' }>,
  { blind, unheard }: Said,
): Outcome {
  const names = hostNames(site, fault.host);
  const watched = blind.every((span) => span.to < fault.at - minute || span.from > fault.until);
  return {
    opens: watched ? 'must' : 'may',
    names,
    causes: ['planned', 'unknown'],
    latestAt: fault.at + returnMsMax + minute,
    startMs: [unheard ? -12 * second : returnMsMin, returnMsMax + (watched ? minute : blindMsMax)],
  };
}

interface Regional {
  readonly world: World;
  readonly happened: Happened;
  readonly fault: Extract<Fault, { readonly kind: 'provider.outage' }>;
  readonly blind: readonly Span[];
}

/** Each customer's own outage as if it were alone, and one above them all. */
export function providerExpectations({ world, happened, fault, blind }: Regional): readonly Expectation[] {
  const clean = blind.every(
    (span) => span.to + 2 * minute < fault.at || span.from > fault.until + 2 * minute,
  );
  const own = fault.cuts.flatMap((cut): Expectation[] => {
    const site = world.sites.find((each) => each.id === cut.site);
    if (site === undefined) return [];
    const { id, until } = fault;
    const what = linkOutcome(site, {
      ...{ kind: 'link.cut', id, at: cut.at, until, site: cut.site },
      ...{ links: [cut.link], secondAfterMs: 0, mode: 'black-hole' },
    });
    return [
      {
        ...common(happened, fault, clean),
        site: cut.site,
        ...requirement({ from: cut.at, to: fault.until }, blind),
        names: what.names,
        truthAt: cut.at,
        speed: what.speed ?? 'alone',
        causes: what.causes ?? ['unknown'],
      },
    ];
  });
  const last = Math.max(...fault.cuts.map((cut) => cut.at));
  const sites = fault.cuts.map((cut) => world.sites.find((each) => each.id === cut.site));
  // Two may be chance, and a dark site tells less surely than an agent that is still heard.
  const told = sites.filter((site) => (site?.links.length ?? 0) > 1).length;
  const must = clean && told >= 3 && fault.until - last > 2 * minute;
  return [
    ...own,
    {
      ...common(happened, fault, clean),
      site: `provider:${fault.provider}`,
      ticket: must ? 'must' : 'may',
      names: [{ kind: 'provider-outage' }],
      truthAt: Math.min(...fault.cuts.map((cut) => cut.at)),
      latestAt: last + minute,
      speed: 'alone',
      causes: ['provider', 'unknown'],
    },
  ];
}

function common(happened: Happened, fault: Regional['fault'], clean: boolean) {
  return {
    happened,
    restoredAt: fault.until,
    clean,
    priority: 'critical',
    overMs: minute,
    again: false,
  } as const;
}

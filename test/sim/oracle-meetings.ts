// Two customers lose links of one provider within a minute, or seem to, each for a reason of its own: in the simulator's
// weather that happens, in a real month it does not, and nobody outside can tell it from the provider's outage. Either word
// is right.
// Knows the world and the true times only; never sees the correlator's state.
import { minute } from '../../shared/time.ts';
import { isSiteFault, restoredAt, type SiteFault } from './faults.ts';
import { deedOf } from './inject-later.ts';
import type { Happened } from './injector.ts';
import type { Expectation } from './oracle.ts';
import { hostNames } from './oracle-words.ts';
import type { SiteSpec, World } from './world.ts';

/** So near to each other they look like one event. */
const meetingMs = minute;

/** One link that was lost, or is as silent as a lost one. */
interface LinkLost {
  readonly happened: Happened;
  readonly customer: string;
  readonly provider: string;
  readonly from: number;
  readonly to: number;
}

export function chanceMeetings(world: World, happened: readonly Happened[]): readonly Expectation[] {
  const losses = happened.flatMap((one) => lossesOf(world, one)).sort((a, b) => a.from - b.from);
  return losses.flatMap((later, index) => {
    const earlier = losses
      .slice(0, index)
      .find(
        (other) =>
          other.provider === later.provider &&
          other.customer !== later.customer &&
          later.from - other.from <= meetingMs &&
          later.from < other.to,
      );
    return earlier === undefined ? [] : [meeting(earlier, later)];
  });
}

function meeting(earlier: LinkLost, later: LinkLost): Expectation {
  return {
    happened: later.happened,
    site: `provider:${later.provider}`,
    ticket: 'may',
    names: [{ kind: 'provider-outage' }],
    priority: 'critical',
    truthAt: earlier.from,
    restoredAt: Math.max(earlier.to, later.to),
    latestAt: later.from + minute,
    clean: false,
    speed: 'alone',
    overMs: minute,
    again: false,
    causes: ['provider', 'unknown'],
  };
}

/** Without power a site's links are as silent as with a dead provider. A poor link is not lost. */
function lossesOf(world: World, happened: Happened): readonly LinkLost[] {
  const { fault } = happened;
  if (!isSiteFault(fault)) return [];
  const site = world.sites.find((spec) => spec.id === fault.site);
  if (site === undefined) return [];
  return downsOf(site, deedOf(fault)).flatMap(({ link, from, to }) => {
    const provider = site.links.find((spec) => spec.key === link)?.provider;
    return provider === undefined ? [] : [{ happened, customer: site.customer, provider, from, to }];
  });
}

interface Down {
  readonly link: string;
  readonly from: number;
  readonly to: number;
}

function downsOf(site: SiteSpec, fault: SiteFault): readonly Down[] {
  switch (fault.kind) {
    case 'link.cut':
      return fault.links.map((link) => ({ link, from: fault.at, to: fault.until }));
    case 'link.flaps':
      return fault.downs.map(({ at, until }) => ({ link: fault.links[0], from: at, to: until }));
    case 'site.power':
      return site.links.map(({ key }) => ({ link: key, from: fault.at, to: fault.until + fault.routerMs }));
    case 'host.down':
    case 'host.unplugged':
    case 'agent.frozen':
      return seemingDownsOf(site, fault);
    default:
      return [];
  }
}

/**
 * The only eye of a site has gone without a word and no public address answers pings: nobody can tell it from the site's
 * links, and where all of these are one provider's, not from that provider.
 */
function seemingDownsOf(
  site: SiteSpec,
  fault: Extract<SiteFault, { readonly kind: 'host.down' | 'host.unplugged' | 'agent.frozen' }>,
): readonly Down[] {
  const seemsDark = hostNames(site, fault.host).some(({ kind }) => kind === 'site-offline');
  const ofOneProvider = new Set(site.links.map(({ provider }) => provider)).size === 1;
  if (!seemsDark || !ofOneProvider) return [];
  return site.links.map(({ key }) => ({ link: key, from: fault.at, to: restoredAt(fault) }));
}

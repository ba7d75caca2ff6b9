// What an outage is called and from when on it must be told, by the product's rules alone: the words that oracle.ts and
// oracle-extra.ts share. Never sees the correlator's state.
import { second } from '../../shared/time.ts';
import type { IncidentKind } from '../../shared/words.ts';
import type { SiteFault } from './faults.ts';
import type { SiteSpec } from './world.ts';

/** How fast it must be seen (the product's goals). */
export type SpeedClass = 'link' | 'witnessed' | 'alone';

/** A right answer: kind and, where it has one, its target. */
export interface Name {
  readonly kind: IncidentKind;
  readonly link?: string;
  readonly host?: string;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** An outage this long always opens a ticket; one under `blipMs` never does. */
const outageMs = 60 * second;
const blipMs = 10 * second;
/** Blindness hides what began shortly before it: silence needs up to 30 s to be told from a late packet. */
const silenceMsMax = 35 * second;

export interface Outcome {
  readonly opens: 'by-length' | 'must' | 'may' | 'none';
  readonly names: readonly Name[];
  readonly priority?: 'critical' | 'not-critical' | 'either';
  readonly speed?: SpeedClass;
  readonly causes?: readonly string[];
  /** Of a `must` that is not told by its length: kernel time. */
  readonly latestAt?: number;
  readonly startMs?: readonly [number, number];
}

/** What was said then may not have reached the correlator, or not in the life that would remember it. */
export function isUnheard(at: number, blind: readonly Span[]): boolean {
  return blind.some((span) => span.from - second < at && at < span.to + 45 * second);
}

/** One link of two is the link's own incident; all links are the site's, and of an only link either name is right. */
export function linkOutcome(
  site: SiteSpec,
  fault: Extract<SiteFault, { readonly kind: 'link.cut' }>,
): Outcome {
  const causes = ['links', 'provider', 'gateway', 'unknown'];
  const own: Name = { kind: 'link-down', link: fault.links[0] };
  if (fault.links.length < site.links.length) {
    return { opens: 'by-length', names: [own], speed: 'link', causes };
  }
  const names: readonly Name[] = [{ kind: 'site-offline' }, ...(site.links.length === 1 ? [own] : [])];
  return { opens: 'by-length', names, speed: darkSpeed(site), causes };
}

/**
 * A host alone at its site, or the only one with an agent there: when no public address answers pings either,
 * nobody can tell it from its site.
 */
export function hostNames(site: SiteSpec, host: string): readonly Name[] {
  const own: Name = { kind: 'host-down', host };
  const indistinct = isOnlyEye(site, host) && !site.links.some((link) => link.answersPings);
  return indistinct ? [own, { kind: 'site-offline' }] : [own];
}

export function isOnlyEye(site: SiteSpec, host: string): boolean {
  return !site.hosts.some((other) => other.agent !== undefined && other.key !== host);
}

/** The silence of one link's address is explained by that link alone: only all of them together speak for the site. */
export function darkSpeed(site: SiteSpec): SpeedClass {
  return site.links.every((link) => link.answersPings) ? 'witnessed' : 'alone';
}

/** The first stretch of the outage that Vigia could watch for 60 s decides; a blip is none however it is cut. */
export function requirement(
  outage: Span,
  blind: readonly Span[],
): { readonly ticket: 'must' | 'may' | 'none'; readonly latestAt: number } {
  if (outage.to - outage.from < blipMs) return { ticket: 'none', latestAt: 0 };
  let from = outage.from;
  for (const span of [...blind].sort((a, b) => a.from - b.from)) {
    if (span.to < from) continue;
    if (span.from - silenceMsMax - from >= outageMs) break;
    if (span.from > outage.to + silenceMsMax) break;
    from = Math.max(from, span.to);
  }
  const end = outage.to;
  return end - from >= outageMs
    ? { ticket: 'must', latestAt: from + outageMs }
    : { ticket: 'may', latestAt: 0 };
}

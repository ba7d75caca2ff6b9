// When each link, machine and site of a customer was watched by somebody: what an availability report may call "up". A link
// by its own minutes of measurements; a machine and a site also by the agents that were enrolled there and heard, because
// a site may have no link to measure. Time that nobody watched must never come out as watched.
import { setImmediate as breath } from 'node:timers/promises';
import type { AgentId, SiteId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { type Instant, instant, minute, plus } from '../../../shared/time.ts';
import type { Incident } from '../../core/incident.ts';
import { watchedSpans } from '../../core/report/fleet-providers.ts';
import type { Thing } from '../../core/report/reach.ts';
import { clipped, joined, type Span } from '../../core/report/spans.ts';
import { stretchesOf } from '../../core/report/stretches.ts';
import type { Evidence } from '../../core/report/thing-account.ts';
import type { AgentState } from '../../core/state.ts';
import type { Site } from '../../core/topology.ts';
import type { AgentRecord } from '../../ports/registry.ts';
import type { GatherParts } from './gather.ts';

export interface WatchedQuestion {
  readonly sites: readonly Site[];
  readonly span: Span;
  /** Of these sites; a lost agent watches nothing. */
  readonly incidents: readonly Incident[];
}

/** A stretch in which the agent on this machine was at work. */
interface Stay extends Span {
  readonly host: string;
}

/** All that is known of one site. */
interface SiteWatch {
  readonly site: Site;
  /** Measurements of each of its links, by the link's key. */
  readonly measured: ReadonlyMap<string, readonly Stay[]>;
  /** Its agents, from enrolment on, while they were heard. */
  readonly sessions: readonly Stay[];
}

/** Measurements are asked once for each link of the customer; what things need is put together from them. */
export async function gatherWatched(
  parts: Pick<GatherParts, 'clock' | 'correlator' | 'registry' | 'series'>,
  { sites, span, incidents }: WatchedQuestion,
): Promise<Evidence['watched']> {
  const now = parts.clock.now();
  const keptSince = now - limits.rollupsKeptMs;
  const agents = Map.groupBy(parts.registry.agents(), ({ site }) => site);
  const known = new Map<SiteId, SiteWatch>();
  for (const site of sites) {
    const own = agents.get(site.id) ?? [];
    const from = Math.max(span.from, keptSince);
    const measured = await measuredAt(parts, { site, agents: own, span: { from, to: span.to } });
    const lost = incidents.filter((each) => each.site === site.id && each.kind === 'agent-lost');
    const states = parts.correlator.state().agents;
    const sessions = own.flatMap((agent) => sessionsOf(agent, { state: states.get(agent.id), lost, now }));
    known.set(site.id, { site, measured, sessions });
  }
  return (thing, period) => {
    if (period.from < keptSince) return undefined;
    const watch = known.get(thing.site);
    // Whoever reads this does so a moment after it was gathered: that moment is no hole either.
    const readAt = instant(Math.max(now, period.to));
    return watch === undefined ? [] : untilNow(spansOf(thing, watch, readAt), readAt);
  };
}

async function measuredAt(
  { series }: Pick<GatherParts, 'series'>,
  {
    site,
    agents,
    span,
  }: { readonly site: Site; readonly agents: readonly AgentRecord[]; readonly span: Span },
): Promise<SiteWatch['measured']> {
  const hosts = new Map<AgentId, string>(agents.map(({ id, host }) => [id, host]));
  const measured = new Map<string, readonly Stay[]>();
  for (const { key } of site.links) {
    const found: Stay[] = [];
    for (let from = span.from; from < span.to; from += limits.reportSliceMs) {
      const to = instant(Math.min(span.to, from + limits.reportSliceMs));
      const bridgeMs = limits.reportBridgeMs;
      const islands = series.presence({ site: site.id, link: key, from: instant(from), to, bridgeMs });
      for (const { agent, first, last } of islands)
        found.push({ host: hosts.get(agent) ?? '', from: first, to: plus(last, minute) });
      await breath();
    }
    measured.set(key, found);
  }
  return measured;
}

interface Heard {
  readonly state: AgentState | undefined;
  readonly lost: readonly Incident[];
  readonly now: Instant;
}

/** From enrolment until it was revoked or heard last, without the stretches in which it was missed. */
function sessionsOf(
  { host, enrolledAt, revokedAt }: AgentRecord,
  { state, lost, now }: Heard,
): readonly Stay[] {
  const to = revokedAt ?? heardUntil(state, now);
  if (to === undefined) return [];
  const stretches = new Map(lost.map((each) => [each.id, stretchesOf(each, now)]));
  const spans = watchedSpans([{ host, from: enrolledAt, to }], { incidents: lost, stretches });
  return spans.map((span) => ({ ...span, host }));
}

/** Undefined: it has never been heard. */
function heardUntil(state: AgentState | undefined, now: Instant): Instant | undefined {
  switch (state?.presence) {
    case 'live':
    case 'suspected':
      return now;
    case 'silent':
      return state.lastHeardAt ?? state.presenceSince;
    // It has said goodbye, or was thrown out, at that instant.
    case 'away':
    case 'revoked':
      return state.presenceSince;
    case 'new':
    case undefined:
      return undefined;
  }
}

function spansOf(thing: Thing, { site, measured, sessions }: SiteWatch, now: Instant): readonly Span[] {
  if (thing.kind === 'link') return measured.get(thing.key) ?? [];
  const all = [...measured.values()].flat();
  // Where links are measured, minutes say more than sessions; before the first, and without links, sessions say all.
  const begin = all.reduce((first, { from }) => Math.min(first, from), Number.POSITIVE_INFINITY);
  const before = clipped(sessions, { from: 0, to: begin });
  if (thing.kind === 'site' || isProbed(thing, site)) return [...all, ...before];
  const heard = untilNow(all, now);
  const within = heard.flatMap((span) => clipped(sessions, span));
  return [...all, ...before, ...within].filter(({ host }) => host === thing.key);
}

/** Its neighbours watch it, by its address. A machine that has left the inventory was told of by somebody: the same. */
function isProbed({ key }: Thing, { hosts }: Site): boolean {
  const listed = hosts.find((host) => host.key === key);
  return listed === undefined || listed.address !== undefined;
}

/** The minute that runs has not been told yet; that is no hole. */
function untilNow(spans: readonly Span[], now: Instant): readonly Span[] {
  const whole = joined(spans, limits.reportBridgeMs);
  const last = whole.at(-1);
  if (last === undefined || last.to >= now || last.to + limits.reportBridgeMs < now) return whole;
  return [...whole.slice(0, -1), { from: last.from, to: now }];
}

// Room 9 of the route: the site's evidence -> findings, each with its witnesses and the hypotheses refused. Pure and
// without memory. The order of the questions is the order of the causes: the site before its links before its hosts.
import { earlier, type Instant, later, minute, plus } from '../../../shared/time.ts';
import type { HostRole } from '../../../shared/words.ts';
import type { Policy } from '../policy.ts';
import type { AddressReport, AgentState } from '../state.ts';
import { diagnoseHosts } from './diagnose-hosts.ts';
import { diagnoseLinks } from './diagnose-links.ts';
import { agentCauseKey, type Finding, hostCauseKey, siteCauseKey } from './finding.ts';
import { weighLoneMachine, weighSilentSite } from './hypotheses.ts';
import { returnWatch } from './return-watch.ts';
import {
  addressWitness,
  clampToSight,
  comebackHold,
  earliest,
  kernelWitness,
  latest,
  missedAt,
  type SiteView,
  silenceStart,
  silenceWitness,
  startBetween,
} from './witness.ts';

/** All findings of a site at `now`; at most one per cause key. */
export function diagnose(view: SiteView, policy: Policy, now: Instant): readonly Finding[] {
  const whole = view.live.length === 0 ? diagnoseSilentSite(view, policy, now) : undefined;
  if (whole !== undefined) return [whole, ...returnWatch(view, now)];
  return [...diagnoseLinks(view, policy), ...diagnoseHosts(view, policy), ...returnWatch(view, now)];
}

/**
 * Every expected agent is suspected or silent.
 * - Independent witnesses agree (every link has a public address that used to answer, and all are silent):
 *   `site-offline`, soon. When some link cannot be seen from outside, a failover to it is awaited first.
 * - Nothing outside to ask: `site-offline` when the silence itself is a verdict.
 * - An address still answers: the router lives. A failover may be under way, so wait; then one lone machine is
 *   `host-down` (or `agent-lost` when its kernel closed the socket), several are `site-offline`.
 */
function diagnoseSilentSite(view: SiteView, policy: Policy, now: Instant): Finding | undefined {
  const agents = view.expected;
  if (agents.length === 0) return undefined;
  const dead = view.addresses.filter((address) => !address.answers);
  const silent = agents.every((agent) => agent.presence === 'silent');
  const began = firstEvidence(view, policy, dead) ?? now;
  const silence: Silence = {
    since: began,
    startedAt: startBetween(view, latest(agents.flatMap((agent) => agent.lastHeardAt ?? [])), began),
    silentSince: silent ? latest(agents.map((agent) => agent.presenceSince)) : undefined,
    dead,
  };
  if (dead.length > 0 && dead.length === view.addresses.length)
    return allAddressesDead(view, policy, silence);
  const closedByPeer = agents.every((agent) => agent.closedByPeer);
  const { since, startedAt, silentSince } = silence;
  if (view.addresses.length === 0 && !closedByPeer)
    return siteFinding(view, { since, startedAt, confirmedAt: silentSince });
  const failover = dead.length > 0 ? plus(since, policy.failoverSeenHoldMs) : since;
  const holdUntil = later(failover, comebackHold(view, since, policy.comebackHoldMs) ?? since);
  const [first, ...others] = agents;
  if (first !== undefined && others.length === 0) {
    // Where nobody sees one of the links from outside, the router may be leaving it, or going back to it.
    const isUnseen = dead.length === 0 && view.addresses.length > 0 && !isEveryLinkSeen(view);
    const unseen = isUnseen ? plus(since, policy.failoverHoldMs) : since;
    return loneMachine(view, { ...silence, agent: first, holdUntil: later(holdUntil, unseen) });
  }
  // All programs were ended by their own kernels while the site lives: each is an `agent-lost`, found one by one.
  if (closedByPeer) return undefined;
  return siteFinding(view, {
    since,
    startedAt,
    confirmedAt: silentSince,
    holdUntil: later(holdUntil, plus(since, policy.failoverSeenHoldMs)),
  });
}

/** What the silence of a whole site amounts to. */
interface Silence {
  readonly since: Instant;
  /** Between the last good sign of any agent and `since`. */
  readonly startedAt: Instant | undefined;
  /** All agents are silent, not only suspected, since then. */
  readonly silentSince: Instant | undefined;
  readonly dead: readonly AddressReport[];
}

function allAddressesDead(view: SiteView, policy: Policy, silence: Silence): Finding | undefined {
  const { since, startedAt, silentSince, dead } = silence;
  if (!isEveryLinkSeen(view)) {
    return siteFinding(view, {
      since,
      startedAt,
      confirmedAt: silentSince,
      holdUntil: plus(since, policy.failoverHoldMs),
    });
  }
  const lastAddress = latest(dead.map((address) => address.since)) ?? since;
  const lastAgent = latest(view.expected.map((agent) => agent.presenceSince)) ?? since;
  return siteFinding(view, {
    since,
    startedAt,
    confirmedAt: later(lastAgent, lastAddress),
    // Each address must have been silent longer than a blip, and the own anchors good after that.
    holdUntil: plus(lastAddress, policy.blipMs + policy.blipMarginMs),
  });
}

function isEveryLinkSeen({ site, addresses }: SiteView): boolean {
  return site.links.every((link) => addresses.some((each) => each.link === link.key));
}

interface LoneMachine extends Silence {
  readonly agent: AgentState;
  readonly holdUntil: Instant;
}

function loneMachine(view: SiteView, lone: LoneMachine): Finding | undefined {
  const { agent, since, silentSince, holdUntil } = lone;
  const closedByKernel = agent.closedByPeer ? kernelWitness(agent) : undefined;
  const silence = silenceWitness(view, agent);
  const verdict = weighLoneMachine({
    silence,
    closedByKernel,
    addresses: view.addresses.map(addressWitness),
  });
  if (verdict === undefined) return undefined;
  const program = verdict.kind === 'agent-lost';
  return {
    kind: verdict.kind,
    cause: 'unknown',
    causeKey: program ? agentCauseKey(agent.host) : hostCauseKey(agent.host),
    host: agent.host,
    hostRole: hostRoleOf(view, agent),
    since,
    startedAt: silenceStart(view, agent, since),
    confirmedAt: silentSince,
    holdUntil,
    recovering: false,
    rests: 'silence',
    verdict,
  };
}

function hostRoleOf(view: SiteView, agent: AgentState): HostRole {
  return view.hosts.find((each) => each.agent?.id === agent.id)?.host.role ?? 'server';
}

function siteFinding(
  view: SiteView,
  when: Pick<Finding, 'since' | 'startedAt' | 'confirmedAt' | 'holdUntil'>,
): Finding | undefined {
  const verdict = weighSilentSite({
    silences: view.expected.map((agent) => silenceWitness(view, agent)),
    deadAddresses: view.addresses.filter((each) => !each.answers).map(addressWitness),
    livingAddresses: view.addresses.filter((each) => each.answers).map(addressWitness),
    linkCount: view.site.links.length,
    agentCount: view.expected.length,
  });
  if (verdict === undefined) return undefined;
  return {
    kind: verdict.kind,
    cause: 'unknown',
    causeKey: siteCauseKey,
    ...when,
    recovering: false,
    rests: 'silence',
    verdict,
  };
}

/** The earliest failing evidence that is still failing and belongs to this episode. */
function firstEvidence(view: SiteView, policy: Policy, dead: readonly AddressReport[]): Instant | undefined {
  const missed = view.expected.map((agent) => missedAt(view, agent, policy.heartbeatMs));
  const last = latest(missed);
  // A machine that has been dead for an hour is its own outage: the site is silent only since its last agent is.
  const silence = earliest(missed.filter((each) => last !== undefined && last - each <= minute));
  const all = dead.length > 0 && dead.length === view.addresses.length;
  const outside = all ? latest(dead.map((address) => address.since)) : undefined;
  if (silence === undefined || outside === undefined) return silence ?? outside;
  const clamped = clampToSight(view.server, outside);
  // More than a minute apart they are not one episode: the site is silent since the later of the two.
  return Math.abs(clamped - silence) <= minute ? earlier(clamped, silence) : later(clamped, silence);
}

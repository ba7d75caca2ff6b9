// Room 9 of the route: the site's evidence -> findings, each with its witnesses and the hypotheses refused. Pure and
// without memory. The order of the questions is the order of the causes: the site before its links before its hosts.
import { earlier, type Instant, later, minute, plus } from '../../../shared/time.ts';
import type { Refused, Verdict, Witness } from '../incident.ts';
import type { Policy } from '../policy.ts';
import type { AddressReport, AgentState } from '../state.ts';
import { diagnoseHosts } from './diagnose-hosts.ts';
import { diagnoseLinks } from './diagnose-links.ts';
import { agentCauseKey, type Finding, hostCauseKey, siteCauseKey } from './finding.ts';
import {
  addressWitness,
  clampToSight,
  comebackHold,
  earliest,
  latest,
  missedAt,
  type SiteView,
  silenceWitness,
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
  const silence: Silence = {
    since: firstEvidence(view, policy, dead) ?? now,
    silentSince: silent ? latest(agents.map((agent) => agent.presenceSince)) : undefined,
    dead,
    witnesses: [...agents.map(silenceWitness), ...view.addresses.map(addressWitness)],
  };
  if (dead.length > 0 && dead.length === view.addresses.length)
    return allAddressesDead(view, policy, silence);
  const closedByPeer = agents.every((agent) => agent.closedByPeer);
  const { since, silentSince, witnesses } = silence;
  if (view.addresses.length === 0 && !closedByPeer) {
    return siteFinding({
      since,
      confirmedAt: silentSince,
      witnesses,
      refused: refusedForSite(view, undefined),
    });
  }
  const failover = dead.length > 0 ? plus(since, policy.failoverSeenHoldMs) : since;
  const holdUntil = later(failover, comebackHold(view, since, policy.comebackHoldMs) ?? since);
  const [first, ...others] = agents;
  if (first !== undefined && others.length === 0)
    return loneMachine(view, { ...silence, agent: first, holdUntil });
  // All programs were ended by their own kernels while the site lives: each is an `agent-lost`, found one by one.
  if (closedByPeer) return undefined;
  return siteFinding({
    since,
    confirmedAt: silentSince,
    holdUntil: later(holdUntil, plus(since, policy.failoverSeenHoldMs)),
    witnesses,
    refused: refusedForSite(view, 'address-answers'),
  });
}

/** What the silence of a whole site amounts to. */
interface Silence {
  readonly since: Instant;
  /** All agents are silent, not only suspected, since then. */
  readonly silentSince: Instant | undefined;
  readonly dead: readonly AddressReport[];
  readonly witnesses: readonly Witness[];
}

function allAddressesDead(view: SiteView, policy: Policy, silence: Silence): Finding {
  const { since, silentSince, dead, witnesses } = silence;
  const refused = refusedForSite(view, 'no-address-answers');
  const everyLinkSeen = view.site.links.every((link) =>
    view.addresses.some((each) => each.link === link.key),
  );
  if (!everyLinkSeen) {
    return siteFinding({
      since,
      confirmedAt: silentSince,
      holdUntil: plus(since, policy.failoverHoldMs),
      witnesses,
      refused,
    });
  }
  const lastAddress = latest(dead.map((address) => address.since)) ?? since;
  const lastAgent = latest(view.expected.map((agent) => agent.presenceSince)) ?? since;
  return siteFinding({
    since,
    confirmedAt: later(lastAgent, lastAddress),
    // Each address must have been silent longer than a blip, and the own anchors good after that.
    holdUntil: plus(lastAddress, policy.blipMs + policy.blipMarginMs),
    witnesses,
    refused,
  });
}

interface LoneMachine extends Silence {
  readonly agent: AgentState;
  readonly holdUntil: Instant;
}

function loneMachine(view: SiteView, lone: LoneMachine): Finding {
  const { agent, since, silentSince, holdUntil, witnesses } = lone;
  const host = view.hosts.find((each) => each.agent?.id === agent.id)?.host;
  const shared = {
    since,
    confirmedAt: silentSince,
    holdUntil,
    recovering: false,
    rests: 'silence' as const,
    host: agent.host,
  };
  const answered: Refused = { kind: 'site-offline', because: 'address-answers' };
  if (agent.closedByPeer) {
    const said: Witness = {
      source: 'session',
      who: agent.host,
      says: 'session-closed-by-peer',
      since: agent.lastHeardAt,
    };
    const verdict: Verdict = {
      kind: 'agent-lost',
      confidence: 'single',
      witnesses: [...witnesses, said],
      refused: [answered],
    };
    return { ...shared, kind: 'agent-lost', cause: 'unknown', causeKey: agentCauseKey(agent.host), verdict };
  }
  const refused: Refused[] = [answered, { kind: 'agent-lost', because: 'no-neighbour-can-tell' }];
  const verdict: Verdict = { kind: 'host-down', confidence: 'single', witnesses, refused };
  return {
    ...shared,
    kind: 'host-down',
    cause: 'unknown',
    causeKey: hostCauseKey(agent.host),
    hostRole: host?.role ?? 'server',
    verdict,
  };
}

/** Agents that said goodbye and are not back in time. */
function returnWatch(view: SiteView, now: Instant): Finding[] {
  return view.away.flatMap((agent): Finding[] => {
    if (agent.returnBy === undefined || now < agent.returnBy) return [];
    const testimony = view.record.hosts.find(
      (report) => report.host === agent.host && report.status === 'up',
    );
    const reachable =
      testimony !== undefined && view.speakers.some((speaker) => speaker.id === testimony.agent);
    const program = reachable || agent.goodbyeReason === 'service-stop';
    const host = view.hosts.find((each) => each.agent?.id === agent.id)?.host;
    const witness: Witness = {
      source: 'goodbye',
      who: agent.host,
      says: 'agent-said-goodbye',
      since: agent.presenceSince,
    };
    const kind = program ? ('agent-lost' as const) : ('host-down' as const);
    const verdict: Verdict = { kind, confidence: 'single', witnesses: [witness], refused: [] };
    return [
      {
        kind,
        cause: 'planned',
        causeKey: program ? agentCauseKey(agent.host) : hostCauseKey(agent.host),
        host: agent.host,
        hostRole: host?.role ?? 'server',
        since: agent.returnBy,
        confirmedAt: agent.returnBy,
        recovering: false,
        rests: 'silence',
        verdict,
      },
    ];
  });
}

interface SiteFinding {
  readonly since: Instant;
  readonly confirmedAt?: Instant;
  readonly holdUntil?: Instant;
  readonly witnesses: readonly Witness[];
  readonly refused: readonly Refused[];
}

function siteFinding({ since, confirmedAt, holdUntil, witnesses, refused }: SiteFinding): Finding {
  const sources = new Set(witnesses.map((witness) => witness.source));
  const confidence = sources.size > 1 || witnesses.length > 1 ? 'confirmed' : 'single';
  return {
    kind: 'site-offline',
    cause: 'unknown',
    causeKey: siteCauseKey,
    since,
    confirmedAt,
    holdUntil,
    recovering: false,
    rests: 'silence',
    verdict: { kind: 'site-offline', confidence, witnesses, refused },
  };
}

function refusedForSite(
  view: SiteView,
  because: 'no-address-answers' | 'address-answers' | undefined,
): Refused[] {
  const refused: Refused[] = [{ kind: 'own-outage', because: 'own-anchors-answer' }];
  if (because === 'no-address-answers')
    refused.push({ kind: 'agent-lost', because }, { kind: 'host-down', because });
  else if (view.expected.length > 1) refused.push({ kind: 'host-down', because: 'no-neighbour-can-tell' });
  return refused;
}

/** The earliest failing evidence that is still failing and belongs to this episode. */
function firstEvidence(view: SiteView, policy: Policy, dead: readonly AddressReport[]): Instant | undefined {
  const silence = earliest(view.expected.map((agent) => missedAt(view, agent, policy.heartbeatMs)));
  const all = dead.length > 0 && dead.length === view.addresses.length;
  const outside = all ? latest(dead.map((address) => address.since)) : undefined;
  if (silence === undefined || outside === undefined) return silence ?? outside;
  const clamped = clampToSight(view.server, outside);
  // More than a minute apart they are not one episode: the site is silent since the later of the two.
  return Math.abs(clamped - silence) <= minute ? earlier(clamped, silence) : later(clamped, silence);
}

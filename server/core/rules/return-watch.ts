// Return watch: a machine that said goodbye must be back in time. Its deadline is learned from its own returns, or
// given by the maintenance window it went away in. Part of `diagnose`.

import { limits } from '../../../shared/limits.ts';
import { type Instant, later, plus } from '../../../shared/time.ts';
import type { Draft } from '../draft.ts';
import type { Incident, Witness } from '../incident.ts';
import type { Policy } from '../policy.ts';
import type { AgentReturn, AgentState } from '../state.ts';
import { agentCauseKey, type Finding, hostCauseKey, siteCauseKey } from './finding.ts';
import { weighOverdue } from './hypotheses.ts';
import { returnsWanted } from './planned.ts';
import { planCauseKnown } from './ticket-plan.ts';
import { hostTestimony, latest, neighbourWitness, type SiteView } from './witness.ts';

export interface Goodbye {
  readonly at: Instant;
  readonly reason: string | undefined;
}

/**
 * By when it must be back: what a window over the absence asks for (the latest, where several do), else what its own
 * returns have taught, else `policy.goodbyeReturnMs`.
 */
export function returnDeadline(
  draft: Pick<Draft, 'topology' | 'planned' | 'policy'>,
  agent: AgentState,
  goodbye: Goodbye,
): Instant {
  const learned = plus(goodbye.at, learnedReturnMs(agent, goodbye.reason, draft.policy));
  const site = draft.topology.sites.get(agent.site);
  if (site === undefined) return learned;
  const given = returnsWanted(site, draft.planned, agent.host).flatMap(({ startsAt, returnBy }) =>
    returnBy !== undefined && startsAt <= learned && goodbye.at < returnBy ? [returnBy] : [],
  );
  return latest(given) ?? learned;
}

/** Twice the slowest of its last returns and the slack, within the bounds; in ms. */
export function learnedReturnMs(agent: AgentState, reason: string | undefined, policy: Policy): number {
  const of = kindOfReturn(reason);
  const own = (agent.returns ?? []).filter((each) => each.of === of).map((each) => each.tookMs);
  if (own.length === 0) return policy.goodbyeReturnMs;
  const wanted = 2 * Math.max(...own) + policy.returnSlackMs;
  return Math.min(Math.max(wanted, policy.returnMinMs), policy.returnMaxMs);
}

/** The agent as it comes back now: one more return known. */
export function withReturn(agent: AgentState, now: Instant): AgentState {
  if (agent.presence !== 'away' || agent.goodbyeAt === undefined) return agent;
  const of = kindOfReturn(agent.goodbyeReason);
  // It has not gone yet: the goodbye was not confirmed, and is said once more over another connection.
  if (of === 'machine' && now - agent.goodbyeAt < limits.goodbyeAgainMs) return agent;
  const returns = [...(agent.returns ?? []), { of, tookMs: now - agent.goodbyeAt }];
  return { ...agent, returns: returns.slice(-limits.returnsPerAgentMax) };
}

function kindOfReturn(reason: string | undefined): AgentReturn['of'] {
  return reason === 'service-stop' ? 'service' : 'machine';
}

/**
 * Agents that said goodbye and are not back in time. Where nobody else is left at the site and all of several are
 * overdue, that is one cause: the site did not come back.
 */
export function returnWatch(view: SiteView, now: Instant): Finding[] {
  const overdue = view.away.filter((agent) => agent.returnBy !== undefined && agent.returnBy <= now);
  const whole = view.expected.length === 0 && overdue.length > 1 && overdue.length === view.away.length;
  if (whole) return [siteNotBack(overdue, now)];
  return overdue.map((agent) => notBack(view, agent, agent.returnBy ?? now));
}

/** What was awaited after a late goodbye is not back in time: told once, because level 1 was asked to wait. */
export function overdueNow(draft: Draft, view: SiteView, incident: Incident, finding: Finding): Incident {
  const { cause, returnBy, overdue } = incident;
  const wasAwaited = cause === 'planned' && returnBy !== undefined && overdue === undefined;
  if (finding.awaySince === undefined || !wasAwaited) return incident;
  return planCauseKnown(draft, view, { ...incident, overdue: true });
}

function siteNotBack(overdue: readonly AgentState[], now: Instant): Finding {
  const since = latest(overdue.flatMap((agent) => agent.returnBy ?? [])) ?? now;
  return {
    kind: 'site-offline',
    cause: 'planned',
    causeKey: siteCauseKey,
    since,
    confirmedAt: since,
    awaySince: overdue
      .flatMap((agent) => agent.goodbyeAt ?? [])
      .reduce(later, overdue[0]?.presenceSince ?? since),
    recovering: false,
    rests: 'silence',
    verdict: {
      kind: 'site-offline',
      confidence: 'confirmed',
      witnesses: overdue.map(goodbyeWitness),
      refused: [],
    },
  };
}

function notBack(view: SiteView, agent: AgentState, since: Instant): Finding {
  const testimony = hostTestimony(view, agent.host);
  const reachable = testimony?.status === 'up' ? neighbourWitness(view, testimony) : undefined;
  const stopped = reachable !== undefined || agent.goodbyeReason === 'service-stop';
  const verdict = weighOverdue(goodbyeWitness(agent), reachable, stopped);
  const program = verdict.kind === 'agent-lost';
  const host = view.hosts.find((each) => each.agent?.id === agent.id)?.host;
  return {
    kind: verdict.kind,
    cause: 'planned',
    causeKey: program ? agentCauseKey(agent.host) : hostCauseKey(agent.host),
    host: agent.host,
    hostRole: host?.role ?? 'server',
    since,
    confirmedAt: since,
    awaySince: agent.goodbyeAt ?? agent.presenceSince,
    recovering: false,
    rests: 'silence',
    verdict,
  };
}

function goodbyeWitness(agent: AgentState): Witness {
  return { source: 'goodbye', who: agent.host, says: 'agent-said-goodbye', since: agent.presenceSince };
}

// Findings about hosts and agents while at least one agent of the site lives. Part of `diagnose`.
import { earlier, type Instant, later, plus, second } from '../../../shared/time.ts';
import type { Refused, Verdict, Witness } from '../incident.ts';
import type { Policy } from '../policy.ts';
import type { AgentState, HostReport } from '../state.ts';
import { agentCauseKey, type Finding, hostCauseKey } from './finding.ts';
import {
  comebackHold,
  type HostView,
  hostTestimony,
  missedAt,
  type SiteView,
  silenceWitness,
} from './witness.ts';

/** Children of a dead parent are given this long to be recognised as such. */
const childHoldMs = 2 * second;

export function diagnoseHosts(view: SiteView, policy: Policy): Finding[] {
  const findings = view.hosts.flatMap((host) => diagnoseHost(view, host, policy) ?? []);
  const dead = new Set(
    findings.filter((finding) => finding.kind === 'host-down').map((finding) => finding.host),
  );
  return findings.map((finding) => {
    const parent = view.hosts.find((each) => each.host.key === finding.host)?.host.parent;
    if (parent === undefined || finding.kind !== 'host-down') return finding;
    if (!dead.has(parent))
      return {
        ...finding,
        holdUntil: plus(finding.since, policy.blipMs + policy.blipMarginMs + childHoldMs),
      };
    return { ...finding, symptomOf: hostCauseKey(rootOf(view, parent, dead)) };
  });
}

/**
 * One host:
 * - its agent lives: nothing (a neighbour that cannot reach it sees a filter, not a death);
 * - neighbours cannot reach it, and its agent (if it has one) is quiet: `host-down`;
 * - its agent is silent, a neighbour still reaches it: `agent-lost`;
 * - its agent is silent, nobody can tell: `host-down`, single witness - unless its own kernel closed the socket.
 */
function diagnoseHost(view: SiteView, { host, agent }: HostView, policy: Policy): Finding | undefined {
  if (agent?.presence === 'live' || agent?.presence === 'away') return undefined;
  const report = hostTestimony(view, host.key);
  const quiet = agent !== undefined && agent.presence !== 'new';
  if (report?.status === 'down')
    return hostDown({ view, host, agent: quiet ? agent : undefined, report, policy });
  if (!quiet || agent.presence !== 'silent') return undefined;
  const since = missedAt(view, agent, policy.heartbeatMs);
  // The rest of a dying site may fall silent a few seconds later: its verdict comes first.
  const holdUntil = later(
    plus(since, policy.parentHoldMs),
    comebackHold(view, since, policy.comebackHoldMs) ?? since,
  );
  const shared = {
    host: host.key,
    hostRole: host.role,
    since,
    confirmedAt: agent.presenceSince,
    holdUntil,
    recovering: false,
  };
  if (report?.status === 'up' || agent.closedByPeer) {
    const verdict = agentLostVerdict(view, agent, report);
    return {
      ...shared,
      kind: 'agent-lost',
      cause: 'unknown',
      causeKey: agentCauseKey(host.key),
      rests: 'silence',
      verdict,
    };
  }
  const refused: Refused[] = [
    { kind: 'site-offline', because: 'other-agent-is-alive' },
    { kind: 'agent-lost', because: 'no-neighbour-can-tell' },
  ];
  const verdict: Verdict = {
    kind: 'host-down',
    confidence: 'single',
    witnesses: [silenceWitness(agent)],
    refused,
  };
  return {
    ...shared,
    kind: 'host-down',
    cause: 'unknown',
    causeKey: hostCauseKey(host.key),
    rests: 'silence',
    verdict,
  };
}

interface DownHost {
  readonly view: SiteView;
  readonly host: HostView['host'];
  readonly agent?: AgentState;
  readonly report: HostReport;
  readonly policy: Policy;
}

function hostDown({ view, host, agent, report, policy }: DownHost): Finding {
  const reporter = view.speakers.find((each) => each.id === report.agent);
  const witnesses: Witness[] = [
    {
      source: 'neighbour',
      who: reporter?.host ?? report.agent,
      says: 'host-unreachable',
      since: report.since,
      facts: { host: host.key },
    },
  ];
  let since: Instant = report.since;
  if (agent !== undefined) {
    witnesses.push(silenceWitness(agent));
    since = earlier(since, missedAt(view, agent, policy.heartbeatMs));
  }
  const refused: Refused[] = [{ kind: 'site-offline', because: 'other-agent-is-alive' }];
  if (agent !== undefined) refused.push({ kind: 'agent-lost', because: 'no-neighbour-reaches-host' });
  return {
    kind: 'host-down',
    cause: 'unknown',
    causeKey: hostCauseKey(host.key),
    host: host.key,
    hostRole: host.role,
    since,
    confirmedAt: agent === undefined ? report.receivedAt : later(report.receivedAt, agent.presenceSince),
    recovering: report.recovering,
    rests: 'direct',
    verdict: {
      kind: 'host-down',
      confidence: agent === undefined ? 'single' : 'confirmed',
      witnesses,
      refused,
    },
  };
}

function agentLostVerdict(view: SiteView, agent: AgentState, report: HostReport | undefined): Verdict {
  const witnesses: Witness[] = [silenceWitness(agent)];
  const refused: Refused[] = [{ kind: 'site-offline', because: 'other-agent-is-alive' }];
  if (report !== undefined) {
    const reporter = view.speakers.find((each) => each.id === report.agent);
    witnesses.push({
      source: 'neighbour',
      who: reporter?.host ?? report.agent,
      says: 'host-reachable',
      facts: { host: agent.host },
    });
    refused.push({ kind: 'host-down', because: 'neighbour-reaches-host' });
  } else {
    witnesses.push({
      source: 'session',
      who: agent.host,
      says: 'session-closed-by-peer',
      since: agent.lastHeardAt,
    });
  }
  return {
    kind: 'agent-lost',
    confidence: report === undefined ? 'single' : 'confirmed',
    witnesses,
    refused,
  };
}

/** Up the chain of dead parents to the one that explains all. The inventory refuses circles. */
function rootOf(view: SiteView, start: string, dead: ReadonlySet<string | undefined>): string {
  let current = start;
  for (let steps = 0; steps <= view.hosts.length; steps += 1) {
    const parent = view.hosts.find((each) => each.host.key === current)?.host.parent;
    if (parent === undefined || !dead.has(parent)) return current;
    current = parent;
  }
  return current;
}

// Findings about hosts and agents while at least one agent of the site lives. Part of `diagnose`: what is true of each
// host by itself stands here; who explains whom stands in `dependencies.ts`. Opens nothing.
import { earlier, type Instant, later, plus } from '../../../shared/time.ts';
import type { Policy } from '../policy.ts';
import type { AgentState, HostReport } from '../state.ts';
import { inferParents, relate } from './dependencies.ts';
import { agentCauseKey, type Finding, hostCauseKey } from './finding.ts';
import { weighHost } from './hypotheses.ts';
import {
  comebackHold,
  type HostView,
  hostTestimony,
  kernelWitness,
  linkTestimony,
  missedAt,
  neighbourWitness,
  type SiteView,
  silenceStart,
  silenceWitness,
} from './witness.ts';

export function diagnoseHosts(view: SiteView, policy: Policy): Finding[] {
  const told = view.hosts.flatMap((host) => diagnoseHost(view, host, policy) ?? []);
  return relate(view, [...told, ...inferParents(view, told, policy)], policy);
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
  const quiet = agent !== undefined && agent.presence !== 'new' ? agent : undefined;
  if (report?.status === 'down') return unreachable({ view, host, agent: quiet, report, policy });
  if (quiet?.presence !== 'silent') return undefined;
  const silence = silenceWitness(view, quiet);
  const neighbour = report === undefined ? undefined : neighbourWitness(view, report);
  const closedByKernel = quiet.closedByPeer ? kernelWitness(quiet) : undefined;
  const verdict = weighHost({
    silence,
    neighbour,
    closedByKernel,
    heard: [silence, neighbour ?? closedByKernel ?? []].flat(),
  });
  if (verdict === undefined) return undefined;
  const since = missedAt(view, quiet, policy.heartbeatMs);
  const isProgram = verdict.kind === 'agent-lost' && closedByKernel === undefined;
  return {
    kind: verdict.kind,
    cause: 'unknown',
    causeKey: verdict.kind === 'agent-lost' ? agentCauseKey(host.key) : hostCauseKey(host.key),
    host: host.key,
    hostRole: host.role,
    since,
    startedAt: silenceStart(view, quiet, since),
    confirmedAt: quiet.presenceSince,
    // The rest of a dying site may fall silent a few seconds later: its verdict comes first.
    holdUntil: [
      plus(since, policy.parentHoldMs),
      comebackHold(view, since, policy.comebackHoldMs) ?? since,
      movingHold(view, quiet, policy) ?? since,
      rerouteHold(view, quiet, { since, isProgram }, policy) ?? since,
    ].reduce(later),
    recovering: false,
    rests: 'silence',
    verdict,
  };
}

/** The link it last came in by is known to be down: it may be moving to another one. */
function movingHold(view: SiteView, { egress }: AgentState, policy: Policy): Instant | undefined {
  const link = view.site.links.find(
    (each) => each.publicAddress !== undefined && each.publicAddress === egress,
  );
  const report = link === undefined ? undefined : linkTestimony(view, link)?.report;
  return report?.status === 'down' ? plus(report.since, policy.failoverSeenHoldMs) : undefined;
}

/**
 * A link of the site died or came back shortly before its last word, or since: the router has moved it to another way,
 * where its connection hangs, and may have moved it again while it was dialling anew. Others answer, so the site lives.
 * A link that was gone for a few seconds is told by nobody: where only silence speaks of a program on a machine that is
 * known to live, any router of two links gets that time.
 */
function rerouteHold(
  view: SiteView,
  agent: AgentState,
  { since, isProgram }: { readonly since: Instant; readonly isProgram: boolean },
  policy: Policy,
): Instant | undefined {
  if (view.site.links.length < 2) return undefined;
  if (isProgram) return plus(since, policy.failoverSeenHoldMs);
  const from = plus(agent.lastHeardAt ?? agent.presenceSince, -policy.failoverSeenHoldMs);
  const moved = view.record.links.some(
    (report) =>
      (report.status === 'down' || report.status === 'up') &&
      report.since >= from &&
      view.speakers.some((speaker) => speaker.id === report.agent),
  );
  return moved ? plus(since, policy.failoverSeenHoldMs) : undefined;
}

interface Unreachable {
  readonly view: SiteView;
  readonly host: HostView['host'];
  readonly agent?: AgentState;
  readonly report: HostReport;
  readonly policy: Policy;
}

function unreachable({ view, host, agent, report, policy }: Unreachable): Finding | undefined {
  const neighbour = neighbourWitness(view, report);
  const silence = agent === undefined ? undefined : silenceWitness(view, agent);
  const verdict = weighHost({
    silence,
    neighbour,
    heard: silence === undefined ? [neighbour] : [neighbour, silence],
  });
  if (verdict === undefined) return undefined;
  const quietSince = agent === undefined ? report.since : missedAt(view, agent, policy.heartbeatMs);
  // A neighbour reached it long after its agent fell silent: that was the program's end, this is the machine's.
  const outlived = report.upUntil !== undefined && report.upUntil > plus(quietSince, policy.parentHoldMs * 2);
  const missed: Instant = outlived ? report.since : quietSince;
  return {
    kind: 'host-down',
    cause: 'unknown',
    causeKey: hostCauseKey(host.key),
    host: host.key,
    hostRole: host.role,
    since: earlier(report.since, missed),
    // The neighbour saw it fail within its round; only where a beat was missed sooner, the beginning was not seen.
    startedAt: agent !== undefined && missed < report.since ? silenceStart(view, agent, missed) : undefined,
    confirmedAt: agent === undefined ? report.receivedAt : later(report.receivedAt, agent.presenceSince),
    recovering: report.recovering,
    rests: 'direct',
    verdict,
  };
}

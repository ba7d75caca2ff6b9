// State changes from an agent's spool: duplicates are dropped by (epoch, seq), news become reports, what is over
// already becomes history. The site is looked at once, after the whole batch: a later item may end what an earlier began.
import { assertNever } from '../../../shared/assert.ts';
import { limits } from '../../../shared/limits.ts';
import { earlier, type Instant } from '../../../shared/time.ts';
import type { TargetEvidence } from '../../../shared/wire/evidence.ts';
import type { HostChanged, LinkChanged, RunStarted, StateChange } from '../../../shared/wire/messages.ts';
import type { Draft } from '../draft.ts';
import type { Input } from '../input.ts';
import { evaluateSite } from '../rules/correlate.ts';
import { toldByCutOffMachine } from '../rules/cut-off.ts';
import { runExplained, stopToldLater } from '../rules/ending.ts';
import { watchFlips } from '../rules/flapping.ts';
import { upUntil } from '../rules/just-returned.ts';
import { bootedBetween, hostOutageEnded, linkDiedAt, linkOutageEnded, type Stretch } from '../rules/late.ts';
import { startToldByBoot, startToldByLinks } from '../rules/true-start.ts';
import type { AgentState, HostReport, LinkReport } from '../state.ts';
import type { Site } from '../topology.ts';

export function onChanges(draft: Draft, input: Extract<Input, { readonly kind: 'changes.received' }>): void {
  const agent = draft.agent(input.agent);
  if (agent === undefined || agent.presence === 'revoked') return;
  const receipted = agent.receipts.find((receipt) => receipt.epoch === input.epoch)?.seq ?? 0;
  const fresh = [...input.items]
    .sort((a, b) => a.seq - b.seq)
    .filter((item, index, all) => {
      return item.seq > receipted && item.seq !== all[index - 1]?.seq;
    });
  const last = fresh[fresh.length - 1]?.seq ?? receipted;
  const others = agent.receipts.filter((receipt) => receipt.epoch !== input.epoch);
  const receipts = [...others, { epoch: input.epoch, seq: last }].slice(-limits.epochsPerAgentMax);
  // A resend of what is committed already also told an old count of what remains.
  const lastSent = input.items[input.items.length - 1]?.seq ?? last;
  const remaining = Math.max(0, lastSent + input.remaining - last);
  draft.setAgent({ ...agent, receipts, remaining });
  const site = draft.topology.sites.get(agent.site);
  if (site === undefined) return;
  for (const item of fresh) take(draft, { site, agent, item });
  evaluateSite(draft, site.id, { told: false });
}

interface Taken<T extends StateChange> {
  readonly site: Site;
  readonly agent: AgentState;
  readonly item: T;
}

function take(draft: Draft, { site, agent, item }: Taken<StateChange>): void {
  switch (item.kind) {
    case 'link.changed':
      return takeLink(draft, { site, agent, item });
    case 'host.changed':
      return takeHost(draft, { site, agent, item });
    case 'run.started':
      runBegan(draft, agent, item);
      startToldByBoot(draft, site, item);
      stopToldLater(draft, site, agent, item);
      return bootedBetween(draft, site, agent, item);
    case 'run.explained':
      return runExplained(draft, site, agent, item);
    case 'spool.lost':
      return undefined;
    default:
      return assertNever(item);
  }
}

function runBegan(draft: Draft, { id }: AgentState, { at }: RunStarted): void {
  const agent = draft.agent(id);
  if (agent !== undefined) draft.setAgent({ ...agent, runStartedAt: notLater(at, draft.now) });
}

function takeLink(draft: Draft, { site, agent, item }: Taken<LinkChanged>): void {
  const link = site.links.find((each) => each.key === item.link);
  if (link === undefined) return;
  const record = draft.site(site.id);
  const before = record.links.find((report) => report.agent === agent.id && report.link === item.link);
  const since = notLater(item.since, draft.now);
  const after: LinkReport = {
    agent: agent.id,
    link: item.link,
    status: item.status,
    layer: item.layer,
    since,
    confirmedAt: notLater(item.at, draft.now),
    receivedAt: learnedAt(draft, before, item),
    recovering: item.recovering,
    recoveringSince: item.recovering ? notLater(item.at, draft.now) : undefined,
    answers: answersOf(item.evidence),
    quality: item.quality,
    // A later word on the same outage may come without the path; the one known stays.
    path: item.path ?? (before?.status === item.status ? before.path : undefined),
    upUntil: upUntil(before, { status: item.status, since }, draft.agent(agent.id) ?? agent),
  };
  draft.setSite({ ...record, links: [...record.links.filter((report) => report !== before), after] });
  watchFlips(draft, { site, agent, before, after });
  if (before?.status === 'down' && item.status !== 'down' && item.status !== 'unknown') {
    const to = notLater(item.since, draft.now);
    const { since: from, layer, upUntil: upBefore } = before;
    const stretch: Stretch = { from, to, toldBy: agent.host, layer, upBefore };
    if (!toldByCutOffMachine(draft, site, agent, stretch)) linkOutageEnded(draft, site, link, stretch);
  }
  if (item.status === 'down' && before?.status !== 'down') {
    startToldByLinks(draft, site);
    linkDiedAt(draft, site, link, since);
  }
}

function takeHost(draft: Draft, { site, agent, item }: Taken<HostChanged>): void {
  const record = draft.site(site.id);
  const before = record.hosts.find((report) => report.agent === agent.id && report.host === item.host);
  const since = notLater(item.since, draft.now);
  const after: HostReport = {
    agent: agent.id,
    host: item.host,
    status: item.status,
    since,
    confirmedAt: notLater(item.at, draft.now),
    receivedAt: learnedAt(draft, before, item),
    recovering: item.recovering,
    recoveringSince: item.recovering ? notLater(item.at, draft.now) : undefined,
    upUntil: upUntil(before, { status: item.status, since }, draft.agent(agent.id) ?? agent),
  };
  draft.setSite({ ...record, hosts: [...record.hosts.filter((report) => report !== before), after] });
  watchFlips(draft, { site, agent, before, after });
  if (item.status === 'down') challengeHost(draft, site, item.host);
  if (before?.status === 'down' && item.status === 'up') {
    hostOutageEnded(draft, site, item.host, {
      from: before.since,
      to: notLater(item.since, draft.now),
      toldBy: agent.host,
      upBefore: before.upUntil,
    });
  }
}

/**
 * When this server learned of the status. What falls back out of a recovery is learned anew, so that its reporter is
 * asked once more before it opens anything: one lost answer after the end of a blip is no outage.
 */
function learnedAt(
  draft: Draft,
  before: HostReport | LinkReport | undefined,
  { status, recovering }: HostChanged | LinkChanged,
): Instant {
  if (before?.status !== status) return draft.now;
  return before.recovering && !recovering ? draft.now : before.receivedAt;
}

/** A neighbour says that a host is dead: its own agent is asked for a sign of life at once. */
function challengeHost(draft: Draft, site: Site, host: string): void {
  for (const id of draft.site(site.id).agents) {
    const agent = draft.agent(id);
    if (agent?.host === host && agent.presence === 'live')
      draft.perform({ kind: 'agent.challenge', agent: id });
  }
}

/** No agent may date anything into the server's future. */
function notLater(at: Instant, now: Instant): Instant {
  return earlier(at, now);
}

/** Answers of questions per role of target, in the words of the catalogue's facts. */
function answersOf(evidence: readonly TargetEvidence[]): Readonly<Record<string, string>> | undefined {
  const sums = new Map<string, { sent: number; answered: number }>();
  for (const each of evidence) {
    if (each.sent === 0) continue;
    const name = factOf(each);
    const sum = sums.get(name) ?? { sent: 0, answered: 0 };
    sums.set(name, { sent: sum.sent + each.sent, answered: sum.answered + each.sent - each.lost });
  }
  if (sums.size === 0) return undefined;
  return Object.fromEntries([...sums].map(([name, { sent, answered }]) => [name, `${answered}/${sent}`]));
}

function factOf({ role, method }: TargetEvidence): string {
  switch (role) {
    case 'anchor':
      return method === 'tcp' ? 'connections' : 'anchors';
    case 'gateway':
      return 'gateway';
    case 'hop':
      return 'hops';
    case 'dns':
      return 'dns';
    case 'http':
      return 'page';
    case 'host':
      return 'address';
    default:
      return assertNever(role);
  }
}

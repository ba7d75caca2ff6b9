// Who is behind whom inside a site: a machine behind its hypervisor, machines behind a switch, and chains of both. A dead
// parent explains its children; a parent that nobody can ask is judged by them. Part of `diagnose-hosts`; opens nothing.
import { earlier, type Instant, later, plus, second } from '../../../shared/time.ts';
import type { Policy } from '../policy.ts';
import { type Finding, hostCauseKey, startOf } from './finding.ts';
import { weighParent } from './hypotheses.ts';
import { earliest, type HostView, hostTestimony, latest, type SiteView } from './witness.ts';

/** Children of a dead parent are given this long beyond a blip to be recognised as such; the 15 s of the policy hold it. */
const childHoldMs = 2 * second;
/** One dead machine behind a device proves nothing of the device; two that died together do. */
const deadChildrenMin = 2;

/**
 * Devices without an address or an agent (a plain switch, an unwatched hypervisor): dead when two or more of those behind
 * them died within the parents' 15 s and none is known to live. Deepest first, so that chains are climbed.
 */
export function inferParents(view: SiteView, told: readonly Finding[], policy: Policy): readonly Finding[] {
  const findings = [...told];
  const parents = view.hosts.filter(({ host }) => childrenOf(view, host.key).length > 0);
  const deepestFirst = parents
    .map((parent) => ({ parent, depth: ancestorsOf(view, parent.host.key).length }))
    .sort((a, b) => b.depth - a.depth);
  for (const { parent } of deepestFirst) {
    const inferred = inferParent(view, parent, { findings, policy });
    if (inferred !== undefined) findings.push(inferred);
  }
  return findings.slice(told.length);
}

interface Known {
  readonly findings: readonly Finding[];
  readonly policy: Policy;
}

function inferParent(view: SiteView, { host, agent }: HostView, known: Known): Finding | undefined {
  const asked =
    hostTestimony(view, host.key) !== undefined || (agent !== undefined && agent.presence !== 'new');
  if (asked || known.findings.some((each) => each.host === host.key)) return undefined;
  const children = childrenOf(view, host.key);
  if (children.some((child) => isAlive(view, child))) return undefined;
  const dead = known.findings.filter(
    (each) => each.kind === 'host-down' && children.some((child) => child.host.key === each.host),
  );
  const since = earliest(dead.map((each) => each.since));
  const last = latest(dead.map((each) => each.since));
  if (since === undefined || last === undefined || dead.length < deadChildrenMin) return undefined;
  if (last - since > known.policy.parentHoldMs) return undefined;
  const verdict = weighParent(dead.flatMap((each) => each.verdict.witnesses));
  if (verdict === undefined) return undefined;
  return {
    kind: 'host-down',
    cause: 'unknown',
    causeKey: hostCauseKey(host.key),
    host: host.key,
    hostRole: host.role,
    since,
    startedAt: earliest(dead.map(startOf)),
    confirmedAt: secondConfirmed(dead),
    holdUntil: latest(dead.flatMap((each) => each.holdUntil ?? [])),
    recovering: dead.every((each) => each.recovering),
    rests: dead.every((each) => each.rests === 'direct') ? 'direct' : 'silence',
    verdict,
  };
}

/** When the second death was certain: one child alone proves nothing. */
function secondConfirmed(dead: readonly Finding[]): Instant | undefined {
  const instants = dead.flatMap((each) => each.confirmedAt ?? []).sort((a, b) => a - b);
  return instants[deadChildrenMin - 1];
}

/**
 * Joins the findings of a site's hosts: children of a dead parent become its symptoms; a child whose parent may still be
 * found dead waits for it; a parent counts by what stands behind it.
 */
export function relate(view: SiteView, findings: readonly Finding[], policy: Policy): Finding[] {
  const dead = new Set(findings.flatMap((each) => (each.kind === 'host-down' ? (each.host ?? []) : [])));
  return findings.map((finding) => {
    if (finding.kind !== 'host-down' || finding.host === undefined) return finding;
    const weighed = weighByChildren(view, finding, { findings, policy });
    const parent = view.hosts.find((each) => each.host.key === finding.host)?.host.parent;
    if (parent === undefined) return weighed;
    if (dead.has(parent)) return { ...weighed, symptomOf: hostCauseKey(rootOf(view, parent, dead)) };
    const childHold = Math.min(policy.parentHoldMs, policy.blipMs + policy.blipMarginMs + childHoldMs);
    const holdUntil = later(weighed.holdUntil ?? finding.since, plus(finding.since, childHold));
    return { ...weighed, holdUntil };
  });
}

/**
 * What a dead device is worth:
 * - something behind it is known to live: it carries on, only its own address or agent is gone - no server is stopped.
 *   Those behind it may be dying with it and not be missed yet, so the parents' 15 s pass first;
 * - else servers behind it are stopped with it: it counts as a server, since the last of them is known to be dead.
 */
function weighByChildren(view: SiteView, finding: Finding, known: Known): Finding {
  const behind = descendantsOf(view, finding.host ?? '');
  if (behind.some((each) => isAlive(view, each))) {
    const holdUntil = later(
      finding.holdUntil ?? finding.since,
      plus(finding.since, known.policy.parentHoldMs),
    );
    return { ...finding, hostRole: 'other', holdUntil };
  }
  const servers = behind.filter((each) => each.host.role === 'server').map((each) => each.host.key);
  if (servers.length === 0) return finding;
  const stopped = known.findings.filter(
    (each) =>
      each.kind === 'host-down' && each.confirmedAt !== undefined && servers.includes(each.host ?? ''),
  );
  return { ...finding, hostRole: 'server', stopsServersSince: latest(stopped.map((each) => each.since)) };
}

/** Its agent is heard, or a neighbour reaches it. */
function isAlive(view: SiteView, { host, agent }: HostView): boolean {
  return agent?.presence === 'live' || hostTestimony(view, host.key)?.status === 'up';
}

/** First good sign of anything behind a device; undefined = none yet. */
export function childrenBackSince(view: SiteView, host: string): Instant | undefined {
  const back = descendantsOf(view, host).flatMap((child) => {
    if (child.agent?.presence === 'live') return [child.agent.presenceSince];
    const report = hostTestimony(view, child.host.key);
    return report?.status === 'up' && !report.recovering ? [report.since] : [];
  });
  return back.length === 0 ? undefined : back.reduce(earlier);
}

function childrenOf(view: SiteView, host: string): readonly HostView[] {
  return view.hosts.filter((each) => each.host.parent === host);
}

/** Everything behind a host, at any distance. */
export function descendantsOf(view: SiteView, host: string): readonly HostView[] {
  return view.hosts.filter((each) => ancestorsOf(view, each.host.key).includes(host));
}

/** From the nearest parent to the root. The inventory refuses circles; an older one could hold some, so steps are bounded. */
export function ancestorsOf(view: Pick<SiteView, 'hosts'>, host: string): readonly string[] {
  const found: string[] = [];
  let current = view.hosts.find((each) => each.host.key === host)?.host.parent;
  while (current !== undefined && !found.includes(current)) {
    const here = current;
    found.push(here);
    current = view.hosts.find((each) => each.host.key === here)?.host.parent;
  }
  return found;
}

/** Up the chain of dead parents to the one that explains all. */
function rootOf(view: SiteView, start: string, dead: ReadonlySet<string>): string {
  let root = start;
  for (const above of ancestorsOf(view, start)) {
    if (!dead.has(above)) return root;
    root = above;
  }
  return root;
}

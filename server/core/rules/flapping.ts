// Flapping: a link or host that goes down again and again is one unstable episode, blips included. Counts what agents
// report, and says while it lasts that it is one finding. Slower falls, and silence, are counted by `unstable.ts`.
// A mark, never a kind; what goes down and stays down is never marked.
import { limits } from '../../../shared/limits.ts';
import { earlier, type Instant, instant, later, minute, plus } from '../../../shared/time.ts';
import type { Draft } from '../draft.ts';
import type { Witness } from '../incident.ts';
import type { Policy } from '../policy.ts';
import type {
  AgentState,
  FlapDown,
  FlapEpisode,
  FlapWatch,
  HostReport,
  LinkReport,
  SiteState,
} from '../state.ts';
import type { Site } from '../topology.ts';
import { type Finding, type FindingFlap, hostCauseKey, linkCauseKey, siteCauseKey } from './finding.ts';
import { isPlannedAt } from './planned.ts';
import type { SiteView } from './witness.ts';

type Report = LinkReport | HostReport;

/**
 * A down that is told this long after it was seen is late data. One that cuts off its own reporter is told sooner: it
 * lasts half a minute at most, or the site's silence tells of it, and the agent dials anew within 15 s.
 */
const newsMs = minute;

export interface Flip {
  readonly site: Site;
  readonly agent: AgentState;
  readonly before: Report | undefined;
  readonly after: Report;
}

/**
 * One report more: counts it when it is a down (to down, or back to down out of a recovery), ends the running stretch
 * when it is a good sign. Old news, planned downs and those of a machine that said goodbye are no instability.
 */
export function watchFlips(draft: Draft, { site, agent, before, after }: Flip): void {
  const record = draft.site(site.id);
  const causeKey = 'link' in after ? linkCauseKey(after.link) : hostCauseKey(after.host);
  const watch = record.flaps?.find((each) => each.agent === agent.id && each.causeKey === causeKey);
  const running = watch?.downs.at(-1)?.to === undefined ? watch?.downs.at(-1) : undefined;
  const wasDown = before !== undefined && isDown(before);
  if (isDown(after)) {
    if (running !== undefined || wasDown || isNoFlip(draft, site, after)) return;
    setWatch(draft, record, oneMore(draft, watch ?? { agent: agent.id, causeKey, downs: [] }, after));
    return;
  }
  if (watch === undefined || running === undefined || after.status === 'unknown') return;
  setWatch(draft, record, stretchOver(watch, running, after.recovering ? after.confirmedAt : after.since));
}

function isDown(report: Report): boolean {
  return report.status === 'down' && !report.recovering;
}

function isNoFlip(draft: Draft, site: Site, after: Report): boolean {
  const { now, policy } = draft;
  if (now - after.confirmedAt >= policy.flapWindowMs) return true;
  const thing = 'link' in after ? { link: after.link } : { host: after.host };
  if (isPlannedAt(site, draft.planned, thing, after.confirmedAt)) return true;
  return 'host' in after && saidGoodbye(draft, site, after);
}

/** A machine that is restarted on purpose is no unstable one, however often. */
function saidGoodbye(draft: Draft, site: Site, { host, since, confirmedAt }: HostReport): boolean {
  return draft.site(site.id).agents.some((id) => {
    const agent = draft.agent(id);
    if (agent?.host !== host || agent.goodbyeAt === undefined) return false;
    const slackMs = draft.policy.heartbeatMs;
    return (
      agent.presence === 'away' ||
      (agent.goodbyeAt >= since - slackMs && agent.goodbyeAt <= confirmedAt + slackMs)
    );
  });
}

function oneMore({ now, policy }: Draft, watch: FlapWatch, after: Report): FlapWatch {
  const last = watch.downs.at(-1);
  // Back to down out of a recovery: the report still tells the outage's own beginning.
  const from = last?.to === undefined ? after.since : after.since < last.to ? after.confirmedAt : after.since;
  const downs: readonly FlapDown[] = [
    ...watch.downs.filter((each) => after.confirmedAt - each.at < policy.flapWindowMs),
    { at: after.confirmedAt, from },
  ].slice(-limits.flapDownsMax);
  const { episode } = watch;
  if (episode !== undefined) return { ...watch, downs, episode: { ...episode, downs: episode.downs + 1 } };
  const first = downs[0];
  // Late data makes no episode, it may be over: each down is history, and the next one seen live makes it with all of them.
  const isNews = now - after.confirmedAt < newsMs;
  if (first === undefined || downs.length < policy.flapDownsMin || !isNews) return { ...watch, downs };
  const downMs = downs.reduce((sum, each) => sum + lengthOf(each), 0);
  return { ...watch, downs, episode: { since: first.from, confirmedAt: now, downs: downs.length, downMs } };
}

function stretchOver(watch: FlapWatch, running: FlapDown, at: Instant): FlapWatch {
  const ended = { ...running, to: later(running.from, at) };
  const downs = [...watch.downs.slice(0, -1), ended];
  const { episode } = watch;
  if (episode === undefined) return { ...watch, downs };
  return { ...watch, downs, episode: { ...episode, downMs: episode.downMs + lengthOf(ended) } };
}

/** A finished stretch in ms; 0 while it runs. */
export function lengthOf({ from, to }: Pick<FlapDown, 'from' | 'to'>): number {
  return to === undefined ? 0 : to - from;
}

function setWatch(draft: Draft, record: SiteState, watch: FlapWatch): void {
  const others = (record.flaps ?? []).filter(
    (each) => each.agent !== watch.agent || each.causeKey !== watch.causeKey,
  );
  draft.setSite({ ...record, flaps: [...others, watch].slice(-limits.flapWatchesMax) });
}

/** Forgets downs that are too old to count and episodes that have been steady long enough. */
export function forgetSteady(draft: Draft, id: SiteState['id']): void {
  const record = draft.site(id);
  if (record.flaps === undefined) return;
  const kept = record.flaps.filter((watch) => steadyAt(watch, draft.policy) > draft.now);
  if (kept.length === record.flaps.length) return;
  draft.setSite({ ...record, flaps: kept.length === 0 ? undefined : kept });
}

function steadyAt(watch: FlapWatch, policy: Policy): Instant {
  const last = watch.downs.at(-1)?.at ?? 0;
  return instant(last + (watch.episode === undefined ? policy.flapWindowMs : policy.flapStableMs));
}

/** When an episode of the site may be over. */
export function flapWakes(record: SiteState, policy: Policy): readonly Instant[] {
  return (record.flaps ?? []).flatMap((each) => (each.episode === undefined ? [] : [steadyAt(each, policy)]));
}

interface Flapping {
  readonly watch: FlapWatch;
  readonly episode: FlapEpisode;
}

/**
 * The site's findings with its episodes in them: while a link or host flaps it counts as failing, whatever it does at
 * this moment. What stands on something that flaps or is down, or in a site that is lost as a whole, is its symptom.
 */
export function withFlapping(
  view: SiteView,
  findings: readonly Finding[],
  policy: Policy,
): readonly Finding[] {
  const flapping = episodesOf(view);
  if (flapping.size === 0) return findings;
  const known = new Set(findings.map((finding) => finding.causeKey));
  const parentOf = (finding: Finding): string | undefined => {
    const parent = view.hosts.find((each) => each.host.key === finding.host)?.host.parent;
    if (finding.symptomOf !== undefined) return finding.symptomOf;
    if (parent !== undefined && (flapping.has(hostCauseKey(parent)) || known.has(hostCauseKey(parent))))
      return hostCauseKey(parent);
    return known.has(siteCauseKey) ? siteCauseKey : undefined;
  };
  const marked = [...flapping.entries()].flatMap(([causeKey, each]): Finding[] => {
    const own = findings.find((finding) => finding.causeKey === causeKey);
    const finding = flapFinding(view, each, own);
    if (finding === undefined) return [];
    const stands = view.hosts.find((host) => host.host.key === finding.host)?.host.parent !== undefined;
    const holdUntil = stands ? plus(each.episode.confirmedAt, policy.parentHoldMs) : finding.holdUntil;
    return [{ ...finding, holdUntil, symptomOf: parentOf(finding) }];
  });
  const replaced = new Set(marked.map((finding) => finding.causeKey));
  return [...findings.filter((finding) => !replaced.has(finding.causeKey)), ...marked];
}

/** By cause key; of several agents that see it, the one whose episode began first speaks. */
function episodesOf(view: SiteView): ReadonlyMap<string, Flapping> {
  const episodes = new Map<string, Flapping>();
  for (const watch of view.record.flaps ?? []) {
    const { episode } = watch;
    if (episode === undefined || !view.speakers.some((agent) => agent.id === watch.agent)) continue;
    if (isContradicted(view, watch, episode)) continue;
    const known = episodes.get(watch.causeKey);
    if (known === undefined || episode.since < known.episode.since)
      episodes.set(watch.causeKey, { watch, episode });
  }
  return episodes;
}

/** Another agent has seen it up all the time, or the host's own agent was there all the time. */
function isContradicted(view: SiteView, watch: FlapWatch, episode: FlapEpisode): boolean {
  const reports: readonly Report[] = [...view.record.links, ...view.record.hosts];
  const steady = reports.some((report) => {
    const key = 'link' in report ? linkCauseKey(report.link) : hostCauseKey(report.host);
    if (key !== watch.causeKey || report.agent === watch.agent || report.status !== 'up') return false;
    return report.since < episode.since && view.speakers.some((agent) => agent.id === report.agent);
  });
  if (steady) return true;
  const own = view.hosts.find((each) => hostCauseKey(each.host.key) === watch.causeKey)?.agent;
  return own?.presence === 'away' || (own?.presence === 'live' && own.presenceSince <= episode.since);
}

/** undefined when what flaps has left the inventory. */
function flapFinding(
  view: SiteView,
  { watch, episode }: Flapping,
  own: Finding | undefined,
): Finding | undefined {
  const link = view.site.links.find((each) => linkCauseKey(each.key) === watch.causeKey);
  const host = view.hosts.find((each) => hostCauseKey(each.host.key) === watch.causeKey)?.host;
  if (link === undefined && host === undefined) return undefined;
  const kind = link === undefined ? ('host-down' as const) : ('link-down' as const);
  const last = watch.downs.at(-1);
  const flap: FindingFlap = {
    since: episode.since,
    downs: episode.downs,
    downMs: episode.downMs,
    downSince: last?.to === undefined ? last?.from : undefined,
    stretches: watch.downs,
  };
  const witness = flapWitness(view, watch, flap);
  return {
    kind,
    cause: own?.cause ?? 'unknown',
    layer: own?.layer,
    causeKey: watch.causeKey,
    link: link?.key,
    provider: link?.provider,
    host: host?.key,
    hostRole: host?.role,
    since: own === undefined ? episode.since : earlier(own.since, episode.since),
    confirmedAt: own?.confirmedAt ?? episode.confirmedAt,
    holdUntil: own?.holdUntil,
    symptomOf: own?.symptomOf,
    recovering: false,
    rests: 'direct',
    flap,
    verdict: {
      kind,
      confidence: own?.verdict.confidence ?? 'confirmed',
      witnesses: [witness, ...(own?.verdict.witnesses ?? [])],
      refused: own?.verdict.refused ?? [],
    },
  };
}

function flapWitness(view: SiteView, watch: FlapWatch, { since, downs }: FindingFlap): Witness {
  const who = view.speakers.find((agent) => agent.id === watch.agent)?.host ?? 'vigia';
  const name = watch.causeKey.slice(watch.causeKey.indexOf(':') + 1);
  return watch.causeKey === linkCauseKey(name)
    ? { source: 'link-verdict', who, says: 'link-flapped', since, facts: { link: name, agent: who, downs } }
    : { source: 'neighbour', who, says: 'host-flapped', since, facts: { host: name, agent: who, downs } };
}

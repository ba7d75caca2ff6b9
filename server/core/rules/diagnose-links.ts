// Findings about links, from what living agents say. Part of `diagnose`.
import { type Instant, plus } from '../../../shared/time.ts';
import type { Path, Quality } from '../../../shared/wire/evidence.ts';
import type { Cause, Layer } from '../../../shared/words.ts';
import type { Witness } from '../incident.ts';
import type { Policy } from '../policy.ts';
import type { SiteLink } from '../topology.ts';
import { type Finding, linkCauseKey, siteCauseKey } from './finding.ts';
import { weighAllLinks, weighLink } from './hypotheses.ts';
import {
  addressWitness,
  clampToSight,
  comebackHold,
  type LinkTestimony,
  latest,
  linkTestimony,
  type SiteView,
} from './witness.ts';

/**
 * One finding per failing link. When a site has two links or more and a living agent says that all are down (it sits
 * beside the server, or reaches it by a way that is no link), that is one cause: the site is offline by its links.
 */
export function diagnoseLinks(view: SiteView, policy: Policy): Finding[] {
  const words = view.site.links.flatMap((link) => linkTestimony(view, link) ?? []);
  const down = words.filter((word) => word.report.status === 'down');
  if (view.site.links.length > 1 && down.length === view.site.links.length)
    return allDown(view, down).map((finding) => ({
      ...finding,
      holdUntil: latest(down.flatMap((word) => replayHold(view, word, policy) ?? [])),
    }));
  const told = words.flatMap((word) => {
    const { status } = word.report;
    if (status !== 'down' && status !== 'degraded') return [];
    const kind = status === 'down' ? 'link-down' : 'link-degraded';
    return linkFinding(view, word, kind).map((finding) => ({
      ...finding,
      holdUntil: replayHold(view, word, policy),
    }));
  });
  return [...told, ...view.site.links.flatMap((link) => inferred(view, link, policy) ?? [])];
}

/**
 * Nobody at the site can tell of this link (a failover router decides by itself), but a living agent now comes out of
 * another one and this one's public address, which used to answer, is silent: the router has left it for a reason.
 */
function inferred(view: SiteView, link: SiteLink, policy: Policy): Finding | undefined {
  if (linkTestimony(view, link) !== undefined) return undefined;
  const address = view.addresses.find((each) => each.link === link.key && !each.answers);
  const moved = egressWitness(view, link.key);
  if (address === undefined || moved === undefined) return undefined;
  const verdict = weighLink({ kind: 'link-down', pro: [addressWitness(address), moved], context: [] });
  if (verdict === undefined) return undefined;
  return {
    kind: 'link-down',
    cause: 'unknown',
    causeKey: linkCauseKey(link.key),
    link: link.key,
    provider: link.provider,
    since: clampToSight(view.server, address.since),
    confirmedAt: address.since,
    // An agent that has just come back has not told its news yet, and the address is asked again meanwhile.
    holdUntil: comebackHold(view, address.since, policy.replayHoldMs),
    recovering: false,
    rests: 'silence',
    verdict,
  };
}

/** The reporter was away when the link died: its first fresh rounds are awaited. */
function replayHold(view: SiteView, { report }: LinkTestimony, policy: Policy): Instant | undefined {
  const reporter = view.speakers.find((agent) => agent.id === report.agent);
  if (reporter === undefined || report.since >= reporter.presenceSince) return undefined;
  return plus(reporter.presenceSince, policy.replayHoldMs);
}

function linkFinding(
  view: SiteView,
  { link, report }: LinkTestimony,
  kind: 'link-down' | 'link-degraded',
): Finding[] {
  const address = view.record.addresses.find((each) => each.link === link.key && each.everAnswered);
  const carrier = egressWitness(view, link.key);
  const verdict = weighLink({
    kind,
    pro: linkWitnesses(view, { link, report }),
    context: [
      ...(address === undefined ? [] : [addressWitness(address)]),
      ...(carrier === undefined ? [] : [carrier]),
    ],
  });
  if (verdict === undefined) return [];
  return [
    {
      kind,
      cause: causeOfLayer(report.layer),
      layer: report.layer,
      causeKey: linkCauseKey(link.key),
      link: link.key,
      provider: link.provider,
      since: report.since,
      confirmedAt: report.receivedAt,
      recovering: report.recovering,
      rests: 'direct',
      verdict,
    },
  ];
}

function allDown(view: SiteView, words: readonly LinkTestimony[]): Finding[] {
  const verdict = weighAllLinks(words.flatMap((word) => linkWitnesses(view, word)));
  if (verdict === undefined) return [];
  return [
    {
      kind: 'site-offline',
      cause: causeOfAll(words),
      causeKey: siteCauseKey,
      since: latest(words.map((word) => word.report.since)) ?? view.server.startedAt,
      confirmedAt: latest(words.map((word) => word.report.receivedAt)),
      recovering: words.some((word) => word.report.recovering),
      rests: 'direct',
      verdict,
    },
  ];
}

/** One router before all links that no longer answers, or the own network, is nearer than the providers. */
function causeOfAll(words: readonly LinkTestimony[]): Cause {
  const [first] = words.map((word) => word.report.layer);
  const near = first === 'gateway' || first === 'lan';
  return near && words.every((word) => word.report.layer === first) ? first : 'links';
}

function linkWitnesses(view: SiteView, { link, report }: LinkTestimony): Witness[] {
  const reporter = view.speakers.find((agent) => agent.id === report.agent);
  const facts: Record<string, string | number> = { link: link.key };
  if (reporter !== undefined) facts.agent = reporter.host;
  if (report.layer !== undefined) facts.layer = report.layer;
  Object.assign(facts, qualityFacts(report.quality), report.answers, pathFacts(report.path));
  const says =
    report.status === 'down' ? 'link-down' : report.status === 'degraded' ? 'link-degraded' : 'link-up';
  return [{ source: 'link-verdict', who: reporter?.host ?? 'vigia', says, since: report.since, facts }];
}

/** `by` names what is too bad; the window's measures follow. */
function qualityFacts(quality: Quality | undefined): Record<string, string> {
  if (quality === undefined) return {};
  const facts: Record<string, string> = { by: quality.by.join(' ') };
  if (quality.by.includes('large-packets')) facts['large-packets'] = '0';
  facts.loss = `${Math.round(quality.lossRatio * 100)} %`;
  if (quality.rttMs !== undefined) facts.latency = `${Math.round(quality.rttMs)} ms`;
  if (quality.jitterMs !== undefined) facts.jitter = `${Math.round(quality.jitterMs)} ms`;
  return facts;
}

/** How far probes came: the last router that answered, and the first that no longer does. */
function pathFacts(path: Path | undefined): Record<string, string> {
  if (path === undefined || path.reached) return {};
  const last = path.hops.findLast((hop) => hop.address !== undefined);
  const facts: Record<string, string> = {};
  if (last?.address !== undefined) facts['last-hop'] = `${last.ttl} (${last.address})`;
  const dead = path.firstDead;
  if (dead?.address !== undefined) facts['dead-hop'] = `${dead.ttl} (${dead.address})`;
  return facts;
}

/** Which link carries the site now, when that is another one than the failing. */
function egressWitness(view: SiteView, failing: string): Witness | undefined {
  for (const agent of view.speakers) {
    const carrier = view.site.links.find(
      (link) => link.publicAddress !== undefined && link.publicAddress === agent.egress,
    );
    if (carrier !== undefined && carrier.key !== failing) {
      return {
        source: 'session',
        who: agent.host,
        says: 'egress-moved',
        facts: { link: carrier.key },
      };
    }
  }
  return undefined;
}

/** A layer below the provider names the cause; beyond it the provider's link itself is the cause. */
export function causeOfLayer(layer: Layer | undefined): Cause {
  switch (layer) {
    case 'lan':
    case 'gateway':
    case 'dns':
    case 'captive-portal':
      return layer;
    case 'provider':
    case 'internet':
      return 'provider';
    case undefined:
      return 'unknown';
  }
}

// One round of a link, and the path of a link: all targets asked at once, answered within the round's time, by the ping
// method this machine has. It must never let a probe that could not be asked count as lost, never ask twice what one
// answer settles, and never take a router's word for an anchor's.
import { assertNever } from '../../shared/assert.ts';
import { limits } from '../../shared/limits.ts';
import type { ProbeMethod } from '../../shared/words.ts';
import type { AgentInput, Clock, TargetResult } from '../core/input.ts';
import type { AgentOutput, RoundTarget } from '../core/output.ts';
import { elapsedSince, within } from '../probes/deadline.ts';
import { createPathProbe } from '../probes/path.ts';
import type { PageProbe, Probe, ProbeAnswer, ProbeRequest } from '../probes/probe.ts';
import { IcmpMemory } from './icmp-memory.ts';

type RoundStart = Extract<AgentOutput, { readonly kind: 'round.start' }>;
type RoundMeasured = Extract<AgentInput, { readonly kind: 'round.measured' }>;
type PathStart = Extract<AgentOutput, { readonly kind: 'path.start' }>;
type PathMeasured = Extract<AgentInput, { readonly kind: 'path.measured' }>;

export interface LinkRoundParts {
  readonly clock: () => Clock;
  readonly ping: Probe;
  /** What `ping` is, now. */
  readonly pingMethod: () => Extract<ProbeMethod, 'icmp' | 'ping' | 'tcp'>;
  readonly anchorTcp: Probe;
  readonly dns: Probe;
  readonly page: PageProbe;
  readonly gateway: (link: {
    readonly source?: string;
    readonly interface?: string;
  }) => Promise<string | undefined>;
}

export interface LinkRound {
  /** Answered at `timeoutMs` at the latest; what has not answered by then is lost. Never rejects. */
  round(wish: RoundStart): Promise<RoundMeasured>;
  /** Without native ICMP no router can be asked: then no hop is told. Never rejects. */
  path(wish: PathStart): Promise<PathMeasured>;
}

/** Kept back from a round's time, so that a probe's own deadline comes before the round's. */
const marginMs = 40;
const probeMsMin = 50;
/** A route file is read this often; routes change with a cable, not with a round. */
const gatewayMs = 10_000;

type Way = Pick<ProbeRequest, 'source' | 'interface' | 'timeoutMs'>;

export function createLinkRound(parts: LinkRoundParts): LinkRound {
  const memory = new IcmpMemory();
  const findGateway = cachedGateway(parts);
  const askPath = createPathProbe(parts.ping);
  return {
    round: async (wish) => {
      const sentAt = parts.clock();
      const { link, timeoutMs } = wish;
      const startMs = performance.now();
      const ask = (target: RoundTarget): Promise<TargetResult> => {
        const leftMs = timeoutMs - elapsedSince(startMs);
        const way = { source: link.source, interface: link.interface, timeoutMs: probeMs(leftMs) };
        const measured = measure({ parts, memory, way, link: link.key }, target);
        return within(leftMs, measured, unanswered(parts, target));
      };
      const named = wish.targets.map(ask);
      // The inventory names no gateway: this machine knows it, and without it the fault's layer stays vague.
      const own =
        link.gateway === undefined ? await within(timeoutMs / 2, findGateway(link), undefined) : undefined;
      if (own !== undefined) named.push(ask({ target: own, role: 'gateway' }));
      const targets = await Promise.all(named);
      const { round } = wish;
      return { kind: 'round.measured', clock: parts.clock(), link: link.key, round, sentAt, targets };
    },
    path: async ({ link, trace, target, hopsMax, timeoutMs }) => {
      const { source, interface: device } = link;
      const request = { address: target, source, interface: device, hopsMax, timeoutMs: probeMs(timeoutMs) };
      const nothing = { reached: false, hops: [] };
      const found =
        parts.pingMethod() === 'icmp' ? await within(timeoutMs, askPath(request), nothing) : nothing;
      return { kind: 'path.measured', clock: parts.clock(), link: link.key, trace, target, ...found };
    },
  };
}

interface Place {
  readonly parts: LinkRoundParts;
  readonly memory: IcmpMemory;
  readonly way: Way;
  readonly link: string;
}

async function measure(place: Place, target: RoundTarget): Promise<TargetResult> {
  const { parts, way } = place;
  const request = { ...way, address: target.target };
  switch (target.role) {
    case 'gateway':
      return resultOf(target, parts.pingMethod(), await parts.ping(request));
    case 'hop':
      return measureHop(place, target);
    case 'anchor':
      return target.large === true ? measureLarge(place, target) : measureAnchor(place, target);
    case 'dns':
      return resultOf(target, 'dns', await parts.dns(request));
    case 'http': {
      const page = await parts.page(request);
      const lost = page.http === 'failed' ? 1 : 0;
      const sent = page.local === undefined ? 1 : 0;
      return {
        target: target.target,
        role: 'http',
        method: 'http',
        sent,
        lost: Math.min(sent, lost),
        ...page,
      };
    }
    case 'host':
      return { target: target.target, role: 'host', method: parts.pingMethod(), sent: 0, lost: 0 };
    default:
      return assertNever(target.role);
  }
}

/** Whoever says that the probe died there has answered; only native ICMP can ask so. */
async function measureHop({ parts, way }: Place, target: RoundTarget): Promise<TargetResult> {
  const method = parts.pingMethod();
  if (target.ttl === undefined) {
    return resultOf(target, method, await parts.ping({ ...way, address: target.target }));
  }
  if (method !== 'icmp') return resultOf(target, method, { kind: 'unasked', reason: 'refused-by-system' });
  const address = target.toward ?? target.target;
  const answer = await parts.ping({ ...way, address, ttl: target.ttl });
  return resultOf(target, method, answer.kind === 'expired' ? { ...answer, kind: 'answered' } : answer);
}

async function measureLarge({ parts, way }: Place, target: RoundTarget): Promise<TargetResult> {
  const method = parts.pingMethod();
  if (method !== 'icmp') return resultOf(target, method, { kind: 'unasked', reason: 'refused-by-system' });
  const answer = await parts.ping({ ...way, address: target.target, payloadBytes: limits.largePingBytes });
  return resultOf(target, method, answer);
}

async function measureAnchor(place: Place, target: RoundTarget): Promise<TargetResult> {
  const router = askRouter(place, target);
  const result = await measureSilent(place, target);
  // Another kind of flow may leave by another link: the router's word on a ping says nothing of a connection.
  if (target.wayTtl === undefined || result.method !== 'icmp') return result;
  // It is nearer than the anchor: when the anchor has answered it need not be waited for long.
  const heard = result.lost < result.sent ? limits.wayGraceMs : place.way.timeoutMs;
  const way = await within(heard, router, undefined);
  return { ...result, wayTtl: target.wayTtl, ...(way === undefined ? {} : { way }) };
}

/** The router at which a probe of the same flow dies; undefined when it does not say, or nothing can be asked so. */
async function askRouter({ parts, way }: Place, target: RoundTarget): Promise<string | undefined> {
  if (target.wayTtl === undefined || parts.pingMethod() !== 'icmp') return undefined;
  const answer = await parts.ping({ ...way, address: target.target, ttl: target.wayTtl });
  return answer.kind === 'expired' ? answer.from : undefined;
}

/**
 * A ping; and, where no anchor of this link has ever answered one, a TCP connection beside it: some networks filter
 * ICMP altogether. As soon as one ping was answered there, a lost ping is a lost ping.
 */
async function measureSilent(
  { parts, memory, way, link }: Place,
  target: RoundTarget,
): Promise<TargetResult> {
  const request = { ...way, address: target.target };
  const method = parts.pingMethod();
  // Without any ping TCP is the method itself, by the ports that such a target may have open.
  if (method === 'tcp') return resultOf(target, 'tcp', await parts.anchorTcp(request));
  const pinged = parts.ping(request);
  if (memory.hasAnswered(link)) return resultOf(target, method, await pinged);
  const [ping, tcp] = await Promise.all([pinged, parts.anchorTcp(request)]);
  if (ping.kind === 'answered') memory.answered(link);
  const byTcp = ping.kind !== 'answered' && tcp.kind === 'answered';
  return byTcp ? resultOf(target, 'tcp', tcp) : resultOf(target, method, ping);
}

function resultOf(target: RoundTarget, method: ProbeMethod, answer: ProbeAnswer): TargetResult {
  const { target: address, role, large } = target;
  const asked = large === true ? { target: address, role, large, method } : { target: address, role, method };
  switch (answer.kind) {
    case 'answered':
      return { ...asked, sent: 1, lost: 0, rttMs: answer.rttMs };
    case 'lost':
    // Without a TTL of ours nothing may expire: a loop of routes, and no answer of the target.
    case 'expired':
      return { ...asked, sent: 1, lost: 1 };
    case 'local':
      return { ...asked, sent: 0, lost: 0, local: answer.local };
    case 'unasked':
      return { ...asked, sent: 0, lost: 0 };
    default:
      return assertNever(answer);
  }
}

/** For a probe that broke its promise to answer in time. */
function unanswered(parts: LinkRoundParts, target: RoundTarget): TargetResult {
  const method = target.role === 'dns' || target.role === 'http' ? target.role : parts.pingMethod();
  const lost = resultOf(target, method, { kind: 'lost' });
  return target.role === 'http' ? { ...lost, http: 'failed' } : lost;
}

function probeMs(timeoutMs: number): number {
  return Math.max(probeMsMin, timeoutMs - marginMs);
}

/** One answer per way out, looked up anew every `gatewayMs`. */
function cachedGateway(parts: LinkRoundParts): LinkRoundParts['gateway'] {
  let known = new Map<string, { readonly atMs: number; readonly gateway: Promise<string | undefined> }>();
  return (link) => {
    const key = `${link.source ?? ''} ${link.interface ?? ''}`;
    const nowMs = parts.clock().monoMs;
    const before = known.get(key);
    if (before !== undefined && nowMs - before.atMs < gatewayMs) return before.gateway;
    const gateway = parts.gateway({ source: link.source, interface: link.interface });
    known = new Map([...known].filter(([, entry]) => nowMs - entry.atMs < gatewayMs));
    known.set(key, { atMs: nowMs, gateway });
    return gateway;
  };
}

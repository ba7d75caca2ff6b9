// Performs what the core asks to be measured: all targets of a round at once, answered within the round's time, by
// the ping method this machine has. It must never let a probe that could not be asked count as lost, and never ask
// twice what one answer settles.
import { assertNever } from '../../shared/assert.ts';
import type { HostLoad } from '../../shared/wire/messages.ts';
import type { ProbeMethod } from '../../shared/words.ts';
import type { AgentInput, Clock, TargetResult } from '../core/input.ts';
import type { AgentOutput, RoundTarget } from '../core/output.ts';
import { afterDeadline, elapsedSince } from '../probes/deadline.ts';
import type { PageProbe, Probe, ProbeAnswer, ProbeRequest } from '../probes/probe.ts';
import { IcmpMemory } from './icmp-memory.ts';

type RoundStart = Extract<AgentOutput, { readonly kind: 'round.start' }>;
type NeighboursStart = Extract<AgentOutput, { readonly kind: 'neighbours.start' }>;
type RoundMeasured = Extract<AgentInput, { readonly kind: 'round.measured' }>;
type NeighboursMeasured = Extract<AgentInput, { readonly kind: 'neighbours.measured' }>;
type LoadMeasured = Extract<AgentInput, { readonly kind: 'load.measured' }>;

export interface RunnerParts {
  readonly clock: () => Clock;
  readonly ping: Probe;
  /** What `ping` is, now. */
  readonly pingMethod: () => Extract<ProbeMethod, 'icmp' | 'ping' | 'tcp'>;
  readonly anchorTcp: Probe;
  readonly hostTcp: Probe;
  readonly dns: Probe;
  readonly page: PageProbe;
  readonly gateway: (link: {
    readonly source?: string;
    readonly interface?: string;
  }) => Promise<string | undefined>;
  readonly load: () => Promise<HostLoad>;
}

export interface Runner {
  /** Answered at `timeoutMs` at the latest; what has not answered by then is lost. Never rejects. */
  round(wish: RoundStart): Promise<RoundMeasured>;
  /** Hosts that could not be asked are left out. Never rejects. */
  neighbours(wish: NeighboursStart): Promise<NeighboursMeasured>;
  load(): Promise<LoadMeasured>;
}

/** Kept back from a round's time, so that a probe's own deadline comes before the round's. */
const marginMs = 40;
const probeMsMin = 50;
/** A route file is read this often; routes change with a cable, not with a round. */
const gatewayMs = 10_000;

type Way = Pick<ProbeRequest, 'source' | 'interface' | 'timeoutMs'>;

export function createRunner(parts: RunnerParts): Runner {
  const memory = new IcmpMemory();
  const findGateway = cachedGateway(parts);
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
    neighbours: async (wish) => {
      const sentAt = parts.clock();
      const way = { timeoutMs: probeMs(wish.timeoutMs) };
      const asked = wish.hosts.flatMap((host) => {
        if (host.address === undefined || host.self) return [];
        const target: RoundTarget = { target: host.address, role: 'host' };
        const measured = measure({ parts, memory, way, link: undefined }, target);
        return within(wish.timeoutMs, measured, unanswered(parts, target)).then((evidence) => ({
          host: host.key,
          evidence,
        }));
      });
      const hosts = (await Promise.all(asked))
        .filter(({ evidence }) => evidence.sent > 0)
        .map(({ host, evidence: { local: _local, http: _http, ...evidence } }) => ({
          host,
          evidence,
          answered: evidence.lost < evidence.sent,
        }));
      return { kind: 'neighbours.measured', clock: parts.clock(), round: wish.round, sentAt, hosts };
    },
    load: async () => {
      const load = await parts.load();
      return { kind: 'load.measured', clock: parts.clock(), load };
    },
  };
}

interface Place {
  readonly parts: RunnerParts;
  readonly memory: IcmpMemory;
  readonly way: Way;
  /** undefined for neighbours. */
  readonly link: string | undefined;
}

async function measure(place: Place, target: RoundTarget): Promise<TargetResult> {
  const { parts, way } = place;
  const request = { ...way, address: target.target };
  switch (target.role) {
    case 'gateway':
    case 'hop':
      return resultOf(target, parts.pingMethod(), await parts.ping(request));
    case 'anchor':
      return measureSilent(place, target, { tcp: parts.anchorTcp, key: `link ${place.link ?? ''}` });
    case 'host':
      return measureSilent(place, target, { tcp: parts.hostTcp, key: `host ${target.target}` });
    case 'dns':
      return resultOf(target, 'dns', await parts.dns(request));
    case 'http': {
      const page = await parts.page(request);
      const lost = page.http === 'failed' ? 1 : 0;
      const sent = page.local === undefined ? 1 : 0;
      return { ...target, method: 'http', sent, lost: Math.min(sent, lost), ...page };
    }
    default:
      return assertNever(target.role);
  }
}

/**
 * A ping; and, where nothing behind `key` has ever answered one, a TCP connection beside it: some networks filter
 * ICMP altogether. As soon as one ping was answered there, a lost ping is a lost ping.
 */
async function measureSilent(
  { parts, memory, way }: Place,
  target: RoundTarget,
  silent: { readonly tcp: Probe; readonly key: string },
): Promise<TargetResult> {
  const request = { ...way, address: target.target };
  const method = parts.pingMethod();
  // Without any ping TCP is the method itself, by the ports that such a target may have open.
  if (method === 'tcp') return resultOf(target, 'tcp', await silent.tcp(request));
  const pinged = parts.ping(request);
  if (memory.hasAnswered(silent.key)) {
    return resultOf(target, method, await pinged);
  }
  const [ping, tcp] = await Promise.all([pinged, silent.tcp(request)]);
  if (ping.kind === 'answered') memory.answered(silent.key);
  const byTcp = ping.kind !== 'answered' && tcp.kind === 'answered';
  return byTcp ? resultOf(target, 'tcp', tcp) : resultOf(target, method, ping);
}

function resultOf(target: RoundTarget, method: ProbeMethod, answer: ProbeAnswer): TargetResult {
  switch (answer.kind) {
    case 'answered':
      return { ...target, method, sent: 1, lost: 0, rttMs: answer.rttMs };
    case 'lost':
      return { ...target, method, sent: 1, lost: 1 };
    case 'local':
      return { ...target, method, sent: 0, lost: 0, local: answer.local };
    case 'unasked':
      return { ...target, method, sent: 0, lost: 0 };
    default:
      return assertNever(answer);
  }
}

/** For a probe that broke its promise to answer in time. */
function unanswered(parts: RunnerParts, target: RoundTarget): TargetResult {
  const method = target.role === 'dns' || target.role === 'http' ? target.role : parts.pingMethod();
  const page = target.role === 'http' ? { http: 'failed' as const } : {};
  return { ...target, method, sent: 1, lost: 1, ...page };
}

function within<T>(waitMs: number, answer: Promise<T>, otherwise: T): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = afterDeadline(waitMs, () => resolve(otherwise));
    answer.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        // Probes never reject; one that does is a bug, and a bug stops the program.
        reject(error);
      },
    );
  });
}

function probeMs(timeoutMs: number): number {
  return Math.max(probeMsMin, timeoutMs - marginMs);
}

/** One answer per way out, looked up anew every `gatewayMs`. */
function cachedGateway(parts: RunnerParts): RunnerParts['gateway'] {
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

// Asks the other machines of the site, all at once: a ping, a TCP connection where a machine never answered a ping,
// and ARP where both stay silent. It reports what each way said and weighs nothing (agent/core/judge-host.ts does);
// a machine that could not be asked is left out, never called silent.
import { assertNever } from '../../shared/assert.ts';
import type { AssignedHost } from '../../shared/wire/assignment.ts';
import type { TargetEvidence } from '../../shared/wire/evidence.ts';
import type { ProbeMethod } from '../../shared/words.ts';
import type { AgentInput, Clock } from '../core/input.ts';
import type { AgentOutput } from '../core/output.ts';
import { elapsedSince, within } from '../probes/deadline.ts';
import type { Probe, ProbeAnswer } from '../probes/probe.ts';
import { IcmpMemory } from './icmp-memory.ts';

type NeighboursStart = Extract<AgentOutput, { readonly kind: 'neighbours.start' }>;
type NeighboursMeasured = Extract<AgentInput, { readonly kind: 'neighbours.measured' }>;
type HostMeasured = NeighboursMeasured['hosts'][number];

export interface NeighbourParts {
  readonly clock: () => Clock;
  readonly ping: Probe;
  /** What `ping` is, now. */
  readonly pingMethod: () => Extract<ProbeMethod, 'icmp' | 'ping' | 'tcp'>;
  readonly hostTcp: Probe;
  /** Absent: this machine cannot ask by ARP. */
  readonly arp?: Probe;
}

/** Answered at `timeoutMs` at the latest; hosts that could not be asked are left out. Never rejects. */
export type NeighbourRound = (wish: NeighboursStart) => Promise<NeighboursMeasured>;

/** Kept back from a round's time, so that a probe's own deadline comes before the round's. */
const marginMs = 40;
const probeMsMin = 50;
/** A machine on the same wire that is silent for this share of the time is asked by ARP as well. */
const arpAfterRatio = 0.4;

export function createNeighbourRound(parts: NeighbourParts): NeighbourRound {
  const memory = new IcmpMemory();
  return async (wish) => {
    const sentAt = parts.clock();
    const asked = wish.hosts.flatMap((host) =>
      host.address === undefined || host.self ? [] : [askHost({ parts, memory }, host, wish.timeoutMs)],
    );
    const hosts = (await Promise.all(asked)).filter((host) => host !== undefined);
    return { kind: 'neighbours.measured', clock: parts.clock(), round: wish.round, sentAt, hosts };
  };
}

interface Place {
  readonly parts: NeighbourParts;
  readonly memory: IcmpMemory;
}

/** Evidence: the ping's or the connection's first, ARP's second. */
async function askHost(
  place: Place,
  { key, address = '' }: AssignedHost,
  timeoutMs: number,
): Promise<HostMeasured | undefined> {
  const startMs = performance.now();
  const spoken = askSpoken(place, address, Math.max(probeMsMin, timeoutMs - marginMs));
  const silent: Said = { method: place.parts.pingMethod(), answer: { kind: 'lost' } };
  const soon = await within(timeoutMs * arpAfterRatio, spoken, undefined);
  const { arp } = place.parts;
  const asksArp = arp !== undefined && (soon === undefined || soon.answer.kind === 'lost');
  const leftMs = timeoutMs - elapsedSince(startMs);
  const [said, resolved] = await Promise.all([
    soon ?? within(leftMs, spoken, silent),
    asksArp ? askArp(arp, address, leftMs) : undefined,
  ]);
  const first = evidenceOf(address, said);
  if (first === undefined) return undefined;
  const second = said.answer.kind === 'answered' || resolved === undefined ? undefined : resolved;
  return { host: key, evidence: second === undefined ? [first] : [first, second] };
}

interface Said {
  readonly method: ProbeMethod;
  readonly answer: ProbeAnswer;
}

/**
 * A ping; and, where this host never answered one, a TCP connection beside it: many machines filter ICMP. As soon as
 * it has answered one, a lost ping is a lost ping.
 */
async function askSpoken({ parts, memory }: Place, address: string, timeoutMs: number): Promise<Said> {
  const request = { address, timeoutMs };
  const method = parts.pingMethod();
  // Without any ping TCP is the method itself, by the ports that such a target may have open.
  if (method === 'tcp') return { method: 'tcp', answer: await parts.hostTcp(request) };
  const pinged = parts.ping(request);
  if (memory.hasAnswered(address)) return { method, answer: await pinged };
  const [ping, tcp] = await Promise.all([pinged, parts.hostTcp(request)]);
  if (ping.kind === 'answered') memory.answered(address);
  const byTcp = ping.kind !== 'answered' && tcp.kind === 'answered';
  return byTcp ? { method: 'tcp', answer: tcp } : { method, answer: ping };
}

/** undefined: ARP could not be asked, or has nothing fresh to say. */
async function askArp(arp: Probe, address: string, leftMs: number): Promise<TargetEvidence | undefined> {
  const answer = arp({ address, timeoutMs: Math.max(probeMsMin, leftMs - marginMs) });
  return evidenceOf(address, { method: 'arp', answer: await within(leftMs, answer, { kind: 'lost' }) });
}

function evidenceOf(target: string, { method, answer }: Said): TargetEvidence | undefined {
  const asked = { target, role: 'host', method, sent: 1 } as const;
  switch (answer.kind) {
    case 'answered':
      return { ...asked, lost: 0, rttMs: answer.rttMs };
    case 'lost':
    case 'expired':
      return { ...asked, lost: 1 };
    case 'local':
    case 'unasked':
      return undefined;
    default:
      return assertNever(answer);
  }
}

// One link's public address and how it likes to be asked: ICMP first; TCP only for an address that never answered ICMP,
// and then once a minute, because a stranger's router should not log a connection every 4 s.

import type { SiteId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { Instant } from '../../../shared/time.ts';
import type { AddressJudgement } from '../../core/liveness/judge-address.ts';
import { addressProbing } from '../../core/liveness/judge-address.ts';
import type { ProbeAnswer } from './probe-answer.ts';
import { anyAnswer, type ProbeWire } from './probe-wire.ts';

/** Web, web, and the port where providers manage their routers (CWMP, TR-069). */
const tcpPorts = [443, 80, 7547] as const;

/** Written by the prober only. */
export interface AddressTarget {
  /** `site` and link key; a site id has one slash, so this is unambiguous. */
  readonly key: string;
  readonly site: SiteId;
  readonly link: string;
  readonly address: string;
  judgement: AddressJudgement;
  /** In this run or, as the core remembers, an earlier one. */
  everAnswered: boolean;
  /** How it answered last in this run; ICMP is never given up again. */
  method: 'icmp' | 'tcp' | undefined;
  tcpTriedAt: Instant | undefined;
  inFlight: boolean;
  /** Probes of an asked-for burst still to send. */
  burstLeft: number;
}

/**
 * One probe; remembers on the target how it answered. ICMP goes first and alone: a refused TCP connection comes back
 * sooner than an echo and would make an address that answers pings look like one that must be asked by TCP.
 */
export async function askTarget(target: AddressTarget, wire: ProbeWire, now: Instant): Promise<ProbeAnswer> {
  const { timeoutMs } = addressProbing;
  const ping = wire.icmp === undefined ? undefined : await wire.icmp(target.address, timeoutMs);
  if (ping === 'answered') {
    target.everAnswered = true;
    target.method = 'icmp';
    return ping;
  }
  if (!mayTryTcp(target, wire, now)) return ping ?? 'unasked';
  target.tcpTriedAt = now;
  // A customer's router that refuses the connection is there: nobody expects it to serve.
  const asked = tcpPorts.map(async (port): Promise<ProbeAnswer> => {
    const answer = await wire.tcp(target.address, port, timeoutMs);
    return answer === 'refused' ? 'answered' : answer;
  });
  const answer = await anyAnswer(ping === undefined ? asked : [Promise.resolve(ping), ...asked]);
  if (answer === 'answered') {
    target.everAnswered = true;
    target.method = 'tcp';
  }
  return answer;
}

/** Distance to the next probe, given what the judge wants. */
export function nextProbeMs(target: AddressTarget, wire: ProbeWire, judgedMs: number): number {
  if (target.burstLeft > 0) return addressProbing.burstMs;
  if (judgedMs < addressProbing.roundMs || wire.icmp === undefined) return judgedMs;
  return target.everAnswered && target.method !== 'tcp' ? judgedMs : limits.outsideInRetryMs;
}

function mayTryTcp(target: AddressTarget, wire: ProbeWire, now: Instant): boolean {
  if (target.method === 'icmp') return false;
  // Known to answer only TCP, or nothing else to ask with: then TCP is the probe, at the judge's pace.
  if (target.method === 'tcp' || wire.icmp === undefined) return true;
  return target.tcpTriedAt === undefined || now - target.tcpTriedAt >= limits.outsideInRetryMs;
}

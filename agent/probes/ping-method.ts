// Chooses how this machine pings: native ICMP, else the `ping` program, else TCP. The choice is made by trying each
// on loopback, is visible in every measurement, and is made again from time to time while it is not the best one.
import type { Icmp } from '../../shared/icmp/icmp.ts';
import type { Result } from '../../shared/result.ts';
import type { ProbeMethod } from '../../shared/words.ts';
import { icmpProbe } from './icmp.ts';
import type { Probe } from './probe.ts';

export interface PingWays {
  readonly openIcmp: () => Result<Icmp>;
  readonly program: Probe;
  readonly tcp: Probe;
}

export interface PingMethods {
  method(): Extract<ProbeMethod, 'icmp' | 'ping' | 'tcp'>;
  /** By the method chosen now. */
  readonly ping: Probe;
  /** Tries the better ways again; true when the method changed. Cheap when the best one is in use. */
  lookAgain(): Promise<boolean>;
  close(): void;
}

const trialMs = 1_000;
const loopbacks = ['127.0.0.1', '::1'] as const;

/** Never fails: TCP needs no right and no program. */
export async function choosePingMethod(ways: PingWays): Promise<PingMethods> {
  let chosen = await best(ways);
  return {
    method: () => chosen.method,
    ping: (request) => chosen.probe(request),
    lookAgain: async () => {
      if (chosen.method === 'icmp') return false;
      const before = chosen.method;
      chosen = await best(ways);
      return chosen.method !== before;
    },
    close: () => chosen.close(),
  };
}

interface Chosen {
  readonly method: 'icmp' | 'ping' | 'tcp';
  readonly probe: Probe;
  readonly close: () => void;
}

async function best(ways: PingWays): Promise<Chosen> {
  const opened = ways.openIcmp();
  if (opened.ok) {
    const icmp = opened.value;
    const probe = icmpProbe(icmp);
    if (await works(probe)) return { method: 'icmp', probe, close: () => icmp.close() };
    icmp.close();
  }
  if (await works(ways.program)) return { method: 'ping', probe: ways.program, close: () => undefined };
  return { method: 'tcp', probe: ways.tcp, close: () => undefined };
}

async function works(probe: Probe): Promise<boolean> {
  for (const address of loopbacks) {
    const answer = await probe({ address, timeoutMs: trialMs });
    if (answer.kind === 'answered') return true;
  }
  return false;
}

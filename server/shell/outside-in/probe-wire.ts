// How the server itself asks an address whether it is there: one ICMP echo, or one TCP connection that is closed at once.
// Says what came back and nothing about what it means. Never rejects.
import { createConnection } from 'node:net';
import type { Icmp } from '../../../shared/icmp/icmp.ts';
import { askResolver } from './ask-resolver.ts';
import { answerToError, type ProbeAnswer } from './probe-answer.ts';

export interface ProbeWire {
  /** Absent where this process may not send ICMP. */
  readonly icmp?: (address: string, timeoutMs: number) => Promise<ProbeAnswer>;
  readonly tcp: (address: string, port: number, timeoutMs: number) => Promise<ProbeAnswer>;
  /** A DNS question over TCP, answered from end to end. */
  readonly resolver: (address: string, timeoutMs: number) => Promise<ProbeAnswer>;
}

/** `icmp` stays the caller's to close. */
export function createProbeWire(icmp: Icmp | undefined): ProbeWire {
  if (icmp === undefined) return { tcp: askTcp, resolver: askResolver };
  return {
    icmp: async (address, timeoutMs) => {
      const { kind } = await icmp.ping({ address, timeoutMs });
      // Without a ttl of our own nothing expires; what did anyway has not answered.
      return kind === 'expired' ? 'lost' : kind;
    },
    tcp: askTcp,
    resolver: askResolver,
  };
}

export function askTcp(address: string, port: number, timeoutMs: number): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: address, port, timeout: timeoutMs, noDelay: true });
    const finish = (answer: ProbeAnswer): void => {
      socket.destroy();
      resolve(answer);
    };
    // The socket's own timeout is about idleness, which is what an unanswered connection attempt is.
    socket.once('timeout', () => finish('lost'));
    socket.once('connect', () => finish('answered'));
    socket.on('error', (error: NodeJS.ErrnoException) => finish(answerToError(error.code)));
  });
}

const byWeight: readonly ProbeAnswer[] = ['refused', 'lost', 'local', 'unasked'];

/** `answered` as soon as one did; else, when all have ended, the answer that says most. */
export async function anyAnswer(asked: readonly Promise<ProbeAnswer>[]): Promise<ProbeAnswer> {
  const first = asked.map(async (one) => {
    const answer = await one;
    if (answer === 'answered') return answer;
    throw new Unanswered(answer);
  });
  try {
    return await Promise.any(first);
  } catch {
    // Only `Unanswered` is thrown above: nobody answered, so all have ended.
    const answers = await Promise.all(asked);
    return byWeight.find((answer) => answers.includes(answer)) ?? 'unasked';
  }
}

class Unanswered extends Error {
  override name = 'Unanswered';
}

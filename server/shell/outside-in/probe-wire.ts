// How the server itself asks an address whether it is there: one ICMP echo, or one TCP connection that is closed at once.
// Says what came back and nothing about what it means. Never rejects.
import { createConnection } from 'node:net';
import type { Icmp } from '../../../shared/icmp/icmp.ts';

/**
 * `refused` = a TCP connection was turned away: by the address itself or, indistinguishably, by a firewall on the way.
 * `local` = it could not leave this server (no route, interface down); `unasked` = nothing was sent (a limit of this
 * machine). Neither of the two says anything about the address asked.
 */
export type ProbeAnswer = 'answered' | 'refused' | 'lost' | 'local' | 'unasked';

export interface ProbeWire {
  /** Absent where this process may not send ICMP. */
  readonly icmp?: (address: string, timeoutMs: number) => Promise<ProbeAnswer>;
  readonly tcp: (address: string, port: number, timeoutMs: number) => Promise<ProbeAnswer>;
}

/** `icmp` stays the caller's to close. */
export function createProbeWire(icmp: Icmp | undefined): ProbeWire {
  if (icmp === undefined) return { tcp: askTcp };
  return {
    icmp: async (address, timeoutMs) => (await icmp.ping({ address, timeoutMs })).kind,
    tcp: askTcp,
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

/** What a failed connection attempt says, by the system's error code. */
export function answerToError(code: string | undefined): ProbeAnswer {
  switch (code) {
    case 'ECONNREFUSED':
    case 'ECONNRESET':
      return 'refused';
    case 'ENETUNREACH':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
    case 'EACCES':
    case 'EPERM':
      return 'local';
    case 'EMFILE':
    case 'ENFILE':
    case 'EINVAL':
    case 'ENOTFOUND':
      return 'unasked';
    default:
      return 'lost';
  }
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

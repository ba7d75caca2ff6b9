// Pings by the system's `ping` program, for machines where native ICMP may not run. Costs a process per ping, so only
// a limited number runs at once. It must never take a program that could not start for a lost ping.
import { isIP } from 'node:net';
import { platform } from 'node:os';
import { limits } from '../../shared/limits.ts';
import { afterDeadline } from './deadline.ts';
import { hasAddress, localAddressFor } from './local-address.ts';
import type { Probe, ProbeAnswer, ProbeRequest } from './probe.ts';

/** One attempt of the program. Rejects when it could not be started. */
export type RunPing = (
  address: string,
  options: { readonly source?: string; readonly timeoutSeconds: number },
) => Promise<{ readonly alive: boolean; readonly rttMs?: number }>;

export function createPingProgram(run: RunPing = runPing): Probe {
  let running = 0;
  return async (request) => {
    if (isIP(request.address) === 0) return { kind: 'unasked', reason: 'not-an-address' };
    const source = localAddressFor(request.address, request);
    if (!source.ok) return { kind: 'local', local: source.failure };
    // The program tells a missing source only in words, and words differ by language.
    if (source.value !== undefined && !hasAddress(source.value))
      return { kind: 'local', local: 'no-address' };
    if (running >= limits.pingProcessesMax) return { kind: 'unasked', reason: 'limit' };
    running += 1;
    return new Promise((resolve) => {
      const cancel = afterDeadline(request.timeoutMs, () => resolve({ kind: 'lost' }));
      void ask(run, request, source.value).then((answer) => {
        running -= 1;
        cancel();
        resolve(answer);
      });
    });
  };
}

async function ask(run: RunPing, request: ProbeRequest, source: string | undefined): Promise<ProbeAnswer> {
  const startMs = performance.now();
  try {
    // Whole seconds is what every ping program takes; our own deadline is the finer one.
    const timeoutSeconds = Math.max(1, Math.floor(request.timeoutMs / 1_000));
    const answer = await run(request.address, { source, timeoutSeconds });
    if (!answer.alive) return { kind: 'lost' };
    return { kind: 'answered', rttMs: answer.rttMs ?? performance.now() - startMs };
  } catch {
    // The package rejects for one reason only: the program did not start.
    return { kind: 'unasked', reason: 'refused-by-system' };
  }
}

const runPing: RunPing = async (address, { source, timeoutSeconds }) => {
  // Loaded on first use: most machines ping natively and should not pay for it.
  const { promise } = await import('ping');
  const six = isIP(address) === 6;
  const answer = await promise.probe(address, {
    v6: six,
    numeric: platform() !== 'win32',
    timeout: timeoutSeconds,
    // Windows' program has no such option and the package throws; there `timeout` with one request is the same.
    ...(platform() === 'win32' ? {} : { deadline: timeoutSeconds + 1 }),
    min_reply: 1,
    packetSize: 32,
    ...(source === undefined ? {} : { sourceAddr: source }),
  });
  return { alive: answer.alive, rttMs: typeof answer.time === 'number' ? answer.time : undefined };
};

// Asks a target by opening a TCP connection. An open port and a refusal are both answers: someone is there. For
// networks that filter ICMP and machines that may not send it. It must never send a byte of payload.
import { connect, isIP, type Socket } from 'node:net';
import type { LocalFailure } from '../../shared/icmp/icmp.ts';
import { limits } from '../../shared/limits.ts';
import { afterDeadline, elapsedSince } from './deadline.ts';
import { errorCode, localAddressFor, localFailureOf } from './local-address.ts';
import type { Probe, ProbeAnswer, ProbeRequest } from './probe.ts';

/** Ports an internet anchor may have open. */
export const anchorPorts = [443, 80, 53] as const;
/** Ports a machine of a small company's network may have open: SSH, web, Windows (RPC, files, remote desktop). */
export const hostPorts = [22, 80, 443, 135, 445, 3389] as const;

/** The port that answered last is asked alone first; the others join after this share of the time. */
const othersAfterRatio = 0.4;

export function createTcpProbe(ports: readonly number[] = anchorPorts): Probe {
  const lastPort = new Map<string, number>();
  let underWay = 0;
  return async (request) => {
    if (isIP(request.address) === 0) return { kind: 'unasked', reason: 'not-an-address' };
    const source = localAddressFor(request.address, request);
    if (!source.ok) return { kind: 'local', local: source.failure };
    if (underWay >= limits.tcpProbesMax) return { kind: 'unasked', reason: 'limit' };
    underWay += 1;
    const wish = { request, source: source.value, ports, preferred: lastPort.get(request.address) };
    const { answer, port } = await ask(wish);
    underWay -= 1;
    if (port !== undefined) {
      lastPort.delete(request.address);
      if (lastPort.size >= limits.tcpPortsRememberedMax) lastPort.clear();
      lastPort.set(request.address, port);
    }
    return answer;
  };
}

interface Wish {
  readonly request: ProbeRequest;
  readonly source: string | undefined;
  readonly ports: readonly number[];
  readonly preferred: number | undefined;
}

function ask({ request, source, ports, preferred }: Wish): Promise<{ answer: ProbeAnswer; port?: number }> {
  return new Promise((resolve) => {
    const startMs = performance.now();
    const sockets: Socket[] = [];
    const cancels: (() => void)[] = [];
    let open = ports.length;
    let local: LocalFailure | undefined;
    const settle = (answer: ProbeAnswer, port?: number): void => {
      for (const cancel of cancels) cancel();
      for (const socket of sockets) socket.destroy();
      resolve({ answer, port });
    };
    const start = (port: number): void => {
      const socket = connect({
        host: request.address,
        port,
        localAddress: source,
        family: isIP(request.address),
        autoSelectFamily: false,
      });
      sockets.push(socket);
      socket.once('connect', () => settle({ kind: 'answered', rttMs: elapsedSince(startMs) }, port));
      socket.on('error', (error) => {
        const code = errorCode(error);
        if (code === 'ECONNREFUSED' || code === 'ECONNRESET') {
          settle({ kind: 'answered', rttMs: elapsedSince(startMs) }, port);
          return;
        }
        local ??= localFailureOf(code);
        open -= 1;
        if (open === 0) settle(local === undefined ? { kind: 'lost' } : { kind: 'local', local });
      });
    };
    cancels.push(afterDeadline(request.timeoutMs, () => settle({ kind: 'lost' })));
    if (preferred !== undefined) start(preferred);
    const others = ports.filter((port) => port !== preferred);
    if (preferred === undefined) others.forEach(start);
    else {
      const timer = setTimeout(() => others.forEach(start), request.timeoutMs * othersAfterRatio);
      cancels.push(() => clearTimeout(timer));
    }
  });
}

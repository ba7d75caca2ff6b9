// The routers on the way to one target: one ping for each distance, all at once, so that the answer is one moment's
// picture. Stands on the native ping, the only one that takes a TTL. It must never show a hop that was not asked as
// one that kept silent.
import { limits } from '../../shared/limits.ts';
import type { PathHop } from '../../shared/wire/evidence.ts';
import type { Probe, ProbeAnswer, ProbeRequest } from './probe.ts';

export interface PathRequest extends Pick<ProbeRequest, 'address' | 'source' | 'interface' | 'timeoutMs'> {
  /** 1..limits.pathHopsMax. */
  readonly hopsMax: number;
}

export interface PathAnswer {
  /** The target itself answered. */
  readonly reached: boolean;
  /** In order of ttl; one without an address kept silent; what was not asked is left out. */
  readonly hops: readonly PathHop[];
}

export type PathProbe = (request: PathRequest) => Promise<PathAnswer>;

/** Never rejects; answers when all hops have, at `timeoutMs` at the latest. `ping` must be the native one. */
export function createPathProbe(ping: Probe): PathProbe {
  return async ({ hopsMax, ...way }) => {
    const count = Math.min(limits.pathHopsMax, Math.max(1, Math.trunc(hopsMax)));
    const ttls = Array.from({ length: count }, (_, at) => at + 1);
    const answers = await Promise.all(ttls.map((ttl) => ping({ ...way, ttl })));
    return pathOf(way.address, answers);
  };
}

/** `answers[n]` is that of the probe with ttl n + 1. */
function pathOf(target: string, answers: readonly ProbeAnswer[]): PathAnswer {
  const hops: PathHop[] = [];
  for (const [at, answer] of answers.entries()) {
    const ttl = at + 1;
    if (answer.kind === 'answered') {
      hops.push({ ttl, address: target, rttMs: answer.rttMs });
      return { reached: true, hops };
    }
    if (answer.kind === 'expired') hops.push({ ttl, address: answer.from, rttMs: answer.rttMs });
    // Neither `local` nor `unasked` left this machine.
    else if (answer.kind === 'lost') hops.push({ ttl });
  }
  return { reached: false, hops };
}

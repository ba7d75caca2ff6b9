// A second machine that was started from a copy of an agent's disk: the same identity, epoch and spool, another mainboard.
// The real agent core, dialling as it does; nothing it writes is in the books, so whatever of it reached the state is
// found there as never spooled.
import type { Clock } from '../../agent/core/input.ts';
import { second } from '../../shared/time.ts';
import { type AgentProcessOptions, startAgent } from './agent-process.ts';
import { epochMs } from './frame.ts';
import type { Kernel } from './kernel.ts';
import { createProber } from './probing.ts';

export interface CloneOptions
  extends Omit<AgentProcessOptions, 'clock' | 'prober' | 'onStopped' | 'isClone' | 'spooled'> {
  readonly kernel: Kernel;
  readonly answers: (host: string) => boolean;
}

/** Starts it; the returned function takes its power away. */
export function startClone(options: CloneOptions): () => void {
  const { kernel, network, random, site, host, answers } = options;
  const startedAt = site.frame.local(kernel.now());
  const bootId = `${site.spec.id}/${host}/${startedAt}`;
  const clock = (): Clock => {
    const local = site.frame.local(kernel.now());
    return { bootId, monoMs: local - startedAt + 20 * second, wallMs: epochMs + local };
  };
  const process = startAgent({
    ...options,
    clock,
    prober: createProber({ network, random, site, host, answers }),
    isClone: true,
    spooled: () => undefined,
    onStopped: () => undefined,
  });
  return () => {
    process.kill(false);
    network.dropHost(site, host);
  };
}

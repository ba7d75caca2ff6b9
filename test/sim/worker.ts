// One worker thread of the simulator: runs the seeds it is handed and posts each result. Holds no state between seeds.
import { parentPort } from 'node:worker_threads';
import { calmMix } from './calm.ts';
import type { MixName } from './mixes.ts';
import { type RunResult, runSeed } from './run.ts';

export interface Job {
  readonly seed: number;
  readonly days: number;
  readonly sites: number;
  /** Run a second time and compare the journals. */
  readonly twice: boolean;
  readonly skip: boolean;
  readonly mix: MixName;
  readonly calmHours: number;
}

export function runJob({ seed, days, sites, twice, skip, mix, calmHours }: Job): RunResult {
  const options = { seed, days, sites, skip, mix: calmMix(mix, calmHours) };
  const result = runSeed(options);
  if (!twice) return result;
  const again = runSeed(options);
  if (again.digest === result.digest) return result;
  const what = `a second run of the seed gave another journal: ${result.digest} and ${again.digest}`;
  return { ...result, failures: [...result.failures, { kind: 'assertion', at: 0, what }] };
}

parentPort?.on('message', (job: Job) => parentPort?.postMessage(runJob(job)));

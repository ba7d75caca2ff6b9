// One worker thread of the simulator: runs the seeds it is handed and posts each result. Holds no state between seeds.
import { parentPort } from 'node:worker_threads';
import { type RunResult, runSeed } from './run.ts';

export interface Job {
  readonly seed: number;
  readonly days: number;
  readonly sites: number;
  /** Run a second time and compare the journals. */
  readonly twice: boolean;
  readonly skip: boolean;
}

export function runJob({ seed, days, sites, twice, skip }: Job): RunResult {
  const result = runSeed({ seed, days, sites, skip });
  if (!twice) return result;
  const again = runSeed({ seed, days, sites, skip });
  if (again.digest === result.digest) return result;
  const what = `a second run of the seed gave another journal: ${result.digest} and ${again.digest}`;
  return { ...result, failures: [...result.failures, { kind: 'assertion', at: 0, what }] };
}

parentPort?.on('message', (job: Job) => parentPort?.postMessage(runJob(job)));

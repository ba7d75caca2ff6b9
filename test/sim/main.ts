// `npm run sim -- --seeds N --days D [--seed S] [--sites K] [--mix usual|first] [--mix usual|first] [--once] [--no-skip] [--verbose]`
// Prints the fault mix, then what happened, the score, the percentiles, and one line to reproduce each failure.
// Exit code 0 = no failure, 1 = at least one, 2 = wrong usage.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { type MixName, mixes } from './faults.ts';
import { failuresText, mixText, reportText } from './report.ts';
import { type RunResult, runSeed } from './run.ts';
import type { Job } from './worker.ts';

const usage =
  'usage: npm run sim -- --seeds N --days D [--seed S] [--sites K] [--once] [--no-skip] [--verbose]';
const workersMax = 8;

interface Settings {
  readonly seeds: number;
  readonly first: number;
  readonly days: number;
  readonly sites: number;
  readonly once: boolean;
  readonly mix: MixName;
  readonly skip: boolean;
  readonly verbose: boolean;
}

function readSettings(): Settings {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      days: { type: 'string', default: '2' },
      sites: { type: 'string', default: '6' },
      mix: { type: 'string', default: 'usual' },
      once: { type: 'boolean', default: false },
      'no-skip': { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'seeds' | 'seed' | 'days' | 'sites', most: number): number => {
    const value = Number(values[name]);
    if (value > 0 && value <= most && (name === 'days' || Number.isInteger(value))) return value;
    throw new RangeError(`--${name} ${values[name]}: wanted: a number above 0, at most ${most}`);
  };
  const { mix } = values;
  if (mix !== 'usual' && mix !== 'first') throw new RangeError(`--mix ${mix}: wanted: usual or first`);
  return {
    mix,
    seeds: number('seeds', 1_000_000),
    first: number('seed', 4_294_967_295),
    days: number('days', 366),
    sites: number('sites', 1_000),
    once: values.once,
    skip: !values['no-skip'],
    verbose: values.verbose,
  };
}

async function main(): Promise<number> {
  let settings: Settings;
  try {
    settings = readSettings();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  const { seeds, first, days, sites, once } = settings;
  console.log(
    `seeds ${first}..${first + seeds - 1}, ${days} days, ${sites} sites, ${once ? 'once' : 'twice'} each`,
  );
  console.log(mixText(mixes[settings.mix]));
  const startedAt = performance.now();
  if (settings.verbose && seeds === 1) {
    runSeed({
      seed: first,
      days,
      sites,
      skip: settings.skip,
      mix: mixes[settings.mix],
      trace: (line) => console.log(line),
    });
  }
  const results = await runAll(settings);
  results.sort((a, b) => a.seed - b.seed);
  const { text, missedGoals } = reportText(results);
  console.log(`\n${text}\n`);
  const failed = results.some((result) => result.failures.length > 0);
  if (failed) console.log(failuresText(results, settings.mix));
  for (const goal of missedGoals) console.log(`FAILED goal: ${goal}`);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const bad = results.filter((result) => result.failures.length > 0).map((result) => result.seed);
  console.log(`${failed ? `FAILED seeds: ${bad.join(' ')}` : 'all seeds pass'} (${seconds} s)`);
  return failed || missedGoals.length > 0 ? 1 : 0;
}

/** Hands seeds to workers one by one, so that a slow seed holds up only its own worker. */
async function runAll({
  seeds,
  first,
  days,
  sites,
  once,
  skip,
  verbose,
  mix,
}: Settings): Promise<RunResult[]> {
  const results: RunResult[] = [];
  let next = 0;
  const one = (): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    const give = (): void => {
      if (next >= seeds) {
        void worker.terminate().then(() => resolve());
        return;
      }
      const job: Job = { seed: first + next, days, sites, twice: !once, skip, mix };
      next += 1;
      worker.postMessage(job);
    };
    worker.on('message', (result: RunResult) => {
      results.push(result);
      if (verbose)
        console.log(`seed ${result.seed}: ${result.failures.length} failures, ${result.events} events`);
      give();
    });
    worker.on('error', reject);
    give();
    return promise;
  };
  await Promise.all(Array.from({ length: Math.min(seeds, availableParallelism(), workersMax) }, one));
  return results;
}

process.exitCode = await main();

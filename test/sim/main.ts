// `npm run sim -- --seeds N --days D [--seed S] [--sites K] [--mix usual|all|first] [--calm HOURS] [--again N | --once]
// [--no-skip] [--verbose]`
// Prints the fault mix, then what happened, the score, the percentiles, and one line to reproduce each failure.
// Exit code 0 = no failure, 1 = at least one, 2 = wrong usage.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { calmMix, defaultCalmHours } from './calm.ts';
import { type MixName, mixNamed } from './mixes.ts';
import { failuresText, mixText, reportText } from './report.ts';
import { type RunResult, runSeed } from './run.ts';
import type { Job } from './worker.ts';

const usage =
  'usage: npm run sim -- --seeds N --days D [--seed S] [--sites K] [--mix usual|all|first] [--calm HOURS] [--again N | --once] [--no-skip] [--verbose]';
const workersMax = 8;

interface Settings {
  readonly seeds: number;
  readonly first: number;
  readonly days: number;
  readonly sites: number;
  /** Every so-manieth seed is run a second time and its journals compared; 0 = none. */
  readonly again: number;
  readonly mix: MixName;
  readonly calmHours: number;
  readonly skip: boolean;
  readonly verbose: boolean;
}

type NumberOption = 'seeds' | 'seed' | 'days' | 'sites' | 'calm' | 'again';

function readSettings(): Settings {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      days: { type: 'string', default: '2' },
      sites: { type: 'string', default: '6' },
      mix: { type: 'string', default: 'usual' },
      calm: { type: 'string' },
      again: { type: 'string', default: '1' },
      once: { type: 'boolean', default: false },
      'no-skip': { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
    },
  });
  const number = (name: NumberOption, most: number, fractions: 'whole' | 'fractions' = 'whole'): number => {
    const value = Number(values[name]);
    if (value > 0 && value <= most && (fractions === 'fractions' || Number.isInteger(value))) return value;
    throw new RangeError(`--${name} ${values[name]}: wanted: a number above 0, at most ${most}`);
  };
  const mix = mixNamed(values.mix);
  if (mix === undefined) throw new RangeError(`--mix ${values.mix}: wanted: all, usual or first`);
  const days = number('days', 366, 'fractions');
  return {
    mix,
    calmHours: values.calm === undefined ? defaultCalmHours(days) : number('calm', 10_000, 'fractions'),
    seeds: number('seeds', 1_000_000),
    first: number('seed', 4_294_967_295),
    days,
    sites: number('sites', 1_000),
    again: values.once ? 0 : number('again', 1_000_000),
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
  const { seeds, first, days, sites } = settings;
  const mix = calmMix(settings.mix, settings.calmHours);
  console.log(
    `seeds ${first}..${first + seeds - 1}, ${days} days, ${sites} sites, ${againText(settings.again)}`,
  );
  console.log(mixText(mix));
  const startedAt = performance.now();
  if (settings.verbose && seeds === 1) {
    runSeed({
      seed: first,
      days,
      sites,
      skip: settings.skip,
      mix,
      trace: (line) => console.log(line),
    });
  }
  const results = await runAll(settings);
  results.sort((a, b) => a.seed - b.seed);
  const { text, missedGoals } = reportText(results);
  console.log(`\n${text}\n`);
  const failed = results.some((result) => result.failures.length > 0);
  if (failed) console.log(failuresText(results, settings));
  for (const goal of missedGoals) console.log(`FAILED goal: ${goal}`);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const bad = results.filter((result) => result.failures.length > 0).map((result) => result.seed);
  console.log(`${failed ? `FAILED seeds: ${bad.join(' ')}` : 'all seeds pass'} (${seconds} s)`);
  return failed || missedGoals.length > 0 ? 1 : 0;
}

function againText(again: number): string {
  if (again === 0) return 'once each';
  return again === 1 ? 'twice each' : `once each, one in ${again} twice`;
}

/** Hands seeds to workers one by one, so that a slow seed holds up only its own worker. */
async function runAll(settings: Settings): Promise<RunResult[]> {
  const { seeds, first, days, sites, again, skip, verbose, mix, calmHours } = settings;
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
      const twice = again > 0 && next % again === 0;
      const job: Job = { seed: first + next, days, sites, twice, skip, mix, calmHours };
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

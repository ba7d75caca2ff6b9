// The seeds that ever failed, read from seeds.txt, and one run of such a line. Stands under the tests that play them; they
// are two files, so that both cores work.
import { readFileSync } from 'node:fs';
import { calmMix, defaultCalmHours } from './calm.ts';
import { type MixName, mixNamed } from './mixes.ts';
import { type RunResult, runSeed } from './run.ts';

export interface Listed {
  readonly seed: number;
  readonly days: number;
  readonly sites: number;
  readonly mix: MixName;
  /** Absent: what is usual for a short run, also in a long one, so that an old line stays what it was. */
  readonly calmHours?: number;
}

/** `seed days sites mix [calm hours]  # why`, one a line. */
export function listed(): readonly Listed[] {
  const text = readFileSync(new URL('./seeds.txt', import.meta.url), 'utf8');
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [seed, days, sites, mix, calm] = line.split(/\s+/);
      const calmHours = calm === undefined ? undefined : Number(calm);
      return { seed: Number(seed), days: Number(days), sites: Number(sites), mix: keptMix(mix), calmHours };
    });
}

function keptMix(name: string | undefined): MixName {
  const mix = mixNamed(name);
  if (mix !== undefined) return mix;
  throw new RangeError(`seeds.txt names a mix: all, usual or first, not ${name}`);
}

export function run({ seed, days, sites, mix, calmHours = defaultCalmHours(0) }: Listed): RunResult {
  return runSeed({ seed, days, sites, mix: calmMix(mix, calmHours) });
}

export function failuresOf(result: RunResult): readonly string[] {
  return result.failures.map(({ kind, what }) => `${kind}: ${what}`);
}

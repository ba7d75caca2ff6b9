// `node test/sla-oracle/main.ts [--cases N] [--seed N]`: the SLA engine against a minute-by-minute oracle that shares no code
// with it. Prints what was asked and every difference. Exit codes: 0 none, 1 some, 2 wrong usage.
import { parseArgs } from 'node:util';
import { compare } from './cases.ts';

const perWorld = 250;
const casesMax = 100_000_000;

function main(): number {
  const { values } = parseArgs({
    options: { cases: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '20261122' } },
  });
  const cases = Number(values.cases);
  const seed = Number(values.seed);
  if (!Number.isInteger(cases) || cases < 1 || cases > casesMax || !Number.isInteger(seed)) {
    console.error(`--cases: wanted 1..${casesMax}; --seed: wanted a whole number`);
    return 2;
  }
  const startedAt = performance.now();
  const { differences, seen, worlds, cases: done } = compare(seed, cases, perWorld);
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const [what, times] of [...seen].sort(([a], [b]) => a.localeCompare(b)))
    console.log(`${what.padEnd(24)} ${times}`);
  for (const difference of differences) console.log(`DIFFERENT ${difference}`);
  console.log(
    `seed ${seed}: ${done} cases in ${worlds} worlds, ${differences.length} differences, ${seconds.toFixed(0)} s`,
  );
  return differences.length === 0 ? 0 : 1;
}

process.exitCode = main();

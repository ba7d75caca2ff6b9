// `npm test` (all) and `npm run check` (fast). Runs the suites in order, the fast ones first, and ends with the plain line
// `N passed, N failed`. On Debian as root it installs the system packages it needs; elsewhere it says what is missing
// and which suites it therefore skips. With CI=true nothing may be skipped.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ensureTools, type Missing } from './tools.ts';

const top = new URL('..', import.meta.url).pathname;
const bin = join(top, 'node_modules', '.bin');
const ci = process.env.CI === 'true';

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** A vitest project, counted test by test. */
  readonly project?: string;
}

interface Count {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
}

const fast: readonly Step[] = [
  types('types', 'tsconfig.json'),
  types('types of the console', 'server/console/tsconfig.json'),
  { name: 'format and lint', command: [join(bin, 'biome'), 'ci', '--error-on-warnings', '.'] },
  suite('tidy'),
  suite('scenario'),
  suite('contract'),
  suite('unit'),
  {
    name: 'short simulation',
    command: [process.execPath, 'test/sim/main.ts', '--seeds', '50', '--days', '0.25', '--once'],
  },
];

const slow: readonly Step[] = [
  suite('processes'),
  suite('desks'),
  suite('sim'),
  suite('start'),
  suite('browser'),
  suite('lab'),
  suite('lab-busy'),
];

/** The compiler remembers what it has seen, beside the packages: the second run looks at what changed. */
function types(name: string, project: string): Step {
  const memory = join(top, 'node_modules', '.cache', 'types', `${project.replaceAll('/', '-')}.tsbuildinfo`);
  const options = ['--noEmit', '-p', project, '--incremental', '--tsBuildInfoFile', memory];
  return { name, command: [join(bin, 'tsc'), ...options] };
}

function suite(project: string): Step {
  const config = ['--config', 'test/vitest.config.ts', '--project', project];
  return {
    name: project,
    project,
    command: [join(bin, 'vitest'), 'run', ...config, '--passWithNoTests=false'],
  };
}

function main(): number {
  const what = process.argv[2] ?? 'all';
  if (what !== 'all' && what !== 'check') {
    console.error('usage: node test/run.ts [all|check]');
    return 2;
  }
  const started = Date.now();
  const missing = what === 'all' ? ensureTools() : [];
  if (ci && missing.length > 0) {
    for (const each of missing) console.error(`missing: ${each.tool} (${each.suites.join(', ')})`);
    console.error('With CI=true nothing may be skipped.');
    return 1;
  }
  const skipped = new Set(missing.flatMap((each) => each.suites));
  sayMissing(missing);
  const steps = (what === 'all' ? [...fast, ...slow] : fast).filter((step) => !skipped.has(step.name));
  const counts: Count[] = [];
  for (const step of steps) {
    const count = run(step);
    counts.push(count);
    // A broken build makes every later failure noise.
    if (count.failed > 0 && what === 'check') break;
  }
  return report(counts, started);
}

function sayMissing(missing: readonly Missing[]): void {
  for (const each of missing) console.log(`missing: ${each.tool}; skipped: ${each.suites.join(', ')}`);
}

const vitestReportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numFailedTestSuites: z.number(),
});

function run(step: Step): Count {
  const startedAt = Date.now();
  console.log(`\n== ${step.name}`);
  const folder = mkdtempSync(join(tmpdir(), 'vigia-report-'));
  const file = join(folder, 'report.json');
  const reporters =
    step.project === undefined ? [] : ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const [program = '', ...args] = [...step.command, ...reporters];
  const path = `${bin}:${process.env.PATH ?? ''}`;
  const done = spawnSync(program, args, { cwd: top, stdio: 'inherit', env: { ...process.env, PATH: path } });
  const seconds = (Date.now() - startedAt) / 1000;
  const green = done.status === 0;
  const counted = step.project === undefined ? undefined : readReport(file);
  rmSync(folder, { recursive: true, force: true });
  if (counted === undefined)
    return { name: step.name, passed: green ? 1 : 0, failed: green ? 0 : 1, skipped: 0, seconds };
  const skipped = counted.numPendingTests;
  // A suite that could not even load has no failed test but is no success; skipped tests are none in CI.
  const failed = Math.max(counted.numFailedTests, green ? 0 : 1) + (ci ? skipped : 0);
  return { name: step.name, passed: counted.numPassedTests, failed, skipped: ci ? 0 : skipped, seconds };
}

function readReport(file: string): z.output<typeof vitestReportSchema> | undefined {
  try {
    return vitestReportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function report(counts: readonly Count[], started: number): number {
  console.log('\n== result');
  for (const count of counts) {
    const mark = count.failed === 0 ? 'ok  ' : 'FAIL';
    console.log(
      `${mark} ${count.name.padEnd(22)} ${count.passed} passed, ${count.failed} failed, ${count.seconds.toFixed(1)} s`,
    );
  }
  const sum = (pick: (count: Count) => number): number =>
    counts.reduce((total, count) => total + pick(count), 0);
  const skipped = sum((count) => count.skipped);
  const failed = sum((count) => count.failed);
  console.log(`total ${((Date.now() - started) / 1000).toFixed(0)} s with ${process.version}`);
  console.log(
    `${sum((count) => count.passed)} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
  );
  return failed === 0 ? 0 : 1;
}

process.exitCode = main();

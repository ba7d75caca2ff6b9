// `npm run bench -- [--json FILE] [--minutes N] [--only core,spool,correlator,desks,console,footprint] [--seconds N]
// [--archive FILE]`: the benchmarks, each figure with its goal beside it. Measures only: a figure beyond its goal is for a
// person to judge. Exit codes: 0 measured, 1 failed, 2 wrong usage.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchCore, benchSpool } from './agent-speed.ts';
import { benchConsole, consoleObstacle } from './console.ts';
import { benchCorrelator } from './correlator.ts';
import { benchDesks } from './desks.ts';
import { type Figure, tableOf } from './figure.ts';
import { benchFootprint, footprintObstacle } from './footprint.ts';

const usage =
  'usage: npm run bench -- [--json FILE] [--minutes N] [--only core,spool,correlator,desks,console,footprint] [--seconds N] [--archive FILE]';
/** At least ten minutes behind the three of the start. */
const defaultMinutes = '14';
const minutesMax = 7 * 24 * 60;
/** Of the wall under load. */
const defaultSeconds = '60';
const secondsMax = 60 * 60;
const names = ['core', 'spool', 'correlator', 'desks', 'console', 'footprint'] as const;
type Name = (typeof names)[number];

interface Settings {
  readonly json?: string;
  readonly minutes: number;
  readonly only: readonly Name[];
  readonly seconds: number;
  readonly archive?: string;
}

process.exitCode = await main();

async function main(): Promise<number> {
  const settings = readSettings();
  if (typeof settings === 'string') {
    console.error(`${settings}\n${usage}`);
    return 2;
  }
  try {
    const figures: Figure[] = [];
    for (const name of settings.only) figures.push(...(await run(name, settings)));
    console.log(tableOf(figures));
    const report = { node: process.version, platform: process.platform, arch: process.arch, figures };
    if (settings.json !== undefined)
      writeFileSync(settings.json, `${JSON.stringify(report, undefined, 2)}\n`);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

async function run(name: Name, settings: Settings): Promise<readonly Figure[]> {
  switch (name) {
    case 'core':
      return benchCore();
    case 'spool':
      return benchSpool();
    case 'correlator':
      return benchCorrelator();
    case 'desks':
      return benchDesks();
    case 'console': {
      const obstacle = consoleObstacle();
      if (obstacle === undefined) return benchConsole(settings.seconds * 1_000);
      console.log(`console: not measured: ${obstacle}`);
      return [];
    }
    case 'footprint': {
      const obstacle = footprintObstacle();
      if (obstacle === undefined) return benchFootprint(settings);
      console.log(`footprint: not measured: ${obstacle}`);
      return [];
    }
  }
}

/** A text says what is wrong. */
function readSettings(): Settings | string {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: 'string' },
        minutes: { type: 'string', default: defaultMinutes },
        seconds: { type: 'string', default: defaultSeconds },
        only: { type: 'string', default: names.join(',') },
        archive: { type: 'string' },
      },
    });
    const minutes = Number(values.minutes);
    if (!(minutes > 0 && minutes <= minutesMax))
      return `--minutes ${values.minutes}: wanted: a number above 0, at most ${minutesMax}`;
    const seconds = Number(values.seconds);
    if (!(seconds > 0 && seconds <= secondsMax))
      return `--seconds ${values.seconds}: wanted: a number above 0, at most ${secondsMax}`;
    const asked = values.only.split(',');
    const only = names.filter((name) => asked.includes(name));
    if (only.length !== asked.length) return `--only ${values.only}: wanted: some of ${names.join(', ')}`;
    return { json: values.json, minutes, seconds, only, archive: values.archive };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

// Runs inside a network namespace of its own (footprint.ts starts it): server, packed agent, a bare Node beside it, and a
// look at both every few seconds. Writes its figures to a file; nothing of it leaves this machine.
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { type CountingRelay, startRelay } from './counting-relay.ts';
import type { Figure } from './figure.ts';
import { addresses, startInternet } from './internet.ts';
import { type ProcessFigures, readProcess } from './process-figures.ts';
import { startRig } from './rig.ts';
import { median, slope } from './statistics.ts';

const relayPort = 7701;
const sampleEveryMs = 5_000;
/** The start is over: modules are loaded, a first minute's pages were given back. */
const settledMs = 3 * 60_000;
const mebibyte = 1024 * 1024;
const dayMs = 86_400_000;
const hourMs = 3_600_000;

const options = z
  .object({
    folder: z.string(),
    program: z.string(),
    minutes: z.number(),
    results: z.string(),
    tls: z.boolean(),
  })
  .parse(JSON.parse(process.argv[2] ?? ''));

interface Sample {
  readonly agent: ProcessFigures;
  readonly bare: ProcessFigures;
  readonly toServerBytes: number;
  readonly toAgentBytes: number;
  readonly echoes: number;
}

const samples = await measure();
writeFileSync(options.results, JSON.stringify(figuresOf(samples)));
process.exit(0);

async function measure(): Promise<readonly Sample[]> {
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  await startInternet();
  const certificates = options.tls ? dirname(options.folder) : undefined;
  const rig = await startRig(options.folder, certificates);
  const relay = await startRelay({ host: addresses.server, port: relayPort, serverPort: rig.serverPort });
  const url = `${options.tls ? 'https' : 'http'}://${addresses.server}:${relayPort}`;
  // As a service manager starts it: with nothing in its environment that would be this machine's own.
  const environment = { PATH: process.env.PATH };
  const command = [join(options.program, 'vigia-agent')];
  const agent = await rig.startAgent({ name: 'agent', command, environment, url });
  const bareArguments = ['-e', 'setInterval(() => {}, 1e9)'];
  const bare = spawn(join(options.program, 'bin', 'node'), bareArguments, { stdio: 'ignore' });
  try {
    await rig.connected(1);
    return await look({ agent: agent.pid ?? 0, bare: bare.pid ?? 0, relay });
  } finally {
    bare.kill('SIGKILL');
    relay.close();
    rig.stop();
  }
}

interface Watched {
  readonly agent: number;
  readonly bare: number;
  readonly relay: CountingRelay;
}

async function look({ agent, bare, relay }: Watched): Promise<readonly Sample[]> {
  const taken: Sample[] = [];
  const end = performance.now() + options.minutes * 60_000;
  while (performance.now() < end) {
    taken.push({
      agent: readProcess(agent),
      bare: readProcess(bare),
      toServerBytes: relay.toServerBytes(),
      toAgentBytes: relay.toAgentBytes(),
      echoes: readEchoes(),
    });
    await wait(sampleEveryMs);
  }
  return taken;
}

/** ICMP echo requests sent in this namespace: only the agent pings here. */
function readEchoes(): number {
  const lines = readFileSync('/proc/net/snmp', 'utf8').split('\n');
  const [names, values] = lines.filter((line) => line.startsWith('IcmpMsg:')).map((line) => line.split(' '));
  return Number(values?.[names?.indexOf('OutType8') ?? -1] ?? 0);
}

function figuresOf(all: readonly Sample[]): readonly Figure[] {
  const startedAt = all[0]?.agent.atMs ?? 0;
  const late = all.filter(({ agent }) => agent.atMs - startedAt >= settledMs);
  // A run shorter than the settling shows its second half.
  const rest = late.length > 1 ? late : all.slice(Math.floor(all.length / 2));
  return [...memoryFigures(all, rest), ...workFigures(rest)].map((figure) => ({
    bench: 'footprint',
    ...figure,
  }));
}

type Named = Omit<Figure, 'bench'>;

function memoryFigures(all: readonly Sample[], rest: readonly Sample[]): readonly Named[] {
  const mib = (samples: readonly Sample[], pick: (sample: Sample) => number): readonly number[] =>
    samples.map((sample) => pick(sample) / mebibyte);
  const growth = (of: (sample: Sample) => ProcessFigures): number =>
    slope(rest.map((sample) => ({ x: of(sample).atMs / hourMs, y: of(sample).rssBytes / mebibyte })));
  const unit = 'MiB';
  return [
    {
      name: 'resident at rest, median',
      value: median(mib(rest, ({ agent }) => agent.rssBytes)),
      ...{ unit, goal: 'at most 55 (MB: 52 MiB)' },
      bareNode: median(mib(rest, ({ bare }) => bare.rssBytes)),
    },
    {
      name: 'resident at rest, most',
      value: Math.max(...mib(rest, ({ agent }) => agent.rssBytes)),
      ...{ unit, goal: 'at most 55 (MB: 52 MiB)' },
      bareNode: Math.max(...mib(rest, ({ bare }) => bare.rssBytes)),
    },
    {
      name: 'resident with the start, most',
      value: Math.max(...mib(all, ({ agent }) => agent.rssBytes)),
      unit,
      bareNode: Math.max(...mib(all, ({ bare }) => bare.rssBytes)),
    },
    {
      name: 'proportional (Pss), median',
      value: median(mib(rest, ({ agent }) => agent.pssBytes)),
      unit,
      bareNode: median(mib(rest, ({ bare }) => bare.pssBytes)),
    },
    {
      name: 'anonymous, median',
      value: median(mib(rest, ({ agent }) => agent.anonymousBytes)),
      unit,
      bareNode: median(mib(rest, ({ bare }) => bare.anonymousBytes)),
    },
    {
      name: 'growth of resident (linear fit)',
      value: growth(({ agent }) => agent),
      ...{ unit: 'MiB/h', goal: 'none' },
      bareNode: growth(({ bare }) => bare),
    },
    {
      name: 'anonymous: lowest of the last third above that of the first',
      value: floorRise(rest) / mebibyte,
      ...{ unit: 'MiB', goal: 'none' },
    },
  ];
}

/**
 * Garbage is collected every eight minutes or so, 2 MB of it: over a short run the fit above shows one tooth of that saw.
 * What lies under the teeth is what would be a leak. A run of half an hour or more tells.
 */
function floorRise(rest: readonly Sample[]): number {
  const third = Math.ceil(rest.length / 3);
  const lowest = (samples: readonly Sample[]): number =>
    Math.min(...samples.map(({ agent }) => agent.anonymousBytes));
  return lowest(rest.slice(-third)) - lowest(rest.slice(0, third));
}

function workFigures(rest: readonly Sample[]): readonly Named[] {
  const [first, last] = [rest[0], rest.at(-1)];
  if (first === undefined || last === undefined) return [];
  const tookMs = last.agent.atMs - first.agent.atMs;
  const wire = options.tls ? 'TLS records' : 'no TLS';
  return [
    {
      name: 'share of one core',
      value: ((last.agent.cpuMs - first.agent.cpuMs) / tookMs) * 100,
      ...{ unit: '%', goal: 'at most 0.3' },
      bareNode: ((last.bare.cpuMs - first.bare.cpuMs) / tookMs) * 100,
    },
    {
      name: `sent to the server in a day (${wire})`,
      value: (((last.toServerBytes - first.toServerBytes) / tookMs) * dayMs) / 1e6,
      ...{ unit: 'MB', goal: 'at most 2' },
    },
    {
      name: `received from the server in a day (${wire})`,
      value: (((last.toAgentBytes - first.toAgentBytes) / tookMs) * dayMs) / 1e6,
      unit: 'MB',
    },
    { name: 'pings sent', value: ((last.echoes - first.echoes) / tookMs) * 1_000, unit: '/s' },
    { name: 'measured over', value: tookMs / 60_000, unit: 'min', goal: 'at least 10' },
  ];
}

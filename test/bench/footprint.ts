// What the packed agent weighs on a customer's machine: packs it, unpacks the archive, and has it measured in a network
// namespace of its own (footprint-main.ts). Linux and root only; elsewhere it says so.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Figure } from './figure.ts';

const top = join(import.meta.dirname, '..', '..');
const packer = join(top, 'agent', 'pack', 'main.ts');
const measurer = join(import.meta.dirname, 'footprint-main.ts');
const target = process.arch === 'arm64' ? 'linux-arm64' : 'linux-x64';

/** What footprint-main.ts writes. */
export const figuresSchema = z.array(
  z.object({
    bench: z.string(),
    name: z.string(),
    value: z.number(),
    unit: z.string(),
    goal: z.string().optional(),
    bareNode: z.number().optional(),
  }),
);

/** Why it cannot be measured here; undefined = it can. */
export function footprintObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'the footprint is measured on Linux only';
  if (process.getuid?.() !== 0) return 'the footprint needs root, for a network namespace of its own';
  return undefined;
}

/** `archive`: a packed agent; without one it is packed now. */
export function benchFootprint(options: {
  readonly minutes: number;
  readonly archive?: string;
}): readonly Figure[] {
  const archive = options.archive ?? packNow();
  const folder = mkdtempSync(join(tmpdir(), 'vigia-footprint-'));
  try {
    execFileSync('tar', ['-C', folder, '-xf', archive]);
    const results = join(folder, 'results.json');
    const words = JSON.stringify({
      folder: join(folder, 'run'),
      program: join(folder, 'vigia-agent'),
      minutes: options.minutes,
      results,
      tls: makeCertificate(folder),
    });
    mkdirSync(join(folder, 'run'));
    console.error(`footprint: ${archive}, watched for ${options.minutes} minutes`);
    const run = spawnSync('unshare', ['--net', process.execPath, measurer, words], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') },
    });
    if (run.status !== 0) throw new Error(`the footprint was not measured (${run.status ?? run.signal})`);
    const size: Figure = {
      ...{ bench: 'footprint', name: `archive ${target}` },
      ...{ value: statSync(archive).size / 1e6, unit: 'MB', goal: 'at most 40' },
    };
    return [size, ...figuresSchema.parse(JSON.parse(readFileSync(results, 'utf8')))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function packNow(): string {
  execFileSync(process.execPath, [packer, '--target', target], { stdio: 'inherit' });
  const folder = join(top, 'dist');
  const found = readdirSync(folder)
    .filter((name) => name.endsWith(`-${target}.tar.xz`))
    .map((name) => join(folder, name))
    .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
  if (found === undefined) throw new Error(`no archive for ${target} in ${folder}`);
  return found;
}

/** As a customer's agent speaks: over TLS. Without `openssl` it is plain HTTP, and the figures say so. */
function makeCertificate(folder: string): boolean {
  const key = join(folder, 'key.pem');
  const certificate = join(folder, 'cert.pem');
  writeFileSync(certificate, '');
  const words = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ];
  const subject = ['-subj', '/CN=vigia-bench', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const run = spawnSync('openssl', [...words, ...subject, '-keyout', key, '-out', certificate]);
  return run.status === 0;
}

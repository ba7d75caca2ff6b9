// `npm run pack:agent -- --target linux-x64|linux-arm64|win-x64`: writes the agent's installable archive under dist/.
// Exit codes: 0 done, 1 failed, 2 wrong usage.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ok, type Result } from '../../shared/result.ts';
import { compressXz, deflate } from './compress.ts';
import { type Contents, collectContents } from './contents.ts';
import { createPackageFiles } from './packages.ts';
import { writeTar } from './tar.ts';
import { type Target, targetNamed, targets } from './targets.ts';
import { writeZip } from './zip.ts';

const top = join(import.meta.dirname, '..', '..');
const goalBytes = 40e6;
const usage = `usage: npm run pack:agent -- --target ${targets.map((target) => target.name).join('|')}`;

process.exitCode = await main();

async function main(): Promise<number> {
  const target = readTarget();
  if (target === undefined) {
    console.error(usage);
    return 2;
  }
  const packages = createPackageFiles(top);
  const contents = await collectContents({ top, target, packages, nodeProgram: process.execPath });
  if (!contents.ok) return refused(contents.failure.message);
  const archive = pack(target, contents.value);
  if (!archive.ok) return refused(archive.failure.message);
  const folder = join(top, 'dist');
  const end = target.system === 'windows' ? 'zip' : 'tar.xz';
  const path = join(folder, `vigia-agent-${contents.value.version}-${target.name}.${end}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, archive.value);
  console.log(`${path}: ${(archive.value.length / 1e6).toFixed(1)} MB (goal: at most ${goalBytes / 1e6} MB)`);
  if (archive.value.length > goalBytes && target.system === 'windows')
    console.log('smaller with libdeflate-gzip (Debian: apt-get install libdeflate-tools)');
  return 0;
}

function readTarget(): Target | undefined {
  try {
    const { values } = parseArgs({ options: { target: { type: 'string' } } });
    return targetNamed(values.target ?? '');
  } catch (error) {
    // An option that there is not.
    console.error(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function pack(target: Target, { entries }: Contents): Result<Uint8Array> {
  return target.system === 'windows' ? ok(writeZip(entries, deflate)) : compressXz(writeTar(entries));
}

function refused(message: string): number {
  console.error(`pack:agent: ${message}`);
  return 1;
}

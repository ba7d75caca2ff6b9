// What an archive holds, as a list of files: the program, its Node, koffi's native part, launcher, install script,
// licences, manifest. Reads the repository and node_modules; writes nothing.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ok, type Result } from '../../shared/result.ts';
import type { ArchiveEntry } from './archive-entry.ts';
import { bundleAgent } from './bundle.ts';
import { withoutSymbols } from './elf.ts';
import { collectLicences } from './licences.ts';
import { manifestOf } from './manifest.ts';
import type { PackageFiles } from './packages.ts';
import type { Target } from './targets.ts';

/** The one folder at the top of every archive. */
export const archiveFolder = 'vigia-agent';

export interface Contents {
  readonly version: string;
  readonly entries: readonly ArchiveEntry[];
}

/** Fails with `not-found`, `unavailable` or `input.invalid`: some part could not be had. `nodeProgram`: this Node. */
export async function collectContents(options: {
  readonly top: string;
  readonly target: Target;
  readonly packages: PackageFiles;
  readonly nodeProgram: string;
}): Promise<Result<Contents>> {
  const { top, target, packages, nodeProgram } = options;
  const nodeVersion = packages.version(target.nodePackage);
  if (!nodeVersion.ok) return nodeVersion;
  const native = nativeParts(target, packages);
  if (!native.ok) return native;
  const bundle = await bundleAgent(top, target);
  const licences = collectLicences(top, bundle.packages, nodeProgram);
  if (!licences.ok) return licences;
  const version = versionOf(top);
  const files: readonly ArchiveEntry[] = [
    textFile('agent.js', bundle.code),
    // Node reads agent.js as a module because of this line, without first trying it as something else.
    textFile('package.json', `${JSON.stringify({ name: archiveFolder, version, type: 'module' })}\n`),
    ...native.value,
    ...scripts(top, target),
    ...licences.value,
  ];
  const manifest = manifestOf({ version, target: target.name, node: nodeVersion.value }, files);
  const entries = [...files, manifest].map((entry) => ({ ...entry, path: `${archiveFolder}/${entry.path}` }));
  return ok({ version, entries });
}

function textFile(path: string, text: string): ArchiveEntry {
  return { path, bytes: new TextEncoder().encode(text), executable: false };
}

function nativeParts(target: Target, packages: PackageFiles): Result<readonly ArchiveEntry[]> {
  const node = packages.read(target.nodePackage, target.nodeFile);
  if (!node.ok) return node;
  // Windows' program carries no symbols, and its signature covers every byte.
  const small = target.system === 'linux' ? withoutSymbols(node.value) : node;
  if (!small.ok) return small;
  const koffi = packages.read(target.koffiPackage, target.koffiFile);
  if (!koffi.ok) return koffi;
  return ok([
    { path: target.nodeFile, bytes: small.value, executable: true },
    { path: 'koffi.node', bytes: koffi.value, executable: false },
  ]);
}

/** Scripts that fetch or make a package have no place inside one. */
const notPacked: readonly string[] = ['get.sh', 'from-checkout.sh', 'get.ps1'];

/** Launcher and everything that installs. */
function scripts(top: string, target: Target): readonly ArchiveEntry[] {
  const windows = target.system === 'windows';
  const launcher = windows ? 'vigia-agent.cmd' : 'vigia-agent';
  const folder = join(top, 'install-scripts', windows ? 'windows' : 'linux');
  const names = readdirSync(folder).filter((name) => !notPacked.includes(name));
  return [
    {
      path: launcher,
      bytes: readFileSync(join(top, 'agent', 'pack', windows ? launcher : 'vigia-agent.sh')),
      executable: true,
    },
    ...names.map((name) => ({
      path: name,
      bytes: readFileSync(join(folder, name)),
      executable: name.endsWith('.sh') || name.endsWith('.init') || name.endsWith('.openrc'),
    })),
  ];
}

function versionOf(top: string): string {
  const manifest = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));
  return z.object({ version: z.string().regex(/^[\w.+-]+$/) }).parse(manifest).version;
}

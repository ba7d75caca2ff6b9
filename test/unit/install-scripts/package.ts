// The agent's package as `npm run pack:agent` makes it, unpacked or in an archive that is made quickly rather than small.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { collectContents } from '../../../agent/pack/contents.ts';
import { createPackageFiles } from '../../../agent/pack/packages.ts';
import { targetNamed } from '../../../agent/pack/targets.ts';
import { top } from './rig.ts';

export interface Package {
  /** The folder `vigia-agent`. */
  readonly folder: string;
  readonly version: string;
  readonly target: string;
  /** As the server looks for it. */
  readonly archiveName: string;
}

/** Makes `<folder>/vigia-agent` for this machine. */
export async function makePackage(folder: string): Promise<Package> {
  const target = targetNamed(process.arch === 'arm64' ? 'linux-arm64' : 'linux-x64');
  if (target === undefined) throw new Error('no such target');
  const packages = createPackageFiles(top);
  const contents = await collectContents({ top, target, packages, nodeProgram: process.execPath });
  if (!contents.ok) throw new Error(contents.failure.message);
  for (const { path, bytes, executable } of contents.value.entries) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes, { mode: executable ? 0o755 : 0o644 });
  }
  const { version } = contents.value;
  const archiveName = `vigia-agent-${version}-${target.name}.tar.xz`;
  return { folder: join(folder, 'vigia-agent'), version, target: target.name, archiveName };
}

export function archive(made: Package, file: string): void {
  const words = ['-C', dirname(made.folder), '-I', 'xz -0 -T2', '-cf', file, 'vigia-agent'];
  const done = spawnSync('tar', words, { encoding: 'utf8' });
  if (done.status !== 0 || !existsSync(file)) throw new Error(`tar: ${done.stderr}`);
}

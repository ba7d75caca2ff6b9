// The agents' installable archives as they lie in one folder (`npm run pack:agent` puts them there): which one a machine
// gets, and its SHA-256. It only reads, and it names no file but those of this pattern.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export const packageTargets = ['linux-x64', 'linux-arm64', 'win-x64'] as const;
export type PackageTarget = (typeof packageTargets)[number];

export interface AgentPackage {
  readonly path: string;
  readonly name: string;
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface AgentPackages {
  /**
   * The archive of this server's own release, else the newest one: the server speaks the version before it too.
   * undefined = none was packed. Rejects when the disk fails.
   */
  find(target: PackageTarget): Promise<AgentPackage | undefined>;
}

const namePattern =
  /^vigia-agent-(\d+\.\d+\.\d+(?:-[0-9A-Za-z.]+)?)-(linux-x64|linux-arm64|win-x64)\.(?:tar\.xz|zip)$/;

export function createAgentPackages(options: {
  readonly directory: string;
  readonly release: string;
}): AgentPackages {
  /** One per target: 40 MB are read once for each file, not for each caller. */
  const digests = new Map<PackageTarget, { readonly key: string; readonly sha256: Promise<string> }>();
  return {
    find: async (target) => {
      const name = chosen(await namesIn(options.directory), target, options.release);
      if (name === undefined) return undefined;
      const path = join(options.directory, name);
      const { size: sizeBytes, mtimeMs } = await stat(path);
      const key = `${name} ${sizeBytes} ${mtimeMs}`;
      let known = digests.get(target);
      if (known?.key !== key) {
        known = { key, sha256: sha256Of(path) };
        digests.set(target, known);
      }
      try {
        return { path, name, sizeBytes, sha256: await known.sha256 };
      } catch (error) {
        digests.delete(target);
        throw error;
      }
    },
  };
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    // Nothing was ever packed here.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function chosen(names: readonly string[], target: PackageTarget, release: string): string | undefined {
  const candidates = names
    .flatMap((name) => {
      const [, version, forTarget] = namePattern.exec(name) ?? [];
      return version !== undefined && forTarget === target ? [{ name, version }] : [];
    })
    .sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }));
  return (candidates.find(({ version }) => version === release) ?? candidates[0])?.name;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

// Files of npm packages for another machine than this one: from node_modules where npm has put them, else the same
// pinned version from the registry, checked against package-lock.json. Nothing from a package is ever run.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { failure } from '../../shared/failure.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { readFromTar } from './tar.ts';

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ version: z.string(), integrity: z.string() }).partial()),
});
const packedSchema = z.array(z.object({ filename: z.string().regex(/^[\w.-]+$/) })).length(1);

export interface PackageFiles {
  /** One file of a package that package-lock.json names. Fails with `not-found` or `unavailable`. */
  read(packageName: string, file: string): Result<Uint8Array>;
  /** The version that package-lock.json pins. */
  version(packageName: string): Result<string>;
}

/** `fetch` gets a package's archive (.tgz) from the registry. */
export function createPackageFiles(top: string, fetch: FetchPackage = npmPack): PackageFiles {
  const lock = lockSchema.parse(JSON.parse(readFileSync(join(top, 'package-lock.json'), 'utf8')));
  const version = (name: string): Result<string> => {
    const pinned = lock.packages[`node_modules/${name}`]?.version;
    return pinned === undefined ? notFound(`package-lock.json names no ${name}`) : ok(pinned);
  };
  return {
    version,
    read: (name, file) => {
      const installed = join(top, 'node_modules', name, file);
      if (existsSync(installed)) return ok(readFileSync(installed));
      const pinned = version(name);
      if (!pinned.ok) return pinned;
      const fetched = fetch(name, pinned.value);
      if (!fetched.ok) return fetched;
      const wanted = lock.packages[`node_modules/${name}`]?.integrity;
      const given = `sha512-${createHash('sha512').update(fetched.value).digest('base64')}`;
      if (given !== wanted)
        return notFound(`${name}@${pinned.value} is not what package-lock.json pins: ${given}`);
      const content = readFromTar(gunzipSync(fetched.value), `package/${file}`);
      return content === undefined ? notFound(`${name}@${pinned.value} has no ${file}`) : ok(content);
    },
  };
}

export type FetchPackage = (name: string, version: string) => Result<Uint8Array>;

/** Through npm itself, so that its configuration (registry, proxy, cache) holds here too. */
const npmPack: FetchPackage = (name, version) => {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-pack-'));
  try {
    const words = ['pack', `${name}@${version}`, '--json', '--pack-destination', folder];
    const run = spawnSync('npm', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    if (run.status !== 0) return unavailable(`npm ${words.join(' ')}: ${run.error?.message ?? run.stderr}`);
    const [packed] = packedSchema.parse(JSON.parse(run.stdout));
    return ok(readFileSync(join(folder, packed?.filename ?? '')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

function notFound(message: string): Result<never> {
  return fail(failure('not-found', message));
}

function unavailable(message: string): Result<never> {
  return fail(failure('unavailable', message, { retryable: true }));
}

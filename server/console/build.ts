// Builds the console into dist when its sources changed since the last build: `node server/console/build.ts`.
// Runs before every start, so the common case (nothing changed) must cost one walk and one hash, and say nothing.
// Must never leave a mark of success beside files that are not the ones it stands for.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const here = import.meta.dirname;
const root = join(here, '..', '..');
const outDir = join(here, 'dist');
const markFile = join(outDir, '.build-hash');

/** What a viewer downloads before the first row: all scripts, gzip. The wall must open on a bad uplink. */
const scriptBytesMax = 150 * 1024;

/** Everything the output depends on: the console, what it imports from shared, and the exact package versions. */
function inputFiles(): readonly string[] {
  const files = [join(root, 'package-lock.json'), join(root, 'tsconfig.json')];
  for (const folder of [here, join(root, 'shared')]) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && !path.startsWith(outDir)) files.push(path);
    }
  }
  return files.sort();
}

function hashOfInputs(): string {
  const hash = createHash('sha256');
  for (const file of inputFiles()) {
    const content = readFileSync(file);
    hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function hashOfLastBuild(): string | undefined {
  try {
    return readFileSync(markFile, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Writes `.gz` and `.br` beside each text file, so that the server never compresses at run time. */
function compress(): { readonly scriptBytes: number } {
  let scriptBytes = 0;
  for (const entry of readdirSync(outDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(js|css|html|svg)$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const content = readFileSync(path);
    const zipped = gzipSync(content, { level: 9 });
    writeFileSync(`${path}.gz`, zipped);
    writeFileSync(`${path}.br`, brotliCompressSync(content));
    if (entry.name.endsWith('.js')) scriptBytes += zipped.length;
  }
  return { scriptBytes };
}

/** Builds if needed. `built` is false when dist is already the build of these sources. */
export async function buildConsole(): Promise<{ readonly built: boolean; readonly scriptBytes: number }> {
  const hash = hashOfInputs();
  if (hashOfLastBuild() === hash) return { built: false, scriptBytes: 0 };
  rmSync(markFile, { force: true });
  // Imported here: an unchanged console must start without loading the bundler.
  const { build } = await import('vite');
  await build({ configFile: join(here, 'vite.config.ts'), logLevel: 'error', mode: 'production' });
  const { scriptBytes } = compress();
  if (scriptBytes > scriptBytesMax) {
    throw new Error(
      `the console's script is ${kilobytes(scriptBytes)} compressed, the limit is ${kilobytes(scriptBytesMax)}`,
    );
  }
  writeFileSync(markFile, `${hash}\n`);
  return { built: true, scriptBytes };
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}

if (import.meta.main) {
  try {
    const startedAt = performance.now();
    const { built, scriptBytes } = await buildConsole();
    if (built) {
      const tookMs = Math.round(performance.now() - startedAt);
      console.log(
        `console built in ${tookMs} ms, script ${kilobytes(scriptBytes)} compressed (limit ${kilobytes(scriptBytesMax)})`,
      );
    }
  } catch (error) {
    console.error(`console: the build failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

// Builds the console into dist when its sources changed since the last build: `node server/console/build.ts`.
// Runs before every start, so the common case (nothing changed) must cost one walk and one hash, and say nothing.
// Must never leave a mark of success beside files that are not the ones it stands for.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { manifestFile } from './manifest.ts';

const here = import.meta.dirname;
const root = join(here, '..', '..');
const outDir = join(here, 'dist');
const markFile = join(outDir, '.build-hash');

/** What a viewer downloads before the first row, gzip. The wall must open on a bad uplink. */
const firstViewBytesMax = 150 * 1024;
/** The same of any one page, fetched when it is first opened. */
const pageBytesMax = 120 * 1024;

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
function compress(): ReadonlyMap<string, number> {
  const scripts = new Map<string, number>();
  for (const entry of readdirSync(outDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(js|css|html|svg)$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const content = readFileSync(path);
    const zipped = gzipSync(content, { level: 9 });
    writeFileSync(`${path}.gz`, zipped);
    writeFileSync(`${path}.br`, brotliCompressSync(content));
    if (entry.name.endsWith('.js')) scripts.set(relative(outDir, path).replaceAll('\\', '/'), zipped.length);
  }
  return scripts;
}

const manifestSchema = z.record(
  z.string(),
  z.object({
    file: z.string(),
    isEntry: z.boolean().optional(),
    isDynamicEntry: z.boolean().optional(),
    imports: z.array(z.string()).optional(),
  }),
);
type Manifest = z.output<typeof manifestSchema>;

/** The script of this part and of all it needs at once. */
function filesOf(manifest: Manifest, part: string, seen = new Set<string>()): ReadonlySet<string> {
  const chunk = manifest[part];
  if (chunk === undefined || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const each of chunk.imports ?? []) filesOf(manifest, each, seen);
  return seen;
}

/** Bytes of the first view; fails where it or a page is larger than a bad uplink should carry. */
function weigh(scripts: ReadonlyMap<string, number>): number {
  const path = join(outDir, manifestFile);
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  rmSync(path);
  const weightOf = (files: Iterable<string>): number =>
    [...files].reduce((sum, file) => sum + (scripts.get(file) ?? 0), 0);
  const entry = Object.keys(manifest).find((part) => manifest[part]?.isEntry === true) ?? '';
  const first = filesOf(manifest, entry);
  const firstBytes = weightOf(first);
  const within = (what: string, bytes: number, max: number): void => {
    if (bytes <= max) return;
    throw new Error(`${what} is ${kilobytes(bytes)} compressed, the limit is ${kilobytes(max)}`);
  };
  within("the first view's script", firstBytes, firstViewBytesMax);
  for (const [part, chunk] of Object.entries(manifest)) {
    if (chunk.isDynamicEntry !== true) continue;
    const own = [...filesOf(manifest, part)].filter((file) => !first.has(file));
    within(`the script of ${part}`, weightOf(own), pageBytesMax);
  }
  return firstBytes;
}

/** Builds if needed. `built` is false when dist is already the build of these sources. */
export async function buildConsole(): Promise<{ readonly built: boolean; readonly scriptBytes: number }> {
  const hash = hashOfInputs();
  if (hashOfLastBuild() === hash) return { built: false, scriptBytes: 0 };
  rmSync(markFile, { force: true });
  // Imported here: an unchanged console must start without loading the bundler.
  const { build } = await import('vite');
  await build({ configFile: join(here, 'vite.config.ts'), logLevel: 'error', mode: 'production' });
  const scriptBytes = weigh(compress());
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
        `console built in ${tookMs} ms, first view ${kilobytes(scriptBytes)} compressed (limit ${kilobytes(firstViewBytesMax)})`,
      );
    }
  } catch (error) {
    console.error(`console: the build failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

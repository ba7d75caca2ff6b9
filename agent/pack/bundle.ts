// Makes the agent's one file: main.ts with all it needs of shared/ and of npm, as plain JavaScript. Names stay whole,
// so that a stack in a customer's log can be read. Must never change what the program does.
import { readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { rolldown } from 'rolldown';
import { z } from 'zod';
import type { Target } from './targets.ts';

export interface Bundle {
  readonly code: string;
  /** The npm packages inside, sorted. */
  readonly packages: readonly BundledPackage[];
}

export interface BundledPackage {
  readonly name: string;
  readonly folder: string;
}

/** `top`: the repository. */
export async function bundleAgent(top: string, target: Target): Promise<Bundle> {
  const build = await rolldown({
    input: join(top, 'agent', 'main.ts'),
    cwd: top,
    platform: 'node',
    // It is asked only where there is no /proc (gateway.ts, host-facts.ts); on Linux it would be 300 KB for nothing.
    external: target.system === 'linux' ? ['systeminformation'] : [],
    logLevel: 'warn',
  });
  try {
    const { output } = await build.generate({
      format: 'esm',
      codeSplitting: false,
      minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    });
    const [chunk] = output;
    return { code: inAscii(chunk.code), packages: packagesOf(chunk.moduleIds) };
  } finally {
    await build.close();
  }
}

/**
 * One character outside ASCII, and V8 keeps the whole text with two bytes a character: 0.7 MB for nothing. Comments are
 * gone, so such characters stand in strings and patterns only, where an escape means the same.
 */
function inAscii(code: string): string {
  return code.replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const nameSchema = z.object({ name: z.string() });

function packagesOf(moduleIds: readonly string[]): readonly BundledPackage[] {
  const marker = `${sep}node_modules${sep}`;
  const folders = new Set<string>();
  for (const id of moduleIds) {
    const at = id.lastIndexOf(marker);
    if (at < 0) continue;
    const path = id.slice(at + marker.length).split(sep);
    const depth = path[0]?.startsWith('@') === true ? 2 : 1;
    folders.add(id.slice(0, at + marker.length) + path.slice(0, depth).join(sep));
  }
  return [...folders].toSorted().map((folder) => {
    const manifest = nameSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
    return { name: manifest.name, folder };
  });
}

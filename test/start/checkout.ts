// A checkout as a newcomer gets it: a real clone, brought to the state of this working tree, with packages that a real
// `npm ci` put there. Nothing of this checkout's own node_modules, data or build is in it.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from './programs.ts';

export const top = new URL('../..', import.meta.url).pathname;

/** `git clone`, then what is tracked or new here and not ignored; what is deleted here is deleted there. */
export function cloneTo(folder: string): void {
  git('clone', '--quiet', top, folder);
  for (const path of git('ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0')) {
    if (path === '') continue;
    if (existsSync(join(top, path))) cpSync(join(top, path), join(folder, path), { verbatimSymlinks: true });
    else rmSync(join(folder, path), { force: true });
  }
}

function git(...words: readonly string[]): string {
  return execFileSync('git', words, { cwd: top, encoding: 'utf8' });
}

/** Gives the milliseconds it took. Throws with npm's own words when it fails, as for a lock file out of step. */
export async function installPackages(folder: string, environment: NodeJS.ProcessEnv): Promise<number> {
  const startedAt = performance.now();
  const done = await runToEnd('npm', ['ci', '--prefer-offline'], { cwd: folder, env: environment });
  if (done.code !== 0) throw new Error(`npm ci ended with ${done.code}\n${done.output}`);
  return performance.now() - startedAt;
}

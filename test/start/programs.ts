// The programs and the environment that a newcomer's shell has: the system's own Node and npm, none of the variables
// that npm and vitest set for this test run, and on request a machine on which there is no `ping`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What a login shell or CI sets and npm needs; NODE_ENV and everything of vitest's must not reach a user's command. */
const kept =
  /^(HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TMPDIR|(HTTPS?|NO)_PROXY|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+|NPM_CONFIG_(REGISTRY|CACHE|USERCONFIG|GLOBALCONFIG|CAFILE))$/i;

export function newcomersEnvironment(
  path: string,
  more: Readonly<Record<string, string>>,
): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => kept.test(name));
  return { ...Object.fromEntries(own), PATH: path, ...more };
}

/** The PATH of the person at this machine: the one that `npm test` extended, without what it added. */
export function systemPath(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.filter((folder) => !folder.includes('node_modules')).join(delimiter);
}

/** Makes a folder that holds only what `npm start` needs to be found, so that `ping` and all the rest are not. */
export function barePrograms(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const name of ['node', 'npm', 'sh', 'git'])
    symlinkSync(realpathSync(whereIs(name)), join(folder, name));
  return folder;
}

function whereIs(name: string): string {
  const folders = [...systemPath().split(delimiter), '/usr/sbin', '/sbin'];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`this machine has no ${name}`);
  return found;
}

/**
 * Words that start a command where no `ping` can be run even by its full path: in a mount namespace of its own, the same
 * process to the end. Without the right to make one (not root) the command is given back as it is.
 */
export function withoutPing(command: readonly string[]): readonly string[] {
  const pings = ['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin']
    .map((folder) => join(folder, 'ping'))
    .filter((path) => existsSync(path));
  if (pings.length === 0 || process.getuid?.() !== 0) return command;
  const hide = [...new Set(pings.map((path) => realpathSync(path)))]
    .map((path) => `${whereIs('mount')} --bind /dev/null ${path}`)
    .join(' && ');
  const inside = (inner: readonly string[]): readonly string[] => [
    whereIs('unshare'),
    '--mount',
    '/bin/sh',
    '-c',
    `${hide} && exec "$@"`,
    'sh',
    ...inner,
  ];
  const [program = '', ...words] = inside(['true']);
  return spawnSync(program, words).status === 0 ? inside(command) : command;
}

export interface Ended {
  readonly code: number | null;
  /** Both streams, as they came. */
  readonly output: string;
}

export function runToEnd(
  program: string,
  words: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Ended> {
  const child = spawn(program, [...words], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  child.on('error', reject);
  child.on('close', (code) => resolve({ code, output }));
  return promise;
}

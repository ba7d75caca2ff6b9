// Somebody else's program run for a test: prepared and started with folders of its own on loopback, ended with everything
// it started. Knows no desk. Must never leave a process or a folder behind.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Running {
  stop(): Promise<void>;
}

export function ownFolder(name: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `vigia-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** Nothing of the caller's environment but where programs lie: other Perl, Ruby or Bundler settings would change them. */
export function bareEnvironment(home: string): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: home,
    LANG: 'C.UTF-8',
  };
}

/** Runs to its end and gives what it printed; throws with it when it fails. */
export function runToEnd({ program, args, cwd, env }: Command): string {
  const done = spawnSync(program, args, { cwd, env, encoding: 'utf8', timeout: 120_000 });
  if (done.status === 0) return done.stdout;
  throw new Error(
    `${program} ${args.join(' ')}: ${done.status}\n${done.stdout}\n${done.stderr}`.slice(0, 8_000),
  );
}

/** Starts a server and waits until `url` answers anything at all. */
export async function startServer(command: Command, url: string, log: string): Promise<Running> {
  const { program, args, cwd, env } = command;
  const output = openSync(log, 'a');
  // A group of its own, so that its workers end with it.
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  const running = { stop: () => end(child) };
  const giveUpAt = Date.now() + 60_000;
  while (!(await answers(url))) {
    if (child.exitCode === null && Date.now() < giveUpAt) continue;
    await end(child);
    throw new Error(`${program} did not start:\n${readFileSync(log, 'utf8').slice(-4_000)}`);
  }
  return running;
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(10_000) });
    await answer.body?.cancel();
    return true;
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const gone = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
  signal(child.pid, 'SIGTERM');
  const late = setTimeout(signal, 5_000, child.pid, 'SIGKILL');
  await gone;
  clearTimeout(late);
  // Workers that outlive their parent.
  signal(child.pid, 'SIGKILL');
}

function signal(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name);
  } catch {
    // It has ended.
  }
}

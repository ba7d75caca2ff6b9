// The commands `vigia-server` and `vigia-agent` under a Node that is too old: one on this machine where there is one,
// and this one made to say that it is.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';

const top = join(import.meta.dirname, '..', '..', '..');
const folders: string[] = [];
const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const pretence =
  "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.2' } });";
/** What stands before the script's path on the command line. */
const olds = [
  { old: 'made to look old', words: [process.execPath, '--import', `data:text/javascript,${pretence}`] },
  ...systemNodes().map(({ path, version }) => ({ old: version, words: [path] })),
];

/** Nodes on this machine's path that are older than what the programs need. */
function systemNodes(): readonly { readonly path: string; readonly version: string }[] {
  const found = new Map<string, string>();
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'node');
    try {
      const version = execFileSync(path, ['--version'], { encoding: 'utf8', stdio: 'pipe' }).trim();
      if (Number(/^v(\d+)/.exec(version)?.[1]) < 26) found.set(version, path);
    } catch {
      // No program of that name there.
    }
  }
  return [...found].map(([version, path]) => ({ path, version }));
}

const program = `const words: readonly string[] = process.argv.slice(2);
// What is said is waited for: the listener stands by then.
if (words[0] === 'wait') process.once('SIGTERM', () => process.exit(7));
console.log(JSON.stringify({ words, version: process.version }));
if (words[0] === 'wait') setInterval(() => {}, 1_000);
else if (words[0] === 'die') process.kill(process.pid, 'SIGKILL');
else process.exit(Number(words[0]));
`;

/** A checkout with both launchers and programs that only tell what they were given. */
function checkout(options: { readonly node?: string } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-launch-'));
  folders.push(folder);
  for (const path of ['package.json', 'shared/launch.js', 'server/vigia-server.js', 'agent/vigia-agent.js']) {
    cpSync(join(top, path), join(folder, path));
  }
  for (const part of ['server', 'agent']) writeFileSync(join(folder, part, 'main.ts'), program);
  if (options.node !== undefined) {
    mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true });
    symlinkSync(options.node, join(folder, 'node_modules', '.bin', 'node'));
  }
  return folder;
}

function start([command = '', ...before]: readonly string[], ...words: readonly string[]) {
  const child = spawn(command, [...before, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  const said = { out: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.error += text;
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  return { child, said, ended };
}

const launchers = ['server/vigia-server.js', 'agent/vigia-agent.js'];

describe.each(olds)('launcher: a Node that is too old ($old)', ({ words }) => {
  test.each(launchers)(
    '%s runs on the pinned Node with its own words and its exit code',
    async (launcher) => {
      const run = start(words, join(checkout({ node: process.execPath }), launcher), '3', '--state', 'a b');
      expect(await run.ended).toEqual({ code: 3, signal: null });
      expect(JSON.parse(run.said.out)).toEqual({ words: ['3', '--state', 'a b'], version: process.version });
      expect(run.said.error).toBe('');
    },
  );

  test.each(launchers)('%s says one line and ends with 2 where no package is installed', async (launcher) => {
    const run = start(words, join(checkout(), launcher), '0');
    expect(await run.ended).toEqual({ code: 2, signal: null });
    expect(run.said.out).toBe('');
    expect(run.said.error).toMatch(
      /^vigia-(server|agent) needs Node 26 or later \(.+\), .+ run "npm ci" in \S+\n$/,
    );
  });

  test('a pinned Node that does not start is named in one line', async () => {
    const run = start(words, join(checkout({ node: top }), 'server/vigia-server.js'), '0');
    expect(await run.ended).toEqual({ code: 2, signal: null });
    expect(run.said.error).toMatch(/^vigia-server needs Node 26 .+ does not start: .+\n$/);
  });

  test('a signal reaches the program, whose own end counts', async () => {
    const run = start(words, join(checkout({ node: process.execPath }), 'server/vigia-server.js'), 'wait');
    await vi.waitFor(() => expect(run.said.out).toContain('wait'), 10_000);
    run.child.kill('SIGTERM');
    expect(await run.ended).toEqual({ code: 7, signal: null });
  });

  test('a program that a signal ended is seen to have ended so', async () => {
    const run = start(words, join(checkout({ node: process.execPath }), 'agent/vigia-agent.js'), 'die');
    expect(await run.ended).toEqual({ code: null, signal: 'SIGKILL' });
  });
});

describe('launcher: the right Node', () => {
  test('it becomes the program itself, also where no package is installed', async () => {
    const run = start([process.execPath], join(checkout(), 'server/vigia-server.js'), '4');
    expect(await run.ended).toEqual({ code: 4, signal: null });
  });

  test('the commands of the manifest and of its lock are the launchers', () => {
    const bin = z.object({ bin: z.record(z.string(), z.string()) });
    const read = (name: string): unknown => JSON.parse(readFileSync(join(top, name), 'utf8'));
    const wanted = { 'vigia-server': 'server/vigia-server.js', 'vigia-agent': 'agent/vigia-agent.js' };
    expect(bin.parse(read('package.json')).bin).toEqual(wanted);
    const lock = z.object({ packages: z.object({ '': bin }) }).parse(read('package-lock.json'));
    expect(lock.packages[''].bin).toEqual(wanted);
  });
});

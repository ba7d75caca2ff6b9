// The Linux installation script, run for real into a root directory of its own, against the real server in this process.
// What it prints, what it changes, what it leaves alone, and that what it installed works from where it lies.
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunningServer, startServer } from '../../../server/app.ts';
import { loadConfig } from '../../../server/config.ts';
import { until } from '../../lab/until.ts';
import { sourceOf } from '../../tidy/sources.ts';

const top = new URL('../../..', import.meta.url).pathname;
const script = join(top, 'install-scripts/linux/install.sh');
const address = ['--server', 'https://vigia.example', '--token', 'a-token-of-sixteen-or-more'];

interface Done {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function install(words: readonly string[], path = process.env.PATH): Done {
  return said(spawnSync('sh', [script, ...words], { encoding: 'utf8', env: { ...process.env, PATH: path } }));
}

function said({ status, stdout, stderr }: SpawnSyncReturns<string>): Done {
  return { code: status, out: stdout, err: stderr };
}

function sourcesIn(folder: string) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => sourceOf(path, readFileSync(join(folder, path), 'utf8')));
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

describe.skipIf(process.platform === 'win32')('install.sh: what it is told', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'vigia-install-'));
  });
  afterEach(() => {
    expect(readdirSync(root)).toEqual([]);
    rmSync(root, { recursive: true });
  });

  test('it is a POSIX script without a syntax error', () => {
    expect(said(spawnSync('sh', ['-n', script], { encoding: 'utf8' }))).toEqual({
      code: 0,
      out: '',
      err: '',
    });
  });

  test.each([
    { words: [], wants: ['--server: missing', '--token: missing'] },
    { words: ['--server', 'https://vigia.example'], wants: ['--token: missing'] },
    { words: ['--server', '--token', 'x'], wants: ['--server: wanted: a value after it'] },
    { words: ['--server', ''], wants: ['--server: wanted: a value after it'] },
    { words: ['--token'], wants: ['--token: wanted: a value after it'] },
    { words: ['--wat', 'here'], wants: ['--wat: no such option', 'here: no such option'] },
    {
      words: [...address, '--root', '/nowhere/at/all'],
      wants: ['--root: there is no directory /nowhere/at/all'],
    },
    { words: ['--uninstall', ...address], wants: ['--uninstall: takes no address and no token'] },
  ])('it refuses $words with 2, every mistake and the usage', ({ words, wants }) => {
    const done = install(['--root', root, ...words]);
    expect(done.code).toBe(2);
    for (const line of wants) expect(done.err).toContain(`install.sh: ${line}`);
    expect(done.err.match(/^install\.sh: /gm)).toHaveLength(wants.length);
    expect(done.err).toContain('Exit codes:');
    expect(done.out).toBe('');
  });

  test('--help prints the usage and ends with 0', () => {
    const done = install(['--help']);
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(done.out).toContain('--uninstall');
  });

  test('a dry run prints each step, hides the token, and changes nothing', () => {
    const done = install(['--root', root, '--dry-run', ...address]);
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(done.out).toContain(`cp -RL ${top}agent ${top}shared`);
    expect(done.out).toContain('/node_modules/ws');
    expect(done.out).toContain(
      `enrol --server https://vigia.example --token *** --state ${root}/var/lib/vigia-agent`,
    );
    expect(done.out).toContain(`${root}/etc/systemd/system/vigia-agent.service`);
    expect(done.out).not.toContain(address[3]);
    expect(done.out).not.toContain('systemctl');
  });

  test('without root and without --root it refuses with one line, and a dry run is still allowed', () => {
    const programs = mkdtempSync(join(tmpdir(), 'vigia-programs-'));
    // The tests themselves may run as root; the script asks `id`.
    writeFileSync(join(programs, 'id'), '#!/bin/sh\necho 1000\n', { mode: 0o755 });
    const path = `${programs}${delimiter}${process.env.PATH}`;
    for (const words of [address, ['--uninstall']]) {
      const done = install(words, path);
      expect(done).toMatchObject({ code: 1, out: '' });
      expect(done.err).toMatch(/^install\.sh: .*needs root.*\n$/);
    }
    expect(install([...address, '--dry-run'], path).code).toBe(0);
    rmSync(programs, { recursive: true });
  });

  test('from a checkout without its packages it says what to run first', () => {
    const bare = mkdtempSync(join(tmpdir(), 'vigia-bare-'));
    mkdirSync(join(bare, 'install-scripts', 'linux'), { recursive: true });
    const copy = join(bare, 'install-scripts', 'linux', 'install.sh');
    writeFileSync(copy, readFileSync(script));
    const done = said(spawnSync('sh', [copy, '--root', root, ...address], { encoding: 'utf8' }));
    expect(done).toMatchObject({ code: 1, out: '' });
    expect(done.err).toContain("run 'npm ci'");
    // A package missing among the others is noticed before anything is in its place.
    mkdirSync(join(bare, 'node_modules', '.bin'), { recursive: true });
    symlinkSync(process.execPath, join(bare, 'node_modules', '.bin', 'node'));
    const dry = said(spawnSync('sh', [copy, '--root', root, '--dry-run', ...address], { encoding: 'utf8' }));
    expect(dry.code).not.toBe(0);
    expect(dry.err).toContain('the package koffi is not in');
    rmSync(bare, { recursive: true });
  });

  test('the packages it starts from are exactly those that the agent imports', () => {
    const ours = ['agent', 'shared'].flatMap((folder) => sourcesIn(join(top, folder)));
    const imported = ours.flatMap(({ imports }) => imports.map(({ name }) => name));
    const required = ours.flatMap(({ text }) =>
      [...text.matchAll(/createRequire\([^)]*\)\('([^']+)'\)/g)].map((match) => match[1]),
    );
    const packages = [...imported, ...required].filter(
      (name) => name !== undefined && !/^(\.|node:)/.test(name),
    );
    const listed = /^direct='([^']*)'$/m.exec(readFileSync(script, 'utf8'))?.[1];
    expect(listed?.split(' ')).toEqual([...new Set(packages)].sort());
  });
});

const inventory = {
  version: 1,
  providers: [{ key: 'vivo', name: 'Vivo Empresas' }],
  customers: [
    {
      key: 'aurora',
      name: 'Padaria Aurora Ltda',
      cnpj: '11.222.333/0001-81',
      plan: 'PREMIUM',
      sites: [
        {
          key: 'matriz',
          name: 'Matriz',
          city: 'São Paulo',
          state: 'SP',
          links: [{ key: 'vivo', provider: 'vivo', role: 'primary' }],
          hosts: [{ key: 'srv-ad', name: 'SRV-AD01', address: '192.168.10.5', role: 'server' }],
        },
      ],
    },
  ],
};

const agentsSchema = z.object({
  items: z.array(z.object({ id: z.string(), host: z.string(), connected: z.boolean() })),
});

describe.skipIf(process.platform !== 'linux')('install.sh: what it does', () => {
  let server: RunningServer;
  let root = '';
  let data = '';
  let program = '';
  let state = '';
  let unit = '';

  async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const token = readFileSync(join(data, 'admin-token'), 'utf8').trim();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers,
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  const agents = async () => agentsSchema.parse(await ask('GET', '/agents')).items;

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'vigia-install-server-'));
    root = mkdtempSync(join(tmpdir(), 'vigia-install-root-'));
    program = join(root, 'opt/vigia-agent');
    state = join(root, 'var/lib/vigia-agent');
    unit = join(root, 'etc/systemd/system/vigia-agent.service');
    const loaded = loadConfig({
      environment: { VIGIA_DATA: data, VIGIA_LISTEN: '127.0.0.1:0' },
      workingDirectory: data,
    });
    if (!loaded.ok) throw new Error(loaded.failure.message);
    const config = { ...loaded.value, anchors: ['127.0.0.1'], outsideIn: { enabled: false } };
    const onFatal = (error: unknown): void => {
      throw error;
    };
    const started = await startServer({ config, log: pino({ level: 'silent' }), onFatal });
    if (!started.ok) throw new Error(started.failure.message);
    server = started.value;
    await ask('PUT', '/inventory', inventory);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(root, { recursive: true });
    rmSync(data, { recursive: true });
  });

  /** Runs the line that the server printed, as a person does who pastes it; only `sudo` is not there. */
  async function paste(): Promise<Done> {
    const place = { customer: 'aurora', site: 'matriz', host: 'srv-ad' };
    const answer = await ask('POST', '/enrolment-tokens', place);
    const { install } = z.object({ install: z.object({ linux: z.string() }) }).parse(answer);
    const line = `${install.linux.replace(/^sudo /, '')} --root '${root}'`;
    return runLine(line);
  }

  /** Not synchronous: the server that the script talks to lives in this process. */
  async function runLine(line: string): Promise<Done> {
    const child = spawn('sh', ['-c', line], { cwd: top, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
  }

  // One story, in this order: each test continues where the one before left the machine.
  test('a refused token installs nothing', async () => {
    const wrong = `sh install-scripts/linux/install.sh --server ${server.url} --token not-a-token-of-this-server --root ${root}`;
    const done = await runLine(wrong);
    expect(done.code).toBe(1);
    expect(done.err).toContain('the server refused the token');
    expect(readdirSync(join(root, 'opt'))).toEqual([]);
    expect(existsSync(join(state, 'agent.json'))).toBe(false);
    expect(existsSync(unit)).toBe(false);
    expect(await agents()).toEqual([]);
  });

  test('the line that the server prints installs program, identity and service', async () => {
    const done = await paste();
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(done.out).toContain('aurora/matriz, host srv-ad');
    expect(readdirSync(join(root, 'opt'))).toEqual(['vigia-agent']);
    expect(readdirSync(program).sort()).toEqual(['agent', 'bin', 'node_modules', 'package.json', 'shared']);
    expect([modeOf(state), modeOf(join(state, 'agent.key')), modeOf(join(state, 'agent.json'))]).toEqual([
      '700',
      '600',
      '600',
    ]);
    expect(modeOf(join(root, 'var/lib'))).toBe('755');
    expect(modeOf(unit)).toBe('644');
    expect(await agents()).toHaveLength(1);
  });

  test('the service starts what was installed, from where it was installed', () => {
    const lines = readFileSync(unit, 'utf8').split('\n');
    const starts = lines.find((line) => line.startsWith('ExecStart='))?.slice('ExecStart='.length);
    const [node = '', main = '', ...words] = starts?.split(' ') ?? [];
    expect(existsSync(join(root, node))).toBe(true);
    expect(existsSync(join(root, main))).toBe(true);
    expect(words).toEqual(['run', '--state', state.slice(root.length)]);
    expect(lines).toContain(`ReadWritePaths=${state.slice(root.length)}`);
  });

  test('what was installed needs nothing but itself', () => {
    const node = join(program, 'bin/node');
    // No PATH, no other checkout: only what lies below the program.
    const alone = { cwd: program, encoding: 'utf8', env: {} } as const;
    const version = said(spawnSync(node, [join(program, 'agent/main.ts'), '--version'], alone));
    const manifest = z
      .object({ version: z.string() })
      .parse(JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')));
    expect(version).toEqual({ code: 0, out: `${manifest.version}\n`, err: '' });
    const load =
      'for (const name of process.argv.slice(1)) await import(name).then(() => console.log(name));';
    const names = ['koffi', 'ping', 'pino', 'systeminformation', 'ws', 'zod'];
    const loaded = said(spawnSync(node, ['--input-type=module', '-e', load, ...names], alone));
    expect(loaded).toEqual({ code: 0, out: `${names.join('\n')}\n`, err: '' });
    for (const name of ['fastify', 'vite', 'react', 'vitest', 'typescript']) {
      expect(existsSync(join(program, 'node_modules', name))).toBe(false);
    }
  });

  test('the installed agent watches, connects, and stops when asked', async () => {
    const words = [join(program, 'agent/main.ts'), 'run', '--state', state];
    const child = spawn(join(program, 'bin/node'), words, { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    let code: number | null | undefined;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    child.on('close', (status) => {
      code = status;
    });
    try {
      const seen = (): string => log;
      await until('it says that it watches', 20_000, () => log.includes('the agent watches'), seen);
      await until('it is connected', 20_000, async () => (await agents())[0]?.connected === true, seen);
      child.kill('SIGTERM');
      await until('it has ended', 10_000, () => code !== undefined, seen);
    } finally {
      child.kill('SIGKILL');
    }
    expect(code).toBe(0);
  });

  test('a second run upgrades, enrols nobody, and leaves key and spool as they were', async () => {
    const key = readFileSync(join(state, 'agent.key'), 'utf8');
    const kept = readdirSync(state).sort();
    const before = await agents();
    writeFileSync(join(program, 'agent', 'of-an-earlier-release.ts'), '//');
    chmodSync(state, 0o755);
    const done = await paste();
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(done.out).toContain('enrolled before');
    expect((await agents()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(readFileSync(join(state, 'agent.key'), 'utf8')).toBe(key);
    expect(readdirSync(state).sort()).toEqual(kept);
    expect(modeOf(state)).toBe('700');
    expect(existsSync(join(program, 'agent', 'of-an-earlier-release.ts'))).toBe(false);
    expect(readdirSync(join(root, 'opt'))).toEqual(['vigia-agent']);
  });

  test('an upgrade needs neither address nor token, and its dry run changes nothing', () => {
    const marker = join(program, 'marker');
    writeFileSync(marker, '');
    expect(install(['--root', root, '--dry-run'])).toMatchObject({ code: 0, err: '' });
    expect(existsSync(marker)).toBe(true);
    rmSync(marker);
  });

  test('--uninstall removes program and service and keeps key and spool, as often as it is run', () => {
    expect(install(['--root', root, '--uninstall', '--dry-run'])).toMatchObject({ code: 0, err: '' });
    expect(existsSync(program) && existsSync(unit)).toBe(true);
    const kept = readdirSync(state).sort();
    expect(kept).toEqual(expect.arrayContaining(['agent.json', 'agent.key', 'spool.sqlite']));
    for (const _ of ['first', 'again']) {
      const done = install(['--root', root, '--uninstall']);
      expect(done).toMatchObject({ code: 0, err: '' });
      expect(done.out).toContain(state);
      expect(existsSync(program)).toBe(false);
      expect(existsSync(unit)).toBe(false);
      expect(readdirSync(state).sort()).toEqual(kept);
    }
  });
});

// The Linux installation script: what it is told, in which language it answers, and the way from a checkout. Nothing here
// may leave a trace outside its own root directory.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { sourceOf } from '../../tidy/sources.ts';
import { type Done, english, said, top } from './rig.ts';

const folder = join(top, 'install-scripts/linux');
const script = join(folder, 'install.sh');
const token = 'a-token-of-sixteen-or-more';
const address = ['--server', 'https://vigia.example', '--token', token];

interface Setting {
  readonly path?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

function install(
  words: readonly string[],
  { path = process.env.PATH, input = '', env = {} }: Setting = {},
): Done {
  const { VIGIA_TOKEN: _, ...clean } = process.env;
  const options = { encoding: 'utf8', input, env: { ...clean, ...english, PATH: path, ...env } } as const;
  return said(spawnSync('sh', [script, ...words], options));
}

function sourcesIn(place: string) {
  return readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => sourceOf(path, readFileSync(join(place, path), 'utf8')));
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

  test.each([
    'install.sh',
    'service.sh',
    'from-checkout.sh',
    'root-facts.sh',
    'get.sh',
    'vigia-agent.init',
    'vigia-agent.openrc',
  ])('%s is a POSIX script without a syntax error', (name) => {
    const done = said(spawnSync('sh', ['-n', join(folder, name)], { encoding: 'utf8' }));
    expect(done).toEqual({ code: 0, out: '', err: '' });
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
    { words: [...address, '--purge'], wants: ['--purge: only with --uninstall'] },
    { words: [...address, '--token-file', '-'], wants: ['--token-file: --token was given too'] },
    {
      words: ['--server', 'https://v', '--token-file', '/nowhere/t', '--ca-file', '/nowhere/c'],
      wants: [
        '--token-file: the file /nowhere/t cannot be read',
        '--ca-file: the file /nowhere/c cannot be read',
      ],
    },
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

  test('it speaks Portuguese unless the machine speaks English, or whoever runs it says so', () => {
    for (const LC_ALL of ['pt_BR.UTF-8', 'C', '']) {
      expect(install(['--root', root], { env: { LC_ALL, LANG: '' } }).err).toContain(
        '--token: falta; esperado',
      );
    }
    expect(install(['--root', root, '--lang', 'en'], { env: { LC_ALL: 'pt_BR' } }).err).toContain(
      '--token: missing',
    );
    expect(install(['--lang', 'pt', '--help']).out).toContain('Códigos de saída');
    const wrong = install(['--root', root, '--lang', 'es', ...address]);
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.err).toContain('--lang: "es"; esperado: pt ou en');
  });

  test('the token comes from an option, a file, standard input or the environment, and is never printed', () => {
    const secrets = mkdtempSync(join(tmpdir(), 'vigia-secrets-'));
    const file = join(secrets, 'token');
    writeFileSync(file, `${token}\n`);
    const bare = ['--root', root, '--dry-run', '--server', 'https://vigia.example'];
    const ways: readonly [readonly string[], Setting][] = [
      [['--token', token], {}],
      [['--token-file', file], {}],
      [['--token-file', '-'], { input: `${token}\n` }],
      [[], { env: { VIGIA_TOKEN: token } }],
    ];
    for (const [words, setting] of ways) {
      const done = install([...bare, ...words], setting);
      expect(done).toMatchObject({ code: 0, err: '' });
      expect(done.out).not.toContain(token);
    }
    expect(install([...bare, '--token-file', '-']).err).toContain('--token: missing');
    rmSync(secrets, { recursive: true });
  });

  test('every option for the way to the server is handed to the agent, as often as it was given', () => {
    const words = [
      '--server',
      'http://b.example:7700',
      '--proxy',
      'http://proxy:3128',
      '--allow-insecure-http',
    ];
    const files = ['--proxy-credentials-file', script, '--ca-file', script];
    const done = install(['--root', root, '--dry-run', ...address, ...words, ...files]);
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(done.out).toContain(
      `enrol --server https://vigia.example --server http://b.example:7700 --state ${root}/var/lib/vigia-agent --proxy http://proxy:3128 --proxy-credentials-file ${script} --ca-file ${script} --allow-insecure-http`,
    );
  });

  test('a dry run prints each step, hides the token, and changes nothing', () => {
    const done = install(['--root', root, '--dry-run', ...address]);
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(done.out).toContain(`cp -RL ${top}agent ${top}shared`);
    expect(done.out).toContain('/node_modules/ws');
    expect(done.out).toContain(`enrol --server https://vigia.example --state ${root}/var/lib/vigia-agent`);
    expect(done.out).toContain(`${root}/etc/systemd/system/vigia-agent.service`);
    expect(done.out).not.toContain(token);
    expect(done.out).not.toContain('systemctl');
  });

  test('without root and without --root it refuses with one line, and a dry run is still allowed', () => {
    const programs = mkdtempSync(join(tmpdir(), 'vigia-programs-'));
    // The tests themselves may run as root; the script asks `id`.
    writeFileSync(join(programs, 'id'), '#!/bin/sh\necho 1000\n', { mode: 0o755 });
    const path = `${programs}${delimiter}${process.env.PATH}`;
    for (const words of [address, ['--uninstall']]) {
      const done = install(words, { path });
      expect(done).toMatchObject({ code: 1, out: '' });
      expect(done.err).toMatch(/^install\.sh: .*needs root.*\n$/);
    }
    expect(install([...address, '--dry-run'], { path }).code).toBe(0);
    rmSync(programs, { recursive: true });
  });

  test('from a checkout without its packages it says what to run first', () => {
    const bare = mkdtempSync(join(tmpdir(), 'vigia-bare-'));
    mkdirSync(join(bare, 'install-scripts', 'linux'), { recursive: true });
    const copy = join(bare, 'install-scripts', 'linux', 'install.sh');
    for (const name of readdirSync(folder)) {
      writeFileSync(join(bare, 'install-scripts/linux', name), readFileSync(join(folder, name)));
    }
    const options = { encoding: 'utf8', env: { ...process.env, ...english } } as const;
    const done = said(spawnSync('sh', [copy, '--root', root, ...address], options));
    expect(done).toMatchObject({ code: 1, out: '' });
    expect(done.err).toContain("run 'npm ci'");
    for (const made of ['opt', 'var']) rmSync(join(root, made), { recursive: true, force: true });
    // A package missing among the others is noticed before anything is in its place.
    mkdirSync(join(bare, 'node_modules', '.bin'), { recursive: true });
    symlinkSync(process.execPath, join(bare, 'node_modules', '.bin', 'node'));
    const dry = said(spawnSync('sh', [copy, '--root', root, '--dry-run', ...address], options));
    expect(dry.code).not.toBe(0);
    expect(dry.err).toContain('the package koffi is not in');
    rmSync(bare, { recursive: true });
  });

  test('the packages it starts from are exactly those that the agent imports', () => {
    const ours = ['agent', 'shared']
      .flatMap((place) => sourcesIn(join(top, place)))
      // The packer runs where the packages are built.
      .filter(({ path }) => !path.startsWith('pack/'));
    const imported = ours.flatMap(({ imports }) => imports.map(({ name }) => name));
    const required = ours.flatMap(({ text }) =>
      [...text.matchAll(/createRequire\([^)]*\)\('([^']+)'\)/g)].map((match) => match[1]),
    );
    const packages = [...imported, ...required].flatMap((name) =>
      name === undefined || /^(\.|node:)/.test(name) ? [] : [/^(@[^/]+\/)?[^/]+/.exec(name)?.[0]],
    );
    const listed = /^direct='([^']*)'$/m.exec(readFileSync(join(folder, 'from-checkout.sh'), 'utf8'))?.[1];
    expect(listed?.split(' ')).toEqual([...new Set(packages)].sort());
  });
});

describe.skipIf(process.platform !== 'linux')('install.sh: from a checkout', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'vigia-install-root-'));
    // Enrolled before, so that no server is needed.
    mkdirSync(join(root, 'var/lib/vigia-agent'), { recursive: true });
    writeFileSync(join(root, 'var/lib/vigia-agent/agent.json'), '{}');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('what was installed needs nothing but itself', () => {
    expect(install(['--root', root])).toMatchObject({ code: 0, err: '' });
    const program = join(root, 'opt/vigia-agent');
    // No PATH beyond the shell's own, no other checkout: only what lies below the program.
    const alone = { cwd: program, encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } } as const;
    const version = said(spawnSync(join(program, 'vigia-agent'), ['--version'], alone));
    const manifest = z
      .object({ version: z.string() })
      .parse(JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')));
    expect(version).toEqual({ code: 0, out: `${manifest.version}\n`, err: '' });
    const load =
      'for (const name of process.argv.slice(1)) await import(name).then(() => console.log(name));';
    const names = ['koffi', 'ping', 'pino', 'systeminformation', 'ws', 'zod'];
    const node = join(program, 'bin/node');
    const loaded = said(spawnSync(node, ['--input-type=module', '-e', load, ...names], alone));
    expect(loaded).toEqual({ code: 0, out: `${names.join('\n')}\n`, err: '' });
    for (const name of ['fastify', 'vite', 'react', 'vitest', 'typescript']) {
      expect(existsSync(join(program, 'node_modules', name))).toBe(false);
    }
    expect(readdirSync(join(root, 'opt'))).toEqual(['vigia-agent']);
  });
});

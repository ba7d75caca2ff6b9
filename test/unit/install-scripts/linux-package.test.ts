// The whole way of a customer's machine, for real but below a root directory of its own: the line that the server prints,
// the script and the archive that the server serves, the enrolment, the agent that runs from where it was installed, the
// upgrade, the upgrade that fails, the removal.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listenAt } from '../../fakes/notify-socket.ts';
import { until } from '../../lab/until.ts';
import { archive, makePackage, type Package } from './package.ts';
import { type Done, modeOf, type Rig, runLine, startRig } from './rig.ts';

describe.skipIf(process.platform !== 'linux')('install.sh: from the package', () => {
  let rig: Rig;
  let root = '';
  let work = '';
  let made: Package;
  let unpacked = '';
  let program = '';
  let state = '';
  let unit = '';

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'vigia-install-work-'));
    root = mkdtempSync(join(tmpdir(), 'vigia-install-root-'));
    program = join(root, 'opt/vigia-agent');
    state = join(root, 'var/lib/vigia-agent');
    unit = join(root, 'etc/systemd/system/vigia-agent.service');
    made = await makePackage(work);
    unpacked = made.folder;
    mkdirSync(join(work, 'dist'));
    rig = await startRig(join(work, 'dist'));
  });
  afterAll(async () => {
    await rig.stop();
    rmSync(root, { recursive: true });
    rmSync(work, { recursive: true });
  });

  /** The line that the console shows, as a person pastes it; only `sudo` is not there. */
  async function paste(line: string, options: { readonly env?: Record<string, string> } = {}): Promise<Done> {
    return runLine(`${line.replace('| sudo sh', '| sh')} --root '${root}'`, options);
  }

  const install = (words: string, options = {}) =>
    runLine(`sh '${unpacked}/install.sh' --root '${root}' ${words}`, options);

  // One story, in this order: each test continues where the one before left the machine.
  test('where no archive is packed the line says what to run on the server, and changes nothing', async () => {
    const { install: lines } = await rig.newToken('srv-ad');
    const done = await paste(lines.linux);
    expect(done.code).toBe(1);
    expect(done.err).toContain(`npm run pack:agent -- --target ${made.target}`);
    expect(readdirSync(root)).toEqual([]);
  });

  test('an archive that arrives damaged is not unpacked', async () => {
    archive(made, join(rig.packages, made.archiveName));
    const { install: lines } = await rig.newToken('srv-ad');
    // A curl that loses the end of what it gets.
    const programs = join(work, 'programs');
    mkdirSync(programs);
    const cut = `#!/bin/sh\n${await pathOf('curl')} "$@" || exit\nfor each; do case "$each" in *.tar.xz) truncate -s -1 "$each" ;; esac; done\n`;
    writeFileSync(join(programs, 'curl'), cut, { mode: 0o755 });
    const done = await paste(lines.linux, { env: { PATH: `${programs}:${process.env.PATH}` } });
    expect(done.code).toBe(1);
    expect(done.err).toContain('arrived damaged (SHA-256 differs)');
    expect(readdirSync(root)).toEqual([]);
  });

  test('a script that is cut off on its way does nothing at all', async () => {
    const answer = await fetch(`${rig.server.url}/agent/install/linux`);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const lines = (await answer.text()).trimEnd().split('\n');
    for (const share of [0.25, 0.5, 0.75, 0.99]) {
      const cut = lines.slice(0, Math.floor(lines.length * share)).join('\n');
      const words = `--server ${rig.server.url} --token ${'x'.repeat(20)} --root ${root}`;
      expect(await runLine(`sh -s -- ${words}`, { input: cut })).toMatchObject({ out: '' });
      expect(readdirSync(root)).toEqual([]);
    }
  });

  test('a server that is not encrypted is refused before anything is fetched, unless somebody said so', async () => {
    const script = await (await fetch(`${rig.server.url}/agent/install/linux`)).text();
    for (const server of [
      'http://vigia.example',
      'http://127.vigia.example:7700',
      'ftp://vigia.example',
      'vigia.example',
    ]) {
      const done = await runLine(`sh -s -- --server ${server} --token x --root ${root}`, { input: script });
      expect(done).toMatchObject({ code: 2, out: '' });
      expect(done.err).toMatch(/^vigia: --server: .*wanted: https:\/\//);
    }
    expect(readdirSync(root)).toEqual([]);
  });

  test('a refused token installs nothing', async () => {
    const done = await install(`--server ${rig.server.url} --token not-a-token-of-this-server`);
    expect(done.code).toBe(1);
    expect(done.err).toContain('the server refused the token');
    expect(readdirSync(join(root, 'opt'))).toEqual([]);
    expect(existsSync(join(state, 'agent.json'))).toBe(false);
    expect(existsSync(unit)).toBe(false);
    expect(await rig.agents()).toEqual([]);
  });

  let usedToken = '';
  test('the line that the server prints installs program, identity and service', async () => {
    const { token, install: lines } = await rig.newToken('srv-ad');
    usedToken = token;
    const done = await paste(lines.linux);
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(done.out).toContain('aurora/matriz, host srv-ad');
    expect(done.out).not.toContain(token);
    expect(readdirSync(join(root, 'opt'))).toEqual(['vigia-agent']);
    expect(readdirSync(program).sort()).toEqual(readdirSync(unpacked).sort());
    const modes = [state, join(state, 'agent.key'), join(state, 'agent.json')].map(modeOf);
    expect(modes).toEqual(['700', '600', '600']);
    expect(modeOf(join(root, 'var/lib'))).toBe('755');
    expect(modeOf(unit)).toBe('644');
    expect(readFileSync(join(root, 'usr/lib/sysusers.d/vigia-agent.conf'), 'utf8')).toContain(
      'u vigia-agent -',
    );
    expect(await rig.agents()).toHaveLength(1);
  });

  test('the token was good for that once: another machine is refused with it', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'vigia-install-elsewhere-'));
    const words = `--server ${rig.server.url} --token ${usedToken} --root ${elsewhere}`;
    const done = await runLine(`sh '${unpacked}/install.sh' ${words}`);
    expect(done.code).toBe(1);
    expect(done.err).toContain('the server refused the token');
    expect(existsSync(join(elsewhere, 'opt/vigia-agent'))).toBe(false);
    expect(await rig.agents()).toHaveLength(1);
    rmSync(elsewhere, { recursive: true });
  });

  test('the service starts what was installed, from where it was installed', () => {
    const lines = readFileSync(unit, 'utf8').split('\n');
    const settingOf = (key: string): string =>
      lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1) ?? '';
    const [launcher = '', ...words] = settingOf('ExecStart').split(' ');
    expect(existsSync(join(root, launcher))).toBe(true);
    expect(words).toEqual(['run', '--state', state.slice(root.length)]);
    expect(existsSync(join(root, settingOf('ExecStartPre').split(' ')[1] ?? 'none'))).toBe(true);
    expect(`/var/lib/${settingOf('StateDirectory')}`).toBe(state.slice(root.length));
    expect(settingOf('User')).toBe('vigia-agent');
  });

  test('the installed agent watches, connects, tells systemd that it is alive, and stops when asked', async () => {
    const words = ['run', '--state', state];
    const systemd = listenAt(join(work, 'notify'));
    const wishes = { NOTIFY_SOCKET: join(work, 'notify'), WATCHDOG_USEC: '600000' };
    const options = { cwd: '/', env: { PATH: '/usr/bin:/bin', ...wishes } } as const;
    const child = spawn(join(program, 'vigia-agent'), words, {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    let code: number | null | undefined;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    child.on('close', (status) => {
      code = status;
    });
    const told: string[] = [];
    const hears = (message: string): boolean => {
      for (let each = systemd.hear(); each !== ''; each = systemd.hear()) told.push(each);
      return told.includes(message);
    };
    try {
      const seen = (): string => `${told} ${log}`;
      await until('it says that it is ready', 20_000, () => hears('READY=1'), seen);
      await until('it is connected', 20_000, async () => (await rig.agents())[0]?.connected === true, seen);
      await until('it says that it is alive', 5_000, () => hears('WATCHDOG=1'), seen);
      child.kill('SIGTERM');
      await until('it has ended', 10_000, () => hears('STOPPING=1') && code !== undefined, seen);
    } finally {
      child.kill('SIGKILL');
      systemd.close();
    }
    expect(code).toBe(0);
    expect(told[0]).toBe('READY=1');
    expect(existsSync(join(state, 'alive.json'))).toBe(true);
  });

  test('a second run upgrades, enrols nobody, and leaves key and spool as they were', async () => {
    const key = readFileSync(join(state, 'agent.key'), 'utf8');
    const kept = readdirSync(state).sort();
    const before = await rig.agents();
    writeFileSync(join(program, 'of-an-earlier-release.js'), '//');
    chmodSync(state, 0o755);
    const { install: lines } = await rig.newToken('srv-ad');
    const done = await paste(lines.linux);
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(done.out).toContain('enrolled before');
    expect((await rig.agents()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(readFileSync(join(state, 'agent.key'), 'utf8')).toBe(key);
    expect(readdirSync(state).sort()).toEqual(kept);
    expect(modeOf(state)).toBe('700');
    expect(existsSync(join(program, 'of-an-earlier-release.js'))).toBe(false);
    expect(readdirSync(join(root, 'opt'))).toEqual(['vigia-agent']);
  });

  test('an upgrade needs neither address nor token, and its dry run changes nothing', async () => {
    const marker = join(program, 'marker');
    writeFileSync(marker, '');
    expect(await install('--dry-run')).toMatchObject({ code: 0, err: '' });
    expect(existsSync(marker)).toBe(true);
    expect(await install('')).toMatchObject({ code: 0, err: '' });
    expect(existsSync(marker)).toBe(false);
  });

  test.each([
    { what: 'whose program does not run', spoil: ['agent.js', 'throw new Error("broken");'] },
    { what: 'for another kind of machine', spoil: ['bin/node', '\u007fELF of another machine'] },
    { what: 'that lost its launcher', spoil: ['vigia-agent', undefined] },
  ])('a package $what leaves the installed agent as it is', async ({ spoil: [name = '', text] }) => {
    const path = join(unpacked, name);
    copyFileSync(path, join(work, 'kept'));
    if (text === undefined) rmSync(path);
    else writeFileSync(path, text);
    const before = readFileSync(join(program, 'agent.js'), 'utf8');
    const done = await install('');
    expect(done.code).toBe(1);
    expect(done.err).toContain('the program does not run on this machine');
    expect(readFileSync(join(program, 'agent.js'), 'utf8')).toBe(before);
    expect(readdirSync(join(root, 'opt'))).toEqual(['vigia-agent']);
    expect((await runLine(`'${program}/vigia-agent' --version`)).out).toBe(`${made.version}\n`);
    copyFileSync(join(work, 'kept'), path);
    chmodSync(path, 0o755);
  });

  test('a run that is ended in the middle leaves the machine with the agent that it had', async () => {
    const programs = mkdtempSync(join(tmpdir(), 'vigia-programs-'));
    // The second move of an upgrade puts the new program into its place: the script dies just before it.
    writeFileSync(
      join(programs, 'mv'),
      `#!/bin/sh\ncase "$1" in *vigia-agent.next) kill -TERM $PPID; sleep 5 ;; *) exec ${await pathOf('mv')} "$@" ;; esac\n`,
      { mode: 0o755 },
    );
    const done = await install('', { env: { PATH: `${programs}:${process.env.PATH}` } });
    expect(done.code).toBe(1);
    expect(readdirSync(join(root, 'opt'))).toEqual(['vigia-agent']);
    expect((await runLine(`'${program}/vigia-agent' --version`)).out).toBe(`${made.version}\n`);
    rmSync(programs, { recursive: true });
  });

  test('--uninstall removes program and service and keeps key and spool, as often as it is run', async () => {
    expect(await install('--uninstall --dry-run')).toMatchObject({ code: 0, err: '' });
    expect(existsSync(program) && existsSync(unit)).toBe(true);
    const kept = readdirSync(state).sort();
    expect(kept).toEqual(expect.arrayContaining(['agent.json', 'agent.key', 'spool.sqlite']));
    // The copy that lies with the program can do it too: the package may be long gone.
    for (const script of [`${program}/install.sh`, `${unpacked}/install.sh`]) {
      const done = await runLine(`sh '${script}' --root '${root}' --uninstall`);
      expect(done).toMatchObject({ code: 0, err: '' });
      expect(done.out).toContain(state);
      for (const gone of [program, unit, join(root, 'usr/local/bin/vigia-agent')])
        expect(existsSync(gone)).toBe(false);
      expect(readdirSync(state).sort()).toEqual(kept);
    }
  });

  test('--uninstall --purge takes key and spool too, and the machine can be enrolled anew', async () => {
    const done = await install('--uninstall --purge');
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(existsSync(state)).toBe(false);
    const { token } = await rig.newToken('srv-erp');
    // Through the environment, as somebody does who wants no token in a list of processes.
    const again = await install(`--server ${rig.server.url}`, { env: { VIGIA_TOKEN: token } });
    expect(again).toMatchObject({ code: 0, err: '' });
    expect((await rig.agents()).map(({ host }) => host).sort()).toEqual(['srv-ad', 'srv-erp']);
  });
});

async function pathOf(name: string): Promise<string> {
  return (await runLine(`command -v ${name}`)).out.trim();
}

// The Linux installation as root and without a root directory of its own, on a machine with SysV init: user, init script,
// keeper, upgrade, an upgrade that does not start, removal. The machine is this one behind mounts and a process table of
// its own, so that nothing of it is touched and nothing is left running.
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../lab/until.ts';
import { makePackage, type Package } from './package.ts';
import { type Done, type Rig, runLine, startRig } from './rig.ts';

const possible = process.platform === 'linux' && process.getuid?.() === 0;

/** Its own /etc, and empty places where the installation writes. */
const prepare = `
set -e
mount -t tmpfs tmpfs "$1"
cp -a /etc "$1/etc"
mount --bind "$1/etc" /etc
for each in /opt /run /usr/local/bin /var/lib; do mount -t tmpfs tmpfs "$each"; done
echo ready
# The first process: it also takes leave of those whose parent is gone.
while :; do sleep 1; done
`;

describe.skipIf(!possible)('install.sh: the service of a machine with SysV init', () => {
  let rig: Rig;
  let work = '';
  let machine: ChildProcess;
  let made: Package;
  let good = '';
  let broken = '';

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'vigia-service-'));
    mkdirSync(join(work, 'disk'));
    made = await makePackage(work);
    good = made.folder;
    broken = join(work, 'broken');
    cpSync(good, broken, { recursive: true });
    // It answers, and yet it cannot run.
    const launcher = '#!/bin/sh\nif [ "$1" = --version ]; then echo 0.2.0; else exit 1; fi\n';
    writeFileSync(join(broken, 'vigia-agent'), launcher, { mode: 0o755 });
    rig = await startRig(join(work, 'dist'));
    const words = ['--mount', '--pid', '--fork', '--mount-proc', '--kill-child', 'sh', '-c', prepare, 'sh'];
    machine = spawn('unshare', [...words, join(work, 'disk')], { stdio: ['ignore', 'pipe', 'inherit'] });
    let ready = false;
    machine.stdout?.on('data', () => {
      ready = true;
    });
    await until('the machine is ready', 30_000, () => ready);
  });
  afterAll(async () => {
    machine.kill('SIGKILL');
    await rig.stop();
    rmSync(work, { recursive: true });
  });

  /** A line on that machine; its first process is the child of `unshare`. */
  function there(line: string): Promise<Done> {
    const inside = `first=$(cat /proc/${machine.pid}/task/${machine.pid}/children) && exec nsenter -t $first -m -p sh -c "$LINE"`;
    return runLine(inside, { env: { LINE: line, LC_ALL: 'C' }, cwd: '/' });
  }

  const install = (folder: string, words = '') => there(`sh '${folder}/install.sh' --lang en ${words}`);
  const agentPid = async (): Promise<string> => (await there('pgrep -u vigia-agent -f agent.js')).out.trim();
  const isConnected = async (): Promise<boolean> => (await rig.agents())[0]?.connected === true;

  test('a library that the program leans on is installed where it is missing', async () => {
    const bare = join(work, 'bare');
    cpSync(good, bare, { recursive: true });
    // As on a machine without it, until its package manager has brought it.
    const launcher =
      '#!/bin/sh\n[ -e /opt/libatomic ] && [ "$1" = --version ] && exec echo 1.0.0\necho "error while loading shared libraries: libatomic.so.1" >&2\nexit 127\n';
    writeFileSync(join(bare, 'vigia-agent'), launcher, { mode: 0o755 });
    const programs = join(work, 'programs');
    mkdirSync(programs);
    const brings =
      '#!/bin/sh\necho "$@" >>/opt/asked\ncase "$*" in *libatomic1) touch /opt/libatomic ;; esac\n';
    writeFileSync(join(programs, 'apt-get'), brings, { mode: 0o755 });
    const words = '--lang en --server http://127.0.0.1:1 --token a-token-of-sixteen-or-more';
    const done = await there(`PATH='${programs}':$PATH sh '${bare}/install.sh' ${words}`);
    expect(done.out).toContain('the library libatomic is missing; installing it');
    // It got as far as the enrolment, which this launcher cannot do; nothing of it stays.
    expect(done.code).not.toBe(0);
    expect((await there('cat /opt/asked; rm /opt/asked /opt/libatomic; ls /opt')).out).toBe(
      'install -y -qq libatomic1\n',
    );
  });

  test('the agent runs as a service, under its own user and with one capability', async () => {
    const { token } = await rig.newToken('srv-ad');
    const done = await install(good, `--server ${rig.server.url} --token ${token}`);
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(done.out).toContain('the agent runs as a service');
    await until('it is connected', 20_000, isConnected);
    const status = (await there(`cat /proc/$(pgrep -u vigia-agent -f agent.js)/status`)).out;
    const netRaw = (1 << 13).toString(16).padStart(16, '0');
    for (const set of ['CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      expect(status).toContain(`${set}:\t${netRaw}`);
    expect(status).toContain('NoNewPrivs:\t1');
    const rights = await there(
      'stat -c "%a %U" /var/lib/vigia-agent /var/lib/vigia-agent/agent.key /opt/vigia-agent',
    );
    expect(rights.out).toBe('700 vigia-agent\n600 vigia-agent\n755 root\n');
    expect((await there('find /opt/vigia-agent -not -user root -o -perm /022 -not -type l')).out).toBe('');
    expect((await there('ls /etc/rc2.d /etc/rc6.d')).out).toMatch(/S\d+vigia-agent.*K\d+vigia-agent/s);
    expect((await there('vigia-agent --version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const facts = await there('stat -c "%a %U %G" /run/vigia-agent-facts');
    expect(facts.out).toBe('750 root vigia-agent\n');
  });

  test('an agent that dies is started anew', async () => {
    const before = await agentPid();
    await there(`kill -KILL ${before}`);
    await until('another one runs', 20_000, async () => !['', before].includes(await agentPid()));
    await until('it is connected', 20_000, isConnected);
  });

  test('a version that does not start is taken back, and the one before runs', async () => {
    const done = await install(broken);
    expect(done.code).toBe(1);
    expect(done.err).toContain('the new version did not start: the one before was put back and runs');
    expect((await there('vigia-agent --version')).out).toBe(`${made.version}\n`);
    expect((await there('ls /opt')).out).toBe('vigia-agent\n');
    await until('it is connected', 20_000, isConnected);
    expect((await there('/etc/init.d/vigia-agent status')).out).toBe('vigia-agent: running\n');
  });

  test('an upgrade that starts replaces the running program and keeps the agent', async () => {
    const before = await agentPid();
    expect(await install(good)).toMatchObject({ code: 0, err: '' });
    expect(await agentPid()).not.toBe(before);
    await until('it is connected', 20_000, isConnected);
    expect(await rig.agents()).toHaveLength(1);
    expect((await there('pgrep -c -u vigia-agent -f agent.js')).out).toBe('1\n');
  });

  test('stop ends agent and keeper in order, and a second start is no second agent', async () => {
    expect((await there('/etc/init.d/vigia-agent stop')).code).toBe(0);
    expect((await there('pgrep -f [v]igia-agent')).out).toBe('');
    expect(await there('/etc/init.d/vigia-agent status')).toMatchObject({ code: 3 });
    expect((await there('cat /var/lib/vigia-agent/alive.json')).out).toContain('"stoppedInOrder":true');
    await there('/etc/init.d/vigia-agent start');
    await until('it runs', 20_000, async () => (await agentPid()) !== '');
    await there('/etc/init.d/vigia-agent start');
    await until('it is connected', 20_000, isConnected);
    expect((await there('pgrep -c -f "[v]igia-agent supervise"')).out).toBe('1\n');
  });

  test('what only root may read of the last death is copied for the agent, its end and its time, at each start', async () => {
    const died = '/var/lib/systemd/pstore/1700000000';
    const kernel = 'head -c 70000 /dev/zero | tr "\\0" x; echo "Kernel panic - not syncing: test"';
    await there(
      `mkdir -p ${died} && { ${kernel}; } >${died}/dmesg.txt && chmod 600 ${died}/dmesg.txt && touch -d @1700000000 ${died}/dmesg.txt`,
    );
    expect((await there('/etc/init.d/vigia-agent restart')).code).toBe(0);
    const copy = '/run/vigia-agent-facts/pstore/_var_lib_systemd_pstore_1700000000_dmesg.txt';
    expect((await there(`stat -c '%a %U %G %s %Y' ${copy}`)).out).toBe(
      '640 root vigia-agent 65536 1700000000\n',
    );
    const asAgent = `setpriv --reuid vigia-agent --regid vigia-agent --clear-groups`;
    expect((await there(`${asAgent} tail -n 1 ${copy}`)).out).toContain('Kernel panic - not syncing: test\n');
    expect((await there(`${asAgent} touch ${copy}`)).code).not.toBe(0);
    await there(`rm -r /var/lib/systemd`);
  });

  test('--uninstall stops it and keeps key and user; --purge takes these too', async () => {
    expect(await there('sh /opt/vigia-agent/install.sh --uninstall')).toMatchObject({ code: 0, err: '' });
    expect((await there('pgrep -f [v]igia-agent')).out).toBe('');
    expect((await there('ls /opt /run /usr/local/bin; ls /etc/rc2.d | grep vigia')).out).not.toContain(
      'vigia-agent\n',
    );
    expect((await there('ls /var/lib/vigia-agent; id -un vigia-agent')).out).toContain('agent.key');
    expect(await install(good, '--uninstall --purge')).toMatchObject({ code: 0, err: '' });
    expect(await there('id vigia-agent')).toMatchObject({ code: 1, out: '' });
    expect((await there('ls /var/lib')).out).toBe('');
  });
});

// Proves the lab's network by itself, with plain ping and HTTP: a fault that is not what it says would make every
// scenario above it worthless. Needs root; runs in about half a minute.
import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Faults } from './faults.ts';
import { requireLab } from './lab-allowed.ts';
import { fullName, newBoot, type Spaces } from './namespaces.ts';
import { type Network, openNetwork, publicAddresses } from './network.ts';
import { until } from './until.ts';

describe.skipIf(!requireLab())('lab: network', { timeout: 60_000 }, () => {
  let network: Network;
  let spaces: Spaces;
  let faults: Faults;

  beforeAll(async () => {
    network = await openNetwork();
    spaces = network.spaces;
    faults = new Faults(network);
  }, 60_000);

  afterAll(() => network?.close());

  test('every host reaches every anchor and the server by each of its addresses', () => {
    for (const source of ['192.168.10.5', '192.168.10.20', '192.168.10.21']) {
      for (const target of ['1.1.1.1', '8.8.8.8', '9.9.9.9', '10.99.0.1']) {
        expect(answers({ spaces, from: 'h11', source, target }), `${source} to ${target}`).toBe(true);
      }
    }
    expect(answers({ spaces, from: 'h12', target: '9.9.9.9' })).toBe(true);
    expect(answers({ spaces, from: 'h21', target: '10.99.0.1' })).toBe(true);
  });

  test('the public addresses answer the server', () => {
    for (const target of Object.values(publicAddresses)) {
      expect(answers({ spaces, from: 'noc', target }), target).toBe(true);
    }
  });

  test('names resolve and the page answers 204, by the agent defaults', () => {
    const ask = `const r = await fetch('http://connectivitycheck.gstatic.com/generate_204'); console.log(r.status)`;
    expect(node(spaces, 'h11', ask)).toBe('204');
    expect(node(spaces, 'noc', ask)).toBe('204');
  });

  test('each source address leaves by its own provider', () => {
    const dark = faults.blackHole('a');
    expect(answers({ spaces, from: 'h11', source: '192.168.10.20', target: '8.8.8.8' })).toBe(false);
    expect(answers({ spaces, from: 'h11', source: '192.168.10.21', target: '8.8.8.8' })).toBe(true);
    expect(answers({ spaces, from: 'r1', source: publicAddresses.a, target: '198.51.100.1' })).toBe(true);
    expect(answers({ spaces, from: 'noc', target: publicAddresses.a })).toBe(false);
    expect(answers({ spaces, from: 'h21', target: '8.8.8.8' })).toBe(true);
    return dark.heal();
  });

  test('a dark primary moves the default route within five seconds, and back after it heals', async () => {
    const byA = (): boolean => spaces.run('r1', ['ip', 'route', 'show', 'default']).includes('up-a');
    await until('the default route is on A', 10_000, byA);
    const dark = faults.carrierDown('a');
    await until('the default route moved to B', 8_000, () => !byA());
    expect(answers({ spaces, from: 'h12', target: '8.8.8.8' })).toBe(true);
    await dark.heal();
    await until('the default route is back on A', 10_000, byA);
  });

  test('an old flow hangs in silence after the route moved, a new one lives', async () => {
    const server = spaces.start({ space: 'noc', name: 'echo', argv: [process.execPath, '-e', echoServer] });
    await until('the echo server listens', 10_000, () => server.output().includes('ready'));
    const client = spaces.start({ space: 'h12', name: 'old', argv: [process.execPath, '-e', echoClient] });
    await until('the old flow runs', 10_000, () => echoes(client.output()) > 2);
    const dark = faults.blackHole('a');
    await until('a new flow lives', 10_000, () => answers({ spaces, from: 'h12', target: '10.99.0.1' }));
    const before = echoes(client.output());
    await until('a second of tries on the old flow', 5_000, () => tries(client.output()) > before + 20);
    expect(echoes(client.output())).toBeLessThanOrEqual(before + 1);
    expect(client.output()).not.toContain('closed');
    await dark.heal();
    await client.end('SIGKILL');
    await server.end('SIGKILL');
  });

  test('the delay line adds what it says, and only on B', async () => {
    const slow = await faults.latencyOnB(400);
    expect(await rttMs('192.168.10.21')).toBeGreaterThan(390);
    expect(await rttMs('192.168.10.21')).toBeLessThan(520);
    expect(await rttMs('192.168.10.20')).toBeLessThan(50);
    await slow.heal();
    expect(await rttMs('192.168.10.21')).toBeLessThan(50);
  });

  test('loss loses about its share', async () => {
    const lossy = faults.loss('a', 20);
    const text = await runAsync('h11', [
      ...['ping', '-n', '-q', '-i', '0.01', '-c', '300', '-W', '1', '-I', '192.168.10.20', '8.8.8.8'],
    ]);
    await lossy.heal();
    const percent = Number(/([\d.]+)% packet loss/.exec(text)?.[1]);
    expect(percent).toBeGreaterThan(10);
    expect(percent).toBeLessThan(32);
  });

  test('a host without power falls silent without closing its sockets', async () => {
    const server = spaces.start({ space: 'noc', name: 'echo2', argv: [process.execPath, '-e', echoServer] });
    await until('the echo server listens', 10_000, () => server.output().includes('ready'));
    const client = spaces.start({
      space: 'h21',
      name: 'victim',
      argv: [process.execPath, '-e', echoClient],
      boot: newBoot(),
    });
    await until('the flow runs', 10_000, () => echoes(client.output()) > 2);
    const gone = await faults.hostGone('h21', [client]);
    expect(client.running()).toBe(false);
    expect(answers({ spaces, from: 'r2', target: '192.168.20.5' })).toBe(false);
    expect(server.output()).not.toContain('closed');
    await gone.heal();
    await until('the host answers again', 5_000, () =>
      answers({ spaces, from: 'noc', target: '198.51.100.20' }),
    );
    expect(answers({ spaces, from: 'h21', target: '1.1.1.1' })).toBe(true);
    await server.end('SIGKILL');
  });

  test('a program with a boot of its own sees its boot id and a young uptime', () => {
    const boot = newBoot();
    const machine = spaces.start({
      space: 'h12',
      name: 'machine',
      argv: ['sh', '-c', 'cat /proc/sys/kernel/random/boot_id /proc/uptime'],
      boot,
    });
    return until('it spoke', 5_000, () => {
      const [id, uptime] = machine.output().split('\n');
      return id === boot.id && Number(uptime?.split(' ')[0]) < 30;
    });
  });
});

const echoServer = `require('net').createServer(s => { s.pipe(s); s.on('close', () => console.log('closed'));
  s.on('error', () => {}) }).listen(9009, () => console.log('ready'))`;
const echoClient = `const s = require('net').connect(9009, '10.99.0.1'); s.on('close', () => console.log('closed'));
  s.on('error', e => console.log(e.code)); setInterval(() => { s.write('x'); console.log('try') }, 50);
  s.on('data', d => console.log('echo '.repeat(d.length)))`;

const echoes = (text: string): number => text.split('echo').length - 1;
const tries = (text: string): number => text.split('try').length - 1;

function answers({
  spaces,
  from,
  source,
  target,
}: {
  spaces: Spaces;
  from: string;
  source?: string;
  target: string;
}): boolean {
  try {
    spaces.run(from, ['ping', '-n', '-q', '-c', '1', '-W', '1', ...(source ? ['-I', source] : []), target]);
    return true;
  } catch {
    return false;
  }
}

function node(spaces: Spaces, from: string, script: string): string {
  return spaces.run(from, [process.execPath, '--input-type=module', '-e', script]).trim();
}

async function rttMs(source: string): Promise<number> {
  const text = await runAsync('h11', ['ping', '-n', '-c', '1', '-W', '2', '-I', source, '8.8.8.8']);
  return Number(/time=([\d.]+)/.exec(text)?.[1]);
}

function runAsync(space: string, argv: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile('ip', ['netns', 'exec', fullName(space), ...argv], (_error, stdout) => resolve(stdout));
  });
}

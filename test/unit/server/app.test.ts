// The whole server on real files and a real port, without agents: starts, refuses, stops, comes back as it was.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../../server/app.ts';
import { loadConfig } from '../../../server/config.ts';
import { withEmbeddedSite } from '../../../server/core/inventory/embedded-site.ts';
import { type SlaPolicies, slaPoliciesSchema } from '../../../shared/sla-policy.ts';

const running: RunningServer[] = [];
const fatal: unknown[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  expect(fatal).toEqual([]);
});

interface Told {
  readonly listen?: string;
  readonly sla?: SlaPolicies;
  readonly lines?: string[];
}

async function start(data: string, { listen = '127.0.0.1:0', sla, lines = [] }: Told = {}) {
  const loaded = loadConfig({
    environment: { VIGIA_DATA: data, VIGIA_LISTEN: listen },
    workingDirectory: data,
  });
  if (!loaded.ok) throw new Error(loaded.failure.message);
  // Nothing outside this machine is asked.
  const quiet = { ...loaded.value, anchors: ['127.0.0.1'], outsideIn: { enabled: false } };
  const config = sla === undefined ? quiet : { ...quiet, sla };
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const server = await startServer({ config, log, onFatal: (error) => fatal.push(error) });
  if (server.ok) running.push(server.value);
  return server;
}

async function started(data: string): Promise<RunningServer> {
  const server = await start(data);
  if (!server.ok) throw new Error(server.failure.message);
  return server.value;
}

async function stop(server: RunningServer): Promise<void> {
  running.splice(running.indexOf(server), 1);
  await server.stop();
}

const newData = () => mkdtempSync(join(tmpdir(), 'vigia-app-'));

describe('server', () => {
  test('a contract under a key that the inventory does not know is a warning, not an error', async () => {
    const lines: string[] = [];
    const sla = slaPoliciesSchema.parse({ customers: { auroa: {} } });
    const server = await start(newData(), { sla, lines });
    expect(server.ok).toBe(true);
    const warned = lines.filter((line) => line.includes('policies.customers'));
    expect(warned).toHaveLength(1);
    expect(JSON.parse(warned[0] ?? '')).toMatchObject({ customers: ['auroa'], count: 1 });
  });

  test('it opens the API, the console’s page and the agents’ door on one port', async () => {
    const data = newData();
    const { url } = await started(data);
    const token = readFileSync(join(data, 'admin-token'), 'utf8').trim();
    const status = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(`${url}${path}`, { headers })).status;
    expect(await status('/healthz')).toBe(200);
    expect(await status('/readyz')).toBe(200);
    expect(await status('/agent/nonce')).toBe(200);
    expect(await status('/api/v1/session')).toBe(401);
    expect(await status('/api/v1/incidents')).toBe(401);
    expect(await status('/api/v1/incidents', { authorization: `Bearer ${token}` })).toBe(200);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/^vigia_inputs_total [1-9]/m);
    expect(metrics).toContain('vigia_gateway_total{what="nonce.issued"} 1');
  });

  test('an upgrade that is not the agents’ is ended', async () => {
    const { url } = await started(newData());
    const socket = new WebSocket(`${url.replace('http', 'ws')}/somewhere`);
    const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
    await closed;
    expect(socket.readyState).toBe(WebSocket.CLOSED);
  });

  test('a second server on the same data or the same port is refused and leaves nothing open', async () => {
    const data = newData();
    const first = await started(data);
    const sameData = await start(data);
    expect(sameData.ok ? '' : sameData.failure.code).toBe('conflict');
    const other = newData();
    const samePort = await start(other, { listen: first.url.replace('http://', '') });
    expect(samePort.ok ? '' : samePort.failure.message).toContain('cannot listen on');
    expect((await start(other)).ok).toBe(true);
  });

  test('what was committed and who was signed in is there after a restart', async () => {
    const data = newData();
    const first = await started(data);
    const machine = { hostName: 'pc', timeZone: 'America/Sao_Paulo' };
    const topology = withEmbeddedSite(first.correlator.state().topology, machine);
    await first.correlator.submit({
      kind: 'inventory.imported',
      at: first.clock.now(),
      topology,
      by: 'test',
    });
    const signIn = await fetch(first.signInLink('Maria'), { redirect: 'manual' });
    const cookie = signIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    await stop(first);
    const second = await started(data);
    expect([...second.correlator.state().topology.sites.keys()]).toEqual(['local/este-computador']);
    const answer = await fetch(`${second.url}/api/v1/session`, { headers: { cookie } });
    expect(await answer.json()).toMatchObject({ by: 'Maria', via: 'link' });
  });

  test('it stops in under a second with a viewer watching', async () => {
    const server = await started(newData());
    const signIn = await fetch(server.signInLink('Maria'), { redirect: 'manual' });
    const cookie = signIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const wall = await fetch(`${server.url}/api/v1/wall`, { headers: { cookie } });
    const reader = wall.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toMatch(/^event: wall.snapshot/);
    const before = performance.now();
    await stop(server);
    expect(performance.now() - before).toBeLessThan(1_000);
    await expect(fetch(server.url)).rejects.toThrow();
  });
});

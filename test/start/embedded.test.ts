// The embedded start as a person runs it: real processes, the real enrolment, one agent and never two.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';

const main = join(import.meta.dirname, '..', '..', 'server', 'main.ts');
const running: ChildProcess[] = [];
const patience = { timeout: 20_000, interval: 100 };

afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  }
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function start(data: string, port: number) {
  const env = { ...process.env, VIGIA_DATA: data, VIGIA_LISTEN: `127.0.0.1:${port}` };
  const child = spawn(process.execPath, [main, '--embedded'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(child);
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  await vi.waitFor(() => expect(printed).toContain('Parar:'), patience);
  return { child, printed };
}

async function connectedAgents(data: string, port: number): Promise<readonly { readonly id: string }[]> {
  const token = readFileSync(join(data, 'admin-token'), 'utf8').trim();
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/agents`, { headers });
  const { items } = (await answer.json()) as { items: { id: string; connected: boolean }[] };
  return items.filter((agent) => agent.connected);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function oneAgent(data: string, port: number): Promise<string> {
  await vi.waitFor(async () => expect(await connectedAgents(data, port)).toHaveLength(1), patience);
  return (await connectedAgents(data, port))[0]?.id ?? '';
}

const agentPid = (data: string) => Number(readFileSync(join(data, 'agent.pid'), 'utf8'));

describe('embedded start', () => {
  test('it prints a link that signs in, runs one agent, and ends both within 5 s', async () => {
    const data = mkdtempSync(join(tmpdir(), 'vigia-embedded-'));
    const port = await freePort();
    const { child, printed } = await start(data, port);
    expect(printed).toContain('Vigia está no ar');
    const link = /http:\S+token=\S+/.exec(printed)?.[0] ?? '';
    const signIn = await fetch(link, { redirect: 'manual' });
    expect([signIn.status, signIn.headers.get('location')]).toEqual([303, '/']);
    await oneAgent(data, port);
    const pid = agentPid(data);
    const before = performance.now();
    child.kill('SIGTERM');
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(join(data, 'agent.pid'))).toBe(false);
  });

  test('the agent enrols once, comes back after its death, and survives no killed server twice', async () => {
    const data = mkdtempSync(join(tmpdir(), 'vigia-embedded-'));
    const port = await freePort();
    const first = await start(data, port);
    const agent = await oneAgent(data, port);
    const dead = agentPid(data);
    process.kill(dead, 'SIGKILL');
    await vi.waitFor(() => expect(agentPid(data)).not.toBe(dead), patience);
    const left = agentPid(data);
    first.child.kill('SIGKILL');
    await new Promise((resolve) => first.child.once('exit', resolve));
    expect(isRunning(left)).toBe(true);
    await start(data, port);
    await vi.waitFor(() => expect(isRunning(left)).toBe(false), patience);
    expect(await oneAgent(data, port)).toBe(agent);
  });
});

// The random-kill test's processes: one real server and some agents on loopback, each started again after each kill.
// Knows how to start, wait and kill; what is killed when is the test's matter.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { until } from '../until.ts';

const serverMain = fileURLToPath(new URL('../../../server/main.ts', import.meta.url));
const agentMain = fileURLToPath(new URL('../../../agent/main.ts', import.meta.url));
const agentChild = fileURLToPath(new URL('agent-child.ts', import.meta.url));

const linksPerSite = 12;
const hostsPerSite = 8;

export interface Running {
  /** True until the process is gone. */
  alive(): boolean;
  /** `kill -9`; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Resolves when this agent next puts changes on the wire: just then a kill hurts most. */
  sent(): Promise<void>;
}

export class Fleet {
  readonly folder: string;
  readonly agents: readonly string[];
  readonly #port: number;
  readonly #running = new Set<Running>();

  private constructor(folder: string, agents: readonly string[], port: number) {
    this.folder = folder;
    this.agents = agents;
    this.#port = port;
  }

  /** Writes the configuration, starts the server, imports the inventory and enrols `count` agents. */
  static async open(folder: string, count: number): Promise<Fleet> {
    const agents = Array.from({ length: count }, (_, index) => `agent-${index + 1}`);
    const fleet = new Fleet(folder, agents, await freePort());
    mkdirSync(fleet.path('data'), { recursive: true });
    // The anchor is this machine: the server is never blind, so that incidents and tickets are opened as well.
    const config = { listen: `127.0.0.1:${fleet.#port}`, data: fleet.path('data'), anchors: ['127.0.0.1'] };
    // JSON is YAML.
    writeFileSync(fleet.path('vigia.yaml'), JSON.stringify({ ...config, outsideIn: { enabled: false } }));
    await fleet.serverReady(fleet.startServer());
    await fleet.#call('PUT', '/api/v1/inventory', inventoryFor(agents));
    for (const agent of agents) await fleet.#enrol(agent);
    return fleet;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  startServer(): Running {
    return this.#start('server', [serverMain, '--config', this.path('vigia.yaml')]);
  }

  startAgent(agent: string, { seed, mode }: { seed: number; mode: 'flap' | 'drain' }): Running {
    const args = [agentChild, this.path(agent), this.logOf(agent), String(seed), mode];
    return this.#start(`${agent}-child`, args);
  }

  logOf(agent: string): string {
    return this.path(`${agent}.accepted`);
  }

  /** The id that the server gave this agent. */
  idOf(agent: string): string {
    const file = JSON.parse(readFileSync(join(this.path(agent), 'agent.json'), 'utf8')) as unknown;
    return z.looseObject({ agent: z.string() }).parse(file).agent;
  }

  /** Resolves when any agent that runs now puts changes on the wire. */
  async sent(): Promise<void> {
    await Promise.race([...this.#running].map((running) => running.sent()));
  }

  /** Fails at once, with its last words, when this server ends by itself before it answers. */
  async serverReady(server: Running): Promise<void> {
    await until(
      'the server answers',
      30_000,
      () => {
        if (!server.alive()) throw new Error(`the server ended by itself:\n${this.printed('server')}`);
        return this.#isReady();
      },
      () => this.printed('server'),
    );
  }

  async tickets(): Promise<readonly { readonly incident: string }[]> {
    const schema = z.object({ items: z.array(z.looseObject({ incident: z.string() })) });
    return schema.parse(await this.#call('GET', '/api/v1/tickets')).items;
  }

  /** The last words of a program. */
  printed(name: string): string {
    const file = this.path(`${name}.log`);
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(-30).join('\n') : '';
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((running) => running.kill()));
  }

  #start(name: string, args: readonly string[]): Running {
    const log = openSync(this.path(`${name}.log`), 'a');
    const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', log, log, 'ipc'] });
    closeSync(log);
    let over = false;
    const ended = new Promise<number | null>((resolve) => {
      child.once('exit', (code) => {
        over = true;
        this.#running.delete(running);
        resolve(code);
      });
    });
    const running: Running = {
      ended,
      alive: () => !over,
      sent: () => new Promise((resolve) => child.once('message', () => resolve())),
      kill: async () => {
        if (!over) child.kill('SIGKILL');
        await ended;
      },
    };
    this.#running.add(running);
    return running;
  }

  async #enrol(agent: string): Promise<void> {
    const place = { customer: 'lab', site: agent, host: 'self' };
    const answer = await this.#call('POST', '/api/v1/enrolment-tokens', place);
    const { token } = z.looseObject({ token: z.string() }).parse(answer);
    const server = ['--server', `http://127.0.0.1:${this.#port}`, '--allow-insecure-http'];
    const args = [agentMain, 'enrol', ...server, '--token', token, '--state', this.path(agent)];
    await new Promise<void>((resolve, reject) => {
      execFile(process.execPath, args, (error, _out, errors) =>
        error === null ? resolve() : reject(new Error(`enrol: ${errors}`)),
      );
    });
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.#port}/healthz`)).status === 200;
    } catch {
      return false;
    }
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const token = readFileSync(join(this.path('data'), 'admin-token'), 'utf8').trim();
    const answer = await fetch(`http://127.0.0.1:${this.#port}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }
}

/** One site per agent; sources on loopback, so that the agent judges every link and can also dial by it. */
function inventoryFor(agents: readonly string[]): unknown {
  const links = Array.from({ length: linksPerSite }, (_, index) => ({
    key: `link-${index + 1}`,
    provider: 'any',
    role: index === 0 ? 'primary' : 'backup',
    source: `127.0.0.${index + 2}`,
    gateway: '127.0.0.1',
  }));
  const hosts = Array.from({ length: hostsPerSite }, (_, index) => ({
    key: `host-${index + 1}`,
    name: `Host ${index + 1}`,
    address: `127.0.1.${index + 1}`,
  }));
  const sites = agents.map((key) => ({
    ...{ key, name: key, city: 'São Paulo', state: 'SP', links },
    hosts: [{ key: 'self', name: 'Self', address: '127.0.0.1' }, ...hosts],
  }));
  return {
    version: 1,
    providers: [{ key: 'any', name: 'Any' }],
    customers: [{ key: 'lab', name: 'Lab', cnpj: '11.222.333/0001-81', plan: 'PREMIUM', sites }],
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

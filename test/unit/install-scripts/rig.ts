// What the installation tests share: the real server in this process, a package as `npm run pack:agent` makes it, and lines
// run as a person runs them. Never synchronous where the server is needed: it lives in this process.
import { type SpawnSyncReturns, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { z } from 'zod';
import { type RunningServer, startServer } from '../../../server/app.ts';
import { loadConfig } from '../../../server/config.ts';

export const top = new URL('../../..', import.meta.url).pathname;
/** Messages in English whoever runs the tests; the Portuguese ones have tests of their own. */
export const english = { LC_ALL: 'en_US.UTF-8' } as const;

export interface Done {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export function said({ status, stdout, stderr }: SpawnSyncReturns<string>): Done {
  return { code: status, out: stdout, err: stderr };
}

export function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

export async function runLine(
  line: string,
  options: {
    readonly input?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
  } = {},
): Promise<Done> {
  const child = spawn('sh', ['-c', line], {
    cwd: options.cwd ?? top,
    env: { ...process.env, ...english, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  // A script that ends without reading must not end the test with it.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

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
          hosts: [
            { key: 'srv-ad', name: 'SRV-AD01', address: '192.168.10.5', role: 'server' },
            { key: 'srv-erp', name: 'SRV-ERP', address: '192.168.10.6', role: 'server' },
          ],
        },
      ],
    },
  ],
};

const agentsSchema = z.object({
  items: z.array(z.object({ id: z.string(), host: z.string(), connected: z.boolean() })),
});
const tokenSchema = z.object({
  token: z.string(),
  install: z.object({ linux: z.string(), windows: z.string() }),
});

export interface Rig {
  readonly server: RunningServer;
  /** Where the server looks for packages. */
  readonly packages: string;
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
  agents(): Promise<z.output<typeof agentsSchema>['items']>;
  newToken(host: string): Promise<z.output<typeof tokenSchema>>;
  stop(): Promise<void>;
}

export async function startRig(packages: string): Promise<Rig> {
  const data = mkdtempSync(join(tmpdir(), 'vigia-install-server-'));
  const loaded = loadConfig({
    environment: { VIGIA_DATA: data, VIGIA_LISTEN: '127.0.0.1:0' },
    workingDirectory: data,
  });
  if (!loaded.ok) throw new Error(loaded.failure.message);
  const config = {
    ...loaded.value,
    anchors: ['127.0.0.1'],
    outsideIn: { enabled: false },
    agentPackages: packages,
  };
  const onFatal = (error: unknown): void => {
    throw error;
  };
  const started = await startServer({ config, log: pino({ level: 'silent' }), onFatal });
  if (!started.ok) throw new Error(started.failure.message);
  const server = started.value;
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
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
  };
  await ask('PUT', '/inventory', inventory);
  return {
    server,
    packages,
    ask,
    agents: async () => agentsSchema.parse(await ask('GET', '/agents')).items,
    newToken: async (host) =>
      tokenSchema.parse(await ask('POST', '/enrolment-tokens', { customer: 'aurora', site: 'matriz', host })),
    stop: async () => {
      await server.stop();
      rmSync(data, { recursive: true });
    },
  };
}

// A real server and real agents on loopback, enrolled by the real path, at default timing: one site with two links and
// five hosts. Runs in a network namespace of its own (footprint-main.ts), so that nothing leaves this machine.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { until } from '../lab/until.ts';
import { addresses, pageUrl } from './internet.ts';

const serverMain = join(import.meta.dirname, '..', '..', 'server', 'main.ts');
const serverPort = 7700;
const readyMs = 30_000;

export interface Rig {
  readonly serverPort: number;
  /** Starts an agent that is enrolled through `url`; gives the process that stays. */
  startAgent(agent: AgentStart): Promise<ChildProcess>;
  /** The server has this many agents connected. */
  connected(count: number): Promise<void>;
  stop(): void;
}

export interface AgentStart {
  readonly command: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly url: string;
  readonly name: string;
}

/** `folder` gets everything: data, states, logs. `certificates`: where cert.pem and key.pem are; without: plain HTTP. */
export async function startRig(folder: string, certificates?: string): Promise<Rig> {
  const data = join(folder, 'server');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const config = join(folder, 'vigia.yaml');
  const anchors = JSON.stringify(addresses.anchors);
  const tls =
    certificates === undefined
      ? ''
      : `tls: { certFile: ${certificates}/cert.pem, keyFile: ${certificates}/key.pem }\n`;
  writeFileSync(
    config,
    `listen: ${addresses.server}:${serverPort}\ndata: ${data}\nanchors: ${anchors}\ndns: [${addresses.dns}]\n` +
      `captivePortalUrl: ${pageUrl}\noutsideIn: { enabled: false }\n${tls}`,
  );
  const scheme = certificates === undefined ? 'http' : 'https';
  const server = start(folder, 'server', [process.execPath, serverMain, '--config', config], process.env);
  const children = [server];
  const token = (): string => readFileSync(join(data, 'admin-token'), 'utf8').trim();
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${scheme}://${addresses.server}:${serverPort}${path}`, {
      method,
      headers: { authorization: `Bearer ${token()}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  await until('the server is ready', readyMs, () => ready(call));
  await call('PUT', '/api/v1/inventory', inventory);
  return {
    serverPort,
    startAgent: async (agent) => {
      const answer = await call('POST', '/api/v1/enrolment-tokens', place);
      const state = join(folder, agent.name);
      const { token } = z.object({ token: z.string() }).parse(answer);
      const trust = certificates === undefined ? [] : ['--ca-file', join(certificates, 'cert.pem')];
      await enrol(agent, ['--token', token, '--state', state, ...trust]);
      const child = start(folder, agent.name, [...agent.command, 'run', '--state', state], agent.environment);
      children.push(child);
      return child;
    },
    connected: async (count) => {
      const schema = z.object({ items: z.array(z.object({ connected: z.boolean() })) });
      await until(`${count} agent(s) connected`, readyMs, async () => {
        const { items } = schema.parse(await call('GET', '/api/v1/agents'));
        return items.filter((item) => item.connected).length === count;
      });
    },
    stop: () => {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

async function ready(call: (method: string, path: string) => Promise<unknown>): Promise<boolean> {
  try {
    await call('GET', '/readyz');
    return true;
  } catch {
    // Not listening yet, or its token is not written yet.
    return false;
  }
}

function start(
  folder: string,
  name: string,
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
): ChildProcess {
  const [program = '', ...words] = argv;
  const child = spawn(program, words, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const note = (text: string): void => {
    lines.push(text);
    writeFileSync(join(folder, `${name}.log`), text, { flag: 'a' });
  };
  child.stdout.setEncoding('utf8').on('data', note);
  child.stderr.setEncoding('utf8').on('data', note);
  child.on('exit', (code, signal) => {
    if (signal !== 'SIGKILL')
      console.error(`${name} ended (${code ?? signal}):\n${lines.slice(-20).join('')}`);
  });
  return child;
}

function enrol(agent: AgentStart, more: readonly string[]): Promise<void> {
  const [program = '', ...words] = agent.command;
  const argv = [...words, 'enrol', '--server', agent.url, ...more];
  return new Promise((resolve, reject) => {
    execFile(program, argv, { env: agent.environment }, (error, _, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`not enrolled: ${stderr}`, { cause: error }));
    });
  });
}

const place = { customer: 'aurora', site: 'matriz', host: 'host-1' };

const inventory = {
  version: 1,
  providers: [{ key: 'vivo', name: 'Vivo Empresas' }],
  customers: [
    {
      ...{ key: 'aurora', name: 'Padaria Aurora Ltda', cnpj: '11.222.333/0001-81', plan: 'PREMIUM' },
      sites: [
        {
          ...{ key: 'matriz', name: 'Matriz', city: 'São Paulo', state: 'SP' },
          links: addresses.links.map((link, at) => ({
            ...{ key: `link-${at + 1}`, provider: 'vivo', role: at === 0 ? 'primary' : 'backup' },
            ...link,
          })),
          hosts: addresses.hosts.map((address, at) => ({
            ...{ key: `host-${at + 1}`, name: `HOST-${at + 1}`, address, role: 'server' },
          })),
        },
      ],
    },
  ],
};

// `npm start` as a person runs it: a process group of its own like a terminal's, what it printed, its HTTP API with the
// token it wrote, and which processes are left when it has ended.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { incidentRowSchema, ticketSchema } from '../../shared/api/incidents.ts';
import { until } from '../lab/until.ts';

export interface Stopped {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly tookMs: number;
}

const agentsSchema = z.object({
  items: z.array(
    z.object({ id: z.string(), customer: z.string(), site: z.string(), connected: z.boolean() }),
  ),
});

export class Vigia {
  readonly startedAt = performance.now();
  output = '';
  readonly #child: ChildProcess;
  readonly #checkout: string;
  readonly #data: string;
  #ended: { code: number | null; signal: NodeJS.Signals | null } | undefined;

  constructor(start: {
    readonly command: readonly string[];
    readonly checkout: string;
    readonly data: string;
    readonly environment: NodeJS.ProcessEnv;
  }) {
    const [program = '', ...words] = start.command;
    this.#checkout = start.checkout;
    this.#data = start.data;
    this.#child = spawn(program, words, {
      cwd: start.checkout,
      env: start.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.#child.on('error', (error) => {
      this.output += String(error);
      this.#ended = { code: null, signal: null };
    });
    this.#child.on('exit', (code, signal) => {
      this.#ended = { code, signal };
    });
  }

  /** The first text that matches, once it is printed. Fails when the program ends before. */
  async printed(pattern: RegExp, withinMs: number): Promise<string> {
    let found: string | undefined;
    const holds = (): boolean => {
      found = pattern.exec(this.output)?.[1];
      if (found === undefined && this.#ended !== undefined) throw new Error(`it ended:\n${this.output}`);
      return found !== undefined;
    };
    await until(`it prints ${pattern}`, withinMs, holds, () => this.output);
    return found ?? '';
  }

  async agents() {
    return agentsSchema.parse(await this.#get('/agents')).items;
  }

  async tickets() {
    return z.object({ items: z.array(ticketSchema) }).parse(await this.#get('/tickets')).items;
  }

  async incidents() {
    return z.object({ items: z.array(incidentRowSchema) }).parse(await this.#get('/incidents')).items;
  }

  async #get(path: string): Promise<unknown> {
    const url = /(http:\/\/[\d.]+:\d+)/.exec(this.output)?.[1];
    const token = readFileSync(join(this.#data, 'admin-token'), 'utf8').trim();
    const answer = await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  /** To `npm` alone, as `kill` and a service manager do; or to the whole group, as Ctrl+C in a terminal does. */
  async stop(signal: NodeJS.Signals, whom: 'npm' | 'everyone'): Promise<Stopped> {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('it never started');
    const askedAt = performance.now();
    process.kill(whom === 'npm' ? pid : -pid, signal);
    await until(
      'it has ended',
      15_000,
      () => this.#ended !== undefined && this.leftovers().length === 0,
      () => `${this.leftovers().join('\n')}\n${this.output}`,
    );
    const { code, signal: by } = this.#ended ?? { code: null, signal: null };
    return { code, signal: by, tookMs: performance.now() - askedAt };
  }

  /** Command lines of processes that belong to it: of its group, or at work in its checkout. */
  leftovers(): readonly string[] {
    const found = processesIn(this.#checkout);
    return found.length === 0 && this.#groupIsThere() ? ['a process of its group'] : found;
  }

  /** For a test that failed half way. */
  killAll(): void {
    if (this.#groupIsThere()) process.kill(-(this.#child.pid ?? 0), 'SIGKILL');
  }

  #groupIsThere(): boolean {
    const { pid } = this.#child;
    if (pid === undefined) return false;
    try {
      return process.kill(-pid, 0);
    } catch {
      return false;
    }
  }
}

/** By /proc; on systems without it there is only the process group to go by. */
function processesIn(folder: string): readonly string[] {
  const read = (pid: string): string | undefined => {
    try {
      const inside = readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return inside || command.includes(folder) ? `${pid} ${command}` : undefined;
    } catch {
      // It ended between the listing and the look.
      return undefined;
    }
  };
  const pids = process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return pids.flatMap((pid) => read(pid) ?? []);
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    server.close(() => resolve(port));
  });
  return promise;
}

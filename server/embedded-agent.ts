// The agent's program as a child process of the embedded server: enrolled, kept running with backoff, stopped in order.
// Knows the agent by its command line only (never by import). Must leave no agent behind, not even after a kill.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { backoffMs } from '../shared/backoff.ts';
import { limits } from '../shared/limits.ts';
import { seededRandom } from '../shared/random.ts';
import { minute, second } from '../shared/time.ts';
import { type Config, childEnvironment } from './config.ts';
import type { Clock } from './ports/clock.ts';

export interface AgentProcessOptions {
  readonly stateDirectory: string;
  readonly pidFile: string;
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
  readonly logLevel: Config['logLevel'];
}

export interface AgentProcess {
  /** Ends an agent that a killed server left running with the same state directory. */
  endLeftover(): Promise<void>;
  /** Forgets what an earlier agent kept, then enrols with this token. `output` is what it printed. */
  enrol(serverUrl: string, token: string): Promise<{ readonly ok: boolean; readonly output: string }>;
  keepRunning(): void;
  stop(): Promise<void>;
}

const program = join(import.meta.dirname, '..', 'agent', 'main.ts');
const restartPolicy = { baseMs: second, capMs: minute, floorMs: second } as const;
const outputCharsMax = 4_000;

export function createAgentProcess(options: AgentProcessOptions): AgentProcess {
  const { stateDirectory, pidFile, clock, log } = options;
  const random = seededRandom(randomInt(2 ** 48 - 1));
  let child: ChildProcess | undefined;
  let stopping = false;
  let cancelRestart: () => void = () => {};

  const start = (failures: number): void => {
    const startedAt = clock.now();
    const started = launch(options, ['run', '--state', stateDirectory], 'inherit');
    child = started;
    if (started.pid !== undefined) writeFileSync(pidFile, String(started.pid), { mode: 0o600 });
    void ended(started).then((code) => {
      child = undefined;
      rmSync(pidFile, { force: true });
      if (stopping) return;
      // One that ran well for a while begins anew with short waits.
      const next = clock.now() - startedAt > minute ? 0 : failures + 1;
      const waitMs = backoffMs(restartPolicy, next, random);
      log.warn({ code, waitMs }, 'the agent of this machine ended; it is started again');
      cancelRestart = clock.after(waitMs, () => start(next));
    });
  };
  // A server that ends by a bug stops here without an orderly stop.
  process.on('exit', () => child?.kill('SIGKILL'));

  return {
    endLeftover: () => endLeftover(pidFile, stateDirectory),
    enrol: async (serverUrl, token) => {
      rmSync(stateDirectory, { recursive: true, force: true });
      const command = ['enrol', '--server', serverUrl, '--token', token, '--state', stateDirectory];
      const enrolling = launch(options, command, 'pipe');
      let output = '';
      for (const stream of [enrolling.stdout, enrolling.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => {
          output = (output + text).slice(-outputCharsMax);
        });
      }
      return { ok: (await ended(enrolling)) === 0, output };
    },
    keepRunning: () => start(0),
    stop: async () => {
      stopping = true;
      cancelRestart();
      const running = child;
      if (running === undefined) return;
      running.kill('SIGTERM');
      const late = await Promise.race([ended(running), wait(limits.embeddedAgentStopMs, 'late')]);
      if (late === 'late') running.kill('SIGKILL');
    },
  };
}

function launch(
  { logLevel }: AgentProcessOptions,
  command: readonly string[],
  output: 'inherit' | 'pipe',
): ChildProcess {
  const agentLevel = logLevel === 'trace' ? 'debug' : logLevel;
  return spawn(process.execPath, [program, ...command], {
    stdio: ['ignore', output === 'pipe' ? 'pipe' : 'ignore', output],
    env: { ...childEnvironment(), VIGIA_LOG: agentLevel },
    windowsHide: true,
  });
}

/** Its exit code; -1 when it could not be started or was killed. */
function ended(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  const { promise, resolve } = Promise.withResolvers<number>();
  child.once('error', () => resolve(-1));
  child.once('exit', (code) => resolve(code ?? -1));
  return promise;
}

/** Only a process that is this very agent is touched: a pid is soon somebody else's. */
async function endLeftover(pidFile: string, stateDirectory: string): Promise<void> {
  const pid = readPid(pidFile);
  if (pid === undefined || !isAgent(pid, stateDirectory)) return;
  process.kill(pid, 'SIGTERM');
  const tries = 20;
  for (let n = 0; n < tries && isAgent(pid, stateDirectory); n += 1) {
    await wait(limits.embeddedAgentStopMs / tries);
  }
  if (isAgent(pid, stateDirectory)) process.kill(pid, 'SIGKILL');
}

function readPid(pidFile: string): number | undefined {
  const text = readOrNothing(pidFile).trim();
  return /^[0-9]{1,10}$/.test(text) ? Number(text) : undefined;
}

/** By /proc; on systems without it nothing is ended, and the server's door keeps the newer of two agents. */
function isAgent(pid: number, stateDirectory: string): boolean {
  const words = readOrNothing(`/proc/${pid}/cmdline`).split('\0');
  return words.includes(program) && words.includes(stateDirectory);
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return '';
    throw error;
  }
}

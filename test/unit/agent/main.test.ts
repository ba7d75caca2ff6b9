// The program as a process: usage mistakes, enrolment, watching without a server, an orderly stop.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStamp } from '../../../agent/shell/stamp.ts';
import { openAgentDoor } from '../../fakes/agent-door.ts';
import { until } from '../../fakes/agent-records.ts';

const main = new URL('../../../agent/main.ts', import.meta.url).pathname;
let root = '';
let state = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vigia-main-'));
  state = join(root, 'state');
});

afterEach(() => rmSync(root, { recursive: true }));

interface Program {
  readonly child: ChildProcess;
  out: string;
  err: string;
  code: number | null | undefined;
}

function start(...words: string[]): Program {
  const child = spawn(process.execPath, [main, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const program: Program = { child, out: '', err: '', code: undefined };
  child.stdout?.on('data', (chunk) => {
    program.out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    program.err += chunk;
  });
  child.on('close', (code) => {
    program.code = code;
  });
  return program;
}

async function run(...words: string[]): Promise<Program> {
  const program = start(...words);
  await until(() => program.code !== undefined, 20_000);
  return program;
}

describe('agent: program', () => {
  it('ends with 2 and every mistake on wrong usage, and with 2 where nobody enrolled', async () => {
    const [wrong, strange] = await Promise.all([
      run('enrol', '--server', 'ftp://x', '--wat'),
      run('run', '--state', state),
    ]);
    expect(wrong.code).toBe(2);
    for (const path of ['--wat:', '--state:', '--server:', '--token:']) expect(wrong.err).toContain(path);
    expect(wrong.out).toBe('');
    expect(strange.code).toBe(2);
    expect(strange.err).toContain('agent.json');
  });

  it('tells its version and its usage with 0', async () => {
    const [version, help] = await Promise.all([run('--version'), run('--help')]);
    expect([version.code, help.code]).toEqual([0, 0]);
    expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(help.out).toContain('--allow-insecure-http');
  });

  it('enrols, then watches and stops in order although its server is gone', async () => {
    const door = await openAgentDoor();
    const enrolled = await run(
      'enrol',
      '--server',
      door.url,
      '--token',
      'token-token-token-token',
      '--state',
      state,
    );
    expect(enrolled).toMatchObject({ code: 0, err: '' });
    await door.close();
    const program = start('run', '--state', state);
    await until(
      () => program.err.includes('no session') && readStamp(join(state, 'alive.json')) !== undefined,
      20_000,
    );
    expect(readStamp(join(state, 'alive.json'))?.stoppedInOrder).toBe(false);
    const second = await run('run', '--state', state);
    expect(second.code).toBe(1);
    expect(second.err).toContain('another agent');
    const startMs = performance.now();
    program.child.kill('SIGTERM');
    await until(() => program.code !== undefined, 6_000);
    expect(performance.now() - startMs).toBeLessThan(5_000);
    expect(program.code).toBe(0);
    expect(readStamp(join(state, 'alive.json'))?.stoppedInOrder).toBe(true);
    for (const line of program.err.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
    const key = readFileSync(join(state, 'agent.key'), 'utf8').split('\n')[1] ?? 'none';
    expect(program.err).not.toContain(key);
  });

  it('says goodbye to its server before it ends', async () => {
    const door = await openAgentDoor();
    await run('enrol', '--server', door.url, '--token', 'token-token-token-token', '--state', state);
    const program = start('run', '--state', state);
    const said = (): string[] => door.frames.map((frame) => String(JSON.parse(frame).kind));
    await until(() => said().includes('hello'), 20_000);
    door.sockets[0]?.send(
      JSON.stringify({
        kind: 'welcome',
        session: 's-1',
        minor: 0,
        serverAt: 1_790_000_000_000,
        agentClockMs: 1,
        egress: '127.0.0.1',
        heartbeatMs: 10_000,
        epoch: 1,
        changesUpTo: 0,
        rollupsUpTo: 0,
      }),
    );
    await until(() => said().includes('changes'), 10_000);
    program.child.kill('SIGINT');
    await until(() => program.code !== undefined, 6_000);
    expect(program.code).toBe(0);
    expect(JSON.parse(door.frames.at(-1) ?? '{}')).toEqual({ kind: 'goodbye', reason: 'service-stop' });
    await door.close();
  });
});

// The commands `status` and `doctor` as processes beside a real running agent: what they print, how they end, and that the
// state directory is the same before and after.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStatus } from '../../../agent/shell/status-schema.ts';
import { closeCodes } from '../../../shared/wire/messages.ts';
import { type AgentDoor, openAgentDoor } from '../../fakes/agent-door.ts';
import { until } from '../../fakes/agent-records.ts';

const main = new URL('../../../agent/main.ts', import.meta.url).pathname;
let root = '';
let state = '';
let door: AgentDoor;
let running: ChildProcess | undefined;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'vigia-look-'));
  state = join(root, 'state');
  door = await openAgentDoor();
});

afterEach(async () => {
  running?.kill('SIGKILL');
  running = undefined;
  await door.close();
  rmSync(root, { recursive: true });
});

function run(...words: string[]): Promise<{ readonly code: number; readonly out: string }> {
  const env = { ...process.env, LC_ALL: 'pt_BR.UTF-8' };
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...words], { env }, (error, out) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out });
    });
  });
}

/** An enrolled agent that runs, and answers of its server to `hello`. */
async function startAgent(
  answer: (socket: AgentDoor['sockets'][number]) => void,
  isTold: (session: { readonly state: string; readonly closeCode?: number }) => boolean,
): Promise<void> {
  const enrolled = await run(
    'enrol',
    '--server',
    door.url,
    '--token',
    'token-token-token-token',
    '--state',
    state,
  );
  expect(enrolled.code).toBe(0);
  running = spawn(process.execPath, [main, 'run', '--state', state], { stdio: 'ignore' });
  await until(() => door.frames.some((frame) => JSON.parse(frame).kind === 'hello'), 20_000);
  const [socket] = door.sockets;
  if (socket !== undefined) answer(socket);
  await until(() => {
    const read = readStatus(state);
    return read.ok && isTold(read.value.view.session);
  }, 25_000);
}

const welcome = (socket: AgentDoor['sockets'][number]): void =>
  socket.send(
    JSON.stringify({
      kind: 'welcome',
      session: 's-1',
      minor: 0,
      serverAt: Date.now(),
      agentClockMs: 1,
      egress: '127.0.0.1',
      heartbeatMs: 10_000,
      epoch: 1,
      changesUpTo: 0,
      rollupsUpTo: 0,
    }),
  );

function modes(): unknown {
  return readdirSync(state)
    .filter((name) => !name.endsWith('.next'))
    .sort()
    .map((name) => [name, (statSync(join(state, name), { throwIfNoEntry: false })?.mode ?? 0) & 0o777]);
}

describe('agent: status and doctor', () => {
  it('say in a directory without an agent what is missing, and make nothing', async () => {
    const [status, doctor] = await Promise.all([
      run('status', '--state', state),
      run('doctor', '--state', state, '--lang', 'en', '--json'),
    ]);
    expect(status).toEqual({
      code: 1,
      out: 'Atenção: não há agente inscrito nesta pasta; confira --state ou inscreva com "vigia-agent enrol".\n',
    });
    expect(doctor.code).toBe(1);
    expect(JSON.parse(doctor.out)).toMatchObject({ verdict: 'error' });
    expect(doctor.out).toContain('no agent is enrolled in this directory');
    expect(existsSync(state)).toBe(false);
  });

  it('tell of a connected agent, and that it stopped when it has', async () => {
    await startAgent(welcome, (session) => session.state === 'open');
    const before = modes();
    const [status, json, doctor] = await Promise.all([
      run('status', '--state', state),
      run('status', '--state', state, '--json', '--lang', 'en'),
      run('doctor', '--state', state),
    ]);
    // This server gave nothing to watch, which is all there is to say.
    expect(status.code).toBe(1);
    expect(status.out.split('\n')[0]).toMatch(/^Atenção: o servidor ainda não deu nada para observar/);
    expect(status.out).toContain(`conectado a ${door.url}`);
    expect(JSON.parse(json.out)).toMatchObject({
      verdict: 'attention',
      old: false,
      problems: [{ kind: 'nothing-to-watch' }],
      status: { view: { session: { state: 'open', egress: '127.0.0.1' } } },
    });
    expect(doctor.out).toContain('✓ ok      agente: rodando');
    expect(doctor.out).toContain('o servidor respondeu como um servidor Vigia');
    const key = readFileSync(join(state, 'agent.key'), 'utf8').split('\n')[1] ?? 'none';
    for (const { out } of [status, json, doctor]) expect(out).not.toContain(key);
    expect(modes()).toEqual(before);
    running?.kill('SIGTERM');
    await until(() => running?.exitCode !== null, 6_000);
    const after = await run('status', '--state', state);
    expect(after.code).toBe(1);
    expect(after.out).toMatch(/^Atenção: o agente está parado: foi encerrado em ordem há \d+ s/);
  });

  it('name a cloned disk, and a process that was killed', async () => {
    const { code, reason } = closeCodes.cloned;
    await startAgent(
      (socket) => socket.close(code, reason),
      (session) => session.closeCode === code,
    );
    const [status, doctor] = await Promise.all([
      run('status', '--state', state),
      run('doctor', '--state', state),
    ]);
    expect(status.out).toMatch(/^Atenção: imagem clonada: outra máquina já é este agente/);
    expect(doctor.code).toBe(1);
    expect(doctor.out).toContain('✗ ERRO    imagem clonada: o servidor recusou esta máquina');
    running?.kill('SIGKILL');
    await until(() => running?.signalCode !== null, 6_000);
    const dead = await run('status', '--state', state);
    expect(dead.out).toMatch(/^Atenção: o agente NÃO está rodando: o processo sumiu/);
  });
});

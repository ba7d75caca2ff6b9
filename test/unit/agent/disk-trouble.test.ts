// A real agent on a disk that fills up, is read-only at its start, or loses the agent's directory: it says so and goes
// on watching, and what it saw arrives once and in order. A small disk of its own, in a mount namespace: root on Linux.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { present } from '../../../shared/assert.ts';
import { instant } from '../../../shared/time.ts';
import type { ServerMessage } from '../../../shared/wire/messages.ts';
import { type AgentDoor, openAgentDoor } from '../../fakes/agent-door.ts';
import { until } from '../../fakes/agent-records.ts';

const main = new URL('../../../agent/main.ts', import.meta.url).pathname;
const token = 'token-token-token-token';
const longMs = 30_000;

let root = '';
let disk = '';
let state = '';
let holder: ChildProcess | undefined;
let door: AgentDoor;
let agents: Agent[] = [];

const mayMount =
  process.platform === 'linux' &&
  spawnSync('unshare', ['--mount', '--propagation', 'private', 'true']).status === 0;

interface Agent {
  readonly child: ChildProcess;
  log: string;
  code: number | null | undefined;
}

/** Runs in the namespace that has the small disk. */
function inside(...words: string[]): { readonly status: number | null; readonly text: string } {
  const target = ['--target', String(holder?.pid), '--mount'];
  const done = spawnSync('nsenter', [...target, ...words], { encoding: 'utf8' });
  return { status: done.status, text: done.stdout + done.stderr };
}

/** The program inside; it must not be waited for in one go, because its server lives in this process. */
function start(...words: string[]): Agent {
  const target = ['--target', String(holder?.pid), '--mount'];
  const command = [...target, process.execPath, main, ...words, '--state', state];
  const child = spawn('nsenter', command, { stdio: ['ignore', 'ignore', 'pipe'] });
  const agent: Agent = { child, log: '', code: undefined };
  child.stderr?.on('data', (chunk) => {
    agent.log += chunk;
  });
  child.on('exit', (code) => {
    agent.code = code;
  });
  agents.push(agent);
  return agent;
}

function startAgent(): Agent {
  return start('run');
}

function say(message: ServerMessage): void {
  door.sockets.at(-1)?.send(JSON.stringify(message));
}

interface Heard {
  readonly kind: string;
  readonly epoch: number;
  readonly n: number;
  readonly spoolDepth: number;
  readonly items: readonly { readonly seq: number }[];
}

function heard(kind: string): Heard[] {
  return door.frames.map((frame): Heard => JSON.parse(frame)).filter((message) => message.kind === kind);
}

/** What arrived, each number once, in the order of its first arrival. */
function seqs(): number[] {
  return [...new Set(heard('changes').flatMap(({ items }) => items.map(({ seq }) => seq)))];
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, at) => at + 1);
}

/** Changes that the agent holds, by its last beat. */
function depth(): number {
  return heard('beat').at(-1)?.spoolDepth ?? 0;
}

const serverAt = instant(1_800_000_000_000);
let receipts = false;

/** Waits for the next session and answers it as a server does; receipts only while `receipts` is set. */
async function welcomed(): Promise<void> {
  await until(() => heard('hello').length > 0, longMs);
  const { epoch } = present(heard('hello')[0], 'a hello');
  const known = { epoch, changesUpTo: 0, rollupsUpTo: 0 };
  const fixed = { session: 's', minor: 0, egress: '127.0.0.1', heartbeatMs: 1_000 };
  door.sockets.at(-1)?.on('message', (data) => {
    const message: Heard = JSON.parse(String(data));
    if (message.kind === 'beat') say({ kind: 'beat.reply', n: message.n, agentClockMs: 0, serverAt });
    if (message.kind === 'changes' && receipts) {
      say({ kind: 'receipt', epoch, changesUpTo: message.items.at(-1)?.seq ?? 0, rollupsUpTo: 0 });
    }
  });
  say({ kind: 'welcome', serverAt, agentClockMs: 0, ...fixed, ...known });
}

/** What was heard of the run before is forgotten. */
function forget(): void {
  door.frames.length = 0;
}

let revision = 0;
let isUp = false;

/** The only link is up or down from the next round on: that part of the address space was never given to anybody (RFC 1112). */
function linkIs(up: boolean): void {
  revision += 1;
  say({
    kind: 'assignment',
    revision,
    links: [{ key: 'vivo', role: 'primary' }],
    hosts: [],
    anchors: [up ? '127.0.0.1' : '240.0.0.1'],
    dns: [],
    timing: {
      roundMs: 500,
      burstMs: 200,
      roundTimeoutMs: 150,
      burstTimeoutMs: 150,
      downRounds: 1,
      upRounds: 1,
      anchorsNeeded: 1,
      slowEveryRounds: 1_000,
    },
  });
}

/** Lets the link change its state so often; nothing is receipted, so the spool only grows. */
async function changeStates(times: number): Promise<void> {
  for (let turn = 0; turn < times; turn += 1) {
    const before = depth();
    isUp = !isUp;
    linkIs(isUp);
    await until(() => depth() > before, longMs);
  }
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'vigia-disk-'));
  disk = join(root, 'disk');
  state = join(disk, 'state');
  mkdirSync(disk);
  receipts = false;
  isUp = false;
  agents = [];
  const script = `mount -t tmpfs -o size=3m none '${disk}' && echo ready && exec sleep infinity`;
  holder = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise((resolve) => holder?.stdout?.once('data', resolve));
  door = await openAgentDoor();
  const enrolled = start('enrol', '--server', door.url, '--token', token);
  await until(() => enrolled.code !== undefined, longMs);
  if (enrolled.code !== 0) throw new Error(enrolled.log);
});

afterEach(async () => {
  for (const agent of agents) agent.child.kill('SIGKILL');
  holder?.kill('SIGKILL');
  await door.close();
  rmSync(root, { recursive: true, force: true });
});

describe.skipIf(!mayMount)('agent: a disk in trouble', () => {
  it('that is full: it watches on, says so, and nothing is lost or doubled', {
    timeout: 3 * longMs,
  }, async () => {
    const agent = startAgent();
    await welcomed();
    await changeStates(3);
    // Again and again, because the agent gives its ballast up.
    for (let round = 0; round < 20 && !agent.log.includes('the disk refuses the spool'); round += 1) {
      inside('dd', 'if=/dev/zero', `of=${disk}/full-${round}`, 'bs=4096');
      await changeStates(2);
    }
    await changeStates(4);
    expect(agent.log).toContain('the disk refuses the spool');
    expect(agent.code).toBeUndefined();
    inside('sh', '-c', `rm '${disk}'/full-*`);
    await until(() => agent.log.includes('the disk takes the spool again'), longMs);
    // The next run finds every one of them on disk, and sends them to a server that knows none.
    const held = depth();
    agent.child.kill('SIGKILL');
    await until(() => agent.code !== undefined, longMs);
    forget();
    receipts = true;
    startAgent();
    await welcomed();
    await until(() => seqs().length >= held, longMs);
    expect(seqs()).toEqual(upTo(seqs().length));
  });

  it('that is read-only when it starts: it watches and says so', { timeout: 2 * longMs }, async () => {
    const first = startAgent();
    await welcomed();
    await changeStates(2);
    first.child.kill('SIGTERM');
    await until(() => first.code !== undefined, longMs);
    expect(inside('mount', '-o', 'remount,ro', disk)).toMatchObject({ status: 0 });
    forget();
    const second = startAgent();
    await welcomed();
    await changeStates(4);
    expect(second.log).toContain('the spool has no disk and lives in memory');
    expect(second.log).toContain('the liveness stamp cannot be written');
    expect(second.code).toBeUndefined();
    second.child.kill('SIGTERM');
    await until(() => second.code !== undefined, longMs);
    expect(second.code).toBe(0);
  });

  it('that loses its directory: it watches, and makes the spool anew', { timeout: 2 * longMs }, async () => {
    const agent = startAgent();
    await welcomed();
    await changeStates(2);
    inside('rm', '-rf', state);
    await changeStates(2);
    await until(() => agent.log.includes('it was made anew'), longMs);
    await changeStates(2);
    expect(agent.code).toBeUndefined();
    expect(inside('ls', state).text).toContain('spool.sqlite');
    expect(seqs()).toEqual(upTo(seqs().length));
  });
});

// Doctor on the machine's own disk: what it finds of rights, room, enrolment, the running agent and the spool, and that
// it leaves every byte and every right as it was.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Status } from '../../../../../agent/core/status.ts';
import {
  checkAgent,
  checkClone,
  checkDirectory,
  checkService,
  checkSpace,
  checkSpool,
  identityFinding,
  readIdentity,
} from '../../../../../agent/shell/doctor/local.ts';
import { openSpool } from '../../../../../agent/shell/spool.ts';
import { closeCodes } from '../../../../../shared/wire/messages.ts';
import { type AgentDoor, openAgentDoor } from '../../../../fakes/agent-door.ts';
import { changeRecord, clockAt, createHeardLog, rollupRecord } from '../../../../fakes/agent-records.ts';
import { sessionOf, statusOf } from '../../../../fakes/agent-status.ts';
import { brief, patientAt } from '../../../../fakes/doctor-patient.ts';
import { openUplinkBench, type UplinkBench } from '../../../../fakes/uplink-bench.ts';

let bench: UplinkBench;
let door: AgentDoor;
let state = '';

beforeEach(async () => {
  door = await openAgentDoor();
  bench = openUplinkBench();
  state = bench.state;
  await bench.enrol({ servers: [door.url] });
});
afterEach(async () => {
  bench.close();
  await door.close();
});

function fillSpool(): void {
  const opened = openSpool({
    path: join(state, 'spool.sqlite'),
    clock: () => clockAt(1),
    log: createHeardLog(),
  });
  if (!opened.ok) throw new Error(opened.failure.message);
  opened.value.append([changeRecord(1), changeRecord(2), rollupRecord(1)]);
  opened.value.close();
}

/** Every file with its mode and content. */
function snapshot(): unknown {
  return readdirSync(state)
    .sort()
    .map((name) => {
      const { mode, mtimeMs } = statSync(join(state, name));
      return { name, mode, mtimeMs, text: readFileSync(join(state, name), 'base64') };
    });
}

const withStatus = (status: Status) => patientAt(state, {}, { status: { ok: true, value: status } });

describe('doctor: the state directory', () => {
  it('is well when it is the agent’s alone', async () => {
    expect(brief(await checkDirectory(patientAt(state)))).toEqual(['state-directory ok']);
    expect(brief(await checkSpace(patientAt(state)))[0]).toMatch(/^free-space/);
  });

  it('is an error when it is missing', async () => {
    const [found] = await checkDirectory(patientAt(join(state, 'nowhere')));
    expect(found).toMatchObject({ level: 'error', text: expect.stringContaining('não existe') });
    expect(brief(await checkSpace(patientAt(join(state, 'nowhere'))))).toEqual(['free-space warning']);
  });

  it('is an error when others may read a file in it; doctor names it and leaves it', async () => {
    chmodSync(join(state, 'agent.key'), 0o644);
    const [found] = await checkDirectory(patientAt(state));
    expect(found).toMatchObject({ level: 'error', text: expect.stringContaining('agent.key') });
    expect(found?.text).toContain('644');
    const identity = readIdentity(state);
    expect(identity).toMatchObject({ ok: false, failure: { code: 'conflict' } });
    expect(identityFinding(identity, patientAt(state)).level).toBe('warning');
    expect(statSync(join(state, 'agent.key')).mode & 0o777).toBe(0o644);
  });
});

describe('doctor: the identity', () => {
  it('is shown without a word of the key', () => {
    const found = identityFinding(readIdentity(state), patientAt(state));
    expect(found).toMatchObject({ check: 'identity', level: 'ok' });
    const key = readFileSync(join(state, 'agent.key'), 'utf8').split('\n')[1] ?? 'none';
    expect(JSON.stringify(found)).not.toContain(key);
  });

  it('is missing, or damaged, each with what to do', () => {
    writeFileSync(join(state, 'agent.key'), 'no key', { mode: 0o600 });
    expect(identityFinding(readIdentity(state), patientAt(state))).toMatchObject({
      level: 'error',
      advice: expect.stringContaining('inscreva de novo'),
    });
    rmSync(join(state, 'agent.json'));
    expect(identityFinding(readIdentity(state), patientAt(state)).text).toContain('nenhum agente');
  });
});

describe('doctor: the running agent', () => {
  it.each([
    ['runs', statusOf(), true, 'ok'],
    ['stopped in order', statusOf({ stopped: true }), true, 'error'],
    ['is gone', statusOf(), false, 'error'],
    ['hangs', statusOf({ written: clockAt(1) }), true, 'error'],
  ])('%s', async (_what, status, lives, level) => {
    const patient = patientAt(state, { processLives: () => lives }, { status: { ok: true, value: status } });
    expect(brief(await checkAgent(patient))).toEqual([`agent ${level}`]);
  });

  it('never ran, or cannot be read', async () => {
    expect(brief(await checkAgent(patientAt(state)))).toEqual(['agent error']);
    const unreadable = patientAt(state, {}, { status: { ok: false, failure: 'forbidden' } });
    expect(brief(await checkAgent(unreadable))).toEqual(['agent warning']);
  });

  it('comes back by itself only as a service or in a container', async () => {
    expect(brief(await checkService(patientAt(state)))).toEqual(['service warning']);
    const here = join(state, 'agent.json');
    expect(brief(await checkService(patientAt(state, { serviceFiles: [here] })))).toEqual(['service ok']);
    expect(brief(await checkService(patientAt(state, { containerMarks: [here] })))).toEqual(['service ok']);
  });
});

describe('doctor: the spool', () => {
  it('of a stopped agent is looked at in a copy, and stays as it is', async () => {
    fillSpool();
    const before = snapshot();
    const copies = mkdtempSync(join(tmpdir(), 'vigia-copies-'));
    vi.stubEnv('TMPDIR', copies);
    const found = await checkSpool(patientAt(state));
    vi.unstubAllEnvs();
    expect(found).toMatchObject([{ level: 'ok', text: 'íntegra, com 3 registros' }]);
    expect(snapshot()).toEqual(before);
    expect(readdirSync(copies)).toEqual([]);
    rmSync(copies, { recursive: true });
  });

  it('that is damaged is an error, and one that is not there is none', async () => {
    expect(brief(await checkSpool(patientAt(state)))).toEqual(['spool ok']);
    fillSpool();
    writeFileSync(join(state, 'spool.sqlite'), 'SQLite format 3\0 and then rubbish'.repeat(400));
    expect(brief(await checkSpool(patientAt(state)))).toEqual(['spool error']);
  });

  it('of a running agent is never touched: its own word counts', async () => {
    writeFileSync(join(state, 'spool.sqlite'), 'rubbish');
    expect(brief(await checkSpool(withStatus(statusOf())))).toEqual(['spool ok']);
    const refusing = statusOf({ spool: { ...statusOf().spool, inMemory: 4 } });
    expect(await checkSpool(withStatus(refusing))).toMatchObject([
      { level: 'error', text: 'o disco recusa gravar: 4 registros só na memória' },
    ]);
  });

  it('is looked at although a running agent holds it and left no status', async () => {
    const held = openSpool({
      path: join(state, 'spool.sqlite'),
      clock: () => clockAt(1),
      log: createHeardLog(),
    });
    if (!held.ok) throw new Error(held.failure.message);
    held.value.append([changeRecord(1)]);
    expect(brief(await checkSpool(patientAt(state)))).toEqual(['spool ok']);
    expect(held.value.append([changeRecord(2)])).toEqual({ changes: 0, rollups: 0 });
    held.value.close();
  });
});

describe('doctor: a cloned disk', () => {
  it('is an error when the server has refused this machine as one', async () => {
    const session = sessionOf({ state: 'disconnected', closeCode: closeCodes.cloned.code });
    const found = await checkClone(withStatus(statusOf({}, { session })));
    expect(found).toMatchObject([{ level: 'error', advice: expect.stringContaining('DESTA máquina') }]);
  });

  it('is suspected when the state was last used on another machine', async () => {
    const before = { bootId: 'boot-0', monoMs: 1, wallMs: 1 };
    const moved = withStatus(statusOf({ machine: 'machine-2', written: before }));
    expect(brief(await checkClone(moved))).toEqual(['clone warning']);
    const same = withStatus(statusOf({ machine: 'machine-1', written: before }));
    expect(brief(await checkClone(same))).toEqual(['clone ok']);
  });

  it('is not suspected within one boot, where another user only sees less of the machine', async () => {
    expect(brief(await checkClone(withStatus(statusOf({ machine: 'machine-2' }))))).toEqual(['clone ok']);
  });

  it('cannot be told where the machine says nothing of itself', async () => {
    const [found] = await checkClone(patientAt(state, { machineIds: async () => [] }));
    expect(found).toMatchObject({ level: 'ok', text: expect.stringContaining('contêiner') });
  });
});

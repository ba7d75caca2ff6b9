// Enrolment and identity against a real door on loopback: same key on retry, private files, clear refusals.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseServerAddress } from '../../../../agent/core/session/server-address.ts';
import { enrol } from '../../../../agent/shell/enrol.ts';
import { loadIdentity, loadOrMakeKey } from '../../../../agent/shell/identity.ts';
import { type AgentDoor, openAgentDoor } from '../../../fakes/agent-door.ts';

const token = 'token-token-token-token';
let root = '';
let state = '';
let door: AgentDoor;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'vigia-enrol-'));
  state = join(root, 'state');
  door = await openAgentDoor({ token });
});

afterEach(async () => {
  await door.close();
  rmSync(root, { recursive: true });
});

function attempt(more: { token?: string; servers?: readonly string[] } = {}) {
  return enrol({
    servers: more.servers ?? [door.url],
    token: more.token ?? token,
    stateDirectory: state,
    allowInsecureHttp: false,
    agentVersion: '1.2.3',
  });
}

describe('enrolment', () => {
  it('leaves an identity that signs with the key the server knows, in files of its own', async () => {
    expect(await attempt()).toMatchObject({ ok: true, value: { agent: 'agent-1', customer: 'aurora' } });
    const identity = loadIdentity(state);
    expect(identity).toMatchObject({
      ok: true,
      value: { enrolment: { servers: [door.url], site: 'matriz' } },
    });
    if (identity.ok) expect(identity.value.key.publicKey).toBe(door.keys[0]);
    expect(statSync(state).mode & 0o777).toBe(0o700);
    for (const file of ['agent.json', 'agent.key'])
      expect(statSync(join(state, file)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(state, 'agent.json'), 'utf8')).not.toContain(token);
  });

  it('hands in the same key again when the first answer was lost', async () => {
    door.switches.loseEnrolAnswer = true;
    expect(await attempt()).toMatchObject({ ok: false, failure: { code: 'unavailable', retryable: true } });
    expect(existsSync(join(state, 'agent.json'))).toBe(false);
    door.switches.loseEnrolAnswer = false;
    expect((await attempt()).ok).toBe(true);
    expect(new Set(door.keys).size).toBe(1);
    expect(door.keys).toHaveLength(2);
  });

  it('does not enrol twice in one directory', async () => {
    await attempt();
    const second = await attempt();
    expect(second).toMatchObject({ ok: false, failure: { code: 'conflict' } });
    expect(door.keys).toHaveLength(1);
  });

  it('says what the server said of the token', async () => {
    const refused = await attempt({ token: 'another-token-entirely' });
    expect(refused).toMatchObject({ ok: false, failure: { code: 'enrolment.refused', retryable: false } });
    if (!refused.ok) expect(refused.failure.message).toContain('token is used up');
  });

  it('tells too many, a broken server and a stranger apart', async () => {
    door.switches.enrolStatus = 429;
    expect(await attempt()).toMatchObject({ failure: { code: 'limit.reached', retryable: true } });
    door.switches.enrolStatus = 503;
    expect(await attempt()).toMatchObject({ failure: { code: 'unavailable', retryable: true } });
    door.switches.enrolStatus = 200;
    door.switches.enrolBody = '<html>welcome to nginx</html>';
    expect(await attempt()).toMatchObject({ failure: { code: 'unavailable' } });
    door.switches.enrolBody = `{"agent":"a","customer":"c","site":"s","host":"${'h'.repeat(70_000)}"}`;
    expect(await attempt()).toMatchObject({ failure: { code: 'unavailable' } });
    expect(existsSync(join(state, 'agent.json'))).toBe(false);
  });

  it('says unavailable when nobody listens', async () => {
    expect(await attempt({ servers: ['http://127.0.0.1:1'] })).toMatchObject({
      ok: false,
      failure: { code: 'unavailable', retryable: true },
    });
  });
});

describe('identity', () => {
  it('is not found before enrolment, and damaged files are named', async () => {
    expect(loadIdentity(state)).toMatchObject({ ok: false, failure: { code: 'not-found' } });
    await attempt();
    const enrolled = readFileSync(join(state, 'agent.json'));
    writeFileSync(join(state, 'agent.json'), '{"agent":1}');
    expect(loadIdentity(state)).toMatchObject({ ok: false, failure: { code: 'config.invalid' } });
    writeFileSync(join(state, 'agent.json'), enrolled);
    writeFileSync(join(state, 'agent.key'), 'no key');
    expect(loadIdentity(state)).toMatchObject({ ok: false, failure: { code: 'config.invalid' } });
  });

  it('takes away the rights that a copy gave others, and never makes a second key', () => {
    const first = loadOrMakeKey(state);
    chmodSync(join(state, 'agent.key'), 0o644);
    const second = loadOrMakeKey(state);
    if (!first.ok || !second.ok) throw new Error('no key');
    expect(second.value.publicKey).toBe(first.value.publicKey);
    expect(statSync(join(state, 'agent.key')).mode & 0o777).toBe(0o600);
  });
});

describe('server address', () => {
  it('is https, or http to this machine, or http where that was asked for', () => {
    expect(parseServerAddress('wss://noc.example.com:7443/vigia/', false)).toEqual({
      ok: true,
      value: { base: 'https://noc.example.com:7443/vigia' },
    });
    for (const local of ['http://127.0.0.1:7700', 'ws://localhost:7700', 'http://[::1]:7700']) {
      expect(parseServerAddress(local, false).ok).toBe(true);
    }
    expect(parseServerAddress('http://10.0.0.1', false).ok).toBe(false);
    expect(parseServerAddress('http://127.0.0.1.example.com', false).ok).toBe(false);
    expect(parseServerAddress('http://10.0.0.1', true)).toEqual({
      ok: true,
      value: { base: 'http://10.0.0.1' },
    });
  });

  it('refuses what is no address of a server', () => {
    for (const bad of ['', 'noc', 'ftp://noc', 'https://a:b@noc', 'https://noc/?x=1', 'https://noc/#x']) {
      expect(parseServerAddress(bad, true)).toMatchObject({ ok: false, failure: { code: 'config.invalid' } });
    }
  });
});

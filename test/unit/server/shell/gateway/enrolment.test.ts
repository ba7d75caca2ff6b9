// Nonce and enrolment over real HTTP on loopback.
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { agentId } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { instant } from '../../../../../shared/time.ts';
import { agentPaths } from '../../../../../shared/wire/door.ts';
import { closeCodes } from '../../../../../shared/wire/messages.ts';
import { enrolmentRequest, hello, newKey } from '../../../../fakes/agent-side.ts';
import { type GatewayBench, startGatewayBench } from '../../../../fakes/gateway-bench.ts';

let bench: GatewayBench;
beforeEach(async () => {
  bench = await startGatewayBench();
});
afterEach(() => bench.stop());

const enrol = (body: unknown) => bench.post(agentPaths.enrol, JSON.stringify(body));

describe('an enrolment', () => {
  it('makes an agent of the site and host it belongs to, after the commit', async () => {
    bench.saveToken('a token of sixteen');
    bench.correlator.hold();
    let done = false;
    const asked = enrol(enrolmentRequest(newKey(), 'a token of sixteen', { hostName: 'srv-ad01' }));
    void asked.then(() => {
      done = true;
    });
    await vi.waitFor(() => expect(bench.correlator.inputsOf('agent.enrolled')).toHaveLength(1));
    expect(done).toBe(false);
    bench.correlator.release();
    const answer = await asked;
    expect(answer.status).toBe(201);
    const made = JSON.parse(answer.body);
    expect(made).toMatchObject({ customer: 'aurora', site: 'matriz', host: 'srv-ad' });
    expect(bench.correlator.inputsOf('agent.enrolled')[0]).toMatchObject({
      agent: made.agent,
      site: 'aurora/matriz',
      host: 'srv-ad',
    });
    expect(bench.registry.agent(agentId(made.agent))).toMatchObject({ hostName: 'srv-ad01', host: 'srv-ad' });
  });

  it('again with the same key and token gives the same agent and uses the token once', async () => {
    const key = newKey();
    bench.saveToken('a token of sixteen', { usesLeft: 2 });
    const request = enrolmentRequest(key, 'a token of sixteen');
    const first = await enrol(request);
    const second = await enrol(request);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toBe(first.body);
    expect(bench.correlator.inputsOf('agent.enrolled')).toHaveLength(1);
    const other = await enrol(enrolmentRequest(newKey(), 'a token of sixteen', { hostName: 'SRV-ERP' }));
    expect(JSON.parse(other.body).host).toBe('srv-erp');
    expect((await enrol(enrolmentRequest(newKey(), 'a token of sixteen'))).status).toBe(403);
  });

  it('can be repeated after the server was too busy, and is then told to the core', async () => {
    bench.saveToken('a token of sixteen');
    const request = enrolmentRequest(newKey(), 'a token of sixteen');
    bench.correlator.refuse(true);
    expect(await enrol(request)).toMatchObject({ status: 503, error: { code: 'unavailable' } });
    bench.correlator.refuse(false);
    expect((await enrol(request)).status).toBe(201);
    expect(bench.correlator.inputsOf('agent.enrolled')).toHaveLength(1);
  });

  it('is refused with a token that is unknown, expired or used up', async () => {
    bench.saveToken('an expired token!!', { expiresAt: instant(1) });
    bench.saveToken('a used up token!!!', { usesLeft: 0 });
    for (const token of ['an unknown token!!', 'an expired token!!', 'a used up token!!!']) {
      expect(await enrol(enrolmentRequest(newKey(), token))).toMatchObject({
        status: 403,
        error: { code: 'enrolment.refused' },
      });
    }
    expect(bench.registry.agents()).toEqual([]);
    expect(bench.correlator.inputs).toEqual([]);
  });

  it('is refused without proof of the key, and the token is not used', async () => {
    bench.saveToken('a token of sixteen');
    const right = enrolmentRequest(newKey(), 'a token of sixteen');
    const stolen = { ...right, signature: enrolmentRequest(newKey(), 'a token of sixteen').signature };
    expect(await enrol(stolen)).toMatchObject({ status: 401, error: { code: 'auth.refused' } });
    const swapped = { ...right, publicKey: newKey().publicKey };
    expect((await enrol(swapped)).status).toBe(401);
    expect((await enrol({ ...right, token: 'another token here' })).status).toBe(401);
    expect((await enrol({ ...right, publicKey: 'A'.repeat(43) })).status).toBe(401);
    expect((await enrol(right)).status).toBe(201);
  });

  it('is refused for a key of which only revoked agents are known', async () => {
    const { key, agent } = await bench.enrolled();
    bench.registry.revoke(agentId(agent), bench.clock.now());
    bench.saveToken('a fresh token here');
    expect(await enrol(enrolmentRequest(key, 'a fresh token here'))).toMatchObject({
      status: 403,
      error: { code: 'enrolment.refused', message: expect.stringContaining('revoked') },
    });
  });

  it('with a token that names the host takes the place of the agent that was there', async () => {
    const old = await bench.enrolled('SRV-AD01');
    const peer = await bench.connect(old.agent, old.key);
    peer.send(hello());
    await peer.heard('welcome');
    bench.saveToken('a token for the host', { host: 'srv-ad' });
    const answer = await enrol(enrolmentRequest(newKey(), 'a token for the host', { hostName: 'whatever' }));
    expect(JSON.parse(answer.body)).toMatchObject({ host: 'srv-ad' });
    expect((await peer.closed).code).toBe(closeCodes.revoked.code);
    expect(bench.registry.agent(agentId(old.agent))?.revokedAt).toBeDefined();
    expect(bench.correlator.inputsOf('agent.revoked')).toMatchObject([{ agent: old.agent }]);
  });

  it('says every mistake with its path', async () => {
    const answer = await enrol({ ...enrolmentRequest(newKey(), 'short'), shell: '/bin/sh', hostName: '' });
    expect(answer.status).toBe(400);
    expect(answer.error).toMatchObject({ code: 'input.invalid' });
    expect(answer.error?.issues).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'token' }),
        expect.objectContaining({ path: 'hostName' }),
        expect.objectContaining({ path: 'shell', message: expect.stringContaining('unknown field') }),
      ]),
    );
    const spelled = `${enrolmentRequest(newKey(), 'x'.repeat(16)).publicKey.slice(0, 42)}_`;
    const twice = await enrol({ ...enrolmentRequest(newKey(), 'x'.repeat(16)), publicKey: spelled });
    expect(twice).toMatchObject({ status: 400, error: { issues: [{ path: 'publicKey' }] } });
  });

  it.each([
    ['no JSON', '{"token":'],
    ['an empty body', ''],
    ['an array', '[]'],
    ['null', 'null'],
    ['broken UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['a prototype', '{"__proto__":{"token":"aaaaaaaaaaaaaaaaaaaa"}}'],
    ['deep nesting', `${'['.repeat(2_000)}${']'.repeat(2_000)}`],
  ])('is refused clearly with %s', async (_what, body) => {
    expect(await bench.post(agentPaths.enrol, body)).toMatchObject({
      status: 400,
      error: { code: 'input.invalid' },
    });
  });

  it('is refused when its body is too large, announced or not', async () => {
    const large = JSON.stringify({ token: 'x'.repeat(limits.enrolmentBodyBytesMax) });
    expect((await bench.post(agentPaths.enrol, large)).status).toBe(413);
    const chunked = await bench.ask('POST', agentPaths.enrol, {
      headers: { 'transfer-encoding': 'chunked' },
      body: large,
    });
    expect(chunked.status).toBe(413);
  });

  it('is refused when its body comes too slowly', async () => {
    const socket = connect(bench.port, '127.0.0.1');
    socket.write('POST /agent/enrolment HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"tok');
    let answer = '';
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    await vi.waitFor(() => expect(bench.clock.timers()).toBeGreaterThan(0));
    await bench.clock.advanceAsync(limits.upgradeMs);
    await vi.waitFor(() => expect(answer).toContain('HTTP/1.1 408'));
    await closed;
  });
});

describe('the door', () => {
  it('gives nonces, each another one, never to be cached', async () => {
    const nonces = await Promise.all([bench.nonce(), bench.nonce()]);
    expect(new Set(nonces).size).toBe(2);
  });

  it('names the right method, and leaves other paths alone', async () => {
    expect((await bench.post(agentPaths.nonce, '{}')).status).toBe(405);
    expect((await bench.get(agentPaths.enrol)).status).toBe(405);
    expect((await bench.get('/agents')).status).toBe(404);
    expect((await bench.get(`${agentPaths.nonce}?x=1`)).status).toBe(200);
  });

  it('refuses an address that asks too often, for a minute', async () => {
    const strict = await startGatewayBench({
      addressLimits: { noncesPerMinuteMax: 2, enrolmentsPerMinuteMax: 1 },
    });
    const statuses = async () => [
      (await strict.get(agentPaths.nonce)).status,
      (await strict.post(agentPaths.enrol, '{}')).status,
    ];
    expect([await statuses(), await statuses(), await statuses()]).toEqual([
      [200, 400],
      [200, 429],
      [429, 429],
    ]);
    strict.clock.advance(60_000);
    expect(await statuses()).toEqual([200, 400]);
    await strict.stop();
  });
});

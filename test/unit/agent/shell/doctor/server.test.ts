// Doctor on the way to the server, with real sockets and TLS on loopback: how far it gets, and with which word it stops.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tools } from '../../../../../agent/shell/doctor/finding.ts';
import { checkServer } from '../../../../../agent/shell/doctor/server.ts';
import type { EnrolWish } from '../../../../../agent/shell/enrol.ts';
import { createReach } from '../../../../../agent/shell/reach.ts';
import { openReachMemory } from '../../../../../agent/shell/reach-memory.ts';
import { type AgentDoor, type DoorOptions, openAgentDoor } from '../../../../fakes/agent-door.ts';
import { statusOf } from '../../../../fakes/agent-status.ts';
import { type ConnectProxy, openConnectProxy } from '../../../../fakes/connect-proxy.ts';
import { brief, patientAt } from '../../../../fakes/doctor-patient.ts';
import { certificateOf, fixture, openUplinkBench, type UplinkBench } from '../../../../fakes/uplink-bench.ts';

let bench: UplinkBench;
let open: { close(): Promise<void> }[] = [];
beforeEach(() => {
  bench = openUplinkBench();
});
afterEach(async () => {
  bench.close();
  for (const each of open) await each.close();
  open = [];
});

async function openDoor(options: DoorOptions = {}): Promise<AgentDoor> {
  const door = await openAgentDoor({ tls: certificateOf('server'), ...options });
  open.push(door);
  return door;
}

async function enrolAt(servers: readonly string[], more: Partial<EnrolWish> = {}): Promise<void> {
  const done = await bench.enrol({ servers, caFile: fixture('ca.pem'), ...more });
  if (!done.ok) throw new Error(done.failure.message);
}

const nowMs = (wallMs: number) => () => ({ bootId: 'boot-1', monoMs: 10_004_000, wallMs });
const examined = (more: Partial<Tools> = {}) =>
  checkServer(patientAt(bench.state, { clock: nowMs(Date.now()), ...more }));

describe('doctor: the way to the server', () => {
  it('is told step by step when it is well: name, connection, TLS, answer, clock', async () => {
    const door = await openDoor();
    await enrolAt([`https://localhost:${door.port}`]);
    const found = await examined();
    expect(brief(found)).toEqual([
      'server-name ok',
      'server-way ok',
      'server-tls ok',
      'server-answer ok',
      'clock ok',
    ]);
    expect(found[0]?.text).toContain('localhost → 127.0.0.1');
    expect(found[2]?.text).toMatch(/emitido por ".+", vale mais \d+ dias/);
  });

  it('warns of plain HTTP that leaves this machine, and of no other', async () => {
    const near = await openDoor({ tls: undefined });
    await enrolAt([near.url], { caFile: undefined });
    expect(brief(await examined())).toContain('server-tls ok');
    bench.close();
    bench = openUplinkBench();
    await enrolAt([`http://vigia.test:${near.port}`, near.url], {
      caFile: undefined,
      allowInsecureHttp: true,
    });
    const found = await examined({
      reach: (access) => createReach({ access, memory: openReachMemory(), ask: async () => ['127.0.0.1'] }),
    });
    const far = found.filter(({ of }) => of?.includes('vigia.test'));
    expect(brief(far)).toEqual(['server-name ok', 'server-way ok', 'server-tls warning', 'server-answer ok']);
  });

  it('stops at a certificate of an interceptor and names its issuer', async () => {
    const door = await openDoor();
    await enrolAt([`https://localhost:${door.port}`]);
    await door.close();
    open = [];
    await openDoor({ tls: certificateOf('intercepted'), port: door.port });
    const found = await examined();
    expect(brief(found)).toEqual(['server-name ok', 'server-tls error', 'clock warning']);
    expect(found[1]?.text).toContain('algo no caminho abre a criptografia');
    expect(found[1]?.detail).toMatch(/issued by ".+"/);
  });

  it.each([
    ['wrong', 'é de outro nome'],
    ['expired', 'fora do prazo'],
  ] as const)('stops at a certificate that is %s', async (certificate, words) => {
    const door = await openDoor();
    await enrolAt([`https://localhost:${door.port}`]);
    await door.close();
    open = [];
    await openDoor({ tls: certificateOf(certificate), port: door.port });
    const found = await examined();
    expect(found[1]).toMatchObject({ check: 'server-tls', level: 'error' });
    expect(found[1]?.text).toContain(words);
  });

  it('stops at a port where nobody listens', async () => {
    const door = await openDoor();
    await enrolAt([`https://localhost:${door.port}`]);
    await door.close();
    open = [];
    const found = await examined();
    expect(brief(found)).toEqual(['server-name ok', 'server-way error', 'clock warning']);
  });

  it('stops at a name that does not resolve', async () => {
    const door = await openDoor();
    await enrolAt([`https://localhost:${door.port}`]);
    const found = await examined({ lookup: () => Promise.reject(new Error('ENOTFOUND')) });
    expect(brief(found)).toEqual(['server-name error', 'clock warning']);
  });

  it('knows a page in place of the server', async () => {
    const door = await openDoor({ tls: undefined });
    await enrolAt([door.url], { caFile: undefined });
    await door.close();
    open = [];
    const portal = createServer((_request, response) => response.end('<html>login</html>'));
    await new Promise<void>((resolve) => portal.listen(door.port, '127.0.0.1', resolve));
    expect((portal.address() as AddressInfo).port).toBe(door.port);
    const found = await examined();
    expect(found.find(({ check }) => check === 'server-answer')).toMatchObject({
      level: 'error',
      text: expect.stringContaining('algo respondeu 200'),
    });
    await new Promise((resolve) => portal.close(resolve));
  });

  it('goes through the proxy of the enrolment, and names what the proxy says against it', async () => {
    const door = await openDoor();
    const proxy: ConnectProxy = await openConnectProxy();
    open.push(proxy);
    await enrolAt([`https://localhost:${door.port}`], { proxy: { address: proxy.url, except: [] } });
    const well = await examined({ lookup: () => Promise.reject(new Error('not asked')) });
    expect(brief(well)).toEqual(['server-way ok', 'server-tls ok', 'server-answer ok', 'clock ok']);
    expect(well[0]?.text).toContain(`pelo proxy 127.0.0.1:${proxy.port}`);
    proxy.switches.credentials = 'ana:segredo';
    const refused = await examined();
    expect(brief(refused)).toEqual(['server-way error', 'clock warning']);
    expect(refused[0]?.advice).toContain('--proxy-credentials-file');
  });

  it('never prints the password of the proxy', async () => {
    const door = await openDoor();
    const proxy = await openConnectProxy();
    open.push(proxy);
    proxy.switches.credentials = 'ana:segredo';
    const given = { address: proxy.url, credentials: 'ana:segredo', except: [] };
    await enrolAt([`https://localhost:${door.port}`], { proxy: given });
    proxy.switches.credentials = 'ana:outro';
    const found = await examined();
    expect(brief(found)).toEqual(['server-way error', 'clock warning']);
    expect(readFileSync(join(bench.state, 'proxy.credentials'), 'utf8')).toContain('segredo');
    expect(JSON.stringify(found)).not.toMatch(/segredo|YW5h/);
  });

  it('calls a dead second address a point of attention while the first one works', async () => {
    const door = await openDoor();
    await enrolAt([`https://localhost:${door.port}`, 'https://127.0.0.1:1']);
    const found = await examined();
    const levels = found.filter(({ of }) => of === 'https://127.0.0.1:1').map(({ level }) => level);
    expect(levels).toEqual(['ok', 'warning']);
    expect(found.some(({ level }) => level === 'error')).toBe(false);
  });

  it('measures the clock by the server, to the second', async () => {
    const door = await openDoor();
    await enrolAt([`https://localhost:${door.port}`]);
    const clockOf = async (offMs: number) =>
      (await examined({ clock: nowMs(Date.now() + offMs) })).find(({ check }) => check === 'clock');
    expect(await clockOf(10_000)).toMatchObject({ level: 'ok', text: expect.stringContaining('adiantado') });
    expect(await clockOf(-86_400_000)).toMatchObject({
      level: 'warning',
      text: expect.stringMatching(/(1 d|23 h 59 min) atrasado/),
    });
  });

  it('falls back on what the running agent measured, and says when nobody did', async () => {
    const door = await openDoor();
    await enrolAt([`https://localhost:${door.port}`]);
    const lookup = () => Promise.reject(new Error('ENOTFOUND'));
    const status = { ok: true, value: statusOf({}, { clockOffsetMs: 300_000 }) } as const;
    const measured = await checkServer(patientAt(bench.state, { lookup }, { status }));
    expect(measured.at(-1)).toMatchObject({ check: 'clock', level: 'warning' });
    expect(measured.at(-1)?.text).toContain('5 min atrasado');
    expect((await examined({ lookup })).at(-1)?.text).toContain('não foi possível comparar');
  });
});

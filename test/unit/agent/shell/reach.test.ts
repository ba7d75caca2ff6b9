// The way to the server on networks as they are: TLS that is what it should be or is refused with a reason, private CAs,
// wrong clocks, IPv6 whole and broken, names that lie. Real sockets on loopback.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EnrolWish } from '../../../../agent/shell/enrol.ts';
import { openReachMemory } from '../../../../agent/shell/reach-memory.ts';
import { limits } from '../../../../shared/limits.ts';
import { type AgentDoor, type DoorOptions, openAgentDoor } from '../../../fakes/agent-door.ts';
import { createHeardLog, until } from '../../../fakes/agent-records.ts';
import { certificateOf, fixture, openUplinkBench, type UplinkBench } from '../../../fakes/uplink-bench.ts';

let bench: UplinkBench;
let doors: AgentDoor[] = [];
let servers: Server[] = [];

beforeEach(() => {
  bench = openUplinkBench();
});

afterEach(async () => {
  bench.close();
  for (const door of doors) await door.close();
  for (const server of servers) server.close();
  doors = [];
  servers = [];
});

/** A TLS door; those of one test are one server, so that they know the same agents. */
async function openDoor(
  certificate: Parameters<typeof certificateOf>[0] = 'server',
  more: DoorOptions = {},
): Promise<AgentDoor> {
  const door = await openAgentDoor({ tls: certificateOf(certificate), keys: doors[0]?.keys, ...more });
  doors.push(door);
  return door;
}

async function enrolAt(servers: readonly string[], more: Partial<EnrolWish> = {}): Promise<void> {
  const done = await bench.enrol({ servers, caFile: fixture('ca.pem'), ...more });
  if (!done.ok) throw new Error(done.failure.message);
}

/** Somebody who accepts connections and says nothing: a black hole behind an address that answers. */
async function openMute(address: string, port: number): Promise<{ readonly taken: Socket[] }> {
  const taken: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    taken.push(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
  return { taken };
}

const warned = (): string => JSON.stringify(bench.log.lines.filter(({ level }) => level === 'warn'));

describe('TLS', () => {
  it('takes a server of the configured CA, by name and by address', async () => {
    const door = await openDoor();
    const six = await openDoor('server', { address: '::1' });
    await enrolAt([door.url, six.url, `https://localhost:${door.port}`]);
    for (const server of [door.url, six.url, `https://localhost:${door.port}`]) {
      expect((await bench.attempt({ server })).told).toBe('opened');
    }
    expect(statSync(join(bench.state, 'server-ca.pem')).mode & 0o777).toBe(0o600);
  });

  it('without the CA trusts the roots of Node only, and says who issued what it saw', async () => {
    const door = await openDoor();
    const refused = await bench.enrol({ servers: [door.url] });
    expect(refused).toMatchObject({ ok: false, failure: { reason: 'tls-untrusted', retryable: true } });
    if (!refused.ok) expect(refused.failure.message).toContain('"Vigia test, Vigia test CA"');
    expect(door.keys).toEqual([]);
  });

  it('with another CA configured trusts only that one', async () => {
    const door = await openDoor();
    const refused = await bench.enrol({ servers: [door.url], caFile: fixture('interceptor.pem') });
    expect(refused).toMatchObject({ ok: false, failure: { reason: 'tls-untrusted' } });
  });

  it.each([
    ['wrong', 'tls-wrong-name', 'portal.test'],
    ['intercepted', 'tls-untrusted', 'Guardian Inspection CA'],
    ['expired', 'tls-time', 'the clock may be wrong'],
    ['early', 'tls-time', 'the clock may be wrong'],
  ] as const)('refuses a certificate that is %s: %s', async (certificate, reason, words) => {
    const door = await openDoor();
    const bad = await openDoor(certificate);
    await enrolAt([door.url]);
    const { told } = await bench.attempt({ server: `https://127.0.0.1:${bad.port}` });
    expect(told).toBe(reason);
    expect(warned()).toContain(words);
    expect(bad.from).toEqual([]);
  });

  it('says that the clock is wrong where the server was spoken to later than it says', async () => {
    const door = await openDoor();
    const bad = await openDoor('early');
    await enrolAt([door.url]);
    const serverAtMs = Date.UTC(2112, 0, 1);
    const memory = openReachMemory(bench.state);
    memory.welcomed({ server: door.url, host: '127.0.0.1', address: '127.0.0.1', serverAtMs });
    bench.start();
    expect((await bench.attempt({ server: bad.url })).told).toBe('tls-time');
    expect(warned()).toContain('2112-01-01');
    expect(warned()).toContain('the clock is wrong');
  });

  it('refuses what is older than TLS 1.2, and what is no TLS', async () => {
    const door = await openDoor();
    const old = await openDoor('server', {
      tls: {
        ...certificateOf('server'),
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'ALL:@SECLEVEL=0',
      },
    });
    const plain = await openDoor('server', { tls: undefined });
    await enrolAt([door.url]);
    expect((await bench.attempt({ server: old.url })).told).toBe('tls-failed');
    expect((await bench.attempt({ server: `https://127.0.0.1:${plain.port}` })).told).toBe('tls-failed');
  });

  it('a CA file that is none is refused, and one that is gone later is not replaced by any other trust', async () => {
    const door = await openDoor();
    const bad = join(bench.state, 'bad.pem');
    const pem = readFileSync(fixture('ca.pem'), 'utf8');
    const wrong = ['', 'hello', pem.replace(/[A-Z]{4}/, '????'), pem.repeat(limits.caCertificatesMax + 1)];
    for (const text of [...wrong, 'x'.repeat(limits.caFileBytesMax + 1)]) {
      writeFileSync(bad, text);
      const refused = await bench.enrol({ servers: [door.url], caFile: bad });
      expect(refused).toMatchObject({ ok: false, failure: { code: 'config.invalid' } });
    }
    await enrolAt([door.url]);
    writeFileSync(join(bench.state, 'server-ca.pem'), '');
    expect(() => bench.identity()).toThrow('server-ca.pem');
  });
});

describe('several addresses of the server', () => {
  it('enrolment goes to the first that answers for it, and all are kept', async () => {
    const stranger = await openDoor('wrong');
    const door = await openDoor();
    const servers = ['https://127.0.0.1:1', stranger.url, door.url];
    await enrolAt(servers);
    expect(bench.identity().enrolment.servers).toEqual(servers);
    expect(door.keys).toHaveLength(1);
    expect(bench.log.lines).toEqual([]);
  });

  it('enrolment that reaches none says why for each, and a refused token says that', async () => {
    const none = await bench.enrol({ servers: ['https://127.0.0.1:1', 'https://127.0.0.1:2'] });
    expect(none).toMatchObject({ ok: false, failure: { code: 'unavailable', retryable: true } });
    if (!none.ok) expect(none.failure.issues?.map(({ path }) => path)).toHaveLength(2);
    const door = await openDoor();
    const wish = { servers: [door.url, 'https://127.0.0.1:1'], caFile: fixture('ca.pem') };
    const refused = await bench.enrol({ ...wish, token: 'another-token-entirely' });
    expect(refused).toMatchObject({ ok: false, failure: { code: 'enrolment.refused' } });
  });

  it('an enrolment of the first release still loads', async () => {
    const door = await openDoor();
    await enrolAt([door.url]);
    const path = join(bench.state, 'agent.json');
    const { servers, privateCa: _privateCa, ...rest } = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...rest, server: servers[0] }));
    expect(bench.identity().enrolment).toMatchObject({ servers, privateCa: false });
    writeFileSync(path, JSON.stringify({ ...rest, servers: [] }));
    expect(() => bench.identity()).toThrow('damaged');
  });

  it('an address that would be refused if it were typed is not dialled', async () => {
    const door = await openDoor();
    await enrolAt([door.url]);
    expect((await bench.attempt({ server: 'http://noc.example' })).told).toBe('address-refused');
  });
});

describe('IPv6', () => {
  it('a name with IPv6 only, and with a broken IPv6 beside IPv4, is reached after a second at most', async () => {
    const door = await openDoor();
    const six = await openDoor('server', { address: '::1', port: door.port });
    await enrolAt([door.url]);
    const server = `https://noc.test:${door.port}`;
    bench.start(async () => ['::1']);
    expect((await bench.attempt({ server })).told).toBe('opened');
    expect(six.sockets).toHaveLength(1);
    await six.close();
    const mute = await openMute('::1', door.port);
    bench.start(async () => ['::1', '2001:db8::1', '127.0.0.1']);
    const { told, tookMs } = await bench.attempt({ server });
    expect(told).toBe('opened');
    expect(door.sockets).toHaveLength(1);
    expect(mute.taken.length).toBeGreaterThan(0);
    expect(tookMs).toBeLessThan(2 * limits.reachSecurePatienceMs);
  });

  it('an IPv6 whose packets vanish costs under a second', async () => {
    const door = await openDoor();
    await enrolAt([door.url]);
    bench.start(async () => ['100::1', '127.0.0.1']);
    const { told, tookMs } = await bench.attempt({ server: `https://noc.test:${door.port}` });
    expect(told).toBe('opened');
    expect(tookMs).toBeLessThan(1_000);
  });

  it('a bound source goes by addresses of its family only', async () => {
    const door = await openDoor();
    const six = await openDoor('server', { address: '::1', port: door.port });
    await enrolAt([door.url]);
    const server = `https://noc.test:${door.port}`;
    bench.start(async () => ['127.0.0.1', '::1']);
    expect((await bench.attempt({ server, source: '::1' })).told).toBe('opened');
    expect([door.from.length, six.from]).toEqual([0, ['::1', '::1']]);
    expect((await bench.attempt({ server, source: '127.0.0.7' })).told).toBe('opened');
    expect(door.from).toEqual(['127.0.0.7', '127.0.0.7']);
    bench.start(async () => ['127.0.0.1']);
    expect((await bench.attempt({ server, source: '::1' })).told).toBe('family-missing');
    expect((await bench.attempt({ server: door.url, source: '::1' })).told).toBe('family-missing');
  });
});

describe('names that lie', () => {
  const welcome = {
    kind: 'welcome',
    session: 's1',
    minor: 0,
    serverAt: 1_790_000_000_000,
    agentClockMs: 0,
    egress: '127.0.0.1',
    heartbeatMs: 10_000,
    epoch: 1,
    changesUpTo: 0,
    rollupsUpTo: 0,
  };
  const good = async (): Promise<readonly string[]> => ['127.0.0.1'];

  /** A session by the truth, up to its welcome. */
  async function known(): Promise<{ readonly door: AgentDoor; readonly server: string }> {
    const door = await openDoor();
    await enrolAt([door.url]);
    const server = `https://noc.test:${door.port}`;
    bench.start(good);
    expect((await bench.attempt({ server })).told).toBe('opened');
    door.sockets[0]?.send(JSON.stringify(welcome));
    await until(() => openReachMemory(bench.state).lastServer() === server);
    return { door, server };
  }

  it('lead to a portal that TLS refuses; the address that last worked is tried beside it, also after a restart', async () => {
    const { door, server } = await known();
    const portal = await openDoor('wrong', { address: '127.0.0.2', port: door.port });
    bench.start(async () => ['127.0.0.2']);
    expect((await bench.attempt({ server })).told).toBe('opened');
    expect(door.sockets).toHaveLength(2);
    expect(portal.from).toEqual([]);
  });

  it('lead to somebody who says nothing: the remembered address costs a moment', async () => {
    const { door, server } = await known();
    await openMute('127.0.0.2', door.port);
    bench.start(async () => ['127.0.0.2']);
    const { told, tookMs } = await bench.attempt({ server });
    expect(told).toBe('opened');
    expect(tookMs).toBeLessThan(limits.reachSecurePatienceMs + 1_000);
  });

  it('and resolvers that fail or dawdle, leave the remembered address', { timeout: 15_000 }, async () => {
    const { server } = await known();
    bench.start(() => Promise.reject(new Error('SERVFAIL')));
    expect((await bench.attempt({ server })).told).toBe('opened');
    let asked = 0;
    bench.start(() => {
      asked += 1;
      return new Promise(() => undefined);
    });
    const { told, tookMs } = await bench.attempt({ server });
    expect(told).toBe('opened');
    expect(tookMs).toBeLessThan(limits.resolvePatienceMs + 1_000);
    await bench.attempt({ server });
    expect(asked).toBe(1);
  });

  it('are told where nothing is remembered, with what the portal showed', async () => {
    const door = await openDoor();
    await enrolAt([door.url]);
    const portal = await openDoor('wrong', { address: '127.0.0.2' });
    const server = `https://noc.test:${portal.port}`;
    bench.start(async () => ['127.0.0.3', '127.0.0.2']);
    expect((await bench.attempt({ server })).told).toBe('tls-wrong-name');
    bench.start(() => Promise.reject(new Error('SERVFAIL')));
    expect((await bench.attempt({ server })).told).toBe('name-unknown');
    bench.start(async () => []);
    expect((await bench.attempt({ server })).told).toBe('family-missing');
  });

  it('with a thousand addresses are followed to a few only', async () => {
    const door = await openDoor();
    await enrolAt([door.url]);
    bench.start(async () => Array.from({ length: 1_000 }, (_, n) => `127.1.${n >> 8}.${n & 255}`));
    const server = `https://noc.test:${door.port}`;
    expect((await bench.attempt({ server })).told).toBe('unreachable');
  });

  it('a memory that is damaged, foreign or too large is forgotten, never fatal', async () => {
    const { server } = await known();
    const path = join(bench.state, 'reach.json');
    const whole = readFileSync(path, 'utf8');
    expect(JSON.parse(whole).hosts).toEqual([{ host: 'noc.test', address: '127.0.0.1' }]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    for (const text of ['', '{', '{"hosts":[{"host":"x","address":"example.com"}]}', whole.padEnd(20_000)]) {
      writeFileSync(path, text);
      const log = createHeardLog();
      expect(openReachMemory(bench.state, log).addressesOf('noc.test')).toEqual([]);
      expect(log.lines).toHaveLength(1);
    }
    writeFileSync(path, whole);
    expect(openReachMemory(bench.state).lastServer()).toBe(server);
  });

  it('a memory holds no more hosts than its limit, the oldest goes first', () => {
    const memory = openReachMemory();
    for (let n = 0; n <= limits.reachHostsMax; n += 1) {
      memory.welcomed({ server: 's', host: `h${n}`, address: '192.0.2.1', serverAtMs: n });
    }
    expect(memory.addressesOf('h0')).toEqual([]);
    memory.welcomed({ server: 's', host: 'h9', address: '2001:db8::1', serverAtMs: 99 });
    memory.welcomed({ server: 's', host: 'h9', address: '192.0.2.9', serverAtMs: 99 });
    expect(memory.addressesOf('h9')).toEqual(['2001:db8::1', '192.0.2.9']);
  });
});

// The way through a customer's proxy, with real sockets: nonce, enrolment and session, with TLS inside the tunnel, and
// everything a proxy can answer in its place, said clearly and once.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../../../shared/limits.ts';
import { type AgentDoor, openAgentDoor } from '../../../fakes/agent-door.ts';
import { until } from '../../../fakes/agent-records.ts';
import { type ConnectProxy, openConnectProxy } from '../../../fakes/connect-proxy.ts';
import { certificateOf, fixture, openUplinkBench, type UplinkBench } from '../../../fakes/uplink-bench.ts';

const password = 'S3nh4:com:dois-pontos-ção';
const credentials = `vigia:${password}`;
let bench: UplinkBench;
let proxy: ConnectProxy;
let door: AgentDoor;
/** The server as the outside knows it: only the proxy knows where noc.test is. */
const server = 'https://noc.test:7443';

beforeEach(async () => {
  bench = openUplinkBench();
  proxy = await openConnectProxy();
  door = await openAgentDoor({ tls: certificateOf('server') });
  proxy.switches.names = { 'noc.test:7443': { host: '127.0.0.1', port: door.port } };
});

afterEach(async () => {
  bench.close();
  await proxy.close();
  await door.close();
});

function enrolled(more: { readonly proxyCredentialsFile?: string; readonly server?: string } = {}) {
  return bench.enrol({
    servers: [more.server ?? server],
    proxy: { address: proxy.url, except: [] },
    caFile: fixture('ca.pem'),
    proxyCredentialsFile: more.proxyCredentialsFile,
  });
}

function credentialsFile(text = `\uFEFF${credentials}\r\n`): string {
  const path = join(bench.state, 'given');
  writeFileSync(path, text);
  return path;
}

/** What was said of it, at which level. */
function said(level: string): string[] {
  return bench.log.lines.filter((line) => line.level === level).map(({ fields }) => JSON.stringify(fields));
}

describe('through a proxy', () => {
  it('nonce, enrolment and session go, and TLS is with the server, whose name the proxy resolves', async () => {
    expect(await enrolled()).toMatchObject({ ok: true });
    expect((await bench.attempt()).told).toBe('opened');
    expect(proxy.asked.map(({ target }) => target)).toEqual(Array(3).fill('noc.test:7443'));
    expect(door.sockets).toHaveLength(1);
  });

  it('goes by a proxy that trickles its answer, one with a name, and one at an IPv6 address', async () => {
    proxy.switches.trickle = true;
    await enrolled();
    expect((await bench.attempt()).told).toBe('opened');
    const six = await openConnectProxy('::1');
    six.switches.names = proxy.switches.names;
    for (const address of [`http://localhost:${proxy.port}`, six.url]) {
      const other = openUplinkBench();
      const done = await other.enrol({
        servers: [server],
        proxy: { address, except: [] },
        caFile: fixture('ca.pem'),
      });
      expect(done).toMatchObject({ ok: true });
      expect((await other.attempt()).told).toBe('opened');
      other.close();
    }
    expect(six.asked).toHaveLength(3);
    await six.close();
  });

  it('says who it is where the proxy asks, from a file of its own and nowhere else', async () => {
    proxy.switches.credentials = credentials;
    expect(await enrolled({ proxyCredentialsFile: credentialsFile() })).toMatchObject({ ok: true });
    expect((await bench.attempt()).told).toBe('opened');
    expect(statSync(join(bench.state, 'proxy.credentials')).mode & 0o777).toBe(0o600);
    for (const name of readdirSync(bench.state)) {
      if (name === 'proxy.credentials' || name === 'given') continue;
      expect(readFileSync(join(bench.state, name), 'utf8')).not.toContain(password);
    }
    proxy.switches.credentials = 'vigia:changed';
    expect((await bench.attempt()).told).toBe('proxy-credentials');
    expect(JSON.stringify(bench.log.lines)).not.toContain(password);
    expect(JSON.stringify(bench.log.lines)).not.toContain(Buffer.from(credentials).toString('base64'));
  });

  it('plain http passes only where it was allowed to leave the machine', async () => {
    const plain = await openAgentDoor();
    expect(await enrolled({ server: plain.url })).toMatchObject({ ok: true });
    expect(proxy.asked).toEqual([]);
    const lax = openUplinkBench();
    const wish = { servers: [plain.url], allowInsecureHttp: true, proxy: { address: proxy.url, except: [] } };
    expect(await lax.enrol(wish)).toMatchObject({ ok: true });
    expect((await lax.attempt()).told).toBe('opened');
    expect(proxy.asked).toHaveLength(3);
    lax.close();
    await plain.close();
  });

  it('servers that are excepted are reached without it', async () => {
    const wish = {
      servers: [`https://127.0.0.1:${door.port}`],
      caFile: fixture('ca.pem'),
      proxy: { address: proxy.url, except: ['127.0.0.0/8'] },
    };
    expect(await bench.enrol(wish)).toMatchObject({ ok: true });
    expect((await bench.attempt()).told).toBe('opened');
    expect(proxy.asked).toEqual([]);
  });

  it('a proxy that is gone, or credentials that are gone, are told at enrolment too', async () => {
    await proxy.close();
    const gone = await enrolled();
    expect(gone).toMatchObject({ ok: false, failure: { code: 'unavailable', reason: 'proxy-unreachable' } });
    for (const bad of ['nobody', ':x', 'a:b\nc:d', `u:${'x'.repeat(limits.proxyCredentialsCharsMax)}`]) {
      const refused = await enrolled({ proxyCredentialsFile: credentialsFile(bad) });
      expect(refused).toMatchObject({ ok: false, failure: { code: 'config.invalid' } });
      if (!refused.ok) expect(refused.failure.message).not.toContain(bad);
    }
    expect(await enrolled({ proxyCredentialsFile: '/nowhere' })).toMatchObject({
      failure: { code: 'config.invalid' },
    });
    proxy = await openConnectProxy();
  });
});

describe('a proxy that refuses', () => {
  const head = (rest: string) => `HTTP/1.1 ${rest}\r\n\r\n`;
  it.each([
    ['407 Auth\r\nProxy-Authenticate: Basic realm="a, b"', 'proxy-credentials', '--proxy-credentials-file'],
    [
      '407 Auth\r\nProxy-Authenticate: NTLM\r\nproxy-authenticate: Negotiate',
      'proxy-scheme',
      'ntlm or negotiate',
    ],
    ['407 Auth\r\nProxy-Authenticate: Digest realm="x", nonce="y", qop="auth"', 'proxy-scheme', 'by digest;'],
    ['407 Auth\r\nProxy-Authenticate: NTLM, Basic realm="x"', 'proxy-credentials', '407'],
    ['403 Forbidden', 'proxy-forbids', 'allow CONNECT'],
    ['502 Bad Gateway', 'proxy-failed', 'cannot reach noc.test:7443 (502)'],
    ['418 Teapot', 'proxy-failed', 'answered 418'],
    ['200 OK\r\n\r\n<html>', 'proxy-garbage', 'speaks behind'],
  ])('with "%s" is told as %s', async (answer, reason, words) => {
    await enrolled();
    proxy.switches.answer = head(answer);
    expect((await bench.attempt()).told).toBe(reason);
    expect(said('warn').join()).toContain(words);
  });

  it.each([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['bytes of header', 'HTTP/1.1 200 OK\r\nX: '.padEnd(limits.proxyHeaderBytesMax + 100, 'x')],
    ['no status', 'HTTP/1.1 abc\r\n\r\n'],
  ])('with garbage is left at once: %s', async (words, answer) => {
    await enrolled();
    proxy.switches.answer = answer;
    const { told, tookMs } = await bench.attempt();
    expect(told).toBe('proxy-garbage');
    expect(tookMs).toBeLessThan(limits.uplinkHandshakeMs);
    expect(said('warn').join()).toContain(words);
  });

  it('by silence is given up in time, by closing at once', { timeout: 15_000 }, async () => {
    await enrolled();
    proxy.switches.mute = true;
    const { told, tookMs } = await bench.attempt();
    expect(told).toBe('proxy-failed');
    expect(tookMs).toBeLessThan(limits.uplinkHandshakeMs + 1_000);
    proxy.switches.mute = false;
    proxy.switches.hangUp = true;
    expect((await bench.attempt()).told).toBe('proxy-failed');
  });

  it('is told once for as long as it refuses for the same reason, and anew after a session', async () => {
    await enrolled();
    proxy.switches.answer = head('403 Forbidden');
    for (let n = 0; n < 5; n += 1) await bench.attempt();
    expect(said('warn')).toHaveLength(1);
    proxy.switches.answer = head('502 Bad Gateway');
    await bench.attempt();
    expect(said('warn')).toHaveLength(2);
    proxy.switches.answer = undefined;
    expect((await bench.attempt()).told).toBe('opened');
    proxy.switches.answer = head('502 Bad Gateway');
    await bench.attempt();
    expect(said('warn')).toHaveLength(3);
    expect(said('debug')).toHaveLength(4);
  });

  it('an attempt that the core gives up leaves nothing open and says how far it came', async () => {
    await enrolled();
    proxy.switches.mute = true;
    const uplink = bench.start();
    uplink.open(50);
    const before = proxy.asked.length;
    while (proxy.asked.length === before) await new Promise((resolve) => setImmediate(resolve));
    uplink.close(50, 4100, 'no socket in time');
    expect(uplink.counters()).toMatchObject({ opened: 0, failed: 0 });
    await until(() => said('warn').length === 1);
    expect(uplink.trouble()).toMatchObject({ reason: 'proxy-failed' });
    await until(() => proxy.open() === 0);
  });
});

describe('TLS inside the tunnel', () => {
  it('is with the server: a proxy that opens it is refused, its issuer named, unless its CA is the configured one', async () => {
    const spy = await openAgentDoor({ tls: certificateOf('intercepted'), keys: door.keys });
    await enrolled();
    proxy.switches.names = { 'noc.test:7443': { host: '127.0.0.1', port: spy.port } };
    expect((await bench.attempt()).told).toBe('tls-untrusted');
    expect(said('warn').join()).toContain('Guardian Web Gateway, Guardian Inspection CA');
    expect(spy.upgradeHeaders).toEqual([]);
    const configured = openUplinkBench();
    const wish = {
      servers: [server],
      proxy: { address: proxy.url, except: [] },
      caFile: fixture('interceptor.pem'),
    };
    expect(await configured.enrol(wish)).toMatchObject({ ok: true });
    expect((await configured.attempt()).told).toBe('opened');
    configured.close();
    await spy.close();
  });

  it('names the proxy clock where a certificate is out of its time', async () => {
    await enrolled();
    const late = await openAgentDoor({ tls: certificateOf('expired') });
    proxy.switches.names = { 'noc.test:7443': { host: '127.0.0.1', port: late.port } };
    expect((await bench.attempt()).told).toBe('tls-time');
    expect(said('warn').join()).toContain('the clock may be wrong');
    await late.close();
  });
});

// The demonstration put together: a real server in this process with its data in a new temporary folder, the made-up fleet
// enrolled by the real doors, and the stage on which the story is played. Must never be given a folder that exists already.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { assert } from '../../shared/assert.ts';
import { siteId } from '../../shared/ids.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { day, instant, minute, plus, second, toIso } from '../../shared/time.ts';
import { type RunningServer, startServer } from '../app.ts';
import { loadConfig } from '../config.ts';
import { defaultPolicy } from '../core/policy.ts';
import { readAdminToken } from '../shell/http/access/admin-token.ts';
import { digestOf, newSecret } from '../shell/http/access/secret.ts';
import { DemoAgent } from './agent.ts';
import { enrolDemoAgent } from './door.ts';
import { type DemoSite, demoSites, inventoryDocument } from './fleet.ts';
import { type Pager, rotaLines, startPager } from './pager.ts';
import { createPast, type Past } from './past.ts';
import { withPast } from './past-stores.ts';
import type { Planner } from './scenes.ts';
import { createStage, type Stage } from './stage.ts';

export interface Demo {
  readonly server: RunningServer;
  readonly stage: Stage;
  readonly planner: Planner;
  /** For the API, as whoever owns the machine would use it. */
  readonly adminToken: string;
  readonly dataDirectory: string;
  /** Agents, server, then the folder. Once only. */
  stop(): Promise<void>;
}

export interface DemoSettings {
  readonly speed: number;
  /** 0 = any. The next nine are tried when it is taken. */
  readonly port: number;
  readonly log: FastifyBaseLogger;
  readonly onFatal: (error: unknown) => void;
}

const portsTried = 10;

/** Everything well and every agent heard when it resolves. Nothing stays, not even the folder, when it fails. */
export async function startDemo(settings: DemoSettings): Promise<Result<Demo>> {
  // A new name each time: nothing of a real installation can lie there.
  const folder = mkdtempSync(join(tmpdir(), 'vigia-demo-'));
  const pager = await startPager(folder, settings.speed);
  const forget = (): void => {
    pager.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  const past = createPast(instant(Date.now()));
  const started = await listenSomewhere(settings, { folder, pager, past });
  if (!started.ok) {
    forget();
    return fail(started.failure);
  }
  const server = started.value;
  const dataDirectory = join(folder, 'data');
  const token = readAdminToken(dataDirectory);
  assert(token.ok, 'a server that runs has written its token');
  const api = apiOf(server, token.value);
  await api('PUT', '/inventory', inventoryDocument(demoSites));
  const casts = await enrolAll(server, settings.speed);
  const stage = createStage({ clock: server.clock, speed: settings.speed, casts });
  for (const site of stage.sites()) site.begin(past);
  await everybodyOn(stage);
  return ok({
    server,
    stage,
    planner: plannerOf(server, api),
    adminToken: token.value,
    dataDirectory,
    stop: async () => {
      stage.stop();
      await server.stop();
      forget();
    },
  });
}

async function listenSomewhere(
  settings: DemoSettings,
  { folder, pager, past }: { readonly folder: string; readonly pager: Pager; readonly past: Past },
): Promise<Result<RunningServer>> {
  const { port, speed, log, onFatal } = settings;
  for (let next = port; ; next += 1) {
    const file = join(folder, 'vigia.yaml');
    writeFileSync(file, configText(next, speed, pager), { mode: 0o600 });
    // The real environment stays outside: VIGIA_DATA would name a real installation's folder.
    const config = loadConfig({ file, environment: {}, workingDirectory: folder });
    if (!config.ok) return config;
    const server = await startServer({
      config: config.value,
      log,
      onFatal,
      between: (stores) => withPast(stores, past),
    });
    if (server.ok || server.failure.code !== 'conflict' || port === 0 || next + 1 >= port + portsTried)
      return server;
  }
}

/**
 * As an operator would write it. The agents' addresses are believed because they all come through loopback; the invented
 * public addresses are not probed, and no anchor is asked: the demonstration works without internet.
 */
function configText(port: number, speed: number, { configLines }: Pager): string {
  const policies = Object.entries(demoPolicies(speed)).map(([name, value]) => `  ${name}: ${value}`);
  return [
    `listen: 127.0.0.1:${port}`,
    'data: ./data',
    'trustedProxy: 127.0.0.1',
    'anchors: []',
    'outsideIn: { enabled: false }',
    ...configLines,
    'policies:',
    ...policies,
    ...rotaLines,
    '',
  ].join('\n');
}

/** How long Vigia takes to be sure is as in life; what people wait for afterwards is shorter, so that the story ends. */
function demoPolicies(speed: number): Readonly<Record<string, number>> {
  const { flapDownsMin: _count, ...lifelike } = defaultPolicy;
  const shorter = {
    resolveHoldMs: 20 * second,
    reopenMs: 90 * second,
    returnGraceMs: 40 * second,
    flapStableMs: 30 * second,
    flapWindowMs: 2 * minute,
    flapNoticeMs: 10 * minute,
    unstableWindowMs: 3 * minute,
    unstableStableMs: 90 * second,
    sightGraceMs: 20 * second,
    startGraceMs: 5 * second,
  };
  const durations = Object.entries({ ...lifelike, ...shorter }).filter(([name]) =>
    /Ms(Min|Max)?$/.test(name),
  );
  return Object.fromEntries(
    durations.map(([name, value]) => [name, Math.max(Math.ceil(value / speed), smallest[name] ?? 0)]),
  );
}

/** What a configuration accepts, however fast the story runs. */
const smallest: Readonly<Record<string, number>> = {
  heartbeatMs: second,
  flapWindowMs: 10 * second,
  flapStableMs: 10 * second,
  unstableWindowMs: 10 * second,
  unstableStableMs: 10 * second,
};

type Api = (method: 'PUT' | 'POST', path: string, body: unknown) => Promise<void>;

function apiOf({ url }: RunningServer, token: string): Api {
  return async (method, path, body) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    assert(answer.ok, `the API takes what the demonstration sends to ${path} (${answer.status})`);
  };
}

function plannerOf({ clock }: RunningServer, api: Api): Planner {
  return {
    planWork: ({ customer, site, link, forMs, reason }) => {
      const now = clock.now();
      void api('POST', '/maintenance-windows', {
        scope: { customer, site, link },
        startsAt: toIso(now),
        endsAt: toIso(plus(now, Math.ceil(forMs))),
        reason,
      });
    },
  };
}

/** One token a machine, as the wall would make them. */
async function enrolAll(server: RunningServer, speed: number) {
  const casts: { site: DemoSite; agents: ReadonlyMap<string, DemoAgent> }[] = [];
  for (const site of demoSites) {
    const agents = new Map<string, DemoAgent>();
    for (const host of site.agents) agents.set(host, await enrol(server, { site, host, speed }));
    casts.push({ site, agents });
  }
  return casts;
}

interface Newcomer {
  readonly site: DemoSite;
  readonly host: string;
  readonly speed: number;
}

async function enrol(
  { url, registry, clock }: RunningServer,
  { site, host, speed }: Newcomer,
): Promise<DemoAgent> {
  const token = newSecret();
  registry.saveToken({
    digest: digestOf(token),
    site: siteId(site.customer, site.site),
    host,
    usesLeft: 1,
    expiresAt: plus(clock.now(), minute),
  });
  const from = site.links[0]?.publicAddress ?? '';
  const hostName = site.hosts.find(({ key }) => key === host)?.name ?? host;
  const identity = await enrolDemoAgent(url, { token, hostName, from });
  const windows = /^(SRV|HIPER)/.test(hostName);
  return new DemoAgent({
    url,
    identity,
    clock,
    hostName,
    platform: windows ? 'windows' : 'linux',
    from,
    uptimeMs: (3 + (site.customerName.length % 40)) * day,
    redialMs: Math.ceil(second / speed),
  });
}

/** Every agent is on the wire; an agent that never comes is a bug, told after a while. */
function everybodyOn(stage: Stage): Promise<void> {
  const lookMs = 50;
  const patienceMs = minute;
  const agents = stage.sites().flatMap((site) => site.agents());
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const look = (waitedMs: number): void => {
    if (agents.every((agent) => agent.isOn())) resolve();
    else if (waitedMs > patienceMs)
      reject(new Error('not every agent of the demonstration came on the wire'));
    else stage.clock.after(lookMs, () => look(waitedMs + lookMs));
  };
  look(0);
  return promise;
}

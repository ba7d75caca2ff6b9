// `kill -9` of the whole server while it delivers to somebody else's desk that is slow, loses answers after it did the work
// and fails before it did any: each incident has exactly one ticket there, with every note of the outbox once, in order.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type Random, seededRandom } from '../../../shared/random.ts';
import { createFaults, type Fault, type Faults } from '../../fakes/desks/faults.ts';
import { type FakeWebhook, startFakeWebhook, webhookSecret } from '../../fakes/desks/webhook.ts';
import { type ScriptedAgent, startScriptedAgent } from '../../fakes/scripted-agent.ts';

const kills = 22;
const sites = ['um', 'dois', 'tres'];
const linksPerSite = 7;
/** Printed; set VIGIA_KILLS_SEED to draw the same again. */
const seed = Number(process.env.VIGIA_KILLS_SEED ?? Date.now() % 1_000_000_007);
const serverMain = join(import.meta.dirname, '..', '..', '..', 'server', 'main.ts');

/** No wait that is there for real outages; a killed server's agents are never taken for silent. */
const policies = {
  ...{ blipMs: 0, reporterCheckMs: 0, startGraceMs: 0, failoverHoldMs: 0, parentHoldMs: 0, replayHoldMs: 0 },
  ...{ sightGraceMs: 0, silenceFloorMs: 600_000, silenceCapMs: 600_000, resolveHoldMs: 200, reopenMs: 2_000 },
  ...{ flapDownsMin: 20, flapWindowMs: 10_000, unstableFallsMin: 20, unstableWindowMs: 10_000 },
  ...{ providerWindowMsMin: 1_000, providerWindowMsMax: 1_000 },
};

let folder = '';
let desk: FakeWebhook;
let faulty = true;
let server: ChildProcess | undefined;
const agents: ScriptedAgent[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vigia-desk-kills-'));
  desk = await startFakeWebhook(drawnFaults(seededRandom(seed + 1)));
});

afterEach(async () => {
  for (const agent of agents.splice(0)) agent.stop();
  server?.kill('SIGKILL');
  await desk.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Two answers in three are late, one in five is a failure. */
function drawnFaults(random: Random): Faults {
  const draw = (): Fault | undefined => {
    const kind = random.next();
    if (kind < 0.08) return { kind: 'lose-answer' };
    if (kind < 0.13) return { kind: 'error-after' };
    if (kind < 0.17) return { kind: 'error-before' };
    if (kind < 0.2) return { kind: 'reset' };
    return kind < 0.85 ? { kind: 'delay', ms: 50 + random.below(150) } : undefined;
  };
  return { ...createFaults(), take: () => (faulty ? draw() : undefined) };
}

test('kill -9 at random moments of deliveries: one ticket an incident, each word once and in order', async () => {
  const port = await freePort();
  writeConfiguration(port);
  await startServer(port);
  await prepare(port);
  const random = seededRandom(seed);
  const changing = changeLinks(random);
  const startedAt = performance.now();
  for (let kill = 0; kill < kills; kill += 1) {
    // One in six hits the start itself; the others a server that has just asked the desk for something.
    if (kill % 6 !== 5) await Promise.race([nextRequest(), pass(700)]);
    await pass(random.below(kill % 6 === 5 ? 600 : 260));
    await killServer();
    await startServer(kill % 6 === 4 ? undefined : port);
  }
  const killedMs = Math.round(performance.now() - startedAt);
  changing.stop();
  faulty = false;
  await until('the agents are empty', () => agents.every((agent) => agent.waiting() === 0));
  await until('everything is delivered', () => readOutbox().every(({ state }) => state !== 'pending'));
  await killServer();

  const rows = readOutbox();
  const incidents = new Set(rows.map(({ incident }) => incident));
  const records = desk.records();
  expect(records.map(({ incident }) => incident).toSorted()).toEqual([...incidents].toSorted());
  expect(rows.filter(({ state }) => state !== 'done')).toEqual([]);
  for (const { incident, notes, protocol } of records) {
    const own = rows.filter((row) => row.incident === incident);
    const said = notes.map((note) => /\[vigia:([^\]]+)\]$/.exec(note)?.[1]);
    expect(said, incident).toEqual(own.map(({ key }) => key).filter((key) => !key.endsWith(':open')));
    expect(new Set(own.map((row) => row.protocol)), incident).toEqual(new Set([protocol]));
  }
  const posts = desk.server.requests.filter(({ method }) => method === 'POST');
  const repeated = posts.length - new Set(posts.map(({ headers }) => headers['idempotency-key'])).size;
  console.log(
    `desk kills: seed ${seed}: ${kills} kills in ${killedMs} ms, ${records.length} incidents, each one ticket; ` +
      `${rows.length - records.length} notes in order; ${desk.server.requests.length} requests, ${repeated} writes sent again`,
  );
  // The load must have been one.
  expect(records.length).toBeGreaterThan(sites.length * 3);
  expect(rows.length - records.length).toBeGreaterThan(kills);
  expect(repeated).toBeGreaterThan(0);
});

const rowsSchema = z.array(
  z.object({
    key: z.string(),
    incident: z.string(),
    state: z.string(),
    protocol: z.string().nullable(),
  }),
);

/** The file itself, with none of the server's code. */
function readOutbox() {
  const sql = new DatabaseSync(join(folder, 'data', 'journal.sqlite'), { readOnly: true });
  const rows = sql.prepare('SELECT key, incident, state, protocol FROM outbox ORDER BY id').all();
  sql.close();
  return rowsSchema.parse(rows);
}

/** Some links fall and rise all the time; one of each site never does, so that no site is ever dark. */
function changeLinks(random: Random): { stop(): void } {
  const down = new Set<string>();
  const change = (): void => {
    const site = random.below(sites.length);
    const link = `l${1 + random.below(linksPerSite - 1)}`;
    const name = `${site}/${link}`;
    const agent = agents[site];
    agent?.tell(link, down.has(name) ? 'up' : 'down');
    if (!down.delete(name)) down.add(name);
  };
  const timer = setInterval(change, 200);
  return { stop: () => clearInterval(timer) };
}

function writeConfiguration(port: number): void {
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  writeFileSync(join(folder, 'segredo'), webhookSecret, { mode: 0o600 });
  const config = {
    listen: `127.0.0.1:${port}`,
    data: join(folder, 'data'),
    anchors: ['127.0.0.1'],
    outsideIn: { enabled: false },
    policies,
    desk: { kind: 'webhook', url: desk.url, secretFile: join(folder, 'segredo') },
  };
  // JSON is YAML.
  writeFileSync(join(folder, 'vigia.yaml'), JSON.stringify(config));
}

/** Inventory, agents, and every link up. */
async function prepare(port: number): Promise<void> {
  const call = async (method: string, path: string, body: unknown): Promise<unknown> => {
    const token = readFileSync(join(folder, 'data', 'admin-token'), 'utf8').trim();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const url = `http://127.0.0.1:${port}/api/v1${path}`;
    const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  await call('PUT', '/inventory', inventory());
  for (const site of sites) {
    const place = { customer: 'sol', site, host: 'srv' };
    const answer = await call('POST', '/enrolment-tokens', place);
    const { token } = z.looseObject({ token: z.string() }).parse(answer);
    const agent = await startScriptedAgent(port, token);
    for (let link = 1; link <= linksPerSite; link += 1) agent.tell(`l${link}`, 'up');
    agents.push(agent);
  }
}

/** A provider for each link: what falls together is chance, not one outage. */
function inventory() {
  const keys = Array.from({ length: linksPerSite }, (_, index) => `l${index + 1}`);
  const providers = sites.flatMap((site) =>
    keys.map((key) => ({ key: `${site}-${key}`, name: `Operadora ${site} ${key}` })),
  );
  const hosts = [{ key: 'srv', name: 'SRV', address: '192.168.0.5' }];
  const document = sites.map((site) => {
    const links = keys.map((key) => ({
      ...{ key, provider: `${site}-${key}`, role: key === 'l1' ? 'primary' : 'backup' },
    }));
    return { key: site, name: site, city: 'São Paulo', state: 'SP', links, hosts };
  });
  const customer = { key: 'sol', name: 'Sol', cnpj: '11.222.333/0001-81', plan: 'PREMIUM', sites: document };
  return { version: 1, providers, customers: [customer] };
}

/** Undefined: not waited for. */
async function startServer(port: number | undefined): Promise<void> {
  const args = [serverMain, '--config', join(folder, 'vigia.yaml')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  server = child;
  let printed = '';
  child.stderr.on('data', (chunk) => {
    printed = `${printed}${chunk}`.slice(-4_000);
  });
  if (port === undefined) return;
  await until('the server answers', async () => {
    if (child.exitCode !== null) throw new Error(`the server ended by itself:\n${printed}`);
    return fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
}

async function killServer(): Promise<void> {
  const child = server;
  if (child === undefined) return;
  if (child.exitCode !== null) throw new Error(`the server ended by itself with ${child.exitCode}`);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** Resolves when the desk has been asked for something more. */
async function nextRequest(): Promise<void> {
  const before = desk.server.requests.length;
  await until('a request', () => desk.server.requests.length > before);
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it did not come: ${what}`);
    await pass(5);
  }
}

/** The drawn instant of a kill, and the pause between two looks. */
function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const listening = createServer().listen(0, '127.0.0.1', () => {
      const address = listening.address();
      listening.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

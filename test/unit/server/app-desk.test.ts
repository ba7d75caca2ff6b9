// The whole server on real files and a real port with somebody else's desk: an outage becomes a ticket there, and what
// people do with the ticket comes back. Real time, short waits.
import { createHmac } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import pino from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../../server/app.ts';
import { loadConfig } from '../../../server/config.ts';
import type { Incident } from '../../../server/core/incident.ts';
import { limits } from '../../../shared/limits.ts';
import { minute, plus, second, toIso } from '../../../shared/time.ts';
import { type FakeWebhook, startFakeWebhook, webhookSecret } from '../../fakes/desks/webhook.ts';
import { linkDied, watchedShop } from '../../fakes/outage.ts';

const closing: (() => Promise<void>)[] = [];
const fatal: unknown[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  expect(fatal).toEqual([]);
});

interface World {
  readonly server: RunningServer;
  readonly data: string;
  readonly logged: () => string;
}

async function start(yaml: string, secrets: Readonly<Record<string, string>>): Promise<World> {
  const data = mkdtempSync(join(tmpdir(), 'vigia-app-desk-'));
  for (const [name, secret] of Object.entries(secrets))
    writeFileSync(join(data, name), secret, { mode: 0o600 });
  const file = join(data, 'vigia.yaml');
  // No wait that is there for real outages: the agent's word is enough.
  const policies = '{ blipMs: 0, reporterCheckMs: 0, startGraceMs: 0, failoverHoldMs: 0, parentHoldMs: 0 }';
  writeFileSync(file, `outsideIn: { enabled: false }\nanchors: [127.0.0.1]\npolicies: ${policies}\n${yaml}`);
  const environment = { VIGIA_CONFIG: file, VIGIA_DATA: join(data, 'data'), VIGIA_LISTEN: '127.0.0.1:0' };
  const loaded = loadConfig({ environment, workingDirectory: data });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const log = pino({ level: 'trace' }, sink);
  const started = await startServer({ config: loaded.value, log, onFatal: (error) => fatal.push(error) });
  if (!started.ok) throw new Error(started.failure.message);
  closing.push(() => started.value.stop());
  return { server: started.value, data, logged: () => lines.join('') };
}

async function withWebhook(): Promise<World & { readonly desk: FakeWebhook }> {
  const desk = await startFakeWebhook();
  closing.push(() => desk.stop());
  const world = await start(`desk: { kind: webhook, url: "${desk.url}", secretFile: segredo }\n`, {
    segredo: webhookSecret,
  });
  return { ...world, desk };
}

async function until<T>(look: () => T | undefined, withinMs = 10_000): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const seen = look();
    if (seen !== undefined) return seen;
    if (performance.now() > end) throw new Error('it did not come');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** An outage whose ticket the desk has registered. */
async function outage({ correlator, clock }: RunningServer): Promise<Incident> {
  for (const input of watchedShop(plus(clock.now(), -30 * second))) await correlator.submit(input);
  await correlator.submit(linkDied(clock.now()));
  const registered = () => [...correlator.state().incidents.values()].find(({ ticket }) => ticket?.protocol);
  return until(registered);
}

interface Post {
  readonly path?: string;
  readonly secret?: string;
  readonly at?: number;
}

async function post({ server }: World, event: object, more: Post = {}): Promise<Response> {
  const body = JSON.stringify(event);
  const t = Math.floor((more.at ?? Date.now()) / 1_000);
  const v1 = createHmac('sha256', more.secret ?? webhookSecret)
    .update(`${t}.${body}`)
    .digest('hex');
  return fetch(`${server.url}/api/v1/desk-events${more.path ?? ''}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'vigia-signature': `t=${t},v1=${v1}` },
    body,
  });
}

describe('somebody else’s desk', () => {
  test('an outage becomes a ticket there; taken and closed there comes back within a second', async () => {
    const world = await withWebhook();
    const { server, desk } = world;
    const { id, ticket } = await outage(server);
    const now = () => server.correlator.state().incidents.get(id);
    expect(desk.records()).toMatchObject([{ incident: id, protocol: ticket?.protocol, state: 'open' }]);
    const taken = await post(world, { protocol: ticket?.protocol, action: 'acknowledged', by: 'João' });
    expect(taken.status).toBe(202);
    await until(() => (now()?.acknowledgedBy === 'João' ? true : undefined), 1_000);
    const closed = { key: id, action: 'closed', by: 'Ana', at: toIso(server.clock.now()), text: '3º andar' };
    expect((await post(world, closed)).status).toBe(202);
    await until(() => (now()?.ticket?.closedAtDesk?.by === 'Ana' ? true : undefined), 1_000);
    const early = now()?.timeline.find(({ kind }) => kind === 'closed-at-desk-early');
    expect(early).toMatchObject({ by: 'Ana', text: '3º andar' });
    // The warning is a note in the same ticket; nothing opens a second one.
    await until(() => (desk.records()[0]?.notes.some((note) => note.includes('Ana')) ? true : undefined));
    expect(desk.records()).toHaveLength(1);
    expect([...server.correlator.state().incidents.values()]).toHaveLength(1);
  });

  test('forged, stale, replayed, oversized and unknown ones change nothing and say little', async () => {
    const world = await withWebhook();
    const { server } = world;
    const { id } = await outage(server);
    const entries = () =>
      server.correlator
        .state()
        .incidents.get(id)
        ?.timeline.map(({ kind }) => kind);
    const note = { key: id, action: 'note', by: 'Ana', at: toIso(server.clock.now()), text: 'a caminho' };
    expect((await post(world, note, { secret: 'outro-segredo-qualquer' })).status).toBe(401);
    expect((await post(world, note, { at: Date.now() - limits.deskSignatureAgeMsMax - minute })).status).toBe(
      401,
    );
    expect((await post(world, note, { at: Date.now() + limits.deskSignatureAgeMsMax + minute })).status).toBe(
      401,
    );
    const unsigned = await fetch(`${server.url}/api/v1/desk-events`, { method: 'POST', body: '{}' });
    expect(unsigned.status).toBe(401);
    expect((await post(world, { ...note, text: 'x'.repeat(limits.deskEventBytesMax) })).status).toBe(413);
    expect((await post(world, { ...note, action: 'explode' })).status).toBe(400);
    const unknown = await post(world, { ...note, key: 'inc-9999-0' });
    expect(unknown.status).toBe(404);
    expect(await unknown.text()).not.toContain('9999');
    expect((await post(world, note, { path: '/redmine' })).status).toBe(404);
    expect(entries()).not.toContain('noted-at-desk');

    const at = Date.now();
    for (const answer of [
      await post(world, note, { at }),
      await post(world, note, { at }),
      await post(world, note),
    ])
      expect(answer.status).toBe(202);
    expect((await post(world, note, { path: '/webhook' })).status).toBe(202);
    await until(() => (entries()?.includes('noted-at-desk') ? true : undefined), 1_000);
    await post(world, { key: id, action: 'acknowledged', by: 'Ana', at: toIso(server.clock.now()) });
    await until(() => (entries()?.includes('acknowledged-at-desk') ? true : undefined), 1_000);
    expect(entries()?.filter((kind) => kind === 'noted-at-desk')).toHaveLength(1);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain('vigia_desk_events_total{outcome="seen"} 3');
  });

  test('a secret in the address is in no log, whether right or wrong', async () => {
    const secret = 'segredo-do-endereco-0123456789';
    const world = await start(
      `desk: { kind: movidesk, url: "http://127.0.0.1:9", allowInsecure: true, tokenFile: token, webhookTokenFile: gatilho, customFieldId: 1, customFieldRuleId: 1, createdBy: a, clientId: b }\n`,
      { token: 'token-da-api-do-movidesk', gatilho: secret },
    );
    const call = (path: string) =>
      fetch(`${world.server.url}/api/v1/desk-events${path}`, { method: 'POST', body: '{"Id":77}' });
    expect((await call(`/movidesk/${secret}`)).status).toBe(202);
    expect((await call('/movidesk/errado-errado-errado')).status).toBe(401);
    expect((await call('/movidesk')).status).toBe(401);
    expect((await call(`/jira/${secret}`)).status).toBe(404);
    expect(world.logged()).toContain('not believed');
    for (const word of [secret, 'errado']) expect(world.logged()).not.toContain(word);
    const openApi = await (await fetch(`${world.server.url}/api/openapi.json`)).text();
    expect(openApi).not.toContain(secret);
  });

  test('the built-in desk tells nothing: its address is not there', async () => {
    const world = await start('', {});
    expect((await post(world, { key: 'inc-1-0', action: 'closed' })).status).toBe(404);
  });
});

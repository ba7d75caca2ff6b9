// Redmine as a desk: the shared promises against a fake as the real one was measured, then what only Redmine does.
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRedmineClient, redmineCapabilities } from '../../server/adapters/desks/redmine/client.ts';
import { redmineConfigSchema } from '../../server/adapters/desks/redmine/config.ts';
import type { DeskClient } from '../../server/ports/desk-client.ts';
import { incidentIdFrom } from '../../shared/ids.ts';
import { patience } from '../fakes/desks/patience.ts';
import { type FakeRedmine, redmineFieldId, redmineKey, startFakeRedmine } from '../fakes/desks/redmine.ts';
import { deskClientContract, draftOf, noteOf } from './desk-client.contract.ts';
import { at } from './samples.ts';

const webhookSecret = 'segredo do redmine';

async function make(more: Readonly<Record<string, unknown>> = {}) {
  const server = await startFakeRedmine();
  const config = redmineConfigSchema.parse({
    kind: 'redmine',
    url: `${server.server.url}/`,
    apiKeyFile: 'redmine-key',
    project: 'noc',
    trackerId: 3,
    externalIdFieldId: redmineFieldId,
    ...more,
  });
  const client = createRedmineClient({
    config,
    secrets: { apiKey: redmineKey, webhookSecret },
    clock: { now: () => at(0) },
    timeoutMs: patience.callMs,
  });
  return { client, server, secrets: [redmineKey], callMs: patience.callMs, stop: () => server.stop() };
}

deskClientContract('redmine', redmineCapabilities({}), () => make());

describe('desk client: redmine: its own ways', () => {
  let client: DeskClient;
  let server: FakeRedmine;
  beforeEach(async () => {
    ({ client, server } = await make());
  });
  afterEach(() => server.stop());

  it('tells a stranger by who he is: the list shows him an empty page', async () => {
    await client.create(draftOf('inc-7-0'));
    server.takeCredential(false);
    expect(await client.find(incidentIdFrom('inc-7-0'))).toEqual({ ok: true, value: [] });
    expect(await client.probe()).toMatchObject({ failure: { code: 'desk.unauthorised' } });
  });

  it('never takes the answer to a filter that was left out for a search', async () => {
    server.filterByField(false);
    server.createByHand('Trocar o toner da sala 3');
    expect(await client.find(incidentIdFrom('inc-7-0'))).toMatchObject({ failure: { code: 'desk.refused' } });
  });

  it('finds nothing of others among what changed', async () => {
    server.filterByField(false);
    server.createByHand('Trocar o toner da sala 3');
    await client.create(draftOf('inc-7-0'));
    const changed = await client.changedSince?.(at(0));
    expect(changed).toMatchObject({ ok: true, value: [{ incident: 'inc-7-0' }] });
  });

  it('reads line ends back as they were given', async () => {
    await client.create(draftOf('inc-7-0'));
    expect(server.issues[0]?.description).toContain('\r\n');
    const read = await client.read('1');
    expect(read.ok && read.value?.body).toBe(draftOf('inc-7-0').body);
  });

  it('hides its notes from the customer unless told otherwise', async () => {
    await client.create(draftOf('inc-7-0'));
    await client.note('1', noteOf('inc-7-0', 1));
    expect(server.issues[0]?.notes[0]?.hidden).toBe(true);
    await server.stop();
    ({ client, server } = await make({ privateNotes: false }));
    await client.create(draftOf('inc-7-0'));
    await client.setState('1', 'closed', noteOf('inc-7-0', 1));
    expect(server.issues[0]?.notes[0]?.hidden).toBe(false);
  });

  it('keeps a title of any length within what Redmine takes, marker and all', async () => {
    const title = `${'Padaria Aurora '.repeat(40)}[VIGIA-inc-7-0]`;
    expect((await client.create(draftOf('inc-7-0', { title }))).ok).toBe(true);
    expect(server.issues[0]?.subject).toMatch(/… \[VIGIA-inc-7-0\]$/);
    expect(server.issues[0]?.subject.length).toBeLessThanOrEqual(255);
  });

  it.each(['x', '1/../2', '', '-1'])('never builds an address from the protocol %j', async (protocol) => {
    expect(await client.read(protocol)).toEqual({ ok: true, value: undefined });
    expect(await client.note(protocol, noteOf('inc-7-0', 1))).toMatchObject({
      failure: { code: 'desk.refused' },
    });
    expect(server.server.requests).toEqual([]);
  });

  it.each([
    { project: 'Com Espaço' },
    { externalIdFieldId: 0 },
    { url: 'http://redmine.example' },
    { priorities: { critical: 4, priority: 4, standard: 2 } },
    { unknown: 1 },
  ])('refuses the configuration %j', (more) => {
    const base = { kind: 'redmine', url: 'https://r.example', apiKeyFile: 'k', project: 'noc', trackerId: 3 };
    expect(redmineConfigSchema.safeParse({ ...base, externalIdFieldId: 1, ...more }).success).toBe(false);
  });

  describe('webhooks', () => {
    const issue = {
      id: 7,
      subject: 'x',
      status: { id: 5, name: 'Closed', is_closed: true },
      priority: { id: 4 },
      custom_fields: [{ id: redmineFieldId, value: 'vigia:inc-7-0' }],
    };
    const event = { type: 'issue.updated', timestamp: '2026-11-22T12:00:00Z', data: { issue } };
    const hint = (body: string, secret = webhookSecret) => {
      const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
      const headers = { 'x-redmine-signature-256': signature };
      return client.hint?.({ headers, raw: Buffer.from(body), now: at(0) });
    };

    it('are refused unsigned or wrongly signed', () => {
      const body = JSON.stringify(event);
      expect(hint(body, 'outro')).toMatchObject({ failure: { code: 'auth.refused' } });
      expect(client.hint?.({ headers: {}, raw: Buffer.from(body), now: at(0) })).toMatchObject({
        failure: { code: 'auth.refused' },
      });
    });

    it('say which issue to read again', () => {
      expect(hint(JSON.stringify(event))).toMatchObject({
        value: [{ protocol: '7', incident: 'inc-7-0', action: 'closed' }],
      });
      const partial = {
        ...event,
        data: { issue: { id: 9 }, journal: { notes: 'Ligando.', user: { name: 'Ana' } } },
      };
      expect(hint(JSON.stringify(partial))).toMatchObject({
        value: [{ protocol: '9', action: 'note', by: 'Ana', text: 'Ligando.' }],
      });
      expect(hint(JSON.stringify({ ...event, type: 'wiki_page.updated' }))).toEqual({ ok: true, value: [] });
      expect(hint('{"type":"issue.updated"}')).toMatchObject({ failure: { code: 'input.invalid' } });
    });

    it('say nothing where they tell of something else than an issue', () => {
      const news = JSON.stringify({ type: 'news.created', data: { news: { id: 1 } } });
      expect(hint(news)).toEqual({ ok: true, value: [] });
    });
  });
});

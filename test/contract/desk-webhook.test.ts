// The generic webhook desk: the shared promises against a receiver as CONTRACT.md asks for it, then its own interface to
// the byte, because others write the other end.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { vigiaSignature } from '../../server/adapters/desks/http/vigia-signature.ts';
import { createWebhookClient, webhookCapabilities } from '../../server/adapters/desks/webhook/client.ts';
import { webhookDeskConfigSchema } from '../../server/adapters/desks/webhook/config.ts';
import type { DeskClient } from '../../server/ports/desk-client.ts';
import { incidentIdFrom } from '../../shared/ids.ts';
import { patience } from '../fakes/desks/patience.ts';
import { type FakeWebhook, startFakeWebhook, webhookSecret, webhookToken } from '../fakes/desks/webhook.ts';
import { deskClientContract, draftOf, noteOf } from './desk-client.contract.ts';
import { at } from './samples.ts';

async function make() {
  const server = await startFakeWebhook();
  const config = webhookDeskConfigSchema.parse({
    kind: 'webhook',
    url: server.url,
    secretFile: 'desk-secret',
    queue: 'noc',
    customers: { sol: { queue: 'campo' } },
  });
  const client = createWebhookClient({
    config,
    secrets: { secret: webhookSecret },
    clock: { now: () => at(0) },
    timeoutMs: patience.callMs,
  });
  return {
    client,
    server,
    secrets: [webhookSecret, webhookToken],
    callMs: patience.callMs,
    stop: () => server.stop(),
  };
}

deskClientContract('webhook', webhookCapabilities, make);

describe('desk client: webhook: its own interface', () => {
  let client: DeskClient;
  let server: FakeWebhook;
  beforeEach(async () => {
    ({ client, server } = await make());
  });
  afterEach(() => server.stop());
  const last = () => {
    const request = server.server.requests.at(-1);
    if (request === undefined) throw new Error('nothing was sent');
    return request;
  };

  it('opens with every field of the contract, key and signature', async () => {
    const draft = draftOf('inc-7-0', { customer: 'sol' });
    await client.create(draft);
    const { headers, raw, method } = last();
    expect(method).toBe('POST');
    expect(headers['idempotency-key']).toBe('inc-7-0:open');
    expect(headers['vigia-signature']).toBe(vigiaSignature(webhookSecret, raw.toString(), at(0)));
    expect(JSON.parse(raw.toString())).toEqual({
      action: 'open',
      key: 'inc-7-0',
      title: draft.title,
      body: draft.body,
      priority: 'critical',
      queue: 'campo',
      customer: 'sol',
      site: 'matriz',
      detectedAt: new Date(at(0)).toISOString(),
      incidentUrl: 'https://vigia.example/incidents/1',
    });
  });

  it.each([
    ['note', (note: ReturnType<typeof noteOf>) => client.note('W-1', note)],
    ['close', (note: ReturnType<typeof noteOf>) => client.setState('W-1', 'closed', note)],
    ['reopen', (note: ReturnType<typeof noteOf>) => client.setState('W-1', 'open', note)],
  ] as const)('says %s with incident, protocol, text and the ticket as it is by now', async (action, run) => {
    await client.create(draftOf('inc-7-0', { customer: 'sol', priority: 'standard' }));
    const {
      key: _key,
      incident: _incident,
      body: _body,
      ...opened
    } = draftOf('inc-7-0', { customer: 'sol' });
    const about = { ...opened, title: 'agravado', priority: 'critical' as const };
    const note = { ...noteOf('inc-7-0', 3), about };
    expect((await run(note)).ok).toBe(true);
    expect(last().headers['idempotency-key']).toBe('inc-7-0:note:3');
    expect(JSON.parse(last().raw.toString())).toEqual({
      action,
      key: 'inc-7-0',
      protocol: 'W-1',
      body: note.text,
      title: 'agravado',
      priority: 'critical',
      queue: 'campo',
      customer: 'sol',
      site: 'matriz',
      detectedAt: new Date(at(0)).toISOString(),
      incidentUrl: 'https://vigia.example/incidents/1',
    });
    expect(server.records()[0]).toMatchObject({ title: 'agravado', priority: 'critical' });
  });

  it('leaves out what is not known here of a ticket that it did not open', async () => {
    await client.create(draftOf('inc-7-0'));
    const note = noteOf('inc-7-0', 3);
    await client.note('W-1', note);
    expect(JSON.parse(last().raw.toString())).toEqual({
      action: 'note',
      key: 'inc-7-0',
      protocol: 'W-1',
      body: note.text,
    });
  });

  it('does a note once however often it is sent', async () => {
    await client.create(draftOf('inc-7-0'));
    for (let round = 0; round < 3; round += 1) await client.note('W-1', noteOf('inc-7-0', 1));
    expect(server.records()[0]?.notes).toHaveLength(1);
  });

  it('keeps the token of its address in every request', async () => {
    await client.find(incidentIdFrom('inc-7-0'));
    expect(last().url.searchParams.get('token')).toBe(webhookToken);
    expect(last().url.searchParams.get('key')).toBe('inc-7-0');
  });

  it('is content with a receiver that says only the protocol, as text or number', async () => {
    server.terse(true);
    await client.create(draftOf('inc-7-0'));
    expect((await client.note('W-1', noteOf('inc-7-0', 1))).ok).toBe(true);
    expect(await client.find(incidentIdFrom('inc-7-0'))).toMatchObject({
      value: [{ protocol: 'W-1', incident: 'inc-7-0', state: 'open' }],
    });
    const numbered = createWebhookClient({
      config: webhookDeskConfigSchema.parse({ kind: 'webhook', url: server.url, secretFile: 'x' }),
      secrets: { secret: webhookSecret },
      clock: { now: () => at(0) },
      fetch: async () => new Response('{"protocol":4711}', { status: 201 }),
    });
    expect(await numbered.create(draftOf('inc-8-0'))).toEqual({ ok: true, value: { protocol: '4711' } });
  });

  it('takes a page of somebody else for no answer', async () => {
    await client.create(draftOf('inc-7-0'));
    server.faults.next({ kind: 'garbage' });
    expect(await client.note('W-1', noteOf('inc-7-0', 1))).toMatchObject({
      failure: { code: 'desk.uncertain' },
    });
  });

  it.each([{ url: 'http://desk.example/x' }, { secretFile: undefined }, { url: 'ftp://x' }, { extra: 1 }])(
    'refuses the configuration %j',
    (more) => {
      const whole = { kind: 'webhook', url: 'https://desk.example/x?token=1', secretFile: 's', ...more };
      expect(webhookDeskConfigSchema.safeParse(whole).success).toBe(false);
    },
  );

  describe('events', () => {
    const send = (body: string, options: { secret?: string; key?: string; ms?: number } = {}) => {
      const { secret = webhookSecret, key, ms = 0 } = options;
      const headers = { 'vigia-signature': vigiaSignature(secret, body, at(ms)), 'idempotency-key': key };
      return client.hint?.({ headers, raw: Buffer.from(body), now: at(0) });
    };
    const event = { key: 'inc-7-0', action: 'closed', by: 'Ana', at: '2026-11-22T09:00:00-03:00' };

    it('are refused unsigned, wrongly signed or old', () => {
      const body = JSON.stringify(event);
      expect(send(body, { secret: 'outro' })).toMatchObject({ failure: { code: 'auth.refused' } });
      expect(send(body, { ms: -25 * 3_600_000 })).toMatchObject({ failure: { code: 'auth.refused' } });
      expect(client.hint?.({ headers: {}, raw: Buffer.from(body), now: at(0) })?.ok).toBe(false);
    });

    it('are refused in another shape, after the signature was looked at', () => {
      for (const body of ['{', '[]', '{"action":"closed"}', '{"key":"a","action":"deleted"}'])
        expect(send(body)).toMatchObject({ failure: { code: 'input.invalid' } });
      expect(send('{', { secret: 'outro' })).toMatchObject({ failure: { code: 'auth.refused' } });
    });

    it('are what a person did, by incident or protocol', () => {
      expect(send(JSON.stringify(event))).toMatchObject({
        value: [{ incident: 'inc-7-0', action: 'closed', by: 'Ana', at: Date.UTC(2026, 10, 22, 12) }],
      });
      const byProtocol = { protocol: 'W-1', action: 'note', text: 'Ligando.' };
      expect(send(JSON.stringify(byProtocol), { key: 'evt-1' })).toMatchObject({
        value: [{ id: 'evt-1', protocol: 'W-1', action: 'note', text: 'Ligando.' }],
      });
    });

    it('carry the same id when repeated', () => {
      const ids = [0, 1].map(() => {
        const answer = send(JSON.stringify(event));
        return answer?.ok === true ? answer.value[0]?.id : undefined;
      });
      expect(ids[0]).toBe(ids[1]);
      expect(ids[0]).not.toBe(undefined);
    });
  });
});

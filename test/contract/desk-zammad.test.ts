// Zammad's client against a faithful fake: what every desk promises, and what only Zammad does.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createZammadClient, zammadCapabilities } from '../../server/adapters/desks/zammad/client.ts';
import { zammadConfigSchema } from '../../server/adapters/desks/zammad/config.ts';
import type { DeskClient } from '../../server/ports/desk-client.ts';
import { incidentIdFrom } from '../../shared/ids.ts';
import { patience } from '../fakes/desks/patience.ts';
import { type FakeZammad, signZammadEvent, startFakeZammad } from '../fakes/desks/zammad.ts';
import { createManualClock, type ManualClock } from '../fakes/manual-clock.ts';
import { deskClientContract, draftOf, noteOf } from './desk-client.contract.ts';

const secrets = { token: 'zammad-token-1', webhookSecret: 'webhook-secret-1' };

async function start(attributes: readonly string[] = ['vigia_id']) {
  const clock = createManualClock();
  const server = await startFakeZammad({ token: secrets.token, attributes, now: () => clock.now() });
  const config = zammadConfigSchema.parse({
    kind: 'zammad',
    url: server.url,
    tokenFile: 'token',
    group: 'NOC',
    customer: 'noc@cliente.example',
    customers: { lua: { group: 'Nível 2' } },
  });
  const client = createZammadClient({ config, secrets, clock, timeoutMs: patience.callMs });
  return { client, server, clock, config };
}

deskClientContract('zammad', zammadCapabilities, async () => {
  const { client, server } = await start();
  return {
    client,
    server,
    secrets: Object.values(secrets),
    callMs: patience.callMs,
    stop: () => server.stop(),
  };
});

describe('zammad', () => {
  let client: DeskClient;
  let server: FakeZammad;
  let clock: ManualClock;

  beforeEach(async () => {
    ({ client, server, clock } = await start());
  });
  afterEach(() => server.stop());

  const create = async (id: string, more = {}): Promise<string> => {
    const made = await client.create(draftOf(id, more));
    if (!made.ok) throw new Error(made.failure.message);
    return made.value.protocol;
  };

  it('concludes nothing from a search to which the condition was not applied', async () => {
    await create('inc-1-0');
    server.ignoreConditions();
    const found = await client.find(incidentIdFrom('inc-9-0'));
    expect(found).toMatchObject({ ok: false, failure: { code: 'desk.refused' } });
  });

  it('shows a record without our id, and refuses to claim it, where the attribute was never made', async () => {
    const other = await start([]);
    const made = await other.client.create(draftOf('inc-1-0'));
    const protocol = made.ok ? made.value.protocol : '';
    expect((await other.client.read(protocol)).ok).toBe(true);
    expect(await other.client.read(protocol)).not.toMatchObject({ value: { incident: 'inc-1-0' } });
    expect(await other.client.find(incidentIdFrom('inc-1-0'))).toMatchObject({
      failure: { code: 'desk.refused' },
    });
    expect(await other.client.claim?.(protocol, incidentIdFrom('inc-1-0'))).toMatchObject({
      failure: { code: 'desk.refused' },
    });
    await other.server.stop();
  });

  it('is told at once that a group does not exist', async () => {
    const other = await start();
    const config = { ...other.config, group: 'Suporte' };
    const wrong = createZammadClient({ config, secrets, clock });
    expect(await wrong.create(draftOf('inc-1-0'))).toMatchObject({ failure: { code: 'desk.refused' } });
    expect(other.server.records()).toEqual([]);
    await other.server.stop();
  });

  it('tells who has the ticket, and nobody before', async () => {
    const protocol = await create('inc-1-0');
    expect(await client.read(protocol)).not.toHaveProperty('value.assignedTo', '-');
    server.takeBy(protocol, 'maria.souza');
    expect(await client.read(protocol)).toMatchObject({ value: { assignedTo: 'maria.souza' } });
  });

  it('never calls a ticket gone that was only moved where it may not look', async () => {
    const protocol = await create('inc-1-0');
    server.hideByHand(protocol);
    expect(await client.read(protocol)).toMatchObject({ failure: { code: 'desk.unauthorised' } });
    expect(await client.note(protocol, noteOf('inc-1-0', 1))).toMatchObject({
      failure: { code: 'desk.unauthorised' },
    });
  });

  it('counts a merged ticket as closed', async () => {
    const protocol = await create('inc-1-0');
    server.mergeByHand(protocol);
    expect(await client.read(protocol)).toMatchObject({ value: { state: 'closed' } });
  });

  it('cuts a title that is too long before its marker', async () => {
    const protocol = await create('inc-1-0', { title: `${'Á'.repeat(400)} [VIGIA-inc-1-0]` });
    const [record] = server.records();
    expect(record?.protocol).toBe(protocol);
    expect(record?.title).toHaveLength(250);
    expect(record?.title).toMatch(/Á… \[VIGIA-inc-1-0\]$/);
  });

  it('tells changes oldest first and leaves out what is older', async () => {
    await create('inc-1-0');
    clock.advance(60_000);
    const since = clock.now();
    const [second, third] = [await create('inc-2-0'), await create('inc-3-0')];
    clock.advance(60_000);
    await client.note(second, noteOf('inc-2-0', 1));
    expect(await client.changedSince?.(since)).toMatchObject({
      value: [{ protocol: third }, { protocol: second }],
    });
  });

  describe('hint', () => {
    const body = JSON.stringify({
      ticket: {
        id: 101,
        number: '67001',
        title: 'ação',
        state: { name: 'closed' },
        updated_at: '2026-11-22T12:00:00.000Z',
        updated_by: { login: 'maria.souza' },
        vigia_id: 'inc-1-0',
      },
      article: {},
    });
    const hint = (headers: Record<string, string>, text = body) =>
      client.hint?.({ headers, raw: Buffer.from(text), now: clock.now() });

    it('refuses what is not signed with the secret', () => {
      const good = signZammadEvent(body, secrets.webhookSecret, 'd-1');
      for (const headers of [{}, signZammadEvent(body, 'another', 'd-1'), { 'x-hub-signature': 'sha1=00' }])
        expect(hint(headers)).toMatchObject({ ok: false, failure: { code: 'auth.refused' } });
      expect(hint(good, `${body}\n`)).toMatchObject({ ok: false, failure: { code: 'auth.refused' } });
    });

    it('names delivery, ticket, incident and person', () => {
      expect(hint(signZammadEvent(body, secrets.webhookSecret, 'd-1'))).toMatchObject({
        value: [
          { id: 'd-1', protocol: '67001/101', incident: 'inc-1-0', action: 'closed', by: 'maria.souza' },
        ],
      });
    });

    it('says that a signed text of another shape cannot be read', () => {
      const headers = signZammadEvent('{}', secrets.webhookSecret, 'd-1');
      expect(hint(headers, '{}')).toMatchObject({ ok: false, failure: { code: 'input.invalid' } });
    });
  });
});

// Jira Service Management's client against a faithful fake: what every desk promises, and what only Jira does.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJiraClient, jiraCapabilities } from '../../server/adapters/desks/jira/client.ts';
import { jiraConfigSchema } from '../../server/adapters/desks/jira/config.ts';
import type { DeskClient } from '../../server/ports/desk-client.ts';
import { incidentIdFrom } from '../../shared/ids.ts';
import { type FakeJira, signJiraEvent, startFakeJira } from '../fakes/desks/jira.ts';
import { patience } from '../fakes/desks/patience.ts';
import { createManualClock, type ManualClock } from '../fakes/manual-clock.ts';
import { deskClientContract, draftOf, noteOf } from './desk-client.contract.ts';

const secrets = { token: 'jira-token-1', webhookSecret: 'webhook-secret-1' };
const email = 'vigia@msp.example';

async function start() {
  const clock = createManualClock();
  const server = await startFakeJira({ email, token: secrets.token, now: () => clock.now() });
  const config = jiraConfigSchema.parse({
    kind: 'jira',
    url: server.url,
    email,
    tokenFile: 'token',
    project: 'NOC',
    searchLagMs: 30_000,
  });
  const make = (more: object = {}) =>
    createJiraClient({ config: { ...config, ...more }, secrets, clock, timeoutMs: patience.callMs });
  return { client: make(), make, server, clock };
}

deskClientContract('jira', jiraCapabilities({ searchLagMs: 30_000 }), async () => {
  const { client, server } = await start();
  const basic = Buffer.from(`${email}:${secrets.token}`).toString('base64');
  return {
    client,
    server,
    secrets: [...Object.values(secrets), basic],
    callMs: patience.callMs,
    stop: () => server.stop(),
  };
});

describe('jira', () => {
  let client: DeskClient;
  let make: (more?: object) => DeskClient;
  let server: FakeJira;
  let clock: ManualClock;

  beforeEach(async () => {
    ({ client, make, server, clock } = await start());
  });
  afterEach(() => server.stop());

  const create = async (id: string, more = {}): Promise<string> => {
    const made = await client.create(draftOf(id, more));
    if (!made.ok) throw new Error(made.failure.message);
    return made.value.protocol;
  };
  const incident = incidentIdFrom('inc-1-0');

  it('finds what it made itself before the index knows it', async () => {
    const protocol = await create('inc-1-0');
    expect(await client.find(incident)).toMatchObject({ value: [{ protocol }] });
  });

  it('does not find, before the index knows it, what another process made: hence the lag it declares', async () => {
    const protocol = await create('inc-1-0');
    expect(await make().find(incident)).toEqual({ ok: true, value: [] });
    server.catchUp();
    expect(await make().find(incident)).toMatchObject({ value: [{ protocol }] });
  });

  it('names no more issues to the search than Jira takes', async () => {
    for (let number = 0; number < 55; number += 1) await create(`inc-${number}-0`);
    expect(await client.find(incidentIdFrom('inc-54-0'))).toMatchObject({
      ok: true,
      value: [{ protocol: 'NOC-55' }],
    });
  });

  it('says that the account lost the project, where Jira says that nothing is there', async () => {
    const protocol = await create('inc-1-0');
    server.hideProject();
    expect(await client.read(protocol)).toMatchObject({ failure: { code: 'desk.unauthorised' } });
    expect(await client.probe()).toMatchObject({ failure: { code: 'desk.unauthorised' } });
  });

  it('names the transitions that the workflow offers when none of them is wanted', async () => {
    const protocol = await create('inc-1-0');
    const wrong = make({ transitions: { close: ['Encerrar'], reopen: ['Voltar'] } });
    const refused = await wrong.setState(protocol, 'closed', noteOf('inc-1-0', 1));
    expect(refused).toMatchObject({ failure: { code: 'desk.refused' } });
    expect(JSON.stringify(refused)).toContain('Resolver');
    expect(server.records()).toMatchObject([{ state: 'open', notes: [] }]);
  });

  it('keeps every note from the customer', async () => {
    const protocol = await create('inc-1-0');
    await client.note(protocol, noteOf('inc-1-0', 1));
    await client.setState(protocol, 'closed', noteOf('inc-1-0', 2));
    expect(server.records()[0]?.notes).toHaveLength(2);
    expect(server.publicNotes()).toEqual([]);
  });

  it('is told at once that a priority does not exist', async () => {
    const wrong = make({ priorities: { critical: 'Crítica', priority: 'High', standard: 'Medium' } });
    expect(await wrong.create(draftOf('inc-1-0'))).toMatchObject({ failure: { code: 'desk.refused' } });
  });

  it('cuts a title that is too long before its marker', async () => {
    await create('inc-1-0', { title: `${'Á'.repeat(400)} [VIGIA-inc-1-0]` });
    const title = server.records()[0]?.title ?? '';
    expect(title).toHaveLength(255);
    expect(title.endsWith('… [VIGIA-inc-1-0]')).toBe(true);
  });

  it('tells who has the issue', async () => {
    const protocol = await create('inc-1-0');
    server.assignByHand(protocol, 'Maria Souza');
    expect(await client.read(protocol)).toMatchObject({
      value: { assignedTo: 'Maria Souza', state: 'open' },
    });
  });

  it('tells changes oldest first and leaves out what is older', async () => {
    await create('inc-1-0');
    clock.advance(300_000);
    const since = clock.now();
    const [second, third] = [await create('inc-2-0'), await create('inc-3-0')];
    clock.advance(60_000);
    await client.note(second, noteOf('inc-2-0', 1));
    server.catchUp();
    expect(await client.changedSince?.(since)).toMatchObject({
      value: [{ protocol: third }, { protocol: second }],
    });
  });

  describe('hint', () => {
    const event = (more: object) =>
      JSON.stringify({
        timestamp: clock.now(),
        webhookEvent: 'jira:issue_updated',
        user: { displayName: 'Maria Souza' },
        issue: {
          key: 'NOC-7',
          fields: { labels: ['vigia', 'vigia-id-inc-1-0'], status: { statusCategory: { key: 'done' } } },
        },
        ...more,
      });
    const hint = (headers: Record<string, string>, text: string) =>
      client.hint?.({ headers, raw: Buffer.from(text), now: clock.now() });

    it('refuses what is not signed with the secret', () => {
      const body = event({});
      for (const headers of [{}, signJiraEvent(body, 'another', 'e-1'), { 'x-hub-signature': 'sha256=' }])
        expect(hint(headers, body)).toMatchObject({ ok: false, failure: { code: 'auth.refused' } });
      const good = signJiraEvent(body, secrets.webhookSecret, 'e-1');
      expect(hint(good, `${body} `)).toMatchObject({ ok: false, failure: { code: 'auth.refused' } });
    });

    it.each([
      ['closed', { changelog: { items: [{ field: 'status', to: '5' }] } }],
      ['acknowledged', { changelog: { items: [{ field: 'assignee', to: '5b10' }] } }],
      ['changed', { changelog: { items: [{ field: 'assignee', to: null }] } }],
      ['note', { webhookEvent: 'comment_created', comment: { author: { displayName: 'Maria Souza' } } }],
    ])('reads %s', (action, more) => {
      const body = event(more);
      expect(hint(signJiraEvent(body, secrets.webhookSecret, 'e-1'), body)).toMatchObject({
        value: [{ id: 'e-1', protocol: 'NOC-7', incident: 'inc-1-0', action, by: 'Maria Souza' }],
      });
    });
  });
});

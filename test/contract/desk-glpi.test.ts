// GLPI's client against a faithful fake: what every desk promises, for both versions, and what only GLPI does.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGlpiClient, glpiCapabilities } from '../../server/adapters/desks/glpi/client.ts';
import { glpiConfigSchema } from '../../server/adapters/desks/glpi/config.ts';
import type { DeskClient } from '../../server/ports/desk-client.ts';
import { incidentIdFrom } from '../../shared/ids.ts';
import { day, plus } from '../../shared/time.ts';
import { type FakeGlpi, signGlpiEvent, startFakeGlpi } from '../fakes/desks/glpi.ts';
import { patience } from '../fakes/desks/patience.ts';
import { createManualClock, type ManualClock } from '../fakes/manual-clock.ts';
import { deskClientContract, draftOf, noteOf } from './desk-client.contract.ts';

const secrets = { userToken: 'user-token-1', appToken: 'app-token-1', webhookSecret: 'webhook-secret-1' };

async function start(version: 10 | 11, more: object = {}) {
  const clock = createManualClock();
  const server = await startFakeGlpi({ version, ...secrets, now: () => clock.now() });
  const config = glpiConfigSchema.parse({
    kind: 'glpi',
    url: server.url,
    version,
    userTokenFile: 'user',
    ...more,
  });
  const client = createGlpiClient({ config, secrets, clock, timeoutMs: patience.callMs });
  // Signing in is a write of its own; faults of the suite are meant for what comes after.
  await client.probe();
  return { client, server, clock };
}

for (const version of [10, 11] as const) {
  deskClientContract(`glpi ${version}`, glpiCapabilities({ version }), async () => {
    const { client, server } = await start(version);
    return {
      client,
      server,
      secrets: Object.values(secrets),
      callMs: patience.callMs,
      stop: () => server.stop(),
    };
  });
}

describe('glpi', () => {
  let client: DeskClient;
  let server: FakeGlpi;
  let clock: ManualClock;

  beforeEach(async () => {
    ({ client, server, clock } = await start(11, { customers: { aurora: { entityId: 7 } } }));
  });
  afterEach(async () => {
    await client.close();
    await server.stop();
  });

  const create = async (id: string): Promise<string> => {
    const made = await client.create(draftOf(id));
    if (!made.ok) throw new Error(made.failure.message);
    return made.value.protocol;
  };

  it('signs in again when GLPI has forgotten the session, once for calls at the same time', async () => {
    const protocol = await create('inc-1-0');
    server.forgetSessions();
    const answers = await Promise.all([client.read(protocol), client.read(protocol)]);
    expect(answers.map(({ ok }) => ok)).toEqual([true, true]);
    const signedIn = server.server.requests.filter(({ url }) => url.pathname.endsWith('initSession'));
    expect(signedIn).toHaveLength(2);
  });

  it('sees tickets in the entity of a customer', async () => {
    const protocol = await create('inc-1-0');
    expect(await client.find(incidentIdFrom('inc-1-0'))).toMatchObject({ value: [{ protocol }] });
  });

  it('concludes nothing from a list to which the filter was not applied', async () => {
    server.addForeign('Impressora');
    server.ignoreFilters();
    const found = await client.find(incidentIdFrom('inc-1-0'));
    expect(found).toMatchObject({ ok: false, failure: { code: 'desk.refused' } });
  });

  it('takes no foreign external id for its own', async () => {
    server.addForeign('Nagios', 'inc-1-0');
    expect(await client.find(incidentIdFrom('inc-1-0'))).toEqual({ ok: true, value: [] });
  });

  it('tells who has the ticket, as GLPI names people', async () => {
    const protocol = await create('inc-1-0');
    server.assignByHand(protocol, 'maria.souza');
    expect(await client.read(protocol)).toMatchObject({
      value: { assignedTo: 'maria.souza', state: 'open' },
    });
  });

  it('finds the mark of a closing note in the solution', async () => {
    const protocol = await create('inc-1-0');
    await client.setState(protocol, 'closed', noteOf('inc-1-0', 3));
    expect(await client.read(protocol)).toMatchObject({ value: { noteMarks: ['inc-1-0:note:3'] } });
  });

  it('tells changes oldest first and leaves out what is older or not its own', async () => {
    await create('inc-1-0');
    clock.advance(60_000);
    const since = clock.now();
    const [second, third] = [await create('inc-2-0'), await create('inc-3-0')];
    clock.advance(60_000);
    server.addForeign('Impressora');
    await client.note(second, noteOf('inc-2-0', 1));
    const changed = await client.changedSince?.(since);
    expect(changed).toMatchObject({ value: [{ protocol: third }, { protocol: second }] });
  });

  describe('hint', () => {
    const body = JSON.stringify({
      event: 'update',
      item: { id: 12, external_id: 'vigia:inc-1-0', status: { id: 5 } },
    });
    const hint = (headers: Record<string, string>, text = body) =>
      client.hint?.({ headers, raw: Buffer.from(text), now: clock.now() });
    const stamp = () => Math.floor(clock.now() / 1_000);

    it('refuses what is not signed over body and timestamp', () => {
      const good = signGlpiEvent(body, secrets.webhookSecret, stamp());
      for (const headers of [
        {},
        signGlpiEvent(body, 'another-secret', stamp()),
        { ...good, 'x-glpi-timestamp': String(stamp() + 1) },
        { ...good, 'x-glpi-signature': 'zz' },
      ])
        expect(hint(headers)).toMatchObject({ ok: false, failure: { code: 'auth.refused' } });
      expect(hint(good, `${body} `)).toMatchObject({ ok: false, failure: { code: 'auth.refused' } });
    });

    it('refuses a recording of days ago', () => {
      const old = Math.floor(plus(clock.now(), -2 * day) / 1_000);
      expect(hint(signGlpiEvent(body, secrets.webhookSecret, old))).toMatchObject({ ok: false });
    });

    it('names ticket and incident, and gives repetitions the same id', () => {
      const headers = signGlpiEvent(body, secrets.webhookSecret, stamp());
      const first = hint(headers);
      expect(first).toMatchObject({ value: [{ protocol: '12', incident: 'inc-1-0', action: 'closed' }] });
      expect(hint(headers)).toEqual(first);
    });

    it('finds the ticket of a followup in its parent', () => {
      const text = JSON.stringify({ event: 'new', item: { id: 99 }, parent_item: { id: 12 } });
      const headers = signGlpiEvent(text, secrets.webhookSecret, stamp());
      expect(hint(headers, text)).toMatchObject({ value: [{ protocol: '12', action: 'note' }] });
    });

    it('says that a signed text of another shape cannot be read', () => {
      const headers = signGlpiEvent('[]', secrets.webhookSecret, stamp());
      expect(hint(headers, '[]')).toMatchObject({ ok: false, failure: { code: 'input.invalid' } });
    });
  });
});

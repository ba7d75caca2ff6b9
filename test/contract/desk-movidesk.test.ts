// Movidesk's client against a faithful fake: what every desk promises, and what only Movidesk does.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMovideskClient, movideskCapabilities } from '../../server/adapters/desks/movidesk/client.ts';
import { movideskConfigSchema } from '../../server/adapters/desks/movidesk/config.ts';
import type { DeskClient } from '../../server/ports/desk-client.ts';
import { incidentIdFrom } from '../../shared/ids.ts';
import { type FakeMovidesk, type FakeMovideskOptions, startFakeMovidesk } from '../fakes/desks/movidesk.ts';
import { patience } from '../fakes/desks/patience.ts';
import { createManualClock, type ManualClock } from '../fakes/manual-clock.ts';
import { deskClientContract, difficultText, draftOf, noteOf } from './desk-client.contract.ts';

const secrets = { token: 'movidesk-token-1', webhookToken: 'secret-of-the-address-1' };

async function start(options: Partial<FakeMovideskOptions> = {}) {
  const clock = createManualClock();
  const server = await startFakeMovidesk({
    token: secrets.token,
    customFieldId: 77,
    now: () => clock.now(),
    ...options,
  });
  const config = movideskConfigSchema.parse({
    kind: 'movidesk',
    url: server.url,
    tokenFile: 'token',
    customFieldId: 77,
    customFieldRuleId: 5,
    createdBy: 'agente-1',
    clientId: 'cliente-1',
  });
  const make = (more: object = {}) =>
    createMovideskClient({ config: { ...config, ...more }, secrets, clock, timeoutMs: patience.callMs });
  return { client: make(), make, server, clock, config };
}

for (const plainDescriptions of [false, true]) {
  const shown = plainDescriptions ? 'text' : 'HTML';
  const capabilities = movideskCapabilities({ requestsPerMinute: 10, searchLagMs: 10_000 });
  deskClientContract(`movidesk, descriptions read back as ${shown}`, capabilities, async () => {
    const { client, server } = await start({ plainDescriptions });
    return {
      client,
      server,
      secrets: Object.values(secrets),
      callMs: patience.callMs,
      stop: () => server.stop(),
    };
  });
}

describe('movidesk', () => {
  let client: DeskClient;
  let make: (more?: object) => DeskClient;
  let server: FakeMovidesk;
  let clock: ManualClock;

  beforeEach(async () => {
    ({ client, make, server, clock } = await start({ requestsPerMinute: 10, shutsOut: true }));
  });
  afterEach(() => server.stop());

  const create = async (id: string, more = {}): Promise<string> => {
    const made = await client.create(draftOf(id, more));
    if (!made.ok) throw new Error(made.failure.message);
    return made.value.protocol;
  };
  const incident = incidentIdFrom('inc-1-0');

  it('is told by the eleventh request in a minute how long to wait', async () => {
    for (let number = 0; number < 10; number += 1) {
      expect((await client.probe()).ok).toBe(true);
      clock.advance(1_000);
    }
    expect(await client.create(draftOf('inc-1-0'))).toMatchObject({
      failure: { code: 'desk.limited', retryAfterMs: 50_000 },
    });
    expect(server.records()).toEqual([]);
    clock.advance(50_000);
    expect((await client.create(draftOf('inc-1-0'))).ok).toBe(true);
  });

  it('is shut out for a minute after three refusals, and says so', async () => {
    const wrong = make({ priorities: { critical: 'Crítica', priority: 'Alta', standard: 'Normal' } });
    for (let number = 0; number < 3; number += 1)
      expect(await wrong.create(draftOf('inc-1-0'))).toMatchObject({ failure: { code: 'desk.refused' } });
    expect(await client.probe()).toMatchObject({ failure: { code: 'desk.limited', retryAfterMs: 60_000 } });
  });

  it('never shows its token: not in a refusal, not in silence', async () => {
    server.faults.next(
      { kind: 'refuse', body: `no: /tickets?token=${secrets.token}&id=1` },
      { kind: 'reset' },
    );
    for (const answer of [await client.create(draftOf('inc-1-0')), await client.probe()]) {
      expect(answer.ok).toBe(false);
      expect(JSON.stringify(answer)).not.toContain(secrets.token);
    }
    await server.goDown();
    expect(JSON.stringify(await client.probe())).not.toContain(secrets.token);
  });

  it('finds a ticket that nobody touched for 90 days when it reads it', async () => {
    const protocol = await create('inc-1-0');
    server.moveToPast(protocol);
    expect(await client.read(protocol)).toMatchObject({ value: { protocol, incident: 'inc-1-0' } });
  });

  it('concludes nothing from a list to which the filter was not applied', async () => {
    await create('inc-1-0');
    server.ignoreFilters();
    const found = await client.find(incidentIdFrom('inc-9-0'));
    expect(found).toMatchObject({ ok: false, failure: { code: 'desk.refused' } });
  });

  it('leaves the other custom fields of a ticket as they were when it claims it', async () => {
    const protocol = await create('inc-1-0');
    server.loseIncident?.(protocol);
    server.setValueByHand(protocol, 12, 'patrimônio 4711');
    expect((await client.claim?.(protocol, incident))?.ok).toBe(true);
    expect(server.valueOf(protocol, 77)).toBe('inc-1-0');
    expect(server.valueOf(protocol, 12)).toBe('patrimônio 4711');
  });

  it('reads back equal what it wrote, however the description is shown', async () => {
    for (const plainDescriptions of [false, true]) {
      const other = await start({ plainDescriptions });
      const made = await other.client.create(draftOf('inc-1-0', { body: `a\n\n  ${difficultText}` }));
      const read = await other.client.read(made.ok ? made.value.protocol : '');
      expect(read).toMatchObject({ value: { body: `a\n\n  ${difficultText}` } });
      await other.server.stop();
    }
  });

  it('says by whom it signs when that person does not exist', async () => {
    expect(await make({ createdBy: 'ninguém' }).probe()).toMatchObject({ failure: { code: 'desk.refused' } });
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
      Id: 501,
      BaseStatus: 'Resolved',
      LastUpdate: '2026-11-22T12:00:00.1230000',
    });
    const hint = (pathToken: string | undefined, text = body) =>
      client.hint?.({ headers: {}, raw: Buffer.from(text), now: clock.now(), pathToken });

    it('refuses an event whose address does not hold the secret', () => {
      for (const wrong of [undefined, '', 'secret', `${secrets.webhookToken}x`])
        expect(hint(wrong)).toMatchObject({ ok: false, failure: { code: 'auth.refused' } });
    });

    it('refuses every event where no secret was configured', async () => {
      const other = await start();
      const open = createMovideskClient({ config: other.config, secrets: { token: 'x' }, clock });
      await other.server.stop();
      const request = { headers: {}, raw: Buffer.from(body), now: clock.now(), pathToken: '' };
      expect(open.hint?.(request)).toMatchObject({ ok: false, failure: { code: 'auth.refused' } });
    });

    it('names the ticket, and gives repetitions the same id', () => {
      const first = hint(secrets.webhookToken);
      expect(first).toMatchObject({ value: [{ protocol: '501', action: 'closed' }] });
      expect(hint(secrets.webhookToken)).toEqual(first);
    });

    it('says that an event without a ticket cannot be read', () => {
      for (const text of ['{}', '[]', 'null', 'x'])
        expect(hint(secrets.webhookToken, text)).toMatchObject({ failure: { code: 'input.invalid' } });
    });
  });
});

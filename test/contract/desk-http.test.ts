// The declarative desk, described by a profile in MySuite's style, against a faithful fake of that style: with every
// operation, and with only what opens a ticket.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { capabilitiesOf, createDeclarativeClient } from '../../server/adapters/desks/declarative/client.ts';
import { type Profile, parseProfile } from '../../server/adapters/desks/declarative/profile.ts';
import type { DeskClient } from '../../server/ports/desk-client.ts';
import { incidentIdFrom } from '../../shared/ids.ts';
import { type FakeMysuite, startFakeMysuite } from '../fakes/desks/http-mysuite.ts';
import { patience } from '../fakes/desks/patience.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { deskClientContract, draftOf, noteOf } from './desk-client.contract.ts';

const file = new URL('../fixtures/desks/mysuite-like.yaml', import.meta.url);
const secret = 'segredo-do-teste-9';

function profileWith(change: (profile: Profile) => Profile): Profile {
  const parsed = parseProfile(readFileSync(file, 'utf8'), 'mysuite-like');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure));
  return change(parsed.value);
}

const full = profileWith((profile) => profile);
const few = profileWith((profile) => ({
  ...profile,
  operations: {
    ...profile.operations,
    find: null,
    read: null,
    note: null,
    close: null,
    reopen: null,
    raise: null,
  },
}));

async function start(profile: Profile) {
  const server = await startFakeMysuite({ sigla: 'abc', secret });
  const replaced: string[] = [];
  const client = createDeclarativeClient({
    config: { profile, vars: { host: server.host, sigla: 'abc', codempresa: '7' }, allowInsecure: false },
    secrets: { secret },
    clock: createManualClock(),
    timeoutMs: patience.callMs,
    onReplaced: (characters) => replaced.push(...characters),
  });
  return { client, server, replaced };
}

deskClientContract(
  'declarative, every operation',
  {
    externalId: 'marker',
    idempotent: false,
    search: { kind: 'immediate' },
    read: true,
    readsNotes: true,
    notes: true,
    close: true,
    reopen: true,
    raise: true,
    events: 'none',
  },
  async () => {
    const { client, server } = await start(full);
    return { client, server, secrets: [secret], callMs: patience.callMs, stop: () => server.stop() };
  },
);

deskClientContract(
  'declarative, only opening',
  {
    externalId: 'marker',
    idempotent: false,
    search: { kind: 'none' },
    read: false,
    readsNotes: false,
    notes: false,
    close: false,
    reopen: false,
    raise: false,
    events: 'none',
  },
  async () => {
    const { client, server } = await start(few);
    return { client, server, secrets: [secret], callMs: patience.callMs, stop: () => server.stop() };
  },
);

describe('declarative desk', () => {
  let client: DeskClient;
  let server: FakeMysuite;
  let replaced: string[];

  beforeEach(async () => {
    ({ client, server, replaced } = await start(full));
  });
  afterEach(() => server.stop());

  it('sends Latin-1 bytes: one for each accent', async () => {
    await client.create(draftOf('inc-1-0', { title: 'São Paulo - ação, 3º andar' }));
    const sent = server.server.requests.at(-1)?.raw.toString('latin1');
    expect(sent).toContain('assunto=S%E3o+Paulo+-+a%E7%E3o%2C+3%BA+andar&');
  });

  it('writes what Latin-1 lacks with other characters and says which', async () => {
    await client.create(draftOf('inc-1-0', { title: 'Loja “Ş” – 10 €' }));
    expect(server.records()[0]?.title).toBe('Loja "S" - 10 EUR');
    expect(replaced).toEqual(['“', 'Ş', '”', '–', '€']);
  });

  it('refuses instead, where the profile wants that, and sends nothing', async () => {
    const strict = await start({ ...full, outside: 'refuse' });
    const answer = await strict.client.create(draftOf('inc-1-0', { title: 'Loja – 1' }));
    expect(answer).toMatchObject({ ok: false, failure: { code: 'desk.refused' } });
    expect(strict.server.server.requests).toEqual([]);
    await strict.server.stop();
  });

  it('takes the department of the customer, and the general one for others', async () => {
    await client.create(draftOf('inc-1-0', { customer: 'boreal' }));
    await client.create(draftOf('inc-2-0', { customer: 'constructor' }));
    const queues = server.server.requests.map(({ raw }) => /setor=([^&]*)/.exec(raw.toString())?.[1]);
    expect(queues).toEqual(['NOC-Boreal', 'NOC']);
  });

  it('calls a 200 with an error text what the profile says it means', async () => {
    const answer = await client.create(draftOf('inc-1-0', { title: '' }));
    expect(answer).toMatchObject({ ok: false, failure: { code: 'desk.refused' } });
  });

  it('never takes a page that is no list for an empty list', async () => {
    await client.create(draftOf('inc-1-0'));
    for (const page of ['<html><body>Manutenção</body></html>', '<html><br></html>', '']) {
      server.answerLists(page);
      const found = await client.find(incidentIdFrom('inc-1-0'));
      expect(found).toMatchObject({ ok: false, failure: { code: 'desk.uncertain' } });
    }
  });

  it('refuses an answer that carries a DTD', async () => {
    server.answerLists('<!DOCTYPE t [<!ENTITY a "aaaaaaaaaa">]><tickets/>');
    const found = await client.find(incidentIdFrom('inc-1-0'));
    expect(found).toMatchObject({ ok: false, failure: { code: 'desk.uncertain' } });
  });

  it('believes no state in words that the profile does not know', async () => {
    await client.create(draftOf('inc-1-0'));
    server.callOpen('Arquivado');
    expect(await client.read('100')).toMatchObject({ ok: false, failure: { code: 'desk.uncertain' } });
  });

  it('writes the words before it closes where closing takes no words', async () => {
    await client.create(draftOf('inc-1-0'));
    await client.setState('100', 'closed', noteOf('inc-1-0', 1, 'Voltou.'));
    const paths = server.server.requests.map(({ url }) => url.pathname);
    expect(paths.slice(-2)).toEqual(['/teste/anotar', '/teste/concluir']);
    expect(server.records()[0]).toMatchObject({ state: 'closed' });
    server.faults.next({ kind: 'error-before' });
    const again = await client.setState('100', 'closed', noteOf('inc-1-0', 2));
    expect(again).toMatchObject({ ok: false, failure: { code: 'desk.uncertain' } });
  });

  it('says refused of an operation that its profile does not have', async () => {
    const poor = await start(few);
    expect(await poor.client.read('100')).toMatchObject({ ok: false, failure: { code: 'desk.refused' } });
    expect(poor.server.server.requests).toEqual([]);
    await poor.server.stop();
  });

  it('claims a lagging search and a limit where the profile does', () => {
    const capabilities = { ...full.capabilities, searchLagMs: 5_000, rate: { requests: 10, perMs: 60_000 } };
    expect(capabilitiesOf({ ...full, capabilities })).toMatchObject({
      search: { kind: 'lagging', lagMs: 5_000 },
      rate: { requests: 10, perMs: 60_000 },
    });
  });
});

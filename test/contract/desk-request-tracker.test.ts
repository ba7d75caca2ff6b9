// Request Tracker as a desk: the shared promises against a fake as the real one was measured, with and without a unique
// field, then what only RT does.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { vigiaSignature } from '../../server/adapters/desks/http/vigia-signature.ts';
import {
  createRequestTrackerClient,
  requestTrackerCapabilities,
} from '../../server/adapters/desks/request-tracker/client.ts';
import { requestTrackerConfigSchema } from '../../server/adapters/desks/request-tracker/config.ts';
import type { DeskClient } from '../../server/ports/desk-client.ts';
import { incidentIdFrom } from '../../shared/ids.ts';
import { instant } from '../../shared/time.ts';
import { patience } from '../fakes/desks/patience.ts';
import {
  type FakeRequestTracker,
  rtQueue,
  rtToken,
  startFakeRequestTracker,
} from '../fakes/desks/request-tracker.ts';
import { deskClientContract, draftOf, noteOf } from './desk-client.contract.ts';
import { at } from './samples.ts';

const webhookSecret = 'segredo do scrip';

async function make(unique: boolean, more: Readonly<Record<string, unknown>> = {}) {
  const server = await startFakeRequestTracker({ unique });
  const client = clientOf(server, more);
  return { client, server, secrets: [rtToken], callMs: patience.callMs, stop: () => server.stop() };
}

function clientOf(server: FakeRequestTracker, more: Readonly<Record<string, unknown>>): DeskClient {
  const config = requestTrackerConfigSchema.parse({
    kind: 'request-tracker',
    url: server.server.url,
    tokenFile: 'rt-token',
    queue: rtQueue,
    ...more,
  });
  return createRequestTrackerClient({
    config,
    secrets: { token: rtToken, webhookSecret },
    clock: { now: () => at(0) },
    timeoutMs: patience.callMs,
  });
}

const capabilities = requestTrackerCapabilities({});
deskClientContract('request-tracker', capabilities, () => make(false));
deskClientContract('request-tracker, unique field', capabilities, () => make(true));

describe('desk client: request-tracker: its own ways', () => {
  let client: DeskClient;
  let server: FakeRequestTracker;
  const start = async (unique: boolean, more?: Readonly<Record<string, unknown>>): Promise<void> => {
    ({ client, server } = await make(unique, more));
  };
  beforeEach(() => start(true));
  afterEach(() => server.stop());

  it('finds both tickets where RT dropped the id of the second, and leaves the first its own', async () => {
    await client.create(draftOf('inc-7-0'));
    await client.create(draftOf('inc-7-0'));
    expect((await client.claim?.('2', incidentIdFrom('inc-7-0')))?.ok).toBe(true);
    expect(server.records().map(({ incident }) => incident)).toEqual(['inc-7-0', undefined]);
    expect(await client.find(incidentIdFrom('inc-7-0'))).toMatchObject({
      value: [
        { protocol: '1', incident: 'inc-7-0' },
        { protocol: '2', incident: undefined },
      ],
    });
  });

  it('finds a ticket that was moved to another queue', async () => {
    await client.create(draftOf('inc-7-0'));
    for (const ticket of server.tickets) ticket.queue = 'Campo';
    expect(await client.find(incidentIdFrom('inc-7-0'))).toMatchObject({
      ok: true,
      value: [{ protocol: '1' }],
    });
  });

  it('takes a ticket that a person deleted for gone', async () => {
    await client.create(draftOf('inc-7-0'));
    server.deleteByHand('1');
    expect(await client.read('1')).toEqual({ ok: true, value: undefined });
    expect(await client.find(incidentIdFrom('inc-7-0'))).toEqual({ ok: true, value: [] });
  });

  it('shows a ticket that a person merged as merged: neither gone nor the other incident’s', async () => {
    await client.create(draftOf('inc-7-0'));
    await client.create(draftOf('inc-8-0'));
    expect(await client.read('2')).not.toHaveProperty('value.mergedInto');
    server.mergeByHand('2', '1');
    expect(await client.read('2')).toMatchObject({ ok: true, value: { protocol: '2', mergedInto: '1' } });
    await client.note('2', noteOf('inc-8-0', 1));
    expect(await client.read('2')).toMatchObject({ value: { noteMarks: ['inc-8-0:note:1'] } });
  });

  it('does not download what people attach, and finds its marks beside it', async () => {
    await client.create(draftOf('inc-7-0'));
    await client.note('1', noteOf('inc-7-0', 1));
    server.attachByHand('1', { name: 'log.txt', content: 'x'.repeat(3_000_000) });
    server.attachByHand('1', { name: '', content: 'y'.repeat(3_000_000) });
    const read = await client.read('1');
    expect(read).toMatchObject({ ok: true, value: { noteMarks: ['inc-7-0:note:1'] } });
    expect(read.ok && read.value?.body).toBe(draftOf('inc-7-0').body);
  });

  it('reads each text once', async () => {
    await client.create(draftOf('inc-7-0'));
    await client.read('1');
    await client.note('1', noteOf('inc-7-0', 1));
    await client.read('1');
    await client.read('1');
    const read = server.server.requests.filter(({ url }) => url.pathname.includes('/attachment/'));
    expect(read.map(({ url }) => url.pathname)).toEqual(['/REST/2.0/attachment/1', '/REST/2.0/attachment/2']);
  });

  it('tells what changed since an instant to the second, oldest first, in whatever zone RT reads instants', async () => {
    await server.stop();
    let time = Date.UTC(2026, 10, 22, 12);
    server = await startFakeRequestTracker({ now: () => time });
    client = clientOf(server, {});
    for (const id of ['inc-1-0', 'inc-2-0', 'inc-3-0', 'inc-4-0']) {
      await client.create(draftOf(id));
      time += 60_000;
    }
    await client.note('2', noteOf('inc-2-0', 1));
    const since = async (ms: number) => {
      const changed = await client.changedSince?.(instant(ms));
      return changed?.ok === true ? changed.value.map(({ protocol }) => protocol) : changed?.failure.code;
    };
    expect(await since(Date.UTC(2026, 10, 22, 12, 2))).toEqual(['3', '4', '2']);
    expect(await since(Date.UTC(2026, 10, 22, 12, 2, 1))).toEqual(['4', '2']);
    expect(await since(time + 1_000)).toEqual([]);
  });

  it('sends priorities as numbers', async () => {
    await client.create(draftOf('inc-7-0', { priority: 'priority' }));
    expect(server.server.requests.at(-1)?.raw.toString()).toContain('"Priority":50,');
  });

  it('refuses to work where the queue has no field for the id: RT would drop it without a word', async () => {
    await server.stop();
    await start(false, { externalIdField: 'Outro' });
    expect(await client.probe()).toMatchObject({ ok: false, failure: { code: 'desk.refused' } });
  });

  it('says who has the ticket, and nobody where nobody has it', async () => {
    await client.create(draftOf('inc-7-0'));
    expect(await client.read('1')).toMatchObject({ ok: true, value: { assignedTo: undefined } });
    server.takeByHand('1', 'ana');
    expect(await client.read('1')).toMatchObject({ ok: true, value: { assignedTo: 'ana' } });
  });

  it.each(['x', '1/comment', '', '-1', '1?x=2'])(
    'never builds an address from the protocol %j',
    async (protocol) => {
      expect(await client.read(protocol)).toEqual({ ok: true, value: undefined });
      const answers = [
        await client.note(protocol, noteOf('inc-7-0', 1)),
        await client.raise(protocol, { priority: 'critical', title: 'x' }),
      ];
      for (const answer of answers) expect(answer).toMatchObject({ failure: { code: 'desk.refused' } });
      expect(server.server.requests).toEqual([]);
    },
  );

  it.each([
    { queue: "NOC' OR id > 0" },
    { externalIdField: 'a}' },
    { closedStatus: 'fechado' },
    { reopenedStatus: 'resolved' },
    { url: 'http://rt.example' },
    { url: 'https://u:p@rt.example' },
    { priorities: { critical: 50, priority: 50, standard: 0 } },
    { unknown: 1 },
  ])('refuses the configuration %j', (more) => {
    const whole = {
      kind: 'request-tracker',
      url: 'https://rt.example',
      tokenFile: 't',
      queue: 'NOC',
      ...more,
    };
    expect(requestTrackerConfigSchema.safeParse(whole).success).toBe(false);
  });

  describe('events of the scrip', () => {
    const event = {
      transaction: 91,
      ticket: 7,
      type: 'Status',
      field: 'Status',
      old: 'open',
      new: 'resolved',
      by: 'ana',
      at: '2026-11-22T12:00:00Z',
      text: null,
    };
    const hint = (body: string, signature: string) => {
      const headers = { 'vigia-signature': signature };
      return client.hint?.({ headers, raw: Buffer.from(body), now: at(0) });
    };
    const signed = (more: object) => {
      const body = JSON.stringify({ ...event, ...more });
      return hint(body, vigiaSignature(webhookSecret, body, at(0)));
    };

    it('are refused unsigned, wrongly signed, changed, or older than a day', () => {
      const body = JSON.stringify(event);
      for (const signature of [
        '',
        vigiaSignature('outro', body, at(0)),
        vigiaSignature(webhookSecret, `${body} `, at(0)),
        vigiaSignature(webhookSecret, body, at(-25 * 3_600_000)),
        vigiaSignature(webhookSecret, body, at(0)).replace('v1=', 'v1=00'),
      ])
        expect(hint(body, signature)).toMatchObject({ failure: { code: 'auth.refused' } });
    });

    it('become what a person did', () => {
      const action = (more: object) => {
        const answer = signed(more);
        return answer?.ok === true ? answer.value.map((each) => each.action) : answer?.failure.code;
      };
      expect(action({})).toEqual(['closed']);
      expect(action({ old: 'resolved', new: 'open' })).toEqual(['reopened']);
      expect(action({ old: 'new', new: 'open' })).toEqual(['changed']);
      expect(action({ type: 'Set', field: 'Owner' })).toEqual(['acknowledged']);
      expect(action({ type: 'Comment', text: 'Ligando para a operadora.' })).toEqual(['note']);
      expect(action({ type: 'Comment', text: noteOf('inc-7-0', 1).text })).toEqual([]);
      expect(action({ ticket: 'x' })).toBe('input.invalid');
    });

    it('carry the transaction for telling repetitions', () => {
      expect(signed({})).toMatchObject({ value: [{ id: '91', protocol: '7', by: 'ana' }] });
    });
  });
});

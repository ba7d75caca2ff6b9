// What the API says of who works on an incident and of how its ticket gets to the desk: assignment, clock, delivery.
import { describe, expect, test } from 'vitest';
import { createMemoryManualQueue } from '../../../../../server/adapters/memory/manual-queue.ts';
import type { ManualItem } from '../../../../../server/ports/manual-queue.ts';
import { incidentId } from '../../../../../shared/ids.ts';
import { hour, plus, second, toIso } from '../../../../../shared/time.ts';
import { incident, openEffect } from '../../core/view/samples.ts';
import { bearer, type Harness, importInventory, startAt, startHarness } from './harness.ts';

const post = (harness: Harness, url: string, payload: object) =>
  harness.api.inject({ method: 'POST', url, headers: bearer, payload });
const get = async (harness: Harness, url: string) =>
  (await harness.api.inject({ url, headers: bearer })).json();

async function withIncident(more: Parameters<typeof startHarness>[0] = {}) {
  const harness = await startHarness(more);
  await importInventory(harness);
  const opened = incident({ ticket: { state: 'pending', effect: openEffect(incident()).key } });
  await harness.commit([{ kind: 'incident.opened', incident: opened }], [openEffect(opened)]);
  return { harness, id: opened.id, opened };
}

describe('assignment', () => {
  test('names who works on it and who said so', async () => {
    const { harness, id } = await withIncident();
    const answer = await post(harness, `/api/v1/incidents/${id}/assignment`, { to: ' Campo Sul ' });
    expect([answer.statusCode, answer.json().assignedTo]).toEqual([200, 'Campo Sul']);
    expect(harness.inputs.at(-1)).toMatchObject({
      kind: 'incident.assigned',
      to: 'Campo Sul',
      by: 'administrador',
    });
  });

  test('passes it on to a level where one is given', async () => {
    const { harness, id } = await withIncident();
    expect(
      (await post(harness, `/api/v1/incidents/${id}/assignment`, { to: 'Beto', level: 2 })).statusCode,
    ).toBe(200);
    expect(harness.inputs.at(-1)).toMatchObject({ kind: 'incident.assigned', to: 'Beto', level: 2 });
  });

  test.each([
    {},
    { to: 'Rui', level: 1 },
    { to: 'Rui', level: '2' },
    { to: '' },
    { to: '  ' },
    { to: 'x'.repeat(121) },
    { to: 'a\nb' },
    { to: 'Rui', text: 'x' },
  ])('refuses %j and changes nothing', async (payload) => {
    const { harness, id } = await withIncident();
    const before = harness.inputs.length;
    const answer = await post(harness, `/api/v1/incidents/${id}/assignment`, payload);
    expect([answer.statusCode, answer.json().error.code]).toEqual([400, 'input.invalid']);
    expect(harness.inputs).toHaveLength(before);
  });

  test('of a closed incident is a conflict, of an unknown one not found', async () => {
    const { harness, id, opened } = await withIncident();
    await harness.commit([{ kind: 'incident.closed', incident: { ...opened, state: 'closed' } }]);
    expect((await post(harness, `/api/v1/incidents/${id}/assignment`, { to: 'Rui' })).statusCode).toBe(409);
    expect((await post(harness, '/api/v1/incidents/inc-9-9/assignment', { to: 'Rui' })).statusCode).toBe(404);
  });
});

describe('the ticket of an incident that is over', () => {
  const url = (id: string) => `/api/v1/incidents/${id}/resolution`;

  test('is closed by a person while it is open, and only then', async () => {
    const { harness, id, opened } = await withIncident();
    const over = { ...opened, state: 'resolved', resolvedAt: startAt } as const;
    await harness.commit([{ kind: 'incident.changed', incident: over }]);
    expect((await post(harness, url(id), { text: 'modem trocado' })).statusCode).toBe(200);
    expect(harness.inputs.at(-1)).toMatchObject({ kind: 'incident.resolvedByPerson', text: 'modem trocado' });
    const ticket = {
      ...over.ticket,
      state: 'pending',
      effect: openEffect(opened).key,
      closed: true,
    } as const;
    await harness.commit([{ kind: 'incident.changed', incident: { ...over, ticket } }]);
    expect((await get(harness, `/api/v1/incidents/${id}`)).ticket.closed).toBe(true);
    const again = await post(harness, url(id), {});
    expect([again.statusCode, again.json().error.code]).toEqual([409, 'conflict']);
  });
});

describe('a pause of the clock', () => {
  const url = (id: string, what: string) => `/api/v1/incidents/${id}/${what}`;
  const until = toIso(plus(startAt, hour));

  test('stands in the row with its reason until it ends or somebody resumes, and stops the next call', async () => {
    const { harness, id } = await withIncident();
    const paused = await post(harness, url(id, 'pause'), { text: ' o cliente só abre às 14:00 ', until });
    expect(paused.statusCode).toBe(200);
    expect(paused.json()).toMatchObject({
      pause: { until, by: 'administrador', text: 'o cliente só abre às 14:00' },
      sla: { state: 'paused', counting: false },
    });
    const next = Date.parse(paused.json().escalation.next.at);
    expect(next).toBeGreaterThan(Date.parse(until));
    const resumed = await post(harness, url(id, 'resumption'), {});
    expect(resumed.json()).toMatchObject({ pause: null, sla: { state: 'at-once', counting: true } });
    expect(
      resumed
        .json()
        .timeline.map(({ kind }: { kind: string }) => kind)
        .slice(-2),
    ).toEqual(['sla-paused', 'sla-resumed']);
  });

  test('ends by itself at its instant', async () => {
    const { harness, id } = await withIncident();
    await post(harness, url(id, 'pause'), { text: 'almoço', until });
    harness.clock.advance(hour - second);
    expect((await get(harness, `/api/v1/incidents/${id}`)).pause).not.toBeNull();
    harness.clock.advance(2 * second);
    expect(await get(harness, `/api/v1/incidents/${id}`)).toMatchObject({
      pause: null,
      sla: { state: 'at-once' },
    });
  });

  test.each([
    {},
    { text: '' },
    { text: 'x', until: 'amanhã' },
    { text: 'x', until: '2026-11-23T10:00:00' },
    { text: 'x', until: toIso(startAt) },
    { text: 'x', until: toIso(plus(startAt, 32 * 24 * hour)) },
  ])('refuses %j and changes nothing', async (payload) => {
    const { harness, id } = await withIncident();
    const before = harness.inputs.length;
    const answer = await post(harness, url(id, 'pause'), payload);
    expect([answer.statusCode, answer.json().error.code]).toEqual([400, 'input.invalid']);
    expect(harness.inputs).toHaveLength(before);
  });

  test('a second one, an end of none, and one of what is over are conflicts', async () => {
    const { harness, id, opened } = await withIncident();
    expect((await post(harness, url(id, 'resumption'), {})).statusCode).toBe(409);
    await post(harness, url(id, 'pause'), { text: 'espera' });
    expect((await post(harness, url(id, 'pause'), { text: 'espera' })).statusCode).toBe(409);
    await harness.commit([{ kind: 'incident.closed', incident: { ...opened, state: 'closed' } }]);
    expect((await post(harness, url(id, 'pause'), { text: 'espera' })).statusCode).toBe(409);
  });
});

describe('clock', () => {
  test('row and detail carry it as of the reading, and the detail says why', async () => {
    const { harness, id } = await withIncident();
    harness.clock.advance(90 * second);
    const row = (await get(harness, '/api/v1/incidents')).items[0];
    expect(row.sla).toMatchObject({ state: 'at-once', elapsedMs: 90 * second, plan: 'PREMIUM' });
    expect(row.escalation).toMatchObject({ level: 1, next: { step: 'call.noc-again' } });
    const detail = await get(harness, `/api/v1/incidents/${id}?language=en`);
    expect(detail.sla.why).toContain('Sunday 09:00');
    expect(detail.hints).toEqual([]);
  });
});

describe('delivery of tickets', () => {
  const held = (of: ReturnType<typeof incident>): ManualItem => ({
    key: openEffect(of).key,
    incident: of.id,
    task: 'ticket.open',
    reason: 'uncertain',
    desk: 'MySuite',
    title: 'título',
    text: 'texto',
    priority: 'critical',
    since: startAt,
  });

  async function withThree() {
    const queue = createMemoryManualQueue();
    const harness = await startHarness({ parts: { manual: { queue, nudge: () => {} } } });
    await importInventory(harness);
    harness.desk.setMood('down');
    const made = [1, 2, 3].map((n) =>
      incident({ id: incidentId(n, 0), causeKey: `link:${n}`, detectedAt: plus(startAt, n) }),
    );
    for (const each of made) {
      const ticket = { state: 'pending', effect: openEffect(each).key } as const;
      await harness.commit([{ kind: 'incident.opened', incident: { ...each, ticket } }], [openEffect(each)]);
    }
    return { harness, queue, made };
  }

  const ids = async (harness: Harness, query: string) => {
    const { items, next } = await get(harness, `/api/v1/tickets?${query}`);
    return [items.map(({ id }: { id: string }) => id), next];
  };

  test('what waits for a person is told apart from what goes on by itself', async () => {
    const { harness, queue, made } = await withThree();
    const [, second_] = made;
    if (second_ === undefined) throw new Error('three were made');
    queue.wait(held(second_));
    expect(await ids(harness, 'state=held')).toEqual([['inc-2-0'], null]);
    expect(await ids(harness, 'state=waiting')).toEqual([['inc-3-0', 'inc-1-0'], null]);
    expect(await ids(harness, 'state=delivered')).toEqual([[], null]);
    const ticket = await get(harness, '/api/v1/tickets/inc-2-0');
    expect(ticket).toMatchObject({ delivery: 'held', state: 'pending' });
    expect(ticket.deliveries[0].heldSince).toBe('2026-11-22T12:00:00.000Z');
  });

  test('pages of a filter go on after what was looked at', async () => {
    const { harness } = await withThree();
    expect(await ids(harness, 'state=waiting&limit=2')).toEqual([['inc-3-0', 'inc-2-0'], 'inc-2-0']);
    expect(await ids(harness, 'state=waiting&limit=2&before=inc-2-0')).toEqual([['inc-1-0'], null]);
  });

  test('an unknown filter is refused and named', async () => {
    const harness = await startHarness();
    const answer = await harness.api.inject({ url: '/api/v1/tickets?state=lost', headers: bearer });
    expect([answer.statusCode, answer.json().error.issues[0].path]).toEqual([400, 'query.state']);
  });
});

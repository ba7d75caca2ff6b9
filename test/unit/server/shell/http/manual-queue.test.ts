// The manual queue over the API: what waits, who said what, and that the delivery is tried at once.
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryManualQueue } from '../../../../../server/adapters/memory/manual-queue.ts';
import type { ManualItem } from '../../../../../server/ports/manual-queue.ts';
import { effectKey, incidentIdFrom } from '../../../../../shared/ids.ts';
import { bearer, type Harness, startAt, startHarness } from './harness.ts';

const item: ManualItem = {
  key: effectKey('inc-1-0:open'),
  incident: incidentIdFrom('inc-1-0'),
  task: 'ticket.open',
  reason: 'manual',
  desk: 'MySuite',
  title: 'Padaria Aurora, Matriz (São Paulo): sem internet',
  text: 'São Paulo - ação, 3º andar',
  priority: 'critical',
  since: startAt,
};
const note: ManualItem = { ...item, key: effectKey('inc-1-0:note:1'), task: 'ticket.note', protocol: '4711' };

describe('manual queue API', () => {
  let harness: Harness;
  let nudged: string[];
  const queue = () => harness.parts.manual?.queue ?? createMemoryManualQueue();

  beforeEach(async () => {
    nudged = [];
    harness = await startHarness({
      parts: { manual: { queue: createMemoryManualQueue(), nudge: (key) => nudged.push(key) } },
    });
  });

  const get = (headers: Record<string, string> = bearer) =>
    harness.api.inject({ url: '/api/v1/manual-queue', headers });
  const post = (path: string, payload: object) =>
    harness.api.inject({ method: 'POST', url: `/api/v1/manual-queue/${path}`, headers: bearer, payload });

  it('is for people who are signed in', async () => {
    expect((await get({})).statusCode).toBe(401);
    const bare = await startHarness();
    expect((await bare.api.inject({ url: '/api/v1/manual-queue', headers: bearer })).statusCode).toBe(404);
  });

  it('lists what waits with the words to paste', async () => {
    queue().wait(item);
    expect((await get()).json()).toEqual({
      items: [{ ...item, since: '2026-11-22T12:00:00.000Z', protocol: null, raise: null }],
      total: 1,
    });
  });

  it('takes a protocol, says by whom, and has the delivery tried at once', async () => {
    queue().wait(item);
    const answer = await post('inc-1-0/registration', { protocol: ' 4711 ' });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ protocol: '4711', by: 'administrador', kind: 'registered' });
    expect(nudged).toEqual(['inc-1-0:open']);
    expect(queue().history(item.incident)).toMatchObject([{ by: 'administrador', protocol: '4711' }]);
    expect((await get()).json()).toEqual({ items: [], total: 0 });
  });

  it.each([
    {},
    { protocol: '' },
    { protocol: '  ' },
    { protocol: 'x'.repeat(61) },
    { protocol: 'a\nb' },
    { protocol: '1', more: 1 },
  ])('refuses the protocol %j', async (payload) => {
    queue().wait(item);
    expect((await post('inc-1-0/registration', payload)).statusCode).toBe(400);
    expect(queue().waiting().total).toBe(1);
    expect(nudged).toEqual([]);
  });

  it('refuses to register what does not wait, and a number twice', async () => {
    expect((await post('inc-9-0/registration', { protocol: '1' })).statusCode).toBe(404);
    queue().wait(item);
    queue().wait({ ...item, key: effectKey('inc-2-0:open'), incident: incidentIdFrom('inc-2-0') });
    await post('inc-1-0/registration', { protocol: '4711' });
    expect((await post('inc-2-0/registration', { protocol: '4711' })).statusCode).toBe(409);
    expect((await post('inc-1-0/registration', { protocol: '4712' })).statusCode).toBe(409);
    expect(nudged).toEqual(['inc-1-0:open']);
  });

  it('takes only the notes that were named, and only of that incident', async () => {
    queue().wait(note);
    queue().wait({ ...note, key: effectKey('inc-1-0:note:2') });
    expect((await post('inc-1-0/notes-done', { keys: [] })).statusCode).toBe(400);
    expect((await post('inc-2-0/notes-done', { keys: [note.key] })).statusCode).toBe(404);
    const answer = await post('inc-1-0/notes-done', { keys: [note.key, 'inc-9-9:note:1'] });
    expect(answer.json()).toMatchObject({ items: [{ key: note.key, kind: 'done', by: 'administrador' }] });
    expect(
      queue()
        .waiting()
        .items.map(({ key }) => key),
    ).toEqual(['inc-1-0:note:2']);
    expect(nudged).toEqual([note.key]);
  });

  it('sends again only what is uncertain', async () => {
    queue().wait(item);
    expect((await post('inc-1-0/send-again', { keys: [item.key] })).statusCode).toBe(404);
    queue().withdraw(item.key);
    queue().wait({ ...item, reason: 'uncertain' });
    expect((await post('inc-1-0/send-again', { keys: [item.key] })).json()).toMatchObject({
      items: [{ kind: 'send-again' }],
    });
    expect(nudged).toEqual([item.key]);
  });
});

// Maintenance windows and silences over the API: every refusal names its field, and what is answered is in force.
import { beforeEach, describe, expect, it } from 'vitest';
import { minute } from '../../../../../shared/time.ts';
import { bearer, type Harness, importInventory, startHarness } from './harness.ts';

const windowBody = {
  scope: { customer: 'aurora', site: 'matriz', link: 'vivo' },
  startsAt: '2026-11-23T02:00:00-03:00',
  endsAt: '2026-11-23T04:00:00-03:00',
  reason: 'troca do roteador',
};
const silenceBody = {
  scope: { customer: 'aurora', site: 'matriz', host: 'srv-ad' },
  until: '2026-11-22T15:00:00Z',
  reason: 'disco encomendado',
};

let harness: Harness;

beforeEach(async () => {
  harness = await startHarness();
  await importInventory(harness);
});

function post(path: string, payload: object) {
  return harness.api.inject({ method: 'POST', url: `/api/v1${path}`, headers: bearer, payload });
}

function get(path: string) {
  return harness.api.inject({ url: `/api/v1${path}`, headers: bearer });
}

function remove(path: string) {
  return harness.api.inject({ method: 'DELETE', url: `/api/v1${path}`, headers: bearer });
}

function told() {
  return harness.inputs.filter((input) => input.kind === 'planned.told');
}

describe('maintenance windows', () => {
  it('nobody plans without a credential', async () => {
    const answer = await harness.api.inject({
      method: 'POST',
      url: '/api/v1/maintenance-windows',
      payload: windowBody,
    });
    expect(answer.statusCode).toBe(401);
  });

  it.each([
    [{ scope: { customer: 'nobody' } }, 404, 'body.scope.customer', 'no customer "nobody"'],
    [{ scope: { customer: 'aurora', site: 'x' } }, 404, 'body.scope.site', 'no site "x"'],
    [{ scope: { customer: 'aurora', site: 'matriz', link: 'x' } }, 404, 'body.scope.link', 'no link "x"'],
    [{ scope: { customer: 'aurora', site: 'matriz', host: 'x' } }, 404, 'body.scope.host', 'no host "x"'],
    [{ scope: { customer: 'aurora', link: 'vivo' } }, 400, 'body.scope.site', 'wanted: the site'],
    [
      { scope: { customer: 'aurora', site: 'matriz', link: 'vivo', host: 'srv-ad' } },
      400,
      'body.scope.host',
      'not both',
    ],
    [{ startsAt: 'tomorrow' }, 400, 'body.startsAt', 'given: "tomorrow"'],
    [{ endsAt: windowBody.startsAt }, 400, 'body.endsAt', 'wanted: after startsAt'],
    [{ endsAt: '2027-11-23T04:00:00Z' }, 400, 'body.endsAt', 'at most 31 days'],
    [
      { startsAt: '2026-11-20T02:00:00Z', endsAt: '2026-11-20T04:00:00Z' },
      400,
      'body.endsAt',
      'in the future',
    ],
    [{ returnBy: '2026-11-23T05:00:00-03:00' }, 400, 'body.returnBy', 'not after endsAt'],
    [{ recurrence: 'FREQ=HOURLY' }, 400, 'body.recurrence', 'given: "HOURLY"'],
    [{ recurrence: 'FREQ=WEEKLY;BYDAY=TU' }, 400, 'body.recurrence', 'startsAt itself meets'],
    [{ reason: ' ' }, 400, 'body.reason', 'wanted: why'],
  ])('%j is refused at its field and nothing is kept', async (wrong, status, path, message) => {
    const answer = await post('/maintenance-windows', { ...windowBody, ...wrong });
    expect(answer.statusCode).toBe(status);
    const issues: { path: string; message: string }[] = answer.json().error.issues;
    expect(issues.find((issue) => issue.path === path)?.message).toContain(message);
    expect(harness.plannedStore.windows()).toEqual([]);
    expect(told()).toEqual([]);
  });

  it('a new one is kept, told to the core and listed; deleting it tells the core again', async () => {
    const made = await post('/maintenance-windows', { ...windowBody, returnBy: '2026-11-23T03:00:00-03:00' });
    expect(made.statusCode).toBe(201);
    const item = made.json();
    expect(item).toMatchObject({
      scope: { customer: 'aurora', site: 'matriz', link: 'vivo', host: null },
      startsAt: '2026-11-23T05:00:00.000Z',
      recurrence: null,
      active: false,
      next: { startsAt: '2026-11-23T05:00:00.000Z', returnBy: '2026-11-23T06:00:00.000Z' },
    });
    expect(told().at(-1)?.windows).toMatchObject([{ id: item.id, occurrences: [{}] }]);
    expect((await get('/maintenance-windows?customer=aurora')).json().items).toEqual([item]);
    expect((await get('/maintenance-windows?customer=borba')).json().items).toEqual([]);
    expect((await remove(`/maintenance-windows/${item.id}`)).statusCode).toBe(204);
    expect((await remove(`/maintenance-windows/${item.id}`)).statusCode).toBe(404);
    expect(told().at(-1)?.windows).toEqual([]);
  });

  it('a recurring one is told with every occurrence of the next 62 days, and again each day', async () => {
    await post('/maintenance-windows', { ...windowBody, recurrence: 'FREQ=DAILY' });
    expect(told().at(-1)?.windows[0]?.occurrences).toHaveLength(62);
    const before = told().length;
    harness.clock.advance(24 * 60 * minute + 1);
    await harness.commit([]);
    expect(told().length).toBeGreaterThan(before);
    expect(told().at(-1)?.windows[0]?.occurrences).toHaveLength(62);
  });

  it('when the core cannot be told nothing is kept', async () => {
    await harness.runtime.stop();
    const answer = await post('/maintenance-windows', windowBody);
    expect(answer.statusCode).toBe(503);
    expect(harness.plannedStore.windows()).toEqual([]);
  });
});

describe('silences', () => {
  it.each([
    [{ until: '2026-11-22T11:00:00Z' }, 400, 'body.until'],
    [{ until: '2027-11-22T11:00:00Z' }, 400, 'body.until'],
    [{ scope: { customer: 'aurora', site: 'matriz', host: 'x' } }, 404, 'body.scope.host'],
    [{ reason: 'x'.repeat(301) }, 400, 'body.reason'],
  ])('%j is refused at its field', async (wrong, status, path) => {
    const answer = await post('/silences', { ...silenceBody, ...wrong });
    expect(answer.statusCode).toBe(status);
    const issues: { path: string }[] = answer.json().error.issues;
    expect(issues.map((issue) => issue.path)).toEqual([path]);
    expect(told()).toEqual([]);
  });

  it('one names its author, is in force until its end and can be ended by hand', async () => {
    const made = await post('/silences', silenceBody);
    expect(made.statusCode).toBe(201);
    const item = made.json();
    expect(item).toMatchObject({
      active: true,
      reason: 'disco encomendado',
      until: '2026-11-22T15:00:00.000Z',
    });
    expect(item.by).not.toBe('');
    expect(told().at(-1)?.silences).toMatchObject([{ id: item.id, by: item.by }]);
    expect((await get('/silences')).json().items).toEqual([item]);
    expect((await remove(`/silences/${item.id}`)).statusCode).toBe(204);
    expect((await remove('/silences/none')).statusCode).toBe(404);
    expect(told().at(-1)?.silences).toEqual([]);
  });
});

// What a maintenance window would do, over the API: refused where saving it would be refused, true to the past where not,
// and never a thing saved.
import { beforeEach, describe, expect, it } from 'vitest';
import { plannedCalendarSchema, windowPreviewSchema } from '../../../../../shared/api/maintenance.ts';
import { incidentId } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { day, hour, type Instant, minute, plus, toIso } from '../../../../../shared/time.ts';
import { incident } from '../../core/view/samples.ts';
import { bearer, type Harness, importInventory, startAt, startHarness } from './harness.ts';

/** Each Tuesday 02:00 to 04:00 in São Paulo. */
const tuesdays = {
  scope: { customer: 'aurora', site: 'matriz', link: 'vivo' },
  startsAt: '2026-11-24T02:00:00-03:00',
  endsAt: '2026-11-24T04:00:00-03:00',
  recurrence: 'FREQ=WEEKLY;BYDAY=TU',
  reason: 'atualização do roteador',
};
/** Tuesday 2026-11-17, 02:30 in São Paulo: inside. */
const lastTuesday = plus(startAt, -5 * day - 6.5 * hour);

let harness: Harness;

beforeEach(async () => {
  harness = await startHarness();
  await importInventory(harness);
});

function preview(body: object, query = '') {
  const url = `/api/v1/maintenance-windows/preview${query}`;
  return harness.api.inject({ method: 'POST', url, headers: bearer, payload: body });
}

async function previewed(body: object) {
  return windowPreviewSchema.parse((await preview(body)).json());
}

function calendar(query: string) {
  return harness.api.inject({ url: `/api/v1/maintenance-windows/calendar?${query}`, headers: bearer });
}

async function past(number: number, at: Instant, lastedMs: number, more: object = {}) {
  const over = plus(at, lastedMs);
  const ended = { recoveredAt: over, resolvedAt: over, closedAt: over, outageSince: undefined };
  const times = { detectedAt: at, confirmedAt: at, openedAt: at };
  await harness.commit([
    {
      kind: 'incident.opened',
      incident: incident({ id: incidentId(number, 0), state: 'closed', ...times, ...ended, ...more }),
    },
  ]);
}

describe('maintenance: preview', () => {
  it('nobody sees it without a credential', async () => {
    const url = '/api/v1/maintenance-windows/preview';
    const answer = await harness.api.inject({ method: 'POST', url, payload: tuesdays });
    expect(answer.statusCode).toBe(401);
  });

  it.each([
    [{ scope: { customer: 'nobody' } }, 404, 'body.scope.customer'],
    [{ recurrence: 'FREQ=WEEKLY;BYDAY=MO' }, 400, 'body.recurrence'],
    [{ endsAt: tuesdays.startsAt }, 400, 'body.endsAt'],
    [{ reason: ' ' }, 400, 'body.reason'],
  ])('%j is refused as saving it would be', async (wrong, status, path) => {
    const answer = await preview({ ...tuesdays, ...wrong });
    expect(answer.statusCode).toBe(status);
    expect(answer.json().error.issues[0].path).toBe(path);
  });

  it('tells the next ten, that there are more, and saves nothing', async () => {
    const answer = await previewed({ ...tuesdays, returnBy: '2026-11-24T03:00:00-03:00' });
    expect(answer.occurrences).toHaveLength(limits.previewOccurrencesMax);
    expect(answer.occurrences[1]).toEqual({
      startsAt: '2026-12-01T05:00:00.000Z',
      endsAt: '2026-12-01T07:00:00.000Z',
      returnBy: '2026-12-01T06:00:00.000Z',
    });
    expect(answer).toMatchObject({ more: true, timeZone: 'America/Sao_Paulo', past: 13, hidden: [] });
    expect(harness.plannedStore.windows()).toEqual([]);
    expect(harness.inputs.filter(({ kind }) => kind === 'planned.told')).toEqual([]);
  });

  it('one that happens once has no past to hide anything in', async () => {
    await past(7, lastTuesday, 10 * minute);
    const { recurrence: _, ...once } = tuesdays;
    expect(await previewed(once)).toMatchObject({ past: 0, more: false, hidden: [], hiddenTotal: 0 });
  });

  it('what began inside and ended inside would have been hidden; what outlived it, delayed', async () => {
    await past(7, lastTuesday, 10 * minute);
    await past(8, plus(lastTuesday, -7 * day), 5 * hour);
    const { hidden, hiddenTotal } = await previewed(tuesdays);
    expect(hidden.map(({ incident: id, effect }) => [id, effect])).toEqual([
      ['inc-7-0', 'hidden'],
      ['inc-8-0', 'delayed'],
    ]);
    expect(hidden[0]?.title).toContain('Vivo Empresas');
    expect(hiddenTotal).toBe(2);
  });

  it('what lies beside, of another link, planned, rebuilt or too long ago is none of it', async () => {
    await past(7, plus(lastTuesday, 2 * hour), 10 * minute);
    await past(8, lastTuesday, 10 * minute, { link: 'claro', causeKey: 'link:claro' });
    await past(9, lastTuesday, 10 * minute, { cause: 'planned' });
    await past(10, lastTuesday, 10 * minute, { retro: true });
    await past(11, plus(lastTuesday, -91 * day), 10 * minute);
    expect((await previewed(tuesdays)).hidden).toEqual([]);
  });

  it('a window over the whole site hides what any of its parts had', async () => {
    await past(8, lastTuesday, 10 * minute, { link: 'claro', causeKey: 'link:claro' });
    const scope = { customer: 'aurora', site: 'matriz' };
    expect((await previewed({ ...tuesdays, scope })).hiddenTotal).toBe(1);
  });
});

describe('maintenance: calendar', () => {
  it.each([
    'from=2026-11-01T00:00:00Z&to=2026-11-01T00:00:00Z',
    'from=2026-01-01T00:00:00Z&to=2026-11-01T00:00:00Z',
    'from=x&to=y',
  ])('%s is refused', async (query) => expect((await calendar(query)).statusCode).toBe(400));

  it('gives each occurrence of the stretch, of one customer if asked', async () => {
    const url = '/api/v1/maintenance-windows';
    await harness.api.inject({ method: 'POST', url, headers: bearer, payload: tuesdays });
    const december = 'from=2026-12-01T03:00:00Z&to=2027-01-01T03:00:00Z';
    const { items } = plannedCalendarSchema.parse((await calendar(december)).json());
    expect(items.map(({ startsAt }) => startsAt.slice(0, 10))).toEqual([
      '2026-12-01',
      '2026-12-08',
      '2026-12-15',
      '2026-12-22',
      '2026-12-29',
    ]);
    expect(items[0]).toMatchObject({ reason: tuesdays.reason, timeZone: 'America/Sao_Paulo' });
    expect((await calendar(`${december}&customer=borba`)).json()).toEqual({ items: [], truncated: false });
  });
});

describe('silences: preview', () => {
  const scope = { customer: 'aurora', site: 'matriz', link: 'vivo' };
  const ask = (body: object) =>
    harness.api.inject({ method: 'POST', url: '/api/v1/silences/preview', headers: bearer, payload: body });

  it.each([
    [{ scope: { customer: 'nobody' } }, 404, 'body.scope.customer'],
    [{ until: '2026-11-22T11:00:00Z' }, 400, 'body.until'],
    [{ until: '2027-11-22T11:00:00Z' }, 400, 'body.until'],
  ])('%j is refused as saving it would be', async (wrong, status, path) => {
    const answer = await ask({ scope, until: toIso(plus(startAt, hour)), ...wrong });
    expect(answer.statusCode).toBe(status);
    expect(answer.json().error.issues[0].path).toBe(path);
  });

  it('it is asked what the same hours of each past day would have hidden, and saves nothing', async () => {
    await past(1, plus(startAt, -2 * day + 10 * minute), 20 * minute);
    await past(2, plus(startAt, -3 * day + 50 * minute), 30 * minute);
    await past(3, plus(startAt, -4 * day + 70 * minute), 20 * minute);
    await past(4, plus(startAt, -5 * day + 10 * minute), 20 * minute, {
      link: 'claro',
      causeKey: 'link:claro',
    });
    const until = toIso(plus(startAt, hour));
    const answer = windowPreviewSchema.parse((await ask({ scope, until })).json());
    expect(answer.occurrences).toEqual([{ startsAt: toIso(startAt), endsAt: until, returnBy: null }]);
    expect(answer.hidden.map(({ incident: id, effect }) => [id, effect])).toEqual([
      ['inc-1-0', 'hidden'],
      ['inc-2-0', 'delayed'],
    ]);
    expect(answer.past).toBeGreaterThanOrEqual(limits.previewBackMs / day);
    expect(harness.plannedStore.silences()).toEqual([]);
  });

  it('one longer than a day is asked by weeks', async () => {
    const answer = windowPreviewSchema.parse(
      (await ask({ scope, until: toIso(plus(startAt, 2 * day)) })).json(),
    );
    expect(answer.past).toBeLessThan(15);
  });
});

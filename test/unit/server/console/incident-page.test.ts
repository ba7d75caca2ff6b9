// The pure half of the incident's page: the figures of the chart, what lies behind it, the history, the silence, the texts.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatsFor } from '../../../../server/console/format.ts';
import { en } from '../../../../server/console/i18n/en.ts';
import { pt } from '../../../../server/console/i18n/pt.ts';
import { byProvider, circuitList, dialOf } from '../../../../server/console/pages/incident/contacts.ts';
import { chartSpan, figuresOf, stepFor } from '../../../../server/console/pages/incident/figures.ts';
import { historyUrl, historyWithin } from '../../../../server/console/pages/incident/history.ts';
import {
  covers,
  reaches,
  shadesAt,
  shadesOf,
  stretchesFor,
} from '../../../../server/console/pages/incident/shades.ts';
import { reachesOf, silenceBody } from '../../../../server/console/pages/incident/silence.ts';
import { plainSummary, storyOf } from '../../../../server/console/pages/incident/story.ts';
import { incidentWords } from '../../../../server/console/pages/incident/words.ts';
import type { SeriesPointRow } from '../../../../shared/api/series.ts';
import { limits } from '../../../../shared/limits.ts';
import { day, hour, minute, second } from '../../../../shared/time.ts';
import { incidentDetail, incidentRow, isoAgo, siteRow } from '../../../browser/wall-rows.ts';

const now = Date.UTC(2026, 10, 22, 18, 0, 0);

function point(at: number, more: Partial<SeriesPointRow> = {}): SeriesPointRow {
  return {
    at: new Date(at).toISOString(),
    agent: 'agent-1',
    sent: 10,
    lost: 0,
    lossRatio: 0,
    rttMinMs: 8,
    rttAvgMs: 10,
    rttMaxMs: 20,
    rttP95Ms: 18,
    jitterMs: 2,
    ...more,
  };
}

const silent = { lost: 10, rttMinMs: null, rttAvgMs: null, rttMaxMs: null, rttP95Ms: null, jitterMs: null };

describe('incident page: figures', () => {
  const span = { from: now, to: now + 3 * minute };

  test('a minute that nobody measured stays as a hole, and one without answers has only its loss', () => {
    const figures = figuresOf([point(now), point(now + 2 * minute, silent)], span, minute);
    expect(figures.map(({ at }) => at)).toEqual([now, now + minute, now + 2 * minute]);
    expect(figures[0]).toMatchObject({ loss: 0, min: 8, avg: 10, max: 20, p95: 18, jitter: 2 });
    expect(figures[1]).toEqual({ at: now + minute });
    expect(figures[2]).toEqual({ at: now + 2 * minute, loss: 1 });
  });

  test('an agent that sent nothing does not make a hole good', () => {
    expect(figuresOf([point(now, { sent: 0, lost: 0 })], span, minute)[0]).toEqual({ at: now });
  });

  test('two agents become one figure: losses add up, averages weigh by answers, extremes stay', () => {
    const other = point(now, {
      agent: 'agent-2',
      sent: 30,
      lost: 10,
      rttMinMs: 5,
      rttAvgMs: 40,
      rttMaxMs: 90,
    });
    const [first] = figuresOf([point(now), other], span, minute);
    expect(first).toMatchObject({ loss: 0.25, min: 5, avg: 30, max: 90 });
  });

  test('whatever the step, exactly those in which something was sent have a loss, and never more than all', () => {
    const minutes = fc.array(
      fc.record({ sent: fc.nat(60), lostShare: fc.double({ min: 0, max: 1, noNaN: true }) }),
      {
        minLength: 1,
        maxLength: 240,
      },
    );
    fc.assert(
      fc.property(minutes, fc.constantFrom(1, 2, 5, 10, 60), (list, step) => {
        const points = list.map(({ sent, lostShare }, index) =>
          point(now + index * minute, { sent, lost: Math.floor(sent * lostShare) }),
        );
        const whole = { from: now, to: now + list.length * minute };
        const figures = figuresOf(points, whole, step * minute);
        for (const { loss } of figures) expect(loss ?? 0).toBeLessThanOrEqual(1);
        const measured = figures.filter(({ loss }) => loss !== undefined).map(({ at }) => at);
        const wanted = new Set(
          points
            .filter(({ sent }) => sent > 0)
            .map(({ at }) => Math.floor(Date.parse(at) / (step * minute)) * step * minute),
        );
        expect(measured).toEqual([...wanted]);
      }),
      { numRuns: 50 },
    );
  });

  test('the step is the smallest that fits, and the longest chart fits into its points and its table', () => {
    expect(stepFor({ from: 0, to: 100 * minute }, 120)).toBe(minute);
    expect(stepFor({ from: 0, to: 121 * minute }, 120)).toBe(2 * minute);
    const longest = { from: 0, to: limits.incidentChartMs + minute };
    for (const max of [limits.incidentChartPointsMax, limits.incidentTableRowsMax])
      expect((longest.to - longest.from) / stepFor(longest, max)).toBeLessThanOrEqual(max);
  });

  test('the chart reaches from an hour before to now, to an hour after the end, and is cut at its limit', () => {
    const detectedAt = now - 20 * minute;
    expect(chartSpan({ detectedAt, endedAt: undefined, now })).toEqual({
      from: detectedAt - hour,
      to: now + minute,
      cut: false,
    });
    expect(chartSpan({ detectedAt, endedAt: now - 10 * minute, now }).to).toBe(now + minute);
    expect(chartSpan({ detectedAt: now - 5 * hour, endedAt: now - 4 * hour, now }).to).toBe(
      now - 3 * hour + minute,
    );
    const long = chartSpan({ detectedAt: now - 30 * day, endedAt: undefined, now });
    expect(long).toMatchObject({ from: now - limits.incidentChartMs, cut: true });
  });
});

describe('incident page: shades', () => {
  const thing = { customer: 'aurora', site: 'matriz', link: 'vivo', host: null };
  const iso = (at: number): string => new Date(at).toISOString();
  const window = (scope: Partial<typeof thing>) => ({
    ...{ id: 'w', reason: 'troca', timeZone: 'America/Sao_Paulo', returnBy: null },
    startsAt: iso(now - 3 * hour),
    endsAt: iso(now - 90 * minute),
    scope: { customer: 'aurora', site: null, link: null, host: null, ...scope },
  });

  test('a plan about another link, a host, another site or another customer explains nothing here', () => {
    expect(covers({ ...thing, site: null, link: null }, thing)).toBe(true);
    expect(covers({ ...thing, link: null }, thing)).toBe(true);
    expect(covers({ ...thing, link: 'claro' }, thing)).toBe(false);
    expect(covers({ ...thing, link: null, host: 'srv-ad' }, thing)).toBe(false);
    expect(covers({ ...thing, site: 'filial', link: null }, thing)).toBe(false);
    expect(covers({ ...thing, customer: 'borba' }, thing)).toBe(false);
  });

  test('shades end with the span, a running stretch as well, and what lies outside is left out', () => {
    const span = { from: now - 2 * hour, to: now };
    const stretches = [
      { kind: 'down' as const, from: iso(now - 5 * hour), to: iso(now - 4 * hour), share: 1 },
      { kind: 'degraded' as const, from: iso(now - 40 * minute), to: iso(now - 30 * minute), share: 1 },
      { kind: 'down' as const, from: iso(now - 30 * minute), to: null, share: 1 },
    ];
    const windows = [window({}), window({ site: 'filial' })];
    const shades = shadesOf(span, { stretches, windows, thing });
    expect(shades).toEqual([
      { kind: 'window', from: span.from, to: now - 90 * minute },
      { kind: 'degraded', from: now - 40 * minute, to: now - 30 * minute },
      { kind: 'down', from: now - 30 * minute, to: now },
    ]);
    expect(shadesAt(shades, { from: now - 35 * minute, to: now - 25 * minute })).toEqual([
      'down',
      'degraded',
    ]);
    expect(shadesAt(shades, { from: now - 80 * minute, to: now - 70 * minute })).toEqual([]);
    expect(shadesAt(shades, { from: now - 90 * minute, to: now - 80 * minute })).toEqual([]);
  });

  test('an incident reaches its own link, or all links of a site that may be silent for want of them', () => {
    const row = (more: Parameters<typeof incidentRow>[1]) => incidentRow(now, more);
    expect(reaches(row({ link: 'vivo' }), 'vivo')).toBe(true);
    expect(reaches(row({ link: 'vivo' }), 'claro')).toBe(false);
    expect(reaches(row({ kind: 'host-down', link: null, host: 'srv-ad', cause: 'unknown' }), 'vivo')).toBe(
      false,
    );
    const silent = (cause: 'links' | 'provider' | 'unknown' | 'power') =>
      reaches(row({ kind: 'site-offline', link: null, cause }), 'vivo');
    expect((['links', 'provider', 'unknown', 'power'] as const).map(silent)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test('a link that the incident does not reach has its own failures and a neutral time, never the other’s failure', () => {
    const stretch = (from: number) => ({ kind: 'down' as const, from: iso(from), to: null, share: 1 });
    const own = [stretch(now - 30 * minute)];
    const ofLink = [
      { ...stretch(now - 20 * minute), incident: 'inc-9-0' },
      { ...stretch(now - 25 * minute), incident: 'inc-7-0' },
    ];
    const kinds = (link: string) =>
      stretchesFor(incidentRow(now, { id: 'inc-7-0', link: 'vivo' }), { link, own, ofLink }).map(
        ({ kind, from }) => `${kind} ${(now - Date.parse(from)) / minute}`,
      );
    expect(kinds('vivo')).toEqual(['down 30', 'down 20']);
    expect(kinds('claro')).toEqual(['down 20', 'down 25', 'incident 30']);
  });
});

describe('incident page: whom to call', () => {
  const [vivo] = incidentDetail(incidentRow(now)).contacts;
  if (vivo === undefined) throw new Error('the sample has a contact');
  const claro = { ...vivo, provider: 'claro', providerName: 'Claro', phone: null, circuit: null };

  test('a number dials without its signs, an extension is not dialled, and words are no number', () => {
    expect(dialOf('+55 (11) 4004-1234')).toBe('tel:+551140041234');
    expect(dialOf('0800 777 1234 ramal 5')).toBe('tel:08007771234');
    expect(dialOf('*8486')).toBe('tel:*8486');
    expect(dialOf('4004-1234 / 4004-5678')).toBe('tel:40041234');
    expect(dialOf('pelo portal')).toBeUndefined();
  });

  test('each provider stands once, and the list to copy has a line for each circuit', () => {
    const other = { ...vivo, circuit: 'SPO-2', siteName: 'Filial' };
    expect(
      byProvider([vivo, claro, other]).map(({ name, phone, links }) => [name, phone, links.length]),
    ).toEqual([
      ['Vivo Empresas', '+55 11 0000-0000', 2],
      ['Claro', null, 1],
    ]);
    expect(circuitList([vivo, claro, other])).toBe(
      'SPO-1: Padaria Aurora Ltda, Matriz\nSPO-2: Padaria Aurora Ltda, Filial',
    );
  });
});

describe('incident page: history', () => {
  const question = (more: Parameters<typeof incidentRow>[1]): URLSearchParams =>
    new URL(historyUrl(incidentRow(now, more), now), 'http://wall').searchParams;

  test('it asks for the narrowest thing the incident is about, from a whole day on', () => {
    const link = question({});
    expect(Object.fromEntries(link)).toEqual({
      ...{ customer: 'aurora', site: 'matriz', link: 'vivo', limit: '500' },
      since: '2026-08-24T00:00:00.000Z',
    });
    expect(question({ link: null, host: 'srv-ad' }).get('host')).toBe('srv-ad');
    expect(question({ link: null }).has('link')).toBe(false);
    const nowhere = { customer: null, site: null, link: null, kind: 'provider-outage' as const };
    expect(question(nowhere).get('kind')).toBe('provider-outage');
  });

  test('only what began within the days counts, and of a provider only its own outages', () => {
    const ago = (days: number, more: Parameters<typeof incidentRow>[1] = {}) =>
      incidentRow(now, {
        ...{ detectedAt: isoAgo(now, days * day), outageSince: null, downtimeMs: days * minute },
        ...more,
      });
    const rows = [ago(1), ago(10), ago(31)];
    const of = incidentRow(now);
    expect(historyWithin(rows, of, { days: 30, now })).toMatchObject({
      impactMs: 11 * minute,
      longestMs: 10 * minute,
      truncated: false,
    });
    expect(historyWithin(rows, of, { days: 90, now }).rows).toHaveLength(3);
    const provider = incidentRow(now, { customer: null, site: null, link: null, kind: 'provider-outage' });
    const foreign = ago(2, { provider: 'claro' });
    expect(historyWithin([ago(1), foreign], provider, { days: 30, now }).rows).toHaveLength(1);
    expect(historyWithin([], of, { days: 30, now })).toMatchObject({ rows: [], impactMs: 0, longestMs: 0 });
  });

  test('a full answer that ends within the days says that there are more', () => {
    const rows = Array.from({ length: limits.listRowsMax }, () => incidentRow(now));
    expect(historyWithin(rows, incidentRow(now), { days: 30, now }).truncated).toBe(true);
  });
});

describe('incident page: silence', () => {
  const asked = { reach: 'link', spanMs: hour, end: '', reason: ' fibra ' } as const;

  test('every mistake is named at once', () => {
    const wrong = { ...asked, reason: '  ', spanMs: 'other', end: '' } as const;
    expect(silenceBody(incidentRow(now), wrong, now)).toEqual({ ok: false, failure: ['reason', 'end'] });
  });

  test('an end in the past or too far ahead is refused, the last allowed instant is not', () => {
    const until = (at: number) =>
      silenceBody(incidentRow(now), { ...asked, spanMs: 'other', end: new Date(at).toISOString() }, now).ok;
    expect([until(now), until(now - 1), until(now + limits.silenceMsMax + 1)]).toEqual([false, false, false]);
    expect([until(now + 1), until(now + limits.silenceMsMax)]).toEqual([true, true]);
  });

  test('it reaches no further than was chosen', () => {
    const scopes = (['link', 'site', 'customer'] as const).map((reach) => {
      const body = silenceBody(incidentRow(now), { ...asked, reach }, now);
      return body.ok ? body.value : undefined;
    });
    expect(scopes[0]).toEqual({
      scope: { customer: 'aurora', site: 'matriz', link: 'vivo' },
      until: '2026-11-22T19:00:00.000Z',
      reason: 'fibra',
    });
    expect(scopes[1]?.scope).toEqual({ customer: 'aurora', site: 'matriz' });
    expect(scopes[2]?.scope).toEqual({ customer: 'aurora' });
  });

  test('an incident of no customer offers nothing to silence', () => {
    expect(reachesOf(incidentRow(now, { customer: null, site: null, link: null }))).toEqual([]);
    expect(reachesOf(incidentRow(now, { link: null, host: 'srv-ad' }))).toEqual(['host', 'site', 'customer']);
  });
});

describe('incident page: texts', () => {
  const zone = 'America/Sao_Paulo';
  const speaking = { words: incidentWords.pt, messages: pt, formats: formatsFor('pt', zone), now };
  const end = isoAgo(now, minute);
  const over = { state: 'resolved', recoveredAt: end, resolvedAt: end, outageSince: null } as const;

  test('one sentence says since when, how long, why and who, and another one when it is over', () => {
    const row = incidentRow(now);
    expect(storyOf(row, speaking)).toBe(
      'Desde 14:56:40, há 3 min 20 s; causa: operadora; onde falha: rede da operadora; ninguém assumiu ainda.',
    );
    const finished = incidentRow(now, { ...over, downtimeMs: 140 * second, acknowledgedBy: 'Ana' });
    expect(storyOf(finished, speaking)).toBe(
      'De 14:56:40 a 14:59:00; 2 min 20 s de impacto; causa: operadora; onde falha: rede da operadora; assumido por Ana.',
    );
    const english = { words: incidentWords.en, messages: en, formats: formatsFor('en', zone), now };
    expect(storyOf(row, english)).toMatch(
      /^Since 14:56:40, for 3m 20s; cause: .*; nobody has taken it yet\.$/,
    );
  });

  test('of Vigia’s own blindness no customer’s kind of cause is told', () => {
    const own = incidentRow(now, {
      kind: 'own-outage',
      cause: 'unknown',
      customer: null,
      site: null,
      link: null,
    });
    expect(storyOf(own, speaking)).not.toContain('causa');
    const told = plainSummary(own, { ...speaking, site: undefined, url: '', title: own.title });
    expect(told).not.toContain('Causa');
  });

  test('a recovery under observation is neither running nor over', () => {
    const row = incidentRow(now, { recoveredAt: end, outageSince: null, downtimeMs: 140 * second });
    expect(storyOf(row, speaking)).toMatch(
      /^Desde 14:56:40; voltou há 1 min e está em observação; 2 min 20 s/,
    );
  });

  test('the plain text tells instants in the site’s own zone and only what a customer may read', () => {
    const site = siteRow({ city: 'Manaus', state: 'AM', timeZone: 'America/Manaus' });
    const row = incidentRow(now, { ...over, downtimeMs: 140 * second });
    const url = 'https://vigia.test/#incident-page=inc-7-0';
    const text = plainSummary(row, { ...speaking, site, url, title: row.title });
    expect(text.split('\n')).toEqual([
      row.title,
      '',
      'Cliente: Padaria Aurora Ltda',
      'Unidade: Matriz (Manaus/AM)',
      'Situação: resolvido',
      'Início: 22/11/2026 13:56:40 (horário de Manaus)',
      'Fim: 22/11/2026 13:59:00 (horário de Manaus)',
      'Tempo de impacto: 2 min 20 s',
      'Causa: operadora',
      'Onde falha: rede da operadora',
      'Operadora: Vivo Empresas',
      'Prioridade: crítico',
      'Chamado: VIG-2031',
      `Detalhes: ${url}`,
    ]);
  });
});

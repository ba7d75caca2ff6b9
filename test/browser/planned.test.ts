// Planned work and reports in a real browser, on the real server: a window is previewed and saved by keyboard alone, a silence
// is made and ended, the calendar shows both months, and a month's report leads to its print page and its dossier.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verifyDossier } from '../../server/dossier-verify.ts';
import { present } from '../../shared/assert.ts';
import { minute, plus, second } from '../../shared/time.ts';
import { auroraMatriz, bearer, type Harness } from '../unit/server/shell/http/harness.ts';
import { startPlayed } from '../unit/server/shell/http/played.ts';
import { seriousViolations } from './axe.ts';
import { chromiumIsThere, launchChromium, openPage, picture } from './browser.ts';

const root = join(import.meta.dirname, '..', '..');
const dist = join(root, 'server', 'console', 'dist');
const patience = { timeout: 15 * second };

let browser: Browser;
let harness: Harness;
let folder: string;
let url: string;
let page: Page;
let complaints: string[];

async function open(hash: string, more: Parameters<typeof openPage>[1] = {}): Promise<void> {
  await page?.context().close();
  const opened = await openPage(browser, { acceptDownloads: true, ...more });
  ({ page, complaints } = opened);
  await page.goto(`${url}/sign-in?token=${harness.parts.signIn.newLink('Maria').token}`);
  await page.goto(`${url}/${hash}`);
  await page.locator('.page h2').waitFor(patience);
}

async function sees(where: Locator, text: string | RegExp): Promise<void> {
  await where.filter({ hasText: text }).first().waitFor(patience);
}

function main(): Locator {
  return page.locator('main.page');
}

/** Nothing that is laid out may reach past the right edge. */
async function cutOff(): Promise<unknown> {
  return await page.evaluate(`[...document.querySelectorAll('main.page *')].filter((part) =>
    part.getBoundingClientRect().right > innerWidth + 0.5 && part.closest('.report-scroll, .visually-hidden') === null).length`);
}

function plan(body: object) {
  const path = 'reason' in body && 'until' in body ? 'silences' : 'maintenance-windows';
  return harness.api.inject({ method: 'POST', url: `/api/v1/${path}`, headers: bearer, payload: body });
}

const site = { customer: 'aurora', site: 'matriz' };

/** One running, one each week, one once; a silence. Now is Monday 2026-11-23, 12:00 in São Paulo. */
async function somePlans(): Promise<void> {
  const bodies = [
    {
      scope: site,
      startsAt: '2026-11-23T11:30:00-03:00',
      endsAt: '2026-11-23T13:00:00-03:00',
      reason: 'troca do nobreak',
    },
    {
      scope: { ...site, link: 'vivo' },
      startsAt: '2026-11-24T02:00:00-03:00',
      endsAt: '2026-11-24T04:00:00-03:00',
      recurrence: 'FREQ=WEEKLY;BYDAY=TU,TH',
      reason: 'atualização do roteador da operadora',
    },
    {
      scope: { ...site, host: 'srv-erp' },
      startsAt: '2026-11-28T22:00:00-03:00',
      endsAt: '2026-11-29T06:00:00-03:00',
      returnBy: '2026-11-29T05:00:00-03:00',
      reason: 'migração do banco de dados',
    },
    {
      scope: { ...site, link: 'claro' },
      until: '2026-11-23T18:00:00-03:00',
      reason: 'operadora em visita técnica',
    },
  ];
  for (const body of bodies) expect((await plan(body)).statusCode).toBe(201);
}

/** The link Vivo fails inside the running window; the core is told the plans that people made. */
async function linkDownInWindow(): Promise<void> {
  const since = plus(harness.clock.now(), -5 * minute);
  const state = harness.parts.correlator.state();
  const observed = present(state.sites.get(auroraMatriz), 'the site');
  const links = observed.links.map((each): typeof each =>
    each.link === 'vivo'
      ? { ...each, status: 'down', layer: 'provider', since, confirmedAt: since, receivedAt: since }
      : each,
  );
  const windows = harness.plannedStore.windows().map(({ id, scope, reason, startsAt, endsAt }) => ({
    id,
    scope,
    reason,
    occurrences: [{ startsAt, endsAt }],
  }));
  const planned = { aurora: { windows, silences: harness.plannedStore.silences() } };
  await harness.commit([
    { kind: 'planned.adopted', planned, sites: [auroraMatriz] },
    { kind: 'site.observed', site: { ...observed, links } },
  ]);
}

describe.skipIf(!chromiumIsThere)('planned work and reports in Chromium', () => {
  beforeAll(async () => {
    execFileSync(process.execPath, [join(root, 'server', 'console', 'build.ts')], { stdio: 'inherit' });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vigia-planned-'));
    harness = await startPlayed({ keyIn: folder, settings: { consoleDirectory: dist } });
    url = await harness.api.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(async () => {
    await page.context().close();
    await harness.api.close();
    rmSync(folder, { recursive: true });
  });

  test('a window is filled in, previewed and saved by keyboard alone', async () => {
    await open('#planned');
    await sees(main(), 'Nenhuma janela por vir.');
    await page.getByRole('button', { name: 'Nova janela' }).focus();
    await page.keyboard.press('Enter');
    const customer = page.getByRole('combobox', { name: 'Cliente' }).last();
    await expect.poll(() => page.evaluate('document.activeElement.id'), patience).toBe('plan-customer');
    // A preview with nothing filled in names each field and goes to the first.
    await page.getByRole('button', { name: 'Ver prévia' }).press('Enter');
    await sees(main(), 'Há 2 campos a corrigir.');
    expect(await customer.getAttribute('aria-invalid')).toBe('true');
    await page.keyboard.type('Padaria');
    await page.getByRole('combobox', { name: 'Unidade' }).focus();
    await page.keyboard.type('Matriz');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Vivo');
    await page.getByLabel('Início').fill('2026-11-23T11:00');
    await page.getByLabel('Fim').fill('2026-11-23T13:00');
    await page.getByLabel('Frequência').focus();
    await page.keyboard.type('toda semana');
    await page.getByLabel('quarta-feira').press('Space');
    await page.getByLabel('Motivo').fill('atualização do roteador');
    await page.keyboard.press('Enter');
    const preview = page.locator('.planned-preview');
    await sees(preview, 'seg., 23/11/2026 11:00 – 13:00');
    await sees(preview, 'qua., 25/11/2026 11:00 – 13:00');
    // The second outage of that morning began and ended inside.
    await sees(preview, '1 incidente teria ficado sem chamado na hora');
    await sees(preview, /Link Vivo .*11:20.*11:41.*sem chamado.*VIG-2026-000002/s);
    await preview.scrollIntoViewIfNeeded();
    await picture(page, 'planned-form');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Salvar janela' }).press('Enter');
    await sees(main(), 'Janela salva: já vale.');
    await sees(page.getByRole('table', { name: 'Em curso' }), /Vivo.*toda semana: segunda e quarta.*Maria/s);
    expect(harness.plannedStore.windows()).toMatchObject([
      { recurrence: 'FREQ=WEEKLY;BYDAY=MO,WE', scope: { link: 'vivo' }, by: 'Maria' },
    ]);
    expect(complaints).toEqual([]);
  });

  test('a change after the preview asks for a new one, and a rule the server refuses is said at its field', async () => {
    await open('#planned');
    await page.getByRole('button', { name: 'Nova janela' }).click();
    await page.getByRole('combobox', { name: 'Cliente' }).last().selectOption({ label: 'Padaria Aurora' });
    await page.getByLabel('Motivo').fill('teste');
    await page.getByRole('button', { name: 'Ver prévia' }).click();
    await sees(page.locator('.planned-preview'), 'Uma janela única não tem passado a conferir.');
    await page.getByLabel('Motivo').fill('outro motivo');
    await page.locator('.planned-preview').waitFor({ state: 'detached', ...patience });
    await page.getByLabel('Frequência').selectOption({ label: 'outra regra (RRULE ou cron)' });
    await page.getByLabel('Regra').fill('FREQ=HOURLY');
    await page.getByRole('button', { name: 'Ver prévia' }).click();
    await sees(main(), 'O servidor não aceita esta regra');
    await page.getByLabel('Regra').fill('0 5 * * 2');
    await page.getByRole('button', { name: 'Ver prévia' }).click();
    await sees(main(), 'A hora do cron difere da hora do início.');
    expect(harness.plannedStore.windows()).toEqual([]);
  });

  test('list and calendar show what runs, comes and repeats; a window is deleted after a second question', async () => {
    await somePlans();
    await open('#planned');
    await sees(page.getByRole('table', { name: 'Em curso' }), /Matriz.*unidade inteira.*troca do nobreak/s);
    const coming = page.getByRole('table', { name: 'Por vir' });
    await sees(coming, /toda semana: terça e quinta/);
    await sees(coming, /sáb\., 28\/11\/2026 22:00 – 29\/11\/2026 06:00.*de volta até 05:00/s);
    expect(await seriousViolations(page)).toEqual([]);
    await picture(page, 'planned-list');
    await page.getByRole('link', { name: 'Calendário' }).click();
    const calendar = page.getByRole('table', { name: /novembro de 2026/ });
    await sees(calendar.getByRole('cell'), /24.*02:00–04:00.*Padaria Aurora · Matriz · Vivo/s);
    await sees(calendar.getByRole('cell'), /29.*até 06:00/s);
    expect(await seriousViolations(page)).toEqual([]);
    await picture(page, 'planned-calendar');
    await page.getByRole('link', { name: 'Mês seguinte' }).click();
    await sees(page.getByRole('table', { name: /dezembro de 2026/ }), '02:00–04:00');
    await page.getByRole('link', { name: 'Janelas', exact: true }).click();
    await page.getByRole('button', { name: /^Encerrar agora a janela de Padaria Aurora · Matriz/ }).click();
    await page.getByRole('button', { name: 'Não', exact: true }).click();
    expect(harness.plannedStore.windows()).toHaveLength(3);
    await page.getByRole('button', { name: /^Encerrar agora/ }).click();
    await page.getByRole('button', { name: 'Sim, encerrar' }).click();
    await sees(main(), 'Nenhuma janela em curso.');
    expect(harness.plannedStore.windows()).toHaveLength(2);
    expect(complaints).toEqual([]);
  });

  test('what a window hides is told by name while it does, and silences stand on the calendar', async () => {
    await somePlans();
    await linkDownInWindow();
    await open('#planned');
    const running = page.getByRole('table', { name: 'Em curso' });
    await sees(running, /1 falha\s*1 agora, sem chamado:\s*Matriz · Vivo.*link fora do ar.*há [45] min/is);
    expect(await page.getByRole('link', { name: 'Matriz · Vivo' }).getAttribute('href')).toBe(
      '#customers=aurora/matriz',
    );
    expect(await seriousViolations(page)).toEqual([]);
    await picture(page, 'planned-hidden');
    await page.getByRole('link', { name: 'Calendário' }).click();
    const calendar = page.getByRole('table', { name: /Janelas de manutenção e silêncios em novembro/ });
    await sees(calendar.getByRole('cell'), /23.*janela.*11:30–13:00.*silêncio.*12:00–18:00.*Claro/s);
    expect(await seriousViolations(page)).toEqual([]);
    await picture(page, 'planned-calendar-silence');
    await page.getByRole('link', { name: 'Silêncios' }).click();
    await sees(page.getByRole('table', { name: 'Silêncios em vigor' }), /visita técnica.*nada/s);
    await page.getByRole('button', { name: 'Novo silêncio' }).click();
    await page.getByRole('combobox', { name: 'Cliente' }).last().selectOption({ label: 'Padaria Aurora' });
    await page.getByRole('button', { name: '1 dia' }).click();
    await page.getByRole('button', { name: 'Ver prévia' }).click();
    const preview = page.locator('.planned-preview');
    await sees(
      preview,
      /Em vigor.*23\/11\/2026 12:00 – 24\/11\/2026 12:0[01].*Nestes mesmos horários, 9\d vezes/s,
    );
    await sees(preview, /2 incidentes teriam ficado sem chamado.*Link Vivo/s);
    await preview.scrollIntoViewIfNeeded();
    await picture(page, 'planned-silence-preview');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: '4 h', exact: true }).click();
    await preview.waitFor({ state: 'detached', ...patience });
    expect(complaints).toEqual([]);
  });

  test('in another time zone than the site, both clocks are told and named', async () => {
    await somePlans();
    await open('#planned', { timezoneId: 'America/Manaus' });
    const running = page.getByRole('table', { name: 'Em curso' });
    await sees(running, /seg\., 23\/11\/2026 11:30 – 13:00 em São Paulo.*10:30 – 12:00 aqui/s);
    const coming = page.getByRole('table', { name: 'Por vir' });
    await sees(coming, /de volta até 05:00 em São Paulo · 04:00 aqui/);
    await picture(page, 'planned-list-two-clocks');
    await page.getByRole('link', { name: 'Calendário' }).click();
    const calendar = page.getByRole('table', { name: /novembro de 2026/ });
    await sees(calendar.getByRole('cell'), /24.*02:00–04:00 em São Paulo.*01:00–03:00 aqui/s);
    expect(await seriousViolations(page)).toEqual([]);
    await picture(page, 'planned-calendar-two-clocks');
    await page.getByRole('link', { name: 'Silêncios' }).click();
    const silences = page.getByRole('table', { name: 'Silêncios em vigor' });
    await sees(silences, /23\/11\/2026 18:00 em São Paulo.*17:00 aqui/s);
    await picture(page, 'planned-silences-two-clocks');
    expect(complaints).toEqual([]);
  });

  test('a silence asked for by address is made, shown with its end and author, and ended', async () => {
    await somePlans();
    await open('#planned=silences/aurora/matriz/host/srv-ad');
    expect(await page.getByLabel('Link ou equipamento').inputValue()).toBe('host/srv-ad');
    await page.getByRole('button', { name: '4 h', exact: true }).click();
    await page.getByLabel('Motivo').fill('disco encomendado');
    await picture(page, 'planned-silence-form');
    await page.getByRole('button', { name: 'Salvar silêncio' }).click();
    await sees(main(), 'Silêncio salvo: já vale.');
    const table = page.getByRole('table', { name: 'Silêncios em vigor' });
    await sees(
      table.getByRole('row'),
      /SRV-AD.*23\/11\/2026 16:0[01].*faltam (4 h|3 h 59 min).*disco encomendado.*Maria/s,
    );
    await picture(page, 'planned-silences');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: /^Encerrar o silêncio de .*SRV-AD/ }).click();
    await page.getByRole('button', { name: 'Sim, encerrar' }).click();
    await table.getByText('disco encomendado').waitFor({ state: 'detached', ...patience });
    expect(harness.plannedStore.silences()).toHaveLength(1);
  });

  test("a month's report shows figures and outages, prints, and gives a dossier that verifies", async () => {
    await somePlans();
    await open('#reports=aurora/2026-11');
    await sees(main(), 'Padaria Aurora, novembro de 2026');
    await sees(
      page.getByRole('table', { name: 'Ocorrências' }),
      /Link Vivo.*VIG-2026-000001.*normalizou antes do atendimento/s,
    );
    // What lay inside the window that runs counts as planned.
    await sees(page.getByRole('table', { name: 'Links de internet' }), /Vivo.*66,348%.*29 min 57 s/s);
    expect(await seriousViolations(page)).toEqual([]);
    await picture(page, 'reports-month');
    const file = join(folder, 'dossie.json');
    const download = page.waitForEvent('download', patience);
    await page
      .getByRole('link', { name: /^Arquivo do dossiê/ })
      .first()
      .click();
    await (await download).saveAs(file);
    expect(verifyDossier({ file, fingerprint: undefined }).exitCode).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('VIG-2026-000001');
    const printed = page.waitForEvent('popup', patience);
    await page.getByRole('link', { name: /^Imprimir/ }).click();
    const sheet = await printed;
    await sheet.getByRole('heading', { name: 'Relatório de disponibilidade' }).waitFor(patience);
    await sheet.emulateMedia({ media: 'print' });
    await sheet.setViewportSize({ width: 703, height: 994 });
    expect(await sheet.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await picture(sheet, 'reports-print');
    await page.getByRole('link', { name: 'Mês anterior' }).click();
    await sees(main(), 'Padaria Aurora, outubro de 2026');
    await sees(main(), 'Nenhuma ocorrência no mês.');
    expect(complaints).toEqual([]);
  });

  test.each([
    { name: 'phone', viewport: { width: 360, height: 780 }, colorScheme: 'dark' },
    { name: '4k', viewport: { width: 3840, height: 2160 }, colorScheme: 'light' },
  ] as const)('everything fits a $name', async ({ name, ...more }) => {
    await somePlans();
    await linkDownInWindow();
    await open('#planned', more);
    await sees(main(), 'agora, sem chamado');
    expect(await cutOff()).toBe(0);
    await picture(page, `planned-list-${name}`);
    await page.getByRole('button', { name: 'Nova janela' }).click();
    expect(await cutOff()).toBe(0);
    await picture(page, `planned-form-${name}`);
    await page.getByRole('button', { name: 'Cancelar' }).click();
    await page.getByRole('link', { name: 'Calendário' }).click();
    await sees(main(), '02:00–04:00');
    expect(await cutOff()).toBe(0);
    await picture(page, `planned-calendar-${name}`);
    await page.getByRole('link', { name: 'Silêncios' }).click();
    await sees(main(), 'visita técnica');
    await page.getByRole('button', { name: 'Novo silêncio' }).click();
    await page.getByRole('combobox', { name: 'Cliente' }).last().selectOption({ label: 'Padaria Aurora' });
    await page.getByRole('button', { name: 'Ver prévia' }).click();
    await page.locator('.planned-preview').scrollIntoViewIfNeeded();
    expect(await cutOff()).toBe(0);
    await picture(page, `planned-silence-preview-${name}`);
    await page.goto(`${url}/#reports=aurora`);
    await sees(main(), 'Padaria Aurora, novembro de 2026');
    expect(await cutOff()).toBe(0);
    expect(await seriousViolations(page)).toEqual([]);
    await picture(page, `reports-${name}`);
  });
});

// One incident's page on the server's own HTTP side, in a real Chromium: the story and its reasons, the link's chart and its
// table, the history, and what a person does from there, by keyboard alone.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Incident } from '../../server/core/incident.ts';
import { agentId, customerKey, effectKey, incidentId } from '../../shared/ids.ts';
import { day, hour, type Instant, instant, minute, plus, second } from '../../shared/time.ts';
import { incident, openEffect } from '../unit/server/core/view/samples.ts';
import {
  auroraMatriz,
  bearer,
  type Harness,
  importInventory,
  inventoryYaml,
  startHarness,
  virtualClock,
} from '../unit/server/shell/http/harness.ts';
import { seriousViolations } from './axe.ts';
import { chromiumIsThere, launchChromium, openPage, picture, type WatchedPage } from './browser.ts';
import { rightPassword } from './fake-people.ts';

const root = join(import.meta.dirname, '..', '..');
const dist = join(root, 'server', 'console', 'dist');
const patience = { timeout: 20 * second };
const outageMs = 20 * minute;

let browser: Browser;
let harness: Harness;
let watched: WatchedPage;
let page: Page;
let url: string;
let now: Instant;

const article = (): Locator => page.getByRole('article');

async function sees(where: Locator, text: string | RegExp): Promise<void> {
  await where.filter({ hasText: text }).first().waitFor(patience);
}

/** Two hours of minutes up to now, the last twenty without an answer. */
function measure(): void {
  const items = Array.from({ length: 120 }, (_, index) => {
    const at = plus(now, (index - 119) * minute);
    const down = at >= now - outageMs;
    const wave = Math.sin(index / 7);
    const answers = {
      rttMinMs: 9 + wave,
      rttAvgMs: 14 + 3 * wave,
      rttMaxMs: 32 + 9 * wave + (index % 17 === 0 ? 40 : 0),
      rttP95Ms: 24 + 5 * wave,
      jitterMs: 2 + wave,
    };
    const lost = down ? 12 : index % 29 === 0 ? 1 : 0;
    return { seq: index + 1, at, link: 'vivo', sent: 12, lost, ...(down ? {} : answers) };
  });
  harness.series.save({ agent: agentId('agent-1'), site: auroraMatriz, epoch: 1, items });
}

function burning(fields: Partial<Incident> = {}): Incident {
  const began = plus(now, -outageMs);
  return incident({
    cause: 'provider',
    layer: 'provider',
    detectedAt: began,
    confirmedAt: plus(began, 9 * second),
    openedAt: plus(began, 9 * second),
    outageSince: began,
    verdict: {
      kind: 'link-down',
      confidence: 'confirmed',
      witnesses: [
        { source: 'link-verdict', who: 'vivo', says: 'link-down', since: began },
        { source: 'outside-in', who: 'vivo', says: 'address-silent', since: plus(began, 4 * second) },
      ],
      refused: [
        { kind: 'site-offline', because: 'agent-is-alive' },
        { kind: 'own-outage', because: 'own-anchors-answer' },
      ],
    },
    timeline: [
      { at: began, kind: 'first-evidence' },
      { at: plus(began, 9 * second), kind: 'confirmed' },
      { at: plus(began, 9 * second), kind: 'opened' },
      { at: plus(began, 3 * minute), kind: 'noted', by: 'Carla', text: 'Operadora avisada, protocolo 88231' },
    ],
    ticket: {
      state: 'registered',
      effect: effectKey('inc-7-0:open'),
      desk: 'local',
      protocol: 'VIG-2031',
      registeredAt: plus(began, 10 * second),
    },
    ...fields,
  });
}

/** Over since: one such outage some days ago. */
function past(index: number, daysAgo: number, fields: Partial<Incident> = {}): Incident {
  const began = plus(now, -daysAgo * day);
  const ended = plus(began, (index + 1) * 7 * minute);
  return incident({
    id: incidentId(100 + index, 0),
    cause: index % 2 === 0 ? 'provider' : 'power',
    state: 'closed',
    detectedAt: began,
    confirmedAt: plus(began, 8 * second),
    openedAt: plus(began, 8 * second),
    recoveredAt: ended,
    resolvedAt: ended,
    closedAt: plus(ended, hour),
    outageSince: undefined,
    downtimeMs: ended - began,
    ticket: {
      state: 'registered',
      effect: effectKey(`old-${index}`),
      desk: 'local',
      protocol: `VIG-19${index}`,
      registeredAt: began,
    },
    ...fields,
  });
}

async function standing(incidents: readonly Incident[]): Promise<void> {
  await harness.commit(
    incidents.map((each) => ({ kind: 'incident.opened', incident: each })),
    incidents.filter(({ state }) => state === 'open').map(openEffect),
  );
}

async function open(id: string, more: Parameters<typeof openPage>[1] = {}): Promise<void> {
  watched = await openPage(browser, more);
  page = watched.page;
  await page.goto(`${url}/sign-in?token=${harness.parts.signIn.newLink('Maria').token}`);
  await page.getByRole('navigation', { name: 'Páginas' }).waitFor(patience);
  await page.goto(`${url}/#incident-page=${id}`);
}

describe.skipIf(!chromiumIsThere)('incident page in Chromium', () => {
  beforeAll(async () => {
    execFileSync(process.execPath, [join(root, 'server', 'console', 'build.ts')], { stdio: 'inherit' });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    now = instant(Math.floor(Date.now() / minute) * minute);
    harness = await startHarness({ clock: virtualClock(now), settings: { consoleDirectory: dist } });
    await importInventory(harness);
    measure();
    url = await harness.api.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(async () => {
    await page.context().close();
    await harness.api.close();
  });

  test('it tells what happened, why, on which measurements and how often before', async () => {
    await harness.planned.addWindow({
      id: 'window-1',
      scope: { customer: customerKey('aurora'), site: 'matriz' },
      startsAt: plus(now, -65 * minute),
      endsAt: plus(now, -40 * minute),
      recurrence: 'FREQ=DAILY',
      reason: 'troca de roteador',
      by: 'Carla',
      createdAt: now,
    });
    const elsewhere = past(7, 3, { link: 'claro', causeKey: 'link:claro' });
    await standing([burning(), past(1, 4), past(2, 20), past(3, 60), elsewhere]);
    await open('inc-7-0', { permissions: ['clipboard-read', 'clipboard-write'] });
    await sees(article(), 'Link Vivo Empresas (principal) fora do ar — Padaria Aurora, Matriz');
    await sees(article(), /Desde .*, há 20 min.*; causa: operadora; onde falha: rede da operadora; ninguém/);
    await sees(article().locator('.incident-rail'), /VIG-2031.*abertura/s);
    await sees(article(), 'Hipóteses descartadas');
    await sees(article().getByRole('row'), /\+3 min.*protocolo 88231.*Carla/);
    await sees(article().getByRole('row'), /agora\+20 min.*A falha continua/);

    const plots = article().getByRole('img');
    await plots.waitFor(patience);
    expect(await plots.getAttribute('aria-label')).toMatch(
      /Vivo Empresas.*Maior perda: 100%\. RTT médio: 1\d/,
    );
    expect(await plots.getAttribute('data-shades')).toBe('window down');
    expect(await article().locator('canvas').count()).toBe(3);
    await article().getByText('Ver as medições em tabela').press('Enter');
    await sees(article().getByRole('row'), /100%.*–.*falha/);
    await sees(article().getByRole('row'), /ms.*manutenção programada/);
    expect(await article().locator('.figures tbody tr').count()).toBeGreaterThanOrEqual(80);

    const history = article().locator('.history tbody tr');
    await expect.poll(() => history.count(), patience).toBe(3);
    await article().getByLabel('90 dias').check();
    await expect.poll(() => history.count(), patience).toBe(4);
    await sees(history, /VIG-193/);
    await sees(article().locator('.totals'), /1 h 23 min/);

    await article().getByRole('button', { name: 'Copiar resumo' }).click();
    await sees(article(), 'Resumo copiado');
    const copied = String(await page.evaluate('navigator.clipboard.readText()'));
    expect(copied).toMatch(
      /^Link Vivo Empresas.*\n\nCliente: Padaria Aurora\nUnidade: Matriz \(São Paulo\/SP\)/,
    );
    expect(copied).toContain('Situação: em curso (aberto)');
    expect(copied).not.toContain('88231');
    expect(await seriousViolations(page)).toEqual([]);
    expect(watched.complaints).toEqual([]);
    await pictures();
  });

  async function pictures(): Promise<void> {
    if (process.env.VIGIA_SCREENSHOTS === undefined) return;
    await article().getByText('Ver as medições em tabela').press('Enter');
    await page.setViewportSize({ width: 1440, height: 2100 });
    await page.mouse.move(900, 900);
    await picture(page, 'incident-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await picture(page, 'incident-light');
    await page.setViewportSize({ width: 360, height: 1300 });
    await picture(page, 'incident-phone');
    for (const heading of ['Diagnóstico', 'Linha do tempo']) {
      await article()
        .getByRole('heading', { name: heading })
        .evaluate((element: { scrollIntoView(): void }) => element.scrollIntoView());
      await picture(page, `incident-phone-${heading.slice(0, 5).toLowerCase()}`);
    }
    await page.setViewportSize({ width: 3840, height: 2160 });
    await picture(page, 'incident-4k');
  }

  test('by keyboard alone: silence with a reason, end it, take the incident, and see it live', async () => {
    await standing([burning()]);
    await open('inc-7-0', { colorScheme: 'light' });
    await sees(article(), 'ninguém assumiu ainda');
    await page.keyboard.press('s');
    await sees(article(), 'o chamado espera o fim do silêncio');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await sees(article(), 'Escreva o motivo.');
    const reason = page.locator(':focus');
    expect(await reason.getAttribute('aria-describedby')).toContain('silence-reason-problem');
    await page.keyboard.type('vivo trocando fibra, a s t r c');
    expect(await seriousViolations(page)).toEqual([]);
    await picture(page, 'incident-silence');
    await page.keyboard.press('Enter');
    await sees(article(), 'Silenciado até');
    expect(harness.planned.silences()).toMatchObject([
      {
        scope: { customer: 'aurora', site: 'matriz', link: 'vivo' },
        by: 'Maria',
        reason: 'vivo trocando fibra, a s t r c',
      },
    ]);
    await sees(article().locator('.in-force'), /Silêncio em vigor até .*, por Maria/);
    await picture(page, 'incident-silenced');
    await article().getByRole('button', { name: 'Encerrar silêncio' }).focus();
    await page.keyboard.press('Enter');
    await sees(article(), 'Silêncio encerrado.');
    expect(harness.planned.silences().filter(({ until }) => until > harness.clock.now())).toEqual([]);

    await page.keyboard.press('a');
    await expect.poll(() => harness.inputs.at(-1)?.kind, patience).toBe('incident.acknowledged');
    harness.clock.advance(second);
    await sees(article().locator('.incident-story'), 'assumido por Maria');
    await page.keyboard.press('c');
    await page.keyboard.type('técnico a caminho');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await sees(article(), 'Comentário salvo.');
    harness.clock.advance(second);
    await sees(article().getByRole('row'), /técnico a caminho.*Maria/);
    expect(watched.complaints).toEqual([]);
  });

  test('by keyboard alone: the clock is paused with a reason, stands still, and runs again', async () => {
    await standing([burning()]);
    await open('inc-7-0');
    await sees(article(), 'ninguém assumiu ainda');
    await page.keyboard.press('p');
    await sees(article(), 'se piorar, o prazo volta a correr');
    await page.keyboard.press('Enter');
    await sees(article(), 'Escreva o motivo.');
    await page.keyboard.type('o cliente só abre a loja depois do almoço');
    expect(await seriousViolations(page)).toEqual([]);
    await picture(page, 'incident-pause');
    await page.keyboard.press('Enter');
    const paused = { by: 'Maria', text: 'o cliente só abre a loja depois do almoço' };
    await expect
      .poll(() => harness.inputs.at(-1), patience)
      .toMatchObject({ kind: 'incident.paused', ...paused });
    harness.clock.advance(second);
    await sees(article().locator('.in-force'), /Prazo em pausa até .*, por Maria: o cliente só abre/);
    await sees(article().locator('.sla'), /pausado · contou 20 min/);
    await picture(page, 'incident-paused');
    await article().getByRole('button', { name: 'Retomar prazo' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => harness.inputs.at(-1)?.kind, patience).toBe('incident.resumed');
    harness.clock.advance(second);
    await sees(article(), 'Prazo retomado.');
    await sees(article().locator('.sla'), 'atender já');
    expect(watched.complaints).toEqual([]);
  });

  test('for a server it shows the links of its site and lets one choose whose measurements', async () => {
    const host = { kind: 'host-down', causeKey: 'host:srv-erp', link: undefined, host: 'srv-erp' } as const;
    await standing([burning({ ...host, layer: undefined, cause: 'power', severity: 'outage' })]);
    await open('inc-7-0');
    await sees(article().locator('.site-links'), /Vivo Empresas.*Claro/s);
    await sees(article(), 'Histórico deste servidor');
    await sees(article(), 'Nenhum outro incidente nos últimos 30 dias.');
    await sees(article().getByRole('heading'), 'Medições do link Vivo Empresas');
    await article().getByLabel('Link', { exact: true }).selectOption('claro');
    await sees(article(), 'Nenhuma medição deste link neste período.');
    await picture(page, 'incident-host');
    expect(await seriousViolations(page)).toEqual([]);
  });

  const circuitsYaml = inventoryYaml
    .replace('198.51.100.10 }', '198.51.100.10, circuit: SPO-1 }')
    .concat(`  - key: horizonte
    name: Colégio Horizonte
    cnpj: 11.444.777/0001-61
    plan: PREMIUM
    sites:
      - key: centro
        name: Centro
        city: Campinas
        state: SP
        links:
          - { key: vivo, provider: vivo, role: primary, publicAddress: 198.51.100.20, circuit: CPS-7 }
        hosts: []
`);

  /** Of the provider, and Vigia's own: nobody's site alone. */
  function shared(): readonly Incident[] {
    const { site: _site, link: _link, ...plain } = burning({ id: incidentId(30, 0), ticket: undefined });
    const since = plain.detectedAt;
    const outage: Incident = {
      ...{ ...plain, kind: 'provider-outage', causeKey: 'provider:vivo', provider: 'vivo' },
      symptoms: ['aurora/matriz/link:vivo', 'horizonte/centro/link:vivo'],
      verdict: {
        ...{ kind: 'provider-outage', confidence: 'confirmed', refused: [] },
        witnesses: [{ source: 'link-verdict', who: 'vivo', says: 'customers-lost-together', since }],
      },
    };
    const own: Incident = {
      ...{ ...plain, id: incidentId(31, 0), kind: 'own-outage', cause: 'unknown', causeKey: 'own' },
      layer: undefined,
      verdict: {
        ...{ kind: 'own-outage', confidence: 'confirmed', refused: [] },
        witnesses: [{ source: 'own-anchors', who: 'vigia', says: 'anchors-lost', since }],
      },
    };
    return [outage, own];
  }

  test('whom to call and which circuit to name stand on the page and in the panel', async () => {
    await importInventory(harness, circuitsYaml);
    await standing([burning(), ...shared()]);
    await open('inc-7-0', { permissions: ['clipboard-read', 'clipboard-write'] });
    const contacts = article().locator('.contacts');
    await sees(contacts, /Vivo Empresas.*suporte \+55 11 0000-0000.*circuito SPO-1.*IP 198\.51\.100\.10/s);
    const phone = contacts.getByRole('link', { name: '+55 11 0000-0000' });
    expect(await phone.getAttribute('href')).toBe('tel:+551100000000');
    await contacts.getByRole('button', { name: 'Copiar circuito SPO-1' }).press('Enter');
    await sees(contacts, 'Copiado.');
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('SPO-1');

    await page.goto(`${url}/#incident-page=inc-30-0`);
    await sees(contacts, /Colégio Horizonte, Centro.*CPS-7.*Padaria Aurora, Matriz.*SPO-1/s);
    await contacts.getByRole('button', { name: 'Copiar os 2 circuitos' }).click();
    await sees(contacts, 'Copiado.');
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      'CPS-7: Colégio Horizonte, Centro\nSPO-1: Padaria Aurora, Matriz',
    );
    await sees(article(), /caíram.*\(Brasília\)/s);
    expect(await seriousViolations(page)).toEqual([]);
    await everyWay('incident-provider');

    await page.goto(`${url}/#incident=inc-7-0`);
    const panel = page.getByRole('dialog');
    await sees(panel.locator('.contacts'), /Vivo Empresas.*SPO-1/s);
    expect(await seriousViolations(page)).toEqual([]);
    await everyWay('panel-contacts');
    await page.goto(`${url}/#incident-page=inc-31-0`);
    await sees(article(), /perdeu o acesso à internet.*\(Brasília\)/s);
    for (const text of [/causa:/, 'ninguém a chamar', 'Escalonamento'])
      expect(await article().getByText(text).count()).toBe(0);
    await picture(page, 'incident-own');
    expect(watched.complaints).toEqual([]);
  });

  async function everyWay(name: string): Promise<void> {
    if (process.env.VIGIA_SCREENSHOTS === undefined) return;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 1440, height: 1300 });
      await picture(page, `${name}-${colorScheme}`);
      await page.setViewportSize({ width: 360, height: 1800 });
      await picture(page, `${name}-phone-${colorScheme}`);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  }

  test('another link shows its own failures and a neutral time, and a failure without measurements is drawn', async () => {
    const claro = past(5, 0.02, {
      ...{ link: 'claro', causeKey: 'link:claro', detectedAt: plus(now, -40 * minute) },
      ...{ recoveredAt: plus(now, -30 * minute), resolvedAt: plus(now, -30 * minute) },
      ...{ state: 'closed', closedAt: plus(now, -10 * minute), downtimeMs: 10 * minute },
      timeline: [
        { at: plus(now, -40 * minute), kind: 'first-evidence' },
        { at: plus(now, -30 * minute), kind: 'recovering' },
      ],
    });
    const items = Array.from({ length: 60 }, (_, index) => ({
      ...{ seq: index + 1, at: plus(now, (index - 85) * minute), link: 'claro', sent: 12, lost: 0 },
      ...{ rttMinMs: 8, rttAvgMs: 12, rttMaxMs: 30, rttP95Ms: 20, jitterMs: 2 },
    }));
    harness.series.save({ agent: agentId('agent-2'), site: auroraMatriz, epoch: 1, items });
    await standing([burning(), claro]);
    await open('inc-7-0');
    const plots = article().getByRole('img');
    await plots.waitFor(patience);
    await expect.poll(() => plots.getAttribute('data-shades'), patience).toBe('down');
    await article().getByLabel('Link', { exact: true }).selectOption('claro');
    await expect.poll(() => plots.getAttribute('data-shades'), patience).toBe('down incident');
    await sees(article().locator('.chart-legend'), /falha.*duração do incidente/s);
    await article().getByText('Ver as medições em tabela').press('Enter');
    const state = article().locator('.figures tbody tr .state');
    await expect.poll(() => state.count(), patience).toBeGreaterThan(60);
    const told = await state.allTextContents();
    // Ten minutes down; nobody measured in the twenty of the incident, nor in the minute that begins.
    expect(told.filter((text) => text === 'falha')).toHaveLength(10);
    expect(told.slice(-21)).toEqual(Array.from({ length: 21 }, () => 'duração do incidente'));
    expect(await seriousViolations(page)).toEqual([]);
    await article().getByText('Ver as medições em tabela').press('Enter');
    await everyWay('incident-other-link');
    await page.setViewportSize({ width: 360, height: 1000 });
    await article()
      .locator('.chart')
      .evaluate((element: { scrollIntoView(): void }) => element.scrollIntoView());
    await picture(page, 'incident-other-link-phone-chart');
    expect(watched.complaints).toEqual([]);
  });

  test('who may see some customers only is offered nothing on what many share', async () => {
    await importInventory(harness, circuitsYaml);
    await standing([burning(), ...shared()]);
    const made = await harness.api.inject({
      ...{ method: 'POST', url: '/api/v1/users', headers: bearer },
      payload: {
        ...{ name: 'Sônia Reis', login: 'sonia', password: rightPassword },
        ...{ role: 'operator', customers: ['aurora'] },
      },
    });
    expect(made.statusCode).toBeLessThan(300);
    watched = await openPage(browser);
    page = watched.page;
    await page.goto(url);
    await page.getByLabel('Usuário').fill('sonia');
    await page.getByLabel('Senha', { exact: true }).fill(rightPassword);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sua conta: Sônia Reis' }).waitFor(patience);
    await page.goto(`${url}/#incident-page=inc-7-0`);
    await article()
      .getByRole('button', { name: /Assumir/ })
      .waitFor(patience);
    for (const id of ['inc-30-0', 'inc-31-0']) {
      await page.goto(`${url}/#incident-page=${id}`);
      await sees(article().getByRole('heading'), 'Linha do tempo');
      expect(await article().locator('.doing, .actions').count()).toBe(0);
      await page.goto(`${url}/#incident=${id}`);
      await sees(page.getByRole('dialog').getByRole('heading'), 'Linha do tempo');
      expect(await page.locator('.actions').count()).toBe(0);
      const inputs = harness.inputs.length;
      await page.keyboard.press('a');
      expect(harness.inputs.length).toBe(inputs);
    }
    await page.goto(`${url}/#incident-page=inc-30-0`);
    await sees(article().locator('.contacts'), 'SPO-1');
    expect(await article().textContent()).not.toMatch(/Horizonte|CPS-7/);
    await picture(page, 'incident-shared-scoped');
  });

  test('an outage that is over ends its chart and its story; an unknown incident is told', async () => {
    const over = past(1, 5);
    await standing([over]);
    await open(over.id);
    await sees(article(), /De .* a .*; 14 min de impacto; causa: falta de energia\./);
    expect(await article().getByText('A falha continua.').count()).toBe(0);
    await sees(article(), 'Nenhuma medição deste link neste período.');
    await page.goto(`${url}/#incident-page=inc-404-0`);
    await sees(article(), 'Incidente inc-404-0');
    await sees(article().getByRole('alert'), 'não conhece mais este registro');
    await page.goto(`${url}/#incident-page`);
    await sees(page.getByRole('main'), 'Nenhum incidente escolhido.');
  });
});

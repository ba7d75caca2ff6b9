// The providers and agents pages in a real Chromium: what fails where, the map beside its table, the ranking; what is wrong
// with which agent, and revoking one; by keyboard, for axe, in English, on a phone.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { agentId } from '../../shared/ids.ts';
import { day, instant, plus, second } from '../../shared/time.ts';
import {
  agentRecord,
  auroraMatriz,
  importInventory,
  startHarness,
  virtualClock,
} from '../unit/server/shell/http/harness.ts';
import { agentItem } from './agent-items.ts';
import { seriousViolations } from './axe.ts';
import { chromiumIsThere, launchChromium, openPage, picture, type WatchedPage } from './browser.ts';
import { FakeWallServer } from './fake-wall-server.ts';
import { agentItems, agentsWall, nationalWall, providersAnswer } from './national-fleet.ts';
import { linkRow, siteRow, snapshot } from './wall-rows.ts';

const root = join(import.meta.dirname, '..', '..');
const dist = join(root, 'server', 'console', 'dist');
const patience = 15 * second;

let browser: Browser;
let server: FakeWallServer;
let watched: WatchedPage;
let page: Page;

const section = (name: string | RegExp): Locator => page.getByRole('region', { name }).first();
const row = (name: string): Locator => page.locator('tbody tr').filter({ hasText: name });

async function sees(where: Locator, text: string | RegExp): Promise<void> {
  await where.filter({ hasText: text }).first().waitFor({ timeout: patience });
}

async function replacePage(more: Parameters<typeof openPage>[1]): Promise<void> {
  await page.context().close();
  watched = await openPage(browser, more);
  page = watched.page;
}

/** Parts that stick out of the window at the right, but those inside a frame that scrolls. */
const cutOff = `[...document.querySelectorAll('.page *')].filter((part) =>
  part.getBoundingClientRect().right > innerWidth + 0.5 && part.closest('.data-frame') === null &&
  part.closest('.visually-hidden') === null).map((part) => part.outerHTML.slice(0, 120))`;

/** States of which less than 24 by 24 pixels can be pressed, or that do not answer at the edges of those. */
const hardToHit = `[...document.querySelectorAll('.brazil-state')].filter((state) => {
  const { left, top, width, height } = state.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  return width < 24 || height < 24 || [-11, 0, 11].some((east) => [-11, 0, 11].some((south) =>
    document.elementFromPoint(x + east, y + south)?.closest('.brazil-state') !== state));
}).map((state) => state.dataset.state)`;

async function middleOf(state: string): Promise<[number, number]> {
  const link = page.locator(`[data-state="${state}"]`);
  await link.scrollIntoViewIfNeeded();
  const { x = 0, y = 0, width = 0, height = 0 } = (await link.boundingBox()) ?? {};
  return [x + width / 2, y + height / 2];
}

describe.skipIf(!chromiumIsThere)('providers and agents in Chromium', () => {
  beforeAll(async () => {
    execFileSync(process.execPath, [join(root, 'server', 'console', 'build.ts')], { stdio: 'inherit' });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    server = new FakeWallServer({ dist, snapshot: () => nationalWall(Date.now()) });
    server.answers.set('/api/v1/providers', providersAnswer(Date.now(), 30));
    server.answers.set('/api/v1/agents', { at: new Date().toISOString(), items: agentItems(Date.now()) });
    await server.start();
    watched = await openPage(browser);
    page = watched.page;
  });
  afterEach(async () => {
    await page.context().close();
    await server.stop();
  });

  const openAt = (hash: string): Promise<unknown> => page.goto(`${server.url}/${hash}`);

  describe('providers', () => {
    test('says who fails where, which outage is regional and whom it hits, and how each did', async () => {
      await openAt('#providers');
      const failing = page.locator('.failing-provider');
      await sees(failing.first(), /Claro.*8 de 32 links fora/s);
      await sees(failing.filter({ hasText: 'Algar' }), /4 de 32.*queda regional em curso.*Curitiba\/PR/s);
      const regional = section('Quedas regionais em curso');
      await sees(regional, /Queda da Algar Telecom em Curitiba e Londrina.*chamado VIG-2031/s);
      await regional.getByText('4 unidades atingidas').click();
      expect(await regional.getByRole('link').count()).toBe(5);
      await sees(row('Paraná'), /Curitiba \(\d\), Londrina \(\d\)/);
      expect(await page.getByRole('group', { name: /links fora em \d+ estados/ }).count()).toBe(1);
      await sees(row('Ligga'), /99,995%\s*3\s*22 min/);
      expect(await seriousViolations(page)).toEqual([]);
      await picture(page, 'providers');
      await page.evaluate('document.querySelector("#where-heading").scrollIntoView()');
      await picture(page, 'providers-map');
      expect(watched.complaints).toEqual([]);
    });

    test('the map shows who fails in the state under the pointer; a click keeps it, and leads on to the incident', async () => {
      await openAt('#providers');
      const panel = page.locator('.state-panel');
      // Before anybody asks: the worst hit.
      await sees(panel, /Paraná · o mais atingido.*6 de 8 links fora/s);
      const outage = /Queda da Algar Telecom em Curitiba e Londrina.*há .* · aqui em Curitiba, Londrina/s;
      await sees(panel.locator('.state-outage'), outage);
      await sees(
        panel,
        /Algar Telecom 4 links fora em 4 unidades · há 4 min · Curitiba \(2\), Londrina \(2\)/,
      );
      expect(await page.locator('.above .outage-sign').count()).toBe(1);
      await page.mouse.move(...(await middleOf('AM')));
      await sees(panel, /^Amazonas2 de 4 links fora/);
      await sees(panel, /Ligga 2 links fora em 2 unidades.*Manaus \(2\)/s);
      // Beside the letters it is the land itself that answers.
      const [x, y] = await middleOf('BA');
      await page.mouse.click(x + 34, y);
      await sees(panel, /^BahiaTodos os estadosNenhum link fora aqui agora/);
      expect(new URL(page.url()).hash).toBe('#providers=/BA');
      await page.mouse.click(...(await middleOf('PR')));
      await sees(page.locator('.chosen-row'), /Paraná\s*queda regional em curso/);
      await page.mouse.move(2, 2);
      await sees(panel, outage);
      expect(await seriousViolations(page)).toEqual([]);
      await page.evaluate('document.querySelector("#where-heading").scrollIntoView()');
      await picture(page, 'providers-map-chosen');
      expect(watched.complaints).toEqual([]);
      await panel.getByRole('link', { name: /Queda da Algar/ }).click();
      expect(new URL(page.url()).hash).toBe('#incident=inc-40-0');
    });

    test('the map is one stop of the keyboard: arrows walk it, Enter chooses and lets go', async () => {
      await openAt('#providers');
      await page.getByRole('combobox', { name: 'Operadora' }).focus();
      await page.keyboard.press('Tab');
      const at = page.locator('.brazil-state:focus');
      const nameOfFocus = () => at.getAttribute('aria-label');
      expect(await nameOfFocus()).toBe('Paraná: 6 de 8 links fora, queda regional em curso');
      await page.keyboard.press('ArrowDown');
      expect(await nameOfFocus()).toMatch(/^Rio Grande do Sul: 0 de/);
      await page.keyboard.press('ArrowRight');
      expect(await nameOfFocus()).toMatch(/^Santa Catarina: /);
      await sees(page.locator('.state-panel'), 'Santa Catarina');
      await page.keyboard.press('Enter');
      await page.locator('.brazil-state[aria-current="true"]').waitFor({ timeout: patience });
      expect(new URL(page.url()).hash).toBe('#providers=/SC');
      expect(await nameOfFocus()).toMatch(/^Santa Catarina: /);
      expect(await page.getByRole('row', { name: /Santa Catarina/ }).getAttribute('class')).toBe(
        'chosen-row',
      );
      await page.keyboard.press('Enter');
      await expect.poll(() => new URL(page.url()).hash).toBe('#providers');
      // The next stop is behind the map, not its next state.
      await page.keyboard.press('Tab');
      expect(await page.locator('.brazil-state:focus').count()).toBe(0);
      // The table serves as well.
      await page.getByRole('link', { name: 'Ver quem falha: Amazonas' }).focus();
      await page.keyboard.press('Enter');
      await sees(page.locator('.state-panel'), 'Amazonas');
      await page.getByRole('combobox', { name: 'Operadora' }).focus();
      await page.keyboard.type('ligga');
      await sees(page.getByRole('heading', { name: 'Onde: Ligga' }), 'Ligga');
      expect(new URL(page.url()).hash).toBe('#providers=ligga/AM');
    });

    test('by keyboard: one provider on the map, the other period, and back', async () => {
      await openAt('#providers');
      await section('Onde').waitFor({ timeout: patience });
      await page.getByRole('combobox', { name: 'Operadora' }).focus();
      await page.keyboard.type('algar');
      await sees(page.getByRole('heading', { name: 'Onde: Algar Telecom' }), 'Algar');
      expect(new URL(page.url()).hash).toBe('#providers=algar');
      await sees(page.locator('.state-count').first(), /\d+/);
      server.answers.set('/api/v1/providers', providersAnswer(Date.now(), 90));
      await page.getByLabel('30 dias').focus();
      await page.keyboard.press('ArrowRight');
      await sees(row('Ligga'), /99,995%\s*9\s*22 min/);
      await sees(page.locator('.ranking-warning'), 'os mais antigos não entraram');
      await page.goBack();
      await sees(page.getByRole('heading', { name: /^Onde$/ }), 'Onde');
      expect(await page.getByLabel('90 dias').isChecked()).toBe(true);
    });

    test('a link that dies is there without a reload; when all is well the page says so', async () => {
      const calm = siteRow({ id: 'aurora/filial', name: 'Filial', city: 'Olinda', state: 'PE' });
      server.snapshot = () => snapshot(Date.now(), { sites: [calm] });
      await openAt('#providers');
      await sees(section(/Falhando agora/), 'Nenhum link fora do ar agora.');
      await sees(section(/Quedas regionais/), 'Nenhuma queda regional em curso.');
      const dead = { ...calm, links: [linkRow({ status: 'down' })] };
      server.send('wall.delta', { at: new Date().toISOString(), sites: [dead] });
      await sees(page.locator('.failing-provider'), /Vivo Empresas.*1 de 1 link fora.*Olinda\/PE 1/s);
    });

    test('a ranking that cannot be had is told and asked for again; the rest of the page stands', async () => {
      server.answers.delete('/api/v1/providers');
      await openAt('#providers');
      const alert = page.getByRole('alert');
      await sees(alert, 'Tentar de novo');
      await sees(page.locator('.failing-provider').first(), 'links fora');
      server.answers.set('/api/v1/providers', { days: 30 });
      await alert.getByRole('button').click();
      await sees(alert, /recarregue|versão/i);
      server.answers.set('/api/v1/providers', providersAnswer(Date.now(), 30));
      await alert.getByRole('button').click();
      await sees(row('Ligga'), '99,995%');
      await expect.poll(() => alert.count(), { timeout: patience }).toBe(0);
    });

    test('a provider nobody has, and a fleet without links, are said in words', async () => {
      await openAt('#providers=nobody');
      await sees(section('Onde'), 'Esta operadora não tem links no inventário.');
      server.snapshot = () => snapshot(Date.now(), { sites: [siteRow({ links: [] })] });
      await page.reload();
      await sees(page.locator('.page .empty'), 'Nenhum link cadastrado ainda.');
    });
  });

  describe('agents', () => {
    test('marks what deserves an eye, and the wall’s word on presence is the newer one', async () => {
      server.snapshot = () => agentsWall(Date.now());
      await openAt('#agents');
      await sees(row('SRV-ERP'), /0\.3\.9.*antiga, a mais nova é 0\.4\.1.*4 s atrasado.*acerte o NTP/s);
      await sees(page.locator('tbody tr').first(), /sem sinal\s*há 6 min.*SRV-BD/s);
      await sees(row('SRV-ARQ'), /clonada recusada 3 vezes, a última há 25 min, de 203\.0\.113\.77/);
      await sees(
        row('PC-RECEPCAO'),
        /Windows 11.*380 ms adiantado.*240 por confirmar.*programa ping.*sem perm/s,
      );
      await sees(row('SRV-NOVO'), /aguardando a primeira conexão.*nunca.*não informado/s);
      expect(await seriousViolations(page)).toEqual([]);
      await picture(page, 'agents');
      const gone = { ...agentsWall(Date.now()).sites[0], hosts: [] };
      server.answers.set('/api/v1/agents', { at: new Date().toISOString(), items: [] });
      server.send('wall.delta', { at: new Date().toISOString(), sites: [gone] });
      await sees(page.locator('.page .empty'), 'Nenhum agente instalado ainda.');
      expect(watched.complaints).toEqual([]);
    });

    test('is filtered by words and by mark, and sorted by its heads', async () => {
      await openAt('#agents');
      const lines = page.locator('tbody tr');
      await expect.poll(() => lines.count(), { timeout: patience }).toBe(6);
      await page.getByLabel('Mostrar').selectOption({ label: 'com relógio errado (1)' });
      await expect.poll(() => lines.count()).toBe(1);
      await page.getByLabel('Mostrar').selectOption({ label: 'todos (6)' });
      await page.getByRole('searchbox').fill('recepcao windows');
      await sees(page.getByRole('status').filter({ hasText: 'agentes' }), '1 de 6 agentes');
      await page.getByRole('searchbox').fill('ninguém');
      await sees(page.locator('.page .empty'), 'Nenhum agente assim.');
      await page.getByRole('searchbox').fill('');
      const head = page.getByRole('columnheader', { name: 'Relógio' });
      await head.getByRole('button').click();
      expect(await head.getAttribute('aria-sort')).toBe('ascending');
      await head.getByRole('button').click();
      expect(await head.getAttribute('aria-sort')).toBe('descending');
      await sees(lines.first(), 'SRV-ERP');
      await sees(lines.last(), 'SRV-NOVO');
    });

    test('a long list is drawn in pages', async () => {
      const items = Array.from({ length: 230 }, (_, index) =>
        agentItem(Date.now(), { id: `agt-${index}`, hostName: `PC-${index}` }),
      );
      server.answers.set('/api/v1/agents', { at: new Date().toISOString(), items });
      await openAt('#agents');
      const lines = page.locator('tbody tr');
      await expect.poll(() => lines.count(), { timeout: patience }).toBe(100);
      await page.getByRole('button', { name: 'Mostrar mais 100' }).click();
      await page.getByRole('button', { name: 'Mostrar mais 30' }).click();
      await expect.poll(() => lines.count()).toBe(230);
    });

    test('revoking one on the real server takes its typed name; its key is dead, and it leaves the list', async () => {
      const now = instant(Date.now());
      const settings = { consoleDirectory: dist };
      const harness = await startHarness({ clock: virtualClock(now), settings });
      await importInventory(harness);
      const digest = 'd'.repeat(64);
      harness.registry.saveToken({ digest, site: auroraMatriz, usesLeft: 1, expiresAt: plus(now, day) });
      harness.registry.enrol(digest, now, () => agentRecord('agent-1', now));
      const { cookie } = await harness.signIn();
      const url = await harness.api.listen({ host: '127.0.0.1', port: 0 });
      const [name = '', value = ''] = cookie.split('=');
      await page.context().addCookies([{ name, value, url }]);
      await page.goto(`${url}/#agents`);
      await sees(row('SRV-AD01'), 'Padaria Aurora, Matriz');
      await page.getByRole('button', { name: /^Revogar o agente de SRV-AD01/ }).focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name: 'Revogar o agente de SRV-AD01?' });
      await dialog.waitFor({ timeout: patience });
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached', timeout: patience });
      await page.keyboard.press('Enter');
      await page.keyboard.type('srv');
      await page.keyboard.press('Enter');
      await sees(dialog.getByRole('alert'), 'O que foi digitado não é SRV-AD01.');
      expect(await seriousViolations(page)).toEqual([]);
      await picture(page, 'agents-revoke');
      expect(harness.cut).toEqual([]);
      await page.keyboard.type('-AD01');
      await page.keyboard.press('Enter');
      await sees(page.getByRole('status'), 'Agente de SRV-AD01 revogado.');
      await sees(page.locator('.page .empty'), 'Nenhum agente instalado ainda.');
      expect(harness.cut).toEqual(['agent-1']);
      expect(harness.registry.agent(agentId('agent-1'))?.revokedAt).toBeDefined();
      await page.goto(`${url}/#providers`);
      await sees(row('Vivo Empresas'), /\d/);
      expect(watched.complaints).toEqual([]);
      await harness.api.close();
    });
  });

  describe('on every screen', () => {
    test.each([
      { name: 'phone', viewport: { width: 360, height: 780 }, colorScheme: 'dark' },
      { name: 'light', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
      { name: '4k', viewport: { width: 3840, height: 2160 }, colorScheme: 'dark' },
    ] as const)('nothing is cut off and nothing is hard to read: $name', async (screen) => {
      await replacePage({ viewport: screen.viewport, colorScheme: screen.colorScheme });
      await openAt('#providers');
      await sees(row('Ligga'), '99,995%');
      await picture(page, `providers-${screen.name}`);
      expect(await page.evaluate(cutOff)).toEqual([]);
      if (screen.name !== '4k') expect(await seriousViolations(page)).toEqual([]);
      await page.evaluate('document.querySelector("#where-heading").scrollIntoView()');
      expect(await page.evaluate(hardToHit)).toEqual([]);
      await picture(page, `providers-map-${screen.name}`);
      await openAt('#agents');
      await sees(row('SRV-ERP'), 'SRV-ERP');
      await picture(page, `agents-${screen.name}`);
      expect(await page.evaluate(cutOff)).toEqual([]);
      if (screen.name !== '4k') expect(await seriousViolations(page)).toEqual([]);
    });

    test('in English every word of both pages is English', async () => {
      await openAt('?lang=en#providers');
      await sees(section(/Failing now/), 'links down');
      await sees(page.locator('.state-panel'), /Paraná · worst hit.*here in Curitiba, Londrina/s);
      await sees(row('Ligga'), /99\.995%/);
      await openAt('?lang=en#agents');
      await sees(row('SRV-ERP'), /old, the newest is 0\.4\.1.*4s behind|old, the newest is 0\.4\.1.*behind/s);
      expect(await page.getByRole('button', { name: /^Revoke the agent of/ }).count()).toBe(6);
    });
  });
});

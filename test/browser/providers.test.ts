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
      expect(await page.getByRole('img', { name: /links fora em \d+ estados/ }).count()).toBe(1);
      await sees(row('Ligga'), /99,995%\s*3\s*22 min/);
      expect(await seriousViolations(page)).toEqual([]);
      await picture(page, 'providers');
      await page.evaluate('document.querySelector("#where-heading").scrollIntoView()');
      await picture(page, 'providers-map');
      expect(watched.complaints).toEqual([]);
    });

    test('by keyboard: one provider on the map, the other period, and back', async () => {
      await openAt('#providers');
      await section('Onde').waitFor({ timeout: patience });
      await page.getByRole('combobox', { name: 'Operadora' }).focus();
      await page.keyboard.type('algar');
      await sees(page.getByRole('heading', { name: 'Onde: Algar Telecom' }), 'Algar');
      expect(new URL(page.url()).hash).toBe('#providers=algar');
      await sees(page.locator('.tile-count').first(), /\d+\/\d+/);
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
      await sees(page.locator('tbody tr').first(), /sem contato\s*há 6 min.*SRV-BD/s);
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
      await sees(row('Ligga'), /99\.995%/);
      await openAt('?lang=en#agents');
      await sees(row('SRV-ERP'), /old, the newest is 0\.4\.1.*4s behind|old, the newest is 0\.4\.1.*behind/s);
      expect(await page.getByRole('button', { name: /^Revoke the agent of/ }).count()).toBe(6);
    });
  });
});

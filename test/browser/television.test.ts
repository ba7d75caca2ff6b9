// The wall for a screen nobody touches, the sound and the notices of new criticals, and a fleet of five thousand, in a real
// Chromium. Time is the browser's own unless a test turns it; sound and notices are counted where the browser makes them.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { IncidentRow } from '../../shared/api/incidents.ts';
import { minute, second } from '../../shared/time.ts';
import { seriousViolations } from './axe.ts';
import { chromiumIsThere, launchChromium, openPage, picture, type WatchedPage } from './browser.ts';
import { busyWall } from './busy-wall.ts';
import { FakeWallServer } from './fake-wall-server.ts';
import { fleetOf } from './fleet-rows.ts';
import { incidentRow, isoAgo, siteRow, slaRow, snapshot } from './wall-rows.ts';

const root = join(import.meta.dirname, '..', '..');
const dist = join(root, 'server', 'console', 'dist');
const patience = { timeout: 20 * second };

/** Runs in the page before its own script: counts what would be heard and seen. */
const listening = `
  window.heard = { tones: 0, notices: [] };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...args) {
    window.heard.tones += 1;
    return start.apply(this, args);
  };
  window.Notification = class extends EventTarget {
    static permission = 'default';
    static requestPermission() {
      this.permission = 'granted';
      return Promise.resolve('granted');
    }
    constructor(title, { body }) {
      super();
      window.heard.notices.push(title + ' | ' + body);
    }
    close() {}
  };
`;

/** Sizes in px of all text a person sees in television mode. */
const textSizes = `[...document.querySelectorAll('.tv *')]
  .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''))
  .filter((element) => element.closest('.visually-hidden, .tv-leave') === null)
  .map((element) => parseFloat(getComputedStyle(element).fontSize))`;

let browser: Browser;
let server: FakeWallServer;
let watched: WatchedPage;
let page: Page;

const problems = (): Locator => page.locator('.tv-problem');

async function sees(where: Locator, text: string | RegExp): Promise<void> {
  await where.filter({ hasText: text }).first().waitFor(patience);
}

function manyProblems(count: number, now = Date.now()): readonly IncidentRow[] {
  return Array.from({ length: count }, (_, at) =>
    incidentRow(now, {
      id: `inc-${at}-0`,
      customerName: `Cliente ${String(at + 1).padStart(2, '0')}`,
      sla: slaRow(now, (count - at) * minute),
    }),
  );
}

describe.skipIf(!chromiumIsThere)('television, alerts and load in Chromium', () => {
  beforeAll(async () => {
    execFileSync(process.execPath, [join(root, 'server', 'console', 'build.ts')], { stdio: 'inherit' });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    server = new FakeWallServer({ dist, snapshot: () => snapshot(Date.now()) });
    await server.start();
  });
  afterEach(async () => {
    await page.context().close();
    await server.stop();
  });

  async function open(path: string, more: Parameters<typeof openPage>[1] = {}): Promise<void> {
    watched = await openPage(browser, more);
    page = watched.page;
    await page.addInitScript(listening);
    await page.goto(`${server.url}${path}`);
  }

  const heard = (): Promise<{ readonly tones: number; readonly notices: readonly string[] }> =>
    page.evaluate('window.heard');
  const opens = (id: string, more: Partial<IncidentRow> = {}): void =>
    server.send('wall.delta', {
      at: isoAgo(Date.now(), 0),
      incidents: [incidentRow(Date.now(), { id, ...more })],
    });

  describe('television', () => {
    const onTelevision = { viewport: { width: 1920, height: 1080 } };

    test('it says what burns, whose, how long and who has it, in letters for five metres, and nothing can be pressed', async () => {
      server.snapshot = () => busyWall(Date.now());
      watched = await openPage(browser, onTelevision);
      page = watched.page;
      await page.clock.install();
      await page.goto(`${server.url}/#television`);
      await sees(problems().nth(0), /Auto Peças Guarani.*atender já/s);
      await sees(problems().nth(1), /Padaria Aurora.*ninguém assumiu/s);
      await sees(page.locator('.tv-counts'), /críticos abertos.*unidades fora.*links degradados/s);
      await picture(page, 'television-dark');
      expect(Math.min(...(await page.evaluate<number[]>(textSizes)))).toBeGreaterThanOrEqual(28);
      expect(await page.locator('button').count()).toBe(0);
      expect(await page.evaluate('document.documentElement.scrollHeight <= innerHeight')).toBe(true);
      expect(await seriousViolations(page)).toEqual([]);
      await page.clock.fastForward(10 * second);
      await sees(problems().filter({ hasText: 'Construtora Ipê' }), 'voltando há');
      expect(watched.complaints).toEqual([]);
    });

    test('on 4K everything is twice as large, in light as in dark', async () => {
      server.snapshot = () => busyWall(Date.now());
      await open('/#television', { viewport: { width: 3840, height: 2160 }, colorScheme: 'light' });
      await problems().first().waitFor(patience);
      expect(Math.min(...(await page.evaluate<number[]>(textSizes)))).toBeGreaterThanOrEqual(56);
      expect(await seriousViolations(page)).toEqual([]);
      await picture(page, 'television-4k-light');
    });

    test('on a phone it is scrolled, and nothing is wider than the screen', async () => {
      server.snapshot = () => busyWall(Date.now());
      await open('/#television', { viewport: { width: 360, height: 780 } });
      await problems().first().waitFor(patience);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      await picture(page, 'television-phone');
    });

    test('more problems than fit have their turn every ten seconds, and a new one turns back to the first page', async () => {
      server.snapshot = () => snapshot(Date.now(), { incidents: [...manyProblems(12)] });
      watched = await openPage(browser, onTelevision);
      page = watched.page;
      await page.clock.install();
      await page.goto(`${server.url}/#television`);
      await sees(page.locator('.tv-foot'), /de 12.*página 1 de 3/s);
      await sees(problems().nth(0), 'Cliente 01');
      await picture(page, 'television-pages');
      await page.clock.fastForward(10 * second);
      await sees(page.locator('.tv-foot'), 'página 2 de 3');
      await sees(problems().nth(0), 'Cliente 06');
      server.send('wall.delta', {
        at: isoAgo(Date.now(), -30 * second),
        incidents: [
          incidentRow(Date.now(), {
            id: 'inc-new',
            customerName: 'Novo',
            sla: slaRow(Date.now(), 60 * minute),
          }),
        ],
      });
      await sees(problems().nth(0), 'Novo');
      await sees(page.locator('.tv-foot'), 'página 1 de');
    });

    test('old data is said over the whole screen, and the wall heals without a hand', async () => {
      server.snapshot = () => busyWall(Date.now());
      await open('/#television', onTelevision);
      await problems().first().waitFor(patience);
      await server.stop();
      await sees(page.getByRole('alert'), /DADOS PARADOS: reconectando.*última notícia às/s);
      expect(await page.locator('.tv-frame').boundingBox()).toMatchObject({ width: 1920, height: 1080 });
      expect(await problems().count()).toBeGreaterThan(0);
      await picture(page, 'television-old');
      expect(await seriousViolations(page)).toEqual([]);
      server.snapshot = () => snapshot(Date.now());
      await server.start();
      await sees(page.locator('.tv-well'), 'Tudo em ordem.');
      await expect.poll(() => page.locator('.tv-frame').count(), patience).toBe(0);
      await picture(page, 'television-well');
    });

    test('another release is loaded by itself, and a session that comes back is found', async () => {
      watched = await openPage(browser, onTelevision);
      page = watched.page;
      await page.clock.install();
      await page.goto(`${server.url}/#television`);
      await sees(page.locator('.tv-well'), 'Tudo em ordem.');
      server.send('wall.delta', { at: 'tomorrow' });
      await sees(page.getByRole('alert'), 'versão diferente, recarregando');
      const loaded = page.waitForEvent('load', patience);
      await page.clock.fastForward(21 * second);
      await loaded;
      await sees(page.locator('.tv-well'), 'Tudo em ordem.');
      server.signedIn = false;
      await server.stop();
      await server.start();
      await page.clock.fastForward(5 * second);
      await sees(page.getByRole('alert'), 'SESSÃO ENCERRADA');
      server.signedIn = true;
      await page.clock.fastForward(21 * second);
      await sees(page.locator('.tv-well'), 'Tudo em ordem.');
    });

    test('the bar leads to it, and escape leads back', async () => {
      await open('/');
      await page.getByRole('link', { name: 'Modo TV' }).click();
      await sees(page.locator('.tv-well'), 'Tudo em ordem.');
      await page.keyboard.press('Escape');
      await page.locator('#problems').waitFor(patience);
      await page.goBack();
      await page.locator('.tv').waitFor(patience);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.locator('#problems').waitFor(patience);
    });
  });

  describe('sound and notices', () => {
    const menu = (): Locator => page.locator('.alerts-button');

    test('by keyboard alone: put on, tried, silenced, and the mute ends by itself', async () => {
      watched = await openPage(browser);
      page = watched.page;
      await page.clock.install();
      await page.addInitScript(listening);
      await page.goto(server.url);
      await sees(menu(), 'Avisos desligados');
      await menu().focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
      await sees(menu(), 'Avisos ligados');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
      await expect.poll(() => page.getByLabel('Notificação').isChecked(), patience).toBe(true);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await expect.poll(heard, patience).toMatchObject({ tones: 4, notices: [/Teste de aviso/] });
      expect(await seriousViolations(page)).toEqual([]);
      await picture(page, 'alerts-menu');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await sees(menu(), /Mudo até \d\d:\d\d/);
      await page.keyboard.press('Escape');
      expect(await page.locator('.alerts-panel').isVisible()).toBe(false);
      expect(await page.evaluate('document.activeElement.className')).toContain('alerts-button');
      await page.reload();
      await sees(menu(), /Mudo até \d\d:\d\d/);
      await page.clock.fastForward(15 * minute);
      await sees(menu(), /Avisos ligados|Som bloqueado/);
    });

    test('a new critical is heard and shown once; what was there is not; a storm is one sound', async () => {
      server.snapshot = () => snapshot(Date.now(), { incidents: [incidentRow(Date.now())] });
      await open('/');
      await menu().click();
      await page.getByLabel('Som').check();
      await page.getByLabel('Notificação').check();
      opens('inc-8-0', { customerName: 'Ótica Visão', priority: 'standard' });
      opens('inc-9-0', { customerName: 'Hotel Beira-Rio' });
      await expect
        .poll(heard, patience)
        .toMatchObject({ tones: 4, notices: [/Novo crítico: Hotel Beira-Rio · Matriz \| Link Vivo/] });
      for (let each = 10; each < 40; each += 1) opens(`inc-${each}-0`);
      await expect.poll(() => page.locator('.incident').count(), patience).toBeGreaterThan(30);
      expect((await heard()).tones).toBe(4);
    });

    test('on a phone the panel stays inside the screen', async () => {
      await open('/', { viewport: { width: 360, height: 780 }, colorScheme: 'light' });
      await menu().click();
      const box = await page.locator('.alerts-panel').boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(360);
      expect(await seriousViolations(page)).toEqual([]);
      await picture(page, 'alerts-phone-light');
    });
  });

  describe('five thousand sites', () => {
    test('only what is in sight is in the page, the end is reached, and the filter answers at once', async () => {
      server.snapshot = () =>
        snapshot(Date.now(), { sites: [...fleetOf(5_000), siteRow({ status: 'down' })] });
      await open('/');
      await sees(page.locator('#sites-heading'), '5001 unidades');
      await sees(page.locator('.site').first(), 'Padaria Aurora');
      expect(await page.locator('.site').count()).toBeLessThan(60);
      expect(await page.locator('.site').first().getAttribute('aria-setsize')).toBe('5001');
      await expect
        .poll(async () => {
          await page.keyboard.press('End');
          return page.locator('.site[aria-posinset="5001"]').count();
        }, patience)
        .toBe(1);
      await picture(page, 'fleet-end');
      await page.getByRole('searchbox').fill('otica cuiaba');
      await sees(page.locator('#sites-heading'), / de 5001/);
      await sees(page.locator('.site').first(), 'Ótica Visão');
      expect(await seriousViolations(page)).toEqual([]);
      expect(watched.complaints).toEqual([]);
    });
  });
});

// The wall in a real Chromium against a fake server: what a NOC person sees, and that it never lies about its age.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { limits } from '../../shared/limits.ts';
import { second } from '../../shared/time.ts';
import { chromiumIsThere, launchChromium, openPage, picture, type WatchedPage } from './browser.ts';
import { busyWall } from './busy-wall.ts';
import { FakeWallServer } from './fake-wall-server.ts';
import { fleetOf } from './fleet-rows.ts';
import {
  incidentDetail,
  incidentRow,
  isoAgo,
  siteRow,
  snapshot,
  ticketDetail,
  ticketRow,
} from './wall-rows.ts';

const root = join(import.meta.dirname, '..', '..');
const dist = join(root, 'server', 'console', 'dist');

let browser: Browser;
let server: FakeWallServer;
let watched: WatchedPage;
let page: Page;

const incidents = (): Locator => page.locator('.incident');
const connection = (): Locator => page.locator('.connection');
const banner = (): Locator => page.locator('.banner');

/** How long a condition may take to come true in another process on a busy machine. */
const patience = { timeout: 20 * second, interval: 50 };

/** Waits until the locator's text holds `text`: the browser is another process, so seeing takes a moment. */
async function sees(where: Locator, text: string | RegExp): Promise<void> {
  await where.filter({ hasText: text }).first().waitFor({ timeout: patience.timeout });
}

async function openWall(path = '/'): Promise<void> {
  await page.goto(`${server.url}${path}`);
}

async function replacePage(more: Parameters<typeof openPage>[1]): Promise<void> {
  await page.context().close();
  watched = await openPage(browser, more);
  page = watched.page;
}

describe.skipIf(!chromiumIsThere)('wall in Chromium', () => {
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
    watched = await openPage(browser);
    page = watched.page;
  });
  afterEach(async () => {
    await page.context().close();
    await server.stop();
  });

  describe('what it shows', () => {
    test('a wall without problems says so and says how much is watched', async () => {
      await openWall();
      await sees(page.locator('.quiet'), 'Tudo em ordem. 1 unidade, 2 links observados.');
      await sees(connection(), 'Ao vivo');
      expect(await page.locator('html').getAttribute('lang')).toBe('pt-BR');
      expect(watched.complaints).toEqual([]);
      await picture(page, 'quiet');
    });

    test('problems stand first, the most urgent on top, with severity in words beside the colour', async () => {
      server.snapshot = () => busyWall(Date.now());
      await openWall();
      await sees(incidents().first(), 'Auto Peças Guarani');
      await sees(incidents().first(), 'Parada');
      await sees(incidents().first(), 'aguardando central');
      await sees(incidents().nth(1), /desde \d\d:\d\d:\d\d \(há 3 min\)/);
      await sees(incidents().nth(1), 'chamado VIG-2031');
      await sees(incidents().last(), 'resolvido');
      const problems = await page.locator('#problems-heading').boundingBox();
      const sites = await page.locator('#sites-heading').boundingBox();
      expect(problems?.y).toBeLessThan(sites?.y ?? 0);
      expect(await page.locator('.count-value').allTextContents()).toEqual(['4', '1', '1']);
      expect(await page.title()).toBe('(4) Vigia · Mural');
      expect(watched.complaints).toEqual([]);
      await picture(page, 'desktop-dark');
    });

    test('a site shows which link carries the traffic, its role, and an agent that is missing', async () => {
      server.snapshot = () => busyWall(Date.now());
      await openWall();
      const aurora = page.locator('.site').filter({ hasText: 'Padaria Aurora' });
      await sees(
        aurora.locator('.link').first(),
        /fora do ar.*Vivo Empresas · principal.*há 3 min · rede da operadora/s,
      );
      await sees(aurora.locator('.link').last(), /no ar.*Claro · reserva.*em uso/s);
      await sees(page.locator('.site').first(), /agente sem sinal há \d+ s/);
    });

    test('the light scheme draws the same wall', async () => {
      server.snapshot = () => busyWall(Date.now());
      await replacePage({ colorScheme: 'light' });
      await openWall();
      await sees(incidents().first(), 'Parada');
      const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      expect(ground).toBe('rgb(241, 244, 247)');
      await picture(page, 'desktop-light');
    });

    test('Vigia without sight and tickets that wait are said above everything', async () => {
      server.snapshot = () => {
        const wall = busyWall(Date.now());
        const blind = {
          blindSince: isoAgo(Date.now(), 95 * second),
          blindBecause: 'anchors-lost',
          outboxWaiting: 2,
        } as const;
        return { ...wall, server: { ...wall.server, ...blind } };
      };
      await openWall();
      await sees(banner().first(), /O próprio Vigia está sem visão: o servidor perdeu a internet.*há 1 min/);
      await sees(banner().nth(1), '2 chamados aguardam entrega na central');
      await picture(page, 'blind');
    });

    test('English is there for who asks, and only then', async () => {
      await replacePage({ locale: 'en-US' });
      await openWall();
      await sees(page.locator('.quiet'), 'Tudo em ordem.');
      await openWall('/?lang=en');
      await sees(page.locator('.quiet'), 'All is well. 1 site, 2 links watched.');
    });
  });

  describe('how it follows', () => {
    test('a delta puts a new incident on the wall and announces it, and another takes it away, without a reload', async () => {
      await openWall();
      await sees(page.locator('.quiet'), 'Tudo em ordem.');
      await page.evaluate('globalThis.notReloaded = true');
      const row = incidentRow(Date.now());
      server.send('wall.delta', { at: isoAgo(Date.now(), 0), incidents: [row] });
      await sees(incidents(), 'Link Vivo Empresas (principal) fora do ar');
      await sees(page.locator('[aria-live="assertive"]'), 'Novo crítico: Link Vivo Empresas');
      const before = await incidents().textContent();
      await expect.poll(() => incidents().textContent(), patience).not.toBe(before);
      server.send('wall.delta', { at: isoAgo(Date.now(), 0), incidentsGone: [row.id] });
      await sees(page.locator('.quiet'), 'Tudo em ordem.');
      expect(await page.evaluate('globalThis.notReloaded')).toBe(true);
      expect(server.streamsOpened).toBe(1);
      expect(watched.complaints).toEqual([]);
    });

    test('a server that goes away is said at once with the age of the data, and its return heals the wall', async () => {
      server.snapshot = () => busyWall(Date.now());
      await openWall();
      await sees(connection(), 'Ao vivo');
      await server.stop();
      await sees(connection(), 'Reconectando…');
      await sees(banner(), /pode já ter mudado.*dados de \d\d:\d\d:\d\d, há \d+ s/s);
      await sees(incidents().first(), 'Auto Peças Guarani');
      await picture(page, 'reconnecting');
      server.snapshot = () => snapshot(Date.now());
      await server.start();
      await sees(page.locator('.quiet'), 'Tudo em ordem.');
      await sees(connection(), 'Ao vivo');
      expect(await banner().count()).toBe(0);
    });

    test('a stream that goes silent stops passing for live, and a heartbeat brings it back', async () => {
      await page.clock.install();
      await openWall();
      await sees(connection(), 'Ao vivo');
      await page.clock.runFor(limits.wallSilenceMs - 2 * second);
      await sees(connection(), 'Ao vivo');
      await page.clock.runFor(4 * second);
      await sees(connection(), 'Sem notícias');
      await sees(banner(), /O servidor não dá sinal.*há 3\d s/s);
      server.send('wall.heartbeat', { at: isoAgo(Date.now(), 0) });
      await sees(connection(), 'Ao vivo');
      expect(server.streamsOpened).toBe(1);
    });

    test('a message of another release is a visible state with a way out, never a crash', async () => {
      await openWall();
      await sees(connection(), 'Ao vivo');
      server.send('wall.delta', { at: isoAgo(Date.now(), 0), incidents: [{ id: 'inc-1-0', kind: 'flood' }] });
      await sees(banner(), /Versão diferente: recarregue.*wall\.delta: incidents\.0/s);
      await sees(page.locator('.site'), 'Padaria Aurora');
      await page.getByRole('button', { name: 'Recarregar' }).click();
      await sees(connection(), 'Ao vivo');
      expect(watched.complaints).toEqual([]);
    });

    test('without a session it asks for one, and opens when another tab has it', async () => {
      server.signedIn = false;
      await openWall();
      await sees(page.locator('.notice-card'), 'Entrar no Vigia');
      await picture(page, 'sign-in');
      server.signedIn = true;
      await page.getByText('Entrar com um link de uso único').click();
      await page.getByRole('button', { name: 'Tentar de novo' }).click();
      await sees(page.locator('.quiet'), 'Tudo em ordem.');
    });

    test('a session that ends while the wall is open takes the data off the screen', async () => {
      await openWall();
      await sees(page.locator('.site'), 'Padaria Aurora');
      await server.stop();
      server.signedIn = false;
      await server.start();
      await sees(page.locator('.notice-card'), 'Entrar no Vigia');
      expect(await page.locator('body').textContent()).not.toContain('Aurora');
    });
  });

  describe('what a person does', () => {
    const open = (): void => {
      const row = incidentRow(Date.now());
      server.snapshot = () => snapshot(Date.now(), { incidents: [row], tickets: [ticketRow(Date.now())] });
      server.answers.set('/api/v1/incidents/inc-7-0', incidentDetail(row));
      server.answers.set('/api/v1/tickets/VIG-2031', ticketDetail(Date.now()));
      server.answers.set('/api/v1/tickets/inc-7-0', ticketDetail(Date.now()));
    };

    test('by keyboard alone: reach the incident, open it, take it, close it, and be back where one was', async () => {
      open();
      await openWall();
      await sees(incidents(), 'Link Vivo');
      for (let presses = 0; presses < 25; presses += 1) {
        await page.keyboard.press('Tab');
        if ((await page.locator('.incident:focus').count()) === 1) break;
      }
      await page.keyboard.press('Enter');
      const panel = page.getByRole('dialog');
      await sees(panel, 'O endereço público 198.51.100.10 não responde ao Vigia');
      await sees(panel, 'Unidade fora do ar: descartada');
      await sees(panel, 'Chamado VIG-2031 registrado');
      await picture(page, 'incident-panel');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await sees(panel, 'Assumido.');
      expect(server.posted).toEqual([
        { url: '/api/v1/incidents/inc-7-0/acknowledgement', consoleHeader: '1' },
      ]);
      const taken = incidentRow(Date.now(), { state: 'acknowledged', acknowledgedBy: 'Marina Duarte' });
      server.send('wall.delta', { at: isoAgo(Date.now(), 0), incidents: [taken] });
      await sees(panel, 'Marina Duarte');
      expect(await panel.getByRole('button', { name: 'Assumir' }).count()).toBe(0);
      await page.keyboard.press('Escape');
      await panel.waitFor({ state: 'detached' });
      expect(await page.locator('.incident:focus').count()).toBe(1);
      await sees(incidents(), 'assumido por Marina Duarte');
      expect(watched.complaints).toEqual([]);
    });

    test('a refused acknowledgement says why and can be tried again', async () => {
      open();
      server.postStatus = 409;
      await openWall('/#incident=inc-7-0');
      const take = page.getByRole('button', { name: 'Assumir' });
      await take.click();
      await sees(page.getByRole('dialog'), 'O estado mudou enquanto isso');
      server.postStatus = 204;
      await take.click();
      await sees(page.getByRole('dialog'), 'Assumido.');
      expect(server.posted).toHaveLength(2);
    });

    test('a ticket opens with its full text, leads to its incident, and the back button closes it', async () => {
      open();
      await openWall();
      await page.locator('.ticket').click();
      const panel = page.getByRole('dialog');
      await sees(panel, 'Primeiro passo: confirme com o cliente');
      await picture(page, 'ticket-panel');
      await panel.getByRole('link', { name: 'ver incidente' }).click();
      await sees(panel, 'Hipóteses descartadas');
      await page.goBack();
      await sees(panel, 'Primeiro passo');
      await page.goBack();
      await panel.waitFor({ state: 'detached' });
      expect(watched.complaints).toEqual([]);
    });

    test('an incident that the server no longer knows says so instead of staying empty', async () => {
      await openWall('/#incident=inc-404-0');
      await sees(page.getByRole('dialog'), 'O servidor não conhece mais este registro.');
    });

    test('a site with work under way says so, until when and why; what is only planned says nothing yet', async () => {
      const part = { link: null, host: null, by: null } as const;
      const running = { because: 'maintenance', ...part, link: 'vivo', reason: 'fibra nova' } as const;
      const later = { because: 'silenced', ...part, by: 'Ana', reason: 'obra' } as const;
      server.snapshot = () => {
        const at = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
        const quiet = [
          { ...running, from: at(-10), until: at(50) },
          { ...later, from: at(60), until: at(120) },
        ];
        return snapshot(Date.now(), { incidents: [], sites: [siteRow({ status: 'down', quiet })] });
      };
      await openWall();
      await sees(page.locator('.site').first(), /Vivo.*: em manutenção até \d\d:\d\d · fibra nova/);
      expect(await page.getByText('silenciado').count()).toBe(0);
      await picture(page, 'wall-maintenance');
    });

    test('the filter finds by customer, city and provider among five hundred sites at once', async () => {
      server.snapshot = () => snapshot(Date.now(), { sites: [...fleetOf(500), siteRow({ status: 'down' })] });
      await openWall();
      await sees(page.locator('#sites-heading'), '501 unidades');
      await sees(page.locator('.site').first(), 'Padaria Aurora');
      const tookMs = await page.evaluate(`(async () => {
        const input = document.querySelector('input[type=search]');
        const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
        const startedAt = performance.now();
        set.call(input, 'otica manaus 14');
        input.dispatchEvent(new Event('input', { bubbles: true }));
        while (!document.querySelector('#sites-heading').innerText.includes(' de 501')) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        return performance.now() - startedAt;
      })()`);
      expect(tookMs).toBeLessThan(1_000);
      await page.getByRole('searchbox').fill('nenhuma assim');
      await sees(page.locator('.empty'), 'Nenhuma unidade corresponde ao filtro.');
    });

    test('scrolling to the end draws the problems that were left out at first', async () => {
      const rows = Array.from({ length: 130 }, (_, at) => incidentRow(Date.now(), { id: `inc-${at}-0` }));
      server.snapshot = () => snapshot(Date.now(), { incidents: rows });
      await openWall();
      await sees(page.locator('#problems-heading'), '130 em curso');
      await expect.poll(() => page.locator('.incident').count(), patience).toBe(100);
      await page.locator('.show-more').scrollIntoViewIfNeeded();
      await expect.poll(() => page.locator('.incident').count(), patience).toBe(130);
    });
  });

  describe('where it stands', () => {
    test.each([
      { name: 'phone', width: 360, height: 780 },
      { name: 'tablet', width: 820, height: 1100 },
      { name: 'wall-4k', width: 3840, height: 2160 },
    ])('nothing is wider than the screen on a $name', async ({ name, width, height }) => {
      server.snapshot = () => busyWall(Date.now());
      await replacePage({ viewport: { width, height } });
      await openWall();
      await sees(incidents().first(), 'Parada');
      await picture(page, name);
      // Rows out of sight are not laid out; what they overflow shows only once they were drawn.
      await page.evaluate(
        'for (const row of document.querySelectorAll(".site, .incident")) row.style.contentVisibility = "visible"',
      );
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      const cut = await page.evaluate(`[...document.querySelectorAll('.site *, .incident *, .wall-header *')]
        .filter((part) => part.getBoundingClientRect().right > innerWidth + 0.5).length`);
      expect(cut).toBe(0);
    });

    test('the policy that forbids inline code is in force and nothing breaks it', async () => {
      await openWall();
      await sees(connection(), 'Ao vivo');
      expect(watched.complaints).toEqual([]);
      await page.evaluate(
        `document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="globalThis.broken = true">')`,
      );
      await expect.poll(() => watched.complaints.join(' '), patience).toContain('Content Security Policy');
      expect(await page.evaluate('globalThis.broken ?? false')).toBe(false);
    });

    test('everything the page loads comes from the server itself', async () => {
      const foreign: string[] = [];
      page.on('request', (request) => {
        if (!request.url().startsWith(server.url)) foreign.push(request.url());
      });
      await openWall();
      await sees(connection(), 'Ao vivo');
      expect(foreign).toEqual([]);
    });
  });
});

// The notices page in a real Chromium: which channel fares how and why, who is on call, the routes, the latest notices; a
// test that is refused before one that arrives; live, by keyboard, for axe, in English, on a phone.
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCalendars } from '../../server/core/sla/calendars.ts';
import type { ChannelFailure } from '../../server/ports/channel.ts';
import { noticesSchema } from '../../server/shell/notices/settings.ts';
import type { Role, SessionAnswer } from '../../shared/api/people.ts';
import { failure } from '../../shared/failure.ts';
import { fail } from '../../shared/result.ts';
import { slaPoliciesSchema } from '../../shared/sla-policy.ts';
import { instant, minute, second } from '../../shared/time.ts';
import { createRecordedChannel } from '../fakes/channels/recorder.ts';
import { startHarness, virtualClock } from '../unit/server/shell/http/harness.ts';
import { seriousViolations } from './axe.ts';
import { chromiumIsThere, launchChromium, openPage, picture, type WatchedPage } from './browser.ts';
import { busyWall } from './busy-wall.ts';
import { channelAnswer, channelItem } from './channel-answers.ts';
import { FakeWallServer } from './fake-wall-server.ts';
import { incidentRow } from './wall-rows.ts';

const dist = join(import.meta.dirname, '..', '..', 'server', 'console', 'dist');
const patience = 15 * second;

let browser: Browser;
let server: FakeWallServer;
let watched: WatchedPage;
let page: Page;

const card = (name: string): Locator => page.getByRole('article', { name });
const row = (text: string): Locator => page.locator('tbody tr').filter({ hasText: text });

async function sees(where: Locator, text: string | RegExp): Promise<void> {
  await where.filter({ hasText: text }).first().waitFor({ timeout: patience });
}

async function replacePage(more: Parameters<typeof openPage>[1]): Promise<void> {
  await page.context().close();
  watched = await openPage(browser, more);
  page = watched.page;
}

const sessionOf = (role: Role, customers: SessionAnswer['customers'] = null): SessionAnswer => ({
  by: 'Maria',
  role,
  customers,
  via: 'link',
  login: null,
  totp: false,
  password: false,
  expiresAt: '2030-01-01T00:00:00.000Z',
});

/** Parts that stick out of the window at the right, but those inside a frame that scrolls. */
const cutOff = `[...document.querySelectorAll('.page *')].filter((part) =>
  part.getBoundingClientRect().right > innerWidth + 0.5 && part.closest('.data-frame') === null &&
  part.closest('.visually-hidden') === null).map((part) => part.outerHTML.slice(0, 120))`;

describe.skipIf(!chromiumIsThere)('notices in Chromium', () => {
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    server = new FakeWallServer({ dist, snapshot: () => busyWall(Date.now()) });
    server.answers.set('/api/v1/channels', channelAnswer(Date.now()));
    await server.start();
    watched = await openPage(browser);
    page = watched.page;
  });
  afterEach(async () => {
    await page.context().close();
    await server.stop();
  });

  const open = (hash = '#channels'): Promise<unknown> => page.goto(`${server.url}/${hash}`);

  test('says how each channel fares and why, in Portuguese', async () => {
    await open();
    await sees(card('gestores'), /E-mail.*recusou o último aviso.*não aceitou a credencial \(código 535\)/s);
    await sees(card('gestores'), /Fora da banda\s*não serve/);
    await sees(
      card('sala-noc'),
      /não entregou, tentando de novo.*não respondeu.*Nova tentativa.*3 à espera/s,
    );
    await sees(card('sala-noc'), /central fora do ar.*uma sala que todos leem/s);
    await sees(card('plantao'), /entregando.*Vigia sem visão e central fora do ar.*2 destinatários/s);
    await sees(card('plantao'), /17 notícias foram para resumos.*chegou a 2 por Maria/s);
    await sees(card('plantao'), /cliente Padaria Aurora Ltda.*na hora.*críticos na hora/s);
    await card('gestores').getByText('Texto original').click();
    await sees(card('gestores').locator('code'), 'refused it with 535');
    expect(await seriousViolations(page)).toEqual([]);
    await picture(page, 'channels');
    expect(watched.complaints).toEqual([]);
  });

  test('says whom an escalation reaches, what became of the latest notices, and the routes', async () => {
    await open();
    await sees(row('Líder do nível 2'), /ninguém\s*até .*Davi.*a partir de .*ninguém assume/s);
    await sees(row('Líder do nível 2'), /no horário após 15 min; fora do horário espera a abertura/);
    await sees(
      row('NOC').first(),
      /Ana Ribeiro\s*contato próprio: plantao.*Beto Lima\s*sem contato próprio/s,
    );
    await sees(row('NOC').first(), /START, PRO, PREMIUM: .*após 5 min.*DEDICADO: no horário na hora/s);
    await sees(page.getByRole('region', { name: 'Pede atenção' }), /ninguém agora para: Líder do nível 2/i);
    await sees(page.getByRole('region', { name: 'Pede atenção' }), '2 notícias ficaram só no mural');
    await sees(row('Resumo: 3 avisos'), /não entregue\s*não aceitou a credencial/);
    await sees(row('CENTRAL DE CHAMADOS'), /desistiu após um dia: respondeu com erro interno \(código 503\)/);
    await sees(row('fora do horário'), /prioritários.*na abertura do atendimento\s*sala-noc/s);
    await sees(row('qualquer notícia'), 'fica só no mural');
    await page.evaluate('document.querySelector("#on-call-heading").scrollIntoView()');
    await picture(page, 'channels-on-call');
    await page.evaluate('document.querySelector("#routes-heading").scrollIntoView()');
    await picture(page, 'channels-routes');
    await row('link Vivo Empresas').getByRole('link').click();
    expect(new URL(page.url()).hash).toBe('#incident=inc-7-0');
  });

  test('without channels, without a rota, and without an answer, it says so', async () => {
    server.answers.delete('/api/v1/channels');
    await open();
    const alert = page.getByRole('alert');
    await sees(alert, 'Tentar de novo');
    const nobody = { from: new Date().toISOString(), until: null, people: [] };
    const { onCall } = channelAnswer(Date.now());
    const roles = onCall?.roles.map(({ role }) => ({ role, now: nobody, next: null })) ?? [];
    server.answers.set(
      '/api/v1/channels',
      channelAnswer(Date.now(), {
        ...{ items: [], routes: [], rules: null, news: null, recent: [] },
        onCall: onCall === null ? null : { ...onCall, roles },
      }),
    );
    await alert.getByRole('button').click();
    await sees(page.locator('.page .empty'), 'Nenhum canal configurado');
    await sees(page.locator('.page .empty'), 'A escala está vazia');
    await expect.poll(() => alert.count(), { timeout: patience }).toBe(0);
  });

  test('looks again when an incident changes, and when the server said that something would', async () => {
    const now = Date.now();
    server.answers.set('/api/v1/channels', channelAnswer(now, { items: [channelItem(now)], recent: [] }));
    await open();
    await sees(page.locator('.page .empty'), 'Nenhum aviso enviado ainda.');
    const trying = channelItem(now, {
      waiting: 1,
      nextTryAt: new Date(now + 2 * second).toISOString(),
      lastError: {
        at: new Date(now).toISOString(),
        refused: false,
        status: 429,
        message: 'plantao answered 429',
      },
    });
    const changesAt = new Date(now + 2 * second).toISOString();
    server.answers.set('/api/v1/channels', channelAnswer(now, { items: [trying], changesAt }));
    server.send('wall.delta', {
      at: new Date().toISOString(),
      incidents: [incidentRow(now, { id: 'inc-9-9' })],
    });
    await sees(card('plantao'), /tentando de novo.*pediu para esperar \(código 429\)/s);
    server.answers.set('/api/v1/channels', channelAnswer(now, { items: [channelItem(now)] }));
    await sees(card('plantao'), 'entregando');
  });

  test('is offered to whom it concerns; only an administrator is offered the test', async () => {
    const nav = page.getByRole('navigation', { name: 'Páginas' });
    for (const [session, entries, buttons] of [
      [sessionOf('operator'), 1, 0],
      [sessionOf('operator', ['aurora']), 0, 0],
      [sessionOf('administrator'), 1, 3],
    ] as const) {
      server.answers.set('/api/v1/session', session);
      await open(`?as=${session.role}${session.customers ?? ''}`);
      await expect
        .poll(() => nav.getByRole('link', { name: 'Canais' }).count(), { timeout: patience })
        .toBe(entries);
      if (entries === 0) continue;
      await nav.getByRole('link', { name: 'Canais' }).click();
      await card('plantao').waitFor({ timeout: patience });
      expect(await page.getByRole('button', { name: /^Enviar aviso de teste/ }).count()).toBe(buttons);
    }
  });

  test('by keyboard on the real server: a test asks first, says why it failed, is not sent twice at once', async () => {
    const clock = virtualClock(instant(Date.now()));
    const refused: ChannelFailure = { ...failure('input.invalid', 'sala refused it with 404'), status: 404 };
    const sala = createRecordedChannel('sala');
    const harness = await startHarness({
      clock,
      settings: { consoleDirectory: dist },
      parts: {
        channels: {
          list: [sala],
          stateOf: () => undefined,
          settings: noticesSchema.parse({}),
          calendars: createCalendars(slaPoliciesSchema.parse({})),
          counters: () => undefined,
          recent: () => [],
          nextDueAt: () => undefined,
        },
      },
    });
    const { cookie } = await harness.signIn();
    const url = await harness.api.listen({ host: '127.0.0.1', port: 0 });
    const [name = '', value = ''] = cookie.split('=');
    await page.context().addCookies([{ name, value, url }]);
    await page.goto(`${url}/#channels`);
    await sees(card('sala'), 'nada enviado ainda');
    const button = page.getByRole('button', { name: 'Enviar aviso de teste pelo canal sala' });
    const dialog = page.getByRole('dialog', { name: 'Enviar aviso de teste por sala?' });
    const opened = async (): Promise<void> => {
      await button.focus();
      await page.keyboard.press('Enter');
      await dialog.waitFor({ timeout: patience });
    };
    // It begins on "cancel": Enter twice wakes nobody.
    await opened();
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached', timeout: patience });
    expect(sala.told).toEqual([]);
    sala.answer(fail(refused));
    await opened();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await sees(
      dialog.getByRole('status'),
      /Não chegou a 1 destinatário:.*o endereço do canal não existe mais/s,
    );
    expect(await seriousViolations(page)).toEqual([]);
    await picture(page, 'channels-test');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached', timeout: patience });
    await sees(card('sala'), /Último teste\s*chegou a 0, falhou para 1 por Maria/);
    await opened();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await sees(dialog.getByRole('alert'), 'testado há menos de 30 segundos');
    clock.advance(minute);
    await page.keyboard.press('Enter');
    await sees(dialog.getByRole('status'), 'Entregue a 1 destinatário.');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached', timeout: patience });
    await sees(card('sala'), 'chegou a 1 por Maria');
    expect(sala.told.map(({ notice }) => notice.kind)).toEqual(['test']);
    expect(watched.complaints.filter((text) => !text.includes('429'))).toEqual([]);
    await harness.api.close();
  });

  test.each([
    { name: 'phone', viewport: { width: 360, height: 780 }, colorScheme: 'dark' },
    { name: 'light', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
    { name: '4k', viewport: { width: 3840, height: 2160 }, colorScheme: 'dark' },
  ] as const)('nothing is cut off and nothing is hard to read: $name', async (screen) => {
    await replacePage({ viewport: screen.viewport, colorScheme: screen.colorScheme });
    await open();
    await sees(row('Resumo: 3 avisos'), 'não entregue');
    await picture(page, `channels-${screen.name}`);
    expect(await page.evaluate(cutOff)).toEqual([]);
    if (screen.name !== '4k') expect(await seriousViolations(page)).toEqual([]);
    for (const part of screen.name === '4k' ? [] : ['on-call', 'recent', 'routes']) {
      await page.evaluate(`document.querySelector("#${part}-heading").scrollIntoView()`);
      await picture(page, `channels-${part}-${screen.name}`);
    }
  });

  test('in English every word is English', async () => {
    await open('?lang=en#channels');
    await sees(card('gestores'), /refused the last notice.*did not take the credential \(code 535\)/s);
    await sees(row('Level 2 lead'), /nobody.*outside support hours waits for support to open/s);
    expect(await page.getByRole('button', { name: /^Send a test notice by the channel/ }).count()).toBe(3);
    expect(await page.locator('.page').innerText()).not.toMatch(/ de teste|plantão|Rotas|entregue/);
  });
});

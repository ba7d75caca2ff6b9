// Tickets and service on the wall, in a real Chromium: the contract's clock, who is called next, what a person does to an
// incident, what waits for the desk and what waits for a person.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { IncidentRow } from '../../shared/api/incidents.ts';
import type { ManualItemAnswer } from '../../shared/api/manual-queue.ts';
import type { ServerRow } from '../../shared/api/wall.ts';
import { minute, second } from '../../shared/time.ts';
import { chromiumIsThere, launchChromium, openPage, picture, type WatchedPage } from './browser.ts';
import { busyWall } from './busy-wall.ts';
import { FakeWallServer } from './fake-wall-server.ts';
import {
  delivery,
  incidentDetail,
  incidentRow,
  isoAgo,
  slaRow,
  snapshot,
  ticketDetail,
  ticketReference,
  ticketRow,
} from './wall-rows.ts';

const root = join(import.meta.dirname, '..', '..');
const dist = join(root, 'server', 'console', 'dist');
const patience = 20 * second;

let browser: Browser;
let server: FakeWallServer;
let watched: WatchedPage;
let page: Page;

const panel = (): Locator => page.getByRole('dialog');
const incidents = (): Locator => page.locator('.incident');

async function sees(where: Locator, text: string | RegExp): Promise<void> {
  await where.filter({ hasText: text }).first().waitFor({ timeout: patience });
}

async function replacePage(more: Parameters<typeof openPage>[1]): Promise<void> {
  await page.context().close();
  watched = await openPage(browser, more);
  page = watched.page;
}

/** The wall with this one incident, its detail and its ticket behind it. */
function serve(row: IncidentRow, more: Partial<ReturnType<typeof ticketDetail>> = {}): void {
  const ticket = { ...ticketDetail(Date.now()), ...more };
  server.snapshot = () =>
    snapshot(Date.now(), {
      incidents: [row],
      tickets: [ticketRow(Date.now(), { delivery: ticket.delivery, waiting: 1 })],
    });
  server.answers.set(`/api/v1/incidents/${row.id}`, incidentDetail(row));
  server.answers.set(`/api/v1/tickets/${row.id}`, ticket);
}

function withDesk(desk: ServerRow['desk'], outboxWaiting: number): void {
  server.snapshot = () => {
    const wall = busyWall(Date.now());
    return { ...wall, server: { ...wall.server, desk, outboxWaiting } };
  };
}

describe.skipIf(!chromiumIsThere)('tickets and service in Chromium', () => {
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

  const openWall = (path = '/'): Promise<unknown> => page.goto(`${server.url}${path}`);

  describe('the clock of the contract', () => {
    test('each row says what is left, what is due and what was kept, and the seconds tick', async () => {
      server.snapshot = () => busyWall(Date.now());
      await openWall();
      await sees(incidents().nth(0), /atender já · há \d+ s/);
      await sees(incidents().filter({ hasText: 'Colégio Horizonte' }), 'atendido em 3 min');
      await sees(incidents().filter({ hasText: 'Clínica São Lucas' }), 'faltam 1 h 3');
      await sees(
        incidents().filter({ hasText: 'Frigorífico' }),
        /parado · restam 2 h 40 min.*fora do horário, suporte abre/s,
      );
      await sees(incidents().filter({ hasText: 'Clínica São Lucas' }), /nível 2 · passar ao nível 3 em/);
      const before = await incidents().nth(0).textContent();
      await expect.poll(() => incidents().nth(0).textContent(), { timeout: patience }).not.toBe(before);
    });

    test('it counts in the server’s time, whatever the browser’s clock says', async () => {
      const serverNow = Date.now() + 3 * 60 * minute;
      const row = incidentRow(serverNow, {
        priority: 'standard',
        sla: slaRow(serverNow, 0, {
          ...{ state: 'running', targetMs: 40 * minute, elapsedMs: 0, remainingMs: 40 * minute },
          dueAt: isoAgo(serverNow, -40 * minute),
        }),
      });
      server.snapshot = () => snapshot(serverNow, { incidents: [row] });
      await openWall();
      await sees(incidents(), /faltam 39 min 5\d s/);
    });

    test('the panel explains the deadline day by day and names who is called next', async () => {
      serve(incidentRow(Date.now()));
      await openWall('/#incident=inc-7-0');
      await sees(panel(), 'meta imediata');
      await panel().getByText('Como se chega a este prazo').click();
      await sees(panel(), 'sábado e domingo fora');
      await sees(panel(), /chamar o NOC de novo em 1 min \d+ s.*de plantão: Ana Ribeiro/s);
      await sees(panel(), 'Desligar da tomada por 30 segundos');
      await picture(page, 'service-panel');
    });
  });

  describe('what a person does', () => {
    test('by one key each: assign, comment and resolve, and a letter in a comment is a letter', async () => {
      serve(incidentRow(Date.now()));
      await openWall('/#incident=inc-7-0');
      await sees(panel(), 'Assumir');
      await page.keyboard.press('t');
      await page.keyboard.type('Campo Sul');
      await picture(page, 'service-assign');
      await page.keyboard.press('Enter');
      await sees(panel(), 'Atribuído.');
      await page.keyboard.press('c');
      await page.keyboard.type('atrás do rack, trocar cabo');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await sees(panel(), 'Comentário salvo.');
      await page.keyboard.press('r');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await sees(panel(), 'Marcado como resolvido.');
      const url = '/api/v1/incidents/inc-7-0';
      expect(server.posted).toEqual([
        { url: `${url}/assignment`, consoleHeader: '1', body: { to: 'Campo Sul' } },
        { url: `${url}/notes`, consoleHeader: '1', body: { text: 'atrás do rack, trocar cabo' } },
        { url: `${url}/resolution`, consoleHeader: '1', body: {} },
      ]);
      expect(watched.complaints).toEqual([]);
    });

    test('escape leaves the form and keeps the panel; a comment without words is not sent', async () => {
      serve(incidentRow(Date.now()));
      await openWall('/#incident=inc-7-0');
      await panel().getByRole('button', { name: 'Comentar' }).click();
      await panel().getByRole('button', { name: 'Salvar comentário' }).click();
      await page.keyboard.press('Escape');
      await panel().getByLabel('Comentário').waitFor({ state: 'detached', timeout: patience });
      expect(await panel().count()).toBe(1);
      expect(server.posted).toEqual([]);
    });

    test('a resolved incident can be reopened, and a refusal is told', async () => {
      serve(incidentRow(Date.now(), { state: 'resolved', resolvedAt: isoAgo(Date.now(), minute) }));
      server.postStatus = 409;
      await openWall('/#incident=inc-7-0');
      await panel().getByRole('button', { name: 'Reabrir' }).click();
      await page.keyboard.type('caiu de novo');
      await panel().getByRole('button', { name: 'Reabrir incidente' }).click();
      await sees(panel(), 'O estado mudou enquanto isso');
      server.postStatus = 200;
      await panel().getByRole('button', { name: 'Reabrir incidente' }).click();
      await sees(panel(), 'Reaberto.');
      expect(server.posted.at(-1)?.body).toEqual({ text: 'caiu de novo' });
    });
  });

  describe('the desk', () => {
    test('a desk that is down is said above everything, with how many wait and since when', async () => {
      withDesk({ name: 'MySuite', downSince: isoAgo(Date.now(), 3 * minute), lateSince: null, held: 1 }, 4);
      await openWall();
      const banner = page.locator('.banner');
      await sees(
        banner.nth(0),
        /A central de chamados \(MySuite\) não responde desde .*há 3 min.*3 envios aguardam e serão entregues/s,
      );
      await sees(banner.nth(1), '1 envio espera por uma pessoa na central.');
      expect(await banner.count()).toBe(2);
      await picture(page, 'service-desk-down');
    });

    test('a hiccup of the desk is no banner of its own: what waits is said as always', async () => {
      withDesk({ name: 'MySuite', downSince: isoAgo(Date.now(), 2 * second), lateSince: null, held: 0 }, 1);
      await openWall();
      await sees(page.locator('.banner'), '1 chamado aguarda entrega na central.');
      expect(await page.locator('.banner').filter({ hasText: 'não responde' }).count()).toBe(0);
    });

    test('a desk that answers and holds a critical ticket back is said above everything too', async () => {
      withDesk({ name: 'MySuite', downSince: null, lateSince: isoAgo(Date.now(), 3 * minute), held: 0 }, 4);
      await openWall();
      const banner = page.locator('.banner');
      await sees(
        banner,
        /Um chamado crítico espera pelo registro na central \(MySuite\) desde .*há 3 min.*4 envios aguardam/s,
      );
      expect(await banner.count()).toBe(1);
    });

    test('a ticket closed at the desk while the outage lasts warns on the row and in the panel', async () => {
      const closedAtDesk = { at: isoAgo(Date.now(), minute), by: 'Pedro Lima' };
      serve(incidentRow(Date.now(), { ticket: ticketReference({ closedAtDesk }) }));
      await openWall();
      await sees(incidents(), 'encerrado na central por Pedro Lima, mas a falha continua');
      await incidents().click();
      await sees(panel().getByRole('alert'), 'O Vigia não abre um segundo chamado.');
      await picture(page, 'service-closed-early');
    });

    test('the panel shows each delivery, what waits and until when, and what needs a person', async () => {
      const now = Date.now();
      const held = delivery({
        key: 'inc-7-0:note:3',
        heldSince: isoAgo(now, minute),
        lastError: 'sem resposta',
      });
      serve(incidentRow(now), {
        delivery: 'held',
        deliveries: [...ticketDetail(now).deliveries, held],
      });
      await openWall();
      await sees(incidents(), 'em espera: uma pessoa precisa agir');
      await incidents().click();
      await sees(panel(), /abertura · entregue/);
      await sees(panel(), /anotação · aguardando central.*3 tentativas · nova tentativa em 1 min/s);
      await sees(panel(), /anotação · em espera: uma pessoa precisa agir/);
      await panel().getByRole('heading', { name: 'Entregas à central' }).scrollIntoViewIfNeeded();
      await picture(page, 'service-deliveries');
    });

    test('the list of tickets shows only what a person asks for', async () => {
      server.snapshot = () => busyWall(Date.now());
      await openWall();
      const tickets = page.locator('.ticket');
      await sees(tickets, 'Auto Peças Guarani');
      await page.getByLabel('Mostrar').selectOption({ label: 'aguardando central' });
      await expect.poll(() => tickets.count(), { timeout: patience }).toBe(1);
      await sees(tickets, 'Auto Peças Guarani');
      await page.getByLabel('Mostrar').selectOption({ label: 'recusados' });
      await sees(page.locator('.tickets-section'), 'Nenhum chamado assim.');
    });
  });

  describe('manual queue', () => {
    const item = (more: Partial<ManualItemAnswer> = {}): ManualItemAnswer => ({
      incident: 'inc-7-0',
      key: 'inc-7-0:open',
      task: 'ticket.open',
      reason: 'manual',
      desk: 'MySuite',
      title: 'Padaria Aurora, Matriz (São Paulo): link Vivo fora do ar',
      text: 'Cliente: Padaria Aurora Ltda\nUnidade: Matriz, São Paulo/SP\nDetectado: 22/11/2026 14:32:07\n\nSão Paulo - ação, 3º andar',
      priority: 'critical',
      since: isoAgo(Date.now(), 2 * minute),
      protocol: null,
      raise: null,
      ...more,
    });
    const queue = (items: readonly ManualItemAnswer[]): void => {
      server.answers.set('/api/v1/manual-queue', { items, total: items.length });
    };

    test('a person copies title and text, types the protocol, and the item leaves the list', async () => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      withDesk({ name: 'MySuite', downSince: null, lateSince: null, held: 2 }, 2);
      const note = item({
        key: 'inc-5-0:note:1',
        task: 'ticket.note',
        incident: 'inc-5-0',
        protocol: '4711',
      });
      queue([item(), note]);
      await openWall();
      await page.locator('.banner').getByRole('link', { name: 'Abrir fila manual' }).click();
      await sees(panel(), 'Registrar chamado: MySuite');
      await picture(page, 'service-manual');
      await panel().getByRole('button', { name: 'Copiar título' }).click();
      await sees(panel(), 'Copiado.');
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(item().title);
      await panel().getByRole('button', { name: 'Copiar texto' }).first().click();
      await expect
        .poll(() => page.evaluate('navigator.clipboard.readText()'), { timeout: patience })
        .toBe(item().text);
      await panel().getByRole('button', { name: 'Registrar protocolo' }).click();
      await sees(panel(), 'Escreva o protocolo em uma linha.');
      server.onPosted = () => queue([note]);
      await page.keyboard.type(' 2026/4712 ');
      await page.keyboard.press('Enter');
      await panel().getByText('Registrar chamado').waitFor({ state: 'detached', timeout: patience });
      server.onPosted = () => queue([]);
      await panel().getByRole('button', { name: 'Feito' }).click();
      await sees(panel(), 'Nada espera por uma pessoa.');
      expect(server.posted).toEqual([
        {
          url: '/api/v1/manual-queue/inc-7-0/registration',
          consoleHeader: '1',
          body: { protocol: '2026/4712' },
        },
        {
          url: '/api/v1/manual-queue/inc-5-0/notes-done',
          consoleHeader: '1',
          body: { keys: ['inc-5-0:note:1'] },
        },
      ]);
    });

    test('an uncertain delivery asks whether it is at the desk, and no sends it again', async () => {
      queue([item({ reason: 'uncertain' })]);
      await openWall('/#manual');
      await sees(panel(), /Existe na central\?.*a resposta se perdeu/s);
      await picture(page, 'service-uncertain');
      server.onPosted = () => queue([]);
      await panel().getByRole('button', { name: 'Não existe: enviar de novo' }).click();
      await sees(panel(), 'Nada espera por uma pessoa.');
      expect(server.posted).toEqual([
        {
          url: '/api/v1/manual-queue/inc-7-0/send-again',
          consoleHeader: '1',
          body: { keys: ['inc-7-0:open'] },
        },
      ]);
    });

    test('a protocol that belongs to another incident is told, and what was typed stays', async () => {
      queue([item()]);
      server.postStatus = 409;
      await openWall('/#manual');
      await panel().getByLabel('Protocolo que a central deu').fill('4711');
      await page.keyboard.press('Enter');
      await sees(panel(), 'Este protocolo já é de outro incidente');
      expect(await panel().getByLabel('Protocolo que a central deu').inputValue()).toBe('4711');
    });
  });

  describe('on every screen', () => {
    test.each([
      { name: 'phone', viewport: { width: 360, height: 780 }, colorScheme: 'light' },
      { name: '4k', viewport: { width: 3840, height: 2160 }, colorScheme: 'dark' },
    ] as const)('panel and queue fit a $name', async ({ name, viewport, colorScheme }) => {
      await replacePage({ viewport, colorScheme });
      const closedAtDesk = { at: isoAgo(Date.now(), minute), by: 'Pedro Lima' };
      serve(incidentRow(Date.now(), { assignedTo: 'Campo Sul', ticket: ticketReference({ closedAtDesk }) }));
      await openWall('/#incident=inc-7-0');
      await sees(panel(), 'Primeiros passos');
      await page.keyboard.press('c');
      await picture(page, `service-panel-${name}`);
      const cut = `[...document.querySelectorAll('.panel *')].filter((part) =>
        part.getBoundingClientRect().right > innerWidth + 0.5 && getComputedStyle(part).position !== 'absolute').length`;
      expect(await page.evaluate(cut)).toBe(0);
    });

    test('in English every word of it is English, but the texts that go to the desk', async () => {
      serve(incidentRow(Date.now()));
      await openWall('/?lang=en#incident=inc-7-0');
      await sees(panel(), 'How this deadline comes about');
      await sees(panel(), /call the NOC again in/);
      expect(await panel().getByRole('button', { name: 'Take it' }).count()).toBe(1);
    });
  });
});

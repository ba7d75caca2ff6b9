// Signing in, the account menu, what a role is offered, and the people page, in a real Chromium in front of a stand-in
// server: what a person reads when it is refused comes before what happens when all is well.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { instant, second } from '../../shared/time.ts';
import {
  adminToken,
  type Harness,
  importInventory,
  inventoryYaml,
  startHarness,
  virtualClock,
} from '../unit/server/shell/http/harness.ts';
import { seriousViolations } from './axe.ts';
import { chromiumIsThere, launchChromium, openPage, picture, type WatchedPage } from './browser.ts';
import { busyWall } from './busy-wall.ts';
import { auditItem, FakePeople, rightCode, rightPassword, sessionOf, totpUri, user } from './fake-people.ts';
import { FakeWallServer } from './fake-wall-server.ts';
import { readQrPath } from './qr-reader.ts';
import { incidentDetail, incidentRow, snapshot, ticketDetail } from './wall-rows.ts';

const root = join(import.meta.dirname, '..', '..');
const dist = join(root, 'server', 'console', 'dist');
const patience = 20 * second;

const joao = user({
  ...{ login: 'joao.prado', name: 'João Prado', role: 'operator', totp: false },
  customers: ['aurora', 'horizonte', 'sao-lucas'],
});
const bia = user({
  ...{
    login: 'bia',
    name: 'Beatriz Lima',
    role: 'viewer',
    customers: ['aurora'],
    disabled: true,
    totp: false,
  },
  lastSignInAt: null,
});

let browser: Browser;
let server: FakeWallServer;
let people: FakePeople;
let watched: WatchedPage;
let page: Page;

async function sees(where: Locator, text: string | RegExp): Promise<void> {
  await where.filter({ hasText: text }).first().waitFor({ timeout: patience });
}

async function replacePage(more: Parameters<typeof openPage>[1]): Promise<void> {
  await page.context().close();
  watched = await openPage(browser, more);
  page = watched.page;
}

/** As the browser paints them. */
const fillsOfCode = `[...document.querySelectorAll('.qr-code > *')].map((part) => getComputedStyle(part).fill)`;

/** Read from the drawing itself, by a reader of the tests' own. */
async function seesQrOf(text: string): Promise<void> {
  const code = page.getByRole('img', { name: 'Código QR com a chave do segundo fator' });
  await code.waitFor({ timeout: patience });
  const [, , side = '0', height] = ((await code.getAttribute('viewBox')) ?? '').split(' ');
  expect(height).toBe(side);
  expect(readQrPath((await code.locator('path').getAttribute('d')) ?? '', Number(side))).toBe(text);
}

/** Chromium itself complains of every answer that is no success; anything else is the console's fault. */
const ownComplaints = (): readonly string[] =>
  watched.complaints.filter((text) => !/Failed to load resource.*(401|409|429)/.test(text));

const open = (path = '/'): Promise<unknown> => page.goto(`${server.url}${path}`);
const card = (): Locator => page.locator('.notice-card');
const dialog = (): Locator => page.getByRole('dialog');
const bodies = (): readonly unknown[] => people.asked.map(({ method, path, body }) => [method, path, body]);
const press = async (...keys: readonly string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};

describe.skipIf(!chromiumIsThere)('people in Chromium', () => {
  beforeAll(async () => {
    execFileSync(process.execPath, [join(root, 'server', 'console', 'build.ts')], { stdio: 'inherit' });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    server = new FakeWallServer({ dist, snapshot: () => busyWall(Date.now()) });
    people = new FakePeople(server);
    people.users = [user(), joao, bia];
    await server.start();
    watched = await openPage(browser);
    page = watched.page;
  });
  afterEach(async () => {
    await page.context().close();
    await server.stop();
  });

  describe('signing in', () => {
    beforeEach(() => {
      server.signedIn = false;
    });

    test('by keyboard only: a wrong password, then the right one, then a code, and the wall opens by itself', async () => {
      people.wantsCode = true;
      await open();
      await sees(card(), 'Entrar no Vigia');
      await picture(page, 'people-sign-in');
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByLabel('Usuário').and(page.locator(':focus')).waitFor({ timeout: patience });
      await page.keyboard.type('ana.souza');
      await press('Tab');
      await page.keyboard.type('errada');
      await press('Enter');
      await sees(card().getByRole('alert'), 'Usuário ou senha incorretos.');
      await picture(page, 'people-sign-in-refused');
      await press('Tab', 'Control+a');
      await page.keyboard.type(rightPassword);
      await press('Enter');
      await sees(card(), 'Entrando como ana.souza.');
      await page.keyboard.type('000000');
      await press('Enter');
      await sees(card().getByRole('alert'), 'Código não aceito');
      expect(await seriousViolations(page)).toEqual([]);
      await picture(page, 'people-sign-in-code');
      await press('Control+a');
      await page.keyboard.type(rightCode);
      await press('Enter');
      await sees(page.locator('.account-button'), 'Ana Souza');
      await sees(page.locator('.incident'), 'Colégio Horizonte');
      expect(people.asked.map(({ consoleHeader }) => consoleHeader)).toEqual(['1', '1', '1', '1']);
      expect(people.asked.at(-1)?.body).toEqual({
        ...{ login: 'ana.souza', password: rightPassword },
        code: rightCode,
      });
      expect(ownComplaints()).toEqual([]);
    });

    test('too many attempts, and a server that is gone, are said as such', async () => {
      await open();
      await page.getByLabel('Usuário').fill('ana.souza');
      await page.getByLabel('Senha', { exact: true }).fill(rightPassword);
      people.next = { status: 429, body: { error: { code: 'limit.reached', message: 'wait' } } };
      await press('Enter');
      await sees(card().getByRole('alert'), 'Tentativas demais. Espere um minuto');
      await server.stop();
      await page.getByRole('button', { name: 'Entrar', exact: true }).click();
      await sees(card().getByRole('alert'), 'O servidor não respondeu.');
    });

    test('a one-time link opened in another tab lets this one in as well', async () => {
      await open();
      await page.getByText('Entrar com um link de uso único').click();
      await sees(card(), 'sign-in-link --config vigia.yaml');
      server.signedIn = true;
      await page.getByRole('button', { name: 'Tentar de novo' }).click();
      await sees(page.locator('.incident'), 'Colégio Horizonte');
    });

    test('with the company’s own sign-in only there is no password to type', async () => {
      people.options = { setUp: false, password: false, oidc: { name: 'Microsoft Entra' } };
      await open();
      const link = page.getByRole('link', { name: 'Entrar com Microsoft Entra' });
      await link.waitFor({ timeout: patience });
      expect(await link.getAttribute('href')).toMatch(/^\/[a-z]/);
      expect(await page.getByLabel('Usuário').count()).toBe(0);
    });

    test('the first start asks for the first account, says where the token lies, and names what is wrong', async () => {
      people.options = { setUp: true, password: false, oidc: null };
      await replacePage({ viewport: { width: 360, height: 780 }, colorScheme: 'light' });
      await open();
      await sees(card(), 'Está no arquivo data/admin-token');
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByLabel('Nome').fill('Ana Souza');
      await page.getByLabel('Usuário').fill('Ana Souza');
      await page.getByLabel('Senha', { exact: true }).fill('curta');
      await page.getByRole('button', { name: 'Criar conta e entrar' }).click();
      const token = page.getByLabel('Token do administrador');
      await token.and(page.locator(':focus')).waitFor({ timeout: patience });
      await sees(card(), 'Use de 2 a 80 letras minúsculas');
      await sees(card(), 'Use pelo menos 12 caracteres');
      await picture(page, 'people-set-up-phone');
      expect(people.asked).toEqual([]);
      await token.fill('token-da-maquina');
      await page.getByLabel('Usuário').fill('ana.souza');
      await page.getByLabel('Senha', { exact: true }).fill(rightPassword);
      people.next = { status: 401, body: { error: { code: 'auth.refused', message: 'wrong' } } };
      await press('Enter');
      await sees(card().getByRole('alert'), 'O token não confere');
      await press('Enter');
      await sees(page.locator('.account-button'), 'Ana Souza');
      expect(people.asked.at(-1)?.body).toEqual({
        ...{ token: 'token-da-maquina', login: 'ana.souza', name: 'Ana Souza', password: rightPassword },
      });
    });

    test('somebody else who did the set-up first leaves the usual form', async () => {
      people.options = { setUp: true, password: false, oidc: null };
      await open();
      await page.getByLabel('Token do administrador').fill('token-da-maquina');
      await page.getByLabel('Nome').fill('Ana Souza');
      await page.getByLabel('Usuário').fill('ana.souza');
      await page.getByLabel('Senha', { exact: true }).fill(rightPassword);
      people.next = { status: 404 };
      people.options = { setUp: false, password: true, oidc: null };
      await press('Enter');
      await sees(card(), 'A primeira configuração já foi feita.');
      await page.getByRole('button', { name: 'Entrar', exact: true }).waitFor({ timeout: patience });
    });
  });

  describe('who is signed in', () => {
    test('the menu says name and role, and leads out: the data goes from the screen', async () => {
      people.session = sessionOf(joao);
      await open();
      await page.getByRole('button', { name: 'Sua conta: João Prado' }).click();
      await sees(page.locator('.account-menu'), /Operação · 3 clientes/);
      await picture(page, 'people-menu');
      expect(await seriousViolations(page)).toEqual([]);
      await press('Escape');
      expect(await page.locator('.account-menu').isVisible()).toBe(false);
      await press('Enter');
      await page.getByRole('button', { name: 'Sair' }).click();
      await sees(card(), 'Entrar no Vigia');
      expect(await page.locator('body').textContent()).not.toContain('Horizonte');
    });

    test('a viewer is offered nothing that a viewer may not do', async () => {
      people.session = sessionOf({ ...bia, disabled: false });
      const row = incidentRow(Date.now());
      server.snapshot = () => snapshot(Date.now(), { incidents: [row] });
      server.answers.set('/api/v1/incidents/inc-7-0', incidentDetail(row));
      server.answers.set('/api/v1/tickets/inc-7-0', ticketDetail(Date.now()));
      await open('/#incident=inc-7-0');
      await sees(dialog(), 'Primeiros passos');
      expect(await dialog().getByRole('button', { name: 'Assumir' }).count()).toBe(0);
      await press('a');
      await open('/#people');
      await sees(page.locator('.page'), 'Só quem tem papel de administração');
      const pages = page.getByRole('navigation', { name: 'Páginas' });
      expect(await pages.getByRole('link', { name: 'Pessoas' }).count()).toBe(0);
      expect(people.asked).toEqual([]);
    });
  });

  describe('the people page', () => {
    test('adds a person who sees two customers, after saying what is missing', async () => {
      await open('/#people');
      await sees(page.locator('.page'), '3 pessoas');
      expect(await seriousViolations(page)).toEqual([]);
      await picture(page, 'people-list');
      await page.getByRole('button', { name: 'Adicionar pessoa' }).click();
      await dialog().getByLabel('Nome').fill('Carla Dias');
      await dialog().getByLabel('Usuário').fill('carla');
      await dialog().getByLabel('Só os escolhidos').check();
      await dialog().getByRole('button', { name: 'Adicionar' }).click();
      await sees(dialog(), 'Escolha pelo menos um cliente.');
      await sees(dialog(), 'Use pelo menos 12 caracteres');
      await dialog().getByLabel('Senha inicial').fill(rightPassword);
      await dialog().getByLabel('Buscar cliente').fill('clinica');
      await dialog().getByLabel('Clínica São Lucas').check();
      await dialog().getByLabel('Buscar cliente').fill('HORIZONTE');
      await dialog().getByLabel('Colégio Horizonte').check();
      await sees(dialog(), /2 de \d+ escolhidos/);
      expect(await seriousViolations(page)).toEqual([]);
      await picture(page, 'people-add');
      people.next = {
        status: 409,
        body: { error: { code: 'conflict', issues: [{ path: 'body.login', message: 'taken' }] } },
      };
      await dialog().getByRole('button', { name: 'Adicionar' }).click();
      await sees(dialog().getByRole('alert'), 'Já existe uma pessoa com este usuário.');
      await dialog().getByRole('button', { name: 'Adicionar' }).click();
      await sees(page.locator('.page'), 'Conta de Carla Dias criada.');
      await sees(page.locator('.people-rows tbody tr'), 'Carla Dias');
      const { role, customers } = people.users.at(-1) ?? user();
      expect([role, customers?.length]).toEqual(['viewer', 2]);
      expect(ownComplaints()).toEqual([]);
    });

    test('with the company’s own sign-in a person needs no password here, and a bound account can be released', async () => {
      people.options = { setUp: false, password: true, oidc: { name: 'Microsoft Entra' } };
      people.users = [user(), { ...joao, oidc: true, password: false }];
      await open('/#people');
      await page.getByRole('button', { name: 'Adicionar pessoa' }).click();
      await sees(dialog(), 'a pessoa entra só por Microsoft Entra');
      await dialog().getByLabel('Nome').fill('Carla Dias');
      await dialog().getByLabel('Usuário').fill('carla@msp.example');
      await dialog().getByLabel('Todos, também os futuros').check();
      await picture(page, 'people-add-oidc');
      expect(await seriousViolations(page)).toEqual([]);
      await dialog().getByRole('button', { name: 'Adicionar' }).click();
      await sees(page.locator('.page'), 'Conta de Carla Dias criada.');
      const { login, name, role } = { login: 'carla@msp.example', name: 'Carla Dias', role: 'viewer' };
      expect(people.asked.at(-1)?.body).toEqual({ login, name, role, customers: null });
      await page.getByRole('button', { name: 'Editar João Prado' }).click();
      await dialog().getByLabel('Soltar a conta externa').check();
      await picture(page, 'people-edit-oidc');
      await dialog().getByRole('button', { name: 'Salvar' }).click();
      await sees(page.locator('.page'), 'Conta de João Prado atualizada.');
      expect(people.asked.at(-1)?.body).toEqual({ dropIdentity: true });
    });

    test('changes only what was changed; the last administrator stays, disabling and removing ask first', async () => {
      await open('/#people');
      await page.getByRole('button', { name: 'Editar João Prado' }).click();
      await dialog().getByLabel('Leitura').check();
      await dialog().getByRole('button', { name: 'Salvar' }).click();
      await sees(page.locator('.page'), 'Conta de João Prado atualizada.');
      await page.getByRole('button', { name: 'Desativar Ana Souza' }).click();
      people.next = { status: 409, body: { error: { code: 'conflict', message: 'last' } } };
      await dialog().getByRole('button', { name: 'Desativar' }).click();
      await sees(dialog().getByRole('alert'), 'última conta de administração ativa');
      await press('Escape');
      await page.getByRole('button', { name: 'Reativar Beatriz Lima' }).click();
      await sees(page.locator('.page'), 'Conta de Beatriz Lima reativada.');
      await page.getByRole('button', { name: 'Remover João Prado' }).click();
      // The question begins on "cancel".
      await press('Enter');
      await dialog().waitFor({ state: 'detached', timeout: patience });
      await page.getByRole('button', { name: 'Remover João Prado' }).click();
      await dialog().getByRole('button', { name: 'Remover' }).click();
      await sees(page.locator('.page'), 'Conta de João Prado removida.');
      expect(bodies()).toEqual([
        ['PATCH', '/api/v1/users/joao.prado', { role: 'viewer' }],
        ['PATCH', '/api/v1/users/ana.souza', { disabled: true }],
        ['PATCH', '/api/v1/users/bia', { disabled: false }],
        ['DELETE', '/api/v1/users/joao.prado', undefined],
      ]);
    });

    test('a token is shown once, with a button to copy it, and can be revoked', async () => {
      people.tokens = [
        {
          ...{ id: 'tok-1', name: 'painel do BI', role: 'viewer', customers: null, createdBy: 'Ana Souza' },
          ...{
            createdAt: '2026-10-01T12:00:00.000Z',
            expiresAt: '2026-11-01T12:00:00.000Z',
            lastUsedAt: null,
          },
        },
      ];
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await open('/#people=tokens');
      await sees(page.locator('.people-rows'), /painel do BI.*vencido/s);
      await page.getByRole('button', { name: 'Criar token' }).click();
      await dialog().getByLabel('Nome').fill('coletor');
      await dialog().getByRole('button', { name: 'Criar token' }).click();
      await sees(dialog(), 'não será mostrado de novo');
      await press('Escape');
      expect(await dialog().count()).toBe(1);
      await picture(page, 'people-token');
      await dialog().getByRole('button', { name: 'Copiar' }).click();
      await sees(dialog(), 'Copiado.');
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe('vigia_7Xw2mQ0pLr9sTn4bYc8dEf6g');
      await dialog().getByRole('button', { name: 'Já guardei' }).click();
      await page.getByRole('button', { name: 'Revogar painel do BI' }).click();
      await dialog().getByRole('button', { name: 'Revogar' }).click();
      await sees(page.locator('.page'), 'Nenhum token de API.');
      expect(people.asked[0]?.body).toMatchObject({ name: 'coletor', role: 'viewer', customers: null });
    });

    test('the audit log pages back to its first line and filters by person', async () => {
      const refusal = auditItem(99, {
        ...{ by: '-', via: null, action: 'sign-in.refused', object: 'joao.prado', detail: 'auth.refused' },
      });
      people.audit = Array.from({ length: 70 }, (_, index) =>
        index === 1 ? refusal : auditItem(100 - index, index === 2 ? { action: 'POST /api/v1/nova' } : {}),
      );
      await open('/#people=audit');
      await sees(page.locator('.audit tbody tr'), 'Comentou incidente');
      await sees(page.locator('.audit tbody tr'), 'POST /api/v1/nova');
      await picture(page, 'people-audit');
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Carregar mais antigos' }).click();
      await sees(page.locator('.audit-foot'), '70 registros carregados. Não há mais antigos.');
      await page.getByRole('combobox', { name: 'Pessoa' }).selectOption('desconhecido');
      await sees(page.locator('.audit-foot'), '1 de 70');
      await sees(page.locator('.audit tbody tr'), /Entrada recusada.*joao\.prado.*senha ou código errado/s);
    });
  });

  describe('the own account', () => {
    test('a second factor is turned on with its first code, and the recovery codes are shown once', async () => {
      people.session = sessionOf(joao);
      await open('/#people=account');
      await page.getByRole('button', { name: 'Ativar segundo fator' }).click();
      await sees(page.locator('.secret-text'), 'JBSW Y3DP EHPK');
      await seesQrOf(totpUri);
      await page.getByLabel('Código de 6 dígitos').fill('123456');
      await press('Enter');
      await sees(page.locator('.page'), 'Código não aceito.');
      await picture(page, 'people-account');
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByLabel('Código de 6 dígitos').fill('492 039');
      await press('Enter');
      await sees(dialog(), 'guarde os códigos de recuperação');
      expect(await dialog().locator('.recovery-codes li').count()).toBe(10);
      await picture(page, 'people-recovery');
      await dialog().getByRole('button', { name: 'Já guardei os códigos' }).click();
      await page.getByLabel('Sua senha, para desligar').fill(rightPassword);
      await press('Enter');
      await sees(page.locator('.page'), 'Segundo fator desligado.');
    });

    test('the code for the camera is dark on white whatever the colours, and what it needs comes with it alone', async () => {
      for (const screen of [
        { viewport: { width: 360, height: 780 }, colorScheme: 'dark' },
        { viewport: { width: 1440, height: 900 }, colorScheme: 'light', forcedColors: 'active' },
      ] as const) {
        await replacePage(screen);
        const scripts: string[] = [];
        page.on('request', (request) => scripts.push(new URL(request.url()).pathname));
        people.session = sessionOf(joao);
        await open('/#people=account');
        const begin = page.getByRole('button', { name: 'Ativar segundo fator' });
        await begin.waitFor({ timeout: patience });
        expect(scripts.filter((path) => path.includes('qr'))).toEqual([]);
        await begin.focus();
        await press('Enter');
        await seesQrOf(totpUri);
        expect(scripts.filter((path) => path.includes('qr'))).toHaveLength(1);
        const code = page.getByRole('img', { name: 'Código QR com a chave do segundo fator' });
        await code.scrollIntoViewIfNeeded();
        const box = await code.boundingBox();
        expect(Math.round(box?.width ?? 0)).toBe(Math.round(box?.height ?? -1));
        // Four pixels for each square at least, or a camera loses them; none of it beside the screen.
        expect(box?.width).toBeGreaterThan(200);
        expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(screen.viewport.width);
        await picture(page, `people-qr-${screen.colorScheme}`);
        expect(await page.evaluate(fillsOfCode)).toEqual(['rgb(255, 255, 255)', 'rgb(0, 0, 0)']);
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
        expect(await seriousViolations(page)).toEqual([]);
        expect(ownComplaints()).toEqual([]);
      }
    });

    test('where the script of the code does not come, the page says so and the key serves', async () => {
      await page.route(/qr-picture/, (route) => route.abort());
      people.session = sessionOf(joao);
      await open('/#people=account');
      await page.getByRole('button', { name: 'Ativar segundo fator' }).click();
      await sees(page.locator('.page'), 'O código QR não carregou. Digite a chave.');
      await sees(page.locator('.secret-text'), 'JBSW Y3DP EHPK');
      await page.getByLabel('Código de 6 dígitos').fill(rightCode);
      await press('Enter');
      await sees(dialog(), 'guarde os códigos de recuperação');
    });

    test('a new password wants the current one', async () => {
      people.session = sessionOf(joao);
      await open('/#people=account');
      await page.getByLabel('Senha atual').fill('errada');
      await page.getByLabel('Nova senha').fill('outra frase bem longa');
      await press('Enter');
      await sees(page.locator('.page'), 'Senha atual incorreta.');
      await page.getByLabel('Senha atual').fill(rightPassword);
      await press('Enter');
      await sees(page.locator('.page'), 'Senha trocada.');
    });

    test('who signs in with the company account is asked for no password', async () => {
      people.session = { ...sessionOf({ ...joao, password: false, totp: true }), via: 'oidc' };
      await open('/#people=account');
      await sees(page.locator('.page'), 'Você entra com a conta da empresa');
      await sees(page.locator('.page'), 'Para desligar, peça a um administrador.');
      expect(await page.locator('.page input[type=password]').count()).toBe(0);
    });
  });

  test.each([
    { name: 'phone', viewport: { width: 360, height: 780 }, colorScheme: 'light' },
    { name: 'light', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  ] as const)('everything fits a $name, and nothing is cut', async ({ name, viewport, colorScheme }) => {
    await replacePage({ viewport, colorScheme });
    people.audit = [auditItem(9), auditItem(8)];
    for (const section of ['', '=audit', '=account']) {
      await open(`/#people${section}`);
      await sees(page.locator('.page h2'), /Pessoas|Minha conta/);
      await sees(page.locator('.page :is(th, dd)'), 'Ana Souza');
      await picture(page, `people${section.replace('=', '-')}-${name}`);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      if (name === 'phone') expect(await seriousViolations(page)).toEqual([]);
    }
    await open('/#people');
    await page.getByRole('button', { name: 'Editar João Prado' }).click();
    await picture(page, `people-edit-${name}`);
  });

  test('in English it is English', async () => {
    await open('/?lang=en#people');
    await sees(page.locator('.page'), '3 people');
    await page.getByRole('button', { name: 'Your account: Ana Souza' }).click();
    await sees(page.locator('.account-menu'), 'Administrator · All customers');
  });
});

const secondCustomer = `  - key: horizonte
    name: Colégio Horizonte
    cnpj: 11.444.777/0001-61
    plan: PREMIUM
    sites:
      - key: sede
        name: Sede
        city: Manaus
        state: AM
        links:
          - { key: vivo, provider: vivo, role: primary, publicAddress: 198.51.100.77 }
        hosts:
          - { key: srv-bd, name: SRV-BD02, address: 192.168.20.5, role: server }
`;

describe.skipIf(!chromiumIsThere)('people on their server in Chromium', () => {
  let harness: Harness;
  beforeAll(async () => {
    execFileSync(process.execPath, [join(root, 'server', 'console', 'build.ts')], { stdio: 'inherit' });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await harness.api.close();
  });

  test('from the first set-up to a viewer of one customer, who is let in and sees no more than that', async () => {
    harness = await startHarness({
      clock: virtualClock(instant(Date.now())),
      settings: { consoleDirectory: dist },
    });
    const imported = await importInventory(harness, `${inventoryYaml}${secondCustomer}`);
    expect(imported.statusCode).toBe(200);
    const url = await harness.api.listen({ host: '127.0.0.1', port: 0 });
    watched = await openPage(browser);
    page = watched.page;
    await page.goto(url);
    await page.getByLabel('Token do administrador').fill(adminToken);
    await page.getByLabel('Nome').fill('Ana Souza');
    await page.getByLabel('Usuário').fill('ana.souza');
    await page.getByLabel('Senha', { exact: true }).fill(rightPassword);
    await press('Enter');
    await sees(page.locator('.account-button'), 'Ana Souza');
    await sees(page.locator('.site'), 'Colégio Horizonte');
    await page.getByRole('link', { name: 'Pessoas' }).click();
    await page.getByRole('button', { name: 'Adicionar pessoa' }).click();
    await dialog().getByLabel('Nome').fill('Beatriz Lima');
    await dialog().getByLabel('Usuário').fill('bia');
    await dialog().getByLabel('Senha inicial').fill('outra frase bem longa');
    await dialog().getByLabel('Só os escolhidos').check();
    await dialog().getByLabel('Padaria Aurora').check();
    await dialog().getByRole('button', { name: 'Adicionar' }).click();
    await sees(page.locator('.people-rows tbody tr'), 'Beatriz Lima');
    await page.getByRole('link', { name: 'Auditoria' }).click();
    await sees(page.locator('.audit tbody tr'), /Adicionou pessoa.*bia/s);
    await picture(page, 'people-served-audit');
    await page.getByRole('button', { name: 'Sua conta: Ana Souza' }).click();
    await page.getByRole('button', { name: 'Sair' }).click();
    await page.getByLabel('Usuário').fill('bia');
    await page.getByLabel('Senha', { exact: true }).fill('outra frase bem longa');
    await press('Enter');
    await page.getByRole('button', { name: 'Sua conta: Beatriz Lima' }).click();
    await sees(page.locator('.account-menu'), 'Leitura · 1 cliente');
    await page.getByRole('link', { name: 'Mural' }).click();
    await sees(page.locator('.site'), 'Padaria Aurora');
    expect(await page.locator('body').textContent()).not.toContain('Horizonte');
    await page.getByRole('button', { name: 'Sua conta: Beatriz Lima' }).click();
    await page.getByRole('link', { name: 'Minha conta' }).click();
    await page.getByLabel('Senha atual').fill('outra frase bem longa');
    await page.getByLabel('Nova senha').fill('ainda outra frase longa');
    await press('Enter');
    await sees(page.locator('.page'), 'Senha trocada.');
    await page.getByRole('button', { name: 'Ativar segundo fator' }).click();
    await page.locator('.secret-text').waitFor({ timeout: patience });
    expect(ownComplaints()).toEqual([]);
    await page.context().close();
  });
});

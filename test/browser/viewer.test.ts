// What somebody who may only look is offered, on every page of the console, on the real server: nothing that changes anything.
// The same walk as an operator and as an administrator finds those things, so that the words looked for are the right ones.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { minute, plus, second } from '../../shared/time.ts';
import { incident, openEffect } from '../unit/server/core/view/samples.ts';
import { bearer, type Harness, importInventory } from '../unit/server/shell/http/harness.ts';
import { startPlayed } from '../unit/server/shell/http/played.ts';
import { chromiumIsThere, launchChromium, openPage, picture } from './browser.ts';

const root = join(import.meta.dirname, '..', '..');
const dist = join(root, 'server', 'console', 'dist');
const patience = { timeout: 15 * second };
const password = 'cavalo bateria grampo correto';

/** Each page, and what stands there once it has been told everything. */
const pages = [
  ['wall', 'Padaria Aurora'],
  ['incident=inc-7-0', 'Linha do tempo'],
  ['customers', 'Padaria Aurora'],
  ['customers=aurora', 'Padaria Aurora'],
  ['customers=aurora/matriz', 'SRV-AD'],
  ['providers', 'Vivo'],
  ['agents', 'SRV-AD'],
  ['planned', 'troca do nobreak'],
  ['planned=calendar', 'Padaria Aurora'],
  ['planned=silences', 'visita técnica'],
  ['planned=silences/aurora/matriz/link/vivo', 'visita técnica'],
  ['reports', 'Padaria Aurora'],
  ['channels', ''],
  ['people', ''],
  ['people=tokens', ''],
  ['people=audit', ''],
  ['incident-page=inc-7-0', 'Padaria Aurora'],
] as const;

/** What only shows, asks, sorts, leads on or copies, or is about the person's own account. Anything else changes something. */
const harmless = [
  /^(Sua conta|Avisos|Modo TV|Atualizar|Mostrar|Fechar|Copiar|Tentar de novo|Voltar ao mural)/,
  /^(Relatório|Baixar CSV|Imprimir|Arquivo do dossiê|Mês anterior|Mês seguinte)/,
  /^(Presença|Máquina|Unidade|Versão|Último contato|Relógio|Fila|Exame)/,
];

let browser: Browser;
let harness: Harness;
let folder: string;
let url: string;
let page: Page | undefined;

interface Offered {
  readonly hash: string;
  readonly name: string;
}

/** Everything that can be pressed or filled in to send: by what it is called. */
async function offeredOn(at: Page, hash: string): Promise<readonly Offered[]> {
  return await at.evaluate(
    `[...document.querySelectorAll('button, [role=button], input[type=submit], a.button, main form input[type=text]')]
      .filter((each) => each.checkVisibility())
      .map((each) => ({ hash: ${JSON.stringify(hash)}, 
        name: (each.getAttribute('aria-label') ?? each.innerText ?? '').trim().replace(/\\s+/g, ' ') }))`,
  );
}

async function signInAs(person: object): Promise<Page> {
  const login = 'vera.dias';
  const payload = { login, name: 'Vera Dias', password, customers: null, ...person };
  const made = await harness.api.inject({ method: 'POST', url: '/api/v1/users', headers: bearer, payload });
  expect(made.statusCode).toBeLessThan(300);
  const opened = await openPage(browser);
  const answer = await opened.page.request.post(`${url}/api/v1/sign-in`, {
    data: { login, password },
    headers: { 'x-vigia-console': '1', origin: url },
  });
  expect(answer.status()).toBeLessThan(300);
  return opened.page;
}

/** Resolves once the page has nothing more to ask: scripts and answers have come and were drawn. The stream never ends. */
function untilAnswered(at: Page): () => Promise<void> {
  const open = new Set<unknown>();
  at.on('request', (request) => {
    if (!request.url().endsWith('/api/v1/wall')) open.add(request);
  });
  at.on('requestfinished', (request) => open.delete(request));
  at.on('requestfailed', (request) => open.delete(request));
  return async () => {
    for (let calm = 0; calm < 3; calm = open.size === 0 ? calm + 1 : 0) {
      await expect.poll(() => open.size, patience).toBe(0);
      await at.getByText('Abrindo a página').waitFor({ state: 'detached', ...patience });
      await at.evaluate('new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))');
    }
  };
}

/** What changes something, by page. */
async function walk(at: Page): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  const quiet = untilAnswered(at);
  await at.goto(`${url}/#wall`);
  await at.getByRole('navigation', { name: 'Páginas' }).waitFor(patience);
  for (const [hash, waitsFor] of pages) {
    await at.goto(`${url}/#${hash}`);
    const whole = at.locator('body').filter({ hasText: waitsFor });
    await whole.first().waitFor(patience);
    await quiet();
    const offered = await offeredOn(at, hash);
    found.set(
      hash,
      offered.map(({ name }) => name).filter((name) => !harmless.some((each) => each.test(name))),
    );
    await picture(at, `role-${hash.replace(/[=/]/g, '-')}`);
  }
  return found;
}

async function somePlans(): Promise<void> {
  const site = { customer: 'aurora', site: 'matriz' };
  const post = (path: string, payload: object) =>
    harness.api.inject({ method: 'POST', url: `/api/v1/${path}`, headers: bearer, payload });
  const window = {
    scope: site,
    startsAt: '2026-11-23T11:30:00-03:00',
    endsAt: '2026-11-23T13:00:00-03:00',
    reason: 'troca do nobreak',
  };
  const silence = {
    scope: { ...site, link: 'claro' },
    until: '2026-11-23T18:00:00-03:00',
    reason: 'operadora em visita técnica',
  };
  expect((await post('maintenance-windows', window)).statusCode).toBe(201);
  expect((await post('silences', silence)).statusCode).toBe(201);
}

describe.skipIf(!chromiumIsThere)('what a role is offered in Chromium', () => {
  beforeAll(async () => {
    execFileSync(process.execPath, [join(root, 'server', 'console', 'build.ts')], { stdio: 'inherit' });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vigia-viewer-'));
    harness = await startPlayed({ keyIn: folder, settings: { consoleDirectory: dist } });
    expect((await importInventory(harness)).statusCode).toBe(200);
    url = await harness.api.listen({ host: '127.0.0.1', port: 0 });
    const began = plus(harness.clock.now(), -5 * minute);
    const open = incident({ detectedAt: began, confirmedAt: began, openedAt: began, outageSince: began });
    await harness.commit([{ kind: 'incident.opened', incident: open }], [openEffect(open)]);
    await somePlans();
  });
  afterEach(async () => {
    await page?.context().close();
    await harness.api.close();
    rmSync(folder, { recursive: true });
  });

  test.each([
    ['a viewer', { role: 'viewer' }],
    ['a viewer of one customer', { role: 'viewer', customers: ['aurora'] }],
  ])('%s finds nothing on any page that changes anything', async (_who, person) => {
    page = await signInAs(person);
    const offered = await walk(page);
    expect([...offered].filter(([, names]) => names.length > 0)).toEqual([]);
    expect(offered.size).toBe(pages.length);
  });

  test('an operator is offered what a viewer is not', async () => {
    page = await signInAs({ role: 'operator' });
    const offered = await walk(page);
    const on = (hash: string): string => offered.get(hash)?.join(' | ') ?? '';
    expect(on('planned')).toMatch(/Nova janela.*Encerrar agora/);
    expect(on('planned=calendar')).toMatch(/Nova janela/);
    expect(on('planned=silences')).toMatch(/Novo silêncio.*Encerrar/);
    expect(on('planned=silences/aurora/matriz/link/vivo')).toMatch(/Salvar silêncio/);
    expect(on('agents')).toMatch(/Instalar um agente/);
    expect(on('customers=aurora/matriz')).toMatch(/Instalar agente/);
    expect(on('incident=inc-7-0')).toMatch(/Assumir.*Resolver/);
    expect(on('incident-page=inc-7-0')).toMatch(/Assumir.*Silenciar/);
  });

  test('an administrator is offered something on each page where something can be changed', async () => {
    page = await signInAs({ role: 'administrator' });
    const offered = await walk(page);
    const without = [...offered].filter(([, names]) => names.length === 0).map(([hash]) => hash);
    expect(without).toEqual(['wall', 'providers', 'reports', 'channels', 'people=audit']);
  });
});

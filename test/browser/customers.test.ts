// The customers' pages on the server's own HTTP side, in a real Chromium: from the list to a site's drawing, editing with review,
// two people at once, and an agent's way from command to first measurement.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { agentId, siteId } from '../../shared/ids.ts';
import { instant, minute, plus, second } from '../../shared/time.ts';
import { agent, incident, report } from '../unit/server/core/view/samples.ts';
import {
  type Harness,
  importInventory,
  startHarness,
  virtualClock,
} from '../unit/server/shell/http/harness.ts';
import { seriousViolations } from './axe.ts';
import { chromiumIsThere, launchChromium, openPage, picture, type WatchedPage } from './browser.ts';

const root = join(import.meta.dirname, '..', '..');
const dist = join(root, 'server', 'console', 'dist');
const patience = 15 * second;

const inventory = `version: 1
providers:
  - { key: vivo, name: Vivo Empresas, supportPhone: "+55 11 0000-0000" }
  - { key: claro, name: Claro }
customers:
  - key: aurora
    name: Padaria Aurora Ltda
    cnpj: 11.222.333/0001-81
    plan: PREMIUM
    sites:
      - key: matriz
        name: Matriz
        city: São Paulo
        state: SP
        links:
          - { key: vivo, provider: vivo, role: primary, publicAddress: 198.51.100.10, gateway: 192.168.10.1, circuit: SPO-1 }
          - { key: claro, provider: claro, role: backup, publicAddress: 203.0.113.10 }
          - { key: vivo-movel, name: móvel, provider: vivo, role: backup }
        hosts:
          - { key: srv-ad, name: SRV-AD01, address: 192.168.10.5, role: server, parent: hv-1 }
          - { key: srv-erp, name: SRV-ERP, address: 192.168.10.6, role: server, parent: hv-1 }
          - { key: hv-1, name: HYPERV-01, address: 192.168.10.4, role: server }
          - { key: sw-1, name: Switch do caixa, address: 192.168.10.2, role: other }
          - { key: nvr, name: Gravador de câmeras da entrada, role: other, parent: sw-1 }
      - key: filial
        name: Filial Pinheiros
        city: São Paulo
        state: SP
        links:
          - { key: claro, provider: claro, role: primary }
  - key: horizonte
    name: Colégio Horizonte
    cnpj: 11.444.777/0001-61
    plan: PRO
    sites: []
`;

let browser: Browser;
let harness: Harness;
let url: string;
let watched: WatchedPage;
let page: Page;

const main = (): Locator => page.locator('#page');
const node = (name: string | RegExp): Locator => main().locator('svg').getByRole('link', { name });
const button = (name: string): Locator => main().getByRole('button', { name });
const link = (name: string): Locator => main().getByRole('link', { name, exact: true });
const field = (path: string): Locator => main().locator(`[name="${path}"]`);

async function sees(text: string | RegExp): Promise<void> {
  await main().filter({ hasText: text }).first().waitFor({ timeout: patience });
}

/** Parts that stick out of the window at the right, but those inside a frame that scrolls. */
const cutOff = `[...document.querySelectorAll('#page *')].filter((part) =>
  part.getBoundingClientRect().right > innerWidth + 0.5 && part.closest('.visually-hidden, pre, .topology') === null &&
  getComputedStyle(part).position !== 'absolute').map((part) => part.outerHTML.slice(0, 120))`;

async function openAt(hash: string, more: Parameters<typeof openPage>[1] = {}): Promise<void> {
  watched = await openPage(browser, more);
  page = watched.page;
  const { cookie } = await harness.signIn();
  const [name = '', value = ''] = cookie.split('=');
  await page.context().addCookies([{ name, value, url }]);
  await page.goto(`${url}/${hash}`);
}

/** What the wall learns now reaches the browser with its next beat. */
async function commit(changes: Parameters<Harness['commit']>[0]): Promise<void> {
  await harness.commit(changes);
  harness.clock.advance(second);
}

const now = instant(Date.now());
const began = plus(now, -4 * minute);
const measured = (name: string, status: 'up' | 'down') => ({
  ...{ agent: agentId('agent-1'), link: name, status, recovering: false },
  ...{ since: began, confirmedAt: began, receivedAt: began },
  ...(status === 'down' ? { layer: 'provider' as const } : {}),
});

async function aFailingLink(): Promise<void> {
  await harness.commit([
    { kind: 'agent.observed', agent: agent({ presenceSince: began, egress: '203.0.113.10' }) },
    {
      kind: 'site.observed',
      site: report({
        agents: [agentId('agent-1')],
        links: [measured('vivo', 'down'), measured('claro', 'up'), measured('vivo-movel', 'up')],
        hosts: ['hv-1', 'srv-erp', 'sw-1'].map((host) => ({
          ...{ agent: agentId('agent-1'), host, status: 'up' as const, recovering: false },
          ...{ since: began, confirmedAt: began, receivedAt: began },
        })),
      }),
    },
    {
      kind: 'incident.opened',
      incident: incident({ detectedAt: began, confirmedAt: began, openedAt: began, outageSince: began }),
    },
  ]);
}

describe.skipIf(!chromiumIsThere)('customers in Chromium', () => {
  beforeAll(async () => {
    execFileSync(process.execPath, [join(root, 'server', 'console', 'build.ts')], { stdio: 'inherit' });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    harness = await startHarness({ clock: virtualClock(now), settings: { consoleDirectory: dist } });
    await importInventory(harness, inventory);
    url = await harness.api.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(async () => {
    await page.context().close();
    await harness.api.close();
  });

  describe('what is there', () => {
    test('from the list by keyboard to the customer, its site, and the failing link in the drawing', async () => {
      await aFailingLink();
      await openAt('#customers');
      await main().getByRole('heading', { name: 'Clientes', exact: true }).waitFor({ timeout: patience });
      await sees(/Padaria Aurora Ltda.*com falha.*1 com falha · 1 aguardando agente.*1 crítico/s);
      await sees(/Cadastrados, ainda sem unidade.*Colégio Horizonte/s);
      expect(await seriousViolations(page)).toEqual([]);
      await picture(page, 'customers-list');
      await page.getByRole('searchbox').fill('sao paulo aurora');
      await sees('1 cliente');
      await page.getByRole('searchbox').fill('não há');
      await sees('Nenhum cliente corresponde');
      await page.getByRole('searchbox').fill('');
      await link('Padaria Aurora Ltda').focus();
      await page.keyboard.press('Enter');
      await sees(/11\.222\.333\/0001-81.*Links comparados/s);
      expect(await page.evaluate('document.activeElement?.textContent')).toBe('Padaria Aurora Ltda');
      await sees(/Link Vivo Empresas.*há \d+ min/s);
      await main().locator('.number').first().waitFor({ timeout: patience });
      expect(await seriousViolations(page)).toEqual([]);
      await picture(page, 'customers-customer');
      await link('Matriz').focus();
      await page.keyboard.press('Enter');
      await node(/Link: Vivo Empresas vivo fora do ar · principal/).focus();
      await picture(page, 'customers-site');
      await page.keyboard.press('Enter');
      const detail = main().getByRole('region', { name: 'Detalhe do item escolhido' });
      await detail.filter({ hasText: /fora do ar.*SPO-1.*198\.51\.100\.10/s }).waitFor({ timeout: patience });
      expect(await page.evaluate('document.activeElement?.getAttribute("aria-current")')).toBe('true');
      expect(await detail.getByRole('link', { name: 'Ver incidente' }).getAttribute('href')).toContain(
        '#incident-page=',
      );
      await main().getByText('Ver como lista').click();
      expect(await main().locator('.topology-list .topology-item').count()).toBe(11);
      expect(await seriousViolations(page)).toEqual([]);
      await picture(page, 'customers-site-detail');
      expect(watched.complaints).toEqual([]);
    });

    test('the drawing follows what the wall learns, and every state has a word', async () => {
      await openAt('#customers=aurora/matriz');
      await node(/Link: Claro desconhecido · reserva/).waitFor({ timeout: patience });
      await aFailingLink();
      harness.clock.advance(second);
      await node(/Link: Claro no ar · reserva · em uso/).waitFor({ timeout: patience });
      await node(/servidor: HYPERV-01 no ar · 2 dependem dele/).waitFor({ timeout: patience });
      await node(/^Operadora: Claro 1 link$/).waitFor({ timeout: patience });
    });

    test('what is not there is said', async () => {
      await openAt('#customers=aurora/sumida');
      await sees('Esta unidade não está no mural.');
      await page.evaluate('location.hash = "#customers=ninguem"');
      await sees('Este cliente não está no mural nem no inventário.');
      await page.evaluate('location.hash = "#customers=horizonte"');
      await sees('Este cliente ainda não tem unidade.');
    });

    test.each([
      { name: 'phone', viewport: { width: 360, height: 780 }, colorScheme: 'light' },
      { name: 'light', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
      { name: '4k', viewport: { width: 3840, height: 2160 }, colorScheme: 'dark' },
    ] as const)('nothing is cut off: $name', async ({ name, viewport, colorScheme }) => {
      await aFailingLink();
      for (const [shown, hash] of [
        ['list', '#customers'],
        ['customer', '#customers=aurora'],
        ['site', '#customers=aurora/matriz'],
        ['edit', '#customers=aurora/matriz/_editar'],
      ] as const) {
        if (shown === 'list') await openAt(hash, { viewport, colorScheme });
        else await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
        const marks = { list: 'crítico', customer: 'PREMIUM', site: 'Topologia', edit: 'Conferir' };
        await sees(marks[shown]);
        expect(await page.evaluate(cutOff)).toEqual([]);
        if (name !== '4k' && shown !== 'list') expect(await seriousViolations(page)).toEqual([]);
        await picture(page, `customers-${shown}-${name}`);
      }
    });

    test('in English every word of it is English', async () => {
      await openAt('?lang=en#customers=aurora/matriz');
      await sees('Topology');
      await node(/Link: Claro unknown · backup/).waitFor({ timeout: patience });
      expect(await button('Conferir').count()).toBe(0);
    });
  });

  describe('editing', () => {
    const saved = () => harness.registry.inventory();

    test('a new site: mistakes stand at their fields, the review says what changes, then it is applied', async () => {
      await openAt('#customers=aurora/_nova-unidade');
      await field('name').fill('Filial São João');
      expect(await field('key').inputValue()).toBe('filial-sao-joao');
      await field('city').fill('Campinas');
      await button('Adicionar link').click();
      await field('links[0].provider').selectOption({ label: 'Claro' });
      await field('links[0].publicAddress').fill('203.0.113.999');
      await button('Conferir alterações').click();
      await sees('2 erros impedem a mudança. Nada foi aplicado.');
      expect(await field('links[0].publicAddress').getAttribute('aria-invalid')).toBe('true');
      await sees('Escolha a UF.');
      expect(await seriousViolations(page)).toEqual([]);
      await picture(page, 'customers-mistakes');
      await button('Link 1 · Endereço público').click();
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.type('203.0.113.77');
      await field('state').selectOption('SP');
      await button('Conferir alterações').click();
      await sees(/2 a criar.*criar\s*unidade\s*aurora\/filial-sao-joao/s);
      expect(await seriousViolations(page)).toEqual([]);
      await picture(page, 'customers-review');
      expect(saved()?.customers[0]?.sites.length).toBe(2);
      await button('Aplicar').click();
      await sees('Aplicado. O mural já recebe a mudança.');
      expect(saved()?.customers[0]?.sites[2]?.links[0]).toEqual({
        ...{ key: 'claro', provider: 'claro', role: 'primary', publicAddress: '203.0.113.77' },
      });
      harness.clock.advance(second);
      await link('Ver unidade').click();
      await node(/Link: Claro desconhecido · principal/).waitFor({ timeout: patience });
      expect(watched.complaints.filter((text) => !text.includes('422'))).toEqual([]);
    });

    test('retiring a customer is reviewed and confirmed; going on editing keeps what was typed', async () => {
      await openAt('#customers=aurora/_editar');
      await field('name').fill('Padaria Aurora S.A.');
      await button('Conferir alterações').click();
      await sees(/1 a atualizar/);
      await button('Continuar editando').click();
      expect(await field('name').inputValue()).toBe('Padaria Aurora S.A.');
      await button('Retirar este cliente').click();
      await sees(/\d+ a retirar/);
      await button('Aplicar').click();
      await sees('Marque a confirmação para retirar.');
      expect(saved()?.customers.length).toBe(2);
      await picture(page, 'customers-retire');
      await main().getByRole('checkbox').check();
      await button('Aplicar').click();
      await sees('Aplicado.');
      expect(saved()?.customers.map(({ key }) => key)).toEqual(['horizonte']);
    });

    test('somebody else was quicker: told, and the form goes on top of the present version', async () => {
      await openAt('#customers=horizonte/_editar');
      await field('plan').selectOption('DEDICADO');
      await importInventory(harness, inventory.replace('Padaria Aurora Ltda', 'Padaria Aurora e Filhos'));
      await button('Conferir alterações').click();
      await sees('Outra pessoa mudou o inventário enquanto você editava.');
      await picture(page, 'customers-overtaken');
      await button('Conferir sobre a versão atual').click();
      await sees(/1 a atualizar.*cliente\s*horizonte/s);
      await button('Aplicar').click();
      await sees('Aplicado.');
      expect(saved()?.customers.map(({ name, plan }) => [name, plan])).toEqual([
        ['Padaria Aurora e Filhos', 'PREMIUM'],
        ['Colégio Horizonte', 'DEDICADO'],
      ]);
    });

    test('the whole document as YAML: unreadable text leads to its line, then the change is reviewed', async () => {
      await openAt('#customers=_inventario');
      const text = main().getByLabel('Texto do inventário');
      await expect.poll(() => text.inputValue(), { timeout: patience }).toContain('Colégio Horizonte');
      const good = await text.inputValue();
      await text.fill(good.replace('providers:', 'providers: ['));
      await button('Conferir alterações').click();
      await sees(/erros? impede/);
      await picture(page, 'customers-document-wrong');
      await main()
        .getByRole('button', { name: /^linha 3, coluna/ })
        .first()
        .click();
      expect(await page.evaluate('document.activeElement?.id')).toBe('inventory-text');
      await text.fill(good.replace('Colégio Horizonte', 'Colégio Novo Horizonte'));
      await button('Conferir alterações').click();
      await sees(/1 a atualizar.*horizonte/s);
      await importInventory(harness, inventory.replace('Padaria Aurora Ltda', 'Padaria Aurora e Filhos'));
      await button('Aplicar').click();
      await sees(/Outra pessoa mudou.*Copie o que escreveu/s);
      await button('Carregar a versão atual').click();
      await expect.poll(() => text.inputValue(), { timeout: patience }).toContain('Aurora e Filhos');
      await main().getByLabel('JSON').check();
      await expect
        .poll(() => text.inputValue(), { timeout: patience })
        .toContain('"cnpj": "11.222.333/0001-81"');
      expect(await seriousViolations(page)).toEqual([]);
      await picture(page, 'customers-document');
      expect(saved()?.customers[1]?.name).toBe('Colégio Horizonte');
    });
  });

  test('an agent is installed: command, connected, first measurement, live', async () => {
    await openAt('#customers=aurora/filial/_instalar');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await sees('Em qual equipamento');
    await button('Gerar comando').click();
    await sees(/Aguardando: execute o comando na máquina/);
    await button('Copiar comando para Linux').click();
    await sees('Copiado.');
    expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(/^curl -fsSL '.*--token '/);
    expect(await seriousViolations(page)).toEqual([]);
    const id = siteId('aurora', 'filial');
    const newcomer = agent({ id: agentId('agent-9'), site: id, host: 'caixa-01', presence: 'new' });
    await commit([{ kind: 'agent.observed', agent: newcomer }]);
    await sees('caixa-01 foi cadastrado e está abrindo a conexão.');
    await commit([{ kind: 'agent.observed', agent: { ...newcomer, presence: 'live' } }]);
    await sees('caixa-01 está conectado. A primeira medição chega em instantes.');
    await picture(page, 'customers-enrol');
    const links = [{ ...measured('claro', 'up'), agent: newcomer.id }];
    await commit([{ kind: 'site.observed', site: report({ id, agents: [newcomer.id], links }) }]);
    await sees('caixa-01 está conectado e os links da unidade têm medição.');
    await picture(page, 'customers-enrolled');
    expect(watched.complaints).toEqual([]);
  });
});

// What agents found when they examined themselves, on the agents page in a real Chromium: the list's word, the dialog with
// its advice, old and missing examinations, a stranger's words; by keyboard, for axe, in English, on a phone.
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AgentFindings } from '../../shared/api/agents.ts';
import { day, second } from '../../shared/time.ts';
import { agentFindings, agentItem } from './agent-items.ts';
import { seriousViolations } from './axe.ts';
import { chromiumIsThere, launchChromium, openPage, picture, type WatchedPage } from './browser.ts';
import { FakeWallServer } from './fake-wall-server.ts';
import { agentsWall } from './national-fleet.ts';
import { isoAgo } from './wall-rows.ts';

const root = join(import.meta.dirname, '..', '..');
const dist = join(root, 'server', 'console', 'dist');
const patience = 15 * second;

type Found = AgentFindings['items'][number];

let browser: Browser;
let server: FakeWallServer;
let watched: WatchedPage;
let page: Page;

const row = (name: string): Locator => page.locator('tbody tr').filter({ hasText: name });

async function sees(where: Locator, text: string | RegExp): Promise<void> {
  await where.filter({ hasText: text }).first().waitFor({ timeout: patience });
}

/** Parts of the dialog that stick out of the window at the right. */
const cutOff = `[...document.querySelectorAll('dialog *')].filter((part) =>
  part.getBoundingClientRect().right > innerWidth + 0.5).map((part) => part.outerHTML.slice(0, 80))`;

/** Markup and marks of direction as an agent in wrong hands might tell them. */
const hostile = '<img src=x onerror="window.hit=1"><b>tudo certo</b>';

function items(now: number): unknown[] {
  const of = (id: string, host: string, more: Parameters<typeof agentItem>[1] = {}) =>
    agentItem(now, { id, host, hostName: host.toUpperCase(), ...more });
  const worst = agentFindings(now, ['error', 'warning']);
  const service: Found = {
    ...{ check: 'service', level: 'warning', of: null, detail: 'no unit file was found' },
    pt: {
      ...{
        name: 'serviço',
        text: 'não há serviço instalado: o agente não volta sozinho quando a máquina reinicia',
      },
      advice: 'instale com o install.sh ou o install.ps1 do pacote',
    },
    en: {
      ...{
        name: 'service',
        text: 'no service is installed: the agent does not come back when the machine restarts',
      },
      advice: 'install with install.sh or install.ps1 of the package',
    },
  };
  const said = { name: 'TLS', text: hostile, advice: null };
  const stranger: Found = {
    check: 'tls',
    level: 'error',
    of: 'a'.repeat(120),
    detail: hostile,
    pt: said,
    en: said,
  } as const;
  return [
    of('agt-1', 'srv-ad'),
    of('agt-2', 'srv-erp', { findings: { ...worst, items: [...worst.items, service], more: 1 } }),
    of('agt-3', 'srv-bd', {
      ...{ presence: 'silent', connected: false },
      findings: { ...agentFindings(now, ['warning']), examinedAt: isoAgo(now, 2 * day) },
    }),
    of('agt-4', 'srv-novo', { findings: null }),
    of('agt-5', 'srv-arq', { findings: { ...agentFindings(now, []), items: [stranger] } }),
  ];
}

describe.skipIf(!chromiumIsThere)('the findings of agents in Chromium', () => {
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    server = new FakeWallServer({ dist, snapshot: () => agentsWall(Date.now()) });
    const now = Date.now();
    server.answers.set('/api/v1/agents', { at: new Date(now).toISOString(), items: items(now) });
    await server.start();
    watched = await openPage(browser);
    page = watched.page;
  });
  afterEach(async () => {
    await page.context().close();
    await server.stop();
  });

  const openAt = (hash: string): Promise<unknown> => page.goto(`${server.url}/${hash}`);

  test('the list says how many and how bad, when it was, and who was not examined yet', async () => {
    await openAt('#agents');
    await sees(row('SRV-AD'), /em ordem\s*examinado há 2 h/);
    await sees(row('SRV-ERP'), '1 erro e 3 pontos de atenção');
    await sees(row('SRV-BD'), /1 ponto de atenção\s*exame antigo, de há 2 d/);
    await sees(row('SRV-NOVO'), 'ainda não examinado');
    expect(
      await row('SRV-NOVO')
        .getByRole('button', { name: /^Exame/ })
        .count(),
    ).toBe(0);
    expect(await seriousViolations(page)).toEqual([]);
    await picture(page, 'agents-findings-list');
    await page.getByLabel('Mostrar').selectOption({ label: 'com achados do exame (3)' });
    await expect.poll(() => page.locator('tbody tr').count(), { timeout: patience }).toBe(3);
    await page.getByRole('columnheader', { name: 'Exame' }).getByRole('button').click();
    await sees(page.locator('tbody tr').first(), 'SRV-ERP');
    expect(watched.complaints).toEqual([]);
  });

  test('by keyboard: the findings with their advice, and back to where one was', async () => {
    await openAt('#agents');
    const open = page.getByRole('button', { name: 'Exame de SRV-ERP: 1 erro e 3 pontos de atenção' });
    await open.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Exame do agente de SRV-ERP' });
    await sees(dialog, /Padaria Aurora Ltda, Matriz\. Exame de/);
    await sees(
      dialog.getByRole('listitem').first(),
      /erro: DNS \(link-0\).*nenhum dos 2 responde.*O que fazer: confira/s,
    );
    await sees(dialog.getByRole('listitem').nth(2), /atenção: serviço.*Detalhe: no unit file was found/s);
    await sees(dialog, /Mais 1 achado.*11 verificações em ordem/s);
    expect(await seriousViolations(page)).toEqual([]);
    await picture(page, 'agents-findings');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached', timeout: patience });
    await page.locator(':focus').and(open).waitFor({ timeout: patience });
  });

  test('an old examination is called old, and one without findings says so', async () => {
    await openAt('#agents');
    await page.getByRole('button', { name: /^Exame de SRV-BD/ }).click();
    await sees(page.getByRole('dialog'), /já devia ter sido repetido/);
    await picture(page, 'agents-findings-old');
    await page.getByRole('button', { name: 'Fechar' }).click();
    await page.getByRole('button', { name: 'Exame de SRV-AD: em ordem' }).click();
    await sees(
      page.getByRole('dialog'),
      /tudo o que o agente verificou está em ordem.*14 verificações em ordem/s,
    );
  });

  test('what an agent in wrong hands says is text and nothing else', async () => {
    await openAt('#agents');
    await page.getByRole('button', { name: /^Exame de SRV-ARQ/ }).click();
    await sees(page.getByRole('dialog').getByRole('listitem'), hostile);
    expect(await page.locator('dialog img, dialog b').count()).toBe(0);
    expect(await page.evaluate('window.hit')).toBeUndefined();
    expect(watched.complaints).toEqual([]);
  });

  test('while somebody looks the list renews itself, sooner after news of an agent; focus and scroll stay', async () => {
    await page.clock.install();
    let asked = 0;
    server.answering = ({ path }) => {
      if (path !== '/api/v1/agents') return undefined;
      asked += 1;
      const at = Date.now();
      return {
        status: 200,
        body: {
          at: new Date(at).toISOString(),
          items: [agentItem(at, { id: 'agt-1', version: `0.1.${asked}` })],
        },
      };
    };
    await openAt('#agents');
    await sees(page.locator('tbody tr'), '0.1.1');
    const button = page.getByRole('button', { name: /^Exame de/ });
    await button.focus();
    await page.clock.runFor(20 * second);
    expect(asked).toBe(1);
    await page.clock.runFor(15 * second);
    await sees(page.locator('tbody tr'), '0.1.2');
    await page.locator(':focus').and(button).waitFor({ timeout: patience });
    expect(asked).toBe(2);
    // News of an agent: asked again at once, but not each time.
    const [first] = agentsWall(Date.now()).sites;
    const hosts = first?.hosts.map((host) =>
      host.agent === null ? host : { ...host, agent: { ...host.agent, presence: 'silent' } },
    );
    server.send('wall.delta', { at: new Date(Date.now() + day).toISOString(), sites: [{ ...first, hosts }] });
    await sees(page.locator('tbody tr'), 'sem sinal');
    await page.clock.runFor(12 * second);
    await sees(page.locator('tbody tr'), '0.1.3');
    await page.clock.runFor(12 * second);
    expect(asked).toBe(3);
    // Nobody looks: nobody asks.
    await page.evaluate("Object.defineProperty(document, 'visibilityState', { value: 'hidden' })");
    await page.clock.runFor(90 * second);
    expect(asked).toBe(3);
    expect(watched.complaints).toEqual([]);
  });

  test.each([
    { name: 'phone', viewport: { width: 360, height: 780 }, colorScheme: 'dark' },
    { name: 'light', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  ] as const)('nothing is cut off and nothing is hard to read: $name', async (screen) => {
    await page.context().close();
    watched = await openPage(browser, { viewport: screen.viewport, colorScheme: screen.colorScheme });
    page = watched.page;
    await openAt('?lang=en#agents');
    await sees(row('SRV-ERP'), '1 error and 3 points of attention');
    await row('SRV-ERP').scrollIntoViewIfNeeded();
    await picture(page, `agents-findings-list-${screen.name}`);
    await page
      .getByRole('button', { name: 'Check-up of SRV-ERP: 1 error and 3 points of attention' })
      .click();
    const dialog = page.getByRole('dialog', { name: 'Check-up of the agent of SRV-ERP' });
    await sees(dialog, /error: DNS.*What to do: see to the firewall.*1 more finding.*11 checks in order/s);
    await picture(page, `agents-findings-${screen.name}`);
    const sticksOut = await page.evaluate(cutOff);
    expect(sticksOut).toEqual([]);
    expect(await seriousViolations(page)).toEqual([]);
  });
});

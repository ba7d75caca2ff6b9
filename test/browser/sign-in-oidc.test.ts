// From "Entrar com ..." to the wall in a real Chromium: the whole server, a provider of another site, and the cookies that must
// survive the way there and back. First what a person reads who is refused.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunningServer, startServer } from '../../server/app.ts';
import { loadConfig } from '../../server/config.ts';
import { codeOf } from '../../server/shell/http/access/totp.ts';
import { second } from '../../shared/time.ts';
import { FakeIdentityProvider } from '../fakes/identity-provider.ts';
import { seriousViolations } from './axe.ts';
import { chromiumIsThere, launchChromium, openPage, picture } from './browser.ts';

const patience = { timeout: 15 * second };

describe.skipIf(!chromiumIsThere)('sign-in by OpenID Connect in Chromium', () => {
  const idp = new FakeIdentityProvider();
  const fatal: unknown[] = [];
  let browser: Browser;
  let server: RunningServer;
  let folder: string;
  let port: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vigia-oidc-browser-'));
    port = await freePort();
    await idp.start();
    // `localhost` and the provider's 127.0.0.1 are different sites to a browser.
    idp.redirectUris = [`http://localhost:${port}/sign-in/oidc/callback`];
    server = await startWith(folder, port, idp, fatal);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await idp.stop();
    rmSync(folder, { recursive: true });
    expect(fatal).toEqual([]);
  });

  test('who has no access reads so, who has lands on the wall, and a second factor is asked for here', async () => {
    const token = readFileSync(join(folder, 'admin-token'), 'utf8').trim();
    const own = { origin: server.url, 'x-vigia-console': '1', 'content-type': 'application/json' };
    const call = async (path: string, body: object, headers: Record<string, string>) =>
      (await fetch(`${server.url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) }))
        .status;
    const chief = { token, login: 'chefe', name: 'Chefe', password: 'correto cavalo bateria' };
    expect(await call('/set-up', chief, own)).toBe(204);

    const { page, complaints } = await openPage(browser);
    const card = page.locator('.notice-card');
    const link = card.getByRole('link', { name: 'Entrar com Contas MSP' });
    // By another name of the server than the public one.
    await page.goto(`http://127.0.0.1:${port}/`);
    await link.click(patience);
    await card
      .getByRole('alert')
      .filter({ hasText: 'Esta conta não tem acesso ao Vigia.' })
      .waitFor(patience);
    expect(page.url()).toBe(`http://localhost:${port}/`);
    expect(await seriousViolations(page)).toEqual([]);
    await picture(page, 'oidc-refused');
    await page.setViewportSize({ width: 360, height: 780 });
    await picture(page, 'oidc-refused-phone');
    await page.setViewportSize({ width: 1440, height: 900 });

    const ana = { login: 'ana@msp.example', name: 'Ana Souza', role: 'operator', customers: null };
    const authorization = `Bearer ${token}`;
    expect(await call('/users', ana, { authorization, 'content-type': 'application/json' })).toBe(201);
    await link.click(patience);
    const account = page.getByRole('button', { name: 'Sua conta: Ana Souza' });
    await account.waitFor(patience);

    const post = (path: string, body?: object): Promise<unknown> =>
      page.evaluate(
        async ([url, text]) => {
          const headers = { 'x-vigia-console': '1', ...(text && { 'content-type': 'application/json' }) };
          const answer = await fetch(`/api/v1${url}`, {
            method: 'POST',
            headers,
            ...(text && { body: text }),
          });
          return await answer.json();
        },
        [path, body === undefined ? '' : JSON.stringify(body)] as const,
      );
    const { secret } = z.object({ secret: z.string() }).parse(await post('/account/totp'));
    const step = Math.floor(Date.now() / (30 * second));
    await post('/account/totp/confirmation', { code: codeOf(secret, step) });
    await account.click();
    await page.getByRole('button', { name: 'Sair' }).click(patience);
    await link.click(patience);
    const code = page.getByLabel('Código de verificação');
    await code.and(page.locator(':focus')).waitFor(patience);
    expect(await seriousViolations(page)).toEqual([]);
    await picture(page, 'oidc-code');
    await page.keyboard.type('000000');
    await page.keyboard.press('Enter');
    await card.getByRole('alert').filter({ hasText: 'Código não aceito.' }).waitFor(patience);
    // The next one: a code works once, and the last served to turn the factor on.
    await code.fill(codeOf(secret, step + 1));
    await page.keyboard.press('Enter');
    await account.waitFor(patience);
    // Chromium itself complains of every answer that is no success.
    expect(complaints.filter((text) => !/Failed to load resource.*401/.test(text))).toEqual([]);
    await page.context().close();
  });
});

async function startWith(
  folder: string,
  port: number,
  idp: FakeIdentityProvider,
  fatal: unknown[],
): Promise<RunningServer> {
  writeFileSync(join(folder, 'oidc.secret'), idp.clientSecret, { mode: 0o600 });
  const file = join(folder, 'vigia.yaml');
  const { issuer, clientId } = idp;
  const oidc = { name: 'Contas MSP', issuer, clientId, clientSecretFile: 'oidc.secret' };
  const given = {
    ...{ listen: `127.0.0.1:${port}`, data: '.', anchors: [], outsideIn: { enabled: false } },
    ...{ publicUrl: `http://localhost:${port}`, oidc },
  };
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(given));
  const config = loadConfig({ file, environment: {}, workingDirectory: folder });
  if (!config.ok) throw new Error(JSON.stringify(config.failure));
  const log = pino({ level: 'silent' });
  const server = await startServer({ config: config.value, log, onFatal: (error) => fatal.push(error) });
  if (!server.ok) throw new Error(server.failure.message);
  return server.value;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

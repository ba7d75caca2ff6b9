// Two people before the same real server: what the one does stands on the other's wall, and after `kill -9` and a new start of
// the server both walls come back by themselves, with nothing shown twice. How long each takes is printed, not judged.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { second } from '../../shared/time.ts';
import { type ScriptedAgent, startScriptedAgent } from '../fakes/scripted-agent.ts';
import { chromiumIsThere, launchChromium, openPage } from './browser.ts';

const serverMain = join(import.meta.dirname, '..', '..', 'server', 'main.ts');
const patience = { timeout: 30 * second };

let browser: Browser;
let folder = '';
let server: ChildProcess | undefined;
let agent: ScriptedAgent | undefined;

describe.skipIf(!chromiumIsThere)('two browsers before one server', () => {
  beforeAll(async () => {
    browser = await launchChromium();
    folder = mkdtempSync(join(tmpdir(), 'vigia-two-browsers-'));
  });
  afterEach(async () => {
    agent?.stop();
    for (const context of browser.contexts()) await context.close();
    server?.kill('SIGKILL');
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('the second sees what the first does; both survive the death of the server', async () => {
    const port = await freePort();
    writeConfiguration(port);
    await startServer(port);
    agent = await prepare(port);
    agent.tell('vivo', 'up');
    agent.tell('vivo', 'down');
    const maria = await signedIn(port, 'Maria');
    const jose = await signedIn(port, 'José');
    await sees(maria, /Link Vivo.*chamado VIG-/s);
    await sees(jose, /Link Vivo.*ninguém assumiu/s);

    await maria.locator('a.incident').click();
    await maria.getByRole('dialog').waitFor(patience);
    const began = performance.now();
    await maria.keyboard.press('a');
    await sees(jose, /Link Vivo.*Maria/s);
    const tookMs = Math.round(performance.now() - began);

    await killServer();
    await jose.locator('.connection[data-freshness="reconnecting"]').waitFor(patience);
    // What was known stays readable while nobody answers.
    await sees(jose, /Link Vivo.*Maria/s);
    const restarted = performance.now();
    await startServer(port);
    for (const page of [maria, jose]) {
      await page.locator('.connection[data-freshness="live"]').waitFor(patience);
      expect(await page.locator('a.incident').count()).toBe(1);
    }
    const backMs = Math.round(performance.now() - restarted);
    await sees(jose, /Link Vivo.*Maria/s);
    console.log(
      `seen by the second browser after ${tookMs} ms; both walls live ${backMs} ms after the new start began`,
    );
  });
});

async function sees(page: Page, text: RegExp): Promise<void> {
  await page.locator('a.incident').filter({ hasText: text }).first().waitFor(patience);
}

async function signedIn(port: number, by: string): Promise<Page> {
  const link = z.object({ url: z.string() }).parse(await call(port, 'POST', '/sign-in-links', { name: by }));
  const { page } = await openPage(browser);
  await page.goto(link.url);
  return page;
}

function writeConfiguration(port: number): void {
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  const config = {
    listen: `127.0.0.1:${port}`,
    data: join(folder, 'data'),
    anchors: [],
    outsideIn: { enabled: false },
    policies: { blipMs: 0, reporterCheckMs: 0, parentHoldMs: 0 },
  };
  // JSON is YAML.
  writeFileSync(join(folder, 'vigia.yaml'), JSON.stringify(config));
}

async function call(port: number, method: string, path: string, body: unknown): Promise<unknown> {
  const token = readFileSync(join(folder, 'data', 'admin-token'), 'utf8').trim();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const url = `http://127.0.0.1:${port}/api/v1${path}`;
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

async function prepare(port: number): Promise<ScriptedAgent> {
  const links = [
    { key: 'vivo', provider: 'vivo', role: 'primary' },
    { key: 'claro', provider: 'claro', role: 'backup' },
  ];
  const hosts = [{ key: 'srv', name: 'SRV', address: '192.168.0.5' }];
  const site = { key: 'matriz', name: 'Matriz', city: 'São Paulo', state: 'SP', links, hosts };
  const customer = { key: 'sol', name: 'Sol', cnpj: '11.222.333/0001-81', plan: 'PREMIUM', sites: [site] };
  const providers = [
    { key: 'vivo', name: 'Vivo' },
    { key: 'claro', name: 'Claro' },
  ];
  await call(port, 'PUT', '/inventory', { version: 1, providers, customers: [customer] });
  const place = { customer: 'sol', site: 'matriz', host: 'srv' };
  const { token } = z
    .looseObject({ token: z.string() })
    .parse(await call(port, 'POST', '/enrolment-tokens', place));
  return startScriptedAgent(port, token);
}

async function startServer(port: number): Promise<void> {
  const args = [serverMain, '--config', join(folder, 'vigia.yaml')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  server = child;
  let printed = '';
  child.stderr.on('data', (chunk) => {
    printed = `${printed}${chunk}`.slice(-4_000);
  });
  await until('the server answers', async () => {
    if (child.exitCode !== null) throw new Error(`the server ended by itself:\n${printed}`);
    return fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
}

async function killServer(): Promise<void> {
  const child = server;
  if (child === undefined) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + patience.timeout;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const listening = createServer().listen(0, '127.0.0.1', () => {
      const address = listening.address();
      listening.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

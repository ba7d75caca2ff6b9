// `node test/demo/screenshots.ts [folder]`: runs the demonstration, waits until its outages stand on the wall, and writes the
// pictures of the README (default docs/images). Fails when a picture is too large for a page that people load by phone.
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pino from 'pino';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { z } from 'zod';
import { pageHash, televisionHash, ticketHash } from '../../server/console/route.ts';
import { type Demo, startDemo } from '../../server/demo/demo.ts';
import { play } from '../../server/demo/play.ts';
import { assert } from '../../shared/assert.ts';
import { second } from '../../shared/time.ts';
import { launchChromium, openPage } from '../browser/browser.ts';

const root = join(import.meta.dirname, '..', '..');
const pictureBytesMax = 200 * 1024;
/** Every outage of the first act stands, none has returned yet: about fifteen seconds of the story. */
const fullWallMs = 60 * second;

const desktop = { viewport: { width: 1200, height: 720 } } as const;
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 1.75, isMobile: true } as const;
const television = { viewport: { width: 1120, height: 630 } } as const;

interface Picture {
  readonly name: string;
  readonly page: Page;
  /** The page as the address's fragment names it. */
  readonly hash: string;
  /** Words that stand there once it is drawn. */
  readonly shows: string;
}

const listSchema = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      customer: z.string().nullable(),
      ticket: z.object({ protocol: z.string().nullable() }).nullable(),
    }),
  ),
});

async function main(): Promise<void> {
  const folder = resolve(process.argv[2] ?? join(root, 'docs', 'images'));
  mkdirSync(folder, { recursive: true });
  execFileSync(process.execPath, [join(root, 'server', 'console', 'build.ts')], { stdio: 'inherit' });
  const log = pino({ level: 'error' }, pino.destination({ fd: 2, sync: true }));
  const started = await startDemo({ speed: 1, port: 0, log, onFatal: (error) => log.error({ error }) });
  assert(started.ok, 'the demonstration starts');
  const demo = started.value;
  const browser = await launchChromium();
  try {
    const beganAt = demo.server.clock.now();
    play({ ...demo, onScene: () => undefined, onCalm: () => undefined });
    // Signed in and drawn before anything is worth a picture: the moment is short.
    const dark = await open(browser, demo, { ...desktop, colorScheme: 'dark' });
    const light = await open(browser, demo, { ...desktop, colorScheme: 'light' });
    const small = await open(browser, demo, phone);
    const large = await open(browser, demo, television);
    await go(large, televisionHash, 'Ao vivo');
    const map = await open(browser, demo, { ...desktop, colorScheme: 'light' });
    await go(map, pageHash('providers'), 'Falhando agora');
    await wait(Math.max(0, fullWallMs - (demo.server.clock.now() - beganAt)));
    const crash = await incidentOf(demo, 'host-down', 'cedro');
    const link = await incidentOf(demo, 'link-down', 'aurora');
    const incident = pageHash('incident-page', link.id);
    const pictures: readonly Picture[] = [
      { name: 'wall-dark', page: dark, hash: '', shows: 'Padaria Aurora' },
      { name: 'wall-light', page: light, hash: '', shows: 'Padaria Aurora' },
      { name: 'phone', page: small, hash: '', shows: 'Clínica Vida' },
      { name: 'television', page: large, hash: televisionHash, shows: 'Clínica Vida' },
      { name: 'ticket', page: dark, hash: ticketHash(crash.protocol), shows: 'Servidor HIPER fora do ar' },
      { name: 'providers', page: map, hash: pageHash('providers'), shows: 'Falhando agora' },
      { name: 'incident', page: dark, hash: incident, shows: 'Hipóteses descartadas' },
    ];
    let largest = 0;
    for (const picture of pictures) largest = Math.max(largest, await take(picture, folder));
    assert(largest <= pictureBytesMax, 'every picture is small enough for the README');
  } finally {
    await browser.close();
    await demo.stop();
  }
}

async function incidentOf(demo: Demo, kind: string, customer: string) {
  const answer = await fetch(`${demo.server.url}/api/v1/incidents?state=open`, {
    headers: { authorization: `Bearer ${demo.adminToken}` },
  });
  const { items } = listSchema.parse(await answer.json());
  const found = items.find((item) => item.kind === kind && item.customer === customer);
  assert(found !== undefined, `the story has opened ${kind} for ${customer}`);
  return { id: found.id, protocol: found.ticket?.protocol ?? '' };
}

/** A profile of its own, signed in as a person would be, the wall drawn. */
async function open(browser: Browser, { server }: Demo, options: BrowserContextOptions): Promise<Page> {
  const { page } = await openPage(browser, { ...options, reducedMotion: 'reduce' });
  await page.goto(server.signInLink('Ana Souza'));
  await page
    .getByText('Padaria Aurora')
    .first()
    .waitFor({ timeout: 30 * second });
  return page;
}

async function go(page: Page, hash: string, shows: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  await page
    .getByText(shows)
    .first()
    .waitFor({ timeout: 30 * second });
}

/** Gives the picture's bytes. */
async function take({ name, page, hash, shows }: Picture, folder: string): Promise<number> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  await page
    .getByText(shows)
    .first()
    .waitFor({ timeout: 30 * second });
  // Charts and the map come a moment after the words.
  await page.waitForTimeout(second / 2);
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path });
  const { size } = statSync(path);
  process.stdout.write(`${path}  ${Math.ceil(size / 1024)} KB\n`);
  return size;
}

await main();

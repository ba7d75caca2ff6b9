// The wall on the server's own HTTP side and stream, from sign-in to the manual queue: what the one sends, the other reads,
// and what a person does in the browser arrives as an input with the person's name.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createMemoryManualQueue } from '../../server/adapters/memory/manual-queue.ts';
import { manualItemOf } from '../../server/ports/manual-queue.ts';
import { instant, minute, plus, second } from '../../shared/time.ts';
import { incident, openEffect } from '../unit/server/core/view/samples.ts';
import {
  type Harness,
  importInventory,
  startHarness,
  virtualClock,
} from '../unit/server/shell/http/harness.ts';
import { chromiumIsThere, launchChromium, openPage, picture } from './browser.ts';

const root = join(import.meta.dirname, '..', '..');
const dist = join(root, 'server', 'console', 'dist');
const patience = { timeout: 20 * second };

let browser: Browser;
let harness: Harness;

describe.skipIf(!chromiumIsThere)('wall on its server in Chromium', () => {
  beforeAll(async () => {
    execFileSync(process.execPath, [join(root, 'server', 'console', 'build.ts')], { stdio: 'inherit' });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
  });
  afterEach(async () => {
    await harness.api.close();
  });

  test('a person signs in, assigns an incident and registers its ticket by hand', async () => {
    const queue = createMemoryManualQueue();
    const now = instant(Date.now());
    const nudged: string[] = [];
    harness = await startHarness({
      clock: virtualClock(now),
      parts: { manual: { queue, nudge: (key) => nudged.push(key) } },
      settings: { consoleDirectory: dist },
    });
    await importInventory(harness);
    harness.desk.setMood('down');
    const began = plus(now, -3 * minute);
    const opened = incident({ detectedAt: began, openedAt: began, confirmedAt: began, outageSince: began });
    const opening = openEffect(opened);
    const ticket = { state: 'pending', effect: opening.key } as const;
    await harness.commit([{ kind: 'incident.opened', incident: { ...opened, ticket } }], [opening]);
    queue.wait(
      manualItemOf(opening, {
        reason: 'manual',
        desk: 'MySuite',
        since: began,
        title: opening.text.title,
        priority: 'critical',
      }),
    );
    const url = await harness.api.listen({ host: '127.0.0.1', port: 0 });

    const { page, complaints } = await openPage(browser);
    await page.goto(`${url}/sign-in?token=${harness.parts.signIn.newLink('Maria').token}`);
    const row = page.locator('.incident');
    await row.filter({ hasText: 'atender já · há 3 min' }).waitFor(patience);
    await row.filter({ hasText: 'em espera: uma pessoa precisa agir' }).waitFor(patience);
    await row.click();
    const panel = page.getByRole('dialog');
    await panel.filter({ hasText: 'crítico · PREMIUM' }).waitFor(patience);
    await panel.filter({ hasText: /abertura · em espera/i }).waitFor(patience);
    await page.keyboard.press('t');
    await page.keyboard.type('Campo Sul');
    await page.keyboard.press('Enter');
    await panel.filter({ hasText: 'Atribuído.' }).waitFor(patience);
    expect(harness.inputs.at(-1)).toMatchObject({ kind: 'incident.assigned', to: 'Campo Sul', by: 'Maria' });
    harness.clock.advance(second);
    await panel.filter({ hasText: 'Atribuído a' }).waitFor(patience);
    await picture(page, 'served-panel');
    await panel.getByRole('link', { name: 'Abrir fila manual' }).click();
    await panel.getByLabel('Protocolo que a central deu').fill('2026/4711');
    await page.keyboard.press('Enter');
    await panel.filter({ hasText: 'Nada espera por uma pessoa.' }).waitFor(patience);
    expect(queue.history(opened.id)).toMatchObject([
      { kind: 'registered', protocol: '2026/4711', by: 'Maria' },
    ]);
    expect(nudged).toEqual([opening.key]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

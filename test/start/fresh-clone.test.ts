// What the README promises to a newcomer, done for real: a clean clone, `npm ci && npm start`, the printed link opened in
// a browser, the truth about this machine on the wall, an orderly end, and a second start that knows what the first did.
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readStamp } from '../../agent/shell/stamp.ts';
import type { Ticket } from '../../shared/api/incidents.ts';
import { second } from '../../shared/time.ts';
import { chromiumIsThere, launchChromium, openPage, picture, type WatchedPage } from '../browser/browser.ts';
import { throughout, until } from '../lab/until.ts';
import { cloneTo, installPackages } from './checkout.ts';
import { internetIsThere } from './internet.ts';
import { barePrograms, newcomersEnvironment, runToEnd, systemPath, withoutPing } from './programs.ts';
import { freePort, Vigia } from './vigia.ts';

/** From the command to the truth on the wall. */
const truthMs = 60 * second;
const stopMs = 5 * second;
/** How long a second start is watched for a ticket that must not come: several rounds of the agent and every grace. */
const watchedMs = 25 * second;

const work = realpathSync(mkdtempSync(join(tmpdir(), 'vigia-start-')));
const checkout = join(work, 'vigia');
const data = join(work, 'data');
const read = (path: string): string => readFileSync(join(checkout, path), 'utf8');

let installedMs = 0;
let lockBefore = '';

beforeAll(async () => {
  cloneTo(checkout);
  lockBefore = read('package-lock.json');
  installedMs = await installPackages(checkout, newcomersEnvironment(systemPath(), {}));
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

/** The commands of the README's shell block below this heading, one by one. */
function promised(heading: string): readonly string[] {
  const section =
    read('README.md')
      .split(/^## /m)
      .find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const block = /```sh\n([\s\S]*?)```/.exec(section)?.[1] ?? '';
  return block
    .split(/&&|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** What the README shows as printed by the start, line by line; the token of its link stands for any. */
function sampleOutput(): readonly string[] {
  const block = /```\n(Painel:[\s\S]*?)```/.exec(read('README.md'))?.[1] ?? '';
  const lines = block.split('\n').map((line) => line.trim().replace(/\.\.\.$/, ''));
  expect(lines.length).toBeGreaterThan(3);
  return lines;
}

describe('a fresh clone', () => {
  test('npm ci brought the one pinned Node, with packages’ own scripts off, and left the lock file as it was', async () => {
    console.log(`npm ci took ${(installedMs / 1_000).toFixed(1)} s`);
    const manifest = z
      .object({
        optionalDependencies: z.record(z.string(), z.string()),
        scripts: z.record(z.string(), z.string()),
      })
      .parse(JSON.parse(read('package.json')));
    const nodes = Object.entries(manifest.optionalDependencies).filter(([name]) => /^node-/.test(name));
    const versions = new Set(nodes.map(([, version]) => version));
    expect(nodes.length).toBeGreaterThanOrEqual(4);
    expect([...versions]).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
    const node = join(checkout, 'node_modules', '.bin', 'node');
    const { output } = await runToEnd(node, ['--version'], { cwd: checkout, env: {} });
    expect(output).toBe(`v${[...versions][0]}\n`);
    expect(read('.npmrc').split('\n')).toContain('ignore-scripts=true');
    expect(read('package-lock.json')).toBe(lockBefore);
  });

  test('the lock file names no host to download from, and the digest of each package', () => {
    const entry = z.object({ resolved: z.string().optional(), integrity: z.string().optional() });
    const { packages } = z
      .object({ packages: z.record(z.string(), entry) })
      .parse(JSON.parse(read('package-lock.json')));
    const others = Object.entries(packages).filter(([path]) => path !== '');
    expect(others.length).toBeGreaterThan(100);
    expect(others.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    expect(others.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true)).toEqual([]);
  });

  test('the commands of the README are there, and CI runs exactly the one for tests', () => {
    expect(promised('Start')).toEqual(['npm ci', 'npm start']);
    expect(promised('Test')).toEqual(['npm ci', 'npm test']);
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read('package.json')));
    const entries = Object.values(scripts).flatMap((script) =>
      [...script.matchAll(/node (\S+\.ts)/g)].map((match) => match[1] ?? ''),
    );
    expect(scripts.test).toMatch(/^node test\/run\.ts/);
    expect(entries.filter((entry) => !existsSync(join(checkout, entry)))).toEqual([]);
    const preparation = /^(#.*|set .*|cd .*|\s*)$/;
    const inCi = read('.ci/run')
      .split('\n')
      .filter((line) => !preparation.test(line));
    expect(inCi).toEqual(promised('Test'));
    expect(statSync(join(checkout, '.ci/run')).mode & 0o111).toBe(0o111);
  });
});

describe.skipIf(!chromiumIsThere)('npm start', () => {
  let browser: Browser;
  let watched: WatchedPage | undefined;
  let vigia: Vigia | undefined;
  let online = false;
  let listen = '';
  let link = '';
  let agent = '';
  let tickets: readonly Ticket[] = [];

  beforeAll(async () => {
    [browser, online] = await Promise.all([launchChromium(), internetIsThere()]);
    listen = `127.0.0.1:${await freePort()}`;
    console.log(`this machine has ${online ? 'internet' : 'no internet'}`);
  });
  afterAll(async () => {
    vigia?.killAll();
    await browser.close();
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.log(vigia?.output);
  });

  const running = (): Vigia => {
    if (vigia === undefined) throw new Error('it does not run');
    return vigia;
  };
  const sees = (page: Page, where: string, text: string | RegExp, withinMs: number): Promise<void> =>
    page
      .locator(where)
      .filter({ hasText: text })
      .first()
      .waitFor({ timeout: Math.max(withinMs, 1) });

  // One story, in this order: each test continues where the one before left the machine.
  test(
    'without a ping program, the printed link opens a wall that tells the truth about this machine within a minute',
    async () => {
      const programs = barePrograms(join(work, 'programs'));
      const environment = newcomersEnvironment(programs, { VIGIA_LISTEN: listen, VIGIA_DATA: data });
      const probe = withoutPing(['sh', '-c', 'command -v ping || ping -c 1 127.0.0.1']);
      const [shell = '', ...words] = probe;
      expect((await runToEnd(shell, words, { cwd: work, env: environment })).code).not.toBe(0);

      vigia = new Vigia({ command: withoutPing(['npm', 'start']), checkout, data, environment });
      const left = (): number => truthMs - (performance.now() - running().startedAt);
      const seconds = (): string => ((performance.now() - running().startedAt) / 1_000).toFixed(1);
      link = await vigia.printed(/(http:\/\/\S+\/sign-in\?token=\S+)/, left());
      console.log(`link printed after ${seconds()} s`);
      expect(link.startsWith(`http://${listen}/sign-in?token=`)).toBe(true);
      for (const line of sampleOutput())
        expect(running().output).toContain(line.replaceAll('127.0.0.1:7700', listen));
      watched = await openPage(browser);
      const { page, complaints } = watched;
      await page.goto(link);
      expect(new URL(page.url()).search).toBe('');
      await sees(page, '.site', 'Este computador', left());
      if (online) {
        await sees(page, '.site .link', /no ar/, left());
        console.log(`link up on the wall after ${seconds()} s`);
        await sees(page, '.quiet', 'Tudo em ordem.', left());
        await picture(page, 'start-wall');
      } else {
        await sees(page, '.incident', /Link Internet \(principal\) fora do ar.*crítico/s, left());
        console.log(`incident on the wall after ${seconds()} s`);
        await sees(page, '.incident', /Link Internet.*chamado VIG-\d+/s, left());
        console.log(`protocol on the wall after ${seconds()} s`);
        await sees(page, '.site .link', /fora do ar/, left());
        await picture(page, 'start-wall');
      }
      expect(complaints).toEqual([]);
    },
    truthMs + 30 * second,
  );

  test('what stands behind the wall is that and nothing else', async () => {
    const { page, complaints } = watched ?? (await openPage(browser));
    const [only, ...others] = await running().agents();
    expect(others).toEqual([]);
    expect(only).toMatchObject({ customer: 'local', site: 'este-computador', connected: true });
    agent = only?.id ?? '';
    tickets = await running().tickets();
    const incidents = await running().incidents();
    const ofCustomers = incidents.filter(({ site }) => site !== null);
    if (online) {
      expect(incidents).toEqual([]);
      expect(tickets).toEqual([]);
      return;
    }
    expect(ofCustomers).toHaveLength(1);
    expect(ofCustomers[0]).toMatchObject({
      kind: 'link-down',
      severity: 'outage',
      priority: 'critical',
      link: 'principal',
      state: 'open',
    });
    expect(tickets).toHaveLength(1);
    expect(tickets[0]).toMatchObject({ incident: ofCustomers[0]?.id, priority: 'critical', state: 'open' });
    const protocol = tickets[0]?.protocol ?? 'none';

    await page.locator('.incident').filter({ hasText: protocol }).click();
    const panel = page.getByRole('dialog');
    await panel.filter({ hasText: protocol }).waitFor();
    await panel.locator('.witnesses li').first().waitFor();
    await picture(page, 'start-incident');
    await panel.getByRole('link', { name: protocol }).click();
    await panel.locator('.ticket-body').waitFor();
    expect(await panel.locator('.ticket-body').innerText()).toContain('Este computador');
    await picture(page, 'start-ticket');
    expect(complaints).toEqual([]);
  });

  test('the link works once: a second use is refused in Portuguese and signs nobody in', async () => {
    const stranger = await openPage(browser);
    const answer = await stranger.page.goto(link);
    expect(answer?.status()).toBe(403);
    expect(await stranger.page.locator('h1').innerText()).toBe('Este link de entrada não vale mais');
    expect(await stranger.page.context().cookies()).toEqual([]);
    await stranger.page.context().close();
  });

  test('nothing of its data can be read by another user of the machine', () => {
    const modeOf = (path: string): string => (statSync(join(data, path)).mode & 0o777).toString(8);
    expect([modeOf('admin-token'), modeOf('agent/agent.key'), modeOf('agent/agent.json')]).toEqual([
      '600',
      '600',
      '600',
    ]);
    expect([modeOf('.'), modeOf('agent')]).toEqual(['700', '700']);
    const all = readdirSync(data, { recursive: true, encoding: 'utf8' });
    expect(all).toContain(join('agent', 'spool.sqlite'));
    expect(all.filter((path) => (statSync(join(data, path)).mode & 0o077) !== 0)).toEqual([]);
    expect(readdirSync(checkout)).not.toContain('data');
  });

  test('SIGTERM ends server and agent in order, within five seconds, with 0', async () => {
    await watched?.page.context().close();
    const stopped = await running().stop('SIGTERM', 'npm');
    console.log(`ended ${Math.round(stopped.tookMs)} ms after SIGTERM`);
    expect(stopped).toMatchObject({ code: 0, signal: null });
    expect(stopped.tookMs).toBeLessThan(stopMs);
    expect(running().leftovers()).toEqual([]);
    expect(readStamp(join(data, 'agent', 'alive.json'))?.stoppedInOrder).toBe(true);
  });

  test('a second start signs the same agent on and opens nothing for what was already known', async () => {
    const environment = newcomersEnvironment(systemPath(), { VIGIA_LISTEN: listen, VIGIA_DATA: data });
    vigia = new Vigia({ command: ['npm', 'start'], checkout, data, environment });
    const again = await vigia.printed(/(http:\/\/\S+\/sign-in\?token=\S+)/, truthMs);
    expect(again).not.toBe(link);
    // The console was built by the first start.
    expect(vigia.output).not.toContain('console built');
    await until(
      'the agent is back',
      truthMs,
      async () => (await running().agents())[0]?.connected === true,
      () => running().output,
    );
    expect((await running().agents()).map(({ id }) => id)).toEqual([agent]);
    const known = tickets.map(({ protocol }) => protocol);
    const same = async (): Promise<boolean> => {
      const now = await running().tickets();
      return JSON.stringify(now.map(({ protocol }) => protocol)) === JSON.stringify(known);
    };
    await throughout('the tickets are those of before', watchedMs, same, () => running().output);
    const incidents = (await running().incidents()).filter(({ site }) => site !== null);
    expect(incidents.map(({ state }) => state)).toEqual(online ? [] : ['open']);
    expect((await running().agents()).map(({ id }) => id)).toEqual([agent]);
  });

  test('Ctrl+C in the terminal, which reaches every process at once, ends it just as well', async () => {
    const stopped = await running().stop('SIGINT', 'everyone');
    expect(stopped).toMatchObject({ code: 0, signal: null });
    expect(stopped.tookMs).toBeLessThan(stopMs);
    expect(running().leftovers()).toEqual([]);
    expect(readStamp(join(data, 'agent', 'alive.json'))?.stoppedInOrder).toBe(true);
    expect(errorsIn(running().output)).toEqual([]);
  });
});

/** Log lines of failures. Where this machine has no internet the alarm that Vigia itself is blind is none: it is due. */
function errorsIn(output: string): readonly string[] {
  return output
    .split('\n')
    .filter((line) => /"level":(50|60)/.test(line) && !line.includes('"alarm":"own-outage"'));
}

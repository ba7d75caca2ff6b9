// The wall under load: the server's real HTTP side and streams with 5,000 sites on memory stores, the built console in a real
// Chromium, and 200 changes a second. What a person at the wall would feel (the longest frame, how soon something is there)
// and what the server's agents would (how long its loop stands still). The rows are made, and Chromium is driven, in the
// server's own process, so its stall is told somewhat too high, never too low.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Site } from '../../server/core/topology.ts';
import { instant, second } from '../../shared/time.ts';
import { chromiumIsThere, launchChromium, openPage } from '../browser/browser.ts';
import { bearer, type Harness, startHarness, virtualClock } from '../unit/server/shell/http/harness.ts';
import { topologyOf } from './busy-fleet.ts';
import {
  type Frames,
  framesInPage,
  type IdleLoop,
  type Paints,
  pageWork,
  paintsOf,
  type Stalls,
  snapshotBytes,
  startFrames,
  startIdleLoop,
  startStalls,
} from './console-probes.ts';
import { changesPerSecond, createUnrest, goodOrder } from './console-unrest.ts';
import type { Figure } from './figure.ts';

const root = join(import.meta.dirname, '..', '..');
const dist = join(root, 'server', 'console', 'dist');
const sites = 5_000;
/** A warm-up before what is measured: caches, compiled code, the first sorting of the list. */
const warmMs = 5 * second;
const openMs = 3 * second;
/** How often a wall is opened amid the changes. */
const openings = 3;
const patienceMs = 60 * second;

/** Undefined: it can be measured here. */
export function consoleObstacle(): string | undefined {
  return chromiumIsThere ? undefined : 'no Chromium (apt install chromium)';
}

export async function benchConsole(measureMs: number): Promise<readonly Figure[]> {
  execFileSync(process.execPath, [join(root, 'server', 'console', 'build.ts')], { stdio: 'inherit' });
  const now = instant(Date.now());
  const clock = virtualClock(now);
  const harness = await startHarness({ clock, settings: { consoleDirectory: dist } });
  const browser = await launchChromium();
  const idle = startIdleLoop();
  // The harness's clock is turned by the machine's, so that the streams flush and beat as in production.
  const pump = setInterval(() => clock.advance(Math.max(0, Date.now() - clock.now())), 10);
  try {
    const topology = topologyOf({ sites, agentsPerSite: 1 });
    const all = [...topology.sites.values()];
    await harness.commit([{ kind: 'topology.adopted', topology }, ...all.flatMap(goodOrder(now))]);
    const url = await harness.api.listen({ host: '127.0.0.1', port: 0 });
    return figuresOf(await measured({ harness, browser, idle, url, all, measureMs }));
  } finally {
    clearInterval(pump);
    await idle.stop();
    await browser.close();
    await harness.api.close();
  }
}

interface Bench {
  readonly harness: Harness;
  readonly browser: Browser;
  readonly idle: IdleLoop;
  readonly url: string;
  readonly all: readonly Site[];
  readonly measureMs: number;
}

interface Steady {
  readonly changesPerSecond: number;
  readonly frames: Frames;
  readonly idleFrames: Frames;
  readonly stalls: Stalls;
  /** Processor time of the page for each delta it was sent. */
  readonly scriptMs: number;
  readonly workMs: number;
}

interface Opening {
  readonly stalls: Stalls;
  readonly paints: Paints;
}

interface Run {
  readonly quiet: Paints;
  readonly steady: Steady;
  readonly opened: readonly Opening[];
  readonly snapshotBytes: number;
}

type Unrest = ReturnType<typeof createUnrest>;

async function measured(bench: Bench): Promise<Run> {
  const { harness, browser, url, all } = bench;
  const { page } = await openPage(browser, { viewport: { width: 1920, height: 1080 } });
  await page.addInitScript(framesInPage);
  await page.goto(`${url}/sign-in?token=${harness.parts.signIn.newLink('Maria').token}`);
  await sitesThere(page);
  // Opened again, with the browser's cache of the scripts: what a person feels every morning.
  await page.goto(url);
  await sitesThere(page);
  const quiet = await paintsOf(page);
  const unrest = createUnrest(harness, all);
  await unrest.live(warmMs);
  const steady = await lived(bench, page, unrest);
  const opened: Opening[] = [];
  while (opened.length < openings) opened.push(await openedAnew(bench, page, unrest));
  return { quiet, steady, opened, snapshotBytes: await snapshotBytes(url, bearer.authorization) };
}

async function sitesThere(page: Page): Promise<void> {
  await page.locator('.site').first().waitFor({ timeout: patienceMs });
}

async function lived(bench: Bench, page: Page, unrest: Unrest): Promise<Steady> {
  const { browser, harness, idle, measureMs } = bench;
  const still = await openPage(browser, { viewport: { width: 640, height: 480 } });
  await still.page.addInitScript(framesInPage);
  await still.page.goto('about:blank');
  const session = await page.context().newCDPSession(page);
  const deltasBefore = harness.parts.consoles.stats().deltasSent;
  const workBefore = await pageWork(session);
  const [endFrames, endStill] = [await startFrames(page), await startFrames(still.page)];
  const endStalls = await startStalls(idle);
  const scrolled = scrollAbout(page, measureMs);
  const done = await unrest.live(measureMs);
  const stalls = await endStalls();
  await scrolled;
  const [frames, idleFrames] = [await endFrames(), await endStill()];
  const work = await pageWork(session);
  const deltas = harness.parts.consoles.stats().deltasSent - deltasBefore;
  if (frames.moved === 0 || deltas === 0) throw new Error('console: no delta reached the page');
  await still.page.context().close();
  return {
    changesPerSecond: done / (measureMs / second),
    ...{ frames, idleFrames, stalls },
    scriptMs: (work.scriptMs - workBefore.scriptMs) / deltas,
    workMs: (work.allMs - workBefore.allMs) / deltas,
  };
}

/** The loop and the page while the wall is opened anew amid the changes. */
async function openedAnew({ idle }: Bench, page: Page, unrest: Unrest): Promise<Opening> {
  const endStalls = await startStalls(idle);
  const living = unrest.live(openMs);
  await page.reload();
  await sitesThere(page);
  const paints = await paintsOf(page);
  await living;
  return { stalls: await endStalls(), paints };
}

/** Rolls through the list as a person would, all the time: rows are made and dropped while the news come. */
async function scrollAbout(page: Page, forMs: number): Promise<void> {
  const until = performance.now() + forMs;
  for (let step = 0; performance.now() < until; step += 1) {
    await page.mouse.wheel(0, step % 40 < 20 ? 600 : -600);
    await page.waitForTimeout(150);
  }
}

function figuresOf(run: Run): readonly Figure[] {
  const bench = 'console';
  return [...pageFigures(run.steady), ...serverFigures(run), ...paintFigures(run)].map((each) => ({
    bench,
    ...each,
  }));
}

type Row = Omit<Figure, 'bench'>;

const load = `${sites} sites, ${changesPerSecond} changes/s`;

function pageFigures(steady: Steady): readonly Row[] {
  const { frames, idleFrames } = steady;
  const above = (ms: number, goal?: string): Row => ({
    ...{ name: `${load}: frames above ${ms} ms (of ${frames.count})`, unit: '', value: frames.above(ms) },
    ...(goal === undefined ? {} : { goal }),
  });
  return [
    { name: `${load}: changes`, value: steady.changesPerSecond, unit: '1/s' },
    { name: `${load}: longest frame`, value: frames.longestMs, unit: 'ms', goal: 'at most 200' },
    { name: '  the same of an idle page beside it', value: idleFrames.longestMs, unit: 'ms' },
    { name: `${load}: frame, p99`, value: frames.p99Ms, unit: 'ms' },
    { name: '  the same of an idle page beside it', value: idleFrames.p99Ms, unit: 'ms' },
    above(50),
    above(100),
    above(200, 'none'),
    { name: '  the same of an idle page beside it', value: idleFrames.above(200), unit: '' },
    { name: `${load}: processor time of the page's scripts per delta`, value: steady.scriptMs, unit: 'ms' },
    { name: `${load}: processor time of the page per delta, drawing too`, value: steady.workMs, unit: 'ms' },
  ];
}

function serverFigures({ steady, opened, snapshotBytes: bytes }: Run): readonly Row[] {
  const most = (of: (opening: Opening) => number): number => Math.max(...opened.map(of));
  const beside = '  the same of an idle loop beside it';
  const goal = 'at most 100';
  return [
    {
      ...{ name: `${load}: longest stall of the server's loop`, unit: 'ms', goal },
      value: steady.stalls.own.maxMs,
    },
    { name: beside, value: steady.stalls.idle.maxMs, unit: 'ms' },
    {
      name: '  of it at most the loop’s own work, processor time',
      value: steady.stalls.own.workMs,
      unit: 'ms',
    },
    { name: `${load}: stall of the server's loop, p99`, value: steady.stalls.own.p99Ms, unit: 'ms' },
    { name: beside, value: steady.stalls.idle.p99Ms, unit: 'ms' },
    {
      ...{ name: `the same while a wall is opened (${openings} times): longest`, unit: 'ms', goal },
      value: most(({ stalls }) => stalls.own.maxMs),
    },
    { name: beside, value: most(({ stalls }) => stalls.idle.maxMs), unit: 'ms' },
    {
      ...{ name: '  of it at most the loop’s own work, processor time', unit: 'ms' },
      value: most(({ stalls }) => stalls.own.workMs),
    },
    {
      ...{ name: 'the same while a wall is opened: p99', unit: 'ms' },
      value: most(({ stalls }) => stalls.own.p99Ms),
    },
    { name: `${sites} sites: snapshot`, value: bytes / 1024, unit: 'KB' },
  ];
}

function paintFigures({ quiet, opened }: Run): readonly Row[] {
  return [
    { name: `${sites} sites: first content painted`, value: quiet.contentMs, unit: 'ms' },
    { name: `${sites} sites: first row painted`, value: quiet.rowMs, unit: 'ms', goal: 'at most 1000' },
    {
      ...{ name: `${load}: first row painted, slowest of ${openings}`, unit: 'ms' },
      value: Math.max(...opened.map(({ paints }) => paints.rowMs)),
    },
    {
      ...{ name: 'first view, script compressed', unit: 'KB', goal: 'at most 150' },
      value: firstViewBytes() / 1024,
    },
  ];
}

/** The script the index names and those it cannot begin without; pages are fetched later. */
function firstViewBytes(): number {
  const assets = join(dist, 'assets');
  const [entry] = /index-[\w-]+\.js/.exec(readFileSync(join(dist, 'index.html'), 'utf8')) ?? [];
  const wanted = entry === undefined ? [] : [entry];
  const seen = new Set<string>();
  for (const name of wanted) {
    if (seen.has(name)) continue;
    seen.add(name);
    const script = readFileSync(join(assets, name), 'utf8');
    for (const [, other] of script.matchAll(/\b(?:from|import)\s*["']\.\/([\w-]+\.js)["']/g)) {
      if (other !== undefined) wanted.push(other);
    }
  }
  return [...seen].reduce((sum, name) => sum + statSync(join(assets, `${name}.gz`)).size, 0);
}

// The wall under load: the server's real HTTP side and streams with 5,000 sites on memory stores, the built console in a real
// Chromium, and 200 changes a second. What a person at the wall would feel (the longest frame, how soon something is there)
// and what the server's agents would (how long its loop stands still). The rows are made in the server's own process, so its
// stall is told somewhat too high, never too low.
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import type { Change } from '../../server/core/change.ts';
import type { Incident } from '../../server/core/incident.ts';
import type { Site, Topology } from '../../server/core/topology.ts';
import { agentId, incidentId } from '../../shared/ids.ts';
import { type Random, seededRandom } from '../../shared/random.ts';
import { type Instant, instant, plus, second } from '../../shared/time.ts';
import { chromiumIsThere, launchChromium, openPage } from '../browser/browser.ts';
import { agent, incident, report } from '../unit/server/core/view/samples.ts';
import { type Harness, startHarness, virtualClock } from '../unit/server/shell/http/harness.ts';
import { topologyOf } from './busy-fleet.ts';
import type { Figure } from './figure.ts';

const root = join(import.meta.dirname, '..', '..');
const dist = join(root, 'server', 'console', 'dist');
const sites = 5_000;
const changesPerSecond = 200;
/** Every so many changes, one opens an incident, and the one that stands longest closes. */
const incidentEvery = 20;
const standingMax = 150;
const turnMs = 50;
/** A warm-up before what is measured: caches, compiled code, the first sorting of the list. */
const warmMs = 5 * second;
const joinMs = 3 * second;

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
  // The harness's clock is turned by the machine's, so that the streams flush and beat as in production.
  const pump = setInterval(() => clock.advance(Math.max(0, Date.now() - clock.now())), 10);
  try {
    const topology = topologyOf({ sites, agentsPerSite: 1 });
    await harness.commit([
      { kind: 'topology.adopted', topology },
      ...[...topology.sites.values()].flatMap(goodOrder(now)),
    ]);
    const url = await harness.api.listen({ host: '127.0.0.1', port: 0 });
    return await measured({ harness, browser, url, topology, measureMs });
  } finally {
    clearInterval(pump);
    await browser.close();
    await harness.api.close();
  }
}

type LoopDelay = ReturnType<typeof monitorEventLoopDelay>;

interface Bench {
  readonly harness: Harness;
  readonly browser: Browser;
  readonly url: string;
  readonly topology: Topology;
  readonly measureMs: number;
}

async function measured({ harness, browser, url, topology, measureMs }: Bench): Promise<readonly Figure[]> {
  const { page } = await openPage(browser, { viewport: { width: 1920, height: 1080 } });
  await page.addInitScript(framesInPage);
  await page.goto(`${url}/sign-in?token=${harness.parts.signIn.newLink('Maria').token}`);
  await page
    .locator('.site')
    .first()
    .waitFor({ timeout: 30 * second });
  // Opened again, with the browser's cache of the scripts: what a person feels every morning.
  await page.goto(url);
  await page
    .locator('.site')
    .first()
    .waitFor({ timeout: 30 * second });
  const paintMs = z.number().parse(await page.evaluate('window.firstRowAt'));
  const fleet = createUnrest(harness, [...topology.sites.values()]);
  await fleet.live(warmMs);
  await page.evaluate('window.frames.start()');
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const scrolled = scrollAbout(page, measureMs);
  const done = await fleet.live(measureMs);
  loop.disable();
  await scrolled;
  const frames = framesSchema.parse(await page.evaluate('window.frames.stop()'));
  if (frames.deltas === 0) throw new Error('console: no delta reached the page');
  const joining = await joined(page, fleet);
  return figuresOf({ paintMs, frames, loop, joining, done, measureMs });
}

/** The loop while the wall is opened anew amid the changes: the whole of it is made, and sent, at once. */
async function joined(page: Page, fleet: ReturnType<typeof createUnrest>): Promise<LoopDelay> {
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const living = fleet.live(joinMs);
  await page.reload();
  await page
    .locator('.site')
    .first()
    .waitFor({ timeout: 30 * second });
  await living;
  loop.disable();
  return loop;
}

/** Frames as the page lives them, from one animation callback to the next, and when the first row was painted. */
const framesInPage = `
  window.firstRowAt = 0;
  new MutationObserver((_, observer) => {
    if (document.querySelector('.site') === null) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.firstRowAt = performance.now(); }, 0));
  }).observe(document, { childList: true, subtree: true });
  window.frames = (() => {
    let running = false;
    let before = 0;
    let gaps = [];
    let deltas = 0;
    const turn = (at) => {
      if (!running) return;
      gaps.push(at - before);
      before = at;
      requestAnimationFrame(turn);
    };
    addEventListener('DOMContentLoaded', () => {
      new MutationObserver(() => { deltas += 1; }).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    return {
      start() { running = true; gaps = []; deltas = 0; before = performance.now(); requestAnimationFrame(turn); },
      stop() { running = false; return { gaps, deltas }; },
    };
  })();
`;

const framesSchema = z.object({ gaps: z.array(z.number()), deltas: z.number() });

/** Rolls through the list as a person would, all the time: rows are made and dropped while the news come. */
async function scrollAbout(page: Page, forMs: number): Promise<void> {
  const until = performance.now() + forMs;
  for (let step = 0; performance.now() < until; step += 1) {
    await page.mouse.wheel(0, step % 40 < 20 ? 600 : -600);
    await page.waitForTimeout(150);
  }
}

/** One agent that is connected, both links measured and good. */
function goodOrder(at: Instant): (site: Site) => readonly Change[] {
  return (site) => {
    const id = agentId(`${site.id}:h0`);
    return [
      {
        kind: 'agent.observed',
        agent: agent({
          id,
          site: site.id,
          host: 'h0',
          presenceSince: at,
          egress: site.links[0]?.publicAddress,
        }),
      },
      { kind: 'site.observed', site: siteState({ site, at, down: new Set() }) },
    ];
  };
}

function siteState(given: { readonly site: Site; readonly at: Instant; readonly down: ReadonlySet<string> }) {
  const { site, at, down } = given;
  const id = agentId(`${site.id}:h0`);
  return report({
    id: site.id,
    agents: [id],
    links: site.links.map(({ key }) => ({
      agent: id,
      link: key,
      status: down.has(key) ? ('down' as const) : ('up' as const),
      since: at,
      confirmedAt: at,
      receivedAt: at,
      recovering: false,
    })),
  });
}

/** Links that fail and come back, incidents that open and close, so many a second, drawn from a seed. */
function createUnrest(harness: Harness, all: readonly Site[]) {
  const random = seededRandom(6);
  const standing: Incident[] = [];
  let count = 0;
  const next = (): Change => {
    count += 1;
    const site = picked(all, random);
    const at = harness.clock.now();
    if (count % incidentEvery !== 0) {
      const down = new Set(random.next() < 0.3 ? [site.links[0]?.key ?? ''] : []);
      return { kind: 'site.observed', site: siteState({ site, at, down }) };
    }
    const oldest = standing.length >= standingMax ? standing.shift() : undefined;
    if (oldest !== undefined)
      return { kind: 'incident.closed', incident: { ...oldest, state: 'closed', closedAt: at } };
    const opened = incident({
      ...{ id: incidentId(count, 0), site: site.id, link: site.links[0]?.key, causeKey: `link:${count}` },
      ...{ detectedAt: plus(at, -10 * second), confirmedAt: at, openedAt: at, outageSince: at },
    });
    standing.push(opened);
    return { kind: 'incident.opened', incident: opened };
  };
  return {
    /** Gives the number of changes that were committed. */
    live: async (forMs: number): Promise<number> => {
      const startedAt = performance.now();
      let done = 0;
      for (;;) {
        const elapsedMs = performance.now() - startedAt;
        if (elapsedMs >= forMs) return done;
        const wanted = Math.floor((elapsedMs / second) * changesPerSecond);
        for (; done < wanted; done += 1) await harness.commit([next()]);
        await new Promise((resolve) => setTimeout(resolve, turnMs));
      }
    },
  };
}

function picked(all: readonly Site[], random: Random): Site {
  const site = all[Math.floor(random.next() * all.length)];
  if (site === undefined) throw new Error('console: a fleet without sites');
  return site;
}

function figuresOf(run: {
  readonly paintMs: number;
  readonly frames: z.output<typeof framesSchema>;
  readonly loop: LoopDelay;
  readonly joining: LoopDelay;
  readonly done: number;
  readonly measureMs: number;
}): readonly Figure[] {
  const { gaps } = run.frames;
  const bench = 'console';
  const of = `${sites} sites, ${changesPerSecond} changes/s`;
  return [
    { bench, name: `${of}: changes`, value: run.done / (run.measureMs / second), unit: '1/s' },
    {
      ...{ bench, name: `${of}: longest frame`, unit: 'ms', goal: 'at most 200' },
      value: gaps.reduce((most, gap) => Math.max(most, gap), 0),
    },
    {
      ...{ bench, name: `${of}: frames above 200 ms`, unit: '', goal: 'none' },
      value: gaps.filter((gap) => gap > 200).length,
    },
    {
      ...{ bench, name: `${of}: frames above 50 ms`, unit: '%' },
      value: (100 * gaps.filter((gap) => gap > 50).length) / Math.max(1, gaps.length),
    },
    {
      ...{ bench, name: `${sites} sites: first row painted`, unit: 'ms', goal: 'at most 1000' },
      value: run.paintMs,
    },
    {
      ...{ bench, name: `${of}: longest stall of the server’s loop`, unit: 'ms', goal: 'at most 100' },
      value: run.loop.max / 1e6,
    },
    {
      ...{ bench, name: `${of}: stall of the server’s loop, p99`, unit: 'ms' },
      value: run.loop.percentile(99) / 1e6,
    },
    {
      ...{ bench, name: `${of}: the same while a wall is opened, longest`, unit: 'ms', goal: 'at most 100' },
      value: run.joining.max / 1e6,
    },
    {
      ...{ bench, name: 'first view, script compressed', unit: 'KB', goal: 'at most 150' },
      value: firstViewBytes() / 1024,
    },
  ];
}

/** Scripts the index names; pages are fetched later. */
function firstViewBytes(): number {
  const assets = join(dist, 'assets');
  return readdirSync(assets)
    .filter((name) => name.startsWith('index-') && name.endsWith('.js.gz'))
    .reduce((sum, name) => sum + statSync(join(assets, name)).size, 0);
}

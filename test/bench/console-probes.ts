// What the console's benchmark looks at: frames and paints in a page, the server's loop, and beside each the same of a page and
// a loop that have nothing to do, in the same seconds. A busy machine shows in both; only what is beyond is Vigia's.
import { once } from 'node:events';
import { get } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import type { CDPSession, Page } from 'playwright-core';
import { z } from 'zod';
import { percentile } from './statistics.ts';

/** Frames as a page lives them, from one animation callback to the next, and when the first row was painted. */
export const framesInPage = `
  window.firstRowAt = 0;
  new MutationObserver((_, observer) => {
    if (document.querySelector('.site, .incident') === null) return;
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

export interface Frames {
  readonly count: number;
  readonly longestMs: number;
  readonly p99Ms: number;
  /** Changes of the page that were seen. */
  readonly moved: number;
  above(ms: number): number;
}

export async function startFrames(page: Page): Promise<() => Promise<Frames>> {
  await page.evaluate('window.frames.start()');
  return async () => {
    const { gaps, deltas } = framesSchema.parse(await page.evaluate('window.frames.stop()'));
    return {
      count: gaps.length,
      longestMs: gaps.reduce((most, gap) => Math.max(most, gap), 0),
      p99Ms: percentile(gaps, 0.99),
      moved: deltas,
      above: (ms) => gaps.filter((gap) => gap > ms).length,
    };
  };
}

export interface Paints {
  /** Anything at all. */
  readonly contentMs: number;
  /** The first problem or site. */
  readonly rowMs: number;
}

/** After the first row is there. Since the navigation began. */
export async function paintsOf(page: Page): Promise<Paints> {
  await page.waitForFunction('window.firstRowAt > 0');
  const content = await page.evaluate(
    `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0`,
  );
  const row = await page.evaluate('window.firstRowAt');
  return { contentMs: z.number().parse(content), rowMs: z.number().parse(row) };
}

export interface Stall {
  readonly maxMs: number;
  readonly p99Ms: number;
}

export interface OwnStall extends Stall {
  /** The longest stretch of this thread's own work, in its processor time. */
  readonly workMs: number;
}

export interface Stalls {
  readonly own: OwnStall;
  readonly idle: Stall;
}

const lookEveryMs = 5;

const stallSchema = z.object({ maxMs: z.number(), p99Ms: z.number() });

/** This process's loop and the idle one beside it, from here to the call of what is given back. */
export async function startStalls(idle: IdleLoop): Promise<() => Promise<Stalls>> {
  await idle.sinceLast();
  const delay = monitorEventLoopDelay({ resolution: lookEveryMs });
  delay.enable();
  const work = watchWork();
  return async () => {
    delay.disable();
    const own = { maxMs: delay.max / 1e6, p99Ms: delay.percentile(99) / 1e6, workMs: work() };
    return { own, idle: await idle.sinceLast() };
  };
}

/** A timer that is late was kept by what ran meanwhile; a thread that was not let run has used no time. */
function watchWork(): () => number {
  let longest = 0;
  let before = threadMs();
  const look = setInterval(() => {
    const now = threadMs();
    longest = Math.max(longest, now - before);
    before = now;
  }, lookEveryMs);
  return () => {
    clearInterval(look);
    return longest;
  };
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

export interface IdleLoop {
  sinceLast(): Promise<Stall>;
  stop(): Promise<void>;
}

export function startIdleLoop(): IdleLoop {
  const worker = new Worker(new URL('./idle-loop.ts', import.meta.url));
  return {
    sinceLast: async () => {
      const answer = once(worker, 'message');
      worker.postMessage('figures');
      return stallSchema.parse((await answer)[0]);
    },
    stop: async () => {
      await worker.terminate();
    },
  };
}

export interface PageWork {
  readonly scriptMs: number;
  readonly allMs: number;
}

/** Processor time of the page's main thread: what the machine does beside it hardly shows in this. */
export async function pageWork(session: CDPSession): Promise<PageWork> {
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const { metrics } = await session.send('Performance.getMetrics');
  const msOf = (name: string): number => 1_000 * (metrics.find((each) => each.name === name)?.value ?? 0);
  return { scriptMs: msOf('ScriptDuration'), allMs: msOf('TaskDuration') };
}

/** Of the first event on the wall's stream. */
export function snapshotBytes(url: string, authorization: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(`${url}/api/v1/wall`, { headers: { authorization } }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        const end = chunk.indexOf('\n\n');
        bytes += end === -1 ? chunk.length : end + 2;
        if (end === -1) return;
        response.destroy();
        resolve(bytes);
      });
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}

// The stream's keeper, driven by hand: fake streams, fake timers, a fake clock.
import { beforeEach, describe, expect, test } from 'vitest';
import { actionOf, type StreamHandlers, WallConnection } from '../../../../server/console/connection.ts';
import { reduceWall, type WallState, wallAtStart } from '../../../../server/console/store.ts';
import type { WallEvent } from '../../../../shared/api/wall.ts';
import { limits } from '../../../../shared/limits.ts';
import { seededRandom } from '../../../../shared/random.ts';
import { incidentRow, isoAgo, siteRow, snapshot } from '../../../browser/wall-rows.ts';

const start = Date.parse('2026-11-20T14:32:07.000Z');

/** A browser that does nothing by itself. */
class FakeBrowser {
  now = start;
  status: number | undefined = 200;
  state: WallState = wallAtStart;
  readonly streams: { readonly handlers: StreamHandlers; closed: boolean }[] = [];
  readonly #timers = new Map<number, { readonly at: number; readonly call: () => void }>();
  #timerIds = 0;
  readonly #breaths: (() => void)[] = [];
  readonly connection = new WallConnection(
    {
      openStream: (handlers) => {
        const stream = { handlers, closed: false };
        this.streams.push(stream);
        return {
          close: () => {
            stream.closed = true;
          },
        };
      },
      askStatus: () => Promise.resolve(this.status),
      now: () => this.now,
      after: (ms, call) => {
        this.#timerIds += 1;
        const id = this.#timerIds;
        this.#timers.set(id, { at: this.now + ms, call });
        return () => this.#timers.delete(id);
      },
      breathe: (call) => this.#breaths.push(call),
      random: seededRandom(1),
    },
    (action) => {
      this.state = reduceWall(this.state, action);
      return this.state;
    },
  );

  get stream() {
    const last = this.streams.at(-1);
    if (last === undefined) throw new Error('no stream was opened');
    return last;
  }

  /** Takes one breath; false: nobody waited for one. */
  breathe(): boolean {
    const call = this.#breaths.shift();
    call?.();
    return call !== undefined;
  }

  get openStreams(): number {
    return this.streams.filter((stream) => !stream.closed).length;
  }

  receive(event: WallEvent, data: unknown): void {
    this.stream.handlers.message(event, JSON.stringify(data));
  }

  pass(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const due = [...this.#timers]
        .filter(([, timer]) => timer.at <= until)
        .sort((a, b) => a[1].at - b[1].at)[0];
      if (due === undefined) break;
      this.#timers.delete(due[0]);
      this.now = due[1].at;
      due[1].call();
    }
    this.now = until;
  }
}

let browser: FakeBrowser;
beforeEach(() => {
  browser = new FakeBrowser();
  browser.connection.open();
});

describe('wall connection', () => {
  test('a broken stream is opened again, never two at once', () => {
    browser.receive('wall.snapshot', snapshot(browser.now));
    browser.stream.handlers.broken({ refused: false });
    expect(browser.state.connection).toBe('reconnecting');
    expect(browser.openStreams).toBe(0);
    browser.pass(limits.wallReconnectMsMax);
    expect(browser.openStreams).toBe(1);
    browser.receive('wall.snapshot', snapshot(browser.now));
    expect(browser.state.connection).toBe('live');
  });

  test('it never gives up, and never waits longer than its limit', () => {
    for (let times = 0; times < 50; times += 1) {
      const before = browser.streams.length;
      browser.stream.handlers.broken({ refused: false });
      browser.pass(limits.wallReconnectMsMax);
      expect(browser.streams.length).toBeGreaterThan(before);
    }
  });

  test('what an abandoned stream still says is not heard', () => {
    browser.receive('wall.snapshot', snapshot(browser.now));
    const abandoned = browser.stream;
    browser.connection.open();
    browser.receive('wall.snapshot', snapshot(browser.now));
    const before = browser.state;
    abandoned.handlers.message('wall.snapshot', JSON.stringify(snapshot(browser.now, { sites: [] })));
    abandoned.handlers.broken({ refused: false });
    expect(browser.state).toBe(before);
    expect(browser.openStreams).toBe(1);
  });

  test('a refusal with 401 ends the session and opens nothing more', async () => {
    browser.receive('wall.snapshot', snapshot(browser.now));
    browser.status = 401;
    browser.stream.handlers.broken({ refused: true });
    await Promise.resolve();
    expect(browser.state.connection).toBe('signed-out');
    browser.pass(3_600_000);
    expect(browser.streams).toHaveLength(1);
  });

  test('any other refusal, or nobody to ask, is tried again', async () => {
    for (const status of [503, undefined]) {
      browser.status = status;
      const before = browser.streams.length;
      browser.stream.handlers.broken({ refused: true });
      await Promise.resolve();
      browser.pass(limits.wallReconnectMsMax);
      expect(browser.streams.length).toBeGreaterThan(before);
    }
  });

  test('a person who hurries while the status is asked is not undone by the answer', async () => {
    browser.status = 401;
    browser.stream.handlers.broken({ refused: true });
    browser.connection.open();
    await Promise.resolve();
    expect(browser.state.connection).not.toBe('signed-out');
    expect(browser.openStreams).toBe(1);
  });

  test('a silent stream is taken for dead and opened again; a heartbeat keeps it', () => {
    browser.receive('wall.snapshot', snapshot(browser.now));
    browser.pass(limits.wallReopenMs - 1);
    browser.receive('wall.heartbeat', { at: isoAgo(browser.now, 0) });
    browser.pass(limits.wallReopenMs - 1);
    expect(browser.streams).toHaveLength(1);
    browser.pass(limits.wallReconnectMsMax + 1);
    expect(browser.streams).toHaveLength(2);
    expect(browser.state.connection).toBe('reconnecting');
  });

  test('a late delta brings a new snapshot soon, without a hammering and without a gap in the stream', () => {
    browser.receive('wall.snapshot', snapshot(browser.now));
    for (let times = 0; times < 20; times += 1) {
      browser.receive('wall.delta', {
        at: isoAgo(browser.now, 60_000),
        incidents: [incidentRow(browser.now)],
      });
      browser.pass(100);
    }
    expect(browser.streams).toHaveLength(1);
    expect(browser.state.connection).toBe('live');
    browser.pass(5_000);
    expect(browser.streams).toHaveLength(2);
    browser.receive('wall.snapshot', snapshot(browser.now));
    expect(browser.state.outOfStep).toBe(false);
  });
});

describe('wall connection: a large snapshot', () => {
  const large = (more: Parameters<typeof snapshot>[1] = {}) =>
    snapshot(start, {
      sites: Array.from({ length: 1_000 }, (_, at) => siteRow({ id: `aurora/s${at}`, name: `Loja ${at}` })),
      ...more,
    });
  const drawBreath = (): void => {
    while (browser.breathe());
  };

  test('it is read a little at a time, and is the same as if it were read at once', () => {
    expect(JSON.stringify(large()).length).toBeGreaterThan(limits.wallReadAtOnceChars);
    browser.receive('wall.snapshot', large());
    expect(browser.breathe()).toBe(true);
    expect(browser.state.view).toBeUndefined();
    drawBreath();
    const atOnce = reduceWall(wallAtStart, actionOf('wall.snapshot', JSON.stringify(large()), start));
    expect(browser.state).toEqual(atOnce);
  });

  test('what comes behind it waits for it, in order', () => {
    browser.receive('wall.snapshot', large());
    const down = siteRow({ id: 'aurora/s1', status: 'down' });
    browser.receive('wall.delta', { at: isoAgo(start, -100), sites: [down], sitesGone: ['aurora/s2'] });
    browser.receive('wall.delta', { at: isoAgo(start, -200), sites: [{ ...down, status: 'degraded' }] });
    expect(browser.state.view).toBeUndefined();
    drawBreath();
    expect(browser.state.view?.sites.get('aurora/s1')?.status).toBe('degraded');
    expect(browser.state.view?.sites.has('aurora/s2')).toBe(false);
    expect(browser.state.outOfStep).toBe(false);
    browser.receive('wall.delta', { at: isoAgo(start, -300), sitesGone: ['aurora/s1'] });
    expect(browser.state.view?.sites.has('aurora/s1')).toBe(false);
  });

  test('the rest of one from an abandoned stream is not heard', () => {
    browser.receive('wall.snapshot', large());
    browser.breathe();
    browser.connection.open();
    browser.receive('wall.snapshot', snapshot(start));
    const { state } = browser;
    drawBreath();
    expect(browser.state).toBe(state);
  });

  test('one row that cannot be read names its place, and nothing of the wall is shown', () => {
    const { sites } = large();
    const odd = { ...large(), sites: sites.map((row, at) => (at === 700 ? { ...row, status: 'odd' } : row)) };
    browser.receive('wall.snapshot', odd);
    drawBreath();
    expect(browser.state.unreadable).toBe('wall.snapshot: sites.700.status');
    expect(browser.state.view).toBeUndefined();
  });

  test('with too much behind it the stream is opened anew', () => {
    browser.receive('wall.snapshot', large());
    for (let each = 0; each <= limits.wallMessagesBehindMax; each += 1) {
      browser.receive('wall.heartbeat', { at: isoAgo(start, 0) });
    }
    expect(browser.streams).toHaveLength(2);
    expect(browser.openStreams).toBe(1);
  });
});

describe('wall connection: messages that do not parse', () => {
  test('an unknown word, a missing field, no JSON: each is a visible state that names the place', () => {
    const odd = { ...snapshot(start), incidents: [{ ...incidentRow(start), kind: 'flood' }] };
    expect(actionOf('wall.snapshot', JSON.stringify(odd), start)).toEqual({
      kind: 'message.unreadable',
      now: start,
      because: 'wall.snapshot: incidents.0.kind',
    });
    expect(actionOf('wall.delta', '{}', start)).toMatchObject({ because: 'wall.delta: at' });
    expect(actionOf('wall.heartbeat', '{', start)).toMatchObject({ because: 'wall.heartbeat' });
  });

  test('an unreadable delta changes no row', () => {
    browser.receive('wall.snapshot', snapshot(browser.now));
    const { view } = browser.state;
    browser.receive('wall.delta', { at: isoAgo(browser.now, 0), sites: [{ id: 'aurora/matriz' }] });
    expect(browser.state.view).toBe(view);
    expect(browser.state.unreadable).toBe('wall.delta: sites.0.customer');
  });

  test('a field from a newer server that this release does not know is no obstacle', () => {
    const newer = { ...snapshot(start), weather: 'sunny' };
    expect(actionOf('wall.snapshot', JSON.stringify(newer), start).kind).toBe('snapshot.received');
  });
});

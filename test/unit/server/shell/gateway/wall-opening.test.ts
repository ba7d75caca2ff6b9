// A wall of many sites: made in steps while changes go on, given in pieces while deltas come.
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { seenOf } from '../../../../../server/core/view/seen.ts';
import type { Channel } from '../../../../../server/shell/gateway/viewer.ts';
import {
  type WallDelta,
  type WallSnapshot,
  wallDeltaSchema,
  wallSnapshotSchema,
} from '../../../../../shared/api/wall.ts';
import { agentId, siteId } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { topologyOf } from '../../../../bench/busy-fleet.ts';
import { agent, incident } from '../../core/view/samples.ts';
import { type Harness, startHarness } from '../http/harness.ts';

/** Makes several steps, and many pieces, of it. */
const sites = limits.wallStepRows * 5;

/** A response that takes what it is given, or says that it is full until it is drained. */
class FakeResponse extends EventEmitter {
  full = false;
  text = '';
  headersSent = false;
  writableLength = 0;

  write(data: string | Buffer): boolean {
    this.text += data.toString();
    return !this.full;
  }
  writeHead(): void {}
  flushHeaders(): void {
    this.headersSent = true;
  }
  end(): void {
    this.emit('close');
  }
  destroy(): void {
    this.emit('close');
  }

  drain(): void {
    this.full = false;
    this.emit('drain');
  }

  get events(): readonly { readonly event: string; readonly data: unknown }[] {
    return this.text
      .split('\n\n')
      .slice(0, -1)
      .map((block) => {
        const [event = '', data = ''] = block.split('\ndata: ');
        return { event: event.replace('event: ', ''), data: JSON.parse(data) };
      });
  }

  /** Fails on an event that is cut by another. */
  get snapshots(): readonly WallSnapshot[] {
    const own = this.events.filter(({ event }) => event === 'wall.snapshot');
    return own.map(({ data }) => wallSnapshotSchema.parse(data));
  }

  get deltas(): readonly WallDelta[] {
    const own = this.events.filter(({ event }) => event === 'wall.delta');
    return own.map(({ data }) => wallDeltaSchema.parse(data));
  }
}

let harness: Harness;
afterEach(() => harness.api.close());

async function start() {
  harness = await startHarness();
  await harness.commit([{ kind: 'topology.adopted', topology: topologyOf({ sites, agentsPerSite: 1 }) }]);
  return (more: { readonly full?: boolean; readonly customers?: readonly string[] } = {}) => {
    const response = new FakeResponse();
    response.full = more.full === true;
    const watching = {
      // What a stream needs of a response, without a socket whose buffers nobody can foresee.
      response: response as unknown as ServerResponse,
      channel: 'wall' as Channel,
      stillWelcome: () => true,
      ...(more.customers === undefined ? {} : { seen: seenOf(more.customers) }),
    };
    expect(harness.parts.consoles.watch(watching).ok).toBe(true);
    return response;
  };
}

const changedSite = siteId('c3', 's13');
const heard = agent({ id: agentId('c3/s13:h0'), site: changedSite, host: 'h0' });
const statusIn = (rows: readonly { id: string; status: string }[] | undefined) =>
  rows?.find(({ id }) => id === changedSite)?.status;
const inFull = (response: FakeResponse) =>
  vi.waitFor(() => expect(response.text.endsWith('}\n\n')).toBe(true));

describe('a large wall', () => {
  test('is made in steps, and shows what changed between them', async () => {
    const watch = await start();
    const viewer = watch();
    expect(viewer.headersSent).toBe(true);
    expect(viewer.text).toBe('');
    await harness.commit([{ kind: 'agent.observed', agent: heard }]);
    await harness.commit([{ kind: 'incident.opened', incident: incident({ site: changedSite }) }]);
    await inFull(viewer);
    expect(viewer.snapshots[0]?.sites).toHaveLength(sites);
    expect(statusIn(viewer.snapshots[0]?.sites)).toBe('degraded');
    expect(viewer.snapshots[0]?.incidents).toMatchObject([{ id: incident().id }]);
  });

  test('a delta of before its end is in it; one of after it comes behind it', async () => {
    const watch = await start();
    const viewer = watch();
    await harness.commit([{ kind: 'agent.observed', agent: heard }]);
    harness.clock.advance(limits.wallFlushMs);
    expect(viewer.text).toBe('');
    await inFull(viewer);
    expect(viewer.deltas).toEqual([]);
    await harness.commit([{ kind: 'agent.observed', agent: { ...heard, presence: 'silent' } }]);
    harness.clock.advance(limits.wallFlushMs);
    expect(statusIn(viewer.deltas[0]?.sites)).toBe('unknown');
  });

  test('deltas wait behind the pieces that a viewer has not taken yet, and no beat stands between', async () => {
    const watch = await start();
    const viewer = watch({ full: true });
    await vi.waitFor(() => expect(viewer.text).not.toBe(''));
    const first = viewer.text.length;
    await harness.commit([{ kind: 'agent.observed', agent: heard }]);
    harness.clock.advance(limits.wallHeartbeatMs);
    expect(viewer.text.length).toBe(first);
    viewer.drain();
    await vi.waitFor(() => expect(viewer.deltas).toHaveLength(1));
    expect(viewer.events.map(({ event }) => event)).toEqual(['wall.snapshot', 'wall.delta']);
    expect(statusIn(viewer.deltas[0]?.sites)).toBe('up');
  });

  test('with too many deltas behind it the wall is given once more, and they are in that one', async () => {
    const watch = await start();
    const viewer = watch({ full: true });
    await vi.waitFor(() => expect(viewer.text).not.toBe(''));
    for (let each = 0; each <= limits.wallDeltasWaitingMax; each += 1) {
      const presence = each % 2 === 0 ? ('live' as const) : ('silent' as const);
      await harness.commit([{ kind: 'agent.observed', agent: { ...heard, presence } }]);
      harness.clock.advance(limits.wallFlushMs);
    }
    viewer.drain();
    await vi.waitFor(() => expect(viewer.snapshots).toHaveLength(2));
    expect(viewer.deltas).toEqual([]);
    expect(statusIn(viewer.snapshots[1]?.sites)).toBe('up');
    expect(harness.parts.consoles.stats().givenAgain).toBe(1);
  });

  test('those who come meanwhile share it; who leaves meanwhile stops nothing', async () => {
    const watch = await start();
    const [gone, here, late] = [watch(), watch(), watch({ customers: ['c3'] })];
    gone.destroy();
    await Promise.all([inFull(here), inFull(late)]);
    expect(gone.text).toBe('');
    expect(here.snapshots[0]?.sites).toHaveLength(sites);
    expect(late.snapshots[0]?.sites.map(({ customer }) => customer)).toEqual(['c3', 'c3', 'c3', 'c3']);
    expect(harness.parts.consoles.stats().viewers).toBe(2);
  });
});

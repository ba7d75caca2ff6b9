// How a definition becomes the core's windows: by zone, by horizon, and only while it is not over.
import { describe, expect, it } from 'vitest';
import { createMemoryPlannedStore } from '../../../../../server/adapters/memory/planned.ts';
import { initialState } from '../../../../../server/core/evolve.ts';
import type { Input } from '../../../../../server/core/input.ts';
import type { Site, Topology } from '../../../../../server/core/topology.ts';
import type { Correlator } from '../../../../../server/ports/correlator.ts';
import type { WindowDefinition } from '../../../../../server/ports/planned.ts';
import { expandWindow, openPlannedBook } from '../../../../../server/shell/runtime/planned-book.ts';
import { customerKey, siteId } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { ok } from '../../../../../shared/result.ts';
import { day, hour, instant, plus } from '../../../../../shared/time.ts';
import { transcriptTopology } from '../../../../scenario/fleet.ts';
import { startAt, virtualClock } from '../http/harness.ts';

const [matriz] = [...transcriptTopology.sites.values()];

function withSecondSite(timeZone: string): Topology {
  if (matriz === undefined) throw new Error('the fleet has sites');
  const filial: Site = { ...matriz, key: 'filial', id: siteId('aurora', 'filial'), timeZone };
  return {
    ...transcriptTopology,
    sites: new Map([
      [matriz.id, matriz],
      [filial.id, filial],
    ]),
  };
}

function definition(more: Partial<WindowDefinition> = {}): WindowDefinition {
  return {
    id: 'w1',
    scope: { customer: customerKey('aurora') },
    startsAt: startAt,
    endsAt: plus(startAt, hour),
    reason: 'obra',
    by: 'ana',
    createdAt: startAt,
    ...more,
  };
}

describe('planned book: expansion', () => {
  it('one window serves a customer whose sites live by one clock', () => {
    const windows = expandWindow(definition(), withSecondSite('America/Sao_Paulo'), startAt);
    expect(windows.map((window) => window.scope)).toEqual([{ customer: 'aurora' }]);
  });

  it('sites whose clocks change differently get windows of their own', () => {
    const recurring = definition({ recurrence: 'FREQ=DAILY', startsAt: instant(Date.UTC(2026, 9, 31, 12)) });
    const now = instant(Date.UTC(2026, 9, 31));
    const ended = { ...recurring, endsAt: plus(recurring.startsAt, hour) };
    const windows = expandWindow(ended, withSecondSite('America/New_York'), now);
    expect(windows.map((window) => window.scope.site)).toEqual(['matriz', 'filial']);
  });

  it('what is over, or whose site is gone, is not told', () => {
    expect(expandWindow(definition(), transcriptTopology, plus(startAt, hour))).toEqual([]);
    expect(
      expandWindow(definition({ scope: { customer: customerKey('x') } }), transcriptTopology, startAt),
    ).toEqual([]);
  });

  it('a running occurrence of a recurrence is told until its end', () => {
    const recurring = definition({ recurrence: 'FREQ=WEEKLY' });
    const [window] = expandWindow(recurring, transcriptTopology, plus(startAt, 7 * day + hour / 2));
    expect(window?.occurrences[0]?.startsAt).toBe(plus(startAt, 7 * day));
  });
});

function openBook() {
  const clock = virtualClock();
  const store = createMemoryPlannedStore();
  const inputs: Input[] = [];
  const state = { ...initialState(), topology: transcriptTopology };
  const correlator: Correlator = {
    submit: async () => ({ seq: 1, changes: [] }),
    state: () => state,
    onCommitted: () => () => {},
    onHint: () => () => {},
  };
  const book = openPlannedBook({
    store,
    correlator,
    clock,
    submit: async (input) => {
      inputs.push(input);
      return ok(undefined);
    },
    onRefused: () => {},
  });
  return { clock, store, inputs, book };
}

describe('planned book: life', () => {
  it('a core that knows nothing is told nothing at the start', async () => {
    const { inputs, book } = openBook();
    await book.addSilence({ ...silence(), until: plus(startAt, hour) });
    expect(inputs).toHaveLength(1);
  });

  it('refuses more definitions than the limit', async () => {
    const { store, book } = openBook();
    for (let index = 0; index < limits.windowsMax; index += 1)
      store.addWindow(definition({ id: `w${index}` }));
    const refused = await book.addWindow(definition({ id: 'one-more' }));
    expect(refused).toMatchObject({ ok: false, failure: { code: 'limit.reached' } });
    expect(store.windows()).toHaveLength(limits.windowsMax);
  });

  it('forgets what has long been over, and never a recurrence that goes on', () => {
    const { clock, store } = openBook();
    store.addWindow(definition());
    store.addWindow(definition({ id: 'daily', recurrence: 'FREQ=DAILY' }));
    store.addWindow(definition({ id: 'rare', recurrence: 'FREQ=MONTHLY;INTERVAL=6;COUNT=3' }));
    store.addWindow(definition({ id: 'counted', recurrence: 'FREQ=DAILY;COUNT=2' }));
    store.addSilence(silence());
    clock.advance(30 * day);
    expect(store.windows()).toHaveLength(4);
    clock.advance(5 * day);
    expect(store.windows().map((window) => window.id)).toEqual(['daily', 'rare']);
    expect(store.silences()).toEqual([]);
  });
});

function silence() {
  return {
    id: 's1',
    scope: { customer: customerKey('aurora') },
    startsAt: startAt,
    until: plus(startAt, hour),
    by: 'ana',
    reason: 'obra',
  };
}

// Many outages at once, over hundreds of sites: how many messages one person gets, and that each outage stands in one.
import { describe, expect, it } from 'vitest';
import { createMemoryNoticeStore } from '../../../../../server/adapters/memory/notices.ts';
import { initialState } from '../../../../../server/core/evolve.ts';
import type { Incident } from '../../../../../server/core/incident.ts';
import { createCalendars } from '../../../../../server/core/sla/calendars.ts';
import type { State } from '../../../../../server/core/state.ts';
import type { Committed } from '../../../../../server/ports/correlator.ts';
import { Dispatcher } from '../../../../../server/shell/notices/dispatcher.ts';
import { noticesSchema } from '../../../../../server/shell/notices/settings.ts';
import { incidentIdFrom, siteId } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { seededRandom } from '../../../../../shared/random.ts';
import { defaultSlaPolicies } from '../../../../../shared/sla-policy.ts';
import { instant, minute, plus, second } from '../../../../../shared/time.ts';
import { createRecordedChannel } from '../../../../fakes/channels/recorder.ts';
import { createManualClock } from '../../../../fakes/manual-clock.ts';

function opened(number: number, at: Incident['openedAt']): Incident {
  return {
    id: incidentIdFrom(`inc-${number}-0`),
    kind: 'host-down',
    cause: 'unknown',
    causeKey: 'host:srv',
    site: siteId(`c${number}`, 'loja'),
    host: 'srv',
    severity: 'outage',
    priority: 'critical',
    state: 'open',
    detectedAt: at,
    confirmedAt: at,
    openedAt: at,
    downtimeMs: 0,
    outageSince: at,
    reopenedCount: 0,
    flapping: false,
    retro: false,
    touched: false,
    verdict: { kind: 'host-down', confidence: 'confirmed', witnesses: [], refused: [] },
    symptoms: [],
    timeline: [{ at, kind: 'opened' }],
    notesSent: 0,
  };
}

describe('notices: a storm', () => {
  it('one person gets at most twenty messages in five minutes, a trouble of Vigia itself apart', async () => {
    const clock = createManualClock(instant(Date.parse('2026-11-23T13:00:00Z')));
    const incidents = new Map<Incident['id'], Incident>();
    const state: State = { ...initialState(), incidents };
    const listeners: ((committed: Committed) => void)[] = [];
    const channel = createRecordedChannel();
    const sentAt: number[] = [];
    const store = createMemoryNoticeStore();
    const dispatcher = new Dispatcher({
      channels: [
        {
          ...channel,
          send: (...given) => {
            sentAt.push(clock.now());
            return channel.send(...given);
          },
        },
      ],
      store,
      settings: noticesSchema.parse({}),
      calendars: createCalendars(defaultSlaPolicies),
      correlator: {
        state: () => state,
        onCommitted: (listener) => {
          listeners.push(listener);
          return () => {};
        },
      },
      clock,
      agedAt: () => clock.now(),
      random: seededRandom(1),
      onFatal: (error) => {
        throw error;
      },
    });
    let number = 0;
    for (let round = 0; round < 30; round += 1) {
      for (let each = 0; each < 40; each += 1) {
        number += 1;
        const incident = opened(number, clock.now());
        incidents.set(incident.id, incident);
        for (const listener of listeners)
          listener({ seq: number, changes: [{ kind: 'incident.opened', incident }] });
      }
      await clock.advanceAsync(10 * second);
    }
    await clock.advanceAsync(12 * minute);

    for (const at of sentAt)
      expect(
        sentAt.filter((other) => other > at - limits.noticeStormWindowMs && other <= at).length,
      ).toBeLessThanOrEqual(20);
    // Named by its own message, or counted in one summary.
    const alone = channel.told.filter(({ notice }) => notice.kind !== 'summary').length;
    const counted = channel.told.reduce(
      (sum, { notice }) => sum + Number(/^Resumo: (\d+) avisos/.exec(notice.title)?.[1] ?? 0),
      0,
    );
    expect(alone + counted).toBe(number);
    expect(dispatcher.counters()).toMatchObject({
      taken: number,
      dropped: 0,
      waiting: 0,
      summarised: counted,
    });
    expect(dispatcher.channelState('plantao')).toMatchObject({ summarised: counted, heldUntil: undefined });
    await dispatcher.alarm.tell({
      key: 'inc-1-0:raised:1',
      kind: 'own-outage',
      state: 'raised',
      since: plus(clock.now(), 0),
      text: 'Vigia sem visão.',
    });
    await clock.advanceAsync(1);
    expect(channel.told.at(-1)?.notice.kind).toBe('own-outage');
  });
});

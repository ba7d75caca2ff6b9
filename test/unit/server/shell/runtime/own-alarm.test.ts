// The alarm of Vigia's own outage: told once per stretch, in order, through trouble, and again after a restart.
import { describe, expect, it } from 'vitest';
import type { Change } from '../../../../../server/core/change.ts';
import { initialState } from '../../../../../server/core/evolve.ts';
import type { Incident } from '../../../../../server/core/incident.ts';
import type { AlarmNews } from '../../../../../server/ports/alarm.ts';
import type { Committed } from '../../../../../server/ports/correlator.ts';
import { createAlarmLines } from '../../../../../server/shell/runtime/alarm-lines.ts';
import { startOwnAlarm } from '../../../../../server/shell/runtime/own-alarm.ts';
import { failure } from '../../../../../shared/failure.ts';
import { type IncidentId, incidentId } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { seededRandom } from '../../../../../shared/random.ts';
import { fail, ok, type Result } from '../../../../../shared/result.ts';
import { instant, minute, plus } from '../../../../../shared/time.ts';
import { createManualClock, settled } from '../../../../fakes/manual-clock.ts';

const start = instant(1_773_144_000_000);

function own(more: Partial<Incident> = {}): Incident {
  return {
    id: incidentId(7, 0),
    kind: 'own-outage',
    cause: 'unknown',
    causeKey: 'own',
    severity: 'outage',
    priority: 'critical',
    state: 'open',
    detectedAt: start,
    confirmedAt: start,
    openedAt: start,
    downtimeMs: 0,
    outageSince: start,
    reopenedCount: 0,
    flapping: false,
    retro: false,
    touched: false,
    verdict: { kind: 'own-outage', confidence: 'confirmed', witnesses: [], refused: [] },
    symptoms: [],
    timeline: [],
    notesSent: 0,
    ...more,
  };
}

const over = (at: number): Partial<Incident> => ({ recoveredAt: plus(start, at), outageSince: undefined });

function rig(standing?: Incident) {
  const clock = createManualClock(start);
  const told: AlarmNews[] = [];
  const answers: Result<void>[] = [];
  const listeners = new Set<(committed: Committed) => void>();
  const incidents = new Map<IncidentId, Incident>(standing === undefined ? [] : [[standing.id, standing]]);
  const state = { ...initialState(), incidents };
  const server = { ...state.server, ownIncident: standing?.id };
  const refused: string[] = [];
  const lines = createAlarmLines({
    alarms: [
      {
        name: 'fake',
        tell: async (news) => {
          told.push(news);
          return answers.shift() ?? ok(undefined);
        },
      },
    ],
    clock,
    random: seededRandom(1),
    onRefused: (name, key) => refused.push(`${name} ${key}`),
  });
  const own = startOwnAlarm({
    lines,
    correlator: {
      state: () => ({ ...state, server }),
      onCommitted: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  });
  const alarm = {
    counters: lines.counters,
    stop: () => {
      own.stop();
      lines.stop();
    },
  };
  const commit = (incident: Incident): void => {
    const change: Change = { kind: 'incident.changed', incident };
    for (const listener of listeners) listener({ seq: 1, changes: [change] });
  };
  return { clock, told, answers, refused, alarm, commit, keys: () => told.map((news) => news.key) };
}

const away = fail(failure('unavailable', 'no answer', { retryable: true }));

describe('the alarm of the own outage', () => {
  it('says nothing of customers and nothing twice', async () => {
    const { commit, keys } = rig();
    commit(own({ kind: 'site-offline' }));
    commit(own());
    commit(own({ timeline: [{ at: start, kind: 'noted' }] }));
    commit(own({ acknowledgedBy: 'ana' }));
    await settled();
    expect(keys()).toEqual(['inc-7-0:raised:1']);
  });

  it('tells the end, and each return as news of its own', async () => {
    const { commit, told, keys } = rig();
    commit(own());
    await settled();
    commit(own(over(minute)));
    commit(own({ ...over(minute), state: 'resolved' }));
    commit(own({ reopenedCount: 1, outageSince: plus(start, 3 * minute) }));
    commit(own({ reopenedCount: 1, ...over(4 * minute), state: 'closed' }));
    await settled();
    expect(keys()).toEqual([
      'inc-7-0:raised:1',
      'inc-7-0:cleared:1',
      'inc-7-0:raised:2',
      'inc-7-0:cleared:2',
    ]);
    expect(told[0]?.text).toContain('Vigia sem visão');
    expect(told[1]?.since).toBe(plus(start, minute));
  });

  it('tries again until it is told, and keeps the order', async () => {
    const { clock, commit, answers, keys, alarm } = rig();
    answers.push(away, away);
    commit(own());
    commit(own(over(minute)));
    await settled();
    expect(keys()).toEqual(['inc-7-0:raised:1']);
    await clock.advanceAsync(5 * minute);
    expect(keys()).toEqual(['inc-7-0:raised:1', 'inc-7-0:raised:1', 'inc-7-0:raised:1', 'inc-7-0:cleared:1']);
    expect(alarm.counters()).toEqual({ told: 2, retried: 2, refused: 0, dropped: 0, waiting: 0 });
  });

  it('does not insist where the alarm refuses, and says so', async () => {
    const { commit, answers, keys, refused, alarm } = rig();
    answers.push(fail(failure('input.invalid', 'refused with 400')));
    commit(own());
    commit(own(over(minute)));
    await settled();
    expect(keys()).toEqual(['inc-7-0:raised:1', 'inc-7-0:cleared:1']);
    expect(refused).toEqual(['fake inc-7-0:raised:1']);
    expect(alarm.counters()).toMatchObject({ told: 1, refused: 1 });
  });

  it('drops the oldest of a full queue and counts it', async () => {
    const { commit, answers, alarm } = rig();
    answers.push(away);
    for (let time = 0; time <= limits.alarmsWaitingMax + 2; time += 1) commit(own({ reopenedCount: time }));
    await settled();
    expect(alarm.counters()).toMatchObject({ waiting: limits.alarmsWaitingMax, dropped: 3 });
  });

  it('tells a standing outage again after a restart, under the same key, and calms nobody about an old one', async () => {
    const again = rig(own());
    await settled();
    expect(again.keys()).toEqual(['inc-7-0:raised:1']);
    const ended = rig(own({ ...over(minute), state: 'resolved' }));
    ended.commit(own({ ...over(minute), state: 'closed' }));
    await settled();
    expect(ended.keys()).toEqual([]);
  });

  it('is quiet after its stop', async () => {
    const { clock, commit, answers, keys, alarm } = rig();
    answers.push(away);
    commit(own());
    await settled();
    alarm.stop();
    commit(own(over(minute)));
    await clock.advanceAsync(10 * minute);
    expect(keys()).toEqual(['inc-7-0:raised:1']);
  });
});

// The wall's reducer: what a snapshot and deltas make of the view, and when data may pass as fresh.
import { describe, expect, test } from 'vitest';
import { freshness, reduceWall, type WallState, wallAtStart } from '../../../../server/console/store.ts';
import type { WallDelta } from '../../../../shared/api/wall.ts';
import { limits } from '../../../../shared/limits.ts';
import { incidentRow, isoAgo, siteRow, snapshot, ticketRow } from '../../../browser/wall-rows.ts';

const now = Date.parse('2026-11-20T14:32:07.000Z');

function withSnapshot(more: Parameters<typeof snapshot>[1] = {}): WallState {
  return reduceWall(wallAtStart, { kind: 'snapshot.received', now, snapshot: snapshot(now, more) });
}

function afterDelta(state: WallState, delta: Omit<WallDelta, 'at'>, ageMs = -1_000): WallState {
  return reduceWall(state, {
    kind: 'delta.received',
    now: now + 1_000,
    delta: { at: isoAgo(now, ageMs), ...delta },
  });
}

describe('wall store: deltas', () => {
  test('a delta replaces an incident by its id and leaves the others alone', () => {
    const state = withSnapshot({ incidents: [incidentRow(now), incidentRow(now, { id: 'inc-8-0' })] });
    const taken = incidentRow(now, { state: 'acknowledged', acknowledgedBy: 'Marina' });
    const after = afterDelta(state, { incidents: [taken] });
    expect(after.view?.incidents.get('inc-7-0')?.acknowledgedBy).toBe('Marina');
    expect(after.view?.incidents.get('inc-8-0')).toBe(state.view?.incidents.get('inc-8-0'));
  });

  test('a closed incident leaves the wall, and leaving twice is harmless', () => {
    const state = withSnapshot({ incidents: [incidentRow(now)] });
    const once = afterDelta(state, { incidentsGone: ['inc-7-0'] });
    expect(once.view?.incidents.size).toBe(0);
    const twice = afterDelta(once, { incidentsGone: ['inc-7-0'] });
    expect(twice.view?.incidents).toBe(once.view?.incidents);
  });

  test('the same delta twice gives the same rows by identity, so nothing is drawn again', () => {
    const state = withSnapshot();
    const delta = { sites: [siteRow({ status: 'down' })], incidents: [incidentRow(now)] };
    const once = afterDelta(state, delta);
    const twice = afterDelta(once, structuredClone(delta));
    expect(twice.view?.sites).toBe(once.view?.sites);
    expect(twice.view?.incidents).toBe(once.view?.incidents);
  });

  test('a delta from before the view changes no row and asks for a new snapshot', () => {
    const state = withSnapshot({ incidents: [incidentRow(now, { state: 'resolved' })] });
    const late = afterDelta(state, { incidents: [incidentRow(now)], sitesGone: ['aurora/matriz'] }, 60_000);
    expect(late.view).toBe(state.view);
    expect(late.outOfStep).toBe(true);
  });

  test('a delta before any snapshot changes nothing', () => {
    expect(afterDelta(wallAtStart, { incidents: [incidentRow(now)] })).toBe(wallAtStart);
  });

  test('a delta without tickets keeps them; with tickets it merges them newest first, pending on top', () => {
    const state = withSnapshot({ tickets: [ticketRow(now)] });
    expect(afterDelta(state, {}).view?.tickets).toBe(state.view?.tickets);
    const after = afterDelta(state, {
      tickets: [
        ticketRow(now, { incident: 'inc-1-0', protocol: 'VIG-1', openedAt: isoAgo(now, 999_000) }),
        ticketRow(now, { incident: 'inc-9-0', protocol: null, openedAt: null, state: 'pending' }),
        ticketRow(now, { state: 'closed' }),
      ],
    });
    expect(after.view?.tickets.map((ticket) => [ticket.incident, ticket.state])).toEqual([
      ['inc-9-0', 'pending'],
      ['inc-7-0', 'closed'],
      ['inc-1-0', 'open'],
    ]);
  });

  test('never more tickets than the wall holds', () => {
    const tickets = Array.from({ length: limits.wallTicketsMax + 5 }, (_, index) =>
      ticketRow(now, { incident: `inc-${index}-0`, openedAt: isoAgo(now, index * 1_000) }),
    );
    const state = withSnapshot({ tickets });
    expect(state.view?.tickets).toHaveLength(limits.wallTicketsMax);
    expect(state.view?.tickets[0]?.incident).toBe('inc-0-0');
  });
});

describe('wall store: snapshots', () => {
  test('a new snapshot drops what it does not name and keeps the identity of what did not change', () => {
    const state = withSnapshot({ sites: [siteRow(), siteRow({ id: 'aurora/filial', name: 'Filial' })] });
    const next = reduceWall(state, { kind: 'snapshot.received', now, snapshot: snapshot(now) });
    expect([...(next.view?.sites.keys() ?? [])]).toEqual(['aurora/matriz']);
    expect(next.view?.sites.get('aurora/matriz')).toBe(state.view?.sites.get('aurora/matriz'));
  });

  test('a snapshot older than the view still replaces it: the server clock may have gone back', () => {
    const state = withSnapshot({ incidents: [incidentRow(now)] });
    const earlier = snapshot(now - 60_000, { incidents: [] });
    const next = reduceWall(state, { kind: 'snapshot.received', now, snapshot: earlier });
    expect(next.view?.incidents.size).toBe(0);
    expect(next.outOfStep).toBe(false);
  });

  test('only a readable snapshot ends the unreadable state', () => {
    const unreadable = reduceWall(withSnapshot(), {
      kind: 'message.unreadable',
      now,
      because: 'wall.delta: at',
    });
    const beaten = reduceWall(unreadable, { kind: 'heartbeat.received', now, at: isoAgo(now, 0) });
    expect(freshness(beaten, now)).toBe('unreadable');
    const read = reduceWall(beaten, { kind: 'snapshot.received', now, snapshot: snapshot(now) });
    expect(freshness(read, now)).toBe('live');
  });
});

describe('wall store: freshness', () => {
  test('data is live up to the silence limit after the last sign and silent after it', () => {
    const state = withSnapshot();
    expect(freshness(state, now + limits.wallSilenceMs)).toBe('live');
    expect(freshness(state, now + limits.wallSilenceMs + 1)).toBe('silent');
  });

  test('a heartbeat keeps data live', () => {
    const later = now + limits.wallSilenceMs;
    const state = reduceWall(withSnapshot(), {
      kind: 'heartbeat.received',
      now: later,
      at: new Date(later).toISOString(),
    });
    expect(freshness(state, later + limits.wallSilenceMs)).toBe('live');
  });

  test('a heartbeat without a snapshot is no data', () => {
    const state = reduceWall(wallAtStart, { kind: 'heartbeat.received', now, at: isoAgo(now, 0) });
    expect(freshness(state, now)).toBe('connecting');
  });

  test('a lost connection keeps the rows and says reconnecting; a first one says connecting', () => {
    const lost = reduceWall(withSnapshot(), { kind: 'connection.lost' });
    expect(freshness(lost, now)).toBe('reconnecting');
    expect(lost.view?.sites.size).toBe(1);
    expect(freshness(reduceWall(wallAtStart, { kind: 'connection.lost' }), now)).toBe('connecting');
  });

  test('an ended session forgets every row', () => {
    const ended = reduceWall(withSnapshot(), { kind: 'session.ended' });
    expect(ended.view).toBeUndefined();
    expect(freshness(ended, now)).toBe('signed-out');
  });
});

describe('wall store: clock offset', () => {
  test('a browser clock that is an hour wrong is corrected by the server time of messages', () => {
    const wrong = now + 3_600_000;
    const state = reduceWall(wallAtStart, {
      kind: 'snapshot.received',
      now: wrong,
      snapshot: snapshot(now),
    });
    expect(wrong + state.clockOffsetMs).toBe(now);
  });

  test('a message that was slow on its way does not move the clock back', () => {
    const state = withSnapshot();
    const slow = reduceWall(state, { kind: 'heartbeat.received', now: now + 3_000, at: isoAgo(now, 0) });
    expect(slow.clockOffsetMs).toBe(0);
  });

  test('a step of either clock is followed', () => {
    const stepped = reduceWall(withSnapshot(), {
      kind: 'heartbeat.received',
      now: now + 3_600_000,
      at: isoAgo(now, 0),
    });
    expect(stepped.clockOffsetMs).toBe(-3_600_000);
  });
});

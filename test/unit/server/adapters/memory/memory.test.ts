// What only the adapters in memory have: moods of the desk, and a journal that forgets what snapshots cover.
import { describe, expect, it } from 'vitest';
import { createMemoryDesk } from '../../../../../server/adapters/memory/desk.ts';
import { createMemoryJournal } from '../../../../../server/adapters/memory/journal.ts';
import { createMemoryOutbox } from '../../../../../server/adapters/memory/outbox.ts';
import { initialState } from '../../../../../server/core/evolve.ts';
import { incidentIdFrom } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { closeEffect, entry, openEffect } from '../../../../contract/samples.ts';

describe('the desk in memory', () => {
  it('does nothing while down', async () => {
    const desk = createMemoryDesk();
    desk.setMood('down');
    expect(desk.performNow(openEffect('a'))).toMatchObject({ failure: { code: 'desk.unavailable' } });
    expect((await desk.find(incidentIdFrom('a'))).ok).toBe(false);
    expect(desk.tickets()).toEqual([]);
    expect(desk.calls()).toEqual(['a:open']);
  });

  it('acts but loses the answer, and answers the repetition with the same protocol', () => {
    const desk = createMemoryDesk();
    desk.setMood('answers-lost');
    expect(desk.performNow(openEffect('a')).ok).toBe(false);
    expect(desk.tickets()).toHaveLength(1);
    desk.setMood('up');
    expect(desk.performNow(openEffect('a'))).toMatchObject({
      value: { protocol: desk.tickets()[0]?.protocol },
    });
    expect(desk.tickets()).toHaveLength(1);
  });

  it('refuses when told to, and keeps the order of effects', () => {
    const desk = createMemoryDesk();
    desk.setMood('refusing');
    expect(desk.performNow(openEffect('a'))).toMatchObject({ failure: { code: 'desk.refused' } });
    desk.setMood('up');
    desk.performNow(openEffect('a'));
    desk.performNow(closeEffect('a'));
    expect(desk.tickets()[0]).toMatchObject({ open: false, effects: [openEffect('a'), closeEffect('a')] });
  });
});

describe('the journal in memory', () => {
  it('drops, when asked to, what its oldest kept snapshot covers', () => {
    const journal = createMemoryJournal({ outbox: createMemoryOutbox(), dropCovered: true });
    const last = limits.snapshotsKept + 2;
    for (let seq = 1; seq <= last; seq += 1) {
      journal.commit([entry(seq)]);
      journal.saveSnapshot({ seq, state: { ...initialState(), seq } });
    }
    const kept = [...journal.read(0)].map(({ input }) => input.seq);
    expect(kept).toEqual([last - 1, last]);
    journal.commit([entry(last + 1)]);
    expect([...journal.read(last)]).toHaveLength(1);
  });
});

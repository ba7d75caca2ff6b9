// Instability by an incident's own falls: slow, silent or both, one episode with right totals; two falls are two falls.
import { describe, expect, it } from 'vitest';
import { newsOf } from '../../../../../server/shell/notices/news.ts';
import { createRig } from '../rig.ts';

type Rig = ReturnType<typeof createRig>;

/** Down for `lastsS`, told by its agent. */
function fall(rig: Rig, start: number, lastsS = 40): void {
  rig.link(start + 4, 'down', { since: start });
  rig.link(start + lastsS, 'down', { since: start, recovering: true });
  rig.link(start + lastsS + 8, 'up', { since: start + lastsS });
}

describe('unstable incidents', () => {
  it('two falls in half an hour are two falls', () => {
    const rig = createRig();
    for (const start of [0, 300]) fall(rig, start);
    rig.passTo(400);
    expect(rig.open()[0]).toMatchObject({ flapping: false, reopenedCount: 1 });
  });

  it('a third fall after half an hour is no episode', () => {
    const rig = createRig();
    for (const start of [0, 905, 1_810]) fall(rig, start);
    expect(rig.open()[0]).toMatchObject({ flapping: false, reopenedCount: 2 });
  });

  it('the third fall in half an hour marks the incident with the totals of all', () => {
    const rig = createRig();
    for (const start of [0, 800, 1_600]) fall(rig, start);
    const [incident, ...others] = rig.open();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ flapping: true, downtimeMs: 120_000, flap: { downs: 3, own: true } });
  });

  it('a fall while it recovers counts once, however often it is told', () => {
    const rig = createRig();
    fall(rig, 0);
    rig.link(104, 'down', { since: 100 });
    for (const again of [108, 112, 116]) rig.link(again, 'down', { since: 100 });
    rig.passTo(200);
    expect(rig.open()[0]).toMatchObject({ flapping: false });
  });

  it('its reporter counting the same falls faster takes over without counting them twice', () => {
    const rig = createRig();
    for (const start of [0, 100, 200, 300, 400]) fall(rig, start);
    const [incident] = rig.open();
    expect(incident?.flap).toMatchObject({ downs: 5 });
    expect(incident?.flap?.own).toBeUndefined();
    expect(incident?.downtimeMs).toBe(200_000);
    expect(incident?.timeline.filter(({ kind }) => kind === 'flapping')).toHaveLength(1);
  });

  it('a rhythm slower than one fall in ten minutes never leaves the episode between two falls', () => {
    const rig = createRig();
    const starts = Array.from({ length: 12 }, (_, index) => index * 850);
    for (const start of starts) fall(rig, start);
    const [incident] = rig.open();
    expect(incident?.flap).toMatchObject({ downs: 12 });
    expect(incident?.timeline.filter(({ kind }) => kind === 'resolved')).toHaveLength(2);
    // The NOC: opened, twice over and back again; then nothing until it ends. The ticket: two notes an hour.
    expect(incident && newsOf(incident, rig.state()).map(({ kind }) => kind)).toEqual([
      'opened',
      ...['recovered', 'reopened', 'recovered', 'reopened'],
    ]);
    expect(incident?.notesSent).toBeLessThanOrEqual(4 + 2 * Math.ceil((12 * 850) / 3_600));
  });

  it('fifteen minutes up end it with one resolution, dated by the last return', () => {
    const rig = createRig();
    for (const start of [0, 300, 600]) fall(rig, start);
    rig.passTo(640 + 15 * 60 - 1);
    expect(rig.open()[0]?.state).toBe('open');
    rig.passTo(640 + 15 * 60 + 1);
    const [incident] = rig.open();
    expect(incident).toMatchObject({ state: 'resolved', flap: { over: true, downs: 3 } });
    expect((incident?.resolvedAt ?? 0) - (incident?.recoveredAt ?? 0)).toBe(15 * 60_000);
  });
});

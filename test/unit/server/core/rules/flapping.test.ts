// Flapping: one unstable episode is one incident with totals, and what is steady is never marked.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stateFromData, stateToData } from '../../../../../server/core/snapshot.ts';
import { limits } from '../../../../../shared/limits.ts';
import { aurora, blip, createRig } from '../rig.ts';

describe('flapping: marking', () => {
  it('three blips in ten minutes open nothing', () => {
    const rig = createRig();
    for (const start of [0, 120, 240]) blip(rig, start);
    rig.passTo(2_000);
    expect(rig.opened()).toEqual([]);
  });

  it('a fourth blip after the window has slid on opens nothing', () => {
    const rig = createRig();
    for (const start of [0, 200, 400, 601]) blip(rig, start);
    rig.passTo(2_000);
    expect(rig.opened()).toEqual([]);
  });

  it('the fourth blip opens one incident that began with the first and has their totals', () => {
    const rig = createRig();
    for (const start of [0, 60, 120, 180]) blip(rig, start);
    const [incident, ...others] = rig.open();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ kind: 'link-down', flapping: true, downtimeMs: 28_000 });
    expect(incident?.flap).toMatchObject({ downs: 4, toldDowns: 4 });
    expect(incident?.recoveredAt ?? incident?.outageSince).toBeUndefined();
  });

  it('a link that falls back while recovering counts each time', () => {
    const rig = createRig();
    rig.link(4, 'down', { since: 0 });
    for (const start of [20, 40, 60]) {
      rig.link(start, 'down', { since: 0, recovering: true });
      rig.link(start + 5, 'down', { since: 0 });
    }
    const [incident] = rig.open();
    expect(incident?.flap?.downs).toBe(4);
    // Down from 0 to 20, 25 to 40, 45 to 60, and again since 65.
    expect(incident?.downtimeMs).toBe(50_000);
    expect(incident?.outageSince).toBeDefined();
  });

  it('old downs told late are no instability', () => {
    const rig = createRig();
    rig.passTo(5_000);
    for (const start of [0, 60, 120, 180]) {
      rig.link(5_000, 'down', { since: start, seen: start + 4 });
      rig.link(5_000, 'up', { since: start + 7, seen: start + 15 });
    }
    expect(rig.state().sites.get(aurora)?.flaps).toBeUndefined();
    rig.passTo(6_000);
    expect(rig.opened()).toEqual([]);
  });

  it('downs of the last minutes told late open nothing, and the next one seen live opens with all of them', () => {
    const rig = createRig();
    rig.passTo(300);
    for (const start of [0, 60, 120, 180]) {
      rig.link(300, 'down', { since: start, seen: start + 4 });
      rig.link(300, 'up', { since: start + 7, seen: start + 15 });
    }
    rig.passTo(400);
    expect(rig.opened()).toEqual([]);
    blip(rig, 420);
    expect(rig.open()[0]?.flap).toMatchObject({ downs: 5 });
  });

  it('the same report told again is no second down', () => {
    const rig = createRig();
    for (const again of [4, 8, 12, 16, 20]) rig.link(again, 'down', { since: 0 });
    expect(rig.open()[0]?.flapping).toBe(false);
  });

  it('a machine restarted on purpose again and again is not marked', () => {
    const rig = createRig();
    for (let start = 0; start < 600; start += 100) {
      rig.goodbye(start, 'srv-erp');
      rig.host(start + 10, 'down', 'srv-erp');
      rig.connect(start + 60, 'srv-erp');
      rig.host(start + 62, 'up', 'srv-erp');
    }
    rig.passTo(2_000);
    expect(rig.opened()).toEqual([]);
  });
});

describe('flapping: the episode', () => {
  it('tells at most two notices in any hour, however long it lasts', () => {
    const rig = createRig();
    for (let start = 0; start < 3 * 3_600; start += 60) blip(rig, start);
    rig.passTo(3 * 3_600 + 3_600);
    expect(rig.opened()).toHaveLength(1);
    const flapNotes = rig.notes().filter((note) => note.text.startsWith('OSCILANDO'));
    expect(flapNotes.length).toBeGreaterThanOrEqual(4);
    expect(flapNotes.length).toBeLessThanOrEqual(6);
    // One more note tells the end.
    expect(rig.notes()).toHaveLength(flapNotes.length + 1);
  });

  it('ends after ten steady minutes, resolved with its totals', () => {
    const rig = createRig();
    for (const start of [0, 60, 120, 180, 240]) blip(rig, start);
    rig.passTo(240 + 4 + 599);
    expect(rig.open()[0]?.state).toBe('open');
    rig.passTo(240 + 4 + 601);
    expect(rig.open()[0]).toMatchObject({ state: 'resolved', downtimeMs: 35_000 });
    expect(rig.notes().at(-1)?.text).toContain('Oscilou: 5 quedas');
    expect(rig.state().sites.get(aurora)?.flaps).toBeUndefined();
  });

  it('goes on as the same incident when the link stays down', () => {
    const rig = createRig();
    for (const start of [0, 60, 120, 180]) blip(rig, start);
    rig.link(304, 'down', { since: 300 });
    rig.passTo(3_000);
    expect(rig.opened()).toHaveLength(1);
    expect(rig.open()[0]?.state).toBe('open');
    rig.link(3_000, 'up', { since: 2_990 });
    rig.passTo(3_200);
    expect(rig.open()[0]).toMatchObject({ state: 'resolved', downtimeMs: 28_000 + 2_690_000 });
  });

  it('survives a restart from a snapshot', () => {
    const rig = createRig();
    for (const start of [0, 60, 120, 180]) blip(rig, start);
    const data: unknown = JSON.parse(JSON.stringify(stateToData(rig.state())));
    expect(JSON.stringify(data)).toBe(
      JSON.stringify(stateToData(stateFromData(JSON.parse(JSON.stringify(stateToData(rig.state())))))),
    );
  });
});

describe('flapping: under random weather', () => {
  const stretch = fc.record({
    upS: fc.integer({ min: 20, max: 900 }),
    downS: fc.integer({ min: 5, max: 900 }),
  });

  it('a link with fewer than four downs in any ten minutes is never marked by what its reporter counts, and the watch is bounded', () => {
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 40 }), (stretches) => {
        const rig = createRig();
        const downs: number[] = [];
        let now = 0;
        for (const { upS, downS } of stretches) {
          now += upS;
          // Kept apart so that no ten minutes hold a fourth.
          const third = downs.at(-3);
          if (third !== undefined && now + 4 - third < 601) now = third + 601;
          downs.push(now + 4);
          blip(rig, now, downS);
          now += downS + 8;
          const watched = rig.state().sites.get(aurora)?.flaps ?? [];
          expect(watched.every((each) => each.downs.length <= limits.flapDownsMax)).toBe(true);
          // Its own falls may mark it: `unstable.test.ts`.
          expect(rig.open().every(({ flap }) => flap === undefined || flap.own === true)).toBe(true);
        }
        rig.passTo(now + 3_000);
        expect(rig.opened().some((incident) => incident.flapping)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('whatever it does, there is one incident at a time and the totals add up', () => {
    fc.assert(
      fc.property(fc.array(stretch, { minLength: 4, maxLength: 25 }), (stretches) => {
        const rig = createRig();
        let now = 0;
        let downS = 0;
        for (const each of stretches) {
          const upS = 20 + (each.upS % 60);
          now += upS;
          const length = 5 + (each.downS % 40);
          blip(rig, now, length);
          now += length + 8;
          downS += length;
          expect(rig.open().length).toBeLessThanOrEqual(1);
        }
        const [incident] = rig.open();
        expect(incident?.flapping).toBe(true);
        expect(incident?.flap?.downs).toBe(stretches.length);
        // The first blips of an incident that was open before may be missing by the part nobody counted.
        expect(incident?.downtimeMs).toBe(downS * 1_000);
      }),
      { numRuns: 60 },
    );
  });
});

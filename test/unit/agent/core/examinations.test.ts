// When the agent examines itself, on virtual time, and what its session does with the findings.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Examinations } from '../../../../agent/core/examinations.ts';
import { limits } from '../../../../shared/limits.ts';
import { seededRandom } from '../../../../shared/random.ts';
import { hour, minute } from '../../../../shared/time.ts';
import { findings } from '../../../fakes/agent-side.ts';
import { FakeServer } from './fake-server.ts';
import { Rig } from './rig.ts';

const { kind: _kind, examinedAt: _at, ...examination } = findings();

/** Begins of all examinations until `endMs`; the network changes at these moments. */
function played(seed: number, changesMs: readonly number[], endMs: number): readonly number[] {
  const plan = new Examinations(seededRandom(seed), 0);
  const begins: number[] = [];
  const changes = changesMs.toSorted((a, b) => a - b);
  for (let turns = 0; turns < 10_000; turns += 1) {
    const change = changes[0];
    if (change !== undefined && change <= plan.nextMs && change <= endMs) {
      changes.shift();
      plan.changed(change);
    } else if (plan.nextMs <= endMs) {
      begins.push(plan.nextMs);
      plan.begun(plan.nextMs);
    } else return begins;
  }
  throw new Error('a plan that never ends');
}

describe('the plan of examinations', () => {
  test('begins two to three minutes after the start and comes again every six hours and a bit', () => {
    for (const seed of [1, 2, 3]) {
      const [first = 0, second = 0, ...rest] = played(seed, [], 30 * hour);
      expect(first).toBeGreaterThanOrEqual(2 * minute);
      expect(first).toBeLessThanOrEqual(3 * minute);
      expect(second - first).toBeGreaterThanOrEqual(6 * hour);
      expect(second - first).toBeLessThanOrEqual(6.5 * hour);
      expect(rest.length).toBe(3);
    }
  });

  test('a changed network is examined once it has settled, not at the same moment by all agents', () => {
    const after = [1, 2, 3, 4].map((seed) => (played(seed, [hour], 2 * hour).at(-1) ?? 0) - hour);
    for (const ms of after) {
      expect(ms).toBeGreaterThanOrEqual(minute);
      expect(ms).toBeLessThanOrEqual(5 * minute);
    }
    expect(new Set(after).size).toBe(4);
  });

  test('never before the first is due and never within a quarter of an hour, however the network flaps', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.nat({ max: 10 * hour }), { maxLength: 200 }), (seed, changes) => {
        const begins = played(seed, changes, 10 * hour);
        expect(begins[0]).toBeGreaterThanOrEqual(limits.selfExamFirstMs);
        const gaps = begins.slice(1).map((begin, index) => begin - (begins[index] ?? 0));
        for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(limits.selfExamPauseMs);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the findings of the agent', () => {
  const examined = (rig: Rig, good = examination.good): void => {
    rig.feed({
      kind: 'self.examined',
      clock: rig.clock(),
      at: rig.clock(),
      examination: { ...examination, good },
    });
  };

  test('go to the server after the next regular beat, with their instant in server time', () => {
    const rig = new Rig();
    rig.run(65_000);
    const at = rig.nowMs + rig.server.offsetMs;
    examined(rig);
    expect(rig.server.findings).toEqual([]);
    rig.run(10_100);
    const [told] = rig.server.findings;
    expect(told?.message).toMatchObject({ kind: 'findings', ...examination });
    expect(Math.abs((told?.message.examinedAt ?? 0) - at)).toBeLessThan(1_000);
    expect(rig.server.beats.map(({ atMs }) => atMs)).toContain(told?.atMs);
    rig.run(hour);
    expect(rig.server.findings.length).toBe(1);
  });

  test('are told once more in every session, and the newer replace the older', () => {
    const rig = new Rig();
    rig.run(30_000);
    examined(rig, 3);
    examined(rig, 4);
    rig.run(30_000);
    rig.cut();
    rig.run(60_000);
    expect(rig.server.hellos.length).toBe(2);
    expect(rig.server.findings.map(({ message }) => message.good)).toEqual([4, 4]);
  });

  test('found without a session wait for one and take no place in the spool', () => {
    const rig = new Rig({ server: Object.assign(new FakeServer(), { dials: 'refuse' }) });
    rig.run(30_000);
    const held = rig.spool.length;
    examined(rig);
    expect(rig.spool.length).toBe(held);
    rig.server.dials = 'open';
    rig.run(limits.dialCapMs + 20_000);
    expect(rig.server.findings.length).toBe(1);
  });

  test('are never sent to a server of the first minor version', () => {
    const rig = new Rig({ server: Object.assign(new FakeServer(), { minor: 0 }) });
    rig.run(30_000);
    examined(rig);
    rig.run(hour);
    expect(rig.server.findings).toEqual([]);
    expect(rig.server.hellos.length).toBe(1);
  });

  test('of an examination that ends while the agent stops are told to nobody', () => {
    const rig = new Rig();
    rig.run(30_000);
    rig.feed({ kind: 'stop.requested', clock: rig.clock(), reason: 'shutdown' });
    if (!rig.stopped) examined(rig);
    rig.run(30_000);
    expect(rig.server.findings).toEqual([]);
    expect(rig.server.goodbyes).toEqual(['shutdown']);
  });
});

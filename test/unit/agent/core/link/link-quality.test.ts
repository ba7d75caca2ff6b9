// A link that carries, and badly: what is told of it, beside and after the other troubles it may have.
import { describe, expect, test } from 'vitest';
import type { RoundTarget } from '../../../../../agent/core/output.ts';
import type { StoredChange } from '../../../../../agent/core/record.ts';
import { type Random, seededRandom } from '../../../../../shared/random.ts';
import { defaultQuality } from '../../../../../shared/wire/assignment.ts';
import { type Answer, assignmentOf, Rig } from '../rig.ts';

type World = Rig['world'];

const good: World = () => ({ rttMs: 20 });
const dead: World = (_link, { role }) => (role === 'gateway' ? { rttMs: 1 } : undefined);
const lossy =
  (ratio: number, random: Random = seededRandom(3)): World =>
  (_link, { role }): Answer | undefined =>
    role !== 'gateway' && random.next() < ratio ? undefined : { rttMs: 20 };

function words(changes: readonly StoredChange[]): string[] {
  return changes.flatMap(({ body }) =>
    body.kind === 'link.changed'
      ? [
          [body.status, body.layer, body.recovering ? 'recovering' : undefined, ...(body.quality?.by ?? [])]
            .filter((word) => word !== undefined)
            .join(' '),
        ]
      : [],
  );
}

function settled(assignment = assignmentOf()): Rig {
  const rig = new Rig({ assignment });
  rig.run(180_000);
  return rig;
}

describe('a lossy link', () => {
  test('at 40 % is degraded: once, since its beginning, with numbers, and never down', () => {
    const rig = settled();
    const fromMs = rig.nowMs;
    rig.world = lossy(0.4);
    rig.run(900_000);
    expect(words(rig.linkChanges())).toEqual(['up', 'degraded loss']);
    const told = rig.linkChanges()[1];
    expect((told?.at.monoMs ?? 0) - fromMs).toBeLessThanOrEqual(120_000);
    expect(Math.abs((told?.since.monoMs ?? 0) - fromMs)).toBeLessThanOrEqual(15_000);
    const body = told?.body.kind === 'link.changed' ? told.body : undefined;
    expect(body?.quality?.windowMs).toBe(defaultQuality.windowMs);
    expect(body?.quality?.lossRatio).toBeGreaterThanOrEqual(defaultQuality.lossRaise);
    expect(body?.evidence.every(({ role, sent }) => role === 'anchor' && sent > 10)).toBe(true);
    rig.world = good;
    rig.run(300_000);
    expect(words(rig.linkChanges())).toEqual(['up', 'degraded loss', 'up']);
  });

  test('at 5 % is up', () => {
    const rig = settled();
    rig.world = lossy(0.05);
    rig.run(900_000);
    expect(words(rig.linkChanges())).toEqual(['up']);
  });

  test('that dies is down, and its quality begins anew when it returns', () => {
    const rig = settled();
    rig.world = lossy(0.4);
    rig.run(150_000);
    rig.world = dead;
    rig.run(60_000);
    rig.world = good;
    rig.run(100_000);
    expect(words(rig.linkChanges())).toEqual([
      'up',
      'degraded loss',
      'down provider',
      'down provider recovering',
      'up',
    ]);
  });

  test('with dead names keeps the layer beside its quality, and one beginning', () => {
    const rig = settled();
    const loss = lossy(0.4);
    rig.world = (_link, { role }) => (role === 'dns' ? undefined : { rttMs: 20 });
    rig.run(60_000);
    rig.world = (link, target) => (target.role === 'dns' ? undefined : loss(link, target));
    rig.run(400_000);
    const changes = rig.linkChanges();
    expect(words(changes)).toEqual(['up', 'degraded dns', 'degraded dns loss']);
    expect(changes[2]?.since).toEqual(changes[1]?.since);
  });

  test('is judged by its own limits where the inventory names some', () => {
    const quality = { ...defaultQuality, lossRaise: 0.6, lossClear: 0.5 };
    const rig = settled(assignmentOf({ links: [{ key: 'vivo', role: 'primary', quality }] }));
    rig.world = lossy(0.3);
    rig.run(400_000);
    expect(words(rig.linkChanges())).toEqual(['up']);
  });
});

test('400 ms more is degraded by latency', () => {
  const rig = settled();
  rig.world = (_link, { role }) => ({ rttMs: role === 'gateway' ? 1 : 420 });
  rig.run(200_000);
  expect(words(rig.linkChanges())).toEqual(['up', 'degraded latency']);
});

test('large packets that vanish on the way are the provider’s trouble', () => {
  const rig = settled();
  rig.run(200_000);
  rig.world = (_link, target: RoundTarget) => (target.large === true ? undefined : { rttMs: 20 });
  rig.run(120_000);
  expect(words(rig.linkChanges())).toEqual(['up', 'degraded provider large-packets']);
  rig.world = good;
  rig.run(120_000);
  expect(words(rig.linkChanges())).toEqual(['up', 'degraded provider large-packets', 'up']);
});

test('large probes are in no rollup', () => {
  const rig = settled();
  rig.run(600_000);
  const large = rig
    .of('round.start')
    .filter(({ output }) => output.targets.some((each) => each.large === true));
  expect(large.length).toBeGreaterThan(10);
  const minutes = rig.server.rollupsMessages.flatMap(({ message }) => message.items);
  expect(minutes.slice(1).every(({ sent }) => sent === 36)).toBe(true);
});

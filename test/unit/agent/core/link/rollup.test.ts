// One minute of measurements in one record.
import { describe, expect, test } from 'vitest';
import type { Clock, TargetResult } from '../../../../../agent/core/input.ts';
import { Rollups } from '../../../../../agent/core/link/rollup.ts';

const at = (monoMs: number): Clock => ({ bootId: 'b', monoMs, wallMs: monoMs + 5 });
const anchor = (target: string, rttMs: number | undefined): TargetResult => ({
  target,
  role: 'anchor',
  method: 'icmp',
  sent: 1,
  lost: rttMs === undefined ? 1 : 0,
  rttMs,
});

describe('rollups', () => {
  test('nothing measured gives no record and no wish to be woken', () => {
    const rollups = new Rollups();
    expect(rollups.nextMs).toBe(Number.POSITIVE_INFINITY);
    expect(rollups.close()).toEqual([]);
  });

  test('the minute is the server minute once its time is known', () => {
    const rollups = new Rollups();
    rollups.add('vivo', [anchor('a', 10)], at(70_000), 1_800_000_030_000);
    expect(rollups.nextMs).toBe(90_000);
    expect(rollups.close()[0]?.at).toEqual({ bootId: 'b', monoMs: 30_000, wallMs: 30_005 });
  });

  test('loss, extremes, percentile and jitter are of the anchors alone, jitter per target', () => {
    const rollups = new Rollups();
    for (let index = 0; index < 20; index += 1) {
      const near = anchor('near', index % 2 === 0 ? 10 : 12);
      const far = anchor('far', index === 7 ? undefined : 100);
      const gateway: TargetResult = { ...anchor('gw', 900), role: 'gateway' };
      rollups.add('vivo', [gateway, near, far], at(60_000 + index * 1_000), undefined);
    }
    expect(rollups.close()).toEqual([
      {
        at: at(60_000),
        link: 'vivo',
        sums: {
          sent: 40,
          lost: 1,
          rttMinMs: 10,
          rttAvgMs: 54.4,
          rttMaxMs: 100,
          rttP95Ms: 100,
          jitterMs: 1,
        },
      },
    ]);
  });

  test('a minute of pure loss has counts and no times', () => {
    const rollups = new Rollups();
    rollups.add('vivo', [anchor('a', undefined)], at(0), 0);
    expect(rollups.close()[0]?.sums).toEqual({ sent: 1, lost: 1 });
  });

  test('links are summed apart, and a closed minute starts empty', () => {
    const rollups = new Rollups();
    rollups.add('vivo', [anchor('a', 1)], at(0), 0);
    rollups.add('claro', [anchor('a', 2)], at(0), 0);
    expect(rollups.close().map(({ link, sums }) => [link, sums.rttAvgMs])).toEqual([
      ['vivo', 1],
      ['claro', 2],
    ]);
    expect(rollups.close()).toEqual([]);
  });
});

// What stays of closed incidents: enough to amend them, never more than the limits.
import { describe, expect, it } from 'vitest';
import { keepClosed } from '../../../../server/core/closed.ts';
import type { Incident } from '../../../../server/core/incident.ts';
import { incidentIdFrom } from '../../../../shared/ids.ts';
import { limits } from '../../../../shared/limits.ts';
import { instant } from '../../../../shared/time.ts';
import { incident } from './view/samples.ts';

const closed = (number: number, closedAt: number): Incident =>
  incident({ id: incidentIdFrom(`inc-${number}-0`), state: 'closed', closedAt: instant(closedAt) });

describe('closed incidents', () => {
  it('an amended one replaces itself and does not become younger', () => {
    const kept = [closed(1, 1_000), closed(2, 2_000)];
    const amended = { ...closed(1, 1_000), cause: 'power' as const };
    expect(keepClosed(kept, amended).map(({ id, cause }) => [id, cause])).toEqual([
      ['inc-1-0', 'power'],
      ['inc-2-0', kept[1]?.cause],
    ]);
  });

  it('the oldest goes when there are too many', () => {
    let kept: readonly Incident[] = [];
    for (let n = 1; n <= limits.closedIncidentsPerSiteMax + 2; n += 1) kept = keepClosed(kept, closed(n, n));
    expect(kept).toHaveLength(limits.closedIncidentsPerSiteMax);
    expect(kept[0]?.id).toBe('inc-3-0');
  });

  it('what no spool can tell of any more goes with the next one', () => {
    const late = limits.closedIncidentKeptMs + 2_000;
    expect(keepClosed([closed(1, 1_000)], closed(2, late)).map(({ id }) => id)).toEqual(['inc-2-0']);
    expect(keepClosed([closed(1, 2_000)], closed(2, late))).toHaveLength(2);
  });
});

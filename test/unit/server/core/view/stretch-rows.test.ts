// When a link failed, told from all incidents that reached it.
import { describe, expect, test } from 'vitest';
import type { Incident } from '../../../../../server/core/incident.ts';
import { linkStretchRows } from '../../../../../server/core/view/stretch-rows.ts';
import { incidentId, siteId } from '../../../../../shared/ids.ts';
import { hour, minute, plus } from '../../../../../shared/time.ts';
import { at, incident, matriz } from './samples.ts';

const now = plus(at, hour);
const span = { from: plus(at, -hour), to: now, now };
const rowsOf = (incidents: readonly Incident[], key = 'vivo') =>
  linkStretchRows(incidents, { site: matriz, key }, span);

function over(id: number, beganMs: number, lastedMs: number, fields: Partial<Incident> = {}): Incident {
  const detectedAt = plus(at, beganMs);
  const ended = plus(detectedAt, lastedMs);
  return incident({
    ...{ id: incidentId(id, 0), state: 'closed', detectedAt, outageSince: undefined, downtimeMs: lastedMs },
    ...{ recoveredAt: ended, resolvedAt: ended, closedAt: ended },
    timeline: [
      { at: detectedAt, kind: 'first-evidence' },
      { at: ended, kind: 'recovering' },
    ],
    ...fields,
  });
}

describe('stretches of a link', () => {
  test('each incident of the link tells its own, one that lasts has no end, and all are in order', () => {
    expect(rowsOf([incident(), over(3, -30 * minute, 5 * minute)])).toEqual([
      {
        ...{ incident: 'inc-3-0', kind: 'down', share: 1 },
        from: '2026-11-22T11:30:00.000Z',
        to: '2026-11-22T11:35:00.000Z',
      },
      { incident: 'inc-7-0', kind: 'down', from: '2026-11-22T12:00:00.000Z', to: null, share: 1 },
    ]);
  });

  test('what ended before the span or concerns another link, a machine or another site is left out', () => {
    const others = [
      over(3, -3 * hour, hour),
      over(4, 0, minute, { link: 'claro' }),
      over(5, 0, minute, { kind: 'host-down', link: undefined, host: 'srv-ad' }),
      over(6, 0, minute, { site: siteId('boreal', 'loja') }),
    ];
    expect(rowsOf(others)).toEqual([]);
  });

  test('a silent site counts where its links were the cause and claims nothing where nobody could tell', () => {
    const silent = { kind: 'site-offline', link: undefined } as const;
    expect(rowsOf([over(3, 0, minute, { ...silent, cause: 'links' })], 'claro')).toHaveLength(1);
    expect(rowsOf([over(3, 0, minute, { ...silent, cause: 'power' })], 'claro')).toEqual([]);
  });
});

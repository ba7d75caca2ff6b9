// Why nothing opens about a site: its windows and silences as rows, and when a wall hears of them.
import { describe, expect, test } from 'vitest';
import type { CustomerPlans } from '../../../../../server/core/planned.ts';
import { quietRows } from '../../../../../server/core/view/quiet-row.ts';
import { addNews, noNews } from '../../../../../server/core/view/wall.ts';
import { quietRowSchema } from '../../../../../shared/api/wall.ts';
import { present } from '../../../../../shared/assert.ts';
import { customerKey } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { hour, type Instant, instant, plus } from '../../../../../shared/time.ts';
import { topology } from './samples.ts';

const now = instant(Date.UTC(2026, 10, 23, 12));
const site = present([...topology.sites.values()][0], 'site');
const customer = customerKey(site.customer);
const occurrence = (from: number, to: number) => ({
  startsAt: plus(now, from * hour),
  endsAt: plus(now, to * hour),
});
const rows = (plans: Partial<CustomerPlans>, at: Instant = now) =>
  quietRows({ site, plans: { windows: [], silences: [], ...plans }, at });

describe('quiet rows', () => {
  test('name the part, the reason and the end of what is in force or to come, the earliest end first', () => {
    const found = rows({
      windows: [
        {
          ...{ id: 'w', scope: { customer, site: site.key, link: 'vivo' }, reason: 'fibra nova' },
          occurrences: [occurrence(-30, -28), occurrence(-1, 2), occurrence(24, 26)],
        },
      ],
      silences: [
        { id: 's', scope: { customer }, startsAt: now, until: plus(now, hour), by: 'Ana', reason: 'obra' },
      ],
    });
    expect(found.map((row) => quietRowSchema.parse(row))).toMatchObject([
      { because: 'silenced', link: null, host: null, by: 'Ana', reason: 'obra' },
      { because: 'maintenance', link: 'vivo', by: null, until: '2026-11-23T14:00:00.000Z' },
      { because: 'maintenance', link: 'vivo', from: '2026-11-24T12:00:00.000Z' },
    ]);
  });

  test('tell nothing of another site, and no more than the limit', () => {
    const other = { customer, site: 'another' };
    expect(
      rows({ windows: [{ id: 'w', scope: other, reason: 'x', occurrences: [occurrence(0, 1)] }] }),
    ).toEqual([]);
    const occurrences = Array.from({ length: 60 }, (_, day) => occurrence(day * 24, day * 24 + 1));
    const many = rows({ windows: [{ id: 'w', scope: { customer }, reason: 'x', occurrences }] });
    expect(many).toHaveLength(limits.quietRowsMax);
    expect(many[0]?.from).toBe('2026-11-23T12:00:00.000Z');
  });

  test('a changed plan is news of its sites', () => {
    const news = addNews(noNews, [{ kind: 'planned.adopted', planned: {}, sites: [site.id] }]);
    expect([...news.sites]).toEqual([site.id]);
  });
});

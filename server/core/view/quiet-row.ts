// What people planned or silenced at a site, as rows: whoever looks at something that is down must see why nothing is
// opened about it. Without a clock: rows are kept until something changes, so the screen decides which of them is in force.
import type { QuietRow } from '../../../shared/api/wall.ts';
import { limits } from '../../../shared/limits.ts';
import { type Instant, toIso } from '../../../shared/time.ts';
import type { CustomerPlans, Scope } from '../planned.ts';
import type { Site } from '../topology.ts';

interface Plans {
  readonly site: Site;
  readonly plans: CustomerPlans;
  readonly at: Instant;
}

/** In force or to come at `at`, the earliest end first. */
export function quietRows({ site, plans, at }: Plans): QuietRow[] {
  const { windows, silences } = plans;
  const rows = [
    ...windows
      .filter(({ scope }) => touches(scope, site))
      .flatMap(({ scope, reason, occurrences }) =>
        occurrences.map(
          (each): QuietRow => ({
            ...{ because: 'maintenance', ...partOf(scope), by: null, reason },
            ...{ from: toIso(each.startsAt), until: toIso(each.endsAt) },
          }),
        ),
      ),
    ...silences
      .filter(({ scope }) => touches(scope, site))
      .map(
        ({ scope, by, reason, startsAt, until }): QuietRow => ({
          ...{ because: 'silenced', ...partOf(scope), by, reason },
          ...{ from: toIso(startsAt), until: toIso(until) },
        }),
      ),
  ];
  const standing = rows.filter(({ until }) => until > toIso(at));
  return standing.sort((a, b) => (a.until < b.until ? -1 : 1)).slice(0, limits.quietRowsMax);
}

function touches({ site: key }: Scope, site: Site): boolean {
  return key === undefined || key === site.key;
}

function partOf({ link, host }: Scope): Pick<QuietRow, 'link' | 'host'> {
  return { link: link ?? null, host: host ?? null };
}

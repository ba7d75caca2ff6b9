// What lies behind the chart's curves: when the link was down or degraded, planned maintenance that covers it, and the time of
// an incident about something else. Pure. A plan about something else must never look as if it explained this link, nor
// somebody else's failure as if it were this link's.
import type { IncidentDetail, IncidentRow } from '../../../../shared/api/incidents.ts';
import type { PlannedCalendar, SilenceItem } from '../../../../shared/api/maintenance.ts';
import type { LinkSeries } from '../../../../shared/api/series.ts';
import type { Span } from './figures.ts';

/** The gravest first. `incident`: it lasted then, and says nothing of this link. */
export const shadeKinds = ['down', 'degraded', 'window', 'incident'] as const;

export interface Shade extends Span {
  readonly kind: (typeof shadeKinds)[number];
}

/** What a plan can be about; a part that is null or undefined means all of it. */
export interface Thing {
  readonly customer: string;
  readonly site: string | null;
  readonly link: string | null;
  readonly host: string | null;
}

type Scope = SilenceItem['scope'];

/** The scope is the thing itself or something it is part of. */
export function covers(scope: Scope, thing: Thing): boolean {
  return (
    scope.customer === thing.customer &&
    (scope.site === null || scope.site === thing.site) &&
    (scope.link === null || scope.link === thing.link) &&
    (scope.host === null || scope.host === thing.host)
  );
}

type Stretch = Pick<LinkSeries['stretches'][number], 'from' | 'to'> & { readonly kind: Shade['kind'] };

const causesOfLinks: readonly IncidentRow['cause'][] = ['links', 'provider', 'unknown'];

/** The incident is about this link: its own, or the site's silence that may lie in its links. */
export function reaches({ kind, cause, link }: IncidentRow, key: string): boolean {
  return link === key || (link === null && kind === 'site-offline' && causesOfLinks.includes(cause));
}

/** When the link failed, by this incident and by others; this one's time alone where it does not reach the link. */
export function stretchesFor(
  row: IncidentRow,
  {
    link,
    own,
    ofLink,
  }: {
    readonly link: string;
    readonly own: IncidentDetail['stretches'];
    readonly ofLink: LinkSeries['stretches'];
  },
): readonly Stretch[] {
  if (!reaches(row, link)) return [...ofLink, ...own.map((each) => ({ ...each, kind: 'incident' as const }))];
  // The page hears of its own incident at once, of the link's others with the next minute.
  return [...own, ...ofLink.filter(({ incident }) => incident !== row.id)];
}

/** In the span only, oldest first. A stretch that lasts ends with the span. */
export function shadesOf(
  span: Span,
  {
    stretches,
    windows,
    thing,
  }: {
    readonly stretches: readonly Stretch[];
    readonly windows: PlannedCalendar['items'];
    readonly thing: Thing;
  },
): readonly Shade[] {
  const all: readonly Shade[] = [
    ...stretches.map(({ kind, from, to }) => ({
      kind,
      from: Date.parse(from),
      to: to === null ? span.to : Date.parse(to),
    })),
    ...windows
      .filter(({ scope }) => covers(scope, thing))
      .map(({ startsAt, endsAt }) => ({
        kind: 'window' as const,
        from: Date.parse(startsAt),
        to: Date.parse(endsAt),
      })),
  ];
  return all
    .filter((shade) => shade.to > span.from && shade.from < span.to)
    .map((shade) => ({
      ...shade,
      from: Math.max(shade.from, span.from),
      to: Math.min(shade.to, span.to),
    }))
    .sort((a, b) => a.from - b.from);
}

/** All that touch the span, the gravest first. */
export function shadesAt(shades: readonly Shade[], span: Span): readonly Shade['kind'][] {
  return shadeKinds.filter((kind) =>
    shades.some((shade) => shade.kind === kind && shade.from < span.to && shade.to > span.from),
  );
}

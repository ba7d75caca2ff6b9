// What lies behind the chart's curves: when the incident was down or degraded, and planned maintenance that covers the link.
// Pure. A plan about something else must never look as if it explained this link.
import type { IncidentDetail } from '../../../../shared/api/incidents.ts';
import type { PlannedCalendar, SilenceItem } from '../../../../shared/api/maintenance.ts';
import type { Span } from './figures.ts';

export const shadeKinds = ['down', 'degraded', 'window'] as const;

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

/** In the span only, oldest first. A stretch that lasts ends with the span. */
export function shadesOf(
  span: Span,
  {
    stretches,
    windows,
    thing,
  }: {
    readonly stretches: IncidentDetail['stretches'];
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

/** The gravest that touches the span. */
export function shadeAt(shades: readonly Shade[], span: Span): Shade['kind'] | undefined {
  return shadeKinds.find((kind) =>
    shades.some((shade) => shade.kind === kind && shade.from < span.to && shade.to > span.from),
  );
}

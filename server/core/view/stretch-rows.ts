// When something was down or only degraded, as the API tells it: of one incident, and of one link by all incidents that
// reached it. Reads the record; decides nothing.
import type { StretchRow } from '../../../shared/api/incidents.ts';
import type { LinkStretchRow } from '../../../shared/api/series.ts';
import type { SiteId } from '../../../shared/ids.ts';
import { type Instant, instant, toIso } from '../../../shared/time.ts';
import type { Incident } from '../incident.ts';
import { reachOf } from '../report/reach.ts';
import type { Span } from '../report/spans.ts';
import { stretchesOf } from '../report/stretches.ts';

/** Oldest first. */
export function stretchRows(incident: Incident, now: Instant): StretchRow[] {
  const { down, degraded } = stretchesOf(incident, now);
  const lasts = incident.recoveredAt === undefined && incident.resolvedAt === undefined;
  const row = (kind: StretchRow['kind'], { from, to }: Span, share: number): StretchRow => ({
    kind,
    from: toIso(instant(from)),
    to: lasts && to === now ? null : toIso(instant(to)),
    share,
  });
  return [
    ...down.map((each) => row('down', each, each.share)),
    ...degraded.map((each) => row('degraded', each, 1)),
  ].sort((a, b) => (a.from < b.from ? -1 : 1));
}

/** Those that touch the span, oldest first. Where an incident only hid the link from view, nothing is claimed of it. */
export function linkStretchRows(
  incidents: readonly Incident[],
  link: { readonly site: SiteId; readonly key: string },
  { from, to, now }: { readonly from: Instant; readonly to: Instant; readonly now: Instant },
): LinkStretchRow[] {
  return incidents
    .filter((incident) => reachOf(incident, { kind: 'link', ...link }) === 'down')
    .flatMap((incident) => stretchRows(incident, now).map((row) => ({ ...row, incident: incident.id })))
    .filter((row) => row.from < toIso(to) && (row.to === null || row.to > toIso(from)))
    .sort((a, b) => (a.from < b.from ? -1 : 1));
}

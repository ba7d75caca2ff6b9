// A customer's availability this month and the month before, from the report. One question for both: the report tells each
// row's month before. Asked once when the page opens; figures of a month need no live deltas.
import type { AvailabilityReport, ReportRow } from '../../../../shared/api/reports.ts';
import { availabilityReportSchema } from '../../../../shared/api/reports.ts';
import { type Loaded, useDetail } from '../../view/use-detail.ts';
import { useWallContext } from '../../view/wall-context.ts';
import { siteKeyOf } from './summary.ts';

/** `version`: changes when an outage began or ended. */
export function useAvailability(
  customer: string,
  zone: string | undefined,
  version: unknown,
): { readonly loaded: Loaded<AvailabilityReport>; readonly again: () => void } {
  const { store, ticker } = useWallContext();
  const month = monthAt(ticker.now() + store.read().clockOffsetMs, zone);
  const url = `/api/v1/reports/availability?customer=${encodeURIComponent(customer)}&month=${month}`;
  return useDetail({ url, schema: availabilityReportSchema, version });
}

/** `2026-11`, in the zone of the customer's first site, or the browser's where it does not know that zone. */
export function monthAt(at: number, zone: string | undefined): string {
  const parts = monthFormat(zone).formatToParts(at);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}`;
}

function monthFormat(timeZone: string | undefined): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en', { year: 'numeric', month: '2-digit', timeZone });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new Intl.DateTimeFormat('en', { year: 'numeric', month: '2-digit' });
  }
}

/** `site` is the wall's id, `aurora/matriz`; the report names the site by its key. */
export function rowOfLink(
  report: AvailabilityReport | undefined,
  site: string,
  link: string,
): ReportRow | undefined {
  const key = siteKeyOf(site);
  return report?.rows.find((row) => row.kind === 'link' && row.site === key && row.key === link);
}

// Figures of a month as a person reads them, and the few that stand at its head. Availability is cut, never rounded up: only
// what never failed is 100 %. Pure.
import type { ReportOutage, ReportRow } from '../../../../shared/api/reports.ts';

const percents = new Map<string, Intl.NumberFormat>();
const moments = new Map<string, Intl.DateTimeFormat>();

/** 0 to 1 as `99,987%`. */
export function percentText(share: number, locale: string): string {
  const format =
    percents.get(locale) ??
    new Intl.NumberFormat(locale, {
      style: 'percent',
      minimumFractionDigits: 3,
      maximumFractionDigits: 3,
      roundingMode: 'trunc',
    });
  percents.set(locale, format);
  return format.format(share);
}

/** Percentage points with their sign, `+0,120`; undefined where one of both is not known. */
export function changeText(now: number | null, before: number | null, locale: string): string | undefined {
  if (now === null || before === null) return undefined;
  const points = Math.round((now - before) * 100_000) / 1000;
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: 3, signDisplay: 'exceptZero' });
  return format.format(points);
}

/** `22/11/2026 14:32:07` at the place. */
export function momentText(iso: string, timeZone: string | undefined, locale: string): string {
  const key = `${locale} ${timeZone ?? ''}`;
  const format =
    moments.get(key) ??
    new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium', timeZone });
  moments.set(key, format);
  return format.format(Date.parse(iso)).replace(',', '');
}

export interface Totals {
  /** Of all links together, and of all machines; null: nothing is known. */
  readonly links: number | null;
  readonly hosts: number | null;
  /** Outages that were nobody's plan. */
  readonly outages: number;
  /** Attended in time, and how many the contract has judged. */
  readonly met: number;
  readonly judged: number;
}

type CountedRow = Pick<ReportRow, 'kind' | 'upMs' | 'downMs'>;
type CountedOutage = Pick<ReportOutage, 'planned' | 'downMs'> & {
  readonly sla: Pick<NonNullable<ReportOutage['sla']>, 'state' | 'targetMs'> | null;
};

export function totalsOf({
  rows,
  outages,
}: {
  readonly rows: readonly CountedRow[];
  readonly outages: readonly CountedOutage[];
}): Totals {
  // "At once" names no number that could be met or missed.
  const judged = outages.filter(
    ({ sla }) => sla !== null && sla.targetMs > 0 && (sla.state === 'met' || sla.state === 'missed'),
  );
  return {
    links: together(rows, 'link'),
    hosts: together(rows, 'host'),
    outages: outages.filter(({ planned, downMs }) => !planned && downMs > 0).length,
    met: judged.filter(({ sla }) => sla?.state === 'met').length,
    judged: judged.length,
  };
}

function together(rows: readonly CountedRow[], kind: ReportRow['kind']): number | null {
  const those = rows.filter((row) => row.kind === kind);
  const sum = (of: (row: CountedRow) => number): number => those.reduce((total, row) => total + of(row), 0);
  const upMs = sum((row) => row.upMs);
  const knownMs = upMs + sum((row) => row.downMs);
  return knownMs === 0 ? null : upMs / knownMs;
}

/** A dossier proves something to a provider or a customer: of an outage, at a site. */
export function hasDossier({ planned }: ReportOutage): boolean {
  return !planned;
}

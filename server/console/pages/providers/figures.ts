// Two figures of the ranking as a person reads them. Availability is cut, never rounded up: only what never failed is 100%.
const percents = new Map<string, Intl.NumberFormat>();
const days = new Map<string, Intl.DateTimeFormat>();

/** 0 to 1 as `99,987%`. */
export function availabilityText(share: number, locale: string): string {
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

/** `22/11/2026 14:32` in the browser's zone. */
export function dayText(at: number, locale: string): string {
  const format =
    days.get(locale) ?? new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'short' });
  days.set(locale, format);
  return format.format(at);
}

// Which report: customer and month, in the page's address so that it can be sent to somebody (`aurora/2026-11`), and where the
// server gives it as a page to print or a table. Pure.
import { monthAfter } from '../../site-time.ts';

export interface Chosen {
  readonly customer: string;
  /** `2026-11` */
  readonly month: string;
}

/** What the address names, else the first customer and the present month. Undefined: there is no customer. */
export function chosenOf(
  about: string,
  customers: readonly { readonly key: string }[],
  presentMonth: string,
): Chosen | undefined {
  const [customer = '', month = ''] = about.split('/');
  const known = customers.find(({ key }) => key === customer) ?? (customer === '' ? customers[0] : undefined);
  if (known === undefined) return undefined;
  const isMonth = /^2\d{3}-(0[1-9]|1[0-2])$/.test(month) && month <= presentMonth;
  return { customer: known.key, month: isMonth ? month : presentMonth };
}

/** Newest first: the present month, two years before it, and whatever older one was asked for. */
export function monthsFor(presentMonth: string, chosen: string): readonly string[] {
  const months = Array.from({ length: 25 }, (_each, index) => monthAfter(presentMonth, -index));
  return months.includes(chosen) ? months : [...months, chosen];
}

export type ReportFormat = 'json' | 'html' | 'csv';

export function reportUrl({ customer, month }: Chosen, format: ReportFormat, language: 'pt' | 'en'): string {
  const query = new URLSearchParams({
    customer,
    month,
    format,
    language: language === 'en' ? 'en' : 'pt-BR',
  });
  return `/api/v1/reports/availability?${query}`;
}

export interface AskedDossier {
  readonly incident: string;
  /** Absent: of the whole incident. */
  readonly link?: string;
}

export function dossierUrl(
  { incident, link }: AskedDossier,
  format: 'json' | 'html',
  language: 'pt' | 'en',
): string {
  const query = new URLSearchParams({
    incident,
    ...(link === undefined ? {} : { link }),
    format,
    language: language === 'en' ? 'en' : 'pt-BR',
  });
  return `/api/v1/reports/dossier?${query}`;
}

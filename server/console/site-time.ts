// Local date and time of a site's zone as form fields have them (`2026-11-24T02:00`), to instants and back, through Intl: the
// browsers we support have no Temporal. Pure. A time that the clocks skip is taken as the one an hour later.
import { hour, minute } from '../../shared/time.ts';

const fieldFormats = new Map<string, Intl.DateTimeFormat>();

function fieldsIn(timeZone: string): Intl.DateTimeFormat {
  const known = fieldFormats.get(timeZone);
  if (known !== undefined) return known;
  // Swedish writes dates as ISO 8601 does.
  const made = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  fieldFormats.set(timeZone, made);
  return made;
}

/** `2026-11-24T02:00`; seconds are left out. `at` in ms. */
export function localOf(at: number, timeZone: string): string {
  return fieldsIn(timeZone).format(at).replace(' ', 'T');
}

/** Undefined: no date and time, or none that exists. */
export function instantOf(local: string, timeZone: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(local)) return undefined;
  const wanted = Date.parse(`${local}:00Z`);
  if (Number.isNaN(wanted) || new Date(wanted).toISOString().slice(0, 16) !== local) return undefined;
  // The zone's distance from UTC around that moment, then again at what came of it: right but at a change of the clocks.
  const first = wanted - offsetAt(wanted, timeZone);
  const at = wanted - offsetAt(first, timeZone);
  if (localOf(at, timeZone) === local) return at;
  return localOf(first, timeZone) === local ? first : Math.max(first, at);
}

/** Local minus UTC, ms. */
function offsetAt(at: number, timeZone: string): number {
  const whole = Math.floor(at / minute) * minute;
  return Date.parse(`${localOf(whole, timeZone)}:00Z`) - whole;
}

/** `2026-11-24` */
export function dayOf(at: number, timeZone: string): string {
  return localOf(at, timeZone).slice(0, 10);
}

/** `2026-11`, moved by so many months. */
export function monthAfter(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
}

export function isMonth(text: string): boolean {
  return /^2\d{3}-(0[1-9]|1[0-2])$/.test(text);
}

/** Weeks from Sunday, as Brazilian calendars have them; days of the neighbouring months fill the first and last. */
export function weeksOf(month: string): readonly (readonly string[])[] {
  const first = Date.parse(`${month}-01T00:00:00Z`);
  const next = Date.parse(`${monthAfter(month, 1)}-01T00:00:00Z`);
  const weeks: string[][] = [];
  for (let at = first - new Date(first).getUTCDay() * 24 * hour; at < next; at += 7 * 24 * hour) {
    weeks.push(
      Array.from({ length: 7 }, (_each, index) =>
        new Date(at + index * 24 * hour).toISOString().slice(0, 10),
      ),
    );
  }
  return weeks;
}

/** `2026-11` -> `novembro de 2026`. */
export function monthTitle(month: string, locale: string): string {
  const at = Date.parse(`${month}-15T12:00:00Z`);
  return new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(at);
}

// Days and times of planned work as people read them, in a site's zone: `ter., 24/11/2026 02:00 – 04:00`. Formats are made
// once for each zone.
import { useSpeech } from '../../i18n/speech.ts';

export interface Moments {
  /** `24/11/2026` */
  readonly day: (iso: string) => string;
  /** `02:00` */
  readonly time: (iso: string) => string;
  /** `24/11/2026 02:00` */
  readonly full: (iso: string) => string;
  /** `ter., 24/11/2026 02:00 – 04:00`; the end's day too where it is another. */
  readonly span: (from: string, to: string) => string;
}

/** What a site's clock says, and what the browser's says where that is something else. */
export interface TwoClocks {
  readonly there: string;
  readonly here?: string;
}

/** Of the zones of a site and of the browser. Days are written where they are not the ones that the site's text names. */
export function twoClocks(there: Moments, here: Moments) {
  const sameDay = (at: string): boolean => here.day(at) === there.day(at);
  const at = (iso: string, say: 'time' | 'full'): TwoClocks => {
    if (here.full(iso) === there.full(iso)) return { there: there[say](iso) };
    return { there: there[say](iso), here: sameDay(iso) ? here.time(iso) : here.full(iso) };
  };
  return {
    time: (iso: string): TwoClocks => at(iso, 'time'),
    full: (iso: string): TwoClocks => at(iso, 'full'),
    span: (from: string, to: string): TwoClocks => {
      if (here.span(from, to) === there.span(from, to)) return { there: there.span(from, to) };
      const text =
        sameDay(from) && sameDay(to) ? `${here.time(from)} – ${here.time(to)}` : here.span(from, to);
      return { there: there.span(from, to), here: text };
    },
    /** The part of an occurrence that falls on a day of the site's calendar; undefined: all of that day. */
    onDay: (
      { startsAt, endsAt }: { readonly startsAt: string; readonly endsAt: string },
      part: { readonly begins: boolean; readonly ends: boolean },
      words: { readonly since: (time: string) => string; readonly until: (time: string) => string },
    ): TwoClocks | undefined => {
      const text = (clock: (iso: string) => string): string | undefined => {
        if (part.begins)
          return part.ends ? `${clock(startsAt)}–${clock(endsAt)}` : words.since(clock(startsAt));
        return part.ends ? words.until(clock(endsAt)) : undefined;
      };
      const near = (iso: string): string =>
        sameDay(iso) ? here.time(iso) : `${here.day(iso).slice(0, 5)} ${here.time(iso)}`;
      const [local, own] = [text(there.time), text(near)];
      if (local === undefined || own === undefined) return undefined;
      return local === own ? { there: local } : { there: local, here: own };
    },
  };
}

const made = new Map<string, Moments>();

export function useMoments(timeZone: string): Moments {
  return momentsIn(useSpeech().formats.locale, timeZone);
}

export function momentsIn(locale: string, timeZone: string): Moments {
  const key = `${locale} ${timeZone}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const dayFormat = new Intl.DateTimeFormat(locale, {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    timeZone,
  });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone });
  const timeFormat = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  });
  const day = (iso: string): string => dayFormat.format(Date.parse(iso));
  const time = (iso: string): string => timeFormat.format(Date.parse(iso));
  const full = (iso: string): string => `${day(iso)} ${time(iso)}`;
  const moments: Moments = {
    day,
    time,
    full,
    span: (from, to) =>
      `${weekday.format(Date.parse(from))}, ${full(from)} – ${day(from) === day(to) ? time(to) : full(to)}`,
  };
  made.set(key, moments);
  return moments;
}

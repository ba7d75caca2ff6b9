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

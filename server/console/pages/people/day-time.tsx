// An instant with its year, for lists that are read long afterwards or that reach into the next year. Browser's zone.
import { type ReactNode, useMemo } from 'react';
import { useSpeech } from '../../i18n/speech.ts';

/** `22/11/2026, 14:32` (with seconds where the order of things counts). `at` is ISO 8601. */
export function DayTime({
  at,
  seconds = false,
}: {
  readonly at: string;
  readonly seconds?: boolean;
}): ReactNode {
  const { locale } = useSpeech().formats;
  const format = useMemo(
    () =>
      new Intl.DateTimeFormat(locale, {
        dateStyle: 'short',
        timeStyle: seconds ? 'medium' : 'short',
      }),
    [locale, seconds],
  );
  return <time dateTime={at}>{format.format(Date.parse(at))}</time>;
}

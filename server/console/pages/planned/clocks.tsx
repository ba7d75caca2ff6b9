// Times of planned work as two clocks tell them: the site's, and the browser's where it differs, so that nobody compares a
// site's hour with the clock on their own wall. Both are named then: `22:59 em Manaus · 23:59 aqui`.
import type { ReactNode } from 'react';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { placeOf, type Sites } from '../../scope.ts';
import { momentsIn, type TwoClocks, twoClocks } from './moments.ts';
import { en, pt } from './words.ts';

export interface SaidClocks {
  readonly there: string;
  readonly here: string | undefined;
}

/** Texts with their places. */
export function useClocks(
  sites: Sites,
  scope: { readonly customer: string; readonly site: string | null },
  /** Where the wall does not know the place. */
  zoneOtherwise?: string,
) {
  const words = useWords({ pt, en });
  const { locale } = useSpeech().formats;
  const ownZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const place = placeOf(sites, scope);
  const zone = place?.timeZone ?? zoneOtherwise ?? ownZone;
  const clocks = twoClocks(momentsIn(locale, zone), momentsIn(locale, ownZone));
  const said = ({ there, here }: TwoClocks): SaidClocks =>
    here === undefined
      ? { there, here: undefined }
      : { there: words.there(there, place?.city ?? zone), here: words.here(here) };
  return {
    time: (at: string): SaidClocks => said(clocks.time(at)),
    full: (at: string): SaidClocks => said(clocks.full(at)),
    span: (from: string, to: string): SaidClocks => said(clocks.span(from, to)),
    onDay: (...asked: Parameters<typeof clocks.onDay>): SaidClocks | undefined => {
      const part = clocks.onDay(...asked);
      return part === undefined ? undefined : said(part);
    },
    /** In one line. */
    line: ({ there, here }: SaidClocks): string => (here === undefined ? there : `${there} · ${here}`),
  };
}

export function ClocksText({
  dateTime,
  text: { there, here },
}: {
  readonly dateTime: string;
  readonly text: SaidClocks;
}): ReactNode {
  return (
    <span className="planned-clocks">
      <time dateTime={dateTime}>{there}</time>
      {here !== undefined && (
        <>
          <span className="visually-hidden"> · </span>
          <small>{here}</small>
        </>
      )}
    </span>
  );
}

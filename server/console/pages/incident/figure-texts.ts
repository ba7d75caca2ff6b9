// The chart's figures as texts in the reader's language, the same beside the curves and in the table. Pure.
import type { Formats } from '../../format.ts';

export interface FigureTexts {
  /** `14:32`; midnight as its day: `12/05`. */
  readonly time: (at: number) => string;
  /** `22/11 14:32` */
  readonly moment: (at: number) => string;
  /** Of a ratio from 0 to 1. */
  readonly percent: (ratio: number) => string;
  readonly ms: (value: number | undefined) => string;
  readonly axisMs: (value: number) => string;
}

export function figureTexts({ locale }: Formats): FigureTexts {
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const date = new Intl.DateTimeFormat(locale, { day: '2-digit', month: '2-digit' });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const time = (at: number): string => {
    const text = clock.format(at);
    return text === '00:00' ? date.format(at) : text;
  };
  return {
    time,
    moment: (at) => `${date.format(at)} ${clock.format(at)}`,
    percent: (ratio) => percent.format(ratio),
    ms: (value) => (value === undefined ? '–' : `${number.format(value)} ms`),
    axisMs: (value) => `${number.format(value)} ms`,
  };
}

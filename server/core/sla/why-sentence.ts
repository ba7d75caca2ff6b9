// `sexta 17:30 → segunda 09:30: 0 h 30 na sexta até 18:00, sábado e domingo fora, 1 h 30 na segunda`: an explanation of
// `why.ts` as one line of text. Longer than a week it names dates as well. Only words; every number comes from `Why`.
import type { Language } from '../view/languages.ts';
import { type CivilDay, dateOf, weekdayOf } from './civil-day.ts';
import type { LocalMoment, Why, WhyEntry } from './why.ts';
import { type WhyWords, wordsIn } from './why-words.ts';

type Day = Extract<WhyEntry, { kind: 'day' }>;

export function sentenceOfWhy(why: Why, language: Language): string {
  const words = wordsIn(language);
  const dated = why.until.day - why.from.day > 6;
  const style: Style = { words, dated };
  const head = headOf(why, style);
  const body = why.clock === '24x7' ? [] : partsOf(why.days, style);
  const tail = [
    ...(why.pausedMs > 0 ? [filled(words.pause, { duration: durationText(why.pausedMs) })] : []),
    ...(why.untilIsDue ? [] : [words.noDeadline]),
  ];
  const said = [...body, ...tail].join(', ');
  return `${said === '' ? head : `${head}: ${said}`} (${words.basis[why.sla.basis]})`;
}

interface Style {
  readonly words: WhyWords;
  /** Weekdays alone would name two days. */
  readonly dated: boolean;
}

function headOf({ sla, from, until, clock, untilIsDue }: Why, style: Style): string {
  const start = `${dayName(from.day, style)} ${timeText(from.minute)}`;
  if (sla.targetMs === 0) return filled(style.words.atOnce, { from: start });
  const range = `${start} → ${dayName(until.day, style)} ${timeText(until.minute)}`;
  if (clock !== '24x7' || !untilIsDue) return range;
  return `${range}, ${filled(style.words.roundTheClock, { duration: durationText(sla.targetMs) })}`;
}

/** Days that count each by themselves; those that do not, in a row, as one part. */
function partsOf(days: readonly WhyEntry[], style: Style): readonly string[] {
  const parts: string[] = [];
  let out: Day[] = [];
  const flush = (): void => {
    if (out.length > 0) parts.push(outText(out, style));
    out = [];
  };
  for (const entry of days) {
    if (entry.kind === 'day' && entry.out !== undefined) {
      if (out.length > 0 && outWord(entry, style.words) !== outWord(out[0] ?? entry, style.words)) flush();
      out.push(entry);
      continue;
    }
    flush();
    parts.push(entry.kind === 'folded' ? foldedText(entry, style.words) : countedText(entry, style));
  }
  flush();
  return parts;
}

function countedText(day: Day, style: Style): string {
  const { words } = style;
  const counted = `${durationText(day.countedMs)} ${onDay(day.day, style)}`;
  const closed = day.closedAtMinute;
  const until = closed === undefined ? '' : ` ${filled(words.until, { time: timeText(closed) })}`;
  // A holiday of half a day.
  return `${counted}${until}${holidayText(day)}`;
}

function foldedText(entry: Extract<WhyEntry, { kind: 'folded' }>, words: WhyWords): string {
  const duration = entry.countedMs > 0 ? durationText(entry.countedMs) : words.noneCounted;
  return filled(words.folded, { days: String(entry.days), duration });
}

function outText(days: readonly Day[], style: Style): string {
  const names = days.map((day) => `${dayName(day.day, style)}${holidayText(day)}`);
  const [first] = days;
  const word = first === undefined ? style.words.out : outWord(first, style.words);
  return `${listed(names, style.words.and)} ${word}`;
}

function outWord({ out }: Day, words: WhyWords): string {
  if (out === 'paused') return words.paused;
  return out === 'closed' ? words.closed : words.out;
}

function holidayText({ holidays }: Day): string {
  const names = [...new Set(holidays.map(({ name }) => name))];
  return names.length === 0 ? '' : ` (${names.join('; ')})`;
}

function listed(names: readonly string[], and: string): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} ${and} ${last}`;
}

function dayName(day: CivilDay, { words, dated }: Style): string {
  const weekday = words.weekdays[weekdayOf(day)] ?? '';
  return dated ? `${weekday} ${dateText(day)}` : weekday;
}

function onDay(day: CivilDay, { words, dated }: Style): string {
  const weekday = words.onWeekday[weekdayOf(day)] ?? '';
  return dated ? `${weekday} ${dateText(day)}` : weekday;
}

/** `23/11` */
function dateText(day: CivilDay): string {
  const { month, dayOfMonth } = dateOf(day);
  return `${two(dayOfMonth)}/${two(month)}`;
}

function timeText(minute: LocalMoment['minute']): string {
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** `1 h 30`; seconds are dropped, hours may pass 24. */
function durationText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)}`;
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

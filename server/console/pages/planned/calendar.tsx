// A month of maintenance windows and silences, each on the days it touches, in its site's zone. A table, so that a screen reader
// can go by day and weekday; on a narrow screen the days that have something, one under another.
import { type ReactNode, useMemo } from 'react';
import {
  type PlannedCalendar,
  plannedCalendarSchema,
  type SilenceItem,
  silencesSchema,
} from '../../../../shared/api/maintenance.ts';
import { day } from '../../../../shared/time.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { pageHash } from '../../route.ts';
import { type Sites, scopeNames, zoneOf } from '../../scope.ts';
import { dayOf, instantOf, isMonth, monthAfter, monthTitle, weeksOf } from '../../site-time.ts';
import { Icon } from '../../view/icon.tsx';
import { LoadedPart } from '../../view/side-panel.tsx';
import { useDetail } from '../../view/use-detail.ts';
import { useClocks } from './clocks.tsx';
import { weekdays } from './rule.ts';
import { useServerMinute } from './server-now.ts';
import { en, pt } from './words.ts';
import './calendar.css';

interface Props {
  /** From the address; anything that is none is the present one. */
  readonly month: string;
  readonly customer: string;
  readonly sites: Sites;
  readonly version: unknown;
}

interface Item extends Omit<PlannedCalendar['items'][number], 'returnBy'> {
  readonly kind: 'window' | 'silence';
}

/** Shown of a day before the rest is only counted. */
const shownADay = 4;

export function Calendar({ month: asked, customer, sites, version }: Props): ReactNode {
  const words = useWords({ pt, en }).calendar;
  const { formats } = useSpeech();
  const zone = [...sites.values()][0]?.timeZone ?? 'America/Sao_Paulo';
  const today = dayOf(useServerMinute(), zone);
  const month = isMonth(asked) ? asked : today.slice(0, 7);
  const weeks = useMemo(() => weeksOf(month), [month]);
  const { loaded, again } = useDetail({
    url: calendarUrl(weeks, customer, zone),
    schema: plannedCalendarSchema,
    version,
  });
  const silences = useDetail({
    url: `/api/v1/silences${customer === '' ? '' : `?customer=${customer}`}`,
    schema: silencesSchema,
    version,
  });
  const title = monthTitle(month, formats.locale);
  const at = (to: string): string => pageHash('planned', `calendar/${to}`);
  return (
    <section className="planned-section" aria-labelledby="plan-month">
      <div className="planned-month">
        <a className="button" href={at(monthAfter(month, -1))} aria-label={words.previous}>
          ‹
        </a>
        <h3 id="plan-month" aria-live="polite">
          {title}
        </h3>
        <a className="button" href={at(monthAfter(month, 1))} aria-label={words.next}>
          ›
        </a>
        {month !== today.slice(0, 7) && <a href={at(today.slice(0, 7))}>{words.thisMonth}</a>}
      </div>
      <LoadedPart loaded={loaded} again={again}>
        {({ items: windows, truncated }) => (
          <LoadedPart loaded={silences.loaded} again={silences.again}>
            {({ items }) => (
              <>
                {truncated && <p className="planned-warning">{words.truncated}</p>}
                <Month {...{ month, weeks, today, windows, sites, zone }} silences={items} />
              </>
            )}
          </LoadedPart>
        )}
      </LoadedPart>
    </section>
  );
}

function Month(
  props: Omit<MonthProps, 'days'> & {
    readonly windows: PlannedCalendar['items'];
    readonly silences: readonly SilenceItem[];
    /** Of places that the wall does not know. */
    readonly zone: string;
  },
): ReactNode {
  const { windows, silences, zone, ...rest } = props;
  const { weeks, sites } = rest;
  const words = useWords({ pt, en }).calendar;
  const days = useMemo(() => {
    const those: readonly Item[] = [
      ...windows.map((each) => ({ ...each, kind: 'window' as const })),
      ...silences.map(({ until, ...each }) => ({
        ...{ ...each, kind: 'silence' as const, endsAt: until },
        timeZone: zoneOf(sites, each.scope) ?? zone,
      })),
    ];
    return byDay(those.toSorted((a, b) => (a.startsAt < b.startsAt ? -1 : 1)));
  }, [windows, silences, sites, zone]);
  const isEmpty = !weeks.flat().some((each) => days.has(each));
  return (
    <>
      {isEmpty && <p className="empty">{words.none}</p>}
      <MonthTable {...rest} days={days} />
    </>
  );
}

/** A day more on each side: another site's midnight lies elsewhere. */
function calendarUrl(weeks: ReturnType<typeof weeksOf>, customer: string, zone: string): string {
  const first = instantOf(`${weeks[0]?.[0]}T00:00`, zone) ?? 0;
  const last = instantOf(`${weeks.at(-1)?.[6]}T00:00`, zone) ?? 0;
  const query = new URLSearchParams({
    from: new Date(first - day).toISOString(),
    to: new Date(last + 2 * day).toISOString(),
    ...(customer === '' ? {} : { customer }),
  });
  return `/api/v1/maintenance-windows/calendar?${query}`;
}

/** Each occurrence under every local day it touches. */
function byDay(items: readonly Item[]): ReadonlyMap<string, readonly Item[]> {
  const days = new Map<string, Item[]>();
  for (const item of items) {
    const from = Date.parse(item.startsAt);
    const to = Date.parse(item.endsAt) - 1;
    const last = dayOf(to, item.timeZone);
    for (let at = from; ; at += day) {
      const key = dayOf(Math.min(at, to), item.timeZone);
      const those = days.get(key) ?? [];
      if (!those.includes(item)) those.push(item);
      days.set(key, those);
      if (key >= last) break;
    }
  }
  return days;
}

interface MonthProps {
  readonly month: string;
  readonly weeks: ReturnType<typeof weeksOf>;
  readonly today: string;
  readonly days: ReadonlyMap<string, readonly Item[]>;
  readonly sites: Sites;
}

function MonthTable({ month, weeks, today, days, sites }: MonthProps): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  return (
    <table className="planned-calendar">
      <caption className="visually-hidden">
        {words.calendar.caption(monthTitle(month, formats.locale))}
      </caption>
      <thead>
        <tr>
          {weekdays.map((each) => (
            <th key={each} scope="col">
              <abbr title={words.weekdaysLong[each]}>{words.weekdaysShort[each]}</abbr>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]}>
            {week.map((each) => (
              <DayCell
                key={each}
                day={each}
                items={days.get(each) ?? []}
                beside={!each.startsWith(month)}
                today={each === today}
                sites={sites}
              />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function DayCell(props: {
  readonly day: string;
  readonly items: readonly Item[];
  /** Of the month before or after. */
  readonly beside: boolean;
  readonly today: boolean;
  readonly sites: Sites;
}): ReactNode {
  const { day: date, items, beside, today, sites } = props;
  const words = useWords({ pt, en }).calendar;
  const { formats } = useSpeech();
  const named = new Intl.DateTimeFormat(formats.locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  });
  return (
    <td
      data-beside={beside ? true : undefined}
      data-empty={items.length === 0 ? true : undefined}
      aria-current={today ? 'date' : undefined}
    >
      <time dateTime={date}>
        <span className="planned-day-number">{Number(date.slice(8))}</span>
        <span className="planned-day-name">{named.format(Date.parse(`${date}T12:00:00Z`))}</span>
        {today && <span className="planned-today">{words.today}</span>}
      </time>
      {items.length > 0 && (
        <ul>
          {items.slice(0, shownADay).map((item) => (
            <OccurrenceText key={`${item.id} ${item.startsAt}`} day={date} item={item} sites={sites} />
          ))}
          {items.length > shownADay && <li className="muted">{words.more(items.length - shownADay)}</li>}
        </ul>
      )}
    </td>
  );
}

function OccurrenceText(props: {
  readonly day: string;
  readonly item: Item;
  readonly sites: Sites;
}): ReactNode {
  const { day: date, item, sites } = props;
  const words = useWords({ pt, en }).calendar;
  const clocks = useClocks(sites, item.scope, item.timeZone);
  const begins = dayOf(Date.parse(item.startsAt), item.timeZone) === date;
  const ends = dayOf(Date.parse(item.endsAt) - 1, item.timeZone) === date;
  const when = clocks.onDay(item, { begins, ends }, words);
  const names = scopeNames(sites, item.scope);
  return (
    <li title={item.reason} data-kind={item.kind}>
      <span className="planned-kind">
        <Icon name={item.kind === 'silence' ? 'bell-off' : 'pen'} /> {words.kinds[item.kind]}
      </span>{' '}
      <span className="planned-when">{when?.there ?? words.allDay}</span>{' '}
      {when?.here !== undefined && <span className="planned-here">{when.here} </span>}
      <span>{names.join(' · ')}</span>
      <span className="visually-hidden">, {item.reason}</span>
    </li>
  );
}

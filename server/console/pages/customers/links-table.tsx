// Links side by side: what each is now, and how available it was this month against the last. Live state from the wall's
// rows, figures from the availability report; a figure that is not there is said, never drawn as zero.
import type { ReactNode } from 'react';
import type { AvailabilityReport, ReportRow } from '../../../../shared/api/reports.ts';
import type { LinkRow, SiteRow } from '../../../../shared/api/wall.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { Icon } from '../../view/icon.tsx';
import type { Loaded } from '../../view/use-detail.ts';
import { linkTitle } from './nodes.ts';
import { hrefOf, MoreRows, StateChip, TableFrame, useFirstRows } from './parts.tsx';
import { siteKeyOf } from './summary.ts';
import { rowOfLink } from './use-availability.ts';
import { en, pt } from './words.ts';

export function LinksTable(props: {
  readonly sites: readonly SiteRow[];
  readonly withSite: boolean;
  readonly loaded: Loaded<AvailabilityReport>;
  readonly again: () => void;
}): ReactNode {
  const { messages, formats } = useSpeech();
  const words = useWords({ pt, en });
  const { sites, withSite, loaded, again } = props;
  const report = loaded.value;
  const months = {
    month: monthName(report?.month, formats.locale),
    before: monthName(report?.previousMonth, formats.locale),
  };
  const rows = sites.flatMap((site) => site.links.map((link) => ({ site, link })));
  const { shown, ...more } = useFirstRows(rows);
  return (
    <section className="section" aria-labelledby="customers-compared">
      <h3 id="customers-compared" className="customers-subhead">
        {words.compared}
      </h3>
      {loaded.failure !== undefined && (
        <p className="panel-failure" role="alert">
          <Icon name="degraded" />
          {words.availabilityFailed}
          <button type="button" className="button" onClick={again}>
            {messages.tryAgain}
          </button>
        </p>
      )}
      {rows.length === 0 ? (
        <p className="empty">{messages.noLinks}</p>
      ) : (
        <TableFrame name={words.compared}>
          <table className="cards-on-phone">
            <caption className="visually-hidden">{words.comparedCaption}</caption>
            <LinksHead withSite={withSite} months={months} />
            <tbody>
              {shown.map(({ site, link }) => (
                <LinkLine
                  key={`${site.id}/${link.key}`}
                  {...{ site, link, withSite, months }}
                  row={rowOfLink(report, site.id, link.key)}
                  waits={report === undefined && loaded.failure === undefined}
                />
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
      <MoreRows {...more} />
    </section>
  );
}

interface Months {
  readonly month: string;
  readonly before: string;
}

function LinksHead({ withSite, months }: { readonly withSite: boolean; readonly months: Months }): ReactNode {
  const words = useWords({ pt, en });
  return (
    <thead>
      <tr>
        <th scope="col">{words.column.link}</th>
        {withSite && <th scope="col">{words.column.site}</th>}
        <th scope="col">{words.column.role}</th>
        <th scope="col">{words.column.state}</th>
        <th scope="col">{words.column.thisMonth(months.month)}</th>
        <th scope="col">{words.column.lastMonth(months.before)}</th>
        <th scope="col">{words.column.outages}</th>
        <th scope="col">{words.column.down}</th>
      </tr>
    </thead>
  );
}

function LinkLine(props: {
  readonly site: SiteRow;
  readonly link: LinkRow;
  readonly withSite: boolean;
  readonly months: Months;
  readonly row: ReportRow | undefined;
  readonly waits: boolean;
}): ReactNode {
  const { messages } = useSpeech();
  const words = useWords({ pt, en });
  const { site, link, withSite, months, row, waits } = props;
  return (
    <tr data-status={link.status}>
      <th scope="row">
        <a href={hrefOf(placeOfLink(site, link))}>{linkTitle(link, site.links)}</a>
        {link.carries && (
          <span className="in-use">
            <Icon name="carries" />
            {messages.inUse}
          </span>
        )}
      </th>
      {withSite && <td data-label={words.column.site}>{site.name}</td>}
      <td data-label={words.column.role}>{messages.linkRole[link.role]}</td>
      <td data-label={words.column.state}>
        <StateChip status={link.status} text={messages.linkStatus[link.status]} />
      </td>
      <Figures row={row} waits={waits} months={months} />
    </tr>
  );
}

function placeOfLink(site: SiteRow, link: Pick<LinkRow, 'key'>) {
  return {
    kind: 'site',
    customer: site.customer,
    site: siteKeyOf(site.id),
    chosen: { kind: 'link', key: link.key },
  } as const;
}

function Figures({
  row,
  waits,
  months,
}: {
  readonly row: ReportRow | undefined;
  readonly waits: boolean;
  readonly months: Months;
}): ReactNode {
  const { formats } = useSpeech();
  const words = useWords({ pt, en });
  const percent = percentFormat(formats.locale);
  const say = (share: number | null): string => (share === null ? words.noData : percent(share));
  if (row === undefined) {
    return (
      <td data-label={words.column.thisMonth(months.month)} className="muted" colSpan={4}>
        {waits ? words.availabilityWaits : words.noData}
      </td>
    );
  }
  return (
    <>
      <td className="number" data-label={words.column.thisMonth(months.month)}>
        {row.availability === null ? (
          <span className="muted">{words.noData}</span>
        ) : (
          <span>
            <strong>{percent(row.availability)}</strong> <Trend row={row} />
          </span>
        )}
      </td>
      <td className="number" data-label={words.column.lastMonth(months.before)}>
        {row.previous === null ? (
          <span className="muted">{words.notYet}</span>
        ) : (
          say(row.previous.availability)
        )}
      </td>
      <td className="number" data-label={words.column.outages}>
        {formats.count(row.outages)}
      </td>
      <td className="number" data-label={words.column.down}>
        {row.downMs === 0 ? '–' : formats.duration(row.downMs)}
      </td>
    </>
  );
}

/** An arrow and its words; not by colour, and nothing where one of the months is unknown. */
function Trend({ row }: { readonly row: ReportRow }): ReactNode {
  const { formats } = useSpeech();
  const words = useWords({ pt, en });
  const before = row.previous?.availability ?? null;
  if (row.availability === null || before === null) return null;
  const difference = row.availability - before;
  // Below what the percentages show.
  const same = Math.abs(difference) < 0.000_05;
  const points = `${new Intl.NumberFormat(formats.locale, { maximumFractionDigits: 2 }).format(
    Math.abs(difference) * 100,
  )} p.p.`;
  const text = same ? words.same : difference > 0 ? words.better(points) : words.worse(points);
  return (
    <span className={difference < 0 && !same ? 'bad' : 'muted'} title={text}>
      <span aria-hidden="true">{same ? '=' : difference > 0 ? '▲' : '▼'}</span>
      <span className="visually-hidden">{text}</span>
    </span>
  );
}

/** Rounded down: 99,999 % of a month with an outage must not read as 100 %. */
function percentFormat(locale: string): (share: number) => string {
  const format = new Intl.NumberFormat(locale, {
    style: 'percent',
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
  return (share) => format.format(Math.floor(share * 10_000) / 10_000);
}

/** `2026-11` -> `novembro`. */
function monthName(month: string | undefined, locale: string): string {
  if (month === undefined) return '';
  return new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' }).format(
    Date.parse(`${month}-15T00:00:00Z`),
  );
}

// Reports: a customer's month, chosen in the address, shown from the same record that is printed and saved as a table. Made by
// the server when asked for; nothing here counts anything but the totals at its head.
import { type ReactNode, useEffect, useRef } from 'react';
import { availabilityReportSchema } from '../../../../shared/api/reports.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { pageHash } from '../../route.ts';
import { customersOf, type Named, type Sites, zoneOf } from '../../scope.ts';
import { dayOf, monthAfter, monthTitle } from '../../site-time.ts';
import type { PageProps } from '../../view/pages.tsx';
import { LoadedPart } from '../../view/side-panel.tsx';
import { useDetail } from '../../view/use-detail.ts';
import { useServerTick, useWall } from '../../view/wall-context.ts';
import { type Chosen, chosenOf, monthsFor, reportUrl } from './address.ts';
import { ReportView } from './report-view.tsx';
import { en, pt } from './words.ts';
import './reports.css';

const noSites: Sites = new Map();

/** `about`: empty, `aurora`, or `aurora/2026-11`. */
export function ReportsPage({ about }: PageProps): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  const sites = useWall((state) => state.view)?.sites ?? noSites;
  const customers = customersOf(sites, formats.locale);
  const [named = ''] = about.split('/');
  const zone = zoneOf(sites, { customer: named, site: null }) ?? [...sites.values()][0]?.timeZone;
  const presentMonth = useServerTick((now) => dayOf(now, zone ?? 'America/Sao_Paulo').slice(0, 7));
  const chosen = chosenOf(about, customers, presentMonth);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <div className="report-head">
        <h2 ref={heading} tabIndex={-1}>
          {words.heading}
        </h2>
        <p className="muted">{words.intro}</p>
      </div>
      {customers.length === 0 && <p className="empty">{words.noCustomers}</p>}
      {customers.length > 0 && <Picker customers={customers} chosen={chosen} presentMonth={presentMonth} />}
      {customers.length > 0 && chosen === undefined && (
        <p className="empty" role="alert">
          {words.unknownCustomer(named)}
        </p>
      )}
      {chosen !== undefined && <Report key={`${chosen.customer}/${chosen.month}`} chosen={chosen} />}
    </>
  );
}

function Picker(props: {
  readonly customers: readonly Named[];
  readonly chosen: Chosen | undefined;
  readonly presentMonth: string;
}): ReactNode {
  const { customers, chosen, presentMonth } = props;
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  const month = chosen?.month ?? presentMonth;
  const open = (customer: string, which: string): void => {
    location.hash = pageHash('reports', `${customer}/${which}`);
  };
  return (
    <form className="report-picker" aria-label={words.choose} onSubmit={(event) => event.preventDefault()}>
      <label>
        <span>{words.customer}</span>
        <select
          className="field"
          value={chosen?.customer ?? ''}
          onChange={({ target }) => open(target.value, month)}
        >
          {chosen === undefined && <option value="">{words.none}</option>}
          {customers.map(({ key, name }) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {chosen !== undefined && (
        <>
          <label>
            <span>{words.month}</span>
            <select
              className="field"
              value={month}
              onChange={({ target }) => open(chosen.customer, target.value)}
            >
              {monthsFor(presentMonth, month).map((each) => (
                <option key={each} value={each}>
                  {monthTitle(each, formats.locale)}
                </option>
              ))}
            </select>
          </label>
          <div className="report-steps">
            <StepLink chosen={chosen} by={-1} presentMonth={presentMonth} />
            <StepLink chosen={chosen} by={1} presentMonth={presentMonth} />
          </div>
          <FormLinks chosen={chosen} />
        </>
      )}
    </form>
  );
}

/** The same month on paper and as a table. */
function FormLinks({ chosen }: { readonly chosen: Chosen }): ReactNode {
  const words = useWords({ pt, en });
  const { language } = useSpeech();
  return (
    <div className="report-forms">
      <a
        className="button button-strong"
        href={reportUrl(chosen, 'html', language)}
        target="_blank"
        rel="noopener"
      >
        {words.print}
        <span className="visually-hidden"> {words.newTab}</span>
      </a>
      <a className="button" href={reportUrl(chosen, 'csv', language)} download>
        {words.csv}
      </a>
    </div>
  );
}

function StepLink(props: {
  readonly chosen: Chosen;
  readonly by: -1 | 1;
  readonly presentMonth: string;
}): ReactNode {
  const { chosen, by, presentMonth } = props;
  const words = useWords({ pt, en });
  const month = monthAfter(chosen.month, by);
  if (month > presentMonth) return null;
  return (
    <a
      className="button"
      href={pageHash('reports', `${chosen.customer}/${month}`)}
      aria-label={by < 0 ? words.earlier : words.later}
    >
      {by < 0 ? '‹' : '›'}
    </a>
  );
}

function Report({ chosen }: { readonly chosen: Chosen }): ReactNode {
  const words = useWords({ pt, en });
  const { language } = useSpeech();
  const { loaded, again } = useDetail({
    url: reportUrl(chosen, 'json', language),
    schema: availabilityReportSchema,
    version: 0,
  });
  const { value, failure } = loaded;
  if (value === undefined && failure === undefined) {
    return (
      <p className="muted" role="status">
        {words.making}
      </p>
    );
  }
  // Said in words of its own: it is no fault, and goes by itself.
  if (failure?.kind === 'refused' && failure.status === 429) {
    return (
      <p className="report-warning" role="alert">
        {words.busy}{' '}
        <button type="button" className="button" onClick={again}>
          {words.refresh}
        </button>
      </p>
    );
  }
  return (
    <LoadedPart loaded={loaded} again={again}>
      {(report) => <ReportView report={report} />}
    </LoadedPart>
  );
}

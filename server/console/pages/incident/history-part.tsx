// What happened to the same link, server or site in the last 30 or 90 days: how often, how long, and each with its cause.
// One question to the server; the shorter history is part of the longer one.
import { type ReactNode, useState } from 'react';
import { type IncidentRow, incidentListSchema } from '../../../../shared/api/incidents.ts';
import { limits } from '../../../../shared/limits.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { pageHash, ticketHash } from '../../route.ts';
import { Fact, Facts, LoadedPart } from '../../view/side-panel.tsx';
import { DowntimeText, InstantText } from '../../view/time.tsx';
import { useDetail } from '../../view/use-detail.ts';
import { useServerTick } from '../../view/wall-context.ts';
import {
  type History,
  type HistoryDays,
  historyDays,
  historyOf,
  historyUrl,
  historyWithin,
} from './history.ts';
import { impactMs } from './story.ts';
import { incidentWords } from './words.ts';

/** `openedAtPage`: server time in ms when the page opened; the question stays the same for as long as it is open. */
export function HistoryPart({
  row,
  openedAtPage,
}: {
  readonly row: IncidentRow;
  readonly openedAtPage: number;
}): ReactNode {
  const words = useWords(incidentWords).history;
  const [days, setDays] = useState<HistoryDays>(30);
  const { loaded, again } = useDetail({
    url: historyUrl(row, openedAtPage),
    schema: incidentListSchema,
    version: row.state,
  });
  return (
    <section className="card" aria-labelledby="history-heading">
      <div className="card-head">
        <h3 id="history-heading">{words.heading[historyOf(row)]}</h3>
        <fieldset className="choice">
          <legend className="visually-hidden">{words.span}</legend>
          {historyDays.map((each) => (
            <label key={each}>
              <input
                type="radio"
                name="history-days"
                checked={days === each}
                onChange={() => setDays(each)}
              />
              {words.days(each)}
            </label>
          ))}
        </fieldset>
      </div>
      <LoadedPart loaded={loaded} again={again}>
        {({ items }) => (
          <HistoryOf row={row} days={days} history={historyWithin(items, row, { days, now: openedAtPage })} />
        )}
      </LoadedPart>
    </section>
  );
}

interface Props {
  readonly row: IncidentRow;
  readonly days: HistoryDays;
  readonly history: History;
}

function HistoryOf({ row, days, history }: Props): ReactNode {
  const { formats } = useSpeech();
  const words = useWords(incidentWords).history;
  const { rows, truncated } = history;
  if (rows.length === 0) return <p className="empty">{words.empty(days)}</p>;
  return (
    <>
      <Totals rows={rows} />
      {rows.length === 1 && rows[0]?.id === row.id && <p className="muted">{words.first(days)}</p>}
      <HistoryTable row={row} days={days} history={history} />
      {truncated && <p className="muted">{words.truncated(Number(formats.count(rows.length)))}</p>}
    </>
  );
}

/** Moves with the clock where one of them lasts. */
function Totals({ rows }: { readonly rows: readonly IncidentRow[] }): ReactNode {
  const { formats } = useSpeech();
  const words = useWords(incidentWords).history;
  const sum = useServerTick((now) =>
    formats.duration(rows.reduce((all, each) => all + impactMs(each, now), 0)),
  );
  const longest = useServerTick((now) =>
    formats.duration(Math.max(0, ...rows.map((each) => impactMs(each, now)))),
  );
  return (
    <div className="totals">
      <Facts>
        <Fact name={words.count}>{formats.count(rows.length)}</Fact>
        <Fact name={words.downtime}>{sum}</Fact>
        <Fact name={words.longest}>{longest}</Fact>
      </Facts>
    </div>
  );
}

function HistoryTable({ row, days, history: { rows } }: Props): ReactNode {
  const words = useWords(incidentWords).history;
  const [shown, setShown] = useState<number>(limits.incidentHistoryRowsMax);
  const rest = Math.min(rows.length - shown, limits.incidentHistoryRowsMax);
  return (
    <>
      <table className="record history">
        <caption className="visually-hidden">{words.caption(days)}</caption>
        <thead>
          <tr>
            <th scope="col">{words.began}</th>
            <th scope="col">{words.what}</th>
            <th scope="col">{words.cause}</th>
            <th scope="col">{words.duration}</th>
            <th scope="col">{words.ticket}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map((each) => (
            <HistoryRow key={each.id} row={each} own={each.id === row.id} />
          ))}
        </tbody>
      </table>
      {rest > 0 && (
        <button
          type="button"
          className="button"
          onClick={() => setShown(shown + limits.incidentHistoryRowsMax)}
        >
          {words.more(rest)}
        </button>
      )}
    </>
  );
}

function HistoryRow({ row, own }: { readonly row: IncidentRow; readonly own: boolean }): ReactNode {
  const { messages } = useSpeech();
  const words = useWords(incidentWords).history;
  const protocol = row.ticket?.protocol ?? null;
  return (
    <tr aria-current={own ? 'true' : undefined}>
      <td>
        <InstantText at={row.detectedAt} />
      </td>
      <td>
        {own ? (
          <>
            {messages.kind[row.kind]} <span className="tag">{words.this}</span>
          </>
        ) : (
          <a href={pageHash('incident-page', row.id)}>{messages.kind[row.kind]}</a>
        )}
      </td>
      <td>{messages.cause[row.cause]}</td>
      <td>
        <DowntimeText finishedMs={row.downtimeMs} runningSince={row.outageSince} say={(text) => text} />
        {row.outageSince !== null && <span className="muted"> · {words.running}</span>}
      </td>
      <td>
        {protocol === null ? (
          <span className="muted">{messages.noTicket}</span>
        ) : (
          <a href={ticketHash(protocol)} className="protocol">
            {protocol}
          </a>
        )}
      </td>
    </tr>
  );
}

// From the first failing evidence to now: when, how long after the detection, what, and who. Every entry of the record, in
// its order; the last row is the present moment while the incident lasts.
import type { ReactNode } from 'react';
import type { IncidentDetail, IncidentRow } from '../../../../shared/api/incidents.ts';
import type { Formats } from '../../format.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { phaseOf } from '../../select.ts';
import { InstantText } from '../../view/time.tsx';
import { useServerTick } from '../../view/wall-context.ts';
import { incidentWords } from './words.ts';

export function TimelineTable({
  detail,
  row,
}: {
  readonly detail: IncidentDetail;
  readonly row: IncidentRow;
}): ReactNode {
  const { formats } = useSpeech();
  const words = useWords(incidentWords).timeline;
  const from = Date.parse(row.detectedAt);
  const phase = phaseOf(row);
  // A recovery is told later than it began: shown where it belongs, what came first still first within one instant.
  const entries = detail.timeline.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return (
    <section className="card" aria-labelledby="timeline-heading">
      <h3 id="timeline-heading">{words.heading}</h3>
      <p className="muted">{words.hours(Intl.DateTimeFormat().resolvedOptions().timeZone)}</p>
      <table className="record">
        <caption className="visually-hidden">{words.caption}</caption>
        <thead>
          <tr>
            <th scope="col">{words.at}</th>
            <th scope="col">{words.elapsed}</th>
            <th scope="col">{words.what}</th>
            <th scope="col">{words.who}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry, index) => (
            // Two may say the same in one millisecond, and none keeps anything of its own.
            // biome-ignore lint/suspicious/noArrayIndexKey: the place in the history is the entry's identity
            <tr key={index}>
              <td>
                <InstantText at={entry.at} />
              </td>
              <td className="elapsed">{elapsed(formats, Date.parse(entry.at) - from)}</td>
              <td>{entry.text}</td>
              <td className="muted">{entry.by ?? words.nobody}</td>
            </tr>
          ))}
          {phase !== 'over' && (
            <tr className="record-now">
              <td>{words.now}</td>
              <td className="elapsed">
                <ElapsedNow from={from} />
              </td>
              <td colSpan={2}>{phase === 'burning' ? words.lasts : words.watched}</td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}

function ElapsedNow({ from }: { readonly from: number }): ReactNode {
  const { formats } = useSpeech();
  return useServerTick((now) => elapsed(formats, now - from));
}

/** `+9 s`; evidence may be older than the instant that counts as the detection: `−3 s`. */
function elapsed(formats: Formats, ms: number): string {
  return `${ms < 0 ? '−' : '+'}${formats.duration(Math.abs(ms))}`;
}

// The month's outages: what failed and why, when it was seen and attended against the contract, and the dossier of each.
import type { ReactNode } from 'react';
import { type AvailabilityReport, attendanceOf, type ReportOutage } from '../../../../shared/api/reports.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { incidentHash } from '../../route.ts';
import { Icon } from '../../view/icon.tsx';
import { type AskedDossier, dossierUrl } from './address.ts';
import { DataTable } from './data-table.tsx';
import { hasDossier, momentText } from './figures.ts';
import { en, pt } from './words.ts';

export function OutageTable({ report }: { readonly report: AvailabilityReport }): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  const { columns } = words;
  const zones = new Map(report.sites.map(({ site, timeZone }) => [site, timeZone]));
  const moment = (at: string | null, { site }: ReportOutage): string =>
    at === null ? words.none : momentText(at, zones.get(site) ?? report.timeZones[0], formats.locale);
  const { outages } = report;
  return (
    <>
      <DataTable
        caption={words.tables.outages}
        nothing={words.nothing.outages}
        rows={outages}
        keyOf={({ incident }) => incident}
        columns={[
          { title: columns.what, cell: (outage) => <OutageName outage={outage} /> },
          { title: columns.detected, cell: (outage) => moment(outage.detectedAt, outage) },
          {
            title: columns.detection,
            number: true,
            cell: ({ retro, detectionMs }) => (retro ? words.none : formats.duration(detectionMs)),
          },
          { title: columns.attendance, cell: (outage) => <AttendanceText outage={outage} /> },
          { title: columns.recovered, cell: (outage) => moment(outage.recoveredAt, outage) },
          {
            title: columns.down,
            number: true,
            cell: ({ downMs }) => (downMs === 0 ? words.none : formats.duration(downMs)),
          },
          {
            title: columns.dossier,
            cell: (outage) => (hasDossier(outage) ? <Dossiers outage={outage} /> : words.none),
          },
        ]}
      />
      {outages.some(hasDossier) && <p className="muted report-note">{words.dossierNote}</p>}
    </>
  );
}

function OutageName({ outage }: { readonly outage: ReportOutage }): ReactNode {
  const words = useWords({ pt, en });
  const { messages } = useSpeech();
  const { marks } = words;
  const notes = [
    words.cause(outage.causeText),
    messages.priority[outage.priority],
    outage.protocol ?? outage.incident,
    outage.running ? marks.running : '',
    outage.planned ? marks.planned : '',
    outage.retro ? marks.retro : '',
    outage.flapping ? marks.flapping(outage.downs ?? 0) : '',
  ];
  return (
    <>
      <a href={incidentHash(outage.incident)} target="_blank" rel="noopener">
        {outage.title}
        <span className="visually-hidden"> {words.newTab}</span>
      </a>
      <small>{notes.filter((each) => each !== '').join(' · ')}</small>
    </>
  );
}

function AttendanceText({ outage }: { readonly outage: ReportOutage }): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  const { sla, acknowledgedBy } = outage;
  if (sla === null) return words.none;
  const { state, attendanceMs, targetMs } = sla;
  const judged = targetMs > 0 && (state === 'met' || state === 'missed');
  return (
    <>
      {attendanceMs === null ? words.none : formats.duration(attendanceMs)}
      <small className={state === 'missed' ? 'bad' : undefined}>
        {judged && <Icon name={state === 'met' ? 'up' : 'down'} />} {words.sla[attendanceOf(outage)]}
      </small>
      <small>
        {targetMs === 0 ? words.atOnce : words.target(formats.duration(targetMs))}
        {acknowledgedBy !== null && ` · ${acknowledgedBy}`}
      </small>
    </>
  );
}

/** A provider knows its own circuit only: where no single link failed, the whole incident's and one for each link. */
function Dossiers({ outage }: { readonly outage: ReportOutage }): ReactNode {
  const words = useWords({ pt, en });
  const { incident, title, link, links } = outage;
  if (link !== null && links.some(({ key }) => key === link))
    return <DossierLinks asked={{ incident, link }} what={title} />;
  return (
    <>
      <DossierLinks asked={{ incident }} what={title} />
      {links.map(({ key, name }) => (
        <div key={key}>
          <small>{words.dossierLink(name)}</small>
          <DossierLinks asked={{ incident, link: key }} what={`${words.dossierLink(name)}, ${title}`} />
        </div>
      ))}
    </>
  );
}

function DossierLinks({ asked, what }: { readonly asked: AskedDossier; readonly what: string }): ReactNode {
  const words = useWords({ pt, en });
  const { language } = useSpeech();
  return (
    <span className="report-dossier">
      <a
        href={dossierUrl(asked, 'html', language)}
        target="_blank"
        rel="noopener"
        aria-label={`${words.dossierPageOf(what)} ${words.newTab}`}
      >
        {words.dossierPage}
      </a>
      <a href={dossierUrl(asked, 'json', language)} download aria-label={words.dossierFileOf(what)}>
        {words.dossierFile}
      </a>
    </span>
  );
}

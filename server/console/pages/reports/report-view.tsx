// One customer's month as a page: its head, the few figures a manager asks for first, then every table. Shows only what the
// server counted.

import type { ReactNode } from 'react';
import type { AvailabilityReport } from '../../../../shared/api/reports.ts';
import { formatCnpj } from '../../../../shared/cnpj.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { monthTitle } from '../../site-time.ts';
import { Icon } from '../../view/icon.tsx';
import { DataTable } from './data-table.tsx';
import { momentText, percentText, totalsOf } from './figures.ts';
import { OutageTable } from './outage-table.tsx';
import { ThingTables } from './thing-tables.tsx';
import { en, pt } from './words.ts';

export function ReportView({ report }: { readonly report: AvailabilityReport }): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  const [zone] = report.timeZones;
  const facts = [
    report.plan ?? '',
    report.cnpj === null ? '' : `CNPJ ${formatCnpj(report.cnpj)}`,
    words.zones(report.timeZones.join(', ')),
    words.made(momentText(report.generatedAt, zone, formats.locale)),
  ];
  return (
    <article className="report" aria-labelledby="report-title">
      <div>
        <h3 id="report-title" className="report-title">
          {words.title(report.customerName, monthTitle(report.month, formats.locale))}
        </h3>
        <p className="muted">{facts.filter((each) => each !== '').join(' · ')}</p>
      </div>
      {!report.complete && <Note text={words.partial} icon="info" />}
      {report.truncated && <Note text={words.truncated} icon="degraded" />}
      <TotalsPart report={report} />
      <OutageTable report={report} />
      <ThingTables report={report} />
      <ProvidersTable report={report} />
      <MaintenanceTable report={report} />
      {report.blind.length > 0 && <BlindTable report={report} />}
      <details className="report-reading">
        <summary>{words.reading}</summary>
        <ul>
          {words.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      </details>
    </article>
  );
}

function Note({ text, icon }: { readonly text: string; readonly icon: 'info' | 'degraded' }): ReactNode {
  return (
    <p className="report-warning">
      <Icon name={icon} />
      {text}
    </p>
  );
}

function TotalsPart({ report }: { readonly report: AvailabilityReport }): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  const totals = totalsOf(report);
  const share = (value: number | null): string =>
    value === null ? words.noData : percentText(value, formats.locale);
  return (
    <dl className="report-totals" aria-label={words.totals.heading}>
      <div>
        <dt>{words.totals.links}</dt>
        <dd>{share(totals.links)}</dd>
      </div>
      <div>
        <dt>{words.totals.hosts}</dt>
        <dd>{share(totals.hosts)}</dd>
      </div>
      <div>
        <dt>{words.totals.outages}</dt>
        <dd>{formats.count(totals.outages)}</dd>
      </div>
      <div>
        <dt>{words.totals.sla}</dt>
        <dd>
          {totals.judged === 0 ? words.totals.noneJudged : words.totals.slaOf(totals.met, totals.judged)}
        </dd>
      </div>
    </dl>
  );
}

function ProvidersTable({ report }: { readonly report: AvailabilityReport }): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  const { columns } = words;
  return (
    <DataTable
      caption={words.tables.providers}
      nothing={words.nothing.providers}
      rows={report.providers}
      keyOf={({ provider }) => provider}
      columns={[
        { title: columns.provider, cell: ({ name }) => name },
        { title: columns.rank, number: true, cell: ({ rank }) => rank },
        { title: columns.links, number: true, cell: ({ links }) => formats.count(links) },
        {
          title: columns.availability,
          number: true,
          cell: ({ availability }) =>
            availability === null ? words.noData : percentText(availability, formats.locale),
        },
        { title: columns.outages, number: true, cell: ({ outages }) => formats.count(outages) },
        {
          title: columns.mttr,
          number: true,
          cell: ({ mttrMs }) => (mttrMs === null ? words.none : formats.duration(mttrMs)),
        },
      ]}
    />
  );
}

function MaintenanceTable({ report }: { readonly report: AvailabilityReport }): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  const { columns } = words;
  const sites = new Map(report.sites.map((site) => [site.site, site]));
  const zoneOf = (site: string | null): string | undefined =>
    sites.get(site ?? '')?.timeZone ?? report.timeZones[0];
  return (
    <DataTable
      caption={words.tables.maintenance}
      nothing={words.nothing.maintenance}
      rows={report.maintenance}
      keyOf={(each) => JSON.stringify(each)}
      columns={[
        {
          title: columns.where,
          cell: ({ site, link, host }) =>
            [site === null ? words.wholeCustomer : (sites.get(site)?.name ?? site), link, host]
              .filter((each) => each !== null)
              .join(' · '),
        },
        {
          title: columns.from,
          cell: ({ startsAt, site }) => momentText(startsAt, zoneOf(site), formats.locale),
        },
        { title: columns.to, cell: ({ endsAt, site }) => momentText(endsAt, zoneOf(site), formats.locale) },
        { title: columns.reason, cell: ({ reason }) => reason },
      ]}
    />
  );
}

function BlindTable({ report }: { readonly report: AvailabilityReport }): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  const [zone] = report.timeZones;
  return (
    <DataTable
      caption={words.tables.blind}
      nothing={words.none}
      rows={report.blind}
      keyOf={({ from }) => from}
      columns={[
        { title: words.columns.from, cell: ({ from }) => momentText(from, zone, formats.locale) },
        { title: words.columns.to, cell: ({ to }) => momentText(to, zone, formats.locale) },
      ]}
    />
  );
}

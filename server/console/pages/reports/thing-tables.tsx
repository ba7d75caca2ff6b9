// Availability of links, machines and sites: one table for each, the same columns, this month beside the one before.
import type { ReactNode } from 'react';
import type { AvailabilityReport, ReportRow } from '../../../../shared/api/reports.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { type Column, DataTable } from './data-table.tsx';
import { changeText, percentText } from './figures.ts';
import { en, pt, type ReportsWords } from './words.ts';

const kinds = ['link', 'host', 'site'] as const;

export function ThingTables({ report }: { readonly report: AvailabilityReport }): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  const length = (ms: number | null): string => (ms === null || ms === 0 ? words.none : formats.duration(ms));
  return kinds.map((kind) => (
    <DataTable
      key={kind}
      caption={words.tables[kind]}
      nothing={words.nothing[kind]}
      rows={report.rows.filter((row) => row.kind === kind)}
      keyOf={(row) => `${row.site}/${row.key ?? ''}/${row.circuit ?? ''}`}
      columns={columnsOf(kind, words, { length, locale: formats.locale })}
    />
  ));
}

interface Texts {
  readonly length: (ms: number | null) => string;
  readonly locale: string;
}

function columnsOf(
  kind: ReportRow['kind'],
  words: ReportsWords,
  { length, locale }: Texts,
): readonly [Column<ReportRow>, ...Column<ReportRow>[]] {
  const { columns } = words;
  const share = (value: number | null): string =>
    value === null ? words.noData : percentText(value, locale);
  return [
    { title: columns.name[kind], cell: (row) => <ThingName row={row} words={words} /> },
    {
      title: columns.availability,
      number: true,
      cell: (row) => <strong>{share(row.availability)}</strong>,
    },
    {
      title: columns.previous,
      number: true,
      cell: ({ availability, previous }) => {
        if (previous === null) return words.none;
        const change = changeText(availability, previous.availability, locale);
        return (
          <>
            {share(previous.availability)}
            {change !== undefined && <small>{words.points(change)}</small>}
          </>
        );
      },
    },
    { title: columns.outages, number: true, cell: (row) => row.outages },
    { title: columns.down, number: true, cell: (row) => length(row.downMs) },
    { title: columns.longest, number: true, cell: (row) => length(row.longestMs) },
    { title: columns.mttr, number: true, cell: (row) => length(row.mttrMs) },
    { title: columns.planned, number: true, cell: (row) => length(row.plannedMs) },
    { title: columns.noData, number: true, cell: (row) => length(row.noDataMs) },
    ...(kind === 'link'
      ? [{ title: columns.degraded, number: true, cell: (row: ReportRow) => length(row.degradedMs) }]
      : []),
  ];
}

function ThingName({ row, words }: { readonly row: ReportRow; readonly words: ReportsWords }): ReactNode {
  const { marks } = words;
  const notes = [
    row.kind === 'site' ? '' : row.siteName,
    row.providerName !== null && row.providerName !== row.name ? row.providerName : '',
    row.role === null ? '' : words.roles[row.role],
    row.circuit ?? '',
    row.retired ? marks.retired : '',
    row.flapping.episodes > 0 ? marks.flapping(row.flapping.downs) : '',
    row.estimated ? marks.estimated : '',
    row.coverage === 'incidents' ? marks.unmeasured : '',
  ];
  return (
    <>
      {row.name}
      <small>{notes.filter((each) => each !== '').join(' · ')}</small>
    </>
  );
}

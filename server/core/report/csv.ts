// The report as a table for spreadsheets: UTF-8 with a byte order mark, `;` between cells, CRLF, and in Portuguese a decimal
// comma: what Excel in Brazil opens by a double click. A cell that came from people never becomes a formula.
import {
  type AvailabilityReport,
  attendanceOf,
  type ReportOutage,
  type ReportRow,
} from '../../../shared/api/reports.ts';
import type { Speech } from '../view/sentences.ts';
import { sentenceOfPriority } from '../view/sentences.ts';
import { minutesText, momentText, numberText } from './figures.ts';
import { remarksOfOutage, remarksOfRow } from './remarks.ts';
import type { ReportColumn, ReportWords } from './words.ts';

export const reportTables = ['all', 'availability', 'outages', 'providers'] as const;
export type ReportTable = (typeof reportTables)[number];

export interface CsvQuestion {
  readonly table: ReportTable;
  readonly words: ReportWords;
  readonly speech: Speech;
}

/** `all` puts the three tables under one another, an empty line between. */
export function reportCsv(report: AvailabilityReport, { table: asked, words, speech }: CsvQuestion): string {
  const zones = new Map(report.sites.map(({ site, timeZone }) => [site, timeZone]));
  const tables: Readonly<Record<Exclude<ReportTable, 'all'>, () => readonly string[]>> = {
    availability: () => [headOf(rowColumns, words), ...report.rows.map((row) => rowLine(row, words))],
    outages: () => [
      headOf(outageColumns, words),
      ...report.outages.map((outage) => outageLine(outage, zones.get(outage.site), words, speech)),
    ],
    providers: () => [
      headOf(providerColumns, words),
      ...report.providers.map(({ rank, name, links, availability, downMs, outages, mttrMs }) =>
        lineOf([
          String(rank),
          cell(name),
          String(links),
          share(availability, words),
          minutesText(downMs, words),
          String(outages),
          minutes(mttrMs, words),
        ]),
      ),
    ],
  };
  const wanted = asked === 'all' ? (['availability', 'outages', 'providers'] as const) : [asked];
  const lines = wanted.flatMap((name, index) => (index === 0 ? tables[name]() : ['', ...tables[name]()]));
  return `\uFEFF${lines.join('\r\n')}\r\n`;
}

/**
 * Quoted. What begins like a formula in any spreadsheet (= + - @, a tab or line end, their full-width forms) gets an
 * apostrophe, so that it is shown and not run (CSV injection, CWE-1236).
 */
export function cell(text: string): string {
  const safe = /^[\s\p{Cf}]*[=+\-@\t\r\n＝＋－＠]/u.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""').replaceAll(/[\r\n]+/g, ' ')}"`;
}

type Columns = readonly (readonly [ReportColumn, 'minutes'?])[];

const rowColumns: Columns = [
  ['kind'],
  ['site'],
  ['name'],
  ['provider'],
  ['role'],
  ['circuit'],
  ['availability'],
  ['previous'],
  ['down', 'minutes'],
  ['planned', 'minutes'],
  ['plannedDown', 'minutes'],
  ['noData', 'minutes'],
  ['degraded', 'minutes'],
  ['outages'],
  ['longest', 'minutes'],
  ['mttr', 'minutes'],
  ['mtbf', 'minutes'],
  ['flapping'],
  ['remarks'],
];

function rowLine(row: ReportRow, words: ReportWords): string {
  return lineOf([
    cell(words.kinds[row.kind]),
    cell(row.siteName),
    cell(row.name),
    cell(row.providerName ?? ''),
    cell(row.role === null ? '' : words.roles[row.role]),
    cell(row.circuit ?? ''),
    share(row.availability, words),
    row.previous === null ? '' : share(row.previous.availability, words),
    minutesText(row.downMs, words),
    minutesText(row.plannedMs, words),
    minutesText(row.plannedDownMs, words),
    minutesText(row.noDataMs, words),
    minutesText(row.degradedMs, words),
    String(row.outages),
    minutesText(row.longestMs, words),
    minutes(row.mttrMs, words),
    minutes(row.mtbfMs, words),
    String(row.flapping.downs),
    cell(remarksOfRow(row, words)),
  ]);
}

const outageColumns: Columns = [
  ['incident'],
  ['site'],
  ['what'],
  ['cause'],
  ['priority'],
  ['provider'],
  ['detectedAt'],
  ['confirmedAt'],
  ['detection', 'minutes'],
  ['protocol'],
  ['registeredAt'],
  ['acknowledgedAt'],
  ['acknowledgedBy'],
  ['recoveredAt'],
  ['resolvedAt'],
  ['attendance', 'minutes'],
  ['target', 'minutes'],
  ['sla'],
  ['down', 'minutes'],
  ['totalDown', 'minutes'],
  ['degraded', 'minutes'],
  ['remarks'],
];

function outageLine(
  outage: ReportOutage,
  timeZone: string | undefined,
  words: ReportWords,
  speech: Speech,
): string {
  const moment = (at: string | null): string => cell(momentText(at, timeZone));
  const { sla } = outage;
  return lineOf([
    cell(outage.incident),
    cell(outage.siteName),
    cell(outage.title),
    cell(outage.causeText),
    cell(sentenceOfPriority(outage.priority, speech)),
    cell(outage.provider ?? ''),
    moment(outage.detectedAt),
    moment(outage.confirmedAt),
    // Rebuilt from late data: nobody detected it while it lasted.
    outage.retro ? cell('') : minutesText(outage.detectionMs, words),
    cell(outage.protocol ?? ''),
    moment(outage.registeredAt),
    moment(outage.acknowledgedAt),
    cell(outage.acknowledgedBy ?? ''),
    moment(outage.recoveredAt),
    moment(outage.resolvedAt),
    minutes(sla?.attendanceMs ?? null, words),
    minutes(sla?.targetMs ?? null, words),
    cell(words.sla[attendanceOf(outage)]),
    minutesText(outage.downMs, words),
    minutesText(outage.downMsTotal, words),
    minutesText(outage.degradedMs, words),
    cell(remarksOfOutage(outage, words)),
  ]);
}

const providerColumns: Columns = [
  ['rank'],
  ['provider'],
  ['links'],
  ['availability'],
  ['down', 'minutes'],
  ['outages'],
  ['mttr', 'minutes'],
];

function headOf(columns: Columns, words: ReportWords): string {
  return lineOf(
    columns.map(([name, unit]) => {
      const percent = name === 'availability' || name === 'previous' ? ' (%)' : '';
      return cell(`${words.columns[name]}${unit === undefined ? percent : ` ${words.columns.minutes}`}`);
    }),
  );
}

function lineOf(cells: readonly string[]): string {
  return cells.join(';');
}

/** In percent, rounded down; empty where nothing is known. */
function share(value: number | null, words: ReportWords): string {
  return value === null ? '' : numberText(Math.floor(value * 100_000 + 1e-7) / 1000, 3, words);
}

function minutes(ms: number | null, words: ReportWords): string {
  return ms === null ? '' : minutesText(ms, words);
}

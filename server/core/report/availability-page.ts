// The availability report as a page to print or keep: the same record as the JSON, in the reader's words and the sites'
// local times. All text is escaped by `markup`.

import {
  type AvailabilityReport,
  attendanceOf,
  type ReportOutage,
  type ReportRow,
} from '../../../shared/api/reports.ts';
import { formatCnpj } from '../../../shared/cnpj.ts';
import { type Speech, sentenceOfPriority } from '../view/sentences.ts';
import { dossierAnchors } from './dossier-anchors.ts';
import { changeText, lengthText, momentText, monthText, percentText } from './figures.ts';
import { type Column, listed, type Markup, markup, table } from './markup.ts';
import { page } from './page.ts';
import { remarksOfOutage, remarksOfRow } from './remarks.ts';
import type { ReportWords } from './words.ts';

export function availabilityPage(report: AvailabilityReport, words: ReportWords, speech: Speech): string {
  const month = monthText(report.month, words);
  return page({
    language: words.language,
    title: `${words.title} — ${report.customerName} — ${month}`,
    head: `${words.title} · ${report.customerName} · ${month}`,
    body: listed([
      facts(report, words, month),
      warnings(report, words),
      ...tablesOfRows(report, words),
      outages(report, words, speech),
      providers(report, words),
      maintenance(report, words),
      blind(report, words),
      markup`<section><h2>${words.tables.reading}</h2><ul class="note">${listed(
        words.notes.map((note) => markup`<li>${note}</li>`),
      )}</ul></section>`,
    ]),
  });
}

function facts(report: AvailabilityReport, words: ReportWords, month: string): Markup {
  const [zone] = report.timeZones;
  const [site] = report.sites;
  const period =
    site === undefined
      ? ''
      : `${momentText(site.period.from, site.timeZone)} – ${momentText(site.period.to, site.timeZone)}`;
  const lines: readonly (readonly [string, string])[] = [
    [words.facts.customer, report.customerName],
    [words.facts.cnpj, report.cnpj === null ? '' : formatCnpj(report.cnpj)],
    [words.facts.plan, report.plan ?? ''],
    [words.facts.month, month],
    [words.facts.period, period],
    [words.facts.zones, report.timeZones.join(', ')],
    [words.facts.generated, momentText(report.generatedAt, zone)],
  ];
  const shown = lines.filter(([, value]) => value !== '');
  return markup`<h1>${words.title}</h1><dl class="facts">${listed(
    shown.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`),
  )}</dl>`;
}

function warnings(report: AvailabilityReport, words: ReportWords): Markup {
  const told = [report.complete ? '' : words.partial, report.truncated ? words.truncated : ''];
  return listed(told.filter((each) => each !== '').map((each) => markup`<p class="warning">${each}</p>`));
}

function tablesOfRows({ rows }: AvailabilityReport, words: ReportWords): readonly Markup[] {
  const of = (kind: ReportRow['kind']): readonly ReportRow[] => rows.filter((row) => row.kind === kind);
  const { tables, nothing } = words;
  return [
    table(tables.links, of('link'), rowColumns(words, 'link'), nothing.links),
    table(tables.hosts, of('host'), rowColumns(words, 'host'), nothing.hosts),
    table(tables.sites, of('site'), rowColumns(words, 'site'), nothing.sites),
  ];
}

function rowColumns(words: ReportWords, kind: ReportRow['kind']): readonly Column<ReportRow>[] {
  const { columns, none } = words;
  const duration = (ms: number | null): string => (ms === null || ms === 0 ? none : lengthText(ms));
  const what = kind === 'site' ? columns.site : kind === 'link' ? words.kinds.link : columns.name;
  return [
    {
      title: kind === 'site' ? what : `${columns.site} / ${what}`,
      cell: (row) => markup`${nameOfRow(row)}<br><small>${subtitle(row, words)}</small>`,
    },
    { title: columns.availability, number: true, cell: (row) => percentText(row.availability, words) },
    {
      title: columns.previous,
      number: true,
      cell: ({ availability, previous }) => {
        if (previous === null) return none;
        const share = percentText(previous.availability, words);
        const change = changeText(availability, previous.availability, words);
        return change === none ? share : markup`${share}<br><small>${change}</small>`;
      },
    },
    { title: columns.outages, number: true, cell: (row) => row.outages },
    { title: columns.down, number: true, cell: (row) => duration(row.downMs) },
    { title: columns.longest, number: true, cell: (row) => duration(row.longestMs) },
    { title: 'MTTR', number: true, cell: (row) => duration(row.mttrMs) },
    { title: 'MTBF', number: true, cell: (row) => duration(row.mtbfMs) },
    { title: columns.planned, number: true, cell: (row) => duration(row.plannedMs) },
    { title: columns.noData, number: true, cell: (row) => duration(row.noDataMs) },
    ...(kind === 'link'
      ? [
          {
            title: columns.degraded,
            number: true as const,
            cell: (row: ReportRow) => duration(row.degradedMs),
          },
        ]
      : []),
  ];
}

function nameOfRow({ kind, siteName, name }: ReportRow): string {
  return kind === 'site' ? name : `${siteName} / ${name}`;
}

function subtitle(row: ReportRow, words: ReportWords): string {
  const role = row.role === null ? '' : words.roles[row.role];
  return [row.providerName ?? '', role, row.circuit ?? '', remarksOfRow(row, words)]
    .filter((each) => each !== '')
    .join(' · ');
}

function outages(report: AvailabilityReport, words: ReportWords, speech: Speech): Markup {
  const zones = new Map(report.sites.map(({ site, timeZone }) => [site, timeZone]));
  return table(
    words.tables.outages,
    report.outages,
    outageColumns({ words, speech, zoneOf: ({ site }) => zones.get(site) }),
    words.nothing.outages,
  );
}

interface OutageSpeech {
  readonly words: ReportWords;
  readonly speech: Speech;
  readonly zoneOf: (outage: ReportOutage) => string | undefined;
}

function outageColumns({ words, speech, zoneOf }: OutageSpeech): readonly Column<ReportOutage>[] {
  const { columns, none } = words;
  const labelled = (outage: ReportOutage, of: readonly (readonly [string, string | null])[]): Markup =>
    listed(
      of.flatMap(([label, at]) => {
        const text = momentText(at, zoneOf(outage));
        return text === '' ? [] : [markup`<small>${label}</small> ${text}<br>`];
      }),
    );
  return [
    {
      title: columns.what,
      cell: (outage) =>
        markup`${outage.title}<br><small>${columns.cause}: ${outage.causeText} · ${sentenceOfPriority(
          outage.priority,
          speech,
        )} · ${outage.protocol ?? outage.incident}</small><br><small>${remarksOfOutage(outage, words)}</small>${dossiers(outage, words)}`,
    },
    {
      title: columns.from,
      cell: (outage) =>
        labelled(outage, [
          [columns.detectedAt, outage.detectedAt],
          [columns.confirmedAt, outage.confirmedAt],
          [columns.registeredAt, outage.registeredAt],
        ]),
    },
    {
      title: columns.to,
      cell: (outage) =>
        labelled(outage, [
          [columns.acknowledgedAt, outage.acknowledgedAt],
          [columns.recoveredAt, outage.recoveredAt],
          [columns.resolvedAt, outage.resolvedAt],
        ]),
    },
    {
      title: columns.detection,
      number: true,
      cell: ({ retro, detectionMs }) => (retro ? none : lengthText(detectionMs)),
    },
    { title: columns.attendance, number: true, cell: (outage) => attendanceCell(outage, words) },
    {
      title: columns.down,
      number: true,
      cell: ({ downMs }) => (downMs === 0 ? none : lengthText(downMs)),
    },
  ];
}

/** One for each link it took down. */
function dossiers({ incident, links, planned }: ReportOutage, { language, columns }: ReportWords): Markup {
  if (planned || links.length === 0) return markup``;
  return markup`<br><small>${columns.dossier}: ${dossierAnchors(incident, links, language)}</small>`;
}

function attendanceCell(outage: ReportOutage, words: ReportWords): Markup {
  const { sla } = outage;
  if (sla === null) return markup`${words.none}`;
  const took = sla.attendanceMs === null ? words.none : lengthText(sla.attendanceMs);
  const state = words.sla[attendanceOf(outage)];
  return sla.state === 'missed'
    ? markup`${took}<br><small class="bad">${state}</small>`
    : markup`${took}<br><small>${state}</small>`;
}

function providers(report: AvailabilityReport, words: ReportWords): Markup {
  const { columns, none } = words;
  return table(
    words.tables.providers,
    report.providers,
    [
      { title: columns.rank, number: true, cell: ({ rank }) => rank },
      { title: columns.provider, cell: ({ name }) => name },
      { title: columns.links, number: true, cell: ({ links }) => links },
      {
        title: columns.availability,
        number: true,
        cell: ({ availability }) => percentText(availability, words),
      },
      { title: columns.outages, number: true, cell: (each) => each.outages },
      {
        title: columns.mttr,
        number: true,
        cell: ({ mttrMs }) => (mttrMs === null ? none : lengthText(mttrMs)),
      },
    ],
    words.nothing.providers,
  );
}

function maintenance(report: AvailabilityReport, words: ReportWords): Markup {
  const { columns, marks } = words;
  const zones = new Map(report.sites.map(({ site, timeZone }) => [site, timeZone]));
  const zoneOf = (site: string | null): string | undefined => zones.get(site ?? '') ?? report.timeZones[0];
  return table(
    words.tables.maintenance,
    report.maintenance,
    [
      {
        title: columns.scope,
        cell: ({ site, link, host }) =>
          [site ?? marks.all, link, host].filter((each) => each !== null).join(' / '),
      },
      { title: columns.from, cell: ({ site, startsAt }) => momentText(startsAt, zoneOf(site)) },
      { title: columns.to, cell: ({ site, endsAt }) => momentText(endsAt, zoneOf(site)) },
      { title: columns.reason, cell: ({ reason }) => reason },
    ],
    words.nothing.maintenance,
  );
}

function blind(report: AvailabilityReport, words: ReportWords): Markup {
  const [zone] = report.timeZones;
  return table(
    words.tables.blind,
    report.blind,
    [
      { title: words.columns.from, cell: ({ from }) => momentText(from, zone) },
      { title: words.columns.to, cell: ({ to }) => momentText(to, zone) },
    ],
    words.nothing.blind,
  );
}

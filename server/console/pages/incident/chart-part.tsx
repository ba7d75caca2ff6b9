// The link around the incident: which link, which stretch of time, its measurements as a drawing and as a table, and what
// lies behind them (the failure, planned maintenance). One-minute rollups are not streamed, so while the failure lasts the
// page asks for the new minute when it is over.
import { type ReactNode, useMemo, useState } from 'react';
import type { IncidentDetail, IncidentRow } from '../../../../shared/api/incidents.ts';
import { plannedCalendarSchema } from '../../../../shared/api/maintenance.ts';
import { linkSeriesSchema, type SeriesPointRow } from '../../../../shared/api/series.ts';
import type { LinkRow, SiteRow } from '../../../../shared/api/wall.ts';
import { limits } from '../../../../shared/limits.ts';
import { day, minute } from '../../../../shared/time.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { LoadedPart } from '../../view/side-panel.tsx';
import { useDetail } from '../../view/use-detail.ts';
import { useServerTick } from '../../view/wall-context.ts';
import { ChartTable } from './chart-table.tsx';
import { type FigureTexts, figureTexts } from './figure-texts.ts';
import { chartSpan, type Figure, figuresOf, type Span, stepFor } from './figures.ts';
import { LinkPlots } from './link-plots.tsx';
import { type Shade, shadeKinds, shadesOf, stretchesFor } from './shades.ts';
import { endOf } from './story.ts';
import { incidentWords } from './words.ts';

interface Props {
  readonly row: IncidentRow;
  readonly detail: IncidentDetail | undefined;
  readonly site: SiteRow;
}

/** An incident of no link lets one choose among the site's. Nothing where the site has none. */
export function ChartPart({ row, detail, site }: Props): ReactNode {
  const words = useWords(incidentWords);
  const [chosen, setChosen] = useState<string>();
  const link =
    site.links.find(({ key }) => key === (chosen ?? row.link)) ??
    site.links.find(({ role }) => role === 'primary') ??
    site.links[0];
  if (link === undefined) return null;
  return (
    <section className="card chart" aria-labelledby="chart-heading">
      <div className="card-head">
        <h3 id="chart-heading">{words.chart.heading(link.providerName)}</h3>
        {site.links.length > 1 && (
          <p className="chart-choice">
            <label htmlFor="chart-link">{words.chart.link}</label>
            <select
              id="chart-link"
              className="field"
              value={link.key}
              onChange={(event) => setChosen(event.currentTarget.value)}
            >
              {site.links.map((each) => (
                <option key={each.key} value={each.key}>
                  {each.name === each.providerName ? each.name : `${each.providerName} (${each.name})`}
                </option>
              ))}
            </select>
          </p>
        )}
      </div>
      <Chart key={link.key} row={row} detail={detail} site={site} link={link} />
    </section>
  );
}

function Chart({ row, detail, site, link }: Props & { readonly link: LinkRow }): ReactNode {
  const words = useWords(incidentWords);
  const over = row.state === 'resolved' || row.state === 'closed';
  const end = over ? endOf(row) : undefined;
  const now = useServerTick((at) => Math.floor(at / minute)) * minute;
  const { from, to, cut } = chartSpan({
    detectedAt: Date.parse(row.detectedAt),
    endedAt: end === undefined ? undefined : Date.parse(end),
    now,
  });
  const span = useMemo(() => ({ from, to }), [from, to]);
  const asked = `from=${iso(from)}&to=${iso(to)}`;
  const place = `/api/v1/links/${encodeURIComponent(site.customer)}/${keyOf(site)}`;
  const series = useDetail({
    url: `${place}/${encodeURIComponent(link.key)}/series?${asked}`,
    schema: linkSeriesSchema,
    version: row.state,
  });
  const windows = useDetail({
    url: `/api/v1/maintenance-windows/calendar?${asked}&customer=${encodeURIComponent(site.customer)}`,
    schema: plannedCalendarSchema,
    version: row.state,
  });
  const [own, ofLink] = [detail?.stretches, series.loaded.value?.stretches];
  const stretches = useMemo(
    () => stretchesFor(row, { link: link.key, own: own ?? [], ofLink: ofLink ?? [] }),
    [row, link.key, own, ofLink],
  );
  const shades = useMemo(
    () =>
      shadesOf(span, {
        stretches,
        windows: windows.loaded.value?.items ?? [],
        thing: { customer: site.customer, site: keyOf(site), link: link.key, host: null },
      }),
    [span, stretches, windows.loaded.value, site, link.key],
  );
  return (
    <LoadedPart loaded={series.loaded} again={series.again}>
      {({ items }) =>
        items.length === 0 ? (
          <p className="empty">{words.chart.none}</p>
        ) : (
          <>
            {cut && <p className="muted">{words.chart.cut(limits.incidentChartMs / day)}</p>}
            <Drawing points={items} span={span} shades={shades} link={link} />
          </>
        )
      }
    </LoadedPart>
  );
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** The wall's rows name a site by customer and key. */
function keyOf({ id }: SiteRow): string {
  return id.slice(id.indexOf('/') + 1);
}

function Drawing(props: {
  readonly points: readonly SeriesPointRow[];
  readonly span: Span;
  readonly shades: readonly Shade[];
  readonly link: LinkRow;
}): ReactNode {
  const { points, span, shades, link } = props;
  const { formats } = useSpeech();
  const words = useWords(incidentWords).chart;
  const stepMs = stepFor(span, limits.incidentChartPointsMax);
  const figures = useMemo(() => figuresOf(points, span, stepMs), [points, span, stepMs]);
  const say = useMemo(() => figureTexts(formats), [formats]);
  const spanText = words.from(say.moment(span.from), say.moment(span.to));
  return (
    <>
      <p className="muted">
        {spanText}. {words.step(formats.duration(stepMs))}
      </p>
      <Legend shades={shades} />
      <LinkPlots
        figures={figures}
        span={span}
        shades={shades}
        titles={{ loss: words.loss, rtt: words.rtt, jitter: words.jitter }}
        label={[
          words.summary(link.providerName, spanText),
          words.worst(say.percent(Math.max(0, ...figures.map(({ loss }) => loss ?? 0)))),
          words.usual(say.ms(mean(figures))),
        ].join(' ')}
        time={say.time}
        unit={{ loss: (value) => `${value}%`, rtt: say.axisMs, jitter: say.axisMs }}
        read={(figure) => readingOf(figure, words, say)}
        hint={words.readAt}
      />
      <ChartTable points={points} span={span} shades={shades} say={say} />
    </>
  );
}

function mean(figures: readonly Figure[]): number | undefined {
  const known = figures.flatMap(({ avg }) => (avg === undefined ? [] : [avg]));
  return known.length === 0 ? undefined : known.reduce((sum, each) => sum + each, 0) / known.length;
}

type ChartWords = ReturnType<typeof useWords<typeof incidentWords.pt>>['chart'];

function readingOf(figure: Figure, words: ChartWords, say: FigureTexts): string {
  const { at, loss, min, avg, max, p95, jitter } = figure;
  if (loss === undefined) return `${say.moment(at)} · ${words.nothing}`;
  const rtt = avg === undefined ? '–' : `${say.ms(min)} – ${say.ms(avg)} – ${say.ms(max)}`;
  const parts = [
    `${words.lossShort} ${say.percent(loss)}`,
    `RTT ${rtt}`,
    `p95 ${say.ms(p95)}`,
    `${words.jitterShort} ${say.ms(jitter)}`,
  ];
  return `${say.moment(at)} · ${parts.join(' · ')}`;
}

/** What each line and each shade is: a sample of the drawing beside its word. */
function Legend({ shades }: { readonly shades: readonly Shade[] }): ReactNode {
  const words = useWords(incidentWords).chart;
  return (
    <ul className="chart-legend">
      <li data-sample="avg">RTT {words.average}</li>
      <li data-sample="band">{words.band}</li>
      <li data-sample="p95">{words.p95}</li>
      {shadeKinds
        .filter((kind) => shades.some((shade) => shade.kind === kind))
        .map((kind) => (
          <li key={kind} data-sample={kind}>
            {words.shade[kind]}
          </li>
        ))}
    </ul>
  );
}

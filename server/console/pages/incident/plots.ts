// The three curves of a link (loss, RTT, jitter) as uPlot options, with the shades behind them. Colours come from the page's
// tokens at the moment of drawing, so that dark and light are the same code. Knows no words but those it is given.
import uPlot from 'uplot';
import type { Figure, Span } from './figures.ts';
import type { Shade } from './shades.ts';

export interface PlotPalette {
  readonly text: string;
  readonly line: string;
  readonly loss: string;
  readonly rtt: string;
  readonly p95: string;
  readonly jitter: string;
  readonly shade: Readonly<Record<Shade['kind'], string>>;
}

/** Reads the tokens as they stand for the present colour scheme. */
export function paletteOf(element: Element): PlotPalette {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: token('muted'),
    line: token('line'),
    loss: token('down'),
    rtt: token('accent'),
    p95: token('degraded'),
    jitter: token('up'),
    shade: {
      down: token('down'),
      degraded: token('degraded'),
      window: token('notice'),
      incident: token('muted'),
    },
  };
}

export const plotNames = ['loss', 'rtt', 'jitter'] as const;
export type PlotName = (typeof plotNames)[number];

export interface PlotOptions {
  readonly name: PlotName;
  readonly palette: PlotPalette;
  /** All of it is drawn, measured or not: a failure without measurements must be seen. */
  readonly span: Span;
  readonly shades: readonly Shade[];
  readonly width: number;
  /** Only the lowest plot writes the times. */
  readonly times: boolean;
  /** Type size of the page, px. */
  readonly em: number;
  readonly time: (at: number) => string;
  readonly figure: (value: number) => string;
  /** The row under the cursor, or none. */
  readonly onCursor: (index: number | undefined) => void;
}

/** Everything in `em`, the page's type size in px, which grows with the screen. */
const heights: Readonly<Record<PlotName, number>> = { loss: 7.2, rtt: 11.4, jitter: 6.4 };
/** Room for the times below, and what each plot keeps for its figures at the left. */
const timesHeight = 1.75;
const figuresWidth = 4.2;
/** Room at the right for half of the last time. */
const lastTimeWidth = 1.5;

export function plotHeight(name: PlotName, { times, em }: Pick<PlotOptions, 'times' | 'em'>): number {
  return Math.round((heights[name] + (times ? timesHeight : 0)) * em);
}

export function plotData(name: PlotName, figures: readonly Figure[]): uPlot.AlignedData {
  const column = (pick: (figure: Figure) => number | undefined): (number | null)[] =>
    figures.map((figure) => pick(figure) ?? null);
  const times = figures.map((figure) => figure.at / 1000);
  if (name === 'loss') return [times, column(({ loss }) => (loss === undefined ? undefined : loss * 100))];
  if (name === 'jitter') return [times, column(({ jitter }) => jitter)];
  return [
    times,
    column(({ max }) => max),
    column(({ min }) => min),
    column(({ p95 }) => p95),
    column(({ avg }) => avg),
  ];
}

export function plotOptions(options: PlotOptions): uPlot.Options {
  const { name, palette, span, width, times, em, onCursor } = options;
  return {
    width,
    height: plotHeight(name, { times, em }),
    padding: [8, Math.round(lastTimeWidth * em), times ? 0 : 6, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      sync: { key: 'incident-link' },
      points: { size: 6 },
    },
    scales: {
      x: { time: true, range: [span.from / 1000, span.to / 1000] },
      y: name === 'loss' ? { range: [0, 100] } : { range: (_, __, max) => [0, nice(max)] },
    },
    series: [{}, ...seriesOf(name, palette)],
    bands: name === 'rtt' ? [{ series: [1, 2], fill: faded(palette.rtt, 0.22) }] : [],
    axes: axesOf(options),
    hooks: {
      drawClear: [(plot) => drawShades(plot, options)],
      setCursor: [(plot) => onCursor(plot.cursor.idx ?? undefined)],
    },
  };
}

function seriesOf(name: PlotName, palette: PlotPalette): uPlot.Series[] {
  const points = { show: false };
  if (name === 'loss') {
    const fill = faded(palette.loss, 0.3);
    return [{ stroke: palette.loss, fill, width: 1.5, paths: uPlot.paths.stepped?.({ align: 1 }), points }];
  }
  if (name === 'jitter') return [{ stroke: palette.jitter, width: 1.5, points }];
  const edge = { stroke: faded(palette.rtt, 0.45), width: 1, points };
  return [
    edge,
    edge,
    { stroke: palette.p95, width: 1.25, dash: [5, 4], points },
    { stroke: palette.rtt, width: 2, points },
  ];
}

function axesOf({ palette, times, em, time, figure }: PlotOptions): uPlot.Axis[] {
  const shared = {
    stroke: palette.text,
    grid: { stroke: palette.line, width: 1 },
    ticks: { stroke: palette.line, width: 1, size: 4 },
    font: `${Math.round(0.8 * em)}px system-ui, sans-serif`,
  };
  return [
    {
      ...shared,
      size: times ? timesHeight * em : 0,
      space: 4.6 * em,
      values: (_, seconds) => (times ? seconds.map((each) => time(each * 1000)) : seconds.map(() => '')),
    },
    {
      ...shared,
      size: figuresWidth * em,
      gap: 4,
      space: 2.1 * em,
      values: (_, values) => values.map(figure),
    },
  ];
}

/** A flat line at 0.3 ms must not fill the plot. */
function nice(max: number | null | undefined): number {
  return Math.max(1, (max ?? 1) * 1.1);
}

const fieldAlpha: Readonly<Record<Shade['kind'], number>> = {
  down: 0.13,
  degraded: 0.13,
  window: 0.08,
  incident: 0.16,
};

/** Each kind has a shape of its own: a bar on top, a dashed bar, slanted lines, a plain field. */
function drawShades(plot: uPlot, { shades, palette }: PlotOptions): void {
  const { ctx, bbox } = plot;
  const unit = uPlot.pxRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { kind, from, to } of shades) {
    const left = plot.valToPos(from / 1000, 'x', true);
    const width = Math.max(2 * unit, plot.valToPos(to / 1000, 'x', true) - left);
    ctx.fillStyle = ctx.strokeStyle = palette.shade[kind];
    ctx.globalAlpha = fieldAlpha[kind];
    ctx.fillRect(left, bbox.top, width, bbox.height);
    if (kind === 'incident') continue;
    ctx.globalAlpha = kind === 'window' ? 0.4 : 0.9;
    if (kind === 'window') hatch(ctx, { left, width, top: bbox.top, height: bbox.height, unit });
    else {
      const dash = kind === 'degraded' ? 6 * unit : width;
      for (let x = left; x < left + width; x += dash * 1.6) {
        ctx.fillRect(x, bbox.top, Math.min(dash, left + width - x), 3 * unit);
      }
    }
  }
  ctx.restore();
}

interface HatchBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly unit: number;
}

function hatch(ctx: CanvasRenderingContext2D, { left, top, width, height, unit }: HatchBox): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.lineWidth = unit;
  ctx.beginPath();
  for (let x = left - height; x < left + width; x += 9 * unit) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.stroke();
  ctx.restore();
}

/** Tokens are `#rrggbb`; anything else stays as it is. */
function faded(colour: string, share: number): string {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) return colour;
  return `${colour}${Math.round(share * 255)
    .toString(16)
    .padStart(2, '0')}`;
}

// uPlot inside React: makes the three plots, gives them new data, follows the width of the page and the colour scheme, and
// writes the figures under the cursor into one line. Drawing only; what it shows stands in the table as well.
import { type ReactNode, type RefObject, useEffect, useRef, useSyncExternalStore } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Figure, Span } from './figures.ts';
import { type PlotName, paletteOf, plotData, plotNames, plotOptions } from './plots.ts';
import type { Shade } from './shades.ts';

interface Props {
  readonly figures: readonly Figure[];
  readonly span: Span;
  readonly shades: readonly Shade[];
  readonly titles: Readonly<Record<PlotName, string>>;
  /** What a screen reader hears in place of the drawing. */
  readonly label: string;
  readonly time: (at: number) => string;
  readonly unit: Readonly<Record<PlotName, (value: number) => string>>;
  /** One line about a row, and what stands there while the cursor is elsewhere. */
  readonly read: (figure: Figure) => string;
  readonly hint: string;
}

export function LinkPlots(props: Props): ReactNode {
  const { figures, shades, titles, label, hint } = props;
  const frame = useRef<HTMLDivElement>(null);
  const line = useRef<HTMLParagraphElement>(null);
  const scheme = useSyncExternalStore(subscribeScheme, lightScheme);
  useDrawing({ frame, line, props, reasons: `${scheme}` });
  return (
    <>
      <p className="chart-reading" ref={line} aria-hidden="true">
        {hint}
      </p>
      <div
        className="chart-plots"
        ref={frame}
        role="img"
        aria-label={label}
        data-points={figures.length}
        data-shades={shades.map(({ kind }) => kind).join(' ')}
      >
        {plotNames.map((name) => (
          <div key={name} className="chart-plot" data-plot={name}>
            <p className="chart-title">{titles[name]}</p>
            <div className="chart-canvas" />
          </div>
        ))}
      </div>
    </>
  );
}

/** Plots are made anew when the span, shades or colours change, and only fed when figures do. */
function useDrawing({
  frame,
  line,
  props,
  reasons,
}: {
  readonly frame: RefObject<HTMLDivElement | null>;
  readonly line: RefObject<HTMLParagraphElement | null>;
  readonly props: Props;
  readonly reasons: string;
}): void {
  const latest = useRef(props);
  latest.current = props;
  const plots = useRef<ReadonlyMap<PlotName, uPlot>>(new Map());
  const { figures, span, shades } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: figures have an effect of their own below
  useEffect(() => {
    const box = frame.current;
    if (box === null) return;
    const made = makePlots(box, latest.current, (index) => {
      if (line.current === null) return;
      const figure = index === undefined ? undefined : latest.current.figures[index];
      line.current.textContent = figure === undefined ? latest.current.hint : latest.current.read(figure);
    });
    plots.current = made;
    const watch = new ResizeObserver(() => follow(box, made));
    watch.observe(box);
    return () => {
      watch.disconnect();
      for (const plot of made.values()) plot.destroy();
    };
  }, [span, shades, reasons]);
  useEffect(() => {
    for (const [name, plot] of plots.current) plot.setData(plotData(name, figures));
  }, [figures]);
}

function makePlots(
  box: HTMLElement,
  { figures, span, shades, time, unit }: Props,
  onCursor: (index: number | undefined) => void,
): ReadonlyMap<PlotName, uPlot> {
  const palette = paletteOf(box);
  const em = typeSize();
  const made = new Map<PlotName, uPlot>();
  for (const name of plotNames) {
    const place = box.querySelector<HTMLElement>(`[data-plot="${name}"] .chart-canvas`);
    if (place === null) continue;
    const options = plotOptions({
      ...{ name, palette, span, shades, time, em, onCursor },
      width: place.clientWidth,
      times: name === plotNames.at(-1),
      figure: unit[name],
    });
    made.set(name, new uPlot(options, plotData(name, figures), place));
  }
  return made;
}

function follow(box: HTMLElement, plots: ReadonlyMap<PlotName, uPlot>): void {
  for (const [name, plot] of plots) {
    const width = box.querySelector(`[data-plot="${name}"] .chart-canvas`)?.clientWidth ?? plot.width;
    if (width > 0 && width !== plot.width) plot.setSize({ width, height: plot.height });
  }
}

function typeSize(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

const lightQuery = '(prefers-color-scheme: light)';

function lightScheme(): boolean {
  return matchMedia(lightQuery).matches;
}

function subscribeScheme(listener: () => void): () => void {
  const query = matchMedia(lightQuery);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

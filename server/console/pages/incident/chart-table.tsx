// The chart's measurements as a table, for the keyboard and for whoever reads figures rather than curves. Coarser than the
// drawing where there are many, never other figures.
import { type ReactNode, useMemo, useState } from 'react';
import type { SeriesPointRow } from '../../../../shared/api/series.ts';
import { limits } from '../../../../shared/limits.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import type { FigureTexts } from './figure-texts.ts';
import { type Figure, figuresOf, type Span, stepFor } from './figures.ts';
import { type Shade, shadesAt } from './shades.ts';
import { incidentWords } from './words.ts';

interface Props {
  readonly points: readonly SeriesPointRow[];
  readonly span: Span;
  readonly shades: readonly Shade[];
  readonly say: FigureTexts;
}

/** Drawn only when opened: its rows are many and few look at them. */
export function ChartTable(props: Props): ReactNode {
  const words = useWords(incidentWords).chart;
  const [open, setOpen] = useState(false);
  return (
    <details className="chart-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.table}</summary>
      {open && <Table {...props} />}
    </details>
  );
}

function Table({ points, span, shades, say }: Props): ReactNode {
  const { formats } = useSpeech();
  const words = useWords(incidentWords).chart;
  const stepMs = stepFor(span, limits.incidentTableRowsMax);
  const figures = useMemo(() => figuresOf(points, span, stepMs), [points, span, stepMs]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="scroll" tabIndex={0} aria-label={words.table}>
      <table className="figures">
        <caption>{words.tableCaption(formats.duration(stepMs))}</caption>
        <thead>
          <tr>
            {[words.begin, words.loss, words.min, words.avg, words.max, 'p95', words.jitter, words.state].map(
              (name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {figures.map((figure) => (
            <Row
              key={figure.at}
              figure={figure}
              kinds={shadesAt(shades, { from: figure.at, to: figure.at + stepMs })}
              say={say}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row(props: {
  readonly figure: Figure;
  readonly kinds: readonly Shade['kind'][];
  readonly say: FigureTexts;
}): ReactNode {
  const words = useWords(incidentWords).chart;
  const { figure, kinds, say } = props;
  const { at, loss, min, avg, max, p95, jitter } = figure;
  return (
    <tr data-shade={kinds[0]}>
      <th scope="row">{say.moment(at)}</th>
      {loss === undefined ? (
        <td colSpan={6} className="muted">
          {words.nothing}
        </td>
      ) : (
        <>
          <td>{say.percent(loss)}</td>
          <td>{say.ms(min)}</td>
          <td>{say.ms(avg)}</td>
          <td>{say.ms(max)}</td>
          <td>{say.ms(p95)}</td>
          <td>{say.ms(jitter)}</td>
        </>
      )}
      <td className="state">
        {kinds.length === 0 ? words.normal : kinds.map((kind) => words.shade[kind]).join('; ')}
      </td>
    </tr>
  );
}

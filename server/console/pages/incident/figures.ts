// The figures of a link's chart and of its table: one-minute points of several agents become one row per step of time. Pure.
// A step in which nobody measured stays, empty: a hole in the measurements must never look like a good minute.
import type { SeriesPointRow } from '../../../../shared/api/series.ts';
import { limits } from '../../../../shared/limits.ts';
import { hour, minute } from '../../../../shared/time.ts';

/** Milliseconds since 1970; `to` is not part of it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Figure {
  /** Begin of the step, ms. */
  readonly at: number;
  /** 0 to 1; undefined where nothing was sent. */
  readonly loss?: number;
  /** Milliseconds; undefined where nothing came back. */
  readonly min?: number;
  readonly avg?: number;
  readonly max?: number;
  /** The worst minute's. */
  readonly p95?: number;
  readonly jitter?: number;
}

/** Whole minutes: a step is one of these, so that its rows begin at round times. */
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 240].map((minutes) => minutes * minute);

/** The smallest step that makes at most so many rows. */
export function stepFor({ from, to }: Span, rowsMax: number): number {
  return steps.find((step) => (to - from) / step <= rowsMax) ?? 240 * minute;
}

/** From one hour before to one hour after, or now; not longer than `limits.incidentChartMs`, then the newest part. */
export function chartSpan(times: {
  readonly detectedAt: number;
  /** Undefined while it lasts. */
  readonly endedAt: number | undefined;
  readonly now: number;
}): Span & { readonly cut: boolean } {
  const { detectedAt, endedAt, now } = times;
  const to = endedAt === undefined ? now : Math.min(now, endedAt + hour);
  const wanted = detectedAt - hour;
  const from = Math.max(wanted, to - limits.incidentChartMs);
  return { from: floor(from, minute), to: floor(to, minute) + minute, cut: from > wanted };
}

/** One figure per step from `span.from` on, in order. */
export function figuresOf(points: readonly SeriesPointRow[], span: Span, stepMs: number): readonly Figure[] {
  const buckets = new Map<number, SeriesPointRow[]>();
  for (const point of points) {
    const at = floor(Date.parse(point.at), stepMs);
    const bucket = buckets.get(at);
    if (bucket === undefined) buckets.set(at, [point]);
    else bucket.push(point);
  }
  const figures: Figure[] = [];
  for (let at = floor(span.from, stepMs); at < span.to; at += stepMs) {
    figures.push(figureOf(at, buckets.get(at) ?? []));
  }
  return figures;
}

function figureOf(at: number, points: readonly SeriesPointRow[]): Figure {
  const sent = points.reduce((sum, point) => sum + point.sent, 0);
  if (sent === 0) return { at };
  const lost = points.reduce((sum, point) => sum + point.lost, 0);
  const all = (pick: (point: SeriesPointRow) => number | null): readonly number[] =>
    points.map(pick).filter((value) => value !== null);
  return {
    at,
    loss: lost / sent,
    ...defined('min', least(all((point) => point.rttMinMs))),
    ...defined(
      'avg',
      meanByAnswers(points, (point) => point.rttAvgMs),
    ),
    ...defined('max', greatest(all((point) => point.rttMaxMs))),
    ...defined('p95', greatest(all((point) => point.rttP95Ms))),
    ...defined(
      'jitter',
      meanByAnswers(points, (point) => point.jitterMs),
    ),
  };
}

function defined(name: keyof Figure, value: number | undefined): Partial<Figure> {
  return value === undefined ? {} : { [name]: value };
}

function least(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values);
}

function greatest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}

/** A minute with more answers says more about the step. */
function meanByAnswers(
  points: readonly SeriesPointRow[],
  pick: (point: SeriesPointRow) => number | null,
): number | undefined {
  let [sum, answers] = [0, 0];
  for (const point of points) {
    const value = pick(point);
    const weight = point.sent - point.lost;
    if (value === null || weight <= 0) continue;
    sum += value * weight;
    answers += weight;
  }
  return answers === 0 ? undefined : sum / answers;
}

function floor(at: number, step: number): number {
  return Math.floor(at / step) * step;
}

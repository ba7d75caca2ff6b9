// Stretches of time as sets: joined, cut to a period, taken from one another. Half-open, in milliseconds, so that lengths
// add up to the millisecond. Knows nothing of incidents.

/** From `from` to before `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The same moments as few spans in order, none empty, none touching; gaps up to `bridgeMs` count as covered. */
export function joined(spans: readonly Span[], bridgeMs = 0): readonly Span[] {
  const ordered = spans.filter(({ from, to }) => to > from).sort((a, b) => a.from - b.from || a.to - b.to);
  const result: Span[] = [];
  for (const span of ordered) {
    const last = result.at(-1);
    if (last === undefined || span.from > last.to + bridgeMs) result.push(span);
    else if (span.to > last.to) result[result.length - 1] = { from: last.from, to: span.to };
  }
  return result;
}

/** What of the spans lies in the period. */
export function clipped<S extends Span>(spans: readonly S[], { from, to }: Span): readonly S[] {
  return spans.flatMap((span) => {
    const cut = { ...span, from: Math.max(from, span.from), to: Math.min(to, span.to) };
    return cut.to > cut.from ? [cut] : [];
  });
}

/** What of the period no span covers. */
export function gapsOf(spans: readonly Span[], period: Span): readonly Span[] {
  const gaps: Span[] = [];
  let at = period.from;
  for (const span of joined(clipped(spans, period))) {
    if (span.from > at) gaps.push({ from: at, to: span.from });
    at = span.to;
  }
  if (at < period.to) gaps.push({ from: at, to: period.to });
  return gaps;
}

/** Of spans that may overlap: each moment once. */
export function lengthMs(spans: readonly Span[]): number {
  return joined(spans).reduce((sum, { from, to }) => sum + (to - from), 0);
}

// One figure of a benchmark, and how a run of them is shown: each beside its goal, and beside a bare Node measured in
// the same run where that says something. Figures only: nothing here passes or fails.

export interface Figure {
  readonly bench: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** As people say it: "at most 55". */
  readonly goal?: string;
  /** The same of `node -e 'setInterval(() => {}, 1e9)'`. */
  readonly bareNode?: number;
}

export function tableOf(figures: readonly Figure[]): string {
  const head = ['bench', 'figure', 'value', 'unit', 'goal', 'bare node'];
  const rows = figures.map((figure) => [
    figure.bench,
    figure.name,
    rounded(figure.value),
    figure.unit,
    figure.goal ?? '',
    figure.bareNode === undefined ? '' : rounded(figure.bareNode),
  ]);
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, at) =>
          at === 2 || at === 5 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function rounded(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 3;
  return value.toFixed(digits);
}

// Figures of this server in the Prometheus text format (version 0.0.4). Counters are kept here; gauges are asked when
// somebody reads. Must never hold a label that a stranger can invent: labels are words of closed sets.

export interface Counter {
  /** Adds `by` (>= 0). `label` is one of the values the counter was made with. */
  add(label?: string, by?: number): void;
}

/** One number, or one per label value. */
export type Reading = number | Readonly<Record<string, number>>;

export interface Metrics {
  counter(name: string, help: string, label?: CounterLabel): Counter;
  /** `read` is called for each answer and must be quick. `label` names what the keys of a record are. */
  gauge(name: string, help: string, read: () => Reading, label?: string): void;
  /** As a gauge, for a total that another part counts. */
  total(name: string, help: string, read: () => Reading, label?: string): void;
  text(): string;
}

export interface CounterLabel {
  readonly name: string;
  readonly values: readonly string[];
}

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly label: string | undefined;
  readonly read: () => Reading;
}

export function createMetrics(): Metrics {
  const families = new Map<string, Family>();
  const add = (family: Family): void => {
    families.set(family.name, family);
  };
  return {
    counter: (name, help, label) => {
      const counts = new Map<string, number>((label?.values ?? ['']).map((value) => [value, 0]));
      const read = (): Reading =>
        label === undefined ? (counts.get('') ?? 0) : Object.fromEntries(counts.entries());
      add({ name, help, type: 'counter', label: label?.name, read });
      return {
        add: (value = '', by = 1) => {
          const known = counts.get(value);
          if (known !== undefined) counts.set(value, known + by);
        },
      };
    },
    gauge: (name, help, read, label) => add({ name, help, type: 'gauge', label, read }),
    total: (name, help, read, label) => add({ name, help, type: 'counter', label, read }),
    text: () => `${[...families.values()].flatMap(linesOf).join('\n')}\n`,
  };
}

function linesOf(family: Family): string[] {
  const reading = family.read();
  const samples =
    typeof reading === 'number'
      ? [`${family.name} ${reading}`]
      : Object.entries(reading).map(
          ([value, number]) => `${family.name}{${family.label ?? 'kind'}="${escaped(value)}"} ${number}`,
        );
  return [`# HELP ${family.name} ${family.help}`, `# TYPE ${family.name} ${family.type}`, ...samples];
}

function escaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}

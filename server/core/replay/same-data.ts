// Are two records the same content? For comparing a recorded decision with the one made again. Reads both, changes none.
// The order of fields is no content and an absent field is an undefined one: a record that was written to the journal
// and read back must be the same as the one that never left memory. The order of lists and maps IS content.

/** True when both say the same. Plain data and Maps only. Runs once per replayed input: it makes no garbage. */
export function sameData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((value, at) => sameData(value, b[at]));
  }
  if (a instanceof Map) return b instanceof Map && a.size === b.size && sameMaps(a, b);
  if (Array.isArray(b) || b instanceof Map) return false;
  return sameRecords(a as Fields, b as Fields);
}

/** Any object that is neither list nor map; reading a field that it does not have gives undefined. */
type Fields = Readonly<Record<string, unknown>>;

function sameRecords(a: Fields, b: Fields): boolean {
  for (const key in a) if (!sameData(a[key], b[key])) return false;
  for (const key in b) if (b[key] !== undefined && a[key] === undefined) return false;
  return true;
}

function sameMaps(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): boolean {
  const others = b.entries();
  for (const [key, value] of a) {
    const [otherKey, other] = others.next().value ?? [];
    if (key !== otherKey || !sameData(value, other)) return false;
  }
  return true;
}

export interface DataDifference {
  /** `changes[0].incident.openedAt` */
  readonly path: string;
  readonly recorded: unknown;
  readonly decided: unknown;
}

/** The places where the two differ, depth first, at most `max` of them. Empty exactly when `sameData` is true. */
export function differencesOf(recorded: unknown, decided: unknown, max: number): readonly DataDifference[] {
  const found: DataDifference[] = [];
  collect({ path: '', recorded, decided }, found, max);
  return found;
}

function collect(place: DataDifference, found: DataDifference[], max: number): void {
  const { path, recorded, decided } = place;
  if (found.length >= max || sameData(recorded, decided)) return;
  const left = isObject(recorded) ? partsOf(recorded) : undefined;
  const right = isObject(decided) ? partsOf(decided) : undefined;
  const before = found.length;
  if (left !== undefined && left.kind === right?.kind) {
    for (const key of new Set([...left.parts.keys(), ...right.parts.keys()])) {
      const inner = { recorded: left.parts.get(key), decided: right.parts.get(key) };
      collect({ path: pathOf(path, left.kind, key), ...inner }, found, max);
    }
  }
  // Other kinds of things, or the same parts in another order.
  if (found.length === before) found.push(place);
}

function pathOf(path: string, kind: Parts['kind'], key: unknown): string {
  if (kind !== 'record') return `${path}[${String(key)}]`;
  return path === '' ? String(key) : `${path}.${String(key)}`;
}

interface Parts {
  readonly kind: 'list' | 'map' | 'record';
  readonly parts: ReadonlyMap<unknown, unknown>;
}

function partsOf(value: object): Parts {
  if (value instanceof Map) return { kind: 'map', parts: value };
  if (Array.isArray(value)) return { kind: 'list', parts: new Map(value.entries()) };
  const parts = new Map<unknown, unknown>();
  for (const [key, part] of Object.entries(value)) if (part !== undefined) parts.set(key, part);
  return { kind: 'record', parts };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

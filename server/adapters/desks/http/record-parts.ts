// Small pieces that every desk's records are made of: class of priority, title within the desk's limit, our marks in
// notes. Shared by adapters under `adapters/desks`; pure, knows no desk.
import { z } from 'zod';
import { type EffectKey, effectKey } from '../../../../shared/ids.ts';
import type { Priority } from '../../../../shared/words.ts';

export type PriorityMap<T> = Readonly<Record<Priority, T>>;

/** The desk's own word for each class. All three must differ, or a record could not be read back. */
export function priorityMapSchema<T extends string | number>(value: z.ZodType<T>, usual: PriorityMap<T>) {
  return z
    .strictObject({ critical: value, priority: value, standard: value })
    .default({ critical: usual.critical, priority: usual.priority, standard: usual.standard })
    .refine(
      (map) => new Set([map.critical, map.priority, map.standard]).size === 3,
      'wanted: three different values, or a class could not be read back',
    );
}

/** Undefined: a person gave it a priority that stands for none of ours. Words compare without regard to case. */
export function priorityOf<T extends string | number>(
  map: PriorityMap<T>,
  value: T | undefined,
): Priority | undefined {
  const folded = fold(value);
  for (const priority of ['critical', 'priority', 'standard'] as const) {
    if (fold(map[priority]) === folded) return priority;
  }
  return undefined;
}

export function fold(value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : String(value).trim().toLocaleLowerCase('pt-BR');
}

/**
 * A title no longer than the desk keeps, in UTF-16 units: the middle gives way, the marker at the end stays, because
 * people search for it. Line ends become spaces.
 */
export function fitTitle(title: string, charsMax: number): string {
  const line = title.replace(/\s*\n\s*/g, ' ');
  if (line.length <= charsMax) return line;
  const marker = / ?\[VIGIA-[^\]]+\]$/.exec(line)?.[0] ?? '';
  const head = line.slice(0, charsMax - marker.length - 1);
  // Half a character would reach the desk as a replacement sign.
  return `${head.replace(/[\uD800-\uDBFF]$/, '')}…${marker}`;
}

/** Keys of the marks `[vigia:<key>]` in texts, in the order given, each once. */
export function noteMarksIn(texts: readonly string[]): readonly EffectKey[] {
  const found = texts.flatMap((text) =>
    [...text.matchAll(/\[vigia:([^\]\s]+)\]/g)].map((each) => each[1] ?? ''),
  );
  return [...new Set(found)].map(effectKey);
}

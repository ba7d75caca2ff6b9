// Small pieces that every desk's records are made of: class of priority, title within the desk's limit, our marks in
// notes, and which notes are people's. Shared by adapters under `adapters/desks`; pure, knows no desk.
import { z } from 'zod';
import { type EffectKey, effectKey } from '../../../../shared/ids.ts';
import { limits } from '../../../../shared/limits.ts';
import type { Instant } from '../../../../shared/time.ts';
import type { Priority } from '../../../../shared/words.ts';
import type { PersonNote } from '../../../ports/desk-client.ts';

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

export interface ReadNote {
  readonly id: string | number;
  readonly by?: string | null;
  readonly at?: Instant;
  readonly text: string;
}

/**
 * Those of people, as `DeskRecord.peopleNotes` wants them. `notes`: oldest first, without the opening text and without
 * what the desk wrote by itself. Ours is who bears a mark, outside of a quotation, before any other text does: an answer
 * by mail carries our note with it, and is a person's all the same.
 */
export function peopleNotesIn(notes: readonly ReadNote[]): readonly PersonNote[] {
  const ours = new Map<string, string>();
  const people = notes.filter(({ text }) => {
    const mark = /^(?!\s*>).*\[vigia:([^\]\s]+)\]/m.exec(text)?.[1];
    if (mark === undefined) return text.trim() !== '';
    const first = ours.get(mark) ?? text.trim();
    ours.set(mark, first);
    return first !== text.trim();
  });
  return people.slice(-limits.deskPeopleNotesMax).map(({ id, by, at, text }) => {
    const name = by?.trim() ?? '';
    return {
      id: String(id),
      ...(name === '' ? {} : { by: name.slice(0, limits.deskNameCharsMax) }),
      ...(at === undefined ? {} : { at }),
      // Half a character would reach the timeline as a replacement sign.
      text: text
        .replaceAll('\r\n', '\n')
        .slice(0, limits.noteCharsMax)
        .replace(/[\uD800-\uDBFF]$/, ''),
    };
  });
}

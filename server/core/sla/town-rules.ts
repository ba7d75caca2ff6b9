// How the lists of towns are written: one law, its days. Most towns keep three or four days under one law, so a line per
// day would hide the law. Used by `capital-holidays.ts` and `city-holidays.ts` only.
import type { HolidayDate, HolidayRule } from './holiday-rule.ts';

type Days = Readonly<Partial<Record<HolidayDate, string>>>;

/** Days that this municipal law names. */
export function byLaw(law: string, days: Days): readonly HolidayRule[] {
  return rulesOf(days, { law });
}

/** Days found in calendars of the town, whose law could not be looked up. */
export function unproven(days: Days): readonly HolidayRule[] {
  return rulesOf(days, {
    law: 'lei municipal',
    doubt: 'Consta de calendários do município; número da lei não conferido.',
  });
}

function rulesOf(days: Days, shared: Pick<HolidayRule, 'law' | 'doubt'>): readonly HolidayRule[] {
  return Object.entries(days).flatMap(([on, name]) =>
    name === undefined || !isHolidayDate(on) ? [] : [{ on, name, ...shared, ...switchOf(on) }],
  );
}

function switchOf(on: HolidayDate): Pick<HolidayRule, 'switched'> {
  return on === 'easter+60' ? { switched: 'corpus-christi' } : {};
}

function isHolidayDate(text: string): text is HolidayDate {
  return /^(?:easter[+-]\d+|\d\d-\d\d)$/.test(text);
}

/**
 * A town's name as a key: `São José dos Campos` and `SAO JOSE DOS CAMPOS` are one town. Accents, case and punctuation do
 * not count, because inventories are typed by people.
 */
export function cityKey(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}

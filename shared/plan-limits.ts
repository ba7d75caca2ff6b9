// Limits of the contract's clock and of planned work. Part of `limits.ts`, which everybody reads; here only because one file
// may not grow without end.
import { day } from './time.ts';

export const planLimits = {
  /** SLA: how far a clock is followed (20 years of days): a target that is not reached by then has no deadline. */
  slaDaysMax: 7_305,
  /** SLA: calendars (a plan at a place) and days of one calendar kept in memory; past it all are worked out anew. */
  slaCalendarsMax: 20_000,
  slaDaysKeptMax: 2_000,
  /** SLA: pauses of one incident, the longest of one, days that one explanation lists before its middle is folded. */
  slaPausesMax: 200,
  slaPauseMsMax: 31 * day,
  slaWhyDaysMax: 10,
  /** SLA: extra and removed days of the configuration; lines of the on-call rota. */
  slaExtraDaysMax: 400,
  rotaEntriesMax: 200,
  /** Maintenance: windows and silences defined at once, the longest of each, and the characters of a reason. */
  windowsMax: 2_000,
  silencesMax: 2_000,
  windowMsMax: 31 * day,
  silenceMsMax: 31 * day,
  reasonCharsMax: 300,
  /** Maintenance: how far ahead recurring windows are expanded, how often, and from how long ago; COUNT walks from there. */
  windowHorizonMs: 62 * day,
  windowExpandEveryMs: day,
  windowAgeMsMax: 3 * 366 * day,
  recurrenceCountMax: 1_000,
  /** Maintenance: what is over is listed this long; the core dates by it what outlived it, so long and so many per customer. */
  windowKeptMs: 31 * day,
  pastWindowMs: 2 * day,
  pastWindowsMax: 500,
  /** Maintenance, before it is saved: next occurrences told, how far ahead and back, incidents read and told. */
  previewOccurrencesMax: 10,
  previewAheadMs: 2 * 366 * day,
  previewBackMs: 90 * day,
  previewIncidentsMax: 5_000,
  previewHiddenMax: 100,
  /** Maintenance calendar: the longest stretch asked for at once, occurrences told, windows expanded between two breaths. */
  calendarMsMax: 62 * day,
  calendarItemsMax: 2_000,
  calendarTurnWindows: 25,
  /** Windows and silences that one site's row of the wall names. */
  quietRowsMax: 16,
} as const;

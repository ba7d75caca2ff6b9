// Which problems a television shows now: as many as fit, the next ones after each turn, the first again when something new
// burns. Pure, by the clock alone, so that nothing has to be kept or can get stuck.
import { limits } from '../../../../shared/limits.ts';

export interface Paging {
  /** From 0. */
  readonly page: number;
  /** At least 1. */
  readonly pages: number;
  /** Of the first row shown, from 0, and of the row behind the last. */
  readonly from: number;
  readonly to: number;
}

/** `fit`: rows that fit, at least one is taken. `startedAt`: when the first page was last turned to, ms, as `now`. */
export function pagingOf(given: {
  readonly count: number;
  readonly fit: number;
  readonly startedAt: number;
  readonly now: number;
}): Paging {
  const fit = Math.max(1, Math.floor(given.fit));
  const pages = Math.max(1, Math.ceil(given.count / fit));
  const turns = Math.floor(Math.max(0, given.now - given.startedAt) / limits.televisionPageMs);
  const page = turns % pages;
  // The last page is full as well: it shows some of the page before again, rather than an almost empty screen.
  const to = Math.min(given.count, (page + 1) * fit);
  return { page, pages, from: Math.max(0, to - fit), to };
}

/** Steps of a small round way, in px: no edge stands on one spot of a screen for years. One step a minute. */
export const shiftSteps = 8;
export function shiftOf(now: number): { readonly x: number; readonly y: number } {
  const angle = (2 * Math.PI * (Math.floor(now / 60_000) % shiftSteps)) / shiftSteps;
  return { x: Math.round(4 * Math.cos(angle)), y: Math.round(4 * Math.sin(angle)) };
}

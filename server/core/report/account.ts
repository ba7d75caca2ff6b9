// The account of one thing over one period: each millisecond is up, down, planned or without data, once. Pure arithmetic;
// what it means stands in `reach.ts`.

import { clipped, type Span } from './spans.ts';
import type { DownStretch } from './stretches.ts';

export interface Ledger {
  readonly period: Span;
  /** Outages; where several overlap, the moment counts once. */
  readonly down: readonly DownStretch[];
  /** Away on purpose, outside any window. */
  readonly away: readonly DownStretch[];
  /** Maintenance windows. */
  readonly windows: readonly Span[];
  /** Nobody watched, or nobody could tell. */
  readonly unseen: readonly Span[];
  readonly degraded: readonly Span[];
}

/** Whole milliseconds. `upMs + downMs + plannedMs + noDataMs` is the period's length. */
export interface Account {
  readonly totalMs: number;
  /** Degraded time is part of it. */
  readonly upMs: number;
  readonly downMs: number;
  /** Windows, and stops on purpose. */
  readonly plannedMs: number;
  /** Of `plannedMs`: it was really down. */
  readonly plannedDownMs: number;
  readonly noDataMs: number;
  readonly degradedMs: number;
}

/**
 * What is proven wins: in a window all time is planned; elsewhere an outage is down, then a stop on purpose is planned,
 * then what nobody saw is without data, and only the rest is up.
 */
export function accountOf(ledger: Ledger): Account {
  const { period } = ledger;
  const cut = {
    down: clipped(ledger.down, period),
    away: clipped(ledger.away, period),
    windows: clipped(ledger.windows, period),
    unseen: clipped(ledger.unseen, period),
    degraded: clipped(ledger.degraded, period),
  };
  const sums = { downMs: 0, plannedMs: 0, plannedDownMs: 0, noDataMs: 0, degradedMs: 0 };
  for (const slice of slicesOf(period, Object.values(cut).flat())) {
    const length = slice.to - slice.from;
    const down = length * shareAt(cut.down, slice);
    const away = length * shareAt(cut.away, slice);
    if (covers(cut.windows, slice)) {
      sums.plannedMs += length;
      sums.plannedDownMs += Math.max(down, away);
      continue;
    }
    const stopped = Math.min(away, length - down);
    const rest = length - down - stopped;
    sums.downMs += down;
    sums.plannedMs += stopped;
    sums.plannedDownMs += stopped;
    if (covers(cut.unseen, slice)) sums.noDataMs += rest;
    else if (covers(cut.degraded, slice)) sums.degradedMs += rest;
  }
  return rounded(period.to - period.from, sums);
}

/** Up over up and down, 0 to 1; undefined when neither is known. Planned time and time without data count nowhere. */
export function availabilityOf({ upMs, downMs }: Pick<Account, 'upMs' | 'downMs'>): number | undefined {
  return upMs + downMs === 0 ? undefined : upMs / (upMs + downMs);
}

function rounded(totalMs: number, sums: Omit<Account, 'totalMs' | 'upMs'>): Account {
  const downMs = Math.round(sums.downMs);
  const plannedMs = Math.min(totalMs - downMs, Math.round(sums.plannedMs));
  const noDataMs = Math.min(totalMs - downMs - plannedMs, Math.round(sums.noDataMs));
  const upMs = totalMs - downMs - plannedMs - noDataMs;
  const plannedDownMs = Math.min(plannedMs, Math.round(sums.plannedDownMs));
  return {
    totalMs,
    upMs,
    downMs,
    plannedMs,
    plannedDownMs,
    noDataMs,
    degradedMs: Math.min(upMs, Math.round(sums.degradedMs)),
  };
}

/** The period cut wherever something begins or ends: inside a slice nothing changes. */
function slicesOf(period: Span, spans: readonly Span[]): readonly Span[] {
  const cuts = new Set([period.from, period.to, ...spans.flatMap(({ from, to }) => [from, to])]);
  const ordered = [...cuts].sort((a, b) => a - b);
  return ordered.flatMap((from, index) => {
    const to = ordered[index + 1];
    return to === undefined ? [] : [{ from, to }];
  });
}

function covers(spans: readonly Span[], slice: Span): boolean {
  return spans.some(({ from, to }) => from <= slice.from && slice.to <= to);
}

/** Of two outages at once the fuller one counts; their shares are not added. */
function shareAt(stretches: readonly DownStretch[], slice: Span): number {
  let share = 0;
  for (const { from, to, share: own } of stretches) {
    if (from <= slice.from && slice.to <= to) share = Math.max(share, own);
  }
  return share;
}

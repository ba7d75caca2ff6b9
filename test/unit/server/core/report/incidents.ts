// Incident records for the reports' tests: whole, closed or running, in minutes from an origin. Built by the core's own
// functions where the life of an incident matters.
import type { Incident } from '../../../../../server/core/incident.ts';
import { incidentIdFrom, siteId } from '../../../../../shared/ids.ts';
import { type Instant, instant, minute } from '../../../../../shared/time.ts';

/** 2026-10-01 00:00 in São Paulo. */
export const origin = Date.UTC(2026, 9, 1, 3, 0, 0);
export const at = (minutes: number): Instant => instant(origin + minutes * minute);
export const aurora = siteId('aurora', 'matriz');

export interface Outline {
  readonly id: string;
  readonly kind: Incident['kind'];
  readonly from: number;
  /** Absent: it runs. */
  readonly to?: number;
  readonly more?: Partial<Incident>;
}

/** One stretch, in minutes. */
export function incidentOf({ id, kind, from, to, more }: Outline): Incident {
  const over: Partial<Incident> =
    to === undefined
      ? { outageSince: at(from), downtimeMs: 0 }
      : {
          state: 'closed',
          recoveredAt: at(to),
          resolvedAt: at(to + 1),
          closedAt: at(to + 2),
          downtimeMs: (to - from) * minute,
        };
  return {
    id: incidentIdFrom(id),
    kind,
    cause: 'unknown',
    causeKey: 'link:vivo',
    site: kind === 'own-outage' ? undefined : aurora,
    severity: 'outage',
    priority: 'critical',
    state: 'open',
    detectedAt: at(from),
    confirmedAt: instant(at(from) + 6_000),
    openedAt: instant(at(from) + 10_000),
    downtimeMs: 0,
    reopenedCount: 0,
    flapping: false,
    retro: false,
    touched: false,
    verdict: { kind, confidence: 'confirmed', witnesses: [], refused: [] },
    symptoms: [],
    timeline: [
      { at: at(from), kind: 'first-evidence' },
      ...(to === undefined
        ? []
        : [
            { at: at(to), kind: 'recovering' as const },
            { at: at(to + 1), kind: 'resolved' as const },
          ]),
    ],
    notesSent: 0,
    ...over,
    ...more,
  };
}

// Which incidents a person must be told of by sound or on the desktop, and when: new criticals, once each, together when
// many come at once. Pure. Must never tell what was there when the wall was opened, and never tell one thing twice.
import type { IncidentRow } from '../../../shared/api/incidents.ts';
import { limits } from '../../../shared/limits.ts';
import { phaseOf } from '../select.ts';
import type { WallView } from '../store.ts';

export interface Alarm {
  /** Told, waiting to be told, or there at the start. Only of incidents that stand on the wall, so it cannot grow. */
  readonly known: ReadonlySet<string>;
  /** Wait for the end of the gap after the last telling. */
  readonly waiting: ReadonlySet<string>;
  /** When something was last told, browser time in ms. */
  readonly toldAt: number;
}

/** The criticals of the first view are known: whoever opens the wall sees them. */
export function alarmAtStart(view: WallView): Alarm {
  return { known: new Set(criticals(view).map(keyOf)), waiting: new Set(), toldAt: Number.NEGATIVE_INFINITY };
}

/** Takes note of a newer view. A relapse of what was told is not new; a reopened incident is. */
export function heard(alarm: Alarm, view: WallView): Alarm {
  const standing = criticals(view);
  const fresh = standing.filter((row) => phaseOf(row) === 'burning' && !alarm.known.has(keyOf(row)));
  const kept = standing.map(keyOf).filter((key) => alarm.known.has(key));
  if (fresh.length === 0 && kept.length === alarm.known.size) return alarm;
  const keys = fresh.map(keyOf);
  return {
    ...alarm,
    known: new Set([...kept, ...keys]),
    waiting: new Set([...alarm.waiting, ...keys]),
  };
}

/** What is to be told now, at most once in `limits.wallAlarmGapMs`. What is over or taken by then needs nobody's ear. */
export function due(
  alarm: Alarm,
  view: WallView,
  now: number,
): { readonly alarm: Alarm; readonly rows: readonly IncidentRow[] } {
  // The clock may have been put back: then the gap has passed, too.
  const sinceMs = now - alarm.toldAt;
  if (alarm.waiting.size === 0 || (sinceMs >= 0 && sinceMs < limits.wallAlarmGapMs)) {
    return { alarm, rows: [] };
  }
  const rows = criticals(view).filter(
    (row) => alarm.waiting.has(keyOf(row)) && phaseOf(row) === 'burning' && row.acknowledgedBy === null,
  );
  return {
    alarm: { ...alarm, waiting: new Set(), toldAt: rows.length === 0 ? alarm.toldAt : now },
    rows,
  };
}

function criticals(view: WallView): readonly IncidentRow[] {
  return [...view.incidents.values()].filter(({ priority }) => priority === 'critical');
}

function keyOf({ id, reopenedCount }: IncidentRow): string {
  return `${id} ${reopenedCount}`;
}

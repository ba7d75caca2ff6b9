// A site's incidents that closed lately, kept so that late evidence (a spool, a machine's log) can amend their cause.
// Part of the state: `evolve` keeps, the draft reads. Never holds more than the limits, never brings one back to life.
import { limits } from '../../shared/limits.ts';
import type { Incident } from './incident.ts';

/** `kept` with `incident` added, or replaced where it stood. Oldest go first, by age and by number. */
export function keepClosed(kept: readonly Incident[], incident: Incident): readonly Incident[] {
  if (kept.some((each) => each.id === incident.id))
    return kept.map((each) => (each.id === incident.id ? incident : each));
  const now = incident.closedAt ?? incident.openedAt;
  const young = kept.filter((each) => now - (each.closedAt ?? each.openedAt) <= limits.closedIncidentKeptMs);
  return [...young, incident].slice(-limits.closedIncidentsPerSiteMax);
}

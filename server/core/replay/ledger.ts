// What became of each incident in a replayed stretch: the few facts that two runs are compared by. Fed with changes,
// because these carry whole records. Knows nothing of how they were decided.
import { assert } from '../../../shared/assert.ts';
import { type IncidentId, incidentIdFrom, type SiteId } from '../../../shared/ids.ts';
import type { Instant } from '../../../shared/time.ts';
import type { Cause, IncidentKind, Priority } from '../../../shared/words.ts';
import { type Change, isIncidentChange } from '../change.ts';
import { causeIdentity, type Incident } from '../incident.ts';

export interface IncidentFacts {
  readonly id: IncidentId;
  /** Its cause within its site; two runs call the same thing by it. */
  readonly identity: string;
  readonly kind: IncidentKind;
  readonly cause: Cause;
  readonly priority: Priority;
  readonly site?: SiteId;
  readonly link?: string;
  readonly host?: string;
  readonly provider?: string;
  readonly flapping: boolean;
  readonly detectedAt: Instant;
  readonly openedAt: Instant;
  readonly resolvedAt?: Instant;
  readonly closedAt?: Instant;
  readonly reopenedCount: number;
  readonly downtimeMs: number;
  /** History only: never a ticket. */
  readonly retro: boolean;
  /** When its ticket was asked for. */
  readonly ticketAt?: Instant;
}

export interface Ledger {
  /** Incidents that were open before the stretch. */
  begin(incidents: Iterable<Incident>): void;
  take(changes: readonly Change[], at: Instant): void;
  size(): number;
  /** In order of detection. */
  facts(): readonly IncidentFacts[];
}

export function createLedger(): Ledger {
  const known = new Map<IncidentId, IncidentFacts>();
  const note = (incident: Incident, at: Instant): void => {
    const ticketAt = known.get(incident.id)?.ticketAt ?? (incident.ticket === undefined ? undefined : at);
    known.set(incident.id, factsOf(incident, ticketAt));
  };
  return {
    begin(incidents) {
      assert(known.size === 0, 'a ledger begins empty');
      for (const incident of incidents) note(incident, incident.openedAt);
    },
    take(changes, at) {
      for (const change of changes) if (isIncidentChange(change)) note(change.incident, at);
    },
    size: () => known.size,
    facts: () => [...known.values()].sort((a, b) => a.detectedAt - b.detectedAt || (a.id < b.id ? -1 : 1)),
  };
}

function factsOf(incident: Incident, ticketAt: Instant | undefined): IncidentFacts {
  return {
    id: incidentIdFrom(incident.id),
    identity: causeIdentity(incident),
    kind: incident.kind,
    cause: incident.cause,
    priority: incident.priority,
    site: incident.site,
    link: incident.link,
    host: incident.host,
    provider: incident.provider,
    flapping: incident.flapping,
    detectedAt: incident.detectedAt,
    openedAt: incident.openedAt,
    resolvedAt: incident.resolvedAt,
    closedAt: incident.closedAt,
    reopenedCount: incident.reopenedCount,
    downtimeMs: incident.downtimeMs,
    retro: incident.retro,
    ticketAt,
  };
}

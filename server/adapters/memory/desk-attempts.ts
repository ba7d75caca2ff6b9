// Attempts at a desk in memory, for tests: the same answers as the file, nothing kept past the process.
// Must behave as the sqlite one does; the contract suite holds them equal.
import type { EffectKey, IncidentId } from '../../../shared/ids.ts';
import { ok } from '../../../shared/result.ts';
import { type Instant, instant, later, plus } from '../../../shared/time.ts';
import type { DeskAttempt, DeskAttempts, DeskCase, DeskLease } from '../../ports/desk-attempts.ts';

interface Held {
  owner: string;
  fence: number;
  until: Instant;
}

export function createMemoryDeskAttempts(): DeskAttempts {
  const attempts = new Map<EffectKey, DeskAttempt>();
  const cases = new Map<IncidentId, DeskCase>();
  const doubts = new Map<IncidentId, number>();
  const touched = new Map<IncidentId, Instant>();
  const touch = (incident: IncidentId, at: Instant): void => {
    touched.set(incident, later(touched.get(incident) ?? instant(0), at));
  };
  const { isCurrent, forget, ...leases } = createLeases(touch);
  return {
    ...leases,
    attempt: (key) => attempts.get(key),
    keepAttempt: (lease, attempt) => {
      if (!isCurrent(lease)) return false;
      attempts.set(attempt.key, attempt);
      touch(attempt.incident, attempt.at);
      return true;
    },
    caseOf: (incident) => cases.get(incident),
    keepCase: (lease, kept) => {
      if (!isCurrent(lease)) return false;
      cases.set(kept.incident, kept);
      return true;
    },
    doubt: (incident) => doubts.set(incident, (doubts.get(incident) ?? 0) + 1),
    doubts: (incident) => doubts.get(incident) ?? 0,
    settleDoubts: (lease, seen) => {
      if (!isCurrent(lease)) return;
      doubts.set(lease.incident, Math.max(0, (doubts.get(lease.incident) ?? 0) - seen));
    },
    prune: (before, incidentsMax) => {
      const old = [...touched]
        .filter(([, at]) => at < before)
        .sort(([a, aAt], [b, bAt]) => aAt - bAt || (a < b ? -1 : 1))
        .slice(0, incidentsMax)
        .map(([incident]) => incident);
      for (const incident of old) {
        forget(incident);
        for (const map of [cases, doubts, touched]) map.delete(incident);
        for (const [key, attempt] of attempts) if (attempt.incident === incident) attempts.delete(key);
      }
      return ok(old.length);
    },
    close: () => {},
  };
}

function createLeases(touch: (incident: IncidentId, at: Instant) => void) {
  const leases = new Map<IncidentId, Held>();
  const current = ({ incident, fence }: DeskLease): Held | undefined => {
    const held = leases.get(incident);
    return held?.fence === fence ? held : undefined;
  };
  const given: Pick<DeskAttempts, 'acquire' | 'renew' | 'release' | 'endAllLeases'> = {
    acquire: (incident, { owner, now, forMs }) => {
      const held = leases.get(incident);
      if (held !== undefined && held.until > now && held.owner !== owner) return undefined;
      const fence = (held?.fence ?? 0) + 1;
      leases.set(incident, { owner, fence, until: plus(now, forMs) });
      touch(incident, now);
      return { incident, owner, fence };
    },
    renew: (lease, { now, forMs }) => {
      const held = current(lease);
      if (held === undefined || held.until <= now) return false;
      held.until = plus(now, forMs);
      return true;
    },
    release: (lease) => {
      const held = current(lease);
      if (held !== undefined) held.until = instant(0);
    },
    endAllLeases: () => {
      for (const held of leases.values()) {
        held.fence += 1;
        held.until = instant(0);
      }
    },
  };
  return {
    ...given,
    isCurrent: (lease: DeskLease): boolean => current(lease) !== undefined,
    forget: (incident: IncidentId): void => {
      leases.delete(incident);
    },
  };
}

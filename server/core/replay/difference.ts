// Two runs of one stretch, incident by incident: what opened only before, only now, and what of a pair is different.
// A pair is the same cause at the same time; what is left over at one site at about the same moment is one outage that
// the two runs call by different names.
import { minute, second } from '../../../shared/time.ts';
import type { IncidentFacts } from './ledger.ts';

/** Fields of an incident whose difference is told, in the order in which it is told. */
export const comparedFields = [
  'kind',
  'cause',
  'priority',
  'retro',
  'detectedAt',
  'openedAt',
  'ticketAt',
  'resolvedAt',
  'closedAt',
  'reopenedCount',
  'downtimeMs',
] as const satisfies readonly (keyof IncidentFacts)[];
export type ComparedField = (typeof comparedFields)[number];

export interface ChangedIncident {
  readonly before: IncidentFacts;
  readonly now: IncidentFacts;
  readonly fields: readonly ComparedField[];
}

export interface IncidentDifference {
  readonly onlyBefore: readonly IncidentFacts[];
  readonly onlyNow: readonly IncidentFacts[];
  readonly changed: readonly ChangedIncident[];
  readonly unchanged: number;
}

/** Timers of the two runs do not ring in the same millisecond: nothing under this is a difference. In ms. */
const sameMs = second;
/** Detected this close together at one site: one outage under two names. In ms. */
const sameOutageMs = minute;

/** Both lists in order of detection. */
export function incidentDifference(
  before: readonly IncidentFacts[],
  now: readonly IncidentFacts[],
): IncidentDifference {
  const pairs: [IncidentFacts, IncidentFacts][] = [];
  const first = pairOff(before, now, { key: (each) => each.identity, match: overlap, pairs });
  const left = pairOff(first.before, first.now, { key: (each) => each.site ?? '', match: sameOutage, pairs });
  const compared = pairs.map(([a, b]): ChangedIncident => ({ before: a, now: b, fields: fieldsOf(a, b) }));
  const changed = compared.filter(({ fields }) => fields.length > 0);
  return {
    onlyBefore: left.before,
    onlyNow: left.now,
    changed: changed.sort((a, b) => a.before.detectedAt - b.before.detectedAt),
    unchanged: compared.length - changed.length,
  };
}

interface Pairing {
  readonly key: (each: IncidentFacts) => string;
  readonly match: (a: IncidentFacts, b: IncidentFacts) => boolean;
  readonly pairs: [IncidentFacts, IncidentFacts][];
}

/** Each with the earliest free one of its key that matches; gives what found none. */
function pairOff(before: readonly IncidentFacts[], now: readonly IncidentFacts[], pairing: Pairing) {
  const free = new Map<string, IncidentFacts[]>();
  for (const each of now) {
    const group = free.get(pairing.key(each));
    if (group === undefined) free.set(pairing.key(each), [each]);
    else group.push(each);
  }
  const alone: IncidentFacts[] = [];
  for (const each of before) {
    const group = free.get(pairing.key(each)) ?? [];
    const at = group.findIndex((other) => pairing.match(each, other));
    const [partner] = at < 0 ? [] : group.splice(at, 1);
    if (partner === undefined) alone.push(each);
    else pairing.pairs.push([each, partner]);
  }
  const unpaired = new Set([...free.values()].flat());
  return { before: alone, now: now.filter((each) => unpaired.has(each)) };
}

function overlap(a: IncidentFacts, b: IncidentFacts): boolean {
  if (a.retro !== b.retro && !sameOutage(a, b)) return false;
  return a.detectedAt <= endOf(b) + sameMs && b.detectedAt <= endOf(a) + sameMs;
}

function sameOutage(a: IncidentFacts, b: IncidentFacts): boolean {
  return Math.abs(a.detectedAt - b.detectedAt) <= sameOutageMs;
}

function endOf({ resolvedAt, closedAt }: IncidentFacts): number {
  return resolvedAt ?? closedAt ?? Number.POSITIVE_INFINITY;
}

function fieldsOf(before: IncidentFacts, now: IncidentFacts): readonly ComparedField[] {
  return comparedFields.filter((field) => !sameField(field, before, now));
}

function sameField(field: ComparedField, before: IncidentFacts, now: IncidentFacts): boolean {
  switch (field) {
    case 'kind':
    case 'cause':
    case 'priority':
    case 'retro':
    case 'reopenedCount':
      return before[field] === now[field];
    case 'detectedAt':
    case 'openedAt':
    case 'ticketAt':
    case 'resolvedAt':
    case 'closedAt':
    case 'downtimeMs': {
      const [a, b] = [before[field], now[field]];
      return a === b || (a !== undefined && b !== undefined && Math.abs(a - b) < sameMs);
    }
  }
}

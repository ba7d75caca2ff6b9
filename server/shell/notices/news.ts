// Which notices an incident's record stands for. Pure: the same record gives the same keys, before and after a restart, so
// that what a crash kept from being told is found again and what was told is known. Children of a provider's outage
// are quiet while it lasts: its own notice names them.

import type { Instant } from '../../../shared/time.ts';
import type { Incident, TimelineEntry, TimelineKind } from '../../core/incident.ts';
import { outageLasts } from '../../core/rules/desk-life.ts';
import type { State } from '../../core/state.ts';
import type { NoticeKind } from '../../ports/channel.ts';

export interface News {
  readonly key: string;
  readonly kind: Extract<
    NoticeKind,
    'opened' | 'escalated' | 'recovered' | 'reopened' | 'worsened' | 'desk-closed-early' | 'ticket-replaced'
  >;
  readonly at: Instant;
  /** Whom an escalation calls, as the rota names them; empty: it names nobody. */
  readonly to: readonly string[];
  /** Of an escalation: which step. */
  readonly step?: string;
  /** Of a desk's word: whose. */
  readonly by?: string;
}

const kinds: Partial<Record<TimelineKind, News['kind']>> = {
  opened: 'opened',
  worsened: 'worsened',
  raised: 'worsened',
  'became-parent': 'worsened',
  resolved: 'recovered',
  'resolved-by-person': 'recovered',
  reopened: 'reopened',
  'reopened-by-person': 'reopened',
  escalated: 'escalated',
  'closed-at-desk-early': 'desk-closed-early',
  'ticket-replaced': 'ticket-replaced',
};

/** Oldest first. Vigia's own outage is told by the alarms' news, not here. */
export function newsOf(incident: Incident, state: Pick<State, 'incidents'>): readonly News[] {
  if (incident.retro || incident.kind === 'own-outage') return [];
  const steps = stepsByEntry(incident);
  const seen = new Map<string, number>();
  return tellable(incident, state).flatMap((entry): News[] => {
    if (entry.kind === 'outage-over')
      return [{ key: `${incident.id}:left-alone:${entry.at}`, kind: 'opened', at: entry.at, to: [] }];
    const kind = kinds[entry.kind];
    if (kind === undefined) return [];
    if (kind === 'opened') return [{ key: `${incident.id}:opened`, kind, at: entry.at, to: [] }];
    const mark = `${incident.id}:${kind}:${entry.at}`;
    const times = seen.get(mark) ?? 0;
    seen.set(mark, times + 1);
    const key = times === 0 ? mark : `${mark}:${times}`;
    return [{ key, kind, at: entry.at, to: peopleOf(entry), step: steps.get(entry), by: entry.by }];
  });
}

/** It is told by another incident's notice: part of a provider's outage that lasts, or of something larger here. */
export function isQuiet(incident: Incident, state: Pick<State, 'incidents'>): boolean {
  if (incident.timeline.some(({ kind }) => kind === 'joined-parent')) return true;
  const parent = incident.parent === undefined ? undefined : state.incidents.get(incident.parent);
  return isInside(incident) && parent !== undefined && outageLasts(parent);
}

/** In `incident.escalated` where the rota names nobody. */
const nobody = 'ninguém na escala';

/** Whoever the rota names, as `incident.escalated` carries them. Names hold no comma (`policy-config.ts`). */
export function peopleText(people: readonly string[]): string {
  return people.length === 0 ? nobody : people.join(', ');
}

function peopleOf({ kind, text = nobody }: TimelineEntry): readonly string[] {
  return kind !== 'escalated' || text === nobody ? [] : text.split(', ');
}

function isInside({ timeline }: Incident): boolean {
  const last = timeline.findLast(({ kind }) => kind === 'joined-outage' || kind === 'outage-over');
  return last?.kind === 'joined-outage';
}

function tellable(incident: Incident, state: Pick<State, 'incidents'>): readonly TimelineEntry[] {
  const { timeline } = incident;
  if (timeline.some(({ kind }) => kind === 'joined-parent')) return [];
  if (isInside(incident)) {
    if (isQuiet(incident, state)) return [];
    // The outage is over and this one came back by itself later: from then on it speaks for itself.
    const over = incident.parent === undefined ? undefined : state.incidents.get(incident.parent)?.resolvedAt;
    const joined = timeline.findLastIndex(({ kind }) => kind === 'joined-outage');
    const again = timeline.findIndex(
      ({ kind, at }, index) =>
        index > joined && at > (over ?? 0) && (kind === 'reopened' || kind === 'reopened-by-person'),
    );
    return again < 0 ? [] : timeline.slice(again);
  }
  const alone = timeline.findLastIndex(({ kind }) => kind === 'outage-over');
  return alone < 0 ? timeline : timeline.slice(alone);
}

/** `escalation.steps` are in order, and so are their entries; folded ones were the oldest. */
function stepsByEntry({ timeline, escalation }: Incident): ReadonlyMap<TimelineEntry, string> {
  const entries = timeline.filter(({ kind }) => kind === 'escalated');
  const steps = (escalation?.steps ?? []).slice(-entries.length);
  const last = entries.slice(entries.length - steps.length);
  return new Map(
    last.flatMap((entry, index) => {
      const step = steps[index];
      return step === undefined ? [] : [[entry, step] as const];
    }),
  );
}

// The outbox in memory, for tests and the simulator: same order, same refusals, nothing kept past the process.
// Filled by the memory journal's commit only. Must behave as the sqlite one does; the contract suite holds them equal.
import { assert } from '../../../shared/assert.ts';
import type { EffectKey, IncidentId } from '../../../shared/ids.ts';
import { earlier, type Instant } from '../../../shared/time.ts';
import { priorities } from '../../../shared/words.ts';
import type { TicketEffect } from '../../core/effect.ts';
import type { CriticalOpening, Outbox, OutboxBacklog, OutboxRow } from '../../ports/journal.ts';

export interface MemoryOutbox extends Outbox {
  /** For the journal's commit: rows of one committed input, in order. The keys must be new. */
  add(effects: readonly TicketEffect[]): void;
  /** What a restart does: rows handed out and not reported back may be handed out again. */
  releaseClaims(): void;
}

interface Held {
  row: OutboxRow;
  readonly urgency: number;
}

export function createMemoryOutbox(): MemoryOutbox {
  const rows = new Map<EffectKey, Held>();
  const ofIncident = new Map<IncidentId, Held[]>();
  /** Pending rows by incident, oldest first: only the first may be tried. Kept small, so that claiming stays fast. */
  const pending = new Map<IncidentId, Held[]>();
  const handedOut = new Set<EffectKey>();

  const claimable = (): Held[] => {
    const heads: Held[] = [];
    for (const [head] of pending.values()) {
      if (head !== undefined && !handedOut.has(head.row.effect.key)) heads.push(head);
    }
    return heads;
  };
  const settle = (key: EffectKey, change: Partial<OutboxRow>, attempts = 1): void => {
    handedOut.delete(key);
    const held = rows.get(key);
    assert(held !== undefined, `the outbox knows effect ${key}`);
    if (held.row.state !== 'pending') return;
    held.row = { ...held.row, attempts: held.row.attempts + attempts, ...change };
    if (held.row.state === 'pending') return;
    const { incident } = held.row.effect;
    const left = (pending.get(incident) ?? []).filter((other) => other !== held);
    if (left.length === 0) pending.delete(incident);
    else pending.set(incident, left);
  };

  return {
    add: (effects) => {
      for (const effect of effects) {
        assert(!rows.has(effect.key), `effect key ${effect.key} is used once`);
        const siblings = ofIncident.get(effect.incident) ?? [];
        const held = { row: newRow(rows.size + 1, effect), urgency: urgencyOf(effect, siblings[0]) };
        rows.set(effect.key, held);
        ofIncident.set(effect.incident, [...siblings, held]);
        pending.set(effect.incident, [...(pending.get(effect.incident) ?? []), held]);
      }
    },
    releaseClaims: () => handedOut.clear(),
    claim: (now, limit) => {
      const due = claimable()
        .filter(({ row }) => row.nextAttemptAt <= now)
        .sort((a, b) => a.urgency - b.urgency || a.row.id - b.row.id)
        .slice(0, Math.max(0, limit));
      for (const { row } of due) handedOut.add(row.effect.key);
      return due.map(({ row }) => row);
    },
    done: (key, at, protocol) => settle(key, { state: 'done', doneAt: at, protocol, lastError: undefined }),
    refused: (key, at, reason) => settle(key, { state: 'refused', doneAt: at, lastError: reason }),
    retry: (key, nextAttemptAt, error) => settle(key, { nextAttemptAt, lastError: error }),
    postpone: (key, until, reason) => settle(key, { nextAttemptAt: until, lastError: reason }, 0),
    row: (key) => rows.get(key)?.row,
    rowsOf: (incident) => (ofIncident.get(incident) ?? []).map(({ row }) => row),
    waiting: (limit) => pendingRows(pending).slice(0, limit),
    criticalOpenings: (limit) => openingsOf(pendingRows(pending)).slice(0, Math.max(0, limit)),
    nextAttemptAt: () => earliest(claimable().map(({ row }) => row.nextAttemptAt)),
    backlog: () => backlogOf(pendingRows(pending)),
  };
}

function backlogOf(rows: readonly OutboxRow[]): OutboxBacklog {
  return { waiting: rows.length, oldestAt: earliest(rows.map(({ effect }) => effect.notBefore)) };
}

/** Oldest first. */
function pendingRows(pending: ReadonlyMap<IncidentId, readonly Held[]>): readonly OutboxRow[] {
  const rows = [...pending.values()].flat().map(({ row }) => row);
  return rows.sort((a, b) => a.id - b.id);
}

function openingsOf(rows: readonly OutboxRow[]): readonly CriticalOpening[] {
  return rows
    .filter(({ effect }) => effect.kind === 'ticket.open' && effect.priority === 'critical')
    .map(({ effect: { key, notBefore }, nextAttemptAt }) => ({ key, notBefore, nextAttemptAt }))
    .sort((a, b) => a.notBefore - b.notBefore);
}

function newRow(id: number, effect: TicketEffect): OutboxRow {
  return { id, effect, state: 'pending', attempts: 0, nextAttemptAt: effect.notBefore };
}

/** A note is as urgent as the ticket it belongs to, but the ticket itself goes before the notes of its class. */
function urgencyOf(effect: TicketEffect, first: Held | undefined): number {
  if (effect.kind === 'ticket.open') return 2 * priorities.indexOf(effect.priority);
  return (first?.urgency ?? 2 * priorities.length) + 1;
}

function earliest(instants: readonly Instant[]): Instant | undefined {
  const [first, ...rest] = instants;
  return first === undefined ? undefined : rest.reduce(earlier, first);
}

// A desk in memory that fails the ways real ones do, for tests and the simulator. Synchronous inside: `performNow`
// is the whole of it, so that a simulation needs no event loop. Must keep the promise of every desk: one key, one effect.
import { failure } from '../../../shared/failure.ts';
import type { EffectKey, IncidentId } from '../../../shared/ids.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { TicketEffect } from '../../core/effect.ts';
import type { Desk, DeskTicket } from '../../ports/desk.ts';

/**
 * `up`: answers. `down`: does nothing, says `desk.unavailable`. `answers-lost`: does it, then says
 * `desk.unavailable`, as when the connection breaks before the answer. `refusing`: says `desk.refused`.
 */
export type DeskMood = 'up' | 'down' | 'answers-lost' | 'refusing';

export interface MemoryTicket extends DeskTicket {
  readonly effects: readonly TicketEffect[];
}

export interface MemoryDesk extends Desk {
  setMood(mood: DeskMood): void;
  performNow(effect: TicketEffect): Result<{ readonly protocol: string }>;
  /** In the order in which they were opened. */
  tickets(): readonly MemoryTicket[];
  /** Every call, also the failed and the repeated ones, in order. */
  calls(): readonly EffectKey[];
}

export function createMemoryDesk(name = 'memory'): MemoryDesk {
  let mood: DeskMood = 'up';
  const tickets = new Map<IncidentId, MemoryTicket>();
  const performed = new Map<EffectKey, string>();
  const calls: EffectKey[] = [];
  const unavailable = () => fail(failure('desk.unavailable', 'o desk não respondeu', { retryable: true }));

  const apply = (effect: TicketEffect): Result<{ readonly protocol: string }> => {
    const before = performed.get(effect.key);
    if (before !== undefined) return ok({ protocol: before });
    const ticket = tickets.get(effect.incident) ?? newTicket(effect, tickets.size + 1);
    if (ticket === undefined) {
      return fail(failure('desk.refused', `não há chamado do incidente ${effect.incident}`));
    }
    const open = effect.kind === 'ticket.reopen' || (ticket.open && effect.kind !== 'ticket.close');
    tickets.set(effect.incident, { ...ticket, open, effects: [...ticket.effects, effect] });
    performed.set(effect.key, ticket.protocol);
    return ok({ protocol: ticket.protocol });
  };

  const performNow = (effect: TicketEffect): Result<{ readonly protocol: string }> => {
    calls.push(effect.key);
    if (mood === 'down') return unavailable();
    if (mood === 'refusing') return fail(failure('desk.refused', 'o desk recusou'));
    const answer = apply(effect);
    return mood === 'answers-lost' ? unavailable() : answer;
  };

  return {
    name,
    setMood: (next) => {
      mood = next;
    },
    performNow,
    perform: async (effect) => performNow(effect),
    find: async (incident) => {
      if (mood !== 'up') return unavailable();
      const ticket = tickets.get(incident);
      if (ticket === undefined) return ok(undefined);
      const { protocol, title, open } = ticket;
      return ok({ protocol, incident, title, open });
    },
    tickets: () => [...tickets.values()],
    calls: () => [...calls],
    close: async () => {},
  };
}

function newTicket(effect: TicketEffect, number: number): MemoryTicket | undefined {
  if (effect.kind !== 'ticket.open') return undefined;
  const { incident, text } = effect;
  return { protocol: `MEM-${number}`, incident, title: text.title, open: true, effects: [] };
}

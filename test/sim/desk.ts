// The virtual desk: a ticket system with idempotency keys that is sometimes slow, sometimes down, and sometimes loses
// its answer after it has committed. The score reads its tickets as the customer's desk would show them.

import type { TicketEffect } from '../../server/core/effect.ts';
import type { EffectKey, IncidentId } from '../../shared/ids.ts';
import type { Priority } from '../../shared/words.ts';
import type { Kernel } from './kernel.ts';
import { between, stream } from './seeds.ts';

export interface DeskTicket {
  readonly protocol: string;
  readonly incident: IncidentId;
  readonly opened: Extract<TicketEffect, { readonly kind: 'ticket.open' }>;
  /** Kernel time of its registration. */
  readonly registeredAt: number;
  /** As it stands there now: raised when its incident became worse. */
  priority: Priority;
  open: boolean;
  notes: number;
}

export type DeskAnswer =
  | { readonly kind: 'done'; readonly protocol: string }
  | { readonly kind: 'unavailable' };

export interface VirtualDesk {
  readonly tickets: readonly DeskTicket[];
  /** A note, close or reopen for an incident that has no ticket here: the order was lost. */
  readonly strays: readonly EffectKey[];
  setUp(up: boolean): void;
  isUp(): boolean;
  /** Answers come, and late. */
  setSlow(slow: boolean): void;
  /** Answers that never arrived although the desk had committed. */
  answersLost(): number;
  perform(effect: TicketEffect, answer: (answer: DeskAnswer) => void): void;
}

const lostAnswerRatio = 0.03;
/** How long a caller waits for an answer that never comes. */
const answerTimeoutMs = 10_000;

export function createDesk(kernel: Kernel, seed: number): VirtualDesk {
  const random = stream(seed, 'desk');
  const tickets: DeskTicket[] = [];
  const protocols = new Map<EffectKey, string>();
  const strays: EffectKey[] = [];
  let up = true;
  let slow = false;
  let lost = 0;
  const commit = (effect: TicketEffect): string => {
    const known = protocols.get(effect.key);
    if (known !== undefined) return known;
    let ticket = tickets.findLast((candidate) => candidate.incident === effect.incident);
    if (effect.kind === 'ticket.open') {
      const protocol = `T-${tickets.length + 1}`;
      const registeredAt = kernel.now();
      ticket = {
        ...{ protocol, incident: effect.incident, opened: effect, registeredAt },
        ...{ priority: effect.priority, open: true, notes: 0 },
      };
      tickets.push(ticket);
    }
    if (ticket === undefined) strays.push(effect.key);
    else apply(ticket, effect);
    const protocol = ticket?.protocol ?? 'none';
    protocols.set(effect.key, protocol);
    return protocol;
  };
  return {
    tickets,
    strays,
    setUp: (value) => {
      up = value;
    },
    isUp: () => up,
    setSlow: (value) => {
      slow = value;
    },
    answersLost: () => lost,
    perform(effect, answer) {
      if (!up) {
        kernel.after(between(random, 5, 50), () => answer({ kind: 'unavailable' }));
        return;
      }
      kernel.after(slow ? between(random, 3_000, 9_000) : between(random, 40, 600), () => {
        if (!up) return answer({ kind: 'unavailable' });
        const protocol = commit(effect);
        if (random.chance(lostAnswerRatio)) {
          lost += 1;
          kernel.after(answerTimeoutMs, () => answer({ kind: 'unavailable' }));
        } else {
          answer({ kind: 'done', protocol });
        }
      });
    },
  };
}

function apply(ticket: DeskTicket, effect: TicketEffect): void {
  if (effect.kind === 'ticket.note') {
    ticket.notes += 1;
    ticket.priority = effect.raise?.priority ?? ticket.priority;
  }
  if (effect.kind === 'ticket.close') ticket.open = false;
  if (effect.kind === 'ticket.reopen') ticket.open = true;
}

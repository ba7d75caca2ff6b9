// The desk as the wall and the API show it: its name, since when it is away, and which deliveries wait for a person. Puts
// the outbox worker's memory and the durable manual queue together: after a restart the worker has asked nobody yet.
import type { EffectKey, IncidentId } from '../../../shared/ids.ts';
import type { Instant } from '../../../shared/time.ts';
import type { Delivery } from '../../core/view/ticket-view.ts';
import type { DeskFacts } from '../../core/view/wall.ts';
import type { Outbox } from '../../ports/journal.ts';
import type { ManualQueue } from '../../ports/manual-queue.ts';
import type { HeldDelivery } from './desk-condition.ts';
import type { OutboxCounters } from './outbox-worker.ts';

export interface DeskWatch {
  facts(): DeskFacts;
  /** What was asked of the desk about this incident, and how it went. In order of commit. */
  deliveriesOf(incident: IncidentId): readonly Delivery[];
}

export interface DeskWatchParts {
  readonly name: string;
  readonly outbox: Pick<Outbox, 'rowsOf' | 'backlog'>;
  readonly runtime?: {
    heldDeliveries(): readonly HeldDelivery[];
    counters(): { readonly outbox: Pick<OutboxCounters, 'deskUnreachableSince' | 'lateSince'> };
  };
  readonly manual?: Pick<ManualQueue, 'item' | 'waiting'>;
}

export function createDeskWatch({ name, outbox, runtime, manual }: DeskWatchParts): DeskWatch {
  const heldSince = (key: EffectKey): Instant | undefined =>
    manual?.item(key)?.since ?? runtime?.heldDeliveries().find((held) => held.key === key)?.since;
  return {
    facts: () => {
      const counters = runtime?.counters().outbox;
      const queued = manual?.waiting().total ?? 0;
      const others = runtime?.heldDeliveries().filter(({ key }) => manual?.item(key) === undefined) ?? [];
      return {
        name,
        downSince: counters?.deskUnreachableSince,
        lateSince: counters?.lateSince,
        waiting: outbox.backlog().waiting,
        held: queued + others.length,
      };
    },
    deliveriesOf: (incident) =>
      outbox.rowsOf(incident).map((row) => {
        const since = row.state === 'pending' ? heldSince(row.effect.key) : undefined;
        return since === undefined ? row : { ...row, heldSince: since };
      }),
  };
}

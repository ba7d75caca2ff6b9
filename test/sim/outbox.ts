// The outbox worker in virtual time: undelivered ticket effects, one at a time per incident in order of commit, tried
// again with backoff for as long as it takes. One object is one life of the process.
import { backoffMs } from '../../shared/backoff.ts';
import type { EffectKey, IncidentId } from '../../shared/ids.ts';
import { limits } from '../../shared/limits.ts';
import type { Random } from '../../shared/random.ts';
import { minute, second } from '../../shared/time.ts';
import type { Correlator } from './correlator.ts';
import { now } from './correlator.ts';
import type { VirtualDesk } from './desk.ts';
import { epochMs } from './frame.ts';
import { cancel, type Kernel, type Timer } from './kernel.ts';
import type { OutboxRow, ServerDisk } from './server-disk.ts';

export interface OutboxOptions {
  readonly kernel: Kernel;
  readonly random: Random;
  readonly disk: ServerDisk;
  readonly desk: VirtualDesk;
  readonly correlator: Correlator;
  /** Asked after the desk has acted and before its answer is recorded; true = the process dies here. */
  readonly diesAfterDesk: () => boolean;
}

export interface Outbox {
  /** New rows were committed. */
  kick(): void;
  kill(): void;
}

const retry = { baseMs: second, capMs: minute, floorMs: 500 };

export function createOutbox(options: OutboxOptions): Outbox {
  const { kernel, random, disk, desk, correlator } = options;
  const underWay = new Set<EffectKey>();
  let alive = true;
  let timer: Timer | undefined;

  const perform = (row: OutboxRow): void => {
    const { effect } = row;
    underWay.add(effect.key);
    desk.perform(effect, (answer) => {
      if (!alive || (answer.kind === 'done' && options.diesAfterDesk())) return;
      if (answer.kind === 'unavailable') {
        row.nextAttemptAt = kernel.now() + backoffMs(retry, row.attempts, random);
        row.attempts += 1;
        underWay.delete(effect.key);
        kick();
        return;
      }
      const outcome =
        effect.kind === 'ticket.open'
          ? ({ kind: 'registered', protocol: answer.protocol } as const)
          : ({ kind: 'noted' } as const);
      const { key, incident } = effect;
      correlator.submit(
        { kind: 'ticket.reported', at: now(kernel), effect: key, incident, desk: 'virtual', outcome },
        () => {
          disk.delivered(key);
          underWay.delete(key);
          kick();
        },
      );
    });
  };
  const kick = (): void => {
    if (!alive) return;
    cancel(timer);
    const seen = new Set<IncidentId>();
    let next: number | undefined;
    for (const row of disk.pending.values()) {
      const { incident, key, notBefore } = row.effect;
      if (seen.has(incident)) continue;
      seen.add(incident);
      if (underWay.has(key)) continue;
      const due = Math.max(row.nextAttemptAt, notBefore - epochMs);
      if (due <= kernel.now() && underWay.size < limits.outboxConcurrencyMax) perform(row);
      else if (due > kernel.now()) next = Math.min(next ?? due, due);
    }
    if (next !== undefined) timer = kernel.at(next, kick);
  };
  return {
    kick,
    kill() {
      alive = false;
      cancel(timer);
    },
  };
}

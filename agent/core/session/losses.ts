// What the spool had to drop, summed up so that a full disk is reported once a minute and not once a record: each
// report is itself a record on that disk.
import { limits } from '../../../shared/limits.ts';
import type { Clock } from '../input.ts';
import type { Sink } from '../sink.ts';

export class Losses {
  #rollups = 0;
  #changes = 0;
  #since: Clock | undefined;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  add(lost: { readonly rollups: number; readonly changes: number }, now: Clock): void {
    if (lost.rollups + lost.changes === 0) return;
    this.#rollups += lost.rollups;
    this.#changes += lost.changes;
    this.#since ??= now;
  }

  get nextMs(): number {
    return this.#since === undefined ? Number.POSITIVE_INFINITY : this.#notBeforeMs;
  }

  tick(now: Clock, sink: Sink): void {
    const since = this.#since;
    if (since === undefined || now.monoMs < this.#notBeforeMs) return;
    const body = { kind: 'spool.lost', rollups: this.#rollups, changes: this.#changes } as const;
    sink.record((seq) => ({ at: now, since, body: { ...body, seq } }));
    this.#rollups = 0;
    this.#changes = 0;
    this.#since = undefined;
    this.#notBeforeMs = now.monoMs + limits.lossReportEveryMs;
  }
}

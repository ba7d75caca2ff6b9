// What the agent remembers beside its records: the last assignment, so that a start without a server still watches,
// and the clock offsets of earlier sessions. Held in memory, written through; stands under spool.ts.
import { limits } from '../../shared/limits.ts';
import type { Assignment } from '../../shared/wire/assignment.ts';
import type { SavedOffset } from '../core/input.ts';
import { parseAssignment, parseOffsets } from './record-schema.ts';
import type { SpoolStore } from './spool-store.ts';

export class SpoolMeta {
  #offsets: readonly SavedOffset[];
  #assignment: Assignment | undefined;

  constructor(store: SpoolStore) {
    this.#offsets = parseOffsets(store.getMeta('offsets'));
    this.#assignment = parseAssignment(store.getMeta('assignment'));
  }

  get offsets(): readonly SavedOffset[] {
    return this.#offsets;
  }

  get assignment(): Assignment | undefined {
    return this.#assignment;
  }

  addOffset(offset: SavedOffset): void {
    this.#offsets = [...this.#offsets, offset].slice(-limits.spoolOffsetsMax);
  }

  setAssignment(assignment: Assignment): void {
    this.#assignment = assignment;
  }

  /** Inside a transaction. */
  write(store: SpoolStore): void {
    store.setMeta('offsets', JSON.stringify(this.#offsets));
    if (this.#assignment !== undefined) store.setMeta('assignment', JSON.stringify(this.#assignment));
  }
}

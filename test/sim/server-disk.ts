// The correlator's virtual disk: what a commit put here survives kill -9, nothing else does. Holds snapshot, journal
// and outbox, and hashes every entry, so that two runs of one seed can be compared. Stands in for the sqlite adapter.
import { createHash } from 'node:crypto';
import type { Change } from '../../server/core/change.ts';
import type { Effect } from '../../server/core/effect.ts';
import { isTicketEffect, type TicketEffect } from '../../server/core/effect.ts';
import type { NumberedInput } from '../../server/core/input.ts';
import { type StateData, stateFromData, stateToData } from '../../server/core/snapshot.ts';
import type { State } from '../../server/core/state.ts';
import { assert } from '../../shared/assert.ts';
import type { EffectKey } from '../../shared/ids.ts';

export interface Entry {
  readonly input: NumberedInput;
  readonly changes: readonly Change[];
  readonly effects: readonly Effect[];
}

export interface OutboxRow {
  readonly effect: TicketEffect;
  attempts: number;
  nextAttemptAt: number;
}

export interface ServerDisk {
  commit(entries: readonly Entry[]): void;
  /** The machine dies in the middle of this commit: some of it is in the log, its end is not. */
  tear(entries: readonly Entry[]): void;
  /** Snapshot and the entries after it; undefined on a new disk. */
  load(): { readonly snapshot: State | undefined; readonly entries: readonly Entry[] };
  saveSnapshot(state: State): void;
  lastSeq(): number;
  entriesSinceSnapshot(): number;
  /** Undelivered, in the order of commit. */
  readonly pending: Map<EffectKey, OutboxRow>;
  delivered(key: EffectKey): void;
  /** Highest rollup saved, by `agent/epoch`. */
  readonly rollups: Map<string, number>;
  /** Keys that were committed a second time: the outbox keeps the first, the run reports it. */
  readonly repeatedKeys: readonly EffectKey[];
  inputsCommitted(): number;
  /** Hash over everything committed so far. */
  digest(): string;
}

export function createServerDisk(): ServerDisk {
  const hash = createHash('sha256');
  const keys = new Set<EffectKey>();
  const repeatedKeys: EffectKey[] = [];
  const pending = new Map<EffectKey, OutboxRow>();
  let snapshot: string | undefined;
  let entries: Entry[] = [];
  let lastSeq = 0;
  let committed = 0;
  const keep = (effect: TicketEffect): void => {
    if (keys.has(effect.key)) repeatedKeys.push(effect.key);
    else pending.set(effect.key, { effect, attempts: 0, nextAttemptAt: 0 });
    keys.add(effect.key);
  };
  /** Entries in the log that no commit closes. */
  let torn: readonly Entry[] = [];
  return {
    commit(batch) {
      assert(torn.length === 0, 'a torn log is opened before it is written to');
      for (const entry of batch) {
        assert(entry.input.seq === lastSeq + 1, 'the journal has no gaps');
        lastSeq = entry.input.seq;
        committed += 1;
        entries.push(entry);
        hash.update(JSON.stringify(entry));
        for (const effect of entry.effects) if (isTicketEffect(effect)) keep(effect);
      }
    },
    // One batch is one transaction of SQLite with full synchronisation: without its commit's frame none of it is there.
    // What stood before it stays; whatever the batch promised nobody has heard yet, because receipts follow the commit.
    tear(batch) {
      torn = batch.slice(0, Math.ceil(batch.length / 2));
    },
    load() {
      torn = [];
      return { snapshot: snapshot === undefined ? undefined : parse(snapshot), entries };
    },
    saveSnapshot(state) {
      assert(state.seq === lastSeq, 'a snapshot is of committed state');
      snapshot = JSON.stringify(stateToData(state));
      entries = [];
    },
    lastSeq: () => lastSeq,
    entriesSinceSnapshot: () => entries.length,
    pending,
    delivered: (key) => {
      pending.delete(key);
    },
    rollups: new Map(),
    repeatedKeys,
    inputsCommitted: () => committed,
    digest: () => hash.copy().digest('hex').slice(0, 32),
  };
}

/** The text is this disk's own, written by `saveSnapshot`. */
function parse(text: string): State {
  return stateFromData(JSON.parse(text) as StateData);
}

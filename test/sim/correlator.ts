// The correlator's loop in virtual time: bounded batches, decide, one commit after a virtual fsync, then receipts and
// effects, and deadlines back in as inputs. One object is one life of the process: after `kill` it does nothing more.
// The order is production's (server/shell/runtime/correlator-loop.ts); the rules are the real core.

import { initialState } from '../../server/core/evolve.ts';
import type { Input, NumberedInput } from '../../server/core/input.ts';
import { stateToData } from '../../server/core/snapshot.ts';
import type { State } from '../../server/core/state.ts';
import { assert } from '../../shared/assert.ts';
import { limits } from '../../shared/limits.ts';
import type { Random } from '../../shared/random.ts';
import { type Instant, instant } from '../../shared/time.ts';
import type { Cores } from './cores.ts';
import { epochMs } from './frame.ts';
import { cancel, type Kernel, type Timer } from './kernel.ts';
import { between } from './seeds.ts';
import type { Entry, ServerDisk } from './server-disk.ts';

/** Where a kill -9 strikes: between two lines of the loop. */
export type CrashPoint = 'before-commit' | 'mid-commit' | 'after-commit' | 'after-desk';

export interface CorrelatorOptions {
  readonly kernel: Kernel;
  readonly random: Random;
  readonly cores: Cores;
  readonly disk: ServerDisk;
  /** When the server last proved its own internet. */
  readonly anchorsGoodAt: () => Instant | undefined;
  readonly onCommitted: (entry: Entry, state: State) => void;
  /** Asked at each point; true = the process dies here and now. */
  readonly diesAt: (point: CrashPoint, batch: readonly Entry[]) => boolean;
  readonly witness: CommitWitness;
}

/** An observer that keeps books independent of the state; see ledger.ts. */
export interface CommitWitness {
  /** Before and after the decision on this input. */
  decided(entry: Entry, receiptBefore: number, receiptAfter: number): void;
  committed(entries: readonly Entry[]): void;
}

export interface Correlator {
  submit(input: Input, after?: (state: State) => void): void;
  state(): State;
  kill(): void;
  /** Everything taken in is committed; used to compare memory with disk. */
  settled(): boolean;
}

const snapshotEvery = 400;

interface Waiting {
  readonly input: Input;
  readonly after: ((state: State) => void) | undefined;
}

export function createCorrelator(options: CorrelatorOptions): Correlator {
  const { kernel, random, cores, disk } = options;
  let state = recover(cores, disk);
  let alive = true;
  let inbox: Waiting[] = [];
  let busy = false;
  let deadline: Timer | undefined;
  let deadlineFor: Instant | undefined;
  let stuck = 0;

  const drain = (): void => {
    if (!alive || inbox.length === 0) {
      busy = false;
      return;
    }
    const batch = inbox.slice(0, limits.batchInputsMax);
    inbox = inbox.slice(batch.length);
    const entries = batch.map((waiting) => decideOne(waiting.input));
    if (!cores.receiptAfterCommit) for (const waiting of batch) waiting.after?.(state);
    if (options.diesAt('before-commit', entries)) return;
    // Production decides and commits in one stretch: what is torn here was never in a state that anybody could read.
    if (options.diesAt('mid-commit', entries)) return disk.tear(entries);
    kernel.after(between(random, 1, 6), () => alive && commit(batch, entries));
  };
  const decideOne = (input: Input): Entry => {
    const numbered: NumberedInput = { seq: state.seq + 1, input };
    const before = receiptOf(state, input);
    const { changes, effects } = cores.decide(state, numbered);
    state = cores.evolve(state, numbered, changes);
    const entry = { input: numbered, changes, effects };
    options.witness.decided(entry, before, receiptOf(state, input));
    return entry;
  };
  const commit = (batch: readonly Waiting[], entries: readonly Entry[]): void => {
    disk.commit(entries);
    options.witness.committed(entries);
    if (options.diesAt('after-commit', entries)) return;
    entries.forEach((entry, index) => {
      if (!alive) return;
      if (cores.receiptAfterCommit) batch[index]?.after?.(state);
      options.onCommitted(entry, state);
    });
    if (!alive) return;
    // Inputs that came meanwhile are not decided yet, so memory and disk are the same here.
    if (disk.entriesSinceSnapshot() >= snapshotEvery) disk.saveSnapshot(state);
    planDeadline();
    drain();
  };
  const planDeadline = (): void => {
    const next = cores.nextDeadline(state);
    if (next === deadlineFor && deadline?.run !== undefined) return;
    cancel(deadline);
    // Commit after commit without any deadline is a quiet server, not one that turns in a circle.
    stuck = next !== undefined && next === deadlineFor ? stuck + 1 : 0;
    assert(stuck < 100, 'a deadline that was told goes away or moves');
    deadlineFor = next;
    if (next === undefined) return;
    const wait = next - epochMs - kernel.now();
    // A deadline that has passed and is still wanted would spin; production waits the same floor.
    deadline = kernel.after(wait > 0 ? wait : limits.deadlineFloorMs, () => {
      submit({ kind: 'time.advanced', at: now(kernel), anchorsGoodAt: options.anchorsGoodAt() });
    });
  };
  const submit = (input: Input, after?: (state: State) => void): void => {
    if (!alive) return;
    assert(inbox.length < limits.inboxInputsMax, 'the inbox is not full');
    inbox.push({ input, after });
    if (busy) return;
    busy = true;
    kernel.after(1, drain);
  };
  planDeadline();
  return {
    submit,
    state: () => state,
    kill() {
      alive = false;
      cancel(deadline);
    },
    settled: () => !busy,
  };
}

export function now(kernel: Kernel): Instant {
  return instant(epochMs + kernel.now());
}

/** As a restart does it: the snapshot, then the recorded changes; nothing is decided again. */
export function recover(cores: Cores, disk: ServerDisk): State {
  const { snapshot, entries } = disk.load();
  let state = snapshot ?? initialState();
  for (const entry of entries) state = cores.evolve(state, entry.input, entry.changes);
  assert(state.seq === disk.lastSeq(), 'a restart comes back to the last commit');
  return state;
}

/** The whole state as text, to compare memory with what the disk would give. */
export function fingerprint(state: State): string {
  return JSON.stringify(stateToData(state));
}

function receiptOf(state: State, input: Input): number {
  if (input.kind !== 'changes.received') return 0;
  const receipts = state.agents.get(input.agent)?.receipts ?? [];
  return receipts.find((receipt) => receipt.epoch === input.epoch)?.seq ?? 0;
}

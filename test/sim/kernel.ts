// The simulator's clock: one event heap, virtual milliseconds, nothing else. Everything that happens in a simulated
// run is an event here, so one seed gives one order of events. Must never read a real clock.
import { assert } from '../../shared/assert.ts';

/** One planned event. `run` is undefined once cancelled or done. */
export interface Timer {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

export interface Kernel {
  /** Virtual milliseconds since the start of the run. */
  now(): number;
  /** Plans at an absolute time; a time in the past means "next". Ties run in the order of planning. */
  at(time: number, run: () => void): Timer;
  after(delayMs: number, run: () => void): Timer;
  /** Runs events up to and including `end`; the clock then stands at `end`. */
  runUntil(end: number): void;
  /** Events run so far: the cost of a run, and a guard against one that never ends. */
  eventsRun(): number;
}

export function createKernel(eventsMax: number): Kernel {
  const heap: Timer[] = [];
  let clock = 0;
  let planned = 0;
  let ran = 0;
  const at = (time: number, run: () => void): Timer => {
    // Whole milliseconds, rounded up: a wake is never a hair early, which would ask for itself again for ever.
    const timer: Timer = { at: Math.max(Math.ceil(time), clock), order: planned, run };
    planned += 1;
    push(heap, timer);
    return timer;
  };
  return {
    now: () => clock,
    at,
    after: (delayMs, run) => at(clock + Math.max(0, delayMs), run),
    runUntil(end) {
      for (let top = heap[0]; top !== undefined && top.at <= end; top = heap[0]) {
        pop(heap);
        const run = top.run;
        if (run === undefined) continue;
        top.run = undefined;
        clock = top.at;
        ran += 1;
        assert(ran <= eventsMax, `a run stays under ${eventsMax} events (a loop that never ends?)`);
        run();
      }
      clock = Math.max(clock, end);
    },
    eventsRun: () => ran,
  };
}

export function cancel(timer: Timer | undefined): void {
  if (timer !== undefined) timer.run = undefined;
}

/** A timer of one site's own machines; survives `shift`. */
export interface LocalTimer {
  inner: Timer;
}

/** The timers of one site's machines, which the quiet fast path moves together (see quiet.ts). */
export interface LocalTimers {
  after(delayMs: number, run: () => void): LocalTimer;
  cancel(timer: LocalTimer | undefined): void;
  /** Takes every pending timer off the heap, with what it still has to wait ... */
  suspend(): void;
  /** ... and puts them back in the same order, as if no time had passed. */
  resume(): void;
}

export function createLocalTimers(kernel: Kernel): LocalTimers {
  const pending = new Set<LocalTimer>();
  const suspended: { readonly local: LocalTimer; readonly waitMs: number; readonly run: () => void }[] = [];
  const plan = (time: number, run: () => void): LocalTimer => {
    const inner = kernel.at(time, () => {
      pending.delete(local);
      run();
    });
    const local: LocalTimer = { inner };
    pending.add(local);
    return local;
  };
  return {
    after: (delayMs, run) => plan(kernel.now() + Math.max(0, delayMs), run),
    cancel(timer) {
      if (timer === undefined) return;
      cancel(timer.inner);
      pending.delete(timer);
    },
    suspend() {
      const ordered = [...pending].sort((a, b) => a.inner.at - b.inner.at || a.inner.order - b.inner.order);
      for (const local of ordered) {
        const { run, at } = local.inner;
        if (run !== undefined) suspended.push({ local, waitMs: at - kernel.now(), run });
        cancel(local.inner);
      }
    },
    resume() {
      for (const { local, waitMs, run } of suspended.splice(0)) {
        if (pending.has(local)) local.inner = kernel.after(waitMs, run);
      }
    },
  };
}

// The casts below spare a check per comparison in the hottest loop of the simulator; the indexes are in range.

function before(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function push(heap: Timer[], timer: Timer): void {
  let index = heap.length;
  heap.push(timer);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent] as Timer;
    if (!before(timer, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = timer;
}

function pop(heap: Timer[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  const size = heap.length;
  let index = 0;
  for (;;) {
    let child = index * 2 + 1;
    if (child >= size) break;
    if (child + 1 < size && before(heap[child + 1] as Timer, heap[child] as Timer)) child += 1;
    const below = heap[child] as Timer;
    if (!before(below, last)) break;
    heap[index] = below;
    index = child;
  }
  heap[index] = last;
}

// The simulator's clock: one event heap, virtual milliseconds, nothing else. Everything that happens in a simulated
// run is an event here, so one seed gives one order of events. Must never read a real clock.
import { assert } from '../../shared/assert.ts';

/** One planned event. `run` is undefined once cancelled or done. Only this file moves it in time. */
export interface Timer {
  at: number;
  /** Breaks ties: when it was planned, in parts of a millisecond. */
  order: number;
  run: (() => void) | undefined;
  /** The timers that are moved together with it. */
  readonly owner: LocalTimers | undefined;
}

export interface Kernel {
  /** Virtual milliseconds since the start of the run. */
  now(): number;
  /** Plans at an absolute time; a time in the past means "next". Ties run in the order of planning. */
  at(time: number, run: () => void): Timer;
  after(delayMs: number, run: () => void): Timer;
  /**
   * Plans at `time` among the events of that moment as if planned at `plannedAt`: for one event that stands for a chain
   * of events of which only the last would do anything.
   */
  atAsIf(time: number, plannedAt: number, run: () => void): Timer;
  /** `after` for a timer of one site's machines. */
  planFor(owner: LocalTimers, delayMs: number, run: () => void): Timer;
  /** Takes every pending timer of this owner away, in the order in which they would have run. */
  takeAway(owner: LocalTimers): readonly Timer[];
  /** Plans a timer that was taken away, unless it was cancelled meanwhile. */
  putBack(timer: Timer, delayMs: number): void;
  /** Runs events up to and including `end`; the clock then stands at `end`. */
  runUntil(end: number): void;
  /** Events run so far: the cost of a run, and a guard against one that never ends. */
  eventsRun(): number;
}

/** A year of milliseconds times this is still exact. */
const perMs = 2 ** 18;

export function createKernel(eventsMax: number): Kernel {
  let heap: Timer[] = [];
  let clock = 0;
  let ran = 0;
  let orderedAt = -1;
  let ordered = 0;
  const order = (): number => {
    if (orderedAt !== clock) {
      orderedAt = clock;
      ordered = 0;
    }
    ordered += 1;
    assert(ordered < perMs / 2, `fewer than ${perMs / 2} events are planned in one millisecond`);
    return clock * perMs + ordered;
  };
  const plan = (time: number, run: () => void, owner?: LocalTimers, place = order()): Timer => {
    // Whole milliseconds, rounded up: a wake is never a hair early, which would ask for itself again for ever.
    const timer: Timer = { at: Math.max(Math.ceil(time), clock), order: place, run, owner };
    push(heap, timer);
    return timer;
  };
  return {
    now: () => clock,
    at: (time, run) => plan(time, run),
    after: (delayMs, run) => plan(clock + Math.max(0, delayMs), run),
    atAsIf: (time, plannedAt, run) => plan(time, run, undefined, (plannedAt + 0.5) * perMs),
    planFor: (owner, delayMs, run) => plan(clock + Math.max(0, delayMs), run, owner),
    takeAway(owner) {
      const taken = heap.filter((timer) => timer.owner === owner && timer.run !== undefined);
      const others = heap.filter((timer) => timer.owner !== owner && timer.run !== undefined);
      heap = [];
      for (const timer of others) push(heap, timer);
      return taken.sort((a, b) => (before(a, b) ? -1 : 1));
    },
    putBack(timer, delayMs) {
      if (timer.run === undefined) return;
      timer.at = Math.max(Math.ceil(clock + Math.max(0, delayMs)), clock);
      timer.order = order();
      push(heap, timer);
    },
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

/** The timers of one site's machines, which the quiet fast path moves together (see quiet.ts). */
export interface LocalTimers {
  after(delayMs: number, run: () => void): Timer;
  /** Takes every pending timer off the heap, with what it still has to wait ... */
  suspend(): void;
  /** ... and puts them back in the same order, as if no time had passed. */
  resume(): void;
}

export function createLocalTimers(kernel: Kernel): LocalTimers {
  let suspended: readonly Timer[] = [];
  let suspendedAt = 0;
  const timers: LocalTimers = {
    after: (delayMs, run) => kernel.planFor(timers, delayMs, run),
    suspend() {
      suspendedAt = kernel.now();
      suspended = kernel.takeAway(timers);
    },
    resume() {
      for (const timer of suspended) kernel.putBack(timer, timer.at - suspendedAt);
      suspended = [];
    },
  };
  return timers;
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

// The book of planned work and silences: what people defined, and its expansion told to the core as instants: at the
// start, after each change, after an import of the inventory, and once a day. Stands between the API and the core.
// Must never leave the store and the core of different minds: what the core did not take is taken back.
import { failure } from '../../../shared/failure.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { type Instant, instant, plus } from '../../../shared/time.ts';
import type { Occurrence, PlannedWindow, Silence } from '../../core/planned.ts';
import type { Topology } from '../../core/topology.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { PlannedStore, WindowDefinition } from '../../ports/planned.ts';
import { type HiddenByPlan, type HiddenTally, openHiddenTally } from './hidden-tally.ts';
import { occurrencesOf } from './occurrences.ts';
import { expand, parseRecurrence } from './recurrence.ts';

export interface PlannedBook {
  windows(): readonly WindowDefinition[];
  silences(): readonly Silence[];
  /** In force when it resolves. Failures: `limit.reached` (too many), `unavailable`, `limit.reached` (inbox full). */
  addWindow(window: WindowDefinition): Promise<Result<void>>;
  removeWindow(window: WindowDefinition): Promise<Result<void>>;
  addSilence(silence: Silence): Promise<Result<void>>;
  removeSilence(silence: Silence): Promise<Result<void>>;
  /** The occurrence that runs now or comes next, within the horizon. */
  next(window: WindowDefinition): Occurrence | undefined;
  /** What this window or silence has kept quiet, and keeps quiet now. */
  hidden(plan: string): HiddenByPlan;
  stop(): void;
}

export interface PlannedBookOptions {
  readonly store: PlannedStore;
  readonly correlator: Correlator;
  readonly clock: Clock;
  /** The submission of an input; resolves after its commit, with a failure when it was refused. */
  readonly submit: (input: Parameters<Correlator['submit']>[0]) => Promise<Result<unknown>>;
  /** The core could not be told by itself (at the start, daily); it is tried again with the next occasion. */
  readonly onRefused: (reason: string) => void;
}

/** Tells the core at once. Call after the correlator has started. */
export function openPlannedBook(options: PlannedBookOptions): PlannedBook {
  const { store, correlator, clock } = options;
  const teller = createTeller(options);
  const stopListening = correlator.onCommitted(({ changes }) => {
    if (changes.some((change) => change.kind === 'topology.adopted')) teller.tellByItself();
  });
  const tally = openHiddenTally({ store, correlator, clock });
  let cancel: () => void = () => {};
  const daily = (): void => {
    for (const id of forgetOld(store, clock.now())) tally.forget(id);
    teller.tellByItself();
    cancel = clock.after(limits.windowExpandEveryMs, daily);
  };
  daily();
  return {
    ...definitions(store, teller, tally),
    hidden: (plan) => tally.of(plan),
    next: (window) => {
      const now = clock.now();
      const [first] = expandWindow(window, correlator.state().topology, now);
      return first?.occurrences.find((each) => each.endsAt > now);
    },
    stop: () => {
      cancel();
      stopListening();
      tally.stop();
    },
  };
}

interface Teller {
  readonly tellByItself: () => void;
  /** Done in the store, told to the core; undone when the core could not be told. */
  readonly change: (does: () => Result<void>, undoes: () => void) => Promise<Result<void>>;
}

function createTeller({ store, correlator, clock, submit, onRefused }: PlannedBookOptions): Teller {
  // A core that knows of nothing need not be told so.
  let told = Object.keys(correlator.state().planned).length === 0 ? JSON.stringify([[], []]) : undefined;
  const tell = async (): Promise<Result<void>> => {
    const now = clock.now();
    const { topology } = correlator.state();
    const windows = store.windows().flatMap((window) => expandWindow(window, topology, now));
    const silences = store.silences().filter((each) => each.until > now);
    const text = JSON.stringify([windows, silences]);
    if (text === told) return ok(undefined);
    const done = await submit({ kind: 'planned.told', at: now, windows, silences });
    if (!done.ok) return done;
    told = text;
    return ok(undefined);
  };
  // One telling at a time, so that an older set never overtakes a newer one.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const turn = last.then(run);
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    tellByItself: () => {
      void inTurn(tell).then((done) => {
        if (!done.ok) onRefused(done.failure.message);
      });
    },
    change: (does, undoes) =>
      inTurn(async () => {
        const done = does();
        if (!done.ok) return done;
        const heard = await tell();
        if (!heard.ok) undoes();
        return heard;
      }),
  };
}

function definitions(
  store: PlannedStore,
  { change }: Teller,
  tally: HiddenTally,
): Omit<PlannedBook, 'next' | 'hidden' | 'stop'> {
  /** After the core has let go of it: what it held until then is no news of a plan that is gone. */
  const remove = async (id: string, does: () => Result<void>, undoes: () => void): Promise<Result<void>> => {
    const done = await change(does, undoes);
    if (done.ok) tally.forget(id);
    return done;
  };
  return {
    windows: () => store.windows(),
    silences: () => store.silences(),
    addWindow: (window) =>
      change(
        () => added(store.windows().length < limits.windowsMax && store.addWindow(window), 'windows'),
        () => store.removeWindow(window.id),
      ),
    removeWindow: (window) =>
      remove(
        window.id,
        () => removed(store.removeWindow(window.id)),
        () => store.addWindow(window),
      ),
    addSilence: (silence) =>
      change(
        () => added(store.silences().length < limits.silencesMax && store.addSilence(silence), 'silences'),
        () => store.removeSilence(silence.id),
      ),
    removeSilence: (silence) =>
      remove(
        silence.id,
        () => removed(store.removeSilence(silence.id)),
        () => store.addSilence(silence),
      ),
  };
}

function added(done: boolean, what: string): Result<void> {
  if (done) return ok(undefined);
  return fail(failure('limit.reached', `there are too many ${what}; delete some that are over`));
}

function removed(done: boolean): Result<void> {
  return done ? ok(undefined) : fail(failure('not-found', 'it is gone already'));
}

/** What has long been over is no longer listed: the ids of what went. A recurrence without an end never is. */
function forgetOld(store: PlannedStore, now: Instant): readonly string[] {
  const old = instant(now - limits.windowKeptMs);
  const silences = store.silences().filter(({ until }) => until < old);
  const windows = store.windows().filter((window) => isOver(window, old));
  for (const { id } of silences) store.removeSilence(id);
  for (const { id } of windows) store.removeWindow(id);
  return [...silences, ...windows].map(({ id }) => id);
}

/** The zone moves an occurrence by a day at most, which is nothing beside the time that old ones are kept. */
function isOver({ startsAt, endsAt, recurrence: text }: WindowDefinition, at: Instant): boolean {
  const recurrence = text === undefined ? undefined : parseRecurrence(text);
  if (recurrence?.ok !== true) return endsAt < at;
  const { count, until } = recurrence.value;
  if (count === undefined && until === undefined) return false;
  const ahead = { from: at, to: plus(at, limits.windowAgeMsMax) };
  return (
    endsAt < at && expand({ recurrence: recurrence.value, startsAt, timeZone: 'UTC', ...ahead }).length === 0
  );
}

/**
 * One window for the core, or one for each site where a customer's sites live by different clocks. What is not over at
 * `now`, up to the horizon.
 */
export function expandWindow(window: WindowDefinition, topology: Topology, now: Instant): PlannedWindow[] {
  const { id, scope, reason } = window;
  const sites = [...topology.sites.values()].filter(
    (site) => site.customer === scope.customer && (scope.site === undefined || scope.site === site.key),
  );
  const ahead = { from: now, to: plus(now, limits.windowHorizonMs) };
  const zones = new Map(sites.map((site) => [site.timeZone, occurrencesOf(window, site.timeZone, ahead)]));
  const lists = [...zones.values()];
  const [first] = lists;
  if (first === undefined) return [];
  const text = JSON.stringify(first);
  if (lists.every((each) => JSON.stringify(each) === text)) {
    return first.length === 0 ? [] : [{ id, scope, reason, occurrences: first }];
  }
  return sites.flatMap((site): PlannedWindow[] => {
    const occurrences = zones.get(site.timeZone) ?? [];
    return occurrences.length === 0 ? [] : [{ id, scope: { ...scope, site: site.key }, reason, occurrences }];
  });
}

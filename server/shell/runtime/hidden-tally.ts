// Counts for each window and silence what it has kept quiet, and knows what it keeps quiet now. Looks at a site when the core
// has committed something about it while a plan is in force there; never decides anything. Counts survive a restart; what
// ended in the seconds before a crash may be missing.
import type { SiteId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { Instant } from '../../../shared/time.ts';
import type { Change } from '../../core/change.ts';
import { noPlans, plansOf } from '../../core/planned.ts';
import { type HeldCause, heldAt, inForce, wasHidden } from '../../core/rules/held.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { HiddenNote, PlannedStore } from '../../ports/planned.ts';

export interface HeldAt extends HeldCause {
  readonly site: SiteId;
}

export interface HiddenByPlan {
  /** Causes so far, those held now included; at most `limits.hiddenPerPlanMax`. */
  readonly total: number;
  /** The oldest first. */
  readonly now: readonly HeldAt[];
}

export interface HiddenTally {
  of(plan: string): HiddenByPlan;
  /** The plan is gone. */
  forget(plan: string): void;
  stop(): void;
}

export interface HiddenTallyOptions {
  readonly store: Pick<PlannedStore, 'hidden' | 'noteHidden'>;
  readonly correlator: Pick<Correlator, 'state' | 'onCommitted'>;
  readonly clock: Clock;
}

/** Call after the correlator has started. */
export function openHiddenTally(options: HiddenTallyOptions): HiddenTally {
  const tally = new Tally(options);
  tally.lookAt(options.correlator.state().topology.sites.keys());
  const stopListening = options.correlator.onCommitted(({ changes }) => tally.lookAt(sitesOf(changes)));
  return {
    of: (plan) => tally.of(plan),
    forget: (plan) => tally.forget(plan),
    stop: () => {
      stopListening();
      tally.stop();
    },
  };
}

class Tally {
  readonly #options: HiddenTallyOptions;
  /** Causes told to the store, by plan. */
  readonly #noted = new Map<string, Set<string>>();
  /** Held or about to be, by site. */
  readonly #held = new Map<SiteId, readonly HeldCause[]>();
  #owed: HiddenNote[] = [];
  #cancel: (() => void) | undefined;

  constructor(options: HiddenTallyOptions) {
    this.#options = options;
    for (const { plan, cause } of options.store.hidden()) this.#notedOf(plan).add(cause);
  }

  of(plan: string): HiddenByPlan {
    const now = this.#options.clock.now();
    const held = [...this.#held].flatMap(([site, causes]) =>
      causes
        .filter((each) => each.plan === plan && each.ripeAt <= now && now < each.until)
        .map((each) => ({ ...each, site })),
    );
    const noted = this.#noted.get(plan);
    const unnoted = held.filter((each) => noted?.has(nameOf(each.site, each)) !== true).length;
    return {
      total: Math.min(limits.hiddenPerPlanMax, (noted?.size ?? 0) + unnoted),
      now: held.sort((a, b) => a.since - b.since),
    };
  }

  forget(plan: string): void {
    this.#noted.delete(plan);
  }

  lookAt(sites: Iterable<SiteId>): void {
    const now = this.#options.clock.now();
    const state = this.#options.correlator.state();
    for (const id of sites) {
      const site = state.topology.sites.get(id);
      const before = this.#held.get(id);
      const plans = site === undefined ? noPlans : inForce(plansOf(state.planned, site.customer), now);
      // Most sites have no plan in force: they cost this question only.
      const isPlanned = plans.windows.length + plans.silences.length > 0;
      if (!isPlanned && before === undefined) continue;
      const after = site === undefined || !isPlanned ? [] : heldAt(state, site, now);
      this.#compare(id, { before: before ?? [], after, now });
    }
    this.#awaitTurn();
  }

  stop(): void {
    this.#cancel?.();
    this.#write();
  }

  #compare(
    site: SiteId,
    seen: {
      readonly before: readonly HeldCause[];
      readonly after: readonly HeldCause[];
      readonly now: Instant;
    },
  ): void {
    const { before, after, now } = seen;
    const still = new Set(after.map((each) => nameOf(site, each) + each.plan));
    for (const each of before)
      if (!still.has(nameOf(site, each) + each.plan) && wasHidden(each, now)) this.#note(site, each);
    for (const each of after) if (each.ripeAt <= now) this.#note(site, each);
    if (after.length === 0) this.#held.delete(site);
    else this.#held.set(site, after);
  }

  #note(site: SiteId, held: HeldCause): void {
    const noted = this.#notedOf(held.plan);
    const cause = nameOf(site, held);
    if (noted.has(cause) || noted.size >= limits.hiddenPerPlanMax) return;
    noted.add(cause);
    this.#owed.push({ plan: held.plan, cause });
  }

  #notedOf(plan: string): Set<string> {
    const known = this.#noted.get(plan) ?? new Set();
    this.#noted.set(plan, known);
    return known;
  }

  /** While something is held or not written yet; else nothing runs. */
  #awaitTurn(): void {
    if (this.#cancel !== undefined || (this.#held.size === 0 && this.#owed.length === 0)) return;
    this.#cancel = this.#options.clock.after(limits.hiddenTurnMs, () => {
      this.#cancel = undefined;
      this.#write();
      this.lookAt([...this.#held.keys()]);
    });
  }

  #write(): void {
    if (this.#owed.length > 0) this.#options.store.noteHidden(this.#owed);
    this.#owed = [];
  }
}

/** The same failure stays one cause, however often it is looked at; the next one begins at another instant. */
function nameOf(site: SiteId, { causeKey, since }: HeldCause): string {
  return `${site} ${causeKey} ${since}`;
}

function sitesOf(changes: readonly Change[]): ReadonlySet<SiteId> {
  const sites = new Set<SiteId>();
  for (const change of changes) {
    if (change.kind === 'site.observed') sites.add(change.site.id);
    else if (change.kind === 'agent.observed') sites.add(change.agent.site);
    else if (change.kind === 'planned.adopted') for (const id of change.sites) sites.add(id);
  }
  return sites;
}

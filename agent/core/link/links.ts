// The links of this agent's site, in the order of the assignment. Hands inputs to the right one; answers questions
// about all of them. Must never change a status because an assignment changed.
import type { Random } from '../../../shared/random.ts';
import type { Assignment } from '../../../shared/wire/assignment.ts';
import type { Plan } from '../assignment-plan.ts';
import type { Clock } from '../input.ts';
import type { Sink } from '../sink.ts';
import type { LinkLook } from '../view.ts';
import { LinkWatch, type RoundMeasured } from './link-watch.ts';
import { judgeMode, type Surroundings } from './may-judge.ts';
import type { PathMeasured } from './path-watch.ts';
import { WayBook } from './way.ts';

export class Links {
  #watches: ReadonlyMap<string, LinkWatch> = new Map();
  readonly #ways = new WayBook();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  assign(assignment: Assignment, plan: Plan, nowMs: number): void {
    const next = new Map<string, LinkWatch>();
    this.#ways.assign(assignment.links);
    for (const link of assignment.links) {
      const mode = judgeMode(link, assignment.links.length);
      const known = this.#watches.get(link.key);
      known?.adopt({ link, mode, plan, nowMs });
      // A phase of its own for each link, so that a fleet started together does not step together.
      const phase = () => nowMs + this.#random.below(plan.timing.roundMs);
      const fresh = (): LinkWatch =>
        new LinkWatch({ link, mode, plan, ways: this.#ways, random: this.#random, firstDueMs: phase() });
      next.set(link.key, known ?? fresh());
    }
    this.#watches = next;
  }

  tick(now: Clock, around: Surroundings, sink: Sink): void {
    for (const watch of this.#watches.values()) watch.tick(now, around, sink);
  }

  measured(input: RoundMeasured, around: Surroundings, sink: Sink): void {
    const watch = this.#watches.get(input.link);
    if (watch === undefined) return sink.bite('roundsStray');
    watch.measured(
      input,
      around,
      (link, targets, came) => this.#watches.get(link)?.lent(targets, came, around, sink),
      sink,
    );
  }

  /** The path of a link: learned on a good day, or asked while it was in doubt. */
  traced(input: PathMeasured, around: Surroundings, sink: Sink): void {
    const watch = this.#watches.get(input.link);
    if (watch === undefined) return sink.bite('roundsStray');
    watch.traced(input, around, sink);
  }

  /** For people: what is believed of each link. */
  look(): readonly LinkLook[] {
    return [...this.#watches.values()].map((watch) => watch.look());
  }

  get nextMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const watch of this.#watches.values()) next = Math.min(next, watch.nextMs);
    return next;
  }

  /** Trouble near by: measure the links now, so that the trouble can be told from one of this machine's own. */
  hasten(nowMs: number): void {
    for (const watch of this.#watches.values()) watch.hasten(nowMs);
  }

  /** The server is about to hear old news of a dead link: look whether it still is. */
  recheckDown(nowMs: number): void {
    for (const watch of this.#watches.values()) if (watch.isDown) watch.hasten(nowMs);
  }

  /** Every link that says anything cannot even reach its gateway: this machine's own network is the trouble. */
  isolated(): boolean {
    let dead = 0;
    for (const watch of this.#watches.values()) {
      if (watch.nearEndDead === false) return false;
      if (watch.nearEndDead === true) dead += 1;
    }
    return dead > 0;
  }

  /** Local addresses by which a living link can be left. */
  livingSources(): readonly string[] {
    const sources: string[] = [];
    for (const watch of this.#watches.values()) {
      if (watch.livingSource !== undefined) sources.push(watch.livingSource);
    }
    return sources;
  }
}

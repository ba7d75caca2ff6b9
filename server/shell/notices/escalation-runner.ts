// Takes the steps of escalation when they are due: nobody acknowledged, or a level's time is over. The rules are
// `core/sla/escalation.ts`; the core records each step once, notes the ticket, and the committed step becomes the notice.
// Restart-safe: which steps were taken stands in the incident. Must never take a step of an outage that is over or that
// belongs to a provider's outage which lasts.
import type { IncidentId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { Result } from '../../../shared/result.ts';
import { type Instant, plus } from '../../../shared/time.ts';
import { isIncidentChange } from '../../core/change.ts';
import type { Incident } from '../../core/incident.ts';
import type { Input, SupportLevel } from '../../core/input.ts';
import { outageLasts, takenSteps } from '../../core/rules/desk-life.ts';
import type { Calendars } from '../../core/sla/calendars.ts';
import { type EscalationStep, type StepKind, stepsOf } from '../../core/sla/escalation.ts';
import { escalationFactsOf } from '../../core/sla/escalation-facts.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Committed, Correlator } from '../../ports/correlator.ts';
import { isQuiet, peopleText } from './news.ts';

export interface EscalationRunnerOptions {
  readonly correlator: Pick<Correlator, 'state' | 'onCommitted'>;
  readonly submit: (input: Input) => Promise<Result<Committed>>;
  readonly calendars: Calendars;
  readonly clock: Clock;
  readonly onFatal: (error: unknown) => void;
}

/** A call leaves the ticket at its level; a move changes it. */
const levels: Readonly<Record<StepKind, SupportLevel>> = {
  'call.noc-again': 1,
  'call.level2-lead': 1,
  'move.level2': 2,
  'move.level3': 3,
};

export class EscalationRunner {
  readonly #options: EscalationRunnerOptions;
  /** When each incident must be looked at again. */
  readonly #lookAt = new Map<IncidentId, Instant>();
  /** A step of it is being committed. */
  readonly #underWay = new Set<IncidentId>();
  readonly #counts = { taken: 0, refused: 0 };
  readonly #stopListening: () => void;
  #stopped = false;
  #cancel = (): void => {};

  constructor(options: EscalationRunnerOptions) {
    const { correlator, clock } = options;
    this.#options = options;
    for (const { id } of correlator.state().incidents.values()) this.#lookAt.set(id, clock.now());
    this.#arm();
    this.#stopListening = correlator.onCommitted(({ changes }) => {
      const changed = changes.filter(isIncidentChange);
      if (changed.length === 0) return;
      // Not in the correlator's turn.
      for (const { incident } of changed) this.#lookAt.set(incident.id, clock.now());
      this.#arm();
    });
  }

  counters(): { readonly taken: number; readonly refused: number } {
    return this.#counts;
  }

  stop(): void {
    this.#stopped = true;
    this.#stopListening();
    this.#cancel();
  }

  #arm(): void {
    const { clock } = this.#options;
    this.#cancel();
    let next: Instant | undefined;
    for (const at of this.#lookAt.values()) if (next === undefined || at < next) next = at;
    if (this.#stopped || next === undefined) return;
    this.#cancel = clock.after(Math.max(0, next - clock.now()), () => this.#serve());
  }

  #serve(): void {
    const now = this.#options.clock.now();
    for (const [id, at] of [...this.#lookAt]) if (at <= now) this.#look(id);
    this.#arm();
  }

  #look(id: IncidentId): void {
    this.#lookAt.delete(id);
    const incident = this.#options.correlator.state().incidents.get(id);
    if (this.#stopped || incident === undefined || this.#underWay.has(id)) return;
    const { due, nextAt } = stepsNow(incident, this.#options);
    if (nextAt !== undefined) this.#lookAt.set(id, nextAt);
    const [step] = due;
    if (step !== undefined) this.#take(id, step);
  }

  /** One at a time; after its commit the incident is looked at again. */
  #take(id: IncidentId, step: EscalationStep): void {
    const { submit, clock, correlator, onFatal } = this.#options;
    this.#underWay.add(id);
    submit(inputOf(id, step, clock.now()))
      .then((answer) => {
        this.#underWay.delete(id);
        if (this.#stopped) return;
        this.#counts[answer.ok ? 'taken' : 'refused'] += 1;
        const after = correlator.state().incidents.get(id);
        if (!answer.ok) this.#lookAt.set(id, plus(clock.now(), limits.escalationRetryMs));
        // Not taken: the outage ended meanwhile, and its next change brings it here again.
        else if (after !== undefined && takenSteps(after).includes(step.kind)) this.#look(id);
        this.#arm();
      })
      .catch(onFatal);
  }
}

function stepsNow(incident: Incident, { correlator, calendars, clock }: EscalationRunnerOptions) {
  const state = correlator.state();
  const none = { due: [], nextAt: undefined };
  if (!outageLasts(incident) || incident.retro || isQuiet(incident, state)) return none;
  const facts = escalationFactsOf(incident, state, clock.now());
  if (facts === undefined) return none;
  const { steps, nextAt } = stepsOf(facts, calendars);
  const taken = takenSteps(incident);
  return { due: steps.filter(({ kind, state: is }) => is === 'due' && !taken.includes(kind)), nextAt };
}

function inputOf(
  incident: IncidentId,
  { kind, people }: EscalationStep,
  at: Instant,
): Extract<Input, { readonly kind: 'incident.escalated' }> {
  return {
    kind: 'incident.escalated',
    at,
    incident,
    step: kind,
    level: levels[kind],
    to: peopleText(people),
  };
}

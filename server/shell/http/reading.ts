// How the API and the wall's stream read incidents: names of the present inventory, their relations, knowledge base and
// contracts' clock as the core has them now, and the instant. The one place that puts these together.
import { defaultSlaPolicies, type SlaPolicies } from '../../../shared/sla-policy.ts';
import { type Calendars, createCalendars } from '../../core/sla/calendars.ts';
import { type Language, speechIn } from '../../core/view/languages.ts';
import type { Reading } from '../../core/view/sla-view.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';

export interface ReadingParts {
  readonly clock: Pick<Clock, 'now'>;
  readonly correlator: Pick<Correlator, 'state'>;
}

/** Of one configuration; costly to make, so kept while it stands. */
const calendarsOf = new WeakMap<SlaPolicies, Calendars>();

export function readingOf({ clock, correlator }: ReadingParts, language: Language = 'pt-BR'): Reading {
  const { topology, providers, incidents, tickets } = correlator.state();
  const policies = tickets?.sla ?? defaultSlaPolicies;
  const calendars = calendarsOf.get(policies) ?? createCalendars(policies);
  calendarsOf.set(policies, calendars);
  return {
    ...speechIn(language, topology),
    ...{ providers, incidents, calendars },
    hints: tickets?.hints ?? [],
    now: clock.now(),
  };
}

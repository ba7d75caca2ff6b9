// What lives beside the correlator and ends with it: the book of planned work, retention, the watch over this server itself,
// notices, and the desk's own words. `app.ts` starts them once the correlator runs and stops them before it does.
import { randomInt } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import { seededRandom } from '../shared/random.ts';
import type { Stores } from './adapters/sqlite/stores.ts';
import type { Config } from './config.ts';
import { createCalendars } from './core/sla/calendars.ts';
import type { OpenedDesk } from './desks.ts';
import type { Notices, OpenedNotices } from './notices.ts';
import { type OwnTrouble, watchOwnTrouble } from './own-trouble.ts';
import { strangersIn } from './policy-config.ts';
import { type DeskBack, startDeskBack } from './shell/desk/back.ts';
import { readyChecks } from './shell/http/server-figures.ts';
import { submit } from './shell/http/submit.ts';
import type { SystemClock } from './shell/runtime/clock.ts';
import { openPlannedBook, type PlannedBook } from './shell/runtime/planned-book.ts';
import { type Retention, startRetention } from './shell/runtime/retention.ts';
import type { Runtime } from './shell/runtime/runtime.ts';

export interface CompanionsGiven {
  readonly config: Config;
  readonly log: FastifyBaseLogger;
  readonly stores: Stores;
  readonly clock: SystemClock;
  readonly runtime: Runtime;
  readonly desk: OpenedDesk;
  readonly openedNotices: OpenedNotices;
  /** Of what must not go on: ends the process. */
  readonly onFatal: (error: unknown) => void;
}

export interface Companions {
  readonly planned: PlannedBook;
  readonly retention: Retention;
  readonly ownTrouble: OwnTrouble;
  readonly notices: Notices;
  /** Of somebody else's desk. */
  readonly deskBack: DeskBack | undefined;
}

export function startCompanions(given: CompanionsGiven): Companions {
  const { config, log, stores, clock, runtime, desk, onFatal } = given;
  const { correlator } = runtime;
  const { journal, outbox } = stores;
  const random = seededRandom(randomInt(2 ** 48 - 1));
  const calendars = createCalendars(config.sla);
  warnOfStrangers(given);
  const aging = { journal, series: stores.series, attempts: desk.outside?.attempts, keep: config.retention };
  const retention = startRetention({ ...aging, clock, log });
  const { agedAt } = retention;
  const notices = given.openedNotices.start({ correlator, calendars, clock, agedAt, log, onFatal });
  return {
    notices,
    retention,
    planned: openPlannedBook({
      store: stores.planned,
      correlator,
      clock,
      submit: (input) => submit(correlator, input),
      onRefused: (reason) => log.warn({ reason }, 'maintenance windows not told to the correlator'),
    }),
    ownTrouble: watchOwnTrouble({
      config,
      log,
      clock,
      correlator,
      ready: () => readyChecks({ runtime, clock }).every((check) => check.ok),
      more: notices.alarms,
      desk: { name: desk.desk.name, waiting: () => runtime.counters().outbox.waiting },
    }),
    deskBack:
      desk.outside && startDeskBack(desk.outside, { correlator, journal, outbox, clock, random, onFatal }),
  };
}

/** A contract under a misspelt key would silently be its plan's. */
function warnOfStrangers({ config, log, runtime }: CompanionsGiven): void {
  const strangers = strangersIn(config.sla, runtime.correlator.state().topology);
  if (strangers.length === 0) return;
  const shown = { customers: strangers.slice(0, strangersShown), count: strangers.length };
  log.warn(
    shown,
    'policies.customers: wanted: keys of customers, given: keys that the inventory does not know',
  );
}

const strangersShown = 20;

// Opens the desk that the configuration planned, with what it keeps on disk: the one file that puts a desk's client under
// its delivery. `app.ts` opens it before the runtime and closes it last. Must leave nothing open when a file refuses.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { limits } from '../shared/limits.ts';
import { ok, type Result } from '../shared/result.ts';
import { createLocalDesk } from './adapters/desks/local/desk.ts';
import { localDeskMigrations } from './adapters/desks/local/schema.ts';
import { createManualDesk } from './adapters/desks/manual/desk.ts';
import { type Database, openDatabase } from './adapters/sqlite/database.ts';
import { createSqliteDeskAttempts, deskAttemptMigrations } from './adapters/sqlite/desk-attempts.ts';
import { createSqliteDeskEvents, deskEventMigrations } from './adapters/sqlite/desk-events.ts';
import { createSqliteManualQueue, manualQueueMigrations } from './adapters/sqlite/manual-queue.ts';
import type { DeskPlan } from './desk-kinds.ts';
import type { Clock } from './ports/clock.ts';
import type { Desk } from './ports/desk.ts';
import type { ManualQueue } from './ports/manual-queue.ts';
import type { OutsideDesk } from './shell/desk/back.ts';
import { createDeskDelivery, type DeskDelivery } from './shell/desk/delivery.ts';
import { createDeskGate } from './shell/desk/gate.ts';
import { createHeldQueue } from './shell/desk/held-queue.ts';

export interface DeskParts {
  /** Absolute, and locked by this process. */
  readonly data: string;
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
  readonly publicUrl?: string;
}

export interface OpenedDesk {
  /** `close` closes everything here. */
  readonly desk: Desk;
  /** What waits for a person; the built-in desk has none. */
  readonly manual?: ManualQueue;
  /** Somebody else's program. */
  readonly outside?: OutsideDesk & {
    /** As the configuration names it: the part of the address at which its events arrive. */
    readonly kind: string;
    readonly delivery: DeskDelivery;
  };
}

/** Failures: `conflict` (a file of a newer release), `storage.failed`. */
export function openDesk(plan: DeskPlan, parts: DeskParts): Result<OpenedDesk> {
  const opened: Database[] = [];
  const open = (file: string, migrations: readonly string[]): Result<Database> => {
    const database = openDatabase({ path: join(parts.data, file), migrations });
    if (database.ok) opened.push(database.value);
    else for (const each of opened) each.close();
    return database;
  };
  if (plan.kind === 'local') {
    const file = open('desk.sqlite', localDeskMigrations);
    return file.ok ? ok({ desk: createLocalDesk({ config: plan.config, database: file.value }) }) : file;
  }
  const queueFile = open('manual-queue.sqlite', manualQueueMigrations);
  if (!queueFile.ok) return queueFile;
  const manual = createSqliteManualQueue(queueFile.value);
  if (plan.kind === 'manual') {
    return ok({ desk: createManualDesk({ config: plan.config, queue: manual, clock: parts.clock }), manual });
  }
  const attemptsFile = open('desk-attempts.sqlite', deskAttemptMigrations);
  if (!attemptsFile.ok) return attemptsFile;
  const eventsFile = open('desk-events.sqlite', deskEventMigrations);
  if (!eventsFile.ok) return eventsFile;
  return ok(
    openOutside(plan, parts, {
      manual,
      attempts: createSqliteDeskAttempts(attemptsFile.value),
      events: createSqliteDeskEvents(eventsFile.value),
    }),
  );
}

interface Kept extends Pick<OutsideDesk, 'events'> {
  readonly manual: ManualQueue;
  readonly attempts: ReturnType<typeof createSqliteDeskAttempts>;
}

function openOutside(
  { name: kind, onUncertain, openClient }: Extract<DeskPlan, { readonly kind: 'outside' }>,
  { clock, log, publicUrl }: DeskParts,
  { manual, attempts, events }: Kept,
): OpenedDesk {
  // The directory is locked: whoever held a lease here is dead.
  attempts.endAllLeases();
  const client = openClient({
    clock,
    onReplaced: (characters) => log.warn({ characters }, 'the desk cannot write these; others were sent'),
  });
  const gate = createDeskGate({ client, clock, probeFreshMs: limits.deskProbeFreshMs });
  const delivery = createDeskDelivery({
    client,
    attempts,
    clock,
    gate,
    onUncertain,
    owner: randomUUID(),
    publicUrl,
  });
  const held = createHeldQueue({ delivery, queue: manual, clock });
  const desk: Desk = {
    ...held,
    close: async () => {
      await held.close();
      events.close();
    },
  };
  return { desk, manual, outside: { kind, client, gate, attempts, events, delivery } };
}

// Asks the desk now and then what people changed: webhooks get lost, and some desks have none. Stands beside the events'
// queue, behind the same gate. Must never take room from a critical ticket that wants to be opened.
import type { IncidentId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { Random } from '../../../shared/random.ts';
import type { Result } from '../../../shared/result.ts';
import { type Instant, instant, later, plus, second } from '../../../shared/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { DeskClient, DeskRecord } from '../../ports/desk-client.ts';
import type { DeskEvents } from '../../ports/desk-events.ts';
import { requestsOf } from './delivery.ts';
import type { DeskGate } from './gate.ts';
import { canBeAsked, type Looked, type Teller } from './teller.ts';
import type { TicketAudit } from './ticket-audit.ts';

export interface SlowPollOptions {
  readonly client: Pick<DeskClient, 'capabilities' | 'changedSince'>;
  readonly gate: Pick<DeskGate, 'ask' | 'waitFor'>;
  readonly events: Pick<DeskEvents, 'polledUntil' | 'keepPolledUntil'>;
  readonly teller: Pick<Teller, 'look' | 'differs' | 'mayTellMore'>;
  readonly correlator: Pick<Correlator, 'state'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly audit: Pick<TicketAudit, 'turn' | 'one'>;
  /** The store failed, or a bug: the process must end. */
  readonly onFatal: (error: unknown) => void;
}

export interface SlowPollCounts {
  looks: number;
  /** The desk did not answer, or refused. */
  failed: number;
  /** No room within the desk's rate: the next look goes on. */
  cutShort: number;
  told: number;
  same: number;
  over: number;
  gone: number;
}

export interface SlowPoll {
  stop(): void;
  counters(): Readonly<SlowPollCounts>;
}

/**
 * Every `limits.deskPollMs`, spread by `limits.deskPollJitterMs`: what changed since the newest change seen, where the desk
 * can tell; else the open tickets one by one, in turn. Undefined: a desk that can be asked neither.
 */
export function startSlowPoll(options: SlowPollOptions): SlowPoll | undefined {
  const { client, clock, random, onFatal } = options;
  if (!canBeAsked(client)) return undefined;
  const counts: SlowPollCounts = { looks: 0, failed: 0, cutShort: 0, told: 0, same: 0, over: 0, gone: 0 };
  // What was written while this program was away may be older than where the lists are read from.
  const unread = client.capabilities.readsNotes ? withTicket(options) : [];
  const run: Run = {
    ...options,
    counts,
    stopped: false,
    unread: new Set(unread),
    lastRead: undefined,
    reads: 0,
  };
  // Where each is read, a look finds what is gone by itself; a list of changes never names it.
  const look = client.changedSince === undefined ? readInTurn : readAndAudit;
  let cancel: () => void = () => {};
  const arm = (): void => {
    const delayMs = limits.deskPollMs + Math.floor((random.next() - 0.5) * 2 * limits.deskPollJitterMs);
    cancel = clock.after(delayMs, () => {
      counts.looks += 1;
      void look(run)
        .then(() => {
          if (!run.stopped) arm();
        })
        .catch((error: unknown) => {
          // Its store was closed under it at the stop: as a crash, after which the attempts on disk tell the rest.
          if (run.stopped) return;
          run.stopped = true;
          onFatal(error);
        });
    });
  };
  arm();
  return {
    stop: () => {
      run.stopped = true;
      cancel();
    },
    counters: () => ({ ...counts }),
  };
}

interface Run extends SlowPollOptions {
  readonly counts: SlowPollCounts;
  stopped: boolean;
  /** May have changed, and not yet read; of incidents that stand, so never more than those. */
  readonly unread: Set<IncidentId>;
  /** Records read in this look only to see whether they say more than the list does. */
  reads: number;
  /** Where the turn stands, at desks that are read one by one. */
  lastRead: IncidentId | undefined;
}

async function readAndAudit(run: Run): Promise<void> {
  await readChanges(run);
  if (!run.stopped) await run.audit.turn();
}

/**
 * Counts by the desk's own clock, never by ours: the two may differ. Full pages follow each other at once, because our own
 * writes of a large outage fill pages too.
 */
async function readChanges(run: Run): Promise<void> {
  const { events, clock } = run;
  const newest = events.polledUntil();
  // A desk whose clock was once far ahead must not silence it until then.
  let since =
    newest === undefined
      ? instant(clock.now() - limits.deskPollFirstMs)
      : instant(Math.min(newest, clock.now()) - limits.deskPollOverlapMs);
  const left = [...run.unread].slice(0, limits.deskPollReadsMax);
  run.reads = left.length;
  if (!(await lookAtThose(run, left))) return;
  for (let page = 0; page < limits.deskChangedPagesMax; page += 1) {
    const records = await changes(run, since);
    if (records === undefined || run.stopped) return;
    if (!(await lookAtThose(run, differing(run, records)))) return;
    const last = records.reduce<Instant | undefined>(
      (latest, { updatedAt = since }) => (latest === undefined ? updatedAt : later(latest, updatedAt)),
      undefined,
    );
    if (last === undefined) return;
    events.keepPolledUntil(later(last, events.polledUntil() ?? last));
    if (records.length < limits.deskChangedMax) return;
    // A page full of one second would be the next page too.
    since = last > since ? last : plus(since, second);
  }
  run.counts.cutShort += 1;
}

async function changes(run: Run, since: Instant): Promise<readonly DeskRecord[] | undefined> {
  const { client, gate, counts } = run;
  if (gate.waitFor(1, requestsOf.open) > 0) {
    counts.cutShort += 1;
    return undefined;
  }
  const answer = await gate.ask(async (): Promise<Result<readonly DeskRecord[]>> => {
    return (await client.changedSince?.(since)) ?? { ok: true, value: [] };
  });
  if (answer.ok) return answer.value;
  counts.failed += 1;
  return undefined;
}

/** A listing may be older than the record, and shows no notes: what differs, or may say more, is read again. */
function differing(run: Run, records: readonly DeskRecord[]): readonly IncidentId[] {
  const { teller, unread } = run;
  return records.flatMap((record) => {
    const { incident } = record;
    if (incident === undefined) return [];
    if (teller.differs(record)) return incident;
    if (!teller.mayTellMore(record)) return [];
    // Our own notes change records too: after a large outage these are many, and no person waits behind most of them.
    if (run.reads >= limits.deskPollReadsMax) {
      unread.add(incident);
      return [];
    }
    run.reads += 1;
    return incident;
  });
}

/** False: cut short; the same page comes again. */
async function lookAtThose(run: Run, incidents: readonly IncidentId[]): Promise<boolean> {
  for (const incident of incidents) {
    if (!(await lookAt(run, incident))) return false;
  }
  return true;
}

async function readInTurn(run: Run): Promise<void> {
  const open = withTicket(run);
  const at = run.lastRead === undefined ? 0 : open.indexOf(run.lastRead) + 1;
  const turn = [...open.slice(at), ...open.slice(0, at)].slice(0, limits.deskPollReadsMax);
  for (const id of turn) {
    const goneBefore = run.counts.gone;
    if (!(await lookAt(run, id))) return;
    run.lastRead = id;
    if (run.counts.gone > goneBefore && !run.stopped && !(await run.audit.one(id))) return;
  }
}

function withTicket({ correlator }: Pick<SlowPollOptions, 'correlator'>): readonly IncidentId[] {
  const standing = [...correlator.state().incidents.values()];
  return standing.filter(({ ticket }) => ticket?.protocol !== undefined).map(({ id }) => id);
}

/** False: no more looks now. */
async function lookAt(run: Run, id: IncidentId): Promise<boolean> {
  const { gate, teller, counts } = run;
  if (gate.waitFor(1, requestsOf.open) > 0) {
    counts.cutShort += 1;
    return false;
  }
  const looked: Result<Looked> = await teller.look(id);
  if (run.stopped) return false;
  run.unread.delete(id);
  if (looked.ok) {
    counts[looked.value] += 1;
    return true;
  }
  counts.failed += 1;
  const { code } = looked.failure;
  if (code === 'desk.refused' || code === 'conflict') return true;
  // One record that the desk chokes on must not hold up the others; it is looked at again the next time.
  if (code === 'desk.uncertain') run.unread.add(id);
  return code === 'desk.uncertain';
}

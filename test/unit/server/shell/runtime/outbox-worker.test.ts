// Delivery: order, retries, refusals, lost answers, and what a stop leaves behind.
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryDesk, type MemoryDesk } from '../../../../../server/adapters/memory/desk.ts';
import { createMemoryOutbox, type MemoryOutbox } from '../../../../../server/adapters/memory/outbox.ts';
import type { TicketEffect } from '../../../../../server/core/effect.ts';
import type { Input } from '../../../../../server/core/input.ts';
import type { Desk } from '../../../../../server/ports/desk.ts';
import type { DeskNews } from '../../../../../server/shell/runtime/desk-condition.ts';
import { SubmissionRefused } from '../../../../../server/shell/runtime/inbox.ts';
import { OutboxWorker, type OutboxWorkerOptions } from '../../../../../server/shell/runtime/outbox-worker.ts';
import { failure } from '../../../../../shared/failure.ts';
import { effectKey } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { seededRandom } from '../../../../../shared/random.ts';
import { ok } from '../../../../../shared/result.ts';
import { minute, second } from '../../../../../shared/time.ts';
import { at, closeEffect, noteEffect, openEffect } from '../../../../contract/samples.ts';
import { createManualClock, type ManualClock, settled } from '../../../../fakes/manual-clock.ts';

describe('the outbox worker', () => {
  let clock: ManualClock;
  let outbox: MemoryOutbox;
  let desk: MemoryDesk;
  let reports: Input[];
  let news: DeskNews[];
  let fatal: unknown[];

  beforeEach(() => {
    clock = createManualClock(at(0));
    outbox = createMemoryOutbox();
    desk = createMemoryDesk();
    reports = [];
    news = [];
    fatal = [];
  });

  const make = (more: Partial<OutboxWorkerOptions> = {}): OutboxWorker =>
    new OutboxWorker({
      outbox,
      desk,
      clock,
      random: seededRandom(7),
      submit: async (input) => reports.push(input),
      onFatal: (error) => fatal.push(error),
      onDesk: (one) => news.push(one),
      ...more,
    });
  const add = (...effects: TicketEffect[]): void => outbox.add(effects);
  const stateOf = (key: string) => outbox.row(effectKey(key))?.state;

  it('begins to perform within the call that wakes it', () => {
    add(openEffect('a'));
    make().wake();
    expect(desk.calls()).toEqual(['a:open']);
  });

  it('reports the protocol before the row is done', async () => {
    add(openEffect('a'));
    let doneAtReport: string | undefined;
    const worker = make({
      submit: async (input) => {
        doneAtReport = stateOf('a:open');
        reports.push(input);
      },
    });
    worker.wake();
    await settled();
    expect(doneAtReport).toBe('pending');
    expect(reports).toEqual([
      {
        kind: 'ticket.reported',
        at: at(0),
        effect: 'a:open',
        incident: 'a',
        desk: 'memory',
        outcome: { kind: 'registered', protocol: 'MEM-1' },
      },
    ]);
    expect(outbox.row(effectKey('a:open'))).toMatchObject({ state: 'done', protocol: 'MEM-1' });
    expect(worker.counters()).toMatchObject({ waiting: 0, delivered: 1, attempts: 1, underWay: 0 });
  });

  it('performs an incident in order, and says of notes and closing that they are noted', async () => {
    add(openEffect('a'), noteEffect('a', 1), closeEffect('a'));
    make().wake();
    await settled();
    expect(desk.calls()).toEqual(['a:open', 'a:note:1']);
    await clock.advanceAsync(1 * minute);
    expect(desk.calls()).toEqual(['a:open', 'a:note:1', 'a:close:1']);
    expect(reports.map((input) => input.kind === 'ticket.reported' && input.outcome.kind)).toEqual([
      'registered',
      'noted',
      'noted',
    ]);
  });

  it('does not perform before notBefore, and wakes by itself when it comes', async () => {
    add(openEffect('a', { notBefore: at(15_000) }));
    make().wake();
    await clock.advanceAsync(14_999);
    expect(desk.calls()).toEqual([]);
    await clock.advanceAsync(1);
    expect(desk.calls()).toEqual(['a:open']);
  });

  it('performs a bounded number at once, criticals first', async () => {
    const answers: (() => void)[] = [];
    const slow: Desk = {
      ...desk,
      perform: (effect) => new Promise((resolve) => answers.push(() => resolve(desk.perform(effect)))),
    };
    for (let n = 0; n < limits.outboxConcurrencyMax + 2; n += 1)
      add(openEffect(`low-${n}`, { priority: 'standard' }));
    add(openEffect('high'));
    const worker = make({ desk: slow });
    worker.wake();
    worker.wake();
    expect(worker.counters().underWay).toBe(limits.outboxConcurrencyMax);
    expect(answers).toHaveLength(limits.outboxConcurrencyMax);
    answers[0]?.();
    await settled();
    expect(desk.calls()[0]).toBe('high:open');
    expect(answers).toHaveLength(limits.outboxConcurrencyMax + 1);
  });

  it('tries again with growing waits while the desk is down, then delivers everything in order', async () => {
    desk.setMood('down');
    for (const id of ['a', 'b', 'c']) add(openEffect(id), noteEffect(id, 1));
    const worker = make();
    worker.wake();
    await clock.advanceAsync(30 * minute);
    const tries = desk.calls().filter((key) => key === 'a:open').length;
    // Full jitter up to 1, 2, 4 ... 60 s: about 60 tries in half an hour; neither a storm nor silence.
    expect(tries).toBeGreaterThan(30);
    expect(tries).toBeLessThan(200);
    expect(desk.calls()).not.toContain('a:note:1');
    expect(outbox.row(effectKey('a:open'))?.lastError).toBe('o desk não respondeu');
    expect(worker.counters()).toMatchObject({
      waiting: 6,
      oldestAgeMs: 30 * minute,
      deskUnreachableSince: at(0),
      delivered: 0,
    });

    desk.setMood('up');
    await clock.advanceAsync(61 * second);
    expect(worker.counters()).toMatchObject({ waiting: 0, delivered: 6, deskUnreachableSince: undefined });
    expect(desk.tickets()).toHaveLength(3);
    for (const { effects } of desk.tickets()) {
      expect(effects.map(({ kind }) => kind)).toEqual(['ticket.open', 'ticket.note']);
    }
    expect(news.map(({ kind }) => kind)).toEqual([
      'desk.unreachable',
      'desk.late',
      'desk.reached',
      'desk.in-time',
    ]);
    expect(reports).toHaveLength(6);
  });

  it('only probes a desk that is away, however much waits, and delivers all of it soon after its return', async () => {
    desk.setMood('down');
    for (let n = 0; n < 300; n += 1) add(openEffect(`low-${n}`, { priority: 'standard' }));
    add(openEffect('high'));
    const worker = make();
    worker.wake();
    await clock.advanceAsync(10 * minute);
    expect(desk.calls().length).toBeLessThan(400);
    const before = desk.calls().length;
    desk.setMood('up');
    await clock.advanceAsync(limits.deskProbeMsMax);
    expect(desk.calls().length).toBeGreaterThan(before + 200);
    await clock.advanceAsync(1 * minute);
    expect(worker.counters()).toMatchObject({ waiting: 0, delivered: 301 });
    expect(desk.tickets()).toHaveLength(301);
  });

  it('makes one ticket of an effect whose answer was lost', async () => {
    desk.setMood('answers-lost');
    add(openEffect('a'));
    make().wake();
    await settled();
    expect(reports).toEqual([]);
    desk.setMood('up');
    await clock.advanceAsync(2 * second);
    expect(desk.tickets()).toHaveLength(1);
    expect(desk.calls().length).toBeGreaterThan(1);
    expect(reports).toHaveLength(1);
  });

  it('reports a refusal and does not try it again, while other incidents go on', async () => {
    add(noteEffect('nobody', 1), openEffect('a'));
    const worker = make();
    worker.wake();
    await clock.advanceAsync(10 * minute);
    expect(stateOf('nobody:note:1')).toBe('refused');
    expect(desk.calls().filter((key) => key === 'nobody:note:1')).toHaveLength(1);
    expect(reports).toContainEqual(
      expect.objectContaining({
        effect: 'nobody:note:1',
        outcome: { kind: 'refused', reason: 'não há chamado do incidente nobody' },
      }),
    );
    expect(worker.counters()).toMatchObject({ refused: 1, delivered: 1, waiting: 0 });
    expect(news).toMatchObject([{ kind: 'desk.refused', key: 'nobody:note:1', incident: 'nobody' }]);
  });

  it('asks the desk again when its report could not be taken, and ends with one ticket and one report', async () => {
    let full = true;
    add(openEffect('a'));
    make({
      submit: async (input) => {
        if (full) throw new SubmissionRefused(failure('limit.reached', 'the inbox is full'));
        reports.push(input);
      },
    }).wake();
    await settled();
    expect(outbox.row(effectKey('a:open'))).toMatchObject({
      state: 'pending',
      lastError: 'the inbox is full',
    });
    full = false;
    await clock.advanceAsync(2 * second);
    expect(stateOf('a:open')).toBe('done');
    expect(desk.tickets()).toHaveLength(1);
    expect(reports).toHaveLength(1);
  });

  it('gives up waiting for a desk that never answers, and tries again', async () => {
    let hangs = true;
    const desk2: Desk = {
      ...desk,
      perform: (effect) => (hangs ? new Promise(() => {}) : desk.perform(effect)),
    };
    add(openEffect('a'));
    make({ desk: desk2 }).wake();
    await clock.advanceAsync(limits.outboxCallMs);
    expect(outbox.row(effectKey('a:open'))).toMatchObject({ attempts: 1, lastError: 'no answer in time' });
    hangs = false;
    await clock.advanceAsync(2 * second);
    expect(stateOf('a:open')).toBe('done');
  });

  it('treats a desk that throws as one that is away, so that the ticket is not lost', async () => {
    let broken = true;
    const throwing: Desk = {
      ...desk,
      perform: (effect) => {
        if (broken) throw new TypeError('undefined is not a function');
        return desk.perform(effect);
      },
    };
    add(openEffect('a'));
    make({ desk: throwing }).wake();
    await settled();
    expect(outbox.row(effectKey('a:open'))?.lastError).toBe('undefined is not a function');
    broken = false;
    await clock.advanceAsync(2 * second);
    expect(stateOf('a:open')).toBe('done');
    expect(fatal).toEqual([]);
  });

  it('ends the process when the outbox itself fails', async () => {
    add(openEffect('a'));
    const failing = {
      ...outbox,
      done: () => {
        throw new Error('disk full');
      },
    };
    make({ outbox: failing }).wake();
    await settled();
    expect(fatal).toMatchObject([{ message: 'disk full' }]);
  });

  it('waits at a stop for what is under way, and takes nothing new', async () => {
    let answer: (() => void) | undefined;
    const slow: Desk = {
      ...desk,
      perform: (effect) =>
        new Promise((resolve) => {
          answer = () => resolve(desk.perform(effect));
        }),
    };
    add(openEffect('a'), noteEffect('a', 1));
    const worker = make({ desk: slow });
    worker.wake();
    let stopped = false;
    const stopping = worker.stop().then(() => {
      stopped = true;
    });
    await settled();
    expect(stopped).toBe(false);
    answer?.();
    await stopping;
    expect(stateOf('a:open')).toBe('done');
    worker.wake();
    await clock.advanceAsync(10 * minute);
    expect(stateOf('a:note:1')).toBe('pending');
    expect(clock.timers()).toBe(0);
  });

  it('does not wait at a stop for a desk that hangs, and touches nothing when it answers after all', async () => {
    let answer: (() => void) | undefined;
    const hanging: Desk = {
      ...desk,
      perform: () =>
        new Promise((resolve) => {
          answer = () => resolve(ok({ protocol: 'LATE' }));
        }),
    };
    add(openEffect('a'));
    const worker = make({ desk: hanging });
    worker.wake();
    const stopping = worker.stop();
    await clock.advanceAsync(limits.outboxStopMs);
    await stopping;
    answer?.();
    await settled();
    expect(stateOf('a:open')).toBe('pending');
    expect(reports).toEqual([]);
  });
});

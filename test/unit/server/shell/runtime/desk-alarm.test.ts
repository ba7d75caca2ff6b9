// Trouble with the desk reaches the NOC by another channel: within a minute, once, and also when it is over.
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryDesk, type MemoryDesk } from '../../../../../server/adapters/memory/desk.ts';
import { createMemoryOutbox, type MemoryOutbox } from '../../../../../server/adapters/memory/outbox.ts';
import type { AlarmNews } from '../../../../../server/ports/alarm.ts';
import type { Desk } from '../../../../../server/ports/desk.ts';
import { createDeskAlarm } from '../../../../../server/shell/runtime/desk-alarm.ts';
import { OutboxWorker } from '../../../../../server/shell/runtime/outbox-worker.ts';
import { type FailureCode, failure } from '../../../../../shared/failure.ts';
import { effectKey } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { seededRandom } from '../../../../../shared/random.ts';
import { fail, ok, type Result } from '../../../../../shared/result.ts';
import { minute, second } from '../../../../../shared/time.ts';
import { at, noteEffect, openEffect } from '../../../../contract/samples.ts';
import { createManualClock, type ManualClock } from '../../../../fakes/manual-clock.ts';

describe('trouble with the desk', () => {
  let clock: ManualClock;
  let outbox: MemoryOutbox;
  let memory: MemoryDesk;
  let told: AlarmNews[];
  /** What the desk answers instead of doing it. */
  let trouble: Result<never> | undefined;
  let worker: OutboxWorker;
  let calls: string[];

  beforeEach(() => {
    clock = createManualClock(at(0));
    outbox = createMemoryOutbox();
    memory = createMemoryDesk();
    told = [];
    trouble = undefined;
    calls = [];
    const desk: Desk = {
      ...memory,
      name: 'rt',
      probe: async () => {
        const away = trouble?.ok === false && /unavailable|unauthorised/.test(trouble.failure.code);
        return away && trouble !== undefined ? trouble : ok(undefined);
      },
      perform: async (effect) => {
        calls.push(effect.key);
        return trouble ?? memory.perform(effect);
      },
    };
    const alarm = createDeskAlarm({
      lines: { tell: (news) => told.push(news) },
      clock,
      desk: 'rt',
      waiting: () => worker.counters().waiting,
    });
    worker = new OutboxWorker({
      outbox,
      desk,
      clock,
      random: seededRandom(7),
      submit: async () => {},
      onFatal: (error) => {
        throw error;
      },
      onDesk: (news) => alarm.hear(news),
    });
    worker.wake();
  });

  const answers = (code: FailureCode, retryAfterMs?: number): void => {
    trouble = fail(failure(code, 'não', { retryable: true, retryAfterMs }));
  };
  const add = (...ids: readonly string[]): void => {
    for (const id of ids) outbox.add([openEffect(id)]);
    worker.wake();
  };
  const keys = () => told.map(({ kind, state }) => `${kind} ${state}`);

  it('tells within a minute of a desk that died while nothing was to deliver, and when it is back', async () => {
    answers('desk.unavailable');
    await clock.advanceAsync(minute - limits.deskCallMs);
    expect(keys()).toEqual(['desk-down raised']);
    expect(told[0]?.text).toContain('não responde');
    add('a', 'b');
    await clock.advanceAsync(10 * minute);
    expect(keys()).toEqual(['desk-down raised']);
    trouble = undefined;
    await clock.advanceAsync(2 * minute);
    expect(keys()).toEqual(['desk-down raised', 'desk-down cleared']);
    expect(worker.counters()).toMatchObject({ waiting: 0, delivered: 2 });
  });

  it('says nothing of a hiccup', async () => {
    add('a');
    answers('desk.uncertain');
    add('b');
    await clock.advanceAsync(1 * second);
    trouble = undefined;
    await clock.advanceAsync(5 * minute);
    expect(told).toEqual([]);
  });

  it('tells of a wrong credential at once, and in its own words', async () => {
    answers('desk.unauthorised');
    add('a');
    await clock.advanceAsync(1);
    expect(keys()).toEqual(['desk-down raised']);
    expect(told[0]?.text).toContain('não aceita a credencial');
    await clock.advanceAsync(30 * minute);
    expect(told).toHaveLength(1);
  });

  it('tells once of a held delivery, holds up only its incident, and tries it when a person acted', async () => {
    answers('desk.held');
    add('a');
    outbox.add([noteEffect('a', 1)]);
    await clock.advanceAsync(1);
    trouble = undefined;
    add('b');
    await clock.advanceAsync(5 * minute);
    expect(keys()).toEqual(['desk-held raised']);
    expect(told[0]?.key).toBe('desk-held:a:open:raised');
    expect(worker.held()).toMatchObject([{ key: 'a:open', incident: 'a', since: at(0), reason: 'não' }]);
    expect(worker.counters()).toMatchObject({ held: 1, waiting: 2, deskUnreachableSince: undefined });
    expect(calls).toEqual(['a:open', 'b:open']);
    expect(worker.nudge(effectKey('nobody'))).toBe(false);
    expect(worker.nudge(effectKey('a:open'))).toBe(true);
    await clock.advanceAsync(1);
    expect(keys()).toEqual(['desk-held raised', 'desk-held cleared']);
    expect(worker.counters()).toMatchObject({ held: 0, waiting: 0 });
  });

  it('tries a held delivery by itself now and then, and tells nothing new of it', async () => {
    answers('desk.held');
    add('a');
    await clock.advanceAsync(3 * limits.deskHeldAskMs + second);
    expect(calls.length).toBe(4);
    expect(told).toHaveLength(1);
  });

  it('leaves the whole desk alone for as long as it says, and takes it for neither away nor refused', async () => {
    answers('desk.limited', 40 * second);
    add('a');
    await clock.advanceAsync(1);
    trouble = undefined;
    add('b');
    await clock.advanceAsync(39 * second);
    expect(calls).toEqual(['a:open']);
    await clock.advanceAsync(2 * second);
    expect(memory.tickets()).toHaveLength(2);
    expect(told).toEqual([]);
    expect(outbox.row(effectKey('a:open'))?.attempts).toBe(1);
  });

  it('lets one row wait that only waits for itself', async () => {
    answers('conflict', 10 * second);
    add('a');
    await clock.advanceAsync(1);
    trouble = undefined;
    add('b');
    await clock.advanceAsync(1);
    expect(calls).toEqual(['a:open', 'b:open']);
    await clock.advanceAsync(10 * second);
    expect(calls).toEqual(['a:open', 'b:open', 'a:open']);
  });

  it('tells of a refusal, which nothing ends', async () => {
    trouble = fail(failure('desk.refused', 'fila não existe'));
    add('a');
    await clock.advanceAsync(10 * minute);
    expect(keys()).toEqual(['desk-refused raised']);
    expect(told[0]).toMatchObject({ key: 'desk-refused:a:open:raised', incident: 'a' });
    expect(told[0]?.text).toContain('fila não existe');
  });
});

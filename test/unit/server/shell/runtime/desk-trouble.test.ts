// What ends the desk's alarm and what only looks as if: a desk that answers and registers nothing, one that holds us back,
// one record it cannot take; and the same over a restart.
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryDesk, type MemoryDesk } from '../../../../../server/adapters/memory/desk.ts';
import { createMemoryOutbox, type MemoryOutbox } from '../../../../../server/adapters/memory/outbox.ts';
import type { TicketEffect } from '../../../../../server/core/effect.ts';
import type { AlarmNews } from '../../../../../server/ports/alarm.ts';
import type { Desk } from '../../../../../server/ports/desk.ts';
import { ownNotice } from '../../../../../server/shell/notices/own-news.ts';
import { createDeskAlarm } from '../../../../../server/shell/runtime/desk-alarm.ts';
import { OutboxWorker } from '../../../../../server/shell/runtime/outbox-worker.ts';
import { type FailureCode, failure } from '../../../../../shared/failure.ts';
import { limits } from '../../../../../shared/limits.ts';
import { seededRandom } from '../../../../../shared/random.ts';
import { fail, ok, type Result } from '../../../../../shared/result.ts';
import { hour, minute, plus, second } from '../../../../../shared/time.ts';
import { at, noteEffect, openEffect } from '../../../../contract/samples.ts';
import { createManualClock, type ManualClock } from '../../../../fakes/manual-clock.ts';

type Trouble = Result<never> | undefined;

let clock: ManualClock;
let outbox: MemoryOutbox;
let memory: MemoryDesk;
let told: AlarmNews[];
let troubleWith: (effect: TicketEffect) => Trouble;
let probeAnswer: Result<void>;
let worker: OutboxWorker;

beforeEach(() => {
  clock = createManualClock(at(0));
  outbox = createMemoryOutbox();
  memory = createMemoryDesk();
  told = [];
  troubleWith = () => undefined;
  probeAnswer = ok(undefined);
  start();
});

/** A run of the server on the same outbox; the run before was killed. */
function start(): void {
  const desk: Desk = {
    ...memory,
    name: 'rt',
    probe: async () => probeAnswer,
    perform: async (effect) => troubleWith(effect) ?? memory.perform(effect),
  };
  const alarm = createDeskAlarm({
    lines: { tell: (news) => told.push(news) },
    clock,
    desk: 'rt',
    waiting: () => outbox.backlog().waiting,
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
}

async function kill(): Promise<void> {
  await worker.stop();
  outbox.releaseClaims();
  told = [];
}

const no = (code: FailureCode, retryAfterMs?: number): Trouble =>
  fail(failure(code, 'não', { retryable: true, retryAfterMs }));
const answers = (code: FailureCode, retryAfterMs?: number): void => {
  troubleWith = () => no(code, retryAfterMs);
};
const works = (): void => {
  troubleWith = () => undefined;
};
const add = (...effects: readonly TicketEffect[]): void => {
  outbox.add(effects);
  worker.wake();
};
const keys = () => told.map(({ kind, state }) => `${kind} ${state}`);

describe('a desk that answers its probe and takes no ticket', () => {
  it('is down until it takes one, told once and called back once', async () => {
    answers('desk.uncertain');
    add(openEffect('a'));
    for (let passed = 0; passed < 30 * minute; passed += 5 * second) {
      await clock.advanceAsync(5 * second);
      expect(worker.counters().deskUnreachableSince).toBe(at(0));
    }
    expect(keys()).toEqual(['desk-down raised']);
    works();
    await clock.advanceAsync(2 * minute);
    expect(keys()).toEqual(['desk-down raised', 'desk-down cleared']);
    expect(worker.counters()).toMatchObject({ waiting: 0, deskUnreachableSince: undefined });
  });

  it('is not back because it now says 429', async () => {
    answers('desk.uncertain');
    add(openEffect('a', { priority: 'standard' }));
    await clock.advanceAsync(minute);
    answers('desk.limited', 20 * second);
    await clock.advanceAsync(10 * minute);
    expect(keys()).toEqual(['desk-down raised']);
    expect(worker.counters().deskUnreachableSince).toBe(at(0));
    works();
    await clock.advanceAsync(minute);
    expect(keys()).toEqual(['desk-down raised', 'desk-down cleared']);
  });

  it('stays down when the absence that a probe found is also met by a delivery', async () => {
    probeAnswer = fail(failure('desk.unavailable', 'não', { retryable: true }));
    await clock.advanceAsync(2 * minute);
    answers('desk.uncertain');
    add(openEffect('a', { priority: 'standard' }));
    await clock.advanceAsync(second);
    probeAnswer = ok(undefined);
    await clock.advanceAsync(10 * minute);
    expect(keys()).toEqual(['desk-down raised']);
  });

  it('is back with a definite refusal of what failed', async () => {
    answers('desk.uncertain');
    add(openEffect('a', { priority: 'standard' }));
    await clock.advanceAsync(minute);
    answers('desk.refused');
    await clock.advanceAsync(minute);
    expect(keys()).toEqual(['desk-down raised', 'desk-down cleared', 'desk-refused raised']);
  });

  it('says once that the credential is wrong, although the probe passes', async () => {
    answers('desk.unauthorised');
    add(openEffect('a'));
    await clock.advanceAsync(30 * minute);
    expect(keys()).toEqual(['desk-down raised']);
    expect(told[0]?.text).toContain('não aceita a credencial');
  });
});

describe('an absence that no delivery could end', () => {
  it('ends with a good probe when what failed waits for a person now', async () => {
    answers('desk.uncertain');
    add(openEffect('a'));
    await clock.advanceAsync(40 * second);
    answers('desk.held');
    await clock.advanceAsync(10 * minute);
    expect(keys()).toEqual(['desk-down raised', 'desk-held raised', 'desk-down cleared']);
  });

  it('is not begun again and again by one record that the desk cannot take while it takes all others', async () => {
    troubleWith = ({ key }) => (key.startsWith('bad') ? no('desk.uncertain') : undefined);
    add(openEffect('bad', { priority: 'standard' }));
    for (let n = 0; n < 20; n += 1) {
      await clock.advanceAsync(3 * minute);
      add(openEffect(`good-${n}`, { notBefore: clock.now() }));
    }
    await clock.advanceAsync(second);
    expect(keys()).toEqual(['desk-down raised', 'desk-down cleared']);
    // The desk itself is still watched.
    answers('desk.unavailable');
    add(openEffect('next', { notBefore: clock.now() }));
    await clock.advanceAsync(minute);
    expect(keys().slice(2)).toEqual(['desk-down raised']);
  });
});

describe('a critical opening that nobody registers', () => {
  const why = {
    'desk.limited': 'pede para esperar',
    'limit.reached': 'limite de chamadas por minuto',
    conflict: 'não confirmou',
  } as const;

  it.each([
    ['desk.limited', undefined],
    ['desk.limited', 30 * second],
    ['desk.limited', hour],
    ['limit.reached', second],
    ['conflict', second],
  ] as const)('is told after a minute when the answer is %s for %s ms, once', async (code, retryAfterMs) => {
    answers(code, retryAfterMs);
    add(openEffect('a'));
    await clock.advanceAsync(minute - 1);
    expect(told).toEqual([]);
    await clock.advanceAsync(1);
    expect(told).toMatchObject([
      { key: `desk-down:rt:${at(0)}:raised`, kind: 'desk-down', since: at(0), late: true },
    ]);
    expect(told[0]?.text).toContain(why[code]);
    expect(told[0]?.text).not.toContain('{');
    expect(worker.counters()).toMatchObject({ lateSince: at(0), deskUnreachableSince: undefined });
    await clock.advanceAsync(29 * minute);
    expect(told).toHaveLength(1);
    works();
    await clock.advanceAsync(hour);
    expect(keys()).toEqual(['desk-down raised', 'desk-down cleared']);
    expect(told[1]?.key).toBe(`desk-down:rt:${at(0)}:cleared`);
    expect(worker.counters()).toMatchObject({ lateSince: undefined, waiting: 0 });
  });

  it('is told in words that do not say the desk is silent', async () => {
    answers('desk.limited');
    add(openEffect('a'));
    await clock.advanceAsync(minute);
    works();
    await clock.advanceAsync(minute);
    const titles = told.map((news) => ownNotice(news, undefined).title);
    expect(titles).toEqual([
      'CHAMADO CRÍTICO SEM REGISTRO NA CENTRAL',
      'Chamados críticos em dia na central',
    ]);
    expect(told.map(({ text }) => text).join()).not.toMatch(/não responde|voltou a responder/);
  });

  it('is told when the desk never answers at all, by one alarm', async () => {
    troubleWith = () => no('desk.unavailable');
    add(openEffect('a'));
    await clock.advanceAsync(30 * minute);
    expect(keys()).toEqual(['desk-down raised']);
    expect(told[0]?.text).toContain('não responde');
    works();
    await clock.advanceAsync(2 * minute);
    expect(keys()).toEqual(['desk-down raised', 'desk-down cleared']);
    expect(told[1]?.text).toContain('voltou a responder');
  });

  it('keeps the alarm up while another one still waits, and lets it end with the last', async () => {
    answers('desk.limited', 10 * second);
    add(openEffect('a'), openEffect('b', { notBefore: at(5 * second) }));
    await clock.advanceAsync(2 * minute);
    troubleWith = ({ incident }) => (incident === 'b' ? no('conflict', 10 * second) : undefined);
    await clock.advanceAsync(minute);
    expect(worker.counters()).toMatchObject({ delivered: 1, lateSince: at(5 * second) });
    expect(keys()).toEqual(['desk-down raised']);
    works();
    await clock.advanceAsync(minute);
    expect(keys()).toEqual(['desk-down raised', 'desk-down cleared']);
  });

  it('is neither a less urgent one, nor a note, nor one that is not due yet', async () => {
    add(openEffect('with-note'));
    await clock.advanceAsync(1);
    answers('desk.limited');
    add(openEffect('low', { priority: 'priority' }), noteEffect('with-note', 1));
    add(openEffect('later', { notBefore: at(10 * minute) }));
    await clock.advanceAsync(11 * minute - 2);
    expect(told).toEqual([]);
    await clock.advanceAsync(1);
    expect(told).toMatchObject([{ late: true, since: at(10 * minute) }]);
  });

  it('is not one that waits for a person: that is told at once, as what it is', async () => {
    answers('desk.held');
    add(openEffect('a'), openEffect('b'));
    await clock.advanceAsync(25 * minute);
    expect(keys()).toEqual(['desk-held raised', 'desk-held raised']);
    expect(worker.counters().lateSince).toBeUndefined();
  });
});

describe('a critical opening that waited before a restart', () => {
  it('is told again under the same key, although the desk asked for an hour', async () => {
    answers('desk.limited', hour);
    add(openEffect('a'));
    await clock.advanceAsync(5 * minute);
    const before = told[0]?.key;
    await kill();
    start();
    await clock.advanceAsync(limits.outboxCallMs);
    expect(told.map(({ key }) => key)).toEqual([before]);
    expect(told[0]?.text).toContain('pede para esperar');
  });

  it('is asked for at once, and its delivery calls off what the run before told', async () => {
    answers('desk.limited', hour);
    add(openEffect('a'));
    await clock.advanceAsync(5 * minute);
    await kill();
    works();
    start();
    await clock.advanceAsync(limits.outboxCallMs);
    expect(memory.tickets()).toHaveLength(1);
    expect(told.map(({ key }) => key)).toEqual([`desk-down:rt:${at(0)}:cleared`]);
    await clock.advanceAsync(hour);
    expect(told).toHaveLength(1);
  });

  it('is no news when only Vigia was away, and it is delivered at once', async () => {
    await kill();
    outbox.add([openEffect('a')]);
    await clock.advanceAsync(10 * minute);
    start();
    await clock.advanceAsync(hour);
    expect(told).toEqual([]);
    expect(memory.tickets()).toHaveLength(1);
  });

  it('is asked for first when it waits for a person, and told as that only', async () => {
    answers('desk.held');
    add(openEffect('a'));
    await clock.advanceAsync(5 * minute);
    await kill();
    start();
    await clock.advanceAsync(9 * minute);
    expect(keys()).toEqual(['desk-held raised']);
    expect(outbox.row(openEffect('a').key)?.nextAttemptAt).toBe(plus(at(5 * minute), limits.deskHeldAskMs));
  });
});

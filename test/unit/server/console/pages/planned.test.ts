// The form of a maintenance window without its fields: what a choice means as a rule, what is wrong before anything is sent,
// and where a window stands. Every rule made here must be one that the server takes and whose start it meets.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  mistakesOf,
  newDraft,
  type WindowDraft,
  windowBody,
} from '../../../../../server/console/pages/planned/draft.ts';
import { phaseOf } from '../../../../../server/console/pages/planned/phase.ts';
import {
  isLastOfMonth,
  once,
  type RuleChoice,
  ruleOf,
  spokenRule,
  weekdays,
} from '../../../../../server/console/pages/planned/rule.ts';
import { englishRule, portugueseRule } from '../../../../../server/console/pages/planned/rule-words.ts';
import { instantOf, localOf } from '../../../../../server/console/site-time.ts';
import { matchesStart, parseRecurrence } from '../../../../../server/shell/runtime/recurrence.ts';
import { newWindowSchema, type WindowItem } from '../../../../../shared/api/maintenance.ts';
import { hour, instant } from '../../../../../shared/time.ts';

const zone = 'America/Sao_Paulo';
const now = Date.UTC(2026, 10, 22, 12);
/** A Tuesday, the fourth and last of its month. */
const start = '2026-11-24T02:00';

function typed(text: string): RuleChoice {
  return { ...once, repeat: 'text', text };
}

describe('planned: a choice as a rule', () => {
  it.each([
    [{ ...once }, undefined],
    [{ ...once, repeat: 'daily', interval: 3 }, 'FREQ=DAILY;INTERVAL=3'],
    [{ ...once, repeat: 'weekly', days: ['FR'] }, 'FREQ=WEEKLY;BYDAY=TU,FR'],
    [
      { ...once, repeat: 'weekly', interval: 2, until: '2026-12-31' },
      'FREQ=WEEKLY;BYDAY=TU;INTERVAL=2;UNTIL=20261231',
    ],
    [{ ...once, repeat: 'monthly-day' }, 'FREQ=MONTHLY;BYMONTHDAY=24'],
    [{ ...once, repeat: 'monthly-nth' }, 'FREQ=MONTHLY;BYDAY=4TU'],
    [{ ...once, repeat: 'monthly-last' }, 'FREQ=MONTHLY;BYDAY=-1TU'],
    [typed(' freq=daily '), 'FREQ=DAILY'],
    [typed('0 2 * * *'), 'FREQ=DAILY'],
    [typed('00 02 * * 2,4-5'), 'FREQ=WEEKLY;BYDAY=TU,TH,FR'],
    [typed('0 2 * * 7,TUE'), 'FREQ=WEEKLY;BYDAY=SU,TU'],
    [typed('0 2 1,24 * *'), 'FREQ=MONTHLY;BYMONTHDAY=1,24'],
  ] as const)('%j', (choice, rule) => {
    const made = ruleOf(choice, start);
    expect(made.kind === 'rule' ? made.text : undefined).toBe(rule);
  });

  it.each([
    ['', 'empty'],
    ['30 2 * * *', 'cron-time'],
    ['*/5 2 * * *', 'cron'],
    ['0 2 * 1 *', 'cron'],
    ['0 2 1 * 2', 'cron'],
    ['0 2 * * 9', 'cron'],
    ['0 2 32 * *', 'cron'],
  ] as const)('"%s" is wrong: %s', (text, because) => {
    expect(ruleOf(typed(text), start)).toEqual({ kind: 'wrong', because });
  });

  it('whatever is chosen, the server takes the rule and its start meets it', () => {
    const choice = fc.record({
      repeat: fc.constantFrom('daily', 'weekly', 'monthly-day', 'monthly-nth', 'monthly-last'),
      interval: fc.integer({ min: 1, max: 52 }),
      days: fc.subarray([...weekdays]),
      text: fc.constant(''),
      until: fc.constantFrom('', '2036-12-31'),
    });
    const hours = fc.integer({ min: 0, max: 24 * 365 });
    fc.assert(
      fc.property(choice, hours, (chosen, ahead) => {
        const local = localOf(now + ahead * hour, zone);
        // The form offers "the last of its weekday" on such days only.
        fc.pre(chosen.repeat !== 'monthly-last' || isLastOfMonth(local.slice(0, 10)));
        const made = ruleOf(chosen, local);
        const parsed = made.kind === 'rule' ? parseRecurrence(made.text) : undefined;
        expect(parsed?.ok).toBe(true);
        const at = instant(instantOf(local, zone) ?? 0);
        expect(parsed?.ok === true && matchesStart(parsed.value, at, zone)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('planned: a rule in words', () => {
  const date = (day: string): string => day.split('-').reverse().join('/');
  it.each([
    ['FREQ=DAILY', 'todo dia', 'every day'],
    [
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH,SA',
      'a cada 2 semanas: terça, quinta e sábado',
      'every 2 weeks: Tuesday, Thursday and Saturday',
    ],
    ['FREQ=MONTHLY;BYDAY=2TU', 'todo mês: 2ª terça', 'every month: 2nd Tuesday'],
    [
      'FREQ=MONTHLY;BYDAY=-1SU;COUNT=1',
      'todo mês: último domingo, 1 vez',
      'every month: last Sunday, 1 time',
    ],
    ['FREQ=MONTHLY;BYDAY=-2FR', 'todo mês: penúltima sexta', 'every month: second-to-last Friday'],
    ['FREQ=MONTHLY;BYMONTHDAY=1,-1', 'todo mês: dia 1 e último dia', 'every month: day 1 and last day'],
    ['FREQ=WEEKLY;UNTIL=20261231T000000Z', 'toda semana, até 31/12/2026', 'every week, until 31/12/2026'],
  ])('%s', (rule, portuguese, english) => {
    const spoken = spokenRule(rule);
    expect(spoken === undefined ? '' : portugueseRule(spoken, date)).toBe(portuguese);
    expect(spoken === undefined ? '' : englishRule(spoken, date)).toBe(english);
  });

  it('a rule that no sentence can say is left to itself', () => {
    expect(spokenRule('FREQ=YEARLY')).toBeUndefined();
    expect(spokenRule('FREQ=WEEKLY;BYDAY=XX')).toBeUndefined();
  });
});

describe('planned: what is wrong with a window', () => {
  const good: WindowDraft = {
    ...newDraft(now, zone, { customer: 'aurora', site: 'matriz', thing: 'link/vivo' }),
    reason: 'troca',
  };

  it.each([
    [{ scope: { customer: '', site: '', thing: '' } }, { customer: 'missing' }],
    [{ reason: ' ' }, { reason: 'missing' }],
    [{ starts: '' }, { starts: 'missing' }],
    [{ ends: good.starts }, { ends: 'before-start' }],
    [{ ends: '2027-03-01T00:00' }, { ends: 'too-long' }],
    [{ starts: '2026-11-20T00:00', ends: '2026-11-20T02:00' }, { ends: 'over' }],
    [
      { starts: '2019-11-20T00:00', ends: '2019-11-20T02:00', rule: { ...once, repeat: 'daily' } },
      { starts: 'too-old' },
    ],
    [{ returnBy: '2026-11-25T00:00' }, { returnBy: 'return-outside' }],
    [{ rule: typed('') }, { rule: 'missing' }],
    [{ rule: typed('30 2 * * 2') }, { rule: 'cron-time' }],
  ] as const)('%j', (wrong, mistakes) => {
    expect(mistakesOf({ ...good, ...wrong } as WindowDraft, zone, now)).toEqual(mistakes);
  });

  it('nothing is wrong with a new one that is filled in, and the server reads its body', () => {
    expect(mistakesOf(good, zone, now)).toEqual({});
    const read = newWindowSchema.safeParse(
      windowBody({ ...good, rule: { ...once, repeat: 'weekly' } }, zone),
    );
    expect(read.data).toMatchObject({
      scope: { customer: 'aurora', site: 'matriz', link: 'vivo' },
      startsAt: Date.UTC(2026, 10, 22, 13),
      endsAt: Date.UTC(2026, 10, 22, 15),
      recurrence: 'FREQ=WEEKLY;BYDAY=SU',
    });
  });
});

describe('planned: where a window stands', () => {
  const item = (more: Partial<WindowItem>): WindowItem => ({
    id: 'w',
    scope: { customer: 'aurora', site: null, link: null, host: null },
    startsAt: '2026-11-22T10:00:00.000Z',
    endsAt: '2026-11-22T11:00:00.000Z',
    recurrence: null,
    returnBy: null,
    hidden: { total: 0, now: 0, causes: [] },
    reason: 'x',
    by: 'x',
    createdAt: '2026-11-22T10:00:00.000Z',
    active: false,
    next: null,
    ...more,
  });
  const span = (from: string, to: string) => ({
    startsAt: `2026-11-22T${from}:00.000Z`,
    endsAt: `2026-11-22T${to}:00.000Z`,
    returnBy: null,
  });

  it.each([
    [{ next: span('11:00', '13:00') }, 'running'],
    [{ next: span('12:30', '13:00') }, 'coming'],
    [{ next: span('11:00', '12:00') }, 'over'],
    [{}, 'over'],
    [{ recurrence: 'FREQ=MONTHLY;INTERVAL=6' }, 'coming'],
    [{ recurrence: 'FREQ=DAILY;COUNT=1' }, 'over'],
    [{ recurrence: 'FREQ=DAILY;UNTIL=20261122' }, 'over'],
    [{ recurrence: 'FREQ=WEEKLY', next: span('11:00', '12:00') }, 'coming'],
  ] as const)('%j is %s', (more, phase) => {
    expect(phaseOf(item(more), now)).toBe(phase);
  });
});

// The notices page's words: why a message did not go, a route in one line, when a role is called.
import { describe, expect, it } from 'vitest';
import { healthOf, reasonOf, reasonText } from '../../../../../../server/console/pages/channels/reasons.ts';
import { whenText } from '../../../../../../server/console/pages/channels/route-text.ts';
import { stepTimes } from '../../../../../../server/console/pages/channels/step-times.ts';
import { channelWords } from '../../../../../../server/console/pages/channels/words.ts';
import type { NoticeRouteItem } from '../../../../../../shared/api/channels.ts';
import { hour, minute } from '../../../../../../shared/time.ts';

const words = channelWords.pt;

describe('why a message did not go', () => {
  it.each([
    ['telegram', null, false, 'silent'],
    ['email', null, true, 'settings'],
    ['slack', 403, true, 'credential'],
    ['teams', 410, true, 'gone'],
    ['webhook', 422, true, 'message'],
    ['whatsapp', 200, true, 'message'],
    ['webhook', 302, false, 'elsewhere'],
    ['telegram', 429, false, 'slow'],
    ['whatsapp', 400, false, 'slow'],
    ['slack', 503, false, 'broken'],
    ['email', 535, true, 'credential'],
    ['email', 550, true, 'recipient'],
    ['email', 552, true, 'message'],
    ['email', 451, false, 'later'],
  ] as const)('%s with %s, refused %s: %s', (kind, status, refused, reason) => {
    expect(reasonOf(kind, { status, refused })).toBe(reason);
  });

  it('says the number where there is one, and that it is given up', () => {
    expect(reasonText(words, 'slack', { status: null, refused: false, givenUp: true })).toBe(
      'desistiu após um dia: não respondeu',
    );
    expect(reasonText(words, 'slack', { status: 404, refused: true })).toBe(
      'o endereço do canal não existe mais (código 404)',
    );
  });

  it('the worst word on a channel comes first', () => {
    const calm = { lastError: null, nextTryAt: null, heldUntil: null, waiting: 0, lastSentAt: 'x' };
    const error = { at: 'x', message: '', status: 503 };
    expect([
      healthOf(calm),
      healthOf({ ...calm, lastSentAt: null }),
      healthOf({ ...calm, waiting: 1 }),
      healthOf({ ...calm, waiting: 1, heldUntil: 'x' }),
      healthOf({ ...calm, waiting: 1, lastError: { ...error, refused: false }, nextTryAt: 'x' }),
      healthOf({ ...calm, lastError: { ...error, refused: false } }),
      healthOf({ ...calm, waiting: 1, lastError: { ...error, refused: true } }),
    ]).toEqual(['good', 'idle', 'waiting', 'held', 'trying', 'failed', 'refusing']);
  });
});

describe('a route in one line', () => {
  const speech = { words, formats: { count: String }, customer: (key: string) => key.toUpperCase() };
  const any: NoticeRouteItem = {
    ...{ priorities: null, plans: null, kinds: null, customers: null, hours: 'always' },
    ...{ send: 'now', continue: false, channels: [], to: [] },
  };

  it('names every condition, and any news where there is none', () => {
    expect(whenText(any, speech)).toBe('qualquer notícia');
    expect(
      whenText(
        { ...any, priorities: ['critical'], plans: ['PRO'], kinds: ['opened'], hours: 'outside' },
        speech,
      ),
    ).toBe('abertura · críticos · plano PRO · fora do horário de atendimento');
  });

  it('counts customers past the fourth, but never one alone', () => {
    const of = (...customers: string[]) => whenText({ ...any, customers }, speech);
    expect(of('a')).toBe('cliente A');
    expect(of('a', 'b', 'c', 'd', 'e')).toBe('clientes A, B, C, D, E');
    expect(of('a', 'b', 'c', 'd', 'e', 'f')).toBe('clientes A, B, C, D, mais 2');
  });
});

describe('when a role is called', () => {
  const timers = {
    callAgainMs: 5 * minute,
    callLeadMs: null,
    toLevel2Ms: 30 * minute,
    toLevel3Ms: hour,
  };

  it('plans that agree are told together', () => {
    const plans = (['START', 'PRO', 'PREMIUM'] as const).map((plan) => ({
      plan,
      inside: plan === 'PRO' ? { ...timers, callAgainMs: minute } : timers,
      outside: timers,
    }));
    expect(stepTimes('noc', plans)).toEqual([
      { plans: ['START', 'PREMIUM'], insideMs: 5 * minute, outsideMs: 5 * minute },
      { plans: ['PRO'], insideMs: minute, outsideMs: 5 * minute },
    ]);
    expect(stepTimes('level2-lead', plans)).toEqual([
      { plans: ['START', 'PRO', 'PREMIUM'], insideMs: null, outsideMs: null },
    ]);
  });
});

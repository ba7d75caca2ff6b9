// The contract's clock of one incident: where it starts, what stops it, what meets it, and how it is explained.
import { describe, expect, it } from 'vitest';
import { createCalendars } from '../../../../../server/core/sla/calendars.ts';
import { type SlaQuestion, slaOf } from '../../../../../server/core/sla/sla.ts';
import { whyOf } from '../../../../../server/core/sla/why.ts';
import { sentenceOfWhy } from '../../../../../server/core/sla/why-sentence.ts';
import { defaultSlaPolicies, slaPoliciesSchema } from '../../../../../shared/sla-policy.ts';
import { hour, type Instant, instant, minute } from '../../../../../shared/time.ts';

/** Wall clock of São Paulo. */
const at = (local: string): Instant => instant(Temporal.Instant.from(`${local}-03:00`).epochMilliseconds);
const calendars = createCalendars(defaultSlaPolicies);
const place = { state: 'SP', city: 'São Paulo', timeZone: 'America/Sao_Paulo' };
const friday = at('2026-11-27T17:30');

function asked(given: Partial<SlaQuestion>): SlaQuestion {
  return {
    priority: 'priority',
    plan: 'PRO',
    customer: 'aurora',
    place,
    detectedAt: at('2026-11-27T17:29'),
    registeredAt: friday,
    pauses: [],
    now: friday,
    ...given,
  };
}
const sla = (given: Partial<SlaQuestion>, set = calendars) => slaOf(asked(given), set);
const why = (given: Partial<SlaQuestion>, language: 'pt-BR' | 'en' = 'pt-BR') =>
  sentenceOfWhy(whyOf(asked(given), calendars), language);

describe('sla: where the clock starts', () => {
  it('critical starts at the first failing evidence, whenever the ticket was registered', () => {
    expect(sla({ priority: 'critical', registeredAt: at('2026-11-27T19:00') })).toMatchObject({
      startedAt: at('2026-11-27T17:29'),
      basis: 'evidence',
      clock: '24x7',
      targetMs: 0,
    });
  });

  it('the others start at registration, and at the evidence while no desk has registered them', () => {
    expect(sla({})).toMatchObject({ startedAt: friday, basis: 'registration', clock: 'support-hours' });
    expect(sla({ registeredAt: undefined })).toMatchObject({
      startedAt: at('2026-11-27T17:29'),
      basis: 'evidence-unregistered',
    });
  });

  it('counts nothing before it has started', () => {
    expect(sla({ now: at('2026-11-27T17:00') })).toMatchObject({ elapsedMs: 0, state: 'running' });
  });
});

describe('sla: a customer with a contract of its own', () => {
  const hours = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '06:00', until: '22:00' }];
  const customers = { hospital: { hours, targets: { standard: hour } } };
  const set = createCalendars(slaPoliciesSchema.parse({ customers }));
  const dedicado = (customer: string, priority: 'priority' | 'standard' = 'priority') =>
    sla({ plan: 'DEDICADO', customer, priority, registeredAt: at('2026-11-27T21:00') }, set);

  it('is due by its own hours, and the other customers of the plan by the plan´s', () => {
    expect(dedicado('hospital').dueAt).toBe(at('2026-11-28T07:00'));
    expect(dedicado('aurora').dueAt).toBe(at('2026-11-30T10:00'));
  });

  it('keeps what its contract does not name as the plan has it', () => {
    expect(dedicado('hospital').targetMs).toBe(2 * hour);
    expect(dedicado('hospital', 'standard').targetMs).toBe(hour);
    expect(dedicado('aurora', 'standard').targetMs).toBe(4 * hour);
  });

  it('may say that its critical clock waits for support', () => {
    const own = { hospital: { criticalClock: 'support-hours' } };
    const night = createCalendars(slaPoliciesSchema.parse({ customers: own }));
    const asks = { priority: 'critical', plan: 'DEDICADO' } as const;
    expect(sla({ ...asks, customer: 'hospital' }, night).clock).toBe('support-hours');
    expect(sla({ ...asks, customer: 'aurora' }, night).clock).toBe('24x7');
  });

  it('is explained by the same hours', () => {
    const question = asked({ plan: 'DEDICADO', customer: 'hospital', registeredAt: at('2026-11-27T21:00') });
    expect(sentenceOfWhy(whyOf(question, set), 'pt-BR')).toContain('no sábado');
  });

  it('a name that every object has is no customer', () => {
    expect(dedicado('constructor').dueAt).toBe(at('2026-11-30T10:00'));
  });
});

describe('sla: deadlines', () => {
  it('prioritário of Friday 17:30 is due on Monday 09:30, padrão at 11:30', () => {
    expect(sla({}).dueAt).toBe(at('2026-11-30T09:30'));
    expect(sla({ priority: 'standard' }).dueAt).toBe(at('2026-11-30T11:30'));
  });

  it('PREMIUM works until 20:00, so the same ticket is due on the same evening', () => {
    expect(sla({ plan: 'PREMIUM' }).dueAt).toBe(at('2026-11-27T19:30'));
  });

  it('a holiday of the site´s own town moves it: 25 January in São Paulo, not in Rio', () => {
    const registeredAt = at('2027-01-22T17:00');
    const rio = { state: 'RJ', city: 'Rio de Janeiro', timeZone: 'America/Sao_Paulo' };
    expect(sla({ registeredAt, now: registeredAt }).dueAt).toBe(at('2027-01-26T09:00'));
    expect(sla({ registeredAt, now: registeredAt, place: rio }).dueAt).toBe(at('2027-01-25T09:00'));
  });

  it('critical by support hours counts from the opening', () => {
    const plans = { PRO: { criticalClock: 'support-hours', targets: { critical: hour } } };
    const set = createCalendars(slaPoliciesSchema.parse({ plans }));
    const question = {
      priority: 'critical',
      detectedAt: at('2026-11-28T03:00'),
      now: at('2026-11-28T04:00'),
    } as const;
    expect(sla(question, set)).toMatchObject({
      state: 'outside-hours',
      elapsedMs: 0,
      dueAt: at('2026-11-30T09:00'),
      supportOpensAt: at('2026-11-30T08:00'),
    });
  });
});

describe('sla: states', () => {
  const late = at('2026-11-30T10:00');

  it('is missed one millisecond after the deadline and not at it', () => {
    const dueAt = at('2026-11-30T09:30');
    expect(sla({ now: dueAt })).toMatchObject({ state: 'running', remainingMs: 0 });
    expect(sla({ now: instant(dueAt + 1) })).toMatchObject({ state: 'missed', remainingMs: -1 });
    expect(sla({ now: late, acknowledgedAt: dueAt }).state).toBe('met');
    expect(sla({ now: late, acknowledgedAt: instant(dueAt + 1) }).state).toBe('missed');
  });

  it('the first of acknowledged, forwarded and resolved meets it and ends the count', () => {
    const question = {
      now: late,
      acknowledgedAt: at('2026-11-30T09:55'),
      forwardedAt: at('2026-11-27T17:40'),
    };
    expect(sla(question)).toMatchObject({
      state: 'met',
      attendedAt: at('2026-11-27T17:40'),
      elapsedMs: 10 * minute,
    });
    expect(sla({ now: late, resolvedAt: at('2026-11-27T17:31') }).state).toBe('met');
  });

  it('does not believe an acknowledgement that lies ahead', () => {
    expect(sla({ now: friday, acknowledgedAt: late })).toMatchObject({
      state: 'running',
      attendedAt: undefined,
    });
  });

  it('attended before it was registered took no time', () => {
    expect(sla({ now: late, acknowledgedAt: at('2026-11-27T17:29') })).toMatchObject({
      state: 'met',
      elapsedMs: 0,
    });
  });

  it('critical is at once: due now, never missed by a number that the contract does not name', () => {
    const now = at('2026-11-28T03:00');
    expect(sla({ priority: 'critical', now })).toMatchObject({
      state: 'at-once',
      elapsedMs: 9 * hour + 31 * minute,
      supportOpensAt: at('2026-11-30T08:00'),
    });
    expect(sla({ priority: 'critical', now, acknowledgedAt: at('2026-11-28T02:59') }).state).toBe('met');
  });

  it('names the opening only outside support hours', () => {
    expect(sla({}).supportOpensAt).toBeUndefined();
    expect(sla({ now: at('2026-11-27T18:00') })).toMatchObject({
      state: 'outside-hours',
      supportOpensAt: at('2026-11-30T08:00'),
    });
  });
});

describe('sla: pauses', () => {
  const pause = (from: string, until?: string) => ({
    from: at(from),
    until: until === undefined ? undefined : at(until),
  });

  it('that overlap, touch, are empty or run backwards count once, or not', () => {
    const pauses = [
      pause('2026-11-30T08:30', '2026-11-30T09:00'),
      pause('2026-11-30T08:10', '2026-11-30T08:40'),
      pause('2026-11-30T09:00', '2026-11-30T09:10'),
      pause('2026-11-30T09:20', '2026-11-30T09:20'),
      pause('2026-11-30T09:25', '2026-11-30T09:00'),
    ];
    expect(sla({ pauses }).dueAt).toBe(at('2026-11-30T10:30'));
  });

  it('without end leaves no deadline; the rest stays known', () => {
    const pauses = [pause('2026-11-27T17:40')];
    expect(sla({ pauses, now: at('2026-11-30T12:00') })).toMatchObject({
      state: 'paused',
      dueAt: undefined,
      elapsedMs: 10 * minute,
      remainingMs: 110 * minute,
    });
  });

  it('that begin after the deadline change nothing', () => {
    const pauses = [pause('2026-11-30T10:00')];
    expect(sla({ pauses, now: at('2026-11-30T11:00') })).toMatchObject({
      state: 'missed',
      dueAt: at('2026-11-30T09:30'),
    });
  });

  it('outside support hours stop nothing', () => {
    expect(sla({ pauses: [pause('2026-11-28T00:00', '2026-11-30T08:00')] }).dueAt).toBe(
      at('2026-11-30T09:30'),
    );
  });
});

describe('sla: the explanation', () => {
  it('is followed by a person, in Portuguese and English', () => {
    expect(why({})).toBe(
      'sexta 17:30 → segunda 09:30: 0 h 30 na sexta até 18:00, sábado e domingo fora, 1 h 30 na segunda' +
        ' (contado desde o registro do chamado)',
    );
    expect(why({}, 'en')).toBe(
      'Friday 17:30 → Monday 09:30: 0 h 30 on Friday until 18:00, Saturday and Sunday not counted, 1 h 30 on Monday' +
        ' (counted from the registration of the ticket)',
    );
  });

  it('names the holiday, and gives the law as data', () => {
    const question = { registeredAt: at('2026-11-19T16:30'), now: at('2026-11-19T16:30') };
    expect(why(question)).toContain(
      '1 h 30 na quinta até 18:00, sexta (Dia Nacional de Zumbi e da Consciência Negra), sábado e domingo fora',
    );
    const { days } = whyOf(asked(question), calendars);
    expect(days).toContainEqual(
      expect.objectContaining({
        out: 'holiday',
        holidays: [expect.objectContaining({ law: 'Lei 14.759/2023' })],
      }),
    );
  });

  it('says what a night outside support hours is', () => {
    const registeredAt = at('2026-11-24T19:00');
    expect(why({ registeredAt, now: registeredAt })).toContain('terça fora do horário, 2 h 00 na quarta');
  });

  it('tells pauses, and that there is no deadline while one lasts', () => {
    const pauses = [{ from: at('2026-11-27T17:40') }];
    expect(why({ pauses, now: at('2026-11-28T12:00') })).toContain('sem prazo enquanto a pausa durar');
    const ended = [{ from: at('2026-11-30T08:10'), until: at('2026-11-30T08:25') }];
    expect(why({ pauses: ended })).toContain('pausas de 0 h 15 descontadas');
  });

  it('names dates when weekdays would name two days, and folds a long middle', () => {
    const pauses = [{ from: at('2026-12-01T08:00'), until: at('2026-12-30T09:00') }];
    const question = { registeredAt: at('2026-11-30T17:00'), pauses, now: at('2026-12-10T12:00') };
    expect(why(question)).toContain('segunda 30/11 17:00 → quarta 30/12 10:00');
    expect(why(question)).toContain('dias (nada contado)');
    expect(whyOf(asked(question), calendars).days.length).toBeLessThanOrEqual(11);
  });

  it('of critical says that work starts at once', () => {
    expect(why({ priority: 'critical' })).toBe(
      'início imediato, desde sexta 17:29 (contado desde a primeira evidência de falha)',
    );
  });

  it('adds up to the target, day by day', () => {
    for (const registeredAt of [
      friday,
      at('2026-12-23T17:59'),
      at('2026-02-13T20:00'),
      at('2028-02-28T17:00'),
    ]) {
      const { days, sla: result } = whyOf(
        asked({ priority: 'standard', registeredAt, now: registeredAt }),
        calendars,
      );
      expect(days.reduce((sum, each) => sum + each.countedMs, 0)).toBe(result.targetMs);
    }
  });
});

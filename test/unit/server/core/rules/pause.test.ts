// A pause of the contract's clock through an incident's life: what ends it, and what the clock then says.
import { describe, expect, it } from 'vitest';
import { pauseAt, reopen, resolve, resolveByPerson } from '../../../../../server/core/rules/incident.ts';
import { pause, pauseRefusal, resume } from '../../../../../server/core/rules/pause.ts';
import { createCalendars } from '../../../../../server/core/sla/calendars.ts';
import { slaQuestionOf } from '../../../../../server/core/sla/of-incident.ts';
import { slaOf } from '../../../../../server/core/sla/sla.ts';
import { present } from '../../../../../shared/assert.ts';
import { limits } from '../../../../../shared/limits.ts';
import { defaultSlaPolicies } from '../../../../../shared/sla-policy.ts';
import { hour, type Instant, instant, minute, plus } from '../../../../../shared/time.ts';
import { incident, topology } from '../view/samples.ts';

/** A Tuesday, 10:00 in São Paulo. */
const start = instant(Date.UTC(2026, 10, 24, 13));
const minutesIn = (minutes: number): Instant => plus(start, minutes * minute);
const opened = incident({
  ...{ priority: 'priority', detectedAt: start, confirmedAt: start, openedAt: start, outageSince: start },
});
const wish = { by: 'Ana', text: 'o cliente pediu para esperar' };
const calendars = createCalendars(defaultSlaPolicies);
const slaAt = (of: typeof opened, now: Instant) =>
  slaOf(slaQuestionOf(of, present(topology.sites.get(present(of.site, 'site')), 'site'), now), calendars);

describe('a pause of the clock', () => {
  it('moves the deadline by as long as it lasts, and takes it away while nobody knows how long', () => {
    const due = present(slaAt(opened, minutesIn(10)).dueAt, 'due');
    const paused = pause(opened, wish, minutesIn(10));
    expect(slaAt(paused, minutesIn(20))).toMatchObject({ state: 'paused', dueAt: undefined });
    const resumed = resume(paused, { by: 'Rui' }, minutesIn(40));
    expect(slaAt(resumed, minutesIn(40))).toMatchObject({
      ...{ state: 'running', elapsedMs: 10 * minute, dueAt: plus(due, 30 * minute) },
    });
    expect(resumed.timeline.at(-1)).toEqual({ at: minutesIn(40), kind: 'sla-resumed', by: 'Rui' });
  });

  it('ends when the outage ends, so that one which comes back finds a running clock', () => {
    for (const over of [
      resolve,
      (of: typeof opened, now: Instant) => resolveByPerson(of, { who: 'Ana' }, now),
    ]) {
      const ended = over(pause(opened, wish, minutesIn(5)), minutesIn(10));
      expect(ended.pauses).toMatchObject([{ from: minutesIn(5), until: minutesIn(10) }]);
      const again = reopen({ ...ended, recoveredAt: minutesIn(9) }, minutesIn(15), minutesIn(15));
      expect(pauseAt(again, minutesIn(15))).toBeUndefined();
      expect(slaAt(again, minutesIn(15))).toMatchObject({ state: 'running', elapsedMs: 10 * minute });
    }
  });

  it('is refused where there is no clock, where one runs out in the past, and past the limit', () => {
    expect(pauseRefusal(incident({ kind: 'own-outage' }), start)).toBe('state');
    expect(pauseRefusal(incident({ state: 'resolved' }), start)).toBe('state');
    expect(pause(opened, { ...wish, until: minutesIn(5) }, minutesIn(5))).toBe(opened);
    const often = Array.from({ length: limits.slaPausesMax }, (_, n) => ({
      ...{ from: plus(start, n * 2 * minute), until: plus(start, n * 2 * minute + minute), ...wish },
    }));
    expect(pauseRefusal({ ...opened, pauses: often }, plus(start, 20 * hour))).toBe('too-many');
    expect(resume(opened, { by: 'Rui' }, minutesIn(5))).toBe(opened);
  });
});

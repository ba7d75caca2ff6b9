// What is said of a way that does not work: once aloud for each reason, and never without bound.
import { expect, it } from 'vitest';
import { furthest, trouble } from '../../../../agent/shell/reach-trouble.ts';
import { createTroubleLog } from '../../../../agent/shell/trouble-log.ts';
import { limits } from '../../../../shared/limits.ts';
import { createHeardLog } from '../../../fakes/agent-records.ts';

const way = { server: 'https://noc.example', source: undefined };

it('says a reason once for each way, whatever time its words carry, and the door’s own words as they change', () => {
  const log = createHeardLog();
  const troubles = createTroubleLog(log);
  const levels = (): string[] => log.lines.map(({ level }) => level);
  for (const ms of [10, 20]) troubles.tell(way, trouble('too-slow', `nothing within ${ms} ms`));
  troubles.tell({ ...way, source: '192.0.2.7' }, trouble('too-slow', 'nothing within 30 ms'));
  for (const status of [401, 401, 500]) troubles.tell(way, trouble('door-failed', `answered ${status}`));
  expect(levels()).toEqual(['warn', 'debug', 'warn', 'warn', 'debug', 'warn']);
  expect(troubles.last()).toMatchObject({ reason: 'door-failed', message: 'answered 500', retryable: true });
  troubles.over(way);
  expect(troubles.last()).toBeUndefined();
  troubles.tell(way, trouble('door-failed', 'answered 500'));
  expect(levels().at(-1)).toBe('warn');
});

it('forgets what it said rather than grow without end', () => {
  const log = createHeardLog();
  const troubles = createTroubleLog(log);
  for (let n = 0; n <= limits.troublesToldMax; n += 1) {
    troubles.tell({ ...way, source: `s${n}` }, trouble('unreachable', 'no'));
  }
  troubles.tell({ ...way, source: 's0' }, trouble('unreachable', 'no'));
  expect(log.lines.at(-1)?.level).toBe('warn');
});

it('of several attempts tells the one that came furthest', () => {
  const all = [trouble('unreachable', 'a'), trouble('tls-time', 'b'), trouble('too-slow', 'c')];
  expect(furthest(all)?.message).toBe('b');
  expect(furthest([])).toBeUndefined();
});

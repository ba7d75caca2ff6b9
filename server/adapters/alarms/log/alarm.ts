// The alarm that is always there: one line in the server's own log, at the level that log collectors wake people by.
import type { FastifyBaseLogger } from 'fastify';
import { ok } from '../../../../shared/result.ts';
import { toIso } from '../../../../shared/time.ts';
import type { Alarm } from '../../../ports/alarm.ts';

export function createLogAlarm(log: Pick<FastifyBaseLogger, 'error' | 'warn'>): Alarm {
  return {
    name: 'log',
    tell: async ({ key, kind, state, since, text }) => {
      const facts = { alarm: kind, state, key, since: toIso(since) };
      if (state === 'raised') log.error(facts, text);
      else log.warn(facts, text);
      return ok(undefined);
    },
  };
}

// The figures of notices and escalation behind /metrics. Reads counters of that room; decides nothing.
import type { Channel } from '../../ports/channel.ts';
import type { NoticeCounters } from '../notices/board.ts';
import type { ChannelState } from '../notices/channel-line.ts';
import type { Metrics } from './metrics.ts';

export interface NoticeFigures {
  readonly channels: {
    readonly list: readonly Channel[];
    readonly stateOf: (name: string) => ChannelState | undefined;
  };
  /** Undefined: there is no channel. */
  counters(): NoticeCounters | undefined;
  escalation(): { readonly taken: number; readonly refused: number };
}

export function noticeMetrics(metrics: Metrics, notices: NoticeFigures): void {
  metrics.total(
    'vigia_escalation_total',
    'Steps of escalation, by outcome',
    () => ({ ...notices.escalation() }),
    'outcome',
  );
  if (notices.counters() === undefined) return;
  const states = () => notices.channels.list.flatMap(({ name }) => notices.channels.stateOf(name) ?? []);
  metrics.total(
    'vigia_notices_total',
    'News for the NOC, by what became of them',
    () => news(notices),
    'what',
  );
  metrics.total(
    'vigia_notice_messages_total',
    'Messages to the NOC, by outcome',
    () => {
      const counts = { sent: 0, retried: 0, refused: 0, givenUp: 0 };
      for (const state of states())
        for (const word of ['sent', 'retried', 'refused', 'givenUp'] as const) counts[word] += state[word];
      return counts;
    },
    'outcome',
  );
  metrics.gauge('vigia_notice_messages_waiting', 'Messages to the NOC not yet sent', () =>
    states().reduce((sum, { waiting }) => sum + waiting, 0),
  );
}

function news(notices: NoticeFigures): Record<string, number> {
  const { waiting: _waiting, ...counts } = notices.counters() ?? { waiting: 0 };
  return counts;
}

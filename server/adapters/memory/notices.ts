// The store of notices in memory, for tests. Must behave as the sqlite store does; the contract holds them equal.
import { limits } from '../../../shared/limits.ts';
import type { Instant } from '../../../shared/time.ts';
import { priorities } from '../../../shared/words.ts';
import type { Notice } from '../../ports/channel.ts';
import type { Delivery, Message, NoticeStore, NoticeTrouble } from '../../ports/notice-store.ts';

interface Sent extends Message {
  outcome: 'waiting' | 'sent' | 'refused';
  settledAt?: Instant;
  trouble?: NoticeTrouble;
}

interface Tables {
  readonly taken: Map<string, Instant>;
  readonly deliveries: Map<number, Delivery>;
  readonly messages: Map<number, Sent>;
  readonly nextId: () => number;
}

export function createMemoryNoticeStore(): NoticeStore {
  let lastId = 0;
  let beganAt: Instant | undefined;
  const tables: Tables = {
    taken: new Map(),
    deliveries: new Map(),
    messages: new Map(),
    nextId: () => {
      lastId += 1;
      return lastId;
    },
  };
  return {
    begin: (at) => {
      beganAt ??= at;
      return beganAt;
    },
    ...newsOf(tables),
    ...messagesOf(tables),
    close: () => {},
  };
}

type NewsPart = Pick<NoticeStore, 'knows' | 'take' | 'groupDueAt' | 'due' | 'nextDueAt' | 'waiting' | 'drop'>;

function newsOf({ taken, deliveries, nextId }: Tables): NewsPart {
  return {
    knows: (key) => taken.has(key),
    take: (notice, planned, at) => {
      if (taken.has(notice.key)) return false;
      taken.set(notice.key, at);
      for (const each of planned) {
        const id = nextId();
        deliveries.set(id, { ...each, id, notice });
      }
      return true;
    },
    groupDueAt: ({ channel, recipient, group }) =>
      least(
        [...deliveries.values()].filter(
          (each) => each.channel === channel && each.recipient === recipient && each.group === group,
        ),
      ),
    due: (now) =>
      [...deliveries.values()]
        .filter(({ dueAt }) => dueAt <= now)
        .sort(byUrgency)
        .slice(0, limits.noticesPerTurnMax),
    nextDueAt: (now) => least([...deliveries.values()].filter(({ dueAt }) => dueAt > now)),
    waiting: () => deliveries.size,
    drop: (ids) => {
      for (const id of ids) deliveries.delete(id);
    },
  };
}

type MessagesPart = Pick<
  NoticeStore,
  'compose' | 'composedAfter' | 'unsent' | 'settle' | 'recent' | 'lastSentAt' | 'prune'
>;

function messagesOf({ taken, deliveries, messages, nextId }: Tables): MessagesPart {
  return {
    compose: ({ tells, ...message }) => {
      for (const id of tells) deliveries.delete(id);
      const composed = { ...message, id: nextId() };
      messages.set(composed.id, { ...composed, outcome: 'waiting' });
      return composed;
    },
    composedAfter: ({ channel, recipient }, since) =>
      [...messages.values()]
        .filter((each) => each.channel === channel && each.recipient === recipient && each.at > since)
        .map(({ at }) => at)
        .sort((a, b) => a - b),
    unsent: (channel) =>
      [...messages.values()]
        .filter((each) => each.channel === channel && each.outcome === 'waiting')
        .map(({ id, channel, recipient, notice, at }) => ({ id, channel, recipient, notice, at }))
        .sort(byUrgency)
        .slice(0, limits.noticesWaitingMax),
    settle: (id, outcome, settledAt, trouble) => {
      const message = messages.get(id);
      if (message !== undefined) Object.assign(message, { outcome, settledAt, trouble });
    },
    recent: (limit) =>
      [...messages.values()]
        .sort((a, b) => b.id - a.id)
        .slice(0, limit)
        .map(({ recipient: _, ...message }) => message),
    lastSentAt: (channel) =>
      [...messages.values()]
        .flatMap((each) =>
          each.channel === channel && each.outcome === 'sent' ? (each.settledAt ?? []) : [],
        )
        .sort((a, b) => b - a)[0],
    prune: (before) => {
      const keys = [...taken].filter(([, at]) => at < before);
      const old = [...messages.values()].filter(({ at }) => at < before);
      for (const [key] of keys) taken.delete(key);
      for (const { id } of old) messages.delete(id);
      return keys.length + old.length;
    },
  };
}

function least(deliveries: readonly Delivery[]): Instant | undefined {
  return deliveries.toSorted((a, b) => a.dueAt - b.dueAt)[0]?.dueAt;
}

function byUrgency<T extends { readonly id: number; readonly notice: Notice }>(a: T, b: T): number {
  const urgency = priorities.indexOf(a.notice.priority) - priorities.indexOf(b.notice.priority);
  return urgency !== 0 ? urgency : a.id - b.id;
}

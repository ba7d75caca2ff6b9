// What the NOC is told, on disk: which news were taken, what waits to be put into messages, and which messages are not
// sent yet. A message stands here before it is sent, so that after a crash the same one goes out under the same key.
import type { Instant } from '../../shared/time.ts';
import type { ChannelFailure, Notice } from './channel.ts';

export interface PlannedDelivery {
  readonly channel: string;
  readonly recipient: string;
  /** What may go as one message: `provider:vivo`, `daily`. */
  readonly group: string;
  /** Not before then. */
  readonly dueAt: Instant;
}

/** News for one recipient of one channel that waits for its message. */
export interface Delivery extends PlannedDelivery {
  readonly id: number;
  readonly notice: Notice;
}

export interface NewMessage {
  readonly channel: string;
  readonly recipient: string;
  readonly notice: Notice;
  /** Of the deliveries that it tells. */
  readonly tells: readonly number[];
  readonly at: Instant;
}

export interface Message extends Omit<NewMessage, 'tells'> {
  readonly id: number;
}

/** Why a message was not taken, for people; holds no address. */
export interface NoticeTrouble extends Pick<ChannelFailure, 'message' | 'status'> {
  /** False: it was tried for a day in vain. */
  readonly refused: boolean;
}

/** A message and what became of it. To whom it went by address is not told. */
export interface PastMessage {
  readonly id: number;
  readonly channel: string;
  readonly at: Instant;
  readonly notice: Notice;
  readonly outcome: 'waiting' | 'sent' | 'refused';
  readonly settledAt?: Instant;
  readonly trouble?: NoticeTrouble;
}

export interface NoticeStore {
  /** When this store was first opened: what happened before is nobody's news. The first call settles it. */
  begin(at: Instant): Instant;
  knows(key: string): boolean;
  /** Takes the news with its deliveries, on disk when it returns. False: that key was taken before. */
  take(notice: Notice, deliveries: readonly PlannedDelivery[], at: Instant): boolean;
  /** When the waiting deliveries of this group are due; undefined: none waits. */
  groupDueAt(of: Omit<PlannedDelivery, 'dueAt'>): Instant | undefined;
  /** Deliveries due at `now`, most urgent first, then the oldest, at most `limits.noticesPerTurnMax`. */
  due(now: Instant): readonly Delivery[];
  /** The earliest of those that are not due at `now`. */
  nextDueAt(now: Instant): Instant | undefined;
  waiting(): number;
  /** Puts deliveries into one message, at once or not at all. */
  compose(message: NewMessage): Message;
  /** These are told by something else. */
  drop(ids: readonly number[]): void;
  /** Instants of this recipient's messages after `since`, oldest first. */
  composedAfter(of: Pick<PlannedDelivery, 'channel' | 'recipient'>, since: Instant): readonly Instant[];
  /** Messages not yet sent, most urgent first, then the oldest, at most `limits.noticesWaitingMax`. */
  unsent(channel: string): readonly Message[];
  /** `trouble`: of a refused one. */
  settle(id: number, outcome: 'sent' | 'refused', at: Instant, trouble?: NoticeTrouble): void;
  /** Newest first. */
  recent(limit: number): readonly PastMessage[];
  /** When a message of this channel was last taken; undefined: none that is still known. */
  lastSentAt(channel: string): Instant | undefined;
  /** Forgets news and messages older than this; gives how many. */
  prune(before: Instant): number;
  close(): void;
}

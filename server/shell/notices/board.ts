// What can be told of the notices, for the API and the metrics: which channels there are, how each fares, by which routes,
// what was told lately, and who is on call. Interfaces only; `server/notices.ts` puts it together. Holds no address.
import type { Instant } from '../../../shared/time.ts';
import type { Calendars } from '../../core/sla/calendars.ts';
import type { Channel } from '../../ports/channel.ts';
import type { PastMessage } from '../../ports/notice-store.ts';
import type { ChannelState } from './channel-line.ts';
import type { NoticesSettings } from './settings.ts';

export interface NoticeCounters {
  readonly taken: number;
  /** No route wanted them. */
  readonly unrouted: number;
  /** Too many waited; they stand on the wall only. */
  readonly dropped: number;
  /** Told by a parent's notice while they waited. */
  readonly quieted: number;
  /** Went into a summary because there were too many. */
  readonly summarised: number;
  readonly waiting: number;
}

/** A channel's line, and where the storm cap bit before it. */
export interface TellingState extends ChannelState {
  readonly summarised: number;
  /** News for somebody wait until then. */
  readonly heldUntil?: Instant;
}

export interface NoticeBoard {
  readonly list: readonly Channel[];
  stateOf(name: string): TellingState | undefined;
  readonly settings: NoticesSettings;
  readonly calendars: Calendars;
  /** Undefined: there is no channel. */
  counters(): NoticeCounters | undefined;
  /** Newest first. */
  recent(limit: number): readonly PastMessage[];
  /** Of the news that wait; undefined: none waits for a later moment. */
  nextDueAt(): Instant | undefined;
}

// A channel: one way by which the NOC's people are told, beside the tickets: e-mail, a messenger, a room, a hook. Told of
// customers' incidents and of Vigia's own trouble. Implemented by `adapters/channels`, driven by `shell/notices`.
import type { Failure } from '../../shared/failure.ts';
import type { IncidentId } from '../../shared/ids.ts';
import type { Result } from '../../shared/result.ts';
import type { Priority } from '../../shared/words.ts';

export const channelKinds = ['email', 'whatsapp', 'telegram', 'teams', 'slack', 'webhook'] as const;
export type ChannelKind = (typeof channelKinds)[number];

export const noticeKinds = [
  'opened',
  'escalated',
  'recovered',
  'reopened',
  'worsened',
  'desk-down',
  'own-outage',
  'desk-closed-early',
  'ticket-replaced',
  'summary',
  'test',
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

export interface Notice {
  /** The same news again, to the same recipient, has the same key: `inc-7-0:opened`. */
  readonly key: string;
  readonly kind: NoticeKind;
  readonly priority: Priority;
  /** Portuguese, one line. */
  readonly title: string;
  /** Portuguese, a few short lines: where, since when, protocol. */
  readonly text: string;
  /** People and groups as rota and routes name them; empty: whoever the channel tells by default. */
  readonly to: readonly string[];
  readonly incident?: IncidentId;
  /** Where to look; absent when the server does not know its public address. */
  readonly url?: string;
}

export interface ChannelFailure extends Failure {
  /** What the other side answered, of HTTP or SMTP; absent: it was not reached, or was not asked. */
  readonly status?: number;
}

export interface Channel {
  /** As the configuration names it: `plantao`. */
  readonly name: string;
  readonly kind: ChannelKind;
  /** Whom it reaches by name; absent: a room that everybody reads. */
  readonly people?: readonly string[];
  /** To whom a notice for these names goes, each sent by itself: addresses, chats, or the one room. Never empty. */
  recipients(to: readonly string[]): readonly string[];
  /**
   * Sends once; never tries again by itself. Fails with `unavailable` (retryable, perhaps with `retryAfterMs`) or
   * `input.invalid` (refused: a person must look). A failure's message never holds an address, token or secret.
   */
  send(notice: Notice, recipient: string): Promise<Result<void, ChannelFailure>>;
}

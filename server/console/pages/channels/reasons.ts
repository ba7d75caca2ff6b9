// Why a message did not go, in the words of a person: from what a channel answered (HTTP's or SMTP's number). Pure.
import type { ChannelItem, ChannelTrouble } from '../../../../shared/api/channels.ts';
import type { ChannelWords } from './words.ts';

export type Reason = keyof ChannelWords['reason'];

type About = Pick<ChannelTrouble, 'refused' | 'status'>;

export function reasonOf(kind: ChannelItem['kind'], trouble: About): Reason {
  if (trouble.status === null) return trouble.refused ? 'settings' : 'silent';
  return kind === 'email' ? smtpReason(trouble.status) : httpReason(trouble.status, trouble.refused);
}

/** RFC 9110, 15. A service may refuse with 200 in its status and its words in the body (WhatsApp). */
function httpReason(status: number, refused: boolean): Reason {
  if (status === 401 || status === 403) return 'credential';
  if (status === 404 || status === 410) return 'gone';
  if (refused) return 'message';
  if (status >= 500) return 'broken';
  return status >= 300 && status < 400 ? 'elsewhere' : 'slow';
}

/** RFC 5321, 4.2.3; RFC 4954, 6 for what is about signing in. */
function smtpReason(status: number): Reason {
  if ([530, 534, 535, 538].includes(status)) return 'credential';
  if ([550, 551, 553].includes(status)) return 'recipient';
  return status >= 500 ? 'message' : 'later';
}

/** `givenUp`: it was not refused, and yet is not tried any more. */
export function reasonText(
  words: ChannelWords,
  kind: ChannelItem['kind'],
  trouble: About & { readonly givenUp?: boolean },
): string {
  const code = trouble.status === null ? '' : words.code(trouble.status);
  const text = words.reason[reasonOf(kind, trouble)](code);
  return trouble.givenUp === true ? words.givenUp(text) : text;
}

export type Health = keyof ChannelWords['health'];

/** The one word on a channel, the worst first. */
export function healthOf(
  item: Pick<ChannelItem, 'lastError' | 'nextTryAt' | 'heldUntil' | 'waiting' | 'lastSentAt'>,
): Health {
  const { lastError, nextTryAt, heldUntil, waiting, lastSentAt } = item;
  if (lastError?.refused === true) return 'refusing';
  if (nextTryAt !== null) return 'trying';
  if (lastError !== null) return waiting > 0 ? 'trying' : 'failed';
  if (heldUntil !== null) return 'held';
  if (waiting > 0) return 'waiting';
  return lastSentAt === null ? 'idle' : 'good';
}

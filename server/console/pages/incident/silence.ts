// What a person may silence from an incident, and until when. Pure: what was typed in, the request's body or a mistake out.
import type { IncidentRow } from '../../../../shared/api/incidents.ts';
import { limits } from '../../../../shared/limits.ts';
import type { Result } from '../../../../shared/result.ts';
import { fail, ok } from '../../../../shared/result.ts';
import { hour, minute } from '../../../../shared/time.ts';

export type SilenceReach = 'link' | 'host' | 'site' | 'customer';

/** The narrowest first, because it hides least. Nothing for incidents of no customer. */
export function reachesOf({ customer, site, link, host }: IncidentRow): readonly SilenceReach[] {
  if (customer === null) return [];
  if (site === null) return ['customer'];
  const narrow: readonly SilenceReach[] = link !== null ? ['link'] : host !== null ? ['host'] : [];
  return [...narrow, 'site', 'customer'];
}

export const silenceSpans = [30 * minute, hour, 2 * hour, 4 * hour, 8 * hour, 24 * hour] as const;

export interface SilenceAsked {
  readonly reach: SilenceReach;
  /** ms from now, or the instant that `end` says. */
  readonly spanMs: number | 'other';
  /** As a `datetime-local` field gives it: local time without a zone. */
  readonly end: string;
  readonly reason: string;
}

export interface SilenceBody {
  readonly scope: {
    readonly customer: string;
    readonly site?: string;
    readonly link?: string;
    readonly host?: string;
  };
  /** ISO 8601, UTC. */
  readonly until: string;
  readonly reason: string;
}

export type SilenceMistake = 'reason' | 'end';

/** `now` is server time in ms. All mistakes at once. */
export function silenceBody(
  row: IncidentRow,
  asked: SilenceAsked,
  now: number,
): Result<SilenceBody, readonly SilenceMistake[]> {
  const until = asked.spanMs === 'other' ? Date.parse(asked.end) : now + asked.spanMs;
  const reason = asked.reason.trim();
  const mistakes: SilenceMistake[] = [];
  if (reason === '') mistakes.push('reason');
  if (!(until > now && until - now <= limits.silenceMsMax)) mistakes.push('end');
  const { customer, site, link, host } = row;
  if (mistakes.length > 0 || customer === null) return fail(mistakes);
  const { reach } = asked;
  return ok({
    scope: {
      customer,
      ...(reach === 'customer' || site === null ? {} : { site }),
      ...(reach === 'link' && link !== null ? { link } : {}),
      ...(reach === 'host' && host !== null ? { host } : {}),
    },
    until: new Date(until).toISOString(),
    reason,
  });
}

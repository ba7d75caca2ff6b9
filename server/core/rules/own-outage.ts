// Vigia's own blindness: its anchors are lost, or most sites over several providers fell silent together. While blind,
// nothing that rests on silence opens anything; what living agents say of their own links still counts. How many silent
// sites are a mass, and when it is over, is judged in `mass-silence.ts`.
import { limits } from '../../../shared/limits.ts';
import { earlier, type Instant, later, plus } from '../../../shared/time.ts';
import type { Draft } from '../draft.ts';
import type { Incident } from '../incident.ts';
import type { ServerState } from '../state.ts';
import { type Finding, ownCauseKey } from './finding.ts';
import { close, fallBack, openIncident, recover, reopen, resolve, withEntry } from './incident.ts';
import { countQuiet, fewFellQuiet, judgeBlindness, judgeMass } from './mass-silence.ts';
import { isVerdictOn, ownVerdict } from './own-verdict.ts';
import type { Sight } from './suppress.ts';

type Because = NonNullable<ServerState['blindBecause']>;

export function becomeBlind(draft: Draft, because: Because, since: Instant): void {
  const { server } = draft;
  if (server.blindSince === undefined) {
    const bound = because === 'mass-silence' ? plus(since, draft.policy.massFreezeMs) : server.massOwedAt;
    const massOwedAt = bound === undefined ? undefined : later(draft.now, bound);
    draft.setServer({ ...server, blindSince: since, blindBecause: because, massOwedAt });
  } else if (because === 'anchors-lost' && server.blindBecause !== because) {
    // The better proof takes over, so that its end ends the blindness too.
    draft.setServer({ ...server, blindBecause: because });
  }
}

/** Sight is back. Agents now have the policy's grace to return before their silence counts again. */
export function regainSight(draft: Draft): void {
  const { blindSince } = draft.server;
  if (blindSince === undefined) return;
  draft.setServer({
    ...draft.server,
    blindSince: undefined,
    blindBecause: undefined,
    // Who fell quiet before this is not counted any more.
    massOwedAt: undefined,
    sightLostAt: unseenSince(draft, blindSince),
    sightSince: draft.now,
  });
}

/**
 * Sight is lost at `at`: since when is nothing proven of who has not been heard? Where it had only just come back, and the
 * agents still had the grace to dial anew, who is dark may be so since the loss before that one.
 */
export function unseenSince({ server, policy }: Draft, at: Instant): Instant {
  const { sightLostAt, sightSince } = server;
  return sightLostAt === undefined || at >= plus(sightSince, graceAfterSight(server, policy))
    ? at
    : earlier(sightLostAt, at);
}

/** After a start agents have longer than after a blindness, during which they went on running and dialling. In ms. */
export function graceAfterSight({ sightSince, startedAt }: ServerState, policy: Draft['policy']): number {
  return sightSince === startedAt ? policy.startGraceMs : policy.sightGraceMs;
}

/**
 * Somebody fell quiet, or is heard again: the sites are counted, now or within a second. A count walks through all
 * sites, and in a mass silence thousands of agents fall quiet; while one is owed, silence opens nothing.
 */
export function oweMassCount(draft: Draft): void {
  const { server, now } = draft;
  const massOwedAt = later(now, plus(server.massCountedAt ?? server.startedAt, limits.massCountEveryMs));
  if (server.massOwedAt !== undefined && server.massOwedAt <= massOwedAt) return;
  draft.setServer({ ...server, massOwedAt });
}

/** Counts only with word of the own anchors, which `time.advanced` brings: without it the same instant asks for it. */
function countWhenOwed(draft: Draft, sight: Sight): void {
  const { server, now } = draft;
  if (!sight.told || server.massOwedAt === undefined || now < server.massOwedAt) return;
  draft.setServer({ ...server, massOwedAt: undefined, massCountedAt: now });
  if (server.blindSince === undefined) doubtSight(draft, sight.anchorsGoodAt);
  else if (server.blindBecause === 'mass-silence') weighDoubt(draft, server.blindSince, sight.anchorsGoodAt);
}

function doubtSight(draft: Draft, goodAt: Instant | undefined): void {
  if (fewFellQuiet(draft)) return;
  const judged = judgeMass(draft, countQuiet(draft), goodAt);
  if (judged.verdict === 'mass') becomeBlind(draft, 'mass-silence', judged.since);
  if (judged.verdict === 'wait') countAgainAt(draft, plus(draft.now, limits.massCountEveryMs));
}

function weighDoubt(draft: Draft, blindSince: Instant, goodAt: Instant | undefined): void {
  const { now, policy } = draft;
  const judged = judgeBlindness(draft, countQuiet(draft), { since: blindSince, goodAt });
  if (judged === 'sees-again') regainSight(draft);
  if (judged === 'saw-all-along') dropDoubt(draft);
  if (judged !== 'blind') return;
  // Who comes back is counted at once; this is for what time alone changes.
  const recountMs = Math.max(limits.massCountEveryMs, policy.sightGraceMs);
  const longestAt = plus(blindSince, policy.massFreezeMs);
  countAgainAt(draft, now < longestAt ? longestAt : plus(now, recountMs));
}

function countAgainAt(draft: Draft, massOwedAt: Instant): void {
  draft.setServer({ ...draft.server, massOwedAt });
}

/** It was no blindness. What was seen meanwhile counts as it was seen: with its own start, and without any grace. */
function dropDoubt(draft: Draft): void {
  const { server, now } = draft;
  draft.setServer({ ...server, blindSince: undefined, blindBecause: undefined, massOwedAt: undefined });
  const own = server.ownIncident === undefined ? undefined : draft.incident(server.ownIncident);
  if (own === undefined || own.recoveredAt !== undefined) return;
  draft.setIncident(recover(withEntry(own, { at: now, kind: 'saw-all-along' }), now, now));
}

/** Counts the quiet sites if that is owed, then moves the one own-outage incident. Never a ticket. Sets the next wake. */
export function tendOwnOutage(draft: Draft, sight: Sight = { told: false }): void {
  countWhenOwed(draft, sight);
  const ownWakeAt = tend(draft);
  const { massOwedAt } = draft.server;
  const wakeAt =
    massOwedAt === undefined || ownWakeAt === undefined
      ? (massOwedAt ?? ownWakeAt)
      : earlier(massOwedAt, ownWakeAt);
  if (draft.server.wakeAt !== wakeAt) draft.setServer({ ...draft.server, wakeAt });
}

function tend(draft: Draft): Instant | undefined {
  const { server, policy, now } = draft;
  const incident = server.ownIncident === undefined ? undefined : draft.incident(server.ownIncident);
  if (server.blindSince !== undefined) {
    if (incident === undefined) return openOwn(draft, server.blindSince);
    if (incident.recoveredAt === undefined) {
      // The better proof took over.
      if (!isVerdictOn(server, incident.verdict))
        draft.setIncident({ ...incident, verdict: ownVerdict(draft, server.blindSince) });
      return undefined;
    }
    const again = incident.state === 'resolved' ? reopen : fallBack;
    const verdict = ownVerdict(draft, server.blindSince);
    draft.setIncident({ ...again(incident, server.blindSince, now), verdict });
    return undefined;
  }
  if (incident === undefined) return undefined;
  const recovered = incident.recoveredAt === undefined ? recover(incident, server.sightSince, now) : incident;
  return endOwn(draft, incident, recovered, policy);
}

function openOwn(draft: Draft, since: Instant): Instant | undefined {
  const ripeAt = plus(since, draft.policy.blipMs + draft.policy.blipMarginMs);
  if (draft.now < ripeAt) return ripeAt;
  const id = draft.newIncidentId();
  const finding = ownFinding(draft, since);
  draft.setIncident(openIncident({ id, finding, openedAt: draft.now, siteHasOtherLink: false }));
  draft.setServer({ ...draft.server, ownIncident: id });
  return undefined;
}

function endOwn(
  draft: Draft,
  before: Incident,
  recovered: Incident,
  policy: Draft['policy'],
): Instant | undefined {
  const { now } = draft;
  let next = recovered;
  let wakeAt: Instant | undefined;
  if (next.state !== 'resolved') {
    wakeAt = plus(next.recoveredAt ?? now, policy.resolveHoldMs);
    if (now >= wakeAt) next = resolve(next, now);
  }
  if (next.state === 'resolved') {
    wakeAt = plus(next.resolvedAt ?? now, policy.reopenMs);
    if (now >= wakeAt) {
      draft.setIncident(close(next, now));
      draft.setServer({ ...draft.server, ownIncident: undefined });
      return undefined;
    }
  }
  if (next !== before) draft.setIncident(next);
  return wakeAt;
}

function ownFinding(draft: Draft, since: Instant): Finding {
  return {
    kind: 'own-outage',
    cause: 'unknown',
    causeKey: ownCauseKey,
    since,
    confirmedAt: draft.now,
    recovering: false,
    rests: 'direct',
    verdict: ownVerdict(draft, since),
  };
}

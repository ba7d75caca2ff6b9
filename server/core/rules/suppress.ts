// Why a finding may not open anything now. Every "no" has an enumerated reason and, where time alone can end it, the
// instant to look again. Suppresses opening only; monitoring and resolution go on.
import { type Instant, later, plus, second } from '../../../shared/time.ts';
import type { Draft } from '../draft.ts';
import type { Policy } from '../policy.ts';
import { ancestorsOf } from './dependencies.ts';
import { type Finding, hostCauseKey, siteCauseKey } from './finding.ts';
import { beganAfterReturn } from './just-returned.ts';
import { graceAfterSight } from './own-outage.ts';
import { windowOver } from './planned.ts';
import { silenceOver } from './silence.ts';
import { hostTestimony, type SiteView } from './witness.ts';

export const quietReasons = [
  'recovering',
  'unconfirmed',
  'younger-than-a-blip',
  'held-for-parent',
  'symptom-of-site',
  'site-just-returned',
  'parent-just-returned',
  'host-is-down',
  'blind-or-unproven',
  'sight-not-told',
  'sight-just-returned',
  'maintenance',
  'silenced',
  'held-for-provider',
] as const;
export type QuietReason = (typeof quietReasons)[number];

export interface Quiet {
  readonly because: QuietReason;
  readonly until?: Instant;
}

/**
 * What this input told of the server's own internet. Only `time.advanced` tells; after any other input the core asks
 * to be told at once.
 */
export type Sight = { readonly told: false } | { readonly told: true; readonly anchorsGoodAt?: Instant };

interface Question {
  readonly draft: Draft;
  readonly view: SiteView;
  readonly finding: Finding;
  readonly sight: Sight;
}

/** undefined = nothing speaks against opening. */
export function quietOf(question: Question): Quiet | undefined {
  const { draft, view, finding } = question;
  const { now, policy } = draft;
  if (finding.recovering) return { because: 'recovering' };
  if (finding.confirmedAt === undefined) return { because: 'unconfirmed' };
  const asked = quietByPeople(question);
  if (asked !== undefined) return asked;
  const ripeAt = ripeInstant(finding, finding.confirmedAt, policy);
  if (now < ripeAt) return youngerThanABlip({ draft, view, finding }, ripeAt);
  if (finding.holdUntil !== undefined && now < finding.holdUntil) {
    return { because: 'held-for-parent', until: finding.holdUntil };
  }
  return quietByParent(question) ?? (finding.rests === 'silence' ? quietByBlindness(question) : undefined);
}

/** People planned it, or asked for quiet. */
function quietByPeople({ draft, view, finding }: Question): Quiet | undefined {
  const window = windowOver(view, draft.planned, finding, draft.now);
  if (window !== undefined) return { because: 'maintenance', until: window.to };
  const silence = silenceOver(view, draft.planned, finding, draft.now);
  return silence === undefined ? undefined : { because: 'silenced', until: silence.to };
}

/**
 * A blip's time has passed, and whoever said that something is down could answer a question after the server learned it,
 * however late that was. An episode or poor quality has been watched for minutes: its reporter lives.
 */
function ripeInstant(finding: Finding, confirmedAt: Instant, policy: Policy): Instant {
  const blipOver = plus(finding.since, policy.blipMs + policy.blipMarginMs);
  const watched = finding.flap !== undefined || finding.kind === 'link-degraded';
  if (finding.rests === 'silence' || watched) return blipOver;
  return later(blipOver, plus(confirmedAt, policy.reporterCheckMs));
}

/**
 * What a living agent said opens something only if that agent is still there to take it back: shortly before the time
 * comes it is asked for a sign of life, and an unanswered question makes it no witness any more.
 */
function youngerThanABlip({ draft, view, finding }: Omit<Question, 'sight'>, ripeAt: Instant): Quiet {
  const checkAt = plus(ripeAt, -draft.policy.reporterCheckMs);
  if (finding.rests === 'silence') return { because: 'younger-than-a-blip', until: ripeAt };
  if (draft.now < checkAt) return { because: 'younger-than-a-blip', until: checkAt };
  for (const agent of view.speakers) draft.perform({ kind: 'agent.challenge', agent: agent.id });
  return { because: 'younger-than-a-blip', until: ripeAt };
}

/** The site's own incident explains its links and hosts, also those that are still starting afterwards. */
function quietByParent({ draft, view, finding }: Question): Quiet | undefined {
  if (finding.causeKey === siteCauseKey) return undefined;
  const { now, policy } = draft;
  const parent = view.record.incidents
    .flatMap((id) => draft.incident(id) ?? [])
    .find((incident) => incident.causeKey === siteCauseKey);
  if (parent !== undefined && parent.recoveredAt === undefined) return { because: 'symptom-of-site' };
  const returned = view.record.returnedAt;
  const until = returned === undefined ? now : plus(returned, policy.returnGraceMs);
  if (returned !== undefined && now < until && !beganAfterReturn(view, finding, returned)) {
    return parent === undefined
      ? { because: 'site-just-returned', until }
      : { because: 'symptom-of-site', until };
  }
  return quietByHostParent({ draft, view, finding });
}

/**
 * The machine that carries this one has just returned: its guests are still starting. Likewise a machine that is down
 * or has just returned explains its own agent's silence.
 */
function quietByHostParent({ draft, view, finding }: Omit<Question, 'sight'>): Quiet | undefined {
  const own = finding.kind === 'agent-lost' ? finding.host : undefined;
  const above = [...(own === undefined ? [] : [own]), ...ancestorsOf(view, finding.host ?? '')];
  const parents = new Set(above.map(hostCauseKey));
  for (const id of view.record.incidents) {
    const incident = draft.incident(id);
    if (incident === undefined || !parents.has(incident.causeKey)) continue;
    // Also in the very moment of the parent's first good sign: its incident recovers after this question.
    if (incident.recoveredAt === undefined) return { because: 'host-is-down' };
    const until = plus(incident.recoveredAt, draft.policy.returnGraceMs);
    if (draft.now < until && !beganAfterReturn(view, finding, incident.recoveredAt)) {
      return { because: 'parent-just-returned', until };
    }
  }
  const carriers = ancestorsOf(view, finding.host ?? '');
  return quietByGoodbye({ draft, view, finding }, carriers) ?? quietByDialler({ draft, view }, carriers);
}

/**
 * After a start or a blindness a machine that carries this one and that a neighbour does not reach may only be dialling still:
 * its own agent has as long as all others to come back, and then its verdict comes first.
 */
function quietByDialler(
  { draft, view }: Pick<Question, 'draft' | 'view'>,
  above: readonly string[],
): Quiet | undefined {
  const { now, policy, server } = draft;
  const until = plus(server.sightSince, graceAfterSight(server, policy) + policy.parentHoldMs);
  if (now >= until) return undefined;
  const isMissed = view.hosts.some(
    ({ host, agent }) =>
      agent !== undefined &&
      above.includes(host.key) &&
      (agent.lastHeardAt ?? 0) < server.sightSince &&
      hostTestimony(view, host.key)?.status === 'down',
  );
  return isMissed ? { because: 'held-for-parent', until } : undefined;
}

/** Who goes down as planned takes its guests along; they have the same time to return, and to start after it. */
function quietByGoodbye(
  { draft, view, finding }: Omit<Question, 'sight'>,
  above: readonly string[],
): Quiet | undefined {
  for (const { host, agent } of view.hosts) {
    if (agent === undefined || !above.includes(host.key)) continue;
    const { presence, goodbyeReason, goodbyeAt, returnBy, presenceSince } = agent;
    if (presence === 'away' && goodbyeReason !== 'service-stop' && returnBy !== undefined) {
      // When its time is over it is the one that opens, and they are its symptoms: they wait for that verdict.
      const until = plus(returnBy, draft.policy.parentHoldMs);
      if (draft.now < until) return { because: 'host-is-down', until };
    }
    const last = agent.returns?.at(-1);
    const isBack = presence === 'live' && goodbyeAt !== undefined && last?.of === 'machine';
    if (!isBack || presenceSince - goodbyeAt !== last.tookMs) continue;
    const until = plus(presenceSince, draft.policy.returnGraceMs);
    if (draft.now < until && !beganAfterReturn(view, finding, presenceSince)) {
      return { because: 'parent-just-returned', until };
    }
  }
  return undefined;
}

/**
 * Silence proves something only while this server provably sees: its own anchors answered after the silence began,
 * and agents had time to come back after a start or a blindness.
 */
function quietByBlindness({ draft, view, sight }: Question): Quiet | undefined {
  const { now, policy, server } = draft;
  if (server.blindSince !== undefined) return { because: 'blind-or-unproven' };
  if (server.massOwedAt !== undefined) return { because: 'blind-or-unproven', until: server.massOwedAt };
  const graceUntil = plus(server.sightSince, graceAfterSight(server, policy));
  // Who has been heard since then is not merely still dialling: the grace is for the others.
  const allBack = view.expected.every((agent) => (agent.lastHeardAt ?? 0) >= server.sightSince);
  if (now < graceUntil && !allBack) return { because: 'sight-just-returned', until: graceUntil };
  if (!sight.told) return { because: 'sight-not-told', until: now };
  if (sight.anchorsGoodAt === undefined || now - sight.anchorsGoodAt > policy.anchorsFreshMs) {
    return { because: 'blind-or-unproven', until: plus(now, second) };
  }
  return undefined;
}

// Inputs about an agent itself: enrolled, revoked, its sessions, its goodbye, and what the liveness table says of it.
import type { AgentId, SiteId } from '../../../shared/ids.ts';
import { type Instant, later } from '../../../shared/time.ts';
import type { Draft } from '../draft.ts';
import type { Input } from '../input.ts';
import { evaluateSite, incidentOf } from '../rules/correlate.ts';
import { goodbyeHeardLate } from '../rules/ending.ts';
import { siteCauseKey } from '../rules/finding.ts';
import { oweMassCount, tendOwnOutage } from '../rules/own-outage.ts';
import { returnDeadline, withReturn } from '../rules/return-watch.ts';
import type { AgentState } from '../state.ts';
import { evaluateQuietSites } from './evaluate-all.ts';

type Of<K extends Input['kind']> = Extract<Input, { readonly kind: K }>;

const untold = { told: false } as const;

/** A new agent on a host replaces the one before: a machine that was installed anew is not two machines. */
export function onEnrolled(draft: Draft, { agent, site, host }: Of<'agent.enrolled'>): void {
  const record = draft.site(site);
  for (const id of record.agents) {
    const other = draft.agent(id);
    if (other === undefined || other.host !== host || other.id === agent || other.presence === 'revoked')
      continue;
    draft.setAgent({ ...other, presence: 'revoked', presenceSince: draft.now, session: undefined });
    draft.perform({ kind: 'agent.cut', agent: other.id });
  }
  draft.setAgent({
    id: agent,
    site,
    host,
    presence: 'new',
    presenceSince: draft.now,
    closedByPeer: false,
    remaining: 0,
    receipts: [],
  });
  if (!record.agents.includes(agent))
    draft.setSite({ ...draft.site(site), agents: [...record.agents, agent] });
  evaluateSite(draft, site, untold);
}

export function onRevoked(draft: Draft, { agent: id }: Of<'agent.revoked'>): void {
  const agent = draft.agent(id);
  if (agent === undefined || agent.presence === 'revoked') return;
  draft.setAgent({ ...agent, presence: 'revoked', presenceSince: draft.now, session: undefined });
  draft.perform({ kind: 'agent.cut', agent: id });
  evaluateSite(draft, agent.site, untold);
}

export function onSessionOpened(draft: Draft, input: Of<'session.opened'>): void {
  const agent = draft.agent(input.agent);
  if (agent === undefined || agent.presence === 'revoked') return;
  const before = agent.presence;
  draft.setAgent({
    ...withReturn(agent, draft.now),
    presence: 'live',
    presenceSince: before === 'live' ? agent.presenceSince : draft.now,
    lastHeardAt: draft.now,
    session: input.session,
    egress: input.egress,
    bootId: input.bootId,
    machine: agent.machine ?? input.machine,
    version: input.version,
    closedByPeer: false,
    remaining: input.spoolDepth,
    goodbyeReason: undefined,
    returnBy: undefined,
  });
  if (before !== 'live') siteReturned(draft, agent.site);
  heardAgain(draft, agent.site);
}

export function onSessionClosed(draft: Draft, input: Of<'session.closed'>): void {
  const agent = draft.agent(input.agent);
  if (agent === undefined || agent.session !== input.session) return;
  // After a silence it is only an old socket's end, delivered late; it says nothing of how the silence began.
  const closedByPeer = input.by === 'peer' && agent.presence === 'live';
  draft.setAgent({
    ...agent,
    session: undefined,
    closedByPeer,
    // A closed socket is the last sign of life of the machine's kernel.
    lastHeardAt: closedByPeer ? draft.now : agent.lastHeardAt,
  });
}

export function onGoodbye(draft: Draft, input: Of<'goodbye.said'>): void {
  const agent = draft.agent(input.agent);
  if (agent === undefined || agent.presence === 'revoked') return;
  const returnBy = returnDeadline(draft, agent, { at: draft.now, reason: input.reason });
  draft.setAgent({
    ...agent,
    presence: 'away',
    presenceSince: draft.now,
    lastHeardAt: draft.now,
    goodbyeReason: input.reason,
    goodbyeAt: draft.now,
    returnBy,
  });
  const site = draft.topology.sites.get(agent.site);
  const missed = agent.presence === 'suspected' || agent.presence === 'silent';
  if (missed && site !== undefined) goodbyeHeardLate(draft, site, { host: agent.host, returnBy });
  evaluateSite(draft, agent.site, untold);
}

/** Noted for people. The clone was refused, so nothing of what it would say is evidence. */
export function onCloned(draft: Draft, { agent: id, at, address, times }: Of<'agent.cloned'>): void {
  const agent = draft.agent(id);
  if (agent === undefined || agent.presence === 'revoked') return;
  draft.setAgent({ ...agent, clone: { seenAt: at, address, times: (agent.clone?.times ?? 0) + times } });
}

export function onSuspected(draft: Draft, input: Of<'agent.suspected'>): void {
  const agent = draft.agent(input.agent);
  if (agent?.presence === 'live') fallQuiet(draft, agent, 'suspected', input.lastHeardAt);
}

export function onSilent(draft: Draft, input: Of<'agent.silent'>): void {
  const agent = draft.agent(input.agent);
  if (agent?.presence !== 'live' && agent?.presence !== 'suspected') return;
  fallQuiet(draft, agent, 'silent', input.lastHeardAt);
}

/** Doubt asks every independent witness at once: the other agents of the site, its addresses, the own anchors. */
function fallQuiet(
  draft: Draft,
  agent: AgentState,
  presence: 'suspected' | 'silent',
  heardAt: Instant,
): void {
  const lastHeardAt = agent.lastHeardAt === undefined ? heardAt : later(agent.lastHeardAt, heardAt);
  draft.setAgent({ ...agent, presence, presenceSince: draft.now, lastHeardAt });
  askWitnesses(draft, agent.site, agent.id);
  oweMassCount(draft);
  tendOwnOutage(draft);
  evaluateSite(draft, agent.site, untold);
}

export function onHeard(draft: Draft, input: Of<'agent.heard'>): void {
  const agent = draft.agent(input.agent);
  if (agent?.presence !== 'suspected' && agent?.presence !== 'silent') return;
  draft.setAgent({ ...agent, presence: 'live', presenceSince: draft.now, lastHeardAt: draft.now });
  siteReturned(draft, agent.site);
  heardAgain(draft, agent.site);
}

export function askWitnesses(draft: Draft, site: SiteId, except: AgentId | undefined): void {
  for (const id of draft.site(site).agents) {
    if (id !== except && draft.agent(id)?.presence === 'live')
      draft.perform({ kind: 'agent.challenge', agent: id });
  }
  draft.perform({ kind: 'site.probe', site });
  draft.perform({ kind: 'anchors.probe' });
}

/** A site that had been given up speaks again: its machines and links may still be starting. */
function siteReturned(draft: Draft, site: SiteId): void {
  const whole = incidentOf(draft, site, siteCauseKey);
  if (whole === undefined || whole.recoveredAt !== undefined) return;
  draft.setSite({ ...draft.site(site), returnedAt: draft.now });
}

function heardAgain(draft: Draft, site: SiteId): void {
  const blindBefore = draft.server.blindSince;
  if (draft.server.blindBecause === 'mass-silence') {
    oweMassCount(draft);
    tendOwnOutage(draft);
  }
  if (blindBefore !== undefined && draft.server.blindSince === undefined) evaluateQuietSites(draft, untold);
  evaluateSite(draft, site, untold);
}

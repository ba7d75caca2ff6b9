// A core of a few lines, for tests of the loop around it: what each input does can be read here at a glance.
import type { Change } from '../../server/core/change.ts';
import { nextDeadline } from '../../server/core/deadline.ts';
import type { Decision } from '../../server/core/decide.ts';
import type { Effect } from '../../server/core/effect.ts';
import { evolve } from '../../server/core/evolve.ts';
import type { NumberedInput } from '../../server/core/input.ts';
import type { AgentState, SiteState, State } from '../../server/core/state.ts';
import type { Core } from '../../server/shell/runtime/core.ts';
import { effectKey, incidentId, type SiteId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/time.ts';
import { incident } from '../contract/samples.ts';

/**
 * `agent.enrolled`: opens one incident and one ticket per agent, ever. `ticket.reported`: keeps the protocol and
 * sends one note. `agent.suspected`: wants to be woken at `lastHeardAt`; `time.advanced` takes due wakes away.
 * `agent.heard`: a hint. `agent.revoked`: a bug in the core.
 */
export const tinyCore: Core = { decide, evolve, nextDeadline };

/** Never lets go of a deadline, however often it is told the time. */
export const stubbornCore: Core = {
  ...tinyCore,
  decide: (state, numbered) =>
    numbered.input.kind === 'time.advanced' ? { changes: [], effects: [] } : decide(state, numbered),
};

function decide(state: State, { seq, input }: NumberedInput): Decision {
  const changes: Change[] = [];
  const effects: Effect[] = [];
  if (input.kind === 'agent.enrolled' && !state.agents.has(input.agent)) {
    const id = incidentId(seq, 0);
    changes.push({ kind: 'agent.observed', agent: newAgent(input) });
    changes.push({ kind: 'incident.opened', incident: incident(id, { causeKey: input.agent }) });
    effects.push({
      kind: 'ticket.open',
      key: effectKey(`${id}:open`),
      incident: id,
      notBefore: input.at,
      text: { title: input.agent, body: '' },
      priority: 'critical',
      customer: 'aurora',
      site: input.site,
      detectedAt: input.at,
    });
  } else if (input.kind === 'ticket.reported' && input.outcome.kind === 'registered') {
    const { protocol } = input.outcome;
    const found = state.incidents.get(input.incident);
    if (found !== undefined && found.ticket === undefined) {
      const ticket = { state: 'registered' as const, effect: input.effect, protocol };
      changes.push({ kind: 'incident.changed', incident: { ...found, ticket } });
      const key = effectKey(`${found.id}:note:1`);
      effects.push({ kind: 'ticket.note', key, incident: found.id, notBefore: input.at, text: protocol });
    }
  } else if (input.kind === 'agent.suspected') {
    changes.push({ kind: 'site.observed', site: site(input.agent as string as SiteId, input.lastHeardAt) });
  } else if (input.kind === 'time.advanced') {
    for (const { id, wakeAt } of state.sites.values()) {
      if (wakeAt !== undefined && wakeAt <= input.at) changes.push({ kind: 'site.observed', site: site(id) });
    }
  } else if (input.kind === 'agent.heard') {
    effects.push({ kind: 'agent.challenge', agent: input.agent });
  } else if (input.kind === 'agent.revoked') {
    throw new Error('a bug in the core');
  }
  return { changes, effects };
}

function newAgent(input: Extract<NumberedInput['input'], { kind: 'agent.enrolled' }>): AgentState {
  return {
    id: input.agent,
    site: input.site,
    host: input.host,
    presence: 'new',
    presenceSince: input.at,
    closedByPeer: false,
    remaining: 0,
    receipts: [],
  };
}

function site(id: SiteId, wakeAt?: Instant): SiteState {
  return { id, agents: [], incidents: [], past: [], links: [], hosts: [], addresses: [], wakeAt };
}

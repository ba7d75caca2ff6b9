// A fleet for questions about providers: shops with a main link and a backup of another provider, whose agents report by
// themselves. Plays inputs through the core with virtual time and keeps what opened.
import { nextDeadline } from '../../../../../server/core/deadline.ts';
import { decide } from '../../../../../server/core/decide.ts';
import { isTicketEffect, type TicketEffect } from '../../../../../server/core/effect.ts';
import { evolve, initialState } from '../../../../../server/core/evolve.ts';
import type { Incident } from '../../../../../server/core/incident.ts';
import type { Input } from '../../../../../server/core/input.ts';
import { defaultPolicy } from '../../../../../server/core/policy.ts';
import type { State } from '../../../../../server/core/state.ts';
import type { Site, Topology } from '../../../../../server/core/topology.ts';
import { type AgentId, agentId, customerKey, sessionId, siteId } from '../../../../../shared/ids.ts';
import { type Instant, instant, minute, plus } from '../../../../../shared/time.ts';

export const fleetStart = instant(1_773_144_000_000);

export interface FleetPlan {
  readonly towns: number;
  readonly shopsPerTown: number;
  /** 1 unless told otherwise. */
  readonly shopsPerCustomer?: number;
}

export interface Fleet {
  /** Numbered from 0; shop `n` lies in town `n / shopsPerTown`. */
  readonly shops: readonly Site[];
  readonly opened: Incident[];
  readonly tickets: TicketEffect[];
  state(): State;
  /** The main link of a shop; `seenAt` = when its agent's word arrives. */
  link(shop: number, status: 'up' | 'down', since: Instant, seenAt: Instant): void;
  passUntil(until: Instant): void;
}

export function createFleet({ towns, shopsPerTown, shopsPerCustomer = 1 }: FleetPlan): Fleet {
  const shops = Array.from({ length: towns * shopsPerTown }, (_each, index) =>
    shop(index, Math.floor(index / shopsPerTown), Math.floor(index / shopsPerCustomer)),
  );
  const topology: Topology = {
    revision: 1,
    providers: new Map(['vivo', 'claro'].map((key) => [key, { key, name: key }])),
    sites: new Map(shops.map((site) => [site.id, site])),
  };
  const opened: Incident[] = [];
  const tickets: TicketEffect[] = [];
  const seqs = new Map<AgentId, number>();
  let state = initialState();
  const apply = (input: Input): void => {
    const numbered = { seq: state.seq + 1, input };
    const { changes, effects } = decide(state, numbered);
    state = evolve(state, numbered, changes);
    for (const change of changes) if (change.kind === 'incident.opened') opened.push(change.incident);
    tickets.push(...effects.filter(isTicketEffect));
  };
  const passUntil = (until: Instant): void => {
    for (let due = nextDeadline(state); due !== undefined && due <= until; due = nextDeadline(state)) {
      apply({ kind: 'time.advanced', at: due, anchorsGoodAt: due });
    }
  };
  const at = plus(fleetStart, -2 * minute);
  apply({ kind: 'server.started', at, release: 'test', policy: defaultPolicy });
  apply({ kind: 'inventory.imported', at, topology, by: 'test' });
  for (const [index, site] of shops.entries()) {
    const agent = agentId(`agent-${index}`);
    apply({ kind: 'agent.enrolled', at, agent, site: site.id, host: 'srv' });
    const session = sessionId(`session-${index}`);
    apply({
      kind: 'session.opened',
      at,
      agent,
      session,
      egress: '192.0.2.1',
      bootId: 'boot',
      version: '0',
      spoolDepth: 0,
    });
  }
  return {
    shops,
    opened,
    tickets,
    state: () => state,
    passUntil,
    link: (index, status, since, seenAt) => {
      passUntil(seenAt);
      const agent = agentId(`agent-${index}`);
      const seq = (seqs.get(agent) ?? 0) + 1;
      seqs.set(agent, seq);
      const layer = status === 'down' ? ('provider' as const) : undefined;
      const numbered = { seq, at: seenAt, atErrorMs: 5, since, recovering: false, evidence: [] };
      const item = { kind: 'link.changed' as const, ...numbered, link: 'vivo', status, layer };
      apply({ kind: 'changes.received', at: seenAt, agent, epoch: 1, remaining: 0, items: [item] });
    },
  };
}

function shop(index: number, town: number, owner: number): Site {
  const key = `loja-${index}`;
  const customer = `cliente-${owner}`;
  return {
    id: siteId(customer, key),
    key,
    name: 'Loja',
    customer: customerKey(customer),
    customerName: customer,
    plan: 'PRO',
    city: `Cidade ${town}`,
    state: 'SP',
    timeZone: 'America/Sao_Paulo',
    origin: 'document',
    links: [
      { key: 'vivo', name: 'Vivo', provider: 'vivo', role: 'primary' },
      { key: 'claro', name: 'Claro', provider: 'claro', role: 'backup' },
    ],
    hosts: [{ key: 'srv', name: 'SRV', role: 'server' }],
  };
}

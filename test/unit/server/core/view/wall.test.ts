// Rows of the wall and what a delta carries.
import { describe, expect, test } from 'vitest';
import { evolve } from '../../../../../server/core/evolve.ts';
import { createCalendars } from '../../../../../server/core/sla/calendars.ts';
import type { LinkReport } from '../../../../../server/core/state.ts';
import { incidentDetail } from '../../../../../server/core/view/incident-detail.ts';
import { incidentRow } from '../../../../../server/core/view/incident-row.ts';
import { portuguese } from '../../../../../server/core/view/sentences.ts';
import { gatherSites, siteRow } from '../../../../../server/core/view/site-row.ts';
import { type Delivery, deliveryState, ticketView } from '../../../../../server/core/view/ticket-view.ts';
import { addNews, noNews, wallDelta, wallSnapshot } from '../../../../../server/core/view/wall.ts';
import {
  incidentDetailSchema,
  incidentRowSchema,
  ticketSchema,
} from '../../../../../shared/api/incidents.ts';
import { wallDeltaSchema, wallSnapshotSchema } from '../../../../../shared/api/wall.ts';
import { effectKey, siteIdFrom } from '../../../../../shared/ids.ts';
import { defaultSlaPolicies } from '../../../../../shared/sla-policy.ts';
import { plus } from '../../../../../shared/time.ts';
import {
  agent,
  agentOne,
  at,
  incident,
  matriz,
  openEffect,
  report,
  site,
  stateOf,
  topology,
} from './samples.ts';

const speech = portuguese(topology);
const reading = {
  ...speech,
  calendars: createCalendars(defaultSlaPolicies),
  hints: [],
  providers: new Map(),
  incidents: new Map(),
  now: plus(at, 8_000),
};

function rowOf(state: ReturnType<typeof stateOf>) {
  const evidence = gatherSites(state)[0];
  if (evidence === undefined) throw new Error('the sample has one site');
  return siteRow(evidence, (key) => state.topology.providers.get(key)?.name ?? key);
}

function linkReport(fields: Partial<LinkReport> = {}): LinkReport {
  return {
    agent: agentOne,
    link: 'vivo',
    status: 'up',
    since: at,
    confirmedAt: at,
    receivedAt: at,
    recovering: false,
    ...fields,
  };
}

describe('site row', () => {
  test('a site whose agents never connected is waiting', () => {
    expect(rowOf(stateOf({})).status).toBe('waiting');
    expect(rowOf(stateOf({ agents: [agent({ presence: 'new' })] })).status).toBe('waiting');
  });

  test('a heard agent makes the site up and its own host up', () => {
    const row = rowOf(stateOf({ agents: [agent()], sites: [report({ links: [linkReport()] })] }));
    expect(row.status).toBe('up');
    expect(row.links.map((link) => link.status)).toEqual(['up', 'unknown']);
    expect(row.hosts[0]).toMatchObject({ status: 'up', agent: { id: 'agent-1', presence: 'live' } });
  });

  test('the word of a silent agent is history: its links are unknown, never up', () => {
    const silent = agent({ presence: 'silent' });
    const row = rowOf(stateOf({ agents: [silent], sites: [report({ links: [linkReport()] })] }));
    expect(row.links[0]?.status).toBe('unknown');
    expect(row.status).toBe('unknown');
  });

  test('an open outage makes the site down, a lost redundancy degraded, a resolved incident nothing', () => {
    const status = (fields: Parameters<typeof incident>[0]) =>
      rowOf(stateOf({ agents: [agent()], incidents: [incident({ link: undefined, ...fields })] })).status;
    expect(status({ kind: 'site-offline', severity: 'outage' })).toBe('down');
    expect(status({ kind: 'provider-outage', severity: 'redundancy-lost' })).toBe('degraded');
    expect(status({ kind: 'agent-lost', severity: 'notice' })).toBe('up');
    expect(status({ kind: 'site-offline', severity: 'outage', state: 'resolved' })).toBe('up');
  });

  test('the link that carries is the one whose public address the agents come from', () => {
    const row = rowOf(stateOf({ agents: [agent({ egress: '203.0.113.10' })] }));
    expect(row.links.map((link) => link.carries)).toEqual([false, true]);
  });

  test('a machine that enrolled outside the inventory is shown, a revoked one is not', () => {
    const stray = agent({ host: 'notebook' });
    expect(rowOf(stateOf({ agents: [stray] })).hosts.map((host) => host.key)).toContain('notebook');
    const revoked = agent({ host: 'notebook', presence: 'revoked' });
    expect(rowOf(stateOf({ agents: [revoked] })).hosts.map((host) => host.key)).not.toContain('notebook');
  });

  test('one agent that reaches a link outweighs another that does not', () => {
    const other = agent({ id: agent().id, host: 'srv-ad' });
    const links = [linkReport({ status: 'down' }), linkReport({ status: 'up' })];
    expect(rowOf(stateOf({ agents: [other], sites: [report({ links })] })).links[0]?.status).toBe('up');
  });
});

describe('wall', () => {
  const desk = { name: 'local', waiting: 2, held: 1 };
  const view = { reading, desk, tickets: [] };

  test('the snapshot is what its schema says, newest incident first', () => {
    const older = incident({ id: incident({}).id });
    const state = stateOf({ agents: [agent()], incidents: [older] });
    const snapshot = wallSnapshot({ ...view, state });
    expect(wallSnapshotSchema.parse(snapshot)).toEqual(snapshot);
    expect(snapshot.server.outboxWaiting).toBe(2);
    expect(snapshot.server.desk).toEqual({ name: 'local', downSince: null, lateSince: null, held: 1 });
    expect(snapshot.incidents[0]?.title).toMatch(/^Link Vivo/);
  });

  test('a delta carries only what changed', () => {
    const before = stateOf({ agents: [agent()] });
    const change = { kind: 'incident.opened', incident: incident() } as const;
    const state = evolve(before, { seq: 10, input: { kind: 'time.advanced', at } }, [change]);
    const news = addNews(noNews, [change]);
    const delta = wallDelta({ ...view, state, news, shownSites: new Set([matriz]), serverMoved: false });
    expect(wallDeltaSchema.parse(delta)).toEqual(delta);
    expect(Object.keys(delta).sort()).toEqual(['at', 'incidents', 'sites']);
    expect(delta.sites?.[0]?.links[0]?.status).toBe('down');
  });

  test('a closed incident is gone, also when it opened and closed between two deltas', () => {
    const changes = [
      { kind: 'incident.opened', incident: incident() },
      { kind: 'incident.closed', incident: incident({ state: 'closed' }) },
    ] as const;
    const news = addNews(noNews, changes);
    const state = stateOf({});
    const delta = wallDelta({ ...view, state, news, shownSites: new Set(), serverMoved: false });
    expect(delta.incidents).toBeUndefined();
    expect(delta.incidentsGone).toEqual([incident().id]);
  });

  test('an incident rebuilt from late data never reaches the wall', () => {
    const news = addNews(noNews, [{ kind: 'incident.recorded', incident: incident({ state: 'closed' }) }]);
    expect(news).toEqual(noNews);
  });

  test('a new inventory sends every row again and names the sites that left', () => {
    const news = addNews(noNews, [{ kind: 'topology.adopted', topology }]);
    const shownSites = new Set([matriz, siteIdFrom('velha/filial')]);
    const state = stateOf({ incidents: [incident()] });
    const delta = wallDelta({ ...view, state, news, shownSites, serverMoved: false });
    expect(delta.sites?.map((row) => row.id)).toEqual([site.id]);
    expect(delta.incidents).toHaveLength(1);
    expect(delta.sitesGone).toEqual(['velha/filial']);
  });
});

describe('incident and ticket views', () => {
  test('row and detail are what their schemas say', () => {
    const full = incident({
      layer: 'provider',
      symptoms: ['host:srv-ad'],
      verdict: {
        kind: 'link-down',
        confidence: 'confirmed',
        witnesses: [{ source: 'link-verdict', who: 'vivo', says: 'link-down', since: at }],
        refused: [{ kind: 'site-offline', because: 'agent-is-alive' }],
      },
    });
    const row = incidentRow(full, reading);
    expect(incidentRowSchema.parse(row)).toEqual(row);
    expect(row).toMatchObject({ customer: 'aurora', site: 'matriz', provider: 'vivo', ticket: null });
    const detail = incidentDetail(full, reading);
    expect(incidentDetailSchema.parse(detail)).toEqual(detail);
    expect(detail.sla).toMatchObject({
      priority: 'critical',
      startsAt: '2026-11-22T12:00:00.000Z',
      plan: 'PREMIUM',
    });
    expect(detail.symptoms).toEqual(['máquina SRV-AD01']);
  });

  const done = (effect: Delivery['effect']): Delivery => ({
    effect,
    state: 'done',
    attempts: 1,
    nextAttemptAt: at,
    doneAt: plus(at, 1_000),
    protocol: 'VIG-2026-000001',
  });
  const closing = { key: effectKey('k:close'), incident: incident().id, notBefore: at, text: 'normalizado' };

  test('a ticket is pending until its opening is delivered, then open, closed, open again', () => {
    const opening = openEffect(incident());
    const pending: Delivery = {
      effect: opening,
      state: 'pending',
      attempts: 3,
      nextAttemptAt: at,
      lastError: 'x',
    };
    const stateAfter = (rows: readonly Delivery[]) => ticketView(incident(), rows, speech)?.state;
    expect(stateAfter([pending])).toBe('pending');
    expect(stateAfter([done(opening)])).toBe('open');
    const closed = [done(opening), done({ ...closing, kind: 'ticket.close' })];
    expect(stateAfter(closed)).toBe('closed');
    expect(stateAfter([...closed, done({ ...closing, kind: 'ticket.reopen' })])).toBe('open');
    expect(stateAfter([{ ...pending, state: 'refused' }])).toBe('refused');
    expect(stateAfter([])).toBeUndefined();
  });

  test('a ticket shows its notes and why a delivery waits', () => {
    const rows: Delivery[] = [
      done(openEffect(incident())),
      {
        effect: { ...closing, kind: 'ticket.note' },
        state: 'pending',
        attempts: 2,
        nextAttemptAt: at,
        lastError: 'desk.unavailable',
      },
    ];
    const ticket = ticketView(incident(), rows, speech);
    expect(ticketSchema.parse(ticket)).toEqual(ticket);
    expect(ticket?.notes).toEqual([]);
    expect(ticket?.protocol).toBe('VIG-2026-000001');
    expect(ticket?.deliveries[1]).toMatchObject({
      state: 'pending',
      attempts: 2,
      lastError: 'desk.unavailable',
      heldSince: null,
    });
  });

  test('what a person must act on outweighs a refusal, and a refusal what waits by itself', () => {
    const waiting: Delivery = { ...done(openEffect(incident())), state: 'pending', doneAt: undefined };
    const refused: Delivery = { ...waiting, state: 'refused' };
    expect(deliveryState([])).toBe('delivered');
    expect(deliveryState([done(openEffect(incident())), waiting])).toBe('waiting');
    expect(deliveryState([refused, waiting])).toBe('refused');
    expect(deliveryState([refused, { ...waiting, heldSince: at }])).toBe('held');
    expect(deliveryState([{ ...done(openEffect(incident())), heldSince: at }])).toBe('delivered');
  });

  test('a ticket that a person closed at the desk says so, in row and ticket', () => {
    const closedAtDesk = { at: plus(at, 60_000), by: 'Rui' };
    const ticket = { state: 'registered', effect: effectKey('k'), desk: 'local', closedAtDesk } as const;
    const closed = { at: '2026-11-22T12:01:00.000Z', by: 'Rui' };
    expect(incidentRow(incident({ ticket }), reading).ticket?.closedAtDesk).toEqual(closed);
    const view = ticketView(incident({ ticket }), [done(openEffect(incident()))], speech);
    expect(view?.closedAtDesk).toEqual(closed);
  });
});

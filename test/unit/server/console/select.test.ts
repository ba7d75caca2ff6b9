// Order, groups, counts and filter of the wall's rows.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  closedTooEarly,
  compareIncidents,
  countWall,
  groupIncidents,
  incidentsBySite,
  newCriticals,
  selectSites,
  ticketTrouble,
} from '../../../../server/console/select.ts';
import { reduceWall, type WallView, wallAtStart } from '../../../../server/console/store.ts';
import type { IncidentRow } from '../../../../shared/api/incidents.ts';
import { incidentStates, priorities, severities } from '../../../../shared/words.ts';
import {
  backupRow,
  incidentRow,
  isoAgo,
  linkRow,
  siteRow,
  slaRow,
  snapshot,
  ticketReference,
  ticketRow,
} from '../../../browser/wall-rows.ts';

const now = Date.parse('2026-11-20T14:32:07.000Z');

function viewOf(more: Parameters<typeof snapshot>[1]): WallView {
  const { view } = reduceWall(wallAtStart, { kind: 'snapshot.received', now, snapshot: snapshot(now, more) });
  if (view === undefined) throw new Error('a snapshot makes a view');
  return view;
}

const anyIncident: fc.Arbitrary<IncidentRow> = fc
  .record({
    id: fc.integer({ min: 0, max: 30 }).map((index) => `inc-${index}-0`),
    parent: fc.option(fc.integer({ min: 0, max: 30 }).map((index) => `inc-${index}-0`)),
    state: fc.constantFrom(...incidentStates),
    priority: fc.constantFrom(...priorities),
    severity: fc.constantFrom(...severities),
    recoveredAt: fc.option(fc.constant(isoAgo(now, 0))),
    detectedAt: fc.integer({ min: 0, max: 9 }).map((age) => isoAgo(now, age * 1_000)),
    acknowledgedBy: fc.constantFrom(null, 'Marina'),
    sla: fc
      .record({
        state: fc.constantFrom('at-once', 'running', 'outside-hours', 'missed', 'none'),
        dueAt: fc.option(fc.constantFrom(isoAgo(now, 0), isoAgo(now, 5_000))),
      })
      .map((more) => slaRow(now, 1_000, more)),
  })
  .map((more) => incidentRow(now, more));

describe('wall: order of incidents', () => {
  test('burning before recovering before resolved, whatever the priority', () => {
    const rows = [
      incidentRow(now, { id: 'over', state: 'resolved', resolvedAt: isoAgo(now, 0) }),
      incidentRow(now, { id: 'recovering', recoveredAt: isoAgo(now, 0) }),
      incidentRow(now, { id: 'burning', priority: 'standard' }),
    ];
    expect([...rows].sort(compareIncidents).map((row) => row.id)).toEqual(['burning', 'recovering', 'over']);
  });

  test('among burning criticals the one nobody took stands first', () => {
    const rows = [
      incidentRow(now, { id: 'taken', acknowledgedBy: 'Marina', severity: 'outage' }),
      incidentRow(now, { id: 'free' }),
    ];
    expect([...rows].sort(compareIncidents)[0]?.id).toBe('free');
  });

  test('by what is due: a critical nobody took, then the overdue, then taken criticals, then what runs out first', () => {
    const clock = (state: 'running' | 'missed' | 'outside-hours', leftMs: number) => ({
      priority: 'standard' as const,
      sla: slaRow(now, 0, { state, targetMs: 1, dueAt: isoAgo(now, -leftMs) }),
    });
    const rows = [
      incidentRow(now, { id: 'taken', ...clock('running', 5), acknowledgedBy: 'Rui' }),
      incidentRow(now, { id: 'asleep', ...clock('outside-hours', 1) }),
      incidentRow(now, { id: 'later', ...clock('running', 9_000), priority: 'priority' }),
      incidentRow(now, { id: 'sooner', ...clock('running', 2_000) }),
      incidentRow(now, { id: 'critical-taken', acknowledgedBy: 'Ana' }),
      incidentRow(now, { id: 'overdue', ...clock('missed', -1_000) }),
      incidentRow(now, { id: 'critical' }),
    ];
    const order = ['critical', 'overdue', 'critical-taken', 'sooner', 'later', 'asleep', 'taken'];
    expect([...rows].sort(compareIncidents).map((row) => row.id)).toEqual(order);
  });

  test('the order is a total one, whatever the clocks say', () => {
    fc.assert(
      fc.property(anyIncident, anyIncident, anyIncident, (a, b, c) => {
        expect(Math.sign(compareIncidents(a, b))).toBe(-Math.sign(compareIncidents(b, a)) + 0);
        if (compareIncidents(a, b) <= 0 && compareIncidents(b, c) <= 0) {
          expect(compareIncidents(a, c)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });

  test('grouping shows every incident exactly once, whatever its parent', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyIncident, { selector: (row) => row.id }), (rows) => {
        const shown = groupIncidents(rows).flatMap((group) => [group.row, ...group.children]);
        expect(shown.map((row) => row.id).sort()).toEqual(rows.map((row) => row.id).sort());
      }),
    );
  });

  test('customers of a provider outage stand under it, and a child that outlives it stands by itself', () => {
    const parent = incidentRow(now, { id: 'parent', kind: 'provider-outage', customer: null, site: null });
    const child = incidentRow(now, { id: 'child', parent: 'parent' });
    expect(groupIncidents([child, parent])).toEqual([{ row: parent, children: [child] }]);
    const over = { ...parent, state: 'resolved' as const };
    expect(groupIncidents([child, over]).map((group) => group.row.id)).toEqual(['child', 'parent']);
  });
});

describe('wall: tickets', () => {
  test('what keeps a ticket from the desk: a person, a refusal, or time', () => {
    const pending = incidentRow(now, { ticket: ticketReference({ protocol: null, state: 'pending' }) });
    expect(ticketTrouble(pending, undefined)).toBe('waiting');
    expect(ticketTrouble(pending, ticketRow(now, { delivery: 'held' }))).toBe('held');
    expect(ticketTrouble(incidentRow(now), ticketRow(now))).toBeUndefined();
    expect(ticketTrouble(incidentRow(now, { ticket: null }), undefined)).toBeUndefined();
    const refused = incidentRow(now, { ticket: ticketReference({ protocol: null, state: 'refused' }) });
    expect(ticketTrouble(refused, undefined)).toBe('refused');
  });

  test('closed at the desk is too early only while the outage lasts', () => {
    const ticket = ticketReference({ closedAtDesk: { at: isoAgo(now, 0), by: 'Rui' } });
    expect(closedTooEarly(incidentRow(now, { ticket }))).toBe(true);
    expect(closedTooEarly(incidentRow(now, { ticket, state: 'resolved' }))).toBe(false);
    expect(closedTooEarly(incidentRow(now))).toBe(false);
  });
});

describe('wall: counts', () => {
  test('criticals count while open or taken, not once resolved', () => {
    const counts = countWall(
      viewOf({
        incidents: [
          incidentRow(now),
          incidentRow(now, { id: 'b', state: 'acknowledged' }),
          incidentRow(now, { id: 'c', state: 'resolved' }),
          incidentRow(now, { id: 'd', priority: 'priority' }),
        ],
      }),
    );
    expect(counts.criticals).toBe(2);
  });

  test('a site is out when all its links are down or it has an open site-offline, and counts once', () => {
    const down = siteRow({ links: [linkRow({ status: 'down' }), backupRow({ status: 'down' })] });
    const onBackup = siteRow({ id: 'aurora/filial', links: [linkRow({ status: 'down' }), backupRow()] });
    const silent = siteRow({ id: 'beta/matriz', customer: 'beta', links: [linkRow({ status: 'unknown' })] });
    const offline = incidentRow(now, { kind: 'site-offline', customer: 'beta', site: 'matriz', link: null });
    const alsoKnown = incidentRow(now, { id: 'x', kind: 'site-offline', link: null });
    const counts = countWall(viewOf({ sites: [down, onBackup, silent], incidents: [offline, alsoKnown] }));
    expect(counts.sitesDown).toBe(2);
    expect(counts.linksDown).toBe(3);
  });

  test('a site without links is not out', () => {
    expect(countWall(viewOf({ sites: [siteRow({ links: [] })] })).sitesDown).toBe(0);
  });
});

describe('wall: sites', () => {
  const sites = [
    siteRow({ id: 'a', customerName: 'Ótica Visão', status: 'up', city: 'São Paulo' }),
    siteRow({ id: 'b', customerName: 'Boa Vista', status: 'degraded', city: 'Recife', state: 'PE' }),
    siteRow({ id: 'c', customerName: 'Aurora', status: 'down', city: 'Recife', state: 'PE', links: [] }),
    siteRow({ id: 'd', customerName: 'Zênite', status: 'waiting', city: 'Natal', state: 'RN', links: [] }),
  ];
  const ids = (query: Partial<Parameters<typeof selectSites>[1]>): readonly string[] =>
    selectSites(sites, { text: '', order: 'urgency', onlyTroubled: false, ...query }).map((site) => site.id);

  test('urgency puts what fails first and what is well last', () => {
    expect(ids({})).toEqual(['c', 'b', 'd', 'a']);
  });

  test('by customer the order is the alphabet, accents aside', () => {
    expect(ids({ order: 'customer' })).toEqual(['c', 'b', 'a', 'd']);
  });

  test('the filter needs every word and neither accents nor case', () => {
    expect(ids({ text: 'OTICA sao' })).toEqual(['a']);
    expect(ids({ text: 'claro' })).toEqual(['b', 'a']);
    expect(ids({ text: 'recife claro' })).toEqual(['b']);
    expect(ids({ text: 'nada disso' })).toEqual([]);
  });

  test('only troubled leaves out what is well and what still waits for its agent', () => {
    expect(ids({ onlyTroubled: true })).toEqual(['c', 'b']);
  });

  test('a site points to its most urgent incident that is not over', () => {
    const bySite = incidentsBySite([
      incidentRow(now, { id: 'over', state: 'resolved' }),
      incidentRow(now, { id: 'minor', priority: 'standard' }),
      incidentRow(now, { id: 'major' }),
      incidentRow(now, { id: 'own', kind: 'own-outage', customer: null, site: null }),
    ]);
    expect([...bySite].map(([site, row]) => [site, row.id])).toEqual([['aurora/matriz', 'major']]);
  });
});

describe('wall: announcements', () => {
  test('the first view announces nothing; a new critical and a reopened one are announced once', () => {
    const before = viewOf({
      incidents: [incidentRow(now, { id: 'back', state: 'resolved' }), incidentRow(now, { id: 'old' })],
    });
    const after = viewOf({
      incidents: [
        incidentRow(now, { id: 'back' }),
        incidentRow(now, { id: 'old', acknowledgedBy: 'Marina' }),
        incidentRow(now, { id: 'new' }),
        incidentRow(now, { id: 'low', priority: 'standard' }),
      ],
    });
    expect(newCriticals(undefined, before)).toEqual([]);
    expect(newCriticals(before, after).map((row) => row.id)).toEqual(['back', 'new']);
    expect(newCriticals(after, after)).toEqual([]);
  });
});

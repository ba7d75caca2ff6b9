// The agents page's list: what is marked, how it is filtered and ordered, and which version is the newer.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AgentQuery,
  compareVersions,
  countFindings,
  listAgents,
  newestVersion,
  selectAgents,
} from '../../../../../../server/console/pages/agents/fleet.ts';
import type { AgentItem } from '../../../../../../shared/api/agents.ts';
import { day, hour } from '../../../../../../shared/time.ts';
import { agentFindings, agentItem } from '../../../../../browser/agent-items.ts';
import { hostRow, isoAgo, siteRow } from '../../../../../browser/wall-rows.ts';

const now = Date.UTC(2026, 10, 22, 12);
const noSites = new Map<string, ReturnType<typeof siteRow>>();
const query: AgentQuery = { text: '', show: 'all', order: 'site', descending: false };

const listed = (...items: readonly Partial<AgentItem>[]) =>
  listAgents(
    items.map((more, index) => agentItem(now, { id: `agt-${index}`, ...more })),
    noSites,
    now,
  );

describe('marks', () => {
  test('an agent that is well has none', () => {
    expect(listed({})[0]?.marks).toEqual([]);
  });

  test.each<[string, Partial<AgentItem>]>([
    ['lost', { presence: 'silent' }],
    ['clone', { cloneSeenAt: isoAgo(now, 23 * hour), cloneTimes: 1 }],
    ['clock', { clockOffsetMs: -2_001 }],
    ['spool', { spoolDepth: 100 }],
    ['ping', { ping: { method: 'tcp', reason: 'sem permissão' } }],
    ['findings', { findings: agentFindings(now, ['warning']) }],
  ])('%s', (mark, more) => {
    expect(listed(more)[0]?.marks).toEqual([mark]);
  });

  test.each<[string, Partial<AgentItem>]>([
    ['a clock exactly 2 s off', { clockOffsetMs: 2_000 }],
    ['a clone of the day before', { cloneSeenAt: isoAgo(now, day), cloneTimes: 1 }],
    ['a queue of an agent that is away', { connected: false, spoolDepth: 500 }],
    ['an agent that was not examined yet', { findings: null }],
    ['an agent that said goodbye', { presence: 'away', connected: false }],
  ])('%s is none', (_what, more) => {
    expect(listed(more)[0]?.marks).toEqual([]);
  });

  test('only versions older than the newest seen are old; an unknown one is not judged', () => {
    const agents = listed({ version: '1.10.0' }, { version: '1.9.4' }, { version: null });
    expect(agents.map(({ marks }) => marks)).toEqual([[], ['old-version'], []]);
  });
});

describe('the list', () => {
  test('presence follows the wall, newer than the fetched answer, and names come from the inventory', () => {
    const host = hostRow({ agent: { id: 'agt-1', presence: 'silent', since: isoAgo(now, hour) } });
    const sites = new Map([['aurora/matriz', siteRow({ hosts: [host] })]]);
    const [agent] = listAgents([agentItem(now)], sites, now);
    expect(agent).toMatchObject({
      ...{ presence: 'silent', presenceSince: isoAgo(now, hour), marks: ['lost'] },
      ...{ customerName: 'Padaria Aurora Ltda', siteName: 'Matriz', name: 'SRV-AD01' },
    });
  });

  test('every word must occur, accents and case do not matter', () => {
    const agents = listed({ hostName: 'Recepção' }, { hostName: 'SRV-ERP', egress: '203.0.113.9' });
    const found = (text: string) => selectAgents(agents, { ...query, text }).map(({ id }) => id);
    expect(found('recepcao')).toEqual(['agt-0']);
    expect(found('srv 203.0.113')).toEqual(['agt-1']);
    expect(found('recepcao 203.0.113')).toEqual([]);
  });

  test('what is not known stands last, in either direction', () => {
    const agents = listed({ clockOffsetMs: null }, { clockOffsetMs: -900 }, { clockOffsetMs: 20 });
    const order = (descending: boolean) =>
      selectAgents(agents, { ...query, order: 'clock', descending }).map(({ id }) => id);
    expect(order(false)).toEqual(['agt-2', 'agt-1', 'agt-0']);
    expect(order(true)).toEqual(['agt-1', 'agt-2', 'agt-0']);
  });

  test('by what the examination found errors stand before warnings, and those not examined last', () => {
    const agents = listed(
      { findings: null },
      {},
      { findings: agentFindings(now, ['warning', 'warning']) },
      { findings: agentFindings(now, ['error']) },
      { findings: { ...agentFindings(now, ['error']), more: 3 } },
    );
    const ids = selectAgents(agents, { ...query, order: 'findings' }).map(({ id }) => id);
    expect(ids).toEqual(['agt-4', 'agt-3', 'agt-2', 'agt-1', 'agt-0']);
    expect(countFindings(agents[4]?.findings ?? null)).toEqual({ errors: 1, warnings: 3, all: 4 });
  });

  test('by presence the lost stand first, and among the rest those that are marked', () => {
    const agents = listed({}, { clockOffsetMs: 9_000 }, { presence: 'silent' });
    expect(selectAgents(agents, { ...query, order: 'presence' }).map(({ id }) => id)).toEqual([
      'agt-2',
      'agt-1',
      'agt-0',
    ]);
    expect(selectAgents(agents, { ...query, show: 'marked' }).length).toBe(2);
    expect(selectAgents(agents, { ...query, show: 'clock' }).map(({ id }) => id)).toEqual(['agt-1']);
  });
});

describe('versions', () => {
  const version = fc
    .tuple(fc.nat(20), fc.nat(20), fc.nat(20), fc.constantFrom('', '-rc.1', '-rc.10', '-beta'))
    .map(([major, minor, patch, before]) => `${major}.${minor}.${patch}${before}`);

  test('are ordered: opposite both ways, and through a third', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  test('by number and not by letter, a release after its candidates', () => {
    expect(newestVersion(['1.9.0', null, '1.10.0-rc.2', '1.10.0', '1.10.0-rc.10'])).toBe('1.10.0');
    expect(compareVersions('1.10.0-rc.2', '1.10.0-rc.10')).toBeLessThan(0);
    expect(newestVersion([null])).toBeUndefined();
  });
});

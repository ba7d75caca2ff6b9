// Rows that are kept from one view to the next are what they would be if they were made anew.
import { describe, expect, test } from 'vitest';
import { createCalendars } from '../../../../../server/core/sla/calendars.ts';
import type { State } from '../../../../../server/core/state.ts';
import { portuguese } from '../../../../../server/core/view/sentences.ts';
import { gatherSites, siteRow } from '../../../../../server/core/view/site-row.ts';
import { wallSnapshot } from '../../../../../server/core/view/wall.ts';
import type { SiteRow } from '../../../../../shared/api/wall.ts';
import { defaultSlaPolicies } from '../../../../../shared/sla-policy.ts';
import { agent, agentOne, at, incident, report, stateOf, topology } from './samples.ts';

const reading = {
  ...portuguese(topology),
  calendars: createCalendars(defaultSlaPolicies),
  hints: [],
  providers: new Map(),
  incidents: new Map(),
  now: at,
};

function rowsOf(state: State): readonly SiteRow[] {
  return wallSnapshot({ state, reading, desk: { name: 'local', waiting: 0, held: 0 }, tickets: [] }).sites;
}

function anew(state: State): readonly SiteRow[] {
  const { providers } = state.topology;
  return gatherSites(state).map((each) => siteRow(each, (key) => providers.get(key)?.name ?? key));
}

const link = {
  ...{ agent: agentOne, link: 'vivo', status: 'up' as const, since: at },
  ...{ confirmedAt: at, receivedAt: at, recovering: false },
};
const good = stateOf({ agents: [agent()], sites: [report({ agents: [agentOne], links: [link] })] });

describe('rows that are kept', () => {
  test('a row is the same one as long as its records are', () => {
    expect(rowsOf(good)[0]).toBe(rowsOf({ ...good, seq: 10 })[0]);
  });

  test.each<readonly [string, State]>([
    [
      'its agent falls silent',
      stateOf({ agents: [agent({ presence: 'silent' })], sites: [report({ links: [link] })] }),
    ],
    [
      'its link goes down',
      stateOf({ agents: [agent()], sites: [report({ links: [{ ...link, status: 'down' }] })] }),
    ],
    [
      'an incident opens',
      stateOf({ agents: [agent()], sites: [report({ links: [link] })], incidents: [incident()] }),
    ],
    ['its agent is gone', stateOf({ agents: [], sites: [report({ links: [link] })] })],
    [
      'a provider is renamed',
      {
        ...good,
        topology: { ...topology, providers: new Map([['vivo', { key: 'vivo', name: 'Vivo Fibra' }]]) },
      },
    ],
  ])('when %s, the row is made anew', (_, state) => {
    const before = rowsOf(good);
    const after = rowsOf(state);
    expect(after).toEqual(anew(state));
    expect(after).not.toEqual(before);
    expect(rowsOf(good)).toEqual(before);
  });
});

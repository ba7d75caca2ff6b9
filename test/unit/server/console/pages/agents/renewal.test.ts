// When the list of agents is asked for again: soon after news, else every half minute, never in a hot loop.
import { describe, expect, it } from 'vitest';
import { agentsNews, isDue } from '../../../../../../server/console/pages/agents/renewal.ts';
import { second } from '../../../../../../shared/time.ts';
import { hostRow, isoAgo, siteRow } from '../../../../../browser/wall-rows.ts';

describe('the renewal of the agents page', () => {
  it('waits half a minute without news and ten seconds with', () => {
    expect(isDue({ sinceMs: 29 * second, hasNews: false })).toBe(false);
    expect(isDue({ sinceMs: 30 * second, hasNews: false })).toBe(true);
    expect(isDue({ sinceMs: 9 * second, hasNews: true })).toBe(false);
    expect(isDue({ sinceMs: 10 * second, hasNews: true })).toBe(true);
  });

  it('has news when an agent changes, comes or goes, and none when something else of its site does', () => {
    const agent = { id: 'agt-1', presence: 'live', since: isoAgo(0, 5 * second) } as const;
    const site = siteRow({ hosts: [hostRow({ agent })] });
    const newsOf = (row: typeof site): string => agentsNews(new Map([[row.id, row]]));
    const before = newsOf(site);
    expect(newsOf({ ...site, status: 'degraded' })).toBe(before);
    expect(newsOf({ ...site, hosts: [hostRow({ agent: { ...agent, presence: 'silent' } })] })).not.toBe(
      before,
    );
    expect(newsOf({ ...site, hosts: [hostRow({ agent: { ...agent, since: isoAgo(0, 0) } })] })).not.toBe(
      before,
    );
    expect(newsOf({ ...site, hosts: [hostRow()] })).not.toBe(before);
  });
});

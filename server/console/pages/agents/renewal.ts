// When the agents page asks again: soon after the wall tells of a change of an agent, and every half minute for what no stream
// tells (last contact, egress, clock, spool). Pure. Must never let a fleet full of news become a hot loop.
import { limits } from '../../../../shared/limits.ts';
import type { WallView } from '../../store.ts';

/** Since the last answer, good or bad. */
export function isDue({
  sinceMs,
  hasNews,
}: {
  readonly sinceMs: number;
  readonly hasNews: boolean;
}): boolean {
  return sinceMs >= (hasNews ? limits.agentsNewsMs : limits.agentsRenewMs);
}

/** Another text whenever the wall tells something else of an agent. */
export function agentsNews(sites: WallView['sites']): string {
  const told: string[] = [];
  for (const { hosts } of sites.values())
    for (const { agent } of hosts)
      if (agent !== null) told.push(`${agent.id} ${agent.presence} ${agent.since ?? ''}`);
  return told.join('\n');
}

// What happens on the benchmark's wall: a fleet that is well, then links that fail and come back and incidents that open and
// close, so many a second, drawn from a seed. Under console.ts.
import type { Change } from '../../server/core/change.ts';
import type { Incident } from '../../server/core/incident.ts';
import type { Site } from '../../server/core/topology.ts';
import { agentId, incidentId } from '../../shared/ids.ts';
import { type Random, seededRandom } from '../../shared/random.ts';
import { type Instant, plus, second } from '../../shared/time.ts';
import { agent, incident, report } from '../unit/server/core/view/samples.ts';
import type { Harness } from '../unit/server/shell/http/harness.ts';

export const changesPerSecond = 200;
/** Every so many changes, one opens an incident, and the one that stands longest closes. */
const incidentEvery = 20;
const standingMax = 150;
const turnMs = 50;

/** One agent that is connected, both links measured and good. */
export function goodOrder(at: Instant): (site: Site) => readonly Change[] {
  return (site) => {
    const id = agentId(`${site.id}:h0`);
    return [
      {
        kind: 'agent.observed',
        agent: agent({
          id,
          site: site.id,
          host: 'h0',
          presenceSince: at,
          egress: site.links[0]?.publicAddress,
        }),
      },
      { kind: 'site.observed', site: siteState({ site, at, down: new Set() }) },
    ];
  };
}

function siteState(given: { readonly site: Site; readonly at: Instant; readonly down: ReadonlySet<string> }) {
  const { site, at, down } = given;
  const id = agentId(`${site.id}:h0`);
  return report({
    id: site.id,
    agents: [id],
    links: site.links.map(({ key }) => ({
      agent: id,
      link: key,
      status: down.has(key) ? ('down' as const) : ('up' as const),
      since: at,
      confirmedAt: at,
      receivedAt: at,
      recovering: false,
    })),
  });
}

/** Links that fail and come back, incidents that open and close, so many a second, drawn from a seed. */
export function createUnrest(harness: Harness, all: readonly Site[]) {
  const random = seededRandom(6);
  const standing: Incident[] = [];
  let count = 0;
  const next = (): Change => {
    count += 1;
    const site = picked(all, random);
    const at = harness.clock.now();
    if (count % incidentEvery !== 0) {
      const down = new Set(random.next() < 0.3 ? [site.links[0]?.key ?? ''] : []);
      return { kind: 'site.observed', site: siteState({ site, at, down }) };
    }
    const oldest = standing.length >= standingMax ? standing.shift() : undefined;
    if (oldest !== undefined)
      return { kind: 'incident.closed', incident: { ...oldest, state: 'closed', closedAt: at } };
    const opened = incident({
      ...{ id: incidentId(count, 0), site: site.id, link: site.links[0]?.key, causeKey: `link:${count}` },
      ...{ detectedAt: plus(at, -10 * second), confirmedAt: at, openedAt: at, outageSince: at },
    });
    standing.push(opened);
    return { kind: 'incident.opened', incident: opened };
  };
  return {
    /** Gives the number of changes that were committed. */
    live: async (forMs: number): Promise<number> => {
      const startedAt = performance.now();
      let done = 0;
      for (;;) {
        const elapsedMs = performance.now() - startedAt;
        if (elapsedMs >= forMs) return done;
        const wanted = Math.floor((elapsedMs / second) * changesPerSecond);
        for (; done < wanted; done += 1) await harness.commit([next()]);
        await new Promise((resolve) => setTimeout(resolve, turnMs));
      }
    },
  };
}

function picked(all: readonly Site[], random: Random): Site {
  const site = all[Math.floor(random.next() * all.length)];
  if (site === undefined) throw new Error('console: a fleet without sites');
  return site;
}

// What escalation asks of an incident, read from the state: whose plan, at which place, since when. A provider's outage has
// no place of its own: it takes the most demanding plan among those it hit. Reads only; decides nothing.
import { earlier, type Instant, later } from '../../../shared/time.ts';
import { plans } from '../../../shared/words.ts';
import type { Incident } from '../incident.ts';
import type { State } from '../state.ts';
import type { Site } from '../topology.ts';
import type { EscalationFacts } from './escalation.ts';

export type EscalationView = Pick<State, 'topology' | 'providers' | 'incidents'>;

/** Undefined: it belongs to no customer (Vigia's own outage, a site that left the inventory). */
export function escalationFactsOf(
  incident: Incident,
  state: EscalationView,
  now: Instant,
): EscalationFacts | undefined {
  const site = decidingSite(incident, state);
  if (site === undefined) return undefined;
  const { priority, resolvedAt, movedTo } = incident;
  const openedAt = calledAt(incident);
  const since = (at: Instant | undefined): Instant | undefined =>
    at === undefined ? undefined : later(at, openedAt);
  return {
    priority,
    plan: site.plan,
    customer: site.customer,
    place: { state: site.state, city: site.city, timeZone: site.timeZone },
    openedAt,
    acknowledgedAt: takenAt(incident),
    forwardedAt: incident.timeline.find(({ kind }) => kind === 'assigned')?.at,
    // What a person passed on before it came back stays there from its first moment.
    movedToLevel2At: since(movedTo?.level2At),
    movedToLevel3At: since(movedTo?.level3At),
    resolvedAt,
    pauses: incident.pauses ?? [],
    now,
  };
}

/** Whose contract counts: the incident's own site, or the most demanding one of a provider's outage. */
export function decidingSite(incident: Incident, state: EscalationView): Site | undefined {
  if (incident.site !== undefined) return state.topology.sites.get(incident.site);
  if (incident.provider === undefined) return undefined;
  const outages = state.providers.get(incident.provider)?.outages ?? [];
  const children = outages.find((each) => each.incident === incident.id)?.children ?? [];
  const sites = children.flatMap((id) => {
    const at = state.incidents.get(id)?.site;
    return (at === undefined ? undefined : state.topology.sites.get(at)) ?? [];
  });
  // `plans` is in the order of what they promise, the least first.
  return sites.sort((a, b) => plans.indexOf(b.plan) - plans.indexOf(a.plan) || (a.id < b.id ? -1 : 1))[0];
}

/** The opening, the last reopening or the last rise of its class, whichever was last. */
function calledAt({ openedAt, raised, timeline }: Incident): Instant {
  const again = timeline.findLast(({ kind }) => kind === 'reopened' || kind === 'reopened-by-person');
  return later(again?.at ?? openedAt, raised?.at ?? openedAt);
}

/** Somebody has it: took it, or was named for it. */
function takenAt({ acknowledgedAt, timeline }: Incident): Instant | undefined {
  const namedAt = timeline.find(({ kind }) => kind === 'assigned')?.at;
  if (acknowledgedAt === undefined || namedAt === undefined) return acknowledgedAt ?? namedAt;
  return earlier(acknowledgedAt, namedAt);
}

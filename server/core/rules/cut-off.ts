// A machine that was missed, and ran on all the while without a network: told late by its own rounds, which found every
// link dead at its own end. Amends the cause of the machine's own incident, open or closed; called by `on-changes`
// for each stretch of a dead link that an agent tells. Must never open anything.
import { plus } from '../../../shared/time.ts';
import type { Layer } from '../../../shared/words.ts';
import type { Draft } from '../draft.ts';
import { beganWithin, type Incident, trueStartOf, type Witness } from '../incident.ts';
import type { AgentState, LinkReport } from '../state.ts';
import type { Site } from '../topology.ts';
import { hostCauseKey } from './finding.ts';
import { amend, incidentAbout, type Stretch, sameMomentMs } from './late.ts';

/**
 * True: this stretch says nothing of the link. It lies within a `host-down` of the machine that tells it, and the link was
 * lost near that machine, in its own network or at its gateway, while others of its site, or the router's address, lived.
 *
 * The machine's own incident gets the cause `lan` where the machine is known to have run on:
 * - the same run of the program over the whole outage: who booted or was started since may have been dead;
 * - the link dead for it from the outage's beginning to its end, and no other link that worked meanwhile.
 * A frozen program and a hung machine did no rounds and tell no such stretch.
 */
export function toldByCutOffMachine(
  draft: Draft,
  site: Site,
  { id, host }: Pick<AgentState, 'id' | 'host'>,
  stretch: Stretch,
): boolean {
  if (!isNear(stretch.layer)) return false;
  const own = incidentAbout(draft, site, hostCauseKey(host), (each) => isWithin(draft, each, stretch));
  if (own === undefined) return false;
  const startedAt = draft.agent(id)?.runStartedAt;
  const ranOn = startedAt === undefined || startedAt < trueStartOf(own);
  const dead = isWhole(draft, own, stretch) && allDead(draft.site(site.id).links, id, stretch);
  if (own.cause === 'unknown' && ranOn && dead) {
    const witness: Witness = { source: 'boot-record', who: host, says: 'ran-on' };
    amend(draft, site, own, { cause: 'lan', witness });
  }
  return true;
}

function isNear(layer: Layer | undefined): boolean {
  return layer === 'lan' || layer === 'gateway';
}

/** Its other links are dead still, or came back in the same moment as this one. */
function allDead(reports: readonly LinkReport[], agent: AgentState['id'], { to }: Stretch): boolean {
  return reports.every(
    (report) => report.agent !== agent || report.status === 'down' || report.since >= plus(to, -sameMomentMs),
  );
}

function isWithin(draft: Draft, incident: Incident, { from, to }: Stretch): boolean {
  const end = plus(incident.recoveredAt ?? draft.now, sameMomentMs);
  return from >= plus(trueStartOf(incident), -sameMomentMs) && to <= end;
}

/** The link was dead for this agent as long as its machine was missed. */
function isWhole(draft: Draft, incident: Incident, { from, to }: Stretch): boolean {
  const together = beganWithin(incident, plus(from, -sameMomentMs), plus(from, sameMomentMs));
  return together && to >= plus(incident.recoveredAt ?? draft.now, -sameMomentMs);
}

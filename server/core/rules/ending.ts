// What a machine's own logs say of how its last run ended, told after it came back: amends the cause of the incident,
// open or closed, that this end explains; so does a goodbye that was lost or comes late. Nothing here may ever open a ticket.
import { limits } from '../../../shared/limits.ts';
import { type Instant, plus } from '../../../shared/time.ts';
import type { RunExplained, RunStarted } from '../../../shared/wire/messages.ts';
import type { Draft } from '../draft.ts';
import { beganWithin, type Incident, trueStartOf, type Witness } from '../incident.ts';
import type { AgentState, ToldEnding } from '../state.ts';
import type { Site } from '../topology.ts';
import { agentCauseKey, hostCauseKey, siteCauseKey } from './finding.ts';
import { amend, endingWitness, incidentAbout, sameMomentMs } from './late.ts';
import { siteView } from './witness.ts';

/**
 * The host's own incident gets its cause. A site's silence does only where this machine was the site's one witness, or
 * where a second machine's log names the same power cut: then the ends are why nothing was heard. A cause that is known
 * already stands; one that was only presumed does not. Each boot counts once, however often and under whatever number it is told.
 */
export function runExplained(draft: Draft, site: Site, { id }: AgentState, item: RunExplained): void {
  const agent = draft.agent(id);
  if (agent === undefined || isTold(agent, item)) return;
  const ending = endingOf(item);
  const endings = [...(agent.endings ?? []), ending].slice(-limits.endingsPerAgentMax);
  draft.setAgent({ ...agent, endings });
  const fits = (incident: Incident): boolean => explains(ending, incident, draft);
  const own = incidentAbout(draft, site, hostCauseKey(agent.host), fits);
  if (own !== undefined) tell(draft, site, own, { agent, ending, decides: true });
  const whole = incidentAbout(draft, site, siteCauseKey, fits);
  if (whole === undefined) return;
  const alone = siteView(draft, site).expected.length === 1;
  tell(draft, site, whole, { agent, ending, decides: alone || isSecondPowerCut(whole, agent, ending) });
}

function isTold(agent: AgentState, item: RunExplained): boolean {
  return (agent.endings ?? []).some((each) =>
    item.bootId === undefined || each.bootId === undefined
      ? each.endedAt === item.endedAt && each.ending === item.ending
      : each.bootId === item.bootId,
  );
}

function endingOf(item: RunExplained): ToldEnding {
  const { bootId, ending, endedAt, endedAtErrorMs, code, reason, account } = item;
  return { bootId, ending, endedAt, endedAtErrorMs, code, reason, account };
}

function isSecondPowerCut(whole: Incident, agent: AgentState, { ending }: ToldEnding): boolean {
  const others = whole.verdict.witnesses.filter(
    (each) => each.says === 'run-ended' && each.who !== agent.host && each.facts?.cause === 'power',
  );
  return ending === 'power' && others.length > 0;
}

interface Told {
  readonly agent: AgentState;
  readonly ending: ToldEnding;
  /** The end of this run is the cause; else it is only one more witness. */
  readonly decides: boolean;
}

function tell(draft: Draft, site: Site, incident: Incident, { agent, ending, decides }: Told): void {
  const witness: Witness = endingWitness(agent.host, ending);
  const open = incident.cause === 'unknown' || (isPresumed(incident) && beganWith(ending, incident));
  const news = decides && open && ending.ending !== 'unknown';
  amend(draft, site, incident, { cause: news ? ending.ending : undefined, witness });
}

/** A silent site whose provider failed around it: nobody inside has said so. What a machine there says is better known. */
function isPresumed({ kind, cause, timeline }: Incident): boolean {
  return (
    kind === 'site-offline' &&
    cause === 'provider' &&
    timeline.some((entry) => entry.kind === 'joined-outage')
  );
}

/** Not a machine that was restarted while everybody waited for the provider. */
function beganWith({ endedAt, endedAtErrorMs }: ToldEnding, incident: Incident): boolean {
  const slackMs = sameMomentMs + endedAtErrorMs;
  return beganWithin(incident, plus(endedAt, -slackMs), plus(endedAt, slackMs));
}

/** The run ended when the outage began, or during it (a machine that hung first and was reset later). */
function explains(ending: ToldEnding, incident: Incident, draft: Draft): boolean {
  const slackMs = sameMomentMs + ending.endedAtErrorMs;
  return (
    ending.endedAt >= plus(trueStartOf(incident), -slackMs) &&
    ending.endedAt <= plus(incident.recoveredAt ?? draft.now, sameMomentMs)
  );
}

/**
 * The run before this one was stopped in order, and the outage began with that stop: its goodbye was said into a session
 * that hung, and a planned stop was taken for a death. Told by the next run's first words, because the agent's stamp on
 * the disk says how it was stopped.
 */
export function stopToldLater(
  draft: Draft,
  site: Site,
  { host }: AgentState,
  { previous }: RunStarted,
): void {
  if (previous?.stoppedInOrder !== true) return;
  const at = previous.lastAliveAt;
  planned(draft, site, host, { at, from: plus(at, -sameMomentMs), to: plus(at, sameMomentMs) });
}

/**
 * A goodbye that comes when its machine is already missed. A kernel that is going down sends it again for a minute at most,
 * so a silence that began earlier than that has another cause.
 */
export function goodbyeHeardLate(
  draft: Draft,
  site: Site,
  { host, returnBy }: Pick<AgentState, 'host' | 'returnBy'>,
): void {
  const { now } = draft;
  planned(draft, site, host, { at: now, from: plus(now, -2 * sameMomentMs), to: now, returnBy });
}

interface Stop {
  readonly at: Instant;
  /** An outage that began between the two began with it. */
  readonly from: Instant;
  readonly to: Instant;
  /** It is away still, and must be back by then. */
  readonly returnBy?: Instant;
}

function planned(draft: Draft, site: Site, host: string, { at, from, to, returnBy }: Stop): void {
  const alone = site.hosts.length <= 1;
  const keys = [hostCauseKey(host), agentCauseKey(host), ...(alone ? [siteCauseKey] : [])];
  for (const causeKey of keys) {
    const incident = incidentAbout(draft, site, causeKey, (each) => beganWithin(each, from, to));
    if (incident === undefined || (incident.cause !== 'unknown' && !isPresumed(incident))) continue;
    const witness: Witness = { source: 'goodbye', who: host, says: 'agent-said-goodbye', since: at };
    amend(draft, site, { ...incident, returnBy }, { cause: 'planned', witness });
  }
}

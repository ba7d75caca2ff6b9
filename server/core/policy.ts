// Thresholds of the correlator. They enter with `server.started`, so that the past replays under its own rules.
import { minute, second } from '../../shared/time.ts';

export interface Policy {
  /** Heartbeat asked of agents. */
  readonly heartbeatMs: number;
  /** Nothing younger than this after its first failing evidence becomes an incident: blips never open a ticket. */
  readonly blipMs: number;
  /** The good sign that ends a blip is measured, sent and committed within this time after it. */
  readonly blipMarginMs: number;
  /** Silence alone is a verdict at phi 8, but never before `silenceFloorMs` nor after `silenceCapMs`. */
  readonly silenceFloorMs: number;
  readonly silenceCapMs: number;
  /** Children wait this long for their parent's verdict. */
  readonly parentHoldMs: number;
  /**
   * A silent site that has a link nobody can see from outside may be moving to it: routers take 9 to 19 s to fail over
   * after a silent black hole, and the agents must dial anew. Where another link is seen to live, they get longer.
   */
  readonly failoverHoldMs: number;
  readonly failoverSeenHoldMs: number;
  /** When part of a silent site comes back, the rest dials anew with backoff (at most 15 s): its silence waits. */
  readonly comebackHoldMs: number;
  /** Stable this long before `resolved`. */
  readonly resolveHoldMs: number;
  /** A return within this time after `resolved` reopens the same incident. */
  readonly reopenMs: number;
  /**
   * An agent that has just come back tells old news first; its first fresh rounds take this long. Until then what it
   * says of a link that died before its return opens nothing.
   */
  readonly replayHoldMs: number;
  /** After a server start, agents may take this long to come back before their silence counts. */
  readonly startGraceMs: number;
  /** The same after a blindness: the agents are running and only dial anew (backoff at most 15 s). */
  readonly sightGraceMs: number;
  /** The reporter of a fresh outage is asked for a sign of life this long before the outage may open anything. */
  readonly reporterCheckMs: number;
  /** After a site returned, its hosts and links may take this long to start before they count on their own. */
  readonly returnGraceMs: number;
  /** After a goodbye the agent must be back within this time, until its own returns have taught a better one. */
  readonly goodbyeReturnMs: number;
  /** Learned from an agent's own returns: twice the slowest and this, within the two bounds. */
  readonly returnSlackMs: number;
  readonly returnMinMs: number;
  readonly returnMaxMs: number;
  /** This many downs of one link or host within the window are one unstable episode ... */
  readonly flapDownsMin: number;
  readonly flapWindowMs: number;
  /** ... which ends after this long without another, ... */
  readonly flapStableMs: number;
  /** ... and is told of at most once in this time: two notices an hour. */
  readonly flapNoticeMs: number;
  /**
   * Slower: this many falls of one incident within the window, whoever tells of them, are an unstable episode too. 30 min is
   * twice `reopenMs`: three falls, none farther from the next than what is one incident anyway.
   */
  readonly unstableFallsMin: number;
  readonly unstableWindowMs: number;
  /** ... which ends after this long up, or down, without a flip. Half the window: no rhythm that enters leaves between two falls. */
  readonly unstableStableMs: number;
  /** A good measurement of the server's own anchors older than this proves nothing. */
  readonly anchorsFreshMs: number;
  /** Mass silence: at least this many sites ... */
  readonly massSitesMin: number;
  /** ... and at least this share of all sites with live agents, within `massWindowMs`, over two or more providers. */
  readonly massShareMin: number;
  readonly massWindowMs: number;
  /**
   * Mass silence alone, with the own anchors answering and others heard, opens nothing for this long and no longer. Routes
   * of the internet find a new way within 3 minutes, an agent then dials anew within 45 s: who could come back has.
   */
  readonly massFreezeMs: number;
  /** Chance of one link to fail within a window, as outages in 30 days: what `rules/chance.ts` compares with. */
  readonly providerOutagesPerLinkMonth: number;
  /** Links of one provider that fail together are one outage only if chance alone is less probable than this. */
  readonly providerAlpha: number;
  /** The window is the spread of the losses, within these two. */
  readonly providerWindowMsMin: number;
  readonly providerWindowMsMax: number;
  /** What fails this long after a provider's outage began, in its region, belongs to it. */
  readonly providerJoinMs: number;
}

export const defaultPolicy: Policy = {
  heartbeatMs: 10 * second,
  blipMs: 10 * second,
  blipMarginMs: 1_500,
  silenceFloorMs: 18 * second,
  silenceCapMs: 30 * second,
  parentHoldMs: 15 * second,
  failoverHoldMs: 27 * second,
  failoverSeenHoldMs: 45 * second,
  comebackHoldMs: 20 * second,
  resolveHoldMs: 2 * minute,
  reopenMs: 15 * minute,
  replayHoldMs: 6 * second,
  startGraceMs: 45 * second,
  sightGraceMs: 32 * second,
  reporterCheckMs: 3_300,
  returnGraceMs: 5 * minute,
  goodbyeReturnMs: 15 * minute,
  returnSlackMs: 2 * minute,
  returnMinMs: 5 * minute,
  returnMaxMs: 60 * minute,
  flapDownsMin: 4,
  flapWindowMs: 10 * minute,
  flapStableMs: 10 * minute,
  flapNoticeMs: 30 * minute,
  unstableFallsMin: 3,
  unstableWindowMs: 30 * minute,
  unstableStableMs: 15 * minute,
  anchorsFreshMs: 8 * second,
  massSitesMin: 3,
  massShareMin: 0.5,
  massWindowMs: 60 * second,
  massFreezeMs: 4 * minute,
  providerOutagesPerLinkMonth: 0.5,
  providerAlpha: 3e-10,
  providerWindowMsMin: 15 * second,
  providerWindowMsMax: 90 * second,
  providerJoinMs: 15 * minute,
};

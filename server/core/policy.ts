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
  /** After a goodbye the agent must be back within this time. */
  readonly goodbyeReturnMs: number;
  /** A good measurement of the server's own anchors older than this proves nothing. */
  readonly anchorsFreshMs: number;
  /** Mass silence: at least this many sites ... */
  readonly massSitesMin: number;
  /** ... and at least this share of all sites with live agents, within `massWindowMs`, over two or more providers. */
  readonly massShareMin: number;
  readonly massWindowMs: number;
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
  anchorsFreshMs: 8 * second,
  massSitesMin: 3,
  massShareMin: 0.5,
  massWindowMs: 60 * second,
};

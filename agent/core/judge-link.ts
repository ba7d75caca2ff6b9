// Room 3 of the route: what one round says of its link. Pure reading of numbers; whether it is believed is decided in
// judgement.ts. Must never conclude more than the targets show: what never answered proves nothing by silence.
import type { Layer } from '../../shared/words.ts';
import { answered } from './evidence.ts';
import type { TargetResult } from './input.ts';
import type { Sight } from './judgement.ts';
import { isPrivateAddress } from './link/local-network.ts';

export interface RoundContext {
  /** Anchors that must answer (k of n). */
  readonly anchorsNeeded: number;
  /** The probes left by a source address or interface of the link. */
  readonly bound: boolean;
  /** Whatever left can only have gone by this link: it is the site's only one, or the probes are bound to it. */
  readonly onlyWay: boolean;
  /** The gateway has answered before, so that its silence means something. */
  readonly gatewayAnswered: boolean;
  /** Every neighbour that used to answer is silent: then a silent gateway is the local network's trouble. */
  readonly lanSilent: boolean;
  /** Is this learned hop a router of the provider (true), or a second box of the customer's? */
  readonly isProviders: (hop: string) => boolean;
  /** DNS and the 204 page were to be asked in this round. */
  readonly slow: boolean;
  /** The last slow round brought an answer from end to end (a resolved name, the 204 page); undefined = none yet. */
  readonly endToEnd: boolean | undefined;
}

/**
 * Whether this round brought an answer from end to end; undefined = it did not ask. A TCP connection alone is none: a
 * transparent proxy in the path accepts every connection, also with the internet gone behind it.
 */
export function endToEndProof(targets: readonly TargetResult[]): boolean | undefined {
  let asked = false;
  for (const target of targets) {
    if (target.role === 'http') {
      if (target.http === 'no-content') return true;
      asked = true;
    } else if (target.role === 'dns' && target.sent > 0) {
      if (answered(target)) return true;
      asked = true;
    }
  }
  return asked ? false : undefined;
}

/** `unmeasurable`: the source address is not on this machine. `empty`: no anchor was asked. */
export type RoundReading = Sight | 'unmeasurable' | 'empty';

// One object per possible sight: rounds come every few seconds for years.
const up: Record<Sight['proves'], Sight> = {
  all: { seen: 'up', proves: 'all' },
  dns: { seen: 'up', proves: 'dns' },
  nothing: { seen: 'up', proves: 'nothing' },
};
const degraded = {
  dns: { seen: 'degraded', layer: 'dns', proves: 'nothing' },
  'captive-portal': { seen: 'degraded', layer: 'captive-portal', proves: 'nothing' },
} satisfies Partial<Record<Layer, Sight>>;
const down = {
  lan: { seen: 'down', layer: 'lan', proves: 'nothing' },
  gateway: { seen: 'down', layer: 'gateway', proves: 'nothing' },
  provider: { seen: 'down', layer: 'provider', proves: 'nothing' },
  internet: { seen: 'down', layer: 'internet', proves: 'nothing' },
} satisfies Partial<Record<Layer, Sight>>;

/** Routers beyond the gateway that must all answer before the trouble is called one of the internet behind them. */
const providerHopsMin = 2;

/** Reads one round. An order of the results is not assumed. */
export function readRound(targets: readonly TargetResult[], context: RoundContext): RoundReading {
  let asked = 0;
  let anchorsAsked = 0;
  let anchorsGood = 0;
  let byPing = false;
  let localFailures = 0;
  let noAddress = 0;
  let anyAnswer = false;
  let gateway: 'absent' | 'answers' | 'silent' = 'absent';
  let beyondAnswers = false;
  let providerHops = 0;
  let providerAnswers = 0;
  for (const target of targets) {
    if (target.sent === 0 && target.local === undefined) continue;
    const answers = answered(target);
    // Resolvers and pages are asked through the system's own calls, which may hide why nothing left.
    if (target.role !== 'dns' && target.role !== 'http') {
      asked += 1;
      if (target.local !== undefined) localFailures += 1;
      if (target.local === 'no-address') noAddress += 1;
    }
    if (target.role === 'gateway') gateway = answers ? 'answers' : 'silent';
    else if (answers) {
      anyAnswer = true;
      // The site's own resolver answers from its memory, also with the gateway dead.
      if (target.role !== 'dns' || !isPrivateAddress(target.target)) beyondAnswers = true;
    }
    if (target.role === 'hop' && context.isProviders(target.target)) {
      providerHops += 1;
      if (answers) providerAnswers += 1;
    }
    if (target.role !== 'anchor' || target.large === true) continue;
    anchorsAsked += 1;
    if (answers) anchorsGood += 1;
    if (answers && target.method !== 'tcp') byPing = true;
  }
  // Without anchors in the assignment nothing could ever call the link up again, so nothing may call it down.
  if (anchorsAsked === 0) return 'empty';
  if (asked > 0 && localFailures === asked && !anyAnswer) {
    return context.bound && noAddress === asked ? 'unmeasurable' : down.lan;
  }
  const enough = anchorsGood >= Math.min(context.anchorsNeeded, anchorsAsked);
  if (enough && !byPing && context.endToEnd === false) return down.provider;
  if (enough) return readAboveAnchors(targets, context);
  // Pings may be filtered on the way, or all lost by chance on a poor link: where the page itself came by this link, in this
  // very round, the link carries. Where a router chooses by itself it may have come by another.
  if (context.onlyWay && pageCame(targets)) return readAboveAnchors(targets, context);
  // Every router known from good days is there, the provider's line and what lies behind it: the trouble is further on.
  // One that answers alone may be the edge of a provider whose own network is dead.
  if (providerAnswers >= providerHopsMin && providerAnswers === providerHops) return down.internet;
  // Something beyond the gateway answered, so the gateway forwards, whatever it says about itself.
  if (gateway === 'silent' && context.gatewayAnswered && !beyondAnswers) {
    return context.lanSilent ? down.lan : down.gateway;
  }
  return down.provider;
}

/** The 204 page came as its server sends it, from end to end. */
function pageCame(targets: readonly TargetResult[]): boolean {
  return targets.some((each) => each.role === 'http' && each.http === 'no-content');
}

/** The link carries: are names resolved, and is the answer the internet's own? */
function readAboveAnchors(targets: readonly TargetResult[], context: RoundContext): Sight {
  let dnsAsked = 0;
  let dnsGood = 0;
  let http: 'unasked' | 'good' | 'redirected' | 'failed' = 'unasked';
  for (const target of targets) {
    if (target.role === 'dns' && (target.sent > 0 || target.local !== undefined)) {
      dnsAsked += 1;
      if (answered(target)) dnsGood += 1;
    } else if (target.role === 'http') {
      http = target.http === 'redirected' ? 'redirected' : target.http === 'no-content' ? 'good' : 'failed';
    }
  }
  if (dnsAsked > 0 && dnsGood === 0) return degraded.dns;
  if (http === 'redirected') return degraded['captive-portal'];
  if (!context.slow) return up.nothing;
  // A page that failed may be any server's trouble: it neither accuses nor clears.
  return http === 'failed' ? up.dns : up.all;
}

/** Did this gateway answer in this round? */
export function gatewayAnswers(targets: readonly TargetResult[], gateway: string | undefined): boolean {
  if (gateway === undefined) return false;
  return targets.some((each) => each.role === 'gateway' && each.target === gateway && answered(each));
}

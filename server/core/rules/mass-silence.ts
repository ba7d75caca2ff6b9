// Mass silence: are so many sites quiet at once that this server must doubt its own sight, and is the doubt over? Counts
// the quiet sites and weighs who else can tell: their public addresses, the own anchors, the sites that are still heard.
// Judges only; `own-outage.ts` acts on it. Must never call a site dark on the word of a server that may not see.
import type { SiteId } from '../../../shared/ids.ts';
import { earlier, type Instant, later, plus } from '../../../shared/time.ts';
import type { Draft } from '../draft.ts';
import { addressLossesMax, addressProbing } from '../liveness/judge-address.ts';
import type { AddressReport, AgentState } from '../state.ts';
import type { Site } from '../topology.ts';
import { isPlannedAt } from './planned.ts';

/** A site's addresses, asked when it fell quiet, have told by then: a whole burst, the last answer's time, and the way here. */
const askMs = (addressLossesMax + 1) * addressProbing.burstMs + addressProbing.timeoutMs;

/**
 * What the public addresses of a quiet site say:
 * - `dark`: every link has one that used to answer, and all are dead; the site is seen to be down, not only unheard;
 * - `answers`: one answers, so the site lives and it is this server that does not hear it;
 * - `asked`: one answered when its agents fell quiet a moment ago, and the burst of questions is still under way;
 * - `none`: nobody can tell.
 */
type Sign = 'dark' | 'answers' | 'asked' | 'none';

interface QuietSite {
  /** Of its main link. */
  readonly provider: string;
  /** Its last sign of life. */
  readonly fellAt: Instant;
  /** Fell quiet within the window, and since this server last began to see. */
  readonly fresh: boolean;
  readonly sign: Sign;
  /** `dark`: since when the last address is dead. */
  readonly darkSince?: Instant;
}

export interface MassCount {
  /** Sites with expected agents whose silence nothing explains yet. */
  readonly sites: number;
  readonly byProvider: ReadonlyMap<string, number>;
  /** Of those with a living agent: since when one is. */
  readonly heardSince: readonly Instant[];
  readonly quiet: readonly QuietSite[];
}

export function countQuiet(draft: Draft): MassCount {
  const byProvider = new Map<string, number>();
  const quiet: QuietSite[] = [];
  let sites = 0;
  const heardSince: Instant[] = [];
  for (const [id, site] of draft.topology.sites) {
    const expected = expectedAgents(draft, id);
    if (expected.length === 0 || hasExplanation(draft, id)) continue;
    // Planned work on many sites at once says nothing of this server's own sight.
    if (isPlannedAt(site, draft.planned, {}, draft.now)) continue;
    const provider = mainProvider(site);
    sites += 1;
    byProvider.set(provider, (byProvider.get(provider) ?? 0) + 1);
    const live = expected.filter((agent) => agent.presence === 'live').map((agent) => agent.presenceSince);
    if (live.length > 0) heardSince.push(live.reduce(earlier));
    else quiet.push(quietSite(draft, { site, provider, expected }));
  }
  return { sites, byProvider, heardSince, quiet };
}

function expectedAgents(draft: Draft, id: SiteId): readonly AgentState[] {
  return draft
    .site(id)
    .agents.flatMap((each) => draft.agent(each) ?? [])
    .filter(({ presence }) => presence === 'live' || presence === 'suspected' || presence === 'silent');
}

/** A site that is known to be dark, or whose machine is known to be down, says nothing about this server. */
function hasExplanation(draft: Draft, id: SiteId): boolean {
  return draft.site(id).incidents.some((each) => {
    const incident = draft.incident(each);
    const explains =
      incident?.kind === 'site-offline' || incident?.kind === 'host-down' || incident?.kind === 'agent-lost';
    return explains && incident?.recoveredAt === undefined;
  });
}

function mainProvider(site: Site): string {
  const main = site.links.find((link) => link.role === 'primary') ?? site.links[0];
  return main?.provider ?? '';
}

function quietSite(
  draft: Draft,
  of: { readonly site: Site; readonly provider: string; readonly expected: readonly AgentState[] },
): QuietSite {
  const { now, policy, server } = draft;
  const { site, provider, expected } = of;
  const fellAt = expected.map((agent) => agent.lastHeardAt ?? agent.presenceSince).reduce(later);
  const addresses = draft.site(site.id).addresses.filter((address) => address.everAnswered);
  return {
    provider,
    fellAt,
    // What fell silent before sight returned was counted then.
    fresh: now - fellAt <= policy.massWindowMs && fellAt >= server.sightSince,
    ...signOf(site, addresses, isBeingAsked(expected, now)),
  };
}

function signOf(
  site: Site,
  addresses: readonly AddressReport[],
  asked: boolean,
): Pick<QuietSite, 'sign' | 'darkSince'> {
  if (addresses.some((address) => address.answers)) return { sign: asked ? 'asked' : 'answers' };
  const isSeen = site.links.every((link) => addresses.some((address) => address.link === link.key));
  if (site.links.length === 0 || !isSeen) return { sign: 'none' };
  return { sign: 'dark', darkSince: addresses.map((address) => address.since).reduce(later) };
}

/** The burst that its agents' silence asked for has not ended yet. */
function isBeingAsked(expected: readonly AgentState[], now: Instant): boolean {
  return expected.some((agent) => agent.presence === 'suspected' && now - agent.presenceSince < askMs);
}

/**
 * Is this server blind? `since` = the first of them fell quiet then. `wait` = those who have been asked will tell within
 * seconds: count again, and open nothing until then.
 *
 * A mass: at least `massSitesMin` sites and `massShareMin` of all sites fell quiet within the window, and so did that share
 * of the sites that do not hang on the one provider most of them hang on. One provider's outage, however large its share of
 * the customers, leaves the others' sites alone and is no blindness. Neither is a town without power: sites that are proven
 * dark (`isProvenDark`) are left out, as those whose outage is open already.
 */
export function judgeMass(
  draft: Draft,
  count: MassCount,
  goodAt: Instant | undefined,
): { readonly verdict: 'none' | 'wait' } | { readonly verdict: 'mass'; readonly since: Instant } {
  const { now, policy } = draft;
  const fresh = count.quiet.filter((site) => site.fresh);
  if (!isMass(draft, count, [])) return { verdict: 'none' };
  const since = fresh.map((site) => site.fellAt).reduce(earlier);
  const mayProve = heardSince(count, since) > 0 && now < plus(since, policy.silenceCapMs);
  const open = fresh.filter((site) => site.sign === 'dark' || site.sign === 'asked');
  if (isMass(draft, count, provenDark(draft, count, { since, goodAt }))) {
    return mayProve && !isMass(draft, count, open) ? { verdict: 'wait' } : { verdict: 'mass', since };
  }
  return { verdict: 'none' };
}

/**
 * Is a blindness that rests on mass silence alone over?
 * - `sees-again`: most are heard again. Why they fell silent nobody knows, so nothing in between has a known start.
 * - `saw-all-along`: it was none, and what was seen in between counts as it was seen. The quiet sites are proven dark; or
 *   nobody can ask them, the silence has lasted for `massFreezeMs`, the own anchors answer, and all the while a good share
 *   of the sites was heard. Not while many answer from outside without being heard: those prove a real blindness.
 */
export function judgeBlindness(
  draft: Draft,
  count: MassCount,
  told: { readonly since: Instant; readonly goodAt: Instant | undefined },
): 'blind' | 'sees-again' | 'saw-all-along' {
  const { now, policy } = draft;
  const { since, goodAt } = told;
  // Fewer than would prove it: who returns one by one does not switch it on and off.
  const share = policy.massShareMin / 2;
  if (count.quiet.length < share * count.sites) return 'sees-again';
  if (isReturning(draft, count, since)) return 'blind';
  const dark = provenDark(draft, count, told).length;
  if (count.quiet.length - dark < share * (count.sites - dark)) return 'saw-all-along';
  const lasted = now >= plus(since, policy.massFreezeMs) && isProven(draft, goodAt);
  const unheard = count.quiet.filter((site) => site.sign === 'answers' || site.sign === 'asked').length;
  const isHeard = heardSince(count, since) >= share * count.sites && unheard < share * count.sites;
  return lasted && isHeard ? 'saw-all-along' : 'blind';
}

/** Somebody has just come back: the others may be dialling. Who comes and goes without end does not put it off for ever. */
function isReturning({ now, policy }: Draft, count: MassCount, since: Instant): boolean {
  if (now >= plus(since, 2 * policy.massFreezeMs)) return false;
  return count.heardSince.some((each) => each > since && now < plus(each, policy.sightGraceMs));
}

/** Sites that have been heard all the time since then: what reaches this server from them would have from the others. */
function heardSince(count: MassCount, since: Instant): number {
  return count.heardSince.filter((each) => each <= since).length;
}

function isMass({ policy }: Draft, count: MassCount, without: readonly QuietSite[]): boolean {
  const leftOut = new Set(without);
  const counted = count.quiet.filter((site) => site.fresh && !leftOut.has(site));
  const sites = count.sites - leftOut.size;
  if (counted.length < policy.massSitesMin || counted.length < policy.massShareMin * sites) return false;
  const freshBy = new Map<string, number>();
  for (const { provider } of counted) freshBy.set(provider, (freshBy.get(provider) ?? 0) + 1);
  const [most, itsFresh] = [...freshBy].reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0] as const);
  const itsLeftOut = without.filter((site) => site.provider === most).length;
  const others = sites - ((count.byProvider.get(most) ?? 0) - itsLeftOut);
  const quietOthers = counted.length - itsFresh;
  return quietOthers >= 1 && quietOthers >= policy.massShareMin * others;
}

/**
 * The sites that are seen to be dark: somebody else has been heard since before the first fell quiet, and the own anchors
 * answered after the addresses died.
 */
function provenDark(
  draft: Draft,
  count: MassCount,
  { since, goodAt }: { readonly since: Instant; readonly goodAt: Instant | undefined },
): readonly QuietSite[] {
  if (heardSince(count, since) === 0 || goodAt === undefined || !isProven(draft, goodAt)) return [];
  return count.quiet.filter(({ darkSince }) => darkSince !== undefined && darkSince <= goodAt);
}

function isProven({ now, policy, server }: Draft, goodAt: Instant | undefined): boolean {
  if (server.anchorsReachable === false || goodAt === undefined) return false;
  return now - goodAt <= policy.anchorsFreshMs;
}

/** Fewer sites than a mass fell quiet within the window. The usual case, told without weighing every site. */
export function fewFellQuiet(draft: Draft): boolean {
  const { now, policy, topology } = draft;
  let quiet = 0;
  for (const id of topology.sites.keys()) {
    let fresh = false;
    for (const each of draft.site(id).agents) {
      const agent = draft.agent(each);
      if (agent?.presence === 'live') {
        fresh = false;
        break;
      }
      if (agent?.presence !== 'suspected' && agent?.presence !== 'silent') continue;
      if (now - (agent.lastHeardAt ?? agent.presenceSince) <= policy.massWindowMs) fresh = true;
    }
    if (fresh) quiet += 1;
    if (quiet >= policy.massSitesMin) return false;
  }
  return true;
}

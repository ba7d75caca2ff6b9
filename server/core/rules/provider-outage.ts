// A provider's outage across customers: one parent incident of its own, the customers' incidents its children. Every
// child keeps its own ticket and its own life; the parent only explains them.
// Asked by `correlate.ts` whenever something is about to open. Must never open a second parent for one outage.
import type { IncidentId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { earlier, type Instant, plus } from '../../../shared/time.ts';
import type { Draft } from '../draft.ts';
import type { Incident } from '../incident.ts';
import type { RegionalOutage } from '../state.ts';
import type { Site } from '../topology.ts';
import type { Finding } from './finding.ts';
import { fallBack, joinSymptom, knowCause, openIncident, reopen, withEntry } from './incident.ts';
import {
  incidentOfLoss,
  type Loss,
  lossesOf,
  type Proof,
  proofAround,
  putLosses,
  regionOf,
} from './provider-losses.ts';
import { tellJoined, tellOpened, tellReopened, tellWidened } from './provider-ticket.ts';
import type { SiteView } from './witness.ts';

/** What a finding that is about to open has to do with its provider. */
export type Belonging =
  | { readonly kind: 'alone' }
  /** Others of its provider have failed too and are not sure yet: their word is awaited. */
  | { readonly kind: 'waits'; readonly until: Instant }
  | { readonly kind: 'belongs'; readonly provider: string; readonly to: IncidentId };

/**
 * 1. An outage of its provider stands there: it belongs to that one.
 * 2. With the others it is beyond chance: the outage opens (or comes back, or widens), and it belongs to that one.
 * 3. It would be, were the others sure: it waits for them, at most `parentHoldMs` from its first evidence.
 * 4. It is alone.
 */
export function belongingOf(draft: Draft, view: SiteView, finding: Finding): Belonging {
  const losses = lossesOf(view, finding);
  for (const each of losses) {
    const standing = standingOutage(draft, view.site, each);
    if (standing !== undefined) return { kind: 'belongs', provider: each.provider, to: standing.incident };
  }
  const counting = losses.filter((each) => each.counts);
  for (const each of counting) {
    markReady(draft, each);
    const proof = proofAround(draft, each, true);
    if (proof !== undefined)
      return { kind: 'belongs', provider: each.provider, to: begin(draft, view, each, proof) };
  }
  for (const each of counting) {
    const until = plus(each.loss.since, draft.policy.parentHoldMs);
    if (draft.now < until && proofAround(draft, each, false) !== undefined) return { kind: 'waits', until };
  }
  return { kind: 'alone' };
}

/** Not recovered, covers the town, and began neither long before nor after this loss. */
function standingOutage(draft: Draft, site: Site, { provider, loss }: Loss): RegionalOutage | undefined {
  const { providerWindowMsMax, providerJoinMs } = draft.policy;
  return draft.provider(provider).outages.find((outage) => {
    const incident = draft.incident(outage.incident);
    if (incident === undefined || incident.recoveredAt !== undefined) return false;
    if (outage.region !== undefined && outage.region !== regionOf(site)) return false;
    return (
      loss.since >= plus(outage.since, -providerWindowMsMax) &&
      loss.since <= plus(outage.since, providerJoinMs)
    );
  });
}

/** From now on it proves something to the others, also while it waits. */
function markReady(draft: Draft, { provider, loss }: Loss): void {
  const { losses } = draft.provider(provider);
  const isIt = (other: Loss['loss']): boolean => other.site === loss.site && other.causeKey === loss.causeKey;
  if (losses.some((other) => isIt(other) && other.ready && other.since === loss.since)) return;
  putLosses(draft, provider, [...losses.filter((other) => !isIt(other)), { ...loss, ready: true }]);
}

/** Opens the outage, or takes up the one that is there; then gathers its children. */
function begin(draft: Draft, view: SiteView, asked: Loss, proof: Proof): IncidentId {
  const since = proof.losses.map((loss) => loss.since).reduce(earlier);
  const existing = existingOutage(draft, asked.provider, proof, since);
  const outage =
    existing === undefined
      ? open(draft, asked.provider, proof, since)
      : takeUp(draft, asked.provider, existing, proof, since);
  gather(draft, view, asked, outage);
  return outage.incident;
}

/** One of several towns first, then the town's own, then one that began with this in another town: that one widens. */
function existingOutage(
  draft: Draft,
  provider: string,
  proof: Proof,
  since: Instant,
): RegionalOutage | undefined {
  const alive = draft
    .provider(provider)
    .outages.filter((each) => draft.incident(each.incident) !== undefined);
  return (
    alive.find((each) => each.region === undefined) ??
    alive.find((each) => each.region === proof.region) ??
    alive.find(
      (each) =>
        Math.abs(each.since - since) <= draft.policy.providerWindowMsMax &&
        draft.incident(each.incident)?.recoveredAt === undefined,
    )
  );
}

function open(draft: Draft, provider: string, proof: Proof, since: Instant): RegionalOutage {
  const finding = outageFinding(draft, provider, proof, since);
  const id = draft.newIncidentId();
  const opened = {
    ...openIncident({ id, finding, openedAt: draft.now, siteHasOtherLink: false }),
    region: proof.region,
  };
  draft.setIncident(tellOpened(draft, opened, proof.losses));
  const outage: RegionalOutage = {
    incident: id,
    region: proof.region,
    since,
    children: [],
    joined: 0,
    told: proof.losses.length,
    tellAt: plus(draft.now, limits.outageTellAfterMs),
  };
  setOutage(draft, provider, outage);
  return outage;
}

function outageFinding(draft: Draft, provider: string, proof: Proof, since: Instant): Finding {
  const silent = proof.losses.filter((loss) => loss.rests === 'silence').length;
  const facts: Record<string, string | number> = {
    customers: proof.customers,
    'links-watched': proof.links,
    spread: `${Math.ceil(proof.spreadMs / 1000)} s`,
  };
  if (silent > 0) facts['silent-sites'] = silent;
  return {
    kind: 'provider-outage',
    cause: 'provider',
    causeKey: outageCauseKey(provider, proof.region),
    provider,
    since,
    confirmedAt: draft.now,
    recovering: false,
    rests: 'direct',
    verdict: {
      kind: 'provider-outage',
      // Silence alone could also be a power cut in the town.
      confidence: silent < proof.losses.length ? 'confirmed' : 'single',
      witnesses: [{ source: 'link-verdict', who: provider, says: 'customers-lost-together', since, facts }],
      refused: [{ kind: 'link-down', because: 'beyond-chance' }],
    },
  };
}

function outageCauseKey(provider: string, region: string | undefined): string {
  return region === undefined ? `provider:${provider}` : `provider:${provider}@${region}`;
}

/** The same outage: it comes back after its end, falls back during its recovery, or reaches another town. */
function takeUp(
  draft: Draft,
  provider: string,
  outage: RegionalOutage,
  proof: Proof,
  since: Instant,
): RegionalOutage {
  let incident = draft.incident(outage.incident);
  let next = outage;
  if (incident === undefined) return outage;
  if (incident.recoveredAt !== undefined) {
    const resolved = incident.state === 'resolved';
    incident = resolved
      ? tellReopened(draft, { ...reopen(incident, since, draft.now), resolvedByPerson: undefined })
      : fallBack(incident, since, draft.now);
    // Those that are over would end it again at once.
    next = { ...next, since, children: next.children.filter((id) => !isOver(draft, id)) };
  }
  if (next.region !== undefined && next.region !== proof.region) {
    incident = withEntry(
      { ...incident, region: undefined, causeKey: outageCauseKey(provider, undefined) },
      { at: draft.now, kind: 'widened', text: proof.region },
    );
    incident = tellWidened(draft, incident, proof.region);
    next = { ...next, region: undefined };
  }
  draft.setIncident(incident);
  setOutage(draft, provider, next);
  return next;
}

/** Fresh losses there: those with an incident become children, those that waited for this are looked at again now. */
function gather(draft: Draft, view: SiteView, { provider, loss: asked }: Loss, outage: RegionalOutage): void {
  const { losses } = draft.provider(provider);
  for (const loss of losses) {
    const site = draft.topology.sites.get(loss.site);
    if (site === undefined || (loss.site === asked.site && loss.causeKey === asked.causeKey)) continue;
    if (standingOutage(draft, site, { provider, loss, counts: true })?.incident !== outage.incident) continue;
    const incident = incidentOfLoss(draft, loss);
    if (incident !== undefined && incident.recoveredAt === undefined) {
      if (incident.kind === 'link-degraded') continue;
      draft.setIncident(joinLate(draft, incident, { provider, to: outage.incident }));
    } else if (loss.ready && loss.site !== view.site.id) {
      draft.setSite({ ...draft.site(loss.site), wakeAt: plus(draft.now, 1) });
    }
  }
}

type Place = Pick<Extract<Belonging, { readonly kind: 'belongs' }>, 'provider' | 'to'>;

/** An incident that opens as part of an outage. Its ticket's own text names that, so no note is needed. */
export function placed(draft: Draft, incident: Incident, belonging: Belonging): Incident {
  return belonging.kind === 'belongs' ? becomeChild(draft, incident, belonging) : incident;
}

/** The same for an incident whose ticket is open already: a note says so. */
export function joinLate(draft: Draft, incident: Incident, place: Place): Incident {
  if (incident.parent === place.to) {
    register(draft, place.provider, incident, 0);
    return incident;
  }
  return tellJoined(draft, becomeChild(draft, incident, place));
}

function becomeChild(draft: Draft, incident: Incident, { provider, to }: Place): Incident {
  const child = withEntry({ ...incident, parent: to }, { at: draft.now, kind: 'joined-outage', text: to });
  register(draft, provider, child, 1);
  return explains(draft, provider, child) ? knowCause(child, { cause: 'provider' }, draft.now) : child;
}

/** A nearer or a better known cause stands; a site with links of others needs those causes too. */
function explains(draft: Draft, provider: string, incident: Incident): boolean {
  if (incident.cause !== 'unknown' && incident.cause !== 'links') return false;
  if (incident.kind === 'link-down' || incident.site === undefined) return true;
  return draft.topology.sites.get(incident.site)?.links.every((link) => link.provider === provider) ?? false;
}

/** `joins`: 0 for one that belonged to it before and has come back with it. */
function register(draft: Draft, provider: string, child: Incident, joins: 0 | 1): void {
  const outage = draft.provider(provider).outages.find((each) => each.incident === child.parent);
  const parent = outage === undefined ? undefined : draft.incident(outage.incident);
  if (outage === undefined || parent === undefined) return;
  const watched = outage.children.length < limits.outageChildrenMax && !outage.children.includes(child.id);
  const children = watched ? [...outage.children, child.id] : outage.children;
  setOutage(draft, provider, { ...outage, children, joined: outage.joined + joins });
  if (parent.symptoms.length >= limits.outageSymptomsMax) return;
  const effect = child.causeKey === 'site' ? `${child.site}` : `${child.site}/${child.causeKey}`;
  draft.setIncident(joinSymptom(parent, effect, draft.now));
}

function isOver(draft: Draft, id: IncidentId): boolean {
  const incident = draft.incident(id);
  return incident === undefined || incident.recoveredAt !== undefined;
}

function setOutage(draft: Draft, provider: string, outage: RegionalOutage): void {
  const record = draft.provider(provider);
  const others = record.outages.filter((each) => each.incident !== outage.incident);
  const tells = outage.joined > outage.told ? outage.tellAt : undefined;
  const wakes = [record.wakeAt, tells].filter((at) => at !== undefined);
  const wakeAt = wakes.length === 0 ? undefined : wakes.reduce(earlier);
  draft.setProvider({ ...record, outages: [...others, outage], wakeAt });
}

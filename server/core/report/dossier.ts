// The head of a dossier: whose outage it was, what was concluded and why, when it was down. The evidence follows it, the
// seal (hashes, signature) is made outside the core. Reads only.
import { type DossierHeader, dossierFormat } from '../../../shared/api/dossier.ts';
import { type SiteId, splitSiteId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { type Instant, instant, plus, toIso } from '../../../shared/time.ts';
import type { Incident, Witness } from '../incident.ts';
import type { Site, SiteLink, Topology } from '../topology.ts';
import {
  type Speech,
  sentenceOfCause,
  sentenceOfRefusal,
  sentenceOfTitle,
  sentenceOfWitness,
} from '../view/sentences.ts';
import type { Span } from './spans.ts';
import { stretchesOf } from './stretches.ts';
import { defaultTimeZone } from './things.ts';

export interface DossierQuestion {
  readonly incident: Incident;
  /** Of the incident. */
  readonly site: SiteId;
  /** The dossier is of this link, which the incident took down; undefined: of the whole incident. */
  readonly link: string | undefined;
  readonly cnpj: string | undefined;
  readonly publicKey: string;
  readonly release: string;
  readonly now: Instant;
  readonly evidence: { readonly span: Span; readonly complete: boolean };
}

/** The stretch of the journal in which an incident's evidence lies: from a little before its first sign to its end. */
export function evidenceSpan({ detectedAt, evidenceAt, earliestAt, closedAt }: Incident, now: Instant): Span {
  const first = Math.min(detectedAt, evidenceAt ?? detectedAt, earliestAt ?? detectedAt);
  return { from: plus(instant(first), -limits.dossierLeadMs), to: closedAt ?? now };
}

export function dossierHeader(question: DossierQuestion, speech: Speech): DossierHeader {
  const { incident, publicKey, release, now, evidence, cnpj } = question;
  const { topology, catalogue } = speech;
  const keys = splitSiteId(question.site);
  const site = topology.sites.get(question.site);
  const { down } = stretchesOf(incident, now);
  return {
    format: dossierFormat,
    language: catalogue.language,
    generatedAt: toIso(now),
    release,
    publicKey,
    customer: { key: keys.customer, name: site?.customerName ?? keys.customer, cnpj: cnpj ?? null },
    site: {
      key: keys.site,
      name: site?.name ?? keys.site,
      city: site?.city ?? '',
      state: site?.state ?? '',
      timeZone: site?.timeZone ?? defaultTimeZone,
    },
    ...partsOf(question, site, topology),
    incident: incidentFacts(question, site, speech),
    outages: down
      .slice(0, limits.timelineEntriesMax)
      .map(({ from, to, share }) => ({ from: toIso(instant(from)), to: toIso(instant(to)), share })),
    downMs: Math.round(down.reduce((sum, { from, to, share }) => sum + (to - from) * share, 0)),
    evidence: {
      from: toIso(instant(evidence.span.from)),
      to: toIso(instant(evidence.span.to)),
      complete: evidence.complete,
    },
  };
}

/** Names as of now; what has left the inventory is named by its keys. */
function partsOf(
  { incident, link: asked }: DossierQuestion,
  site: Site | undefined,
  { providers }: Topology,
): Pick<DossierHeader, 'link' | 'host' | 'provider'> {
  const key = asked ?? incident.link;
  const link: SiteLink | undefined = site?.links.find((each) => each.key === key);
  const host = site?.hosts.find((each) => each.key === incident.host);
  const provider = providerOf(incident, link, asked);
  const known = provider === undefined ? undefined : providers.get(provider);
  return {
    link:
      key === undefined
        ? null
        : {
            ...{ key, name: link?.name ?? key, circuit: link?.circuit ?? null },
            ...(asked === undefined ? {} : { publicAddress: link?.publicAddress ?? null }),
          },
    host: incident.host === undefined ? null : { key: incident.host, name: host?.name ?? incident.host },
    provider:
      provider === undefined
        ? null
        : {
            ...{ key: provider, name: known?.name ?? provider },
            ...(asked === undefined ? {} : { phone: known?.supportPhone ?? null }),
          },
  };
}

/** Of one link who sells it, not whom a whole site's incident names: its links may be of two companies. */
function providerOf(
  incident: Incident,
  link: SiteLink | undefined,
  asked: string | undefined,
): string | undefined {
  if (asked === undefined || asked === incident.link) return incident.provider ?? link?.provider;
  return link?.provider;
}

/** What was said of the site's other links is their providers' matter. */
function concerns({ who, facts }: Witness, asked: string | undefined, site: Site | undefined): boolean {
  const isLink = site?.links.some(({ key }) => key === who) === true;
  const link = facts?.link ?? (isLink ? who : undefined);
  return asked === undefined || link === undefined || link === asked;
}

function incidentFacts(
  { incident, link }: DossierQuestion,
  site: Site | undefined,
  speech: Speech,
): DossierHeader['incident'] {
  const { id, kind, cause, state, verdict, ticket } = incident;
  return {
    id,
    kind,
    cause,
    title: sentenceOfTitle(incident, speech),
    causeText: sentenceOfCause(cause, speech),
    state,
    detectedAt: toIso(incident.detectedAt),
    confirmedAt: toIso(incident.confirmedAt),
    openedAt: toIso(incident.openedAt),
    recoveredAt: isoOrNull(incident.recoveredAt),
    resolvedAt: isoOrNull(incident.resolvedAt),
    closedAt: isoOrNull(incident.closedAt),
    protocol: ticket?.protocol ?? null,
    registeredAt: isoOrNull(ticket?.registeredAt),
    retro: incident.retro,
    flapping: incident.flapping,
    witnesses: verdict.witnesses
      .filter((each) => concerns(each, link, site))
      .slice(0, 200)
      .map((each) => sentenceOfWitness(each, incident, speech)),
    refused: verdict.refused.slice(0, 200).map((each) => sentenceOfRefusal(each, speech)),
  };
}

function isoOrNull(at: Instant | undefined): string | null {
  return at === undefined ? null : toIso(at);
}

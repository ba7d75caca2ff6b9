// The wall: one snapshot of everything, then only what changed. Built from state and from committed changes; how often
// it is sent and to whom is the shell's business (`shell/gateway/console-session.ts`).
import type { ServerRow, SiteRow, WallDelta, WallSnapshot, WallTicket } from '../../../shared/api/wall.ts';
import { assertNever } from '../../../shared/assert.ts';
import type { IncidentId, SiteId } from '../../../shared/ids.ts';
import { type Instant, toIso } from '../../../shared/time.ts';
import type { Change } from '../change.ts';
import type { Incident } from '../incident.ts';
import type { State } from '../state.ts';
import type { Site, Topology } from '../topology.ts';
import { incidentRow, isoOrNull } from './incident-row.ts';
import { gatherSites, type SiteEvidence, siteRow } from './site-row.ts';
import type { Reading } from './sla-view.ts';

/** What the wall says of the desk as a whole. */
export interface DeskFacts {
  readonly name: string;
  /** Since when it does not answer. */
  readonly downSince?: Instant;
  /** An opening of a critical waits longer than `limits.deskLateToldMs`, since then. */
  readonly lateSince?: Instant;
  /** Deliveries not yet done; of them `held` wait for a person. */
  readonly waiting: number;
  readonly held: number;
}

export interface WallView {
  readonly state: State;
  /** Its `now` is the view's instant. */
  readonly reading: Reading;
  readonly desk: DeskFacts;
  readonly tickets: readonly WallTicket[];
}

export function wallSnapshot({ state, reading, desk, tickets }: WallView): WallSnapshot {
  return {
    at: toIso(reading.now),
    server: serverRow(state, desk),
    incidents: standingIncidents(state).map((each) => incidentRow(each, reading)),
    sites: siteRows(state),
    tickets: [...tickets],
  };
}

export function serverRow(state: State, desk: DeskFacts): ServerRow {
  const { server } = state;
  return {
    startedAt: toIso(server.startedAt),
    release: server.release,
    blindSince: isoOrNull(server.blindSince),
    blindBecause: server.blindBecause ?? null,
    outboxWaiting: desk.waiting,
    desk: {
      name: desk.name,
      downSince: isoOrNull(desk.downSince),
      lateSince: isoOrNull(desk.lateSince),
      held: desk.held,
    },
  };
}

function siteRows(state: State, wanted?: ReadonlySet<SiteId>): SiteRow[] {
  const { providers } = state.topology;
  return gatherSites(state, wanted).map((evidence) => keptSiteRow(evidence, providers));
}

interface MadeRow {
  readonly evidence: SiteEvidence;
  readonly row: SiteRow;
}

/**
 * Rows as they were last made. Records are replaced and never changed, so a row stands for as long as its records are the
 * same ones: a wall of 5,000 sites that is opened amid 200 changes a second must not hold up the agents' beats.
 */
const madeRows = new WeakMap<Site, MadeRow>();

/** The row as it was last made, while nothing it is made of has been replaced. */
export function keptSiteRow(evidence: SiteEvidence, providers: Topology['providers']): SiteRow {
  const made = madeRows.get(evidence.site);
  const nameOf = (key: string): string => providers.get(key)?.name ?? key;
  if (made !== undefined && isSame(made.evidence, evidence) && isNamed(made.row, nameOf)) return made.row;
  const row = siteRow(evidence, nameOf);
  madeRows.set(evidence.site, { evidence, row });
  return row;
}

/** Each scope has a list of providers of its own; the names are the same. */
function isNamed({ links }: SiteRow, nameOf: (key: string) => string): boolean {
  return links.every(({ provider, providerName }) => nameOf(provider) === providerName);
}

function isSame(a: SiteEvidence, b: SiteEvidence): boolean {
  return (
    a.report === b.report &&
    a.plans === b.plans &&
    sameItems(a.agents, b.agents) &&
    sameItems(a.incidents, b.incidents)
  );
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((each, at) => each === b[at]);
}

/** Those on the wall, newest first. */
export function standingIncidents(state: State): Incident[] {
  return [...state.incidents.values()].sort(newestFirst);
}

function newestFirst(a: Incident, b: Incident): number {
  return b.detectedAt - a.detectedAt || (a.id < b.id ? -1 : 1);
}

/** What has changed since the last delta. Bounded by the size of the state, however long nobody asks. */
export interface WallNews {
  readonly whole: boolean;
  readonly server: boolean;
  readonly sites: ReadonlySet<SiteId>;
  /** The newest record of each incident touched, closed ones too. */
  readonly incidents: ReadonlyMap<IncidentId, Incident>;
}

export const noNews: WallNews = { whole: false, server: false, sites: new Set(), incidents: new Map() };

export function isNews(news: WallNews): boolean {
  return news.whole || news.server || news.sites.size > 0 || news.incidents.size > 0;
}

/** Rows that read differently now although nothing changed them: their clock turned. */
export function addTurned(news: WallNews, turned: readonly Incident[]): WallNews {
  const incidents = new Map(news.incidents);
  for (const incident of turned) if (!incidents.has(incident.id)) incidents.set(incident.id, incident);
  return { ...news, incidents };
}

export function addNews(news: WallNews, changes: readonly Change[]): WallNews {
  const sites = new Set(news.sites);
  const incidents = new Map(news.incidents);
  let { whole, server } = news;
  for (const change of changes) {
    switch (change.kind) {
      case 'policy.adopted':
      case 'tickets.adopted':
        break;
      case 'planned.adopted':
        for (const id of change.sites) sites.add(id);
        break;
      case 'topology.adopted':
        whole = true;
        break;
      case 'server.observed':
        server = true;
        break;
      case 'agent.observed':
        sites.add(change.agent.site);
        break;
      case 'site.observed':
        sites.add(change.site.id);
        break;
      case 'provider.observed':
        break;
      case 'incident.opened':
      case 'incident.changed':
      case 'incident.closed':
        incidents.set(change.incident.id, change.incident);
        if (change.incident.site !== undefined) sites.add(change.incident.site);
        break;
      case 'incident.recorded':
        break;
      default:
        assertNever(change);
    }
  }
  return { whole, server, sites, incidents };
}

export interface WallDeltaView extends WallView {
  readonly news: WallNews;
  /** Sites the viewers have on their screens. */
  readonly shownSites: ReadonlySet<SiteId>;
  /** Send the server's row although no change named it (the desk or what waits for it moved). */
  readonly serverMoved: boolean;
}

/** `tickets` are those of the incidents in the news. A new inventory sends every row again: names may have changed. */
export function wallDelta(view: WallDeltaView): WallDelta {
  const { state, news, reading, tickets } = view;
  const delta: WallDelta = { at: toIso(reading.now) };
  if (news.server || news.whole || view.serverMoved) delta.server = serverRow(state, view.desk);
  const rows = news.whole ? [...state.incidents.values()] : standing(state, news);
  if (rows.length > 0) {
    delta.incidents = rows.sort(newestFirst).map((incident) => incidentRow(incident, reading));
  }
  const gone = [...news.incidents.keys()].filter((id) => !state.incidents.has(id)).sort();
  if (gone.length > 0) delta.incidentsGone = gone;
  const sites = siteRows(state, news.whole ? undefined : news.sites);
  if (sites.length > 0) delta.sites = sites;
  const sitesGone = [...view.shownSites].filter((id) => !state.topology.sites.has(id)).sort();
  if (sitesGone.length > 0) delta.sitesGone = sitesGone;
  if (tickets.length > 0) delta.tickets = [...tickets];
  return delta;
}

function standing(state: State, news: WallNews): Incident[] {
  return [...news.incidents.keys()].flatMap((id) => state.incidents.get(id) ?? []);
}

// Room 17 of the route: committed changes to the screens, as server-sent events. Two channels: `wall` (snapshot, then
// deltas, at most five a second, made once for all viewers) and `stream` (each incident and ticket change by itself).
// Must never wait for a viewer: who does not take what was sent is passed over, then given a whole new snapshot, then dropped.
import type { ServerResponse } from 'node:http';
import type { IncidentRow } from '../../../shared/api/incidents.ts';
import type { WallTicket } from '../../../shared/api/wall.ts';
import { failure } from '../../../shared/failure.ts';
import { type IncidentId, incidentIdFrom, type SiteId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { type Instant, second, toIso } from '../../../shared/time.ts';
import { isIncidentChange } from '../../core/change.ts';
import type { Incident } from '../../core/incident.ts';
import type { Seen } from '../../core/view/seen.ts';
import { wallTicket } from '../../core/view/ticket-view.ts';
import {
  addNews,
  addTurned,
  isNews,
  noNews,
  type WallNews,
  wallDelta,
  wallSnapshot,
} from '../../core/view/wall.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Committed, Correlator } from '../../ports/correlator.ts';
import type { Journal } from '../../ports/journal.ts';
import { type ReadingParts, readingOf } from '../http/reading.ts';
import type { DeskWatch } from '../runtime/desk-watch.ts';
import { cutDeltaText, cutSnapshot, eventText, toldText } from './cut-wall.ts';

export interface ConsoleSessionsParts extends ReadingParts {
  readonly clock: Clock;
  readonly correlator: Correlator;
  readonly journal: Pick<Journal, 'incident' | 'incidents'>;
  readonly desk: DeskWatch;
}

export type Channel = 'wall' | 'stream';

export interface ConsoleSessionsStats {
  readonly viewers: number;
  /** Sockets ended because their viewer took nothing for `limits.viewerDrainMs`, or too much was waiting. */
  readonly slowDropped: number;
  readonly refusedFull: number;
  readonly deltasSent: number;
}

export interface Watching {
  readonly response: ServerResponse;
  readonly channel: Channel;
  /** Asked at each beat, and when people's rights have changed: an ended session ends its stream. */
  readonly stillWelcome: () => boolean;
  /** Of somebody who may see some customers only. */
  readonly seen?: Seen | undefined;
}

interface Viewer extends Watching {
  /** Since when bytes wait that the viewer has not taken. */
  behindSince: Instant | undefined;
  /** Missed a delta while behind: a whole snapshot is owed. */
  missed: boolean;
}

interface CachedSnapshot {
  readonly seq: number;
  readonly desk: string;
  readonly at: Instant;
  readonly text: string;
}

export class ConsoleSessions {
  readonly #parts: ConsoleSessionsParts;
  readonly #viewers = new Set<Viewer>();
  /** Ticket of each standing incident as last told on `stream`. */
  readonly #ticketsTold = new Map<IncidentId, string>();
  /** Wall tickets with something undelivered, as last sent: the desk's answer to a note or closing changes no incident. */
  readonly #ticketsWaiting = new Map<IncidentId, string>();
  readonly #stopListening: () => void;
  #news: WallNews = noNews;
  /** When the clock of each standing incident turns (support closes, a deadline passes), as last sent. */
  readonly #turns = new Map<string, number>();
  #shownSites: ReadonlySet<SiteId> = new Set();
  /** The desk as last sent. */
  #deskTold = '';
  #cached: CachedSnapshot | undefined;
  #cancelFlush: (() => void) | undefined;
  #cancelAsk: (() => void) | undefined;
  #cancelBeat: (() => void) | undefined;
  #counts = { slowDropped: 0, refusedFull: 0, deltasSent: 0 };

  constructor(parts: ConsoleSessionsParts) {
    this.#parts = parts;
    for (const incident of parts.correlator.state().incidents.values()) this.#ticketNews(incident);
    this.#stopListening = parts.correlator.onCommitted((committed) => this.#committed(committed));
  }

  /**
   * Makes this response an event stream.
   * Fails with `limit.reached` when `limits.viewersMax` are watching; the response is untouched then.
   */
  watch(watching: Watching): Result<void> {
    const { response, channel } = watching;
    if (this.#viewers.size >= limits.viewersMax) {
      this.#counts.refusedFull += 1;
      return fail(
        failure('limit.reached', `${limits.viewersMax} viewers are watching already`, { retryable: true }),
      );
    }
    const viewer: Viewer = { ...watching, behindSince: undefined, missed: false };
    response.on('close', () => this.#viewers.delete(viewer));
    response.on('error', () => this.#viewers.delete(viewer));
    response.on('drain', () => this.#drained(viewer));
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    this.#viewers.add(viewer);
    if (channel === 'wall') this.#send(viewer, this.#snapshotFor(viewer));
    else this.#send(viewer, ': vigia\n\n');
    this.#beatLater();
    return ok(undefined);
  }

  /** Somebody's rights have changed: ends the streams of those who may not watch any more, without waiting for a beat. */
  recheck(): void {
    for (const viewer of this.#viewers) if (!viewer.stillWelcome()) viewer.response.end();
  }

  stats(): ConsoleSessionsStats {
    return { viewers: this.#viewers.size, ...this.#counts };
  }

  /** Ends every stream; browsers come back by themselves. */
  close(): void {
    this.#stopListening();
    this.#cancelFlush?.();
    this.#cancelAsk?.();
    this.#cancelBeat?.();
    for (const viewer of this.#viewers) viewer.response.end();
    this.#viewers.clear();
  }

  #committed(committed: Committed): void {
    for (const change of committed.changes) {
      if (!isIncidentChange(change)) continue;
      const told = this.#ticketNews(change.incident);
      this.#tell(committed.seq, change.kind, change.incident, told);
      if (change.kind === 'incident.closed') this.#ticketsTold.delete(change.incident.id);
    }
    if (!this.#has('wall')) return;
    this.#news = addNews(this.#news, committed.changes);
    this.#flushSoon();
  }

  // ---- stream ----

  #tell(seq: number, event: string, incident: Incident, ticketMoved: boolean): void {
    if (!this.#has('stream')) return;
    const told = { seq, event, incident, ticketMoved };
    this.#sendEach('stream', (seen) => toldText(this.#parts, told, seen));
  }

  /** True when the incident's ticket is not what was told last. */
  #ticketNews(incident: Incident): boolean {
    if (incident.ticket === undefined) return false;
    const now = JSON.stringify(incident.ticket);
    if (this.#ticketsTold.get(incident.id) === now) return false;
    this.#ticketsTold.set(incident.id, now);
    return true;
  }

  // ---- wall ----

  #flush(): void {
    this.#cancelFlush = undefined;
    const news = this.#news;
    this.#news = noNews;
    if (!this.#has('wall')) return;
    const desk = this.#parts.desk.facts();
    const serverMoved = JSON.stringify(desk) !== this.#deskTold;
    const tickets = [...this.#movedTickets(news), ...this.#wallTickets([...news.incidents.values()])];
    if (this.#ticketsWaiting.size > 0) this.#askLater();
    if (!(isNews(news) || serverMoved || tickets.length > 0)) return;
    const state = this.#parts.correlator.state();
    const delta = wallDelta({
      state,
      reading: readingOf(this.#parts),
      desk,
      tickets,
      news,
      shownSites: this.#shownSites,
      serverMoved,
    });
    this.#deskTold = JSON.stringify(desk);
    this.#keepTurns(delta.incidents ?? []);
    for (const id of delta.incidentsGone ?? []) this.#turns.delete(id);
    const shownSites = this.#shownSites;
    this.#shownSites = new Set(state.topology.sites.keys());
    this.#counts.deltasSent += 1;
    const text = eventText('wall.delta', delta);
    const told = { news, desk, tickets, serverMoved, shownSites };
    this.#sendEach('wall', (seen) => (seen === undefined ? text : cutDeltaText(this.#parts, told, seen)));
  }

  /** The first news of a flush set its time; more news never put it off. */
  #flushSoon(): void {
    this.#cancelFlush ??= this.#parts.clock.after(limits.wallFlushMs, () => this.#flush());
  }

  #askLater(): void {
    this.#cancelAsk ??= this.#parts.clock.after(limits.wallTicketsAskMs, () => {
      this.#cancelAsk = undefined;
      this.#flushSoon();
    });
  }

  /** Tickets outside the news whose deliveries went on since they were sent. */
  #movedTickets(news: WallNews): readonly WallTicket[] {
    const before = [...this.#ticketsWaiting].filter(([id]) => !news.incidents.has(id));
    return before.flatMap(([id, sent]) => {
      const incident = this.#parts.journal.incident(id);
      this.#ticketsWaiting.delete(id);
      const [ticket] = incident === undefined ? [] : this.#wallTickets([incident]);
      return ticket === undefined || JSON.stringify(ticket) === sent ? [] : [ticket];
    });
  }

  #snapshotFor({ seen }: Viewer): string {
    if (seen === undefined) return this.#snapshotText();
    const snapshot = cutSnapshot(this.#parts, (incidents) => this.#wallTickets(incidents), seen);
    const { sites } = this.#parts.correlator.state().topology;
    this.#shownSites = new Set([...this.#shownSites, ...sites.keys()]);
    this.#keepTurns(snapshot.incidents);
    return eventText('wall.snapshot', snapshot);
  }

  /** One text for everybody who comes in while nothing changes: after a restart all screens come at once. */
  #snapshotText(): string {
    const { correlator, journal } = this.#parts;
    const state = correlator.state();
    const facts = this.#parts.desk.facts();
    const desk = JSON.stringify(facts);
    const reading = readingOf(this.#parts);
    const at = reading.now;
    const cached = this.#cached;
    // A second at most: the screen takes the server's time from `at`.
    if (cached?.seq === state.seq && cached.desk === desk && at - cached.at < second) return cached.text;
    const snapshot = wallSnapshot({
      state,
      reading,
      desk: facts,
      tickets: this.#wallTickets(journal.incidents({ limit: limits.wallTicketsMax })),
    });
    // Only grows here: sites that another viewer still shows must be told gone.
    this.#shownSites = new Set([...this.#shownSites, ...state.topology.sites.keys()]);
    this.#deskTold = desk;
    this.#turns.clear();
    this.#keepTurns(snapshot.incidents);
    const text = eventText('wall.snapshot', snapshot);
    this.#cached = { seq: state.seq, desk, at, text };
    return text;
  }

  #wallTickets(incidents: readonly Incident[]): readonly WallTicket[] {
    const reading = readingOf(this.#parts);
    const tickets: WallTicket[] = [];
    for (const incident of incidents) {
      if (incident.ticket === undefined || tickets.length >= limits.wallTicketsMax) continue;
      const rows = this.#parts.desk.deliveriesOf(incident.id);
      const ticket = wallTicket(incident, rows, reading);
      if (ticket === undefined) continue;
      tickets.push(ticket);
      if (rows.every((row) => row.state !== 'pending')) this.#ticketsWaiting.delete(incident.id);
      else if (this.#ticketsWaiting.size < limits.wallTicketsMax) {
        this.#ticketsWaiting.set(incident.id, JSON.stringify(ticket));
      }
    }
    return tickets;
  }

  #keepTurns(rows: readonly IncidentRow[]): void {
    for (const { id, state, sla } of rows) {
      if (sla.validUntil === null || state === 'closed') this.#turns.delete(id);
      else this.#turns.set(id, Date.parse(sla.validUntil));
    }
  }

  /** Rows whose clock turned since they were sent go out again: nothing else would say so. */
  #addTurned(now: Instant): void {
    const due = [...this.#turns].filter(([, at]) => at <= now).map(([id]) => id);
    if (due.length === 0) return;
    const { incidents } = this.#parts.correlator.state();
    this.#news = addTurned(
      this.#news,
      due.flatMap((id) => incidents.get(incidentIdFrom(id)) ?? []),
    );
    for (const id of due) this.#turns.delete(id);
  }

  // ---- every viewer ----

  #has(channel: Channel): boolean {
    for (const viewer of this.#viewers) if (viewer.channel === channel) return true;
    return false;
  }

  /** Made once for all of one scope; undefined: nothing for them. */
  #sendEach(channel: Channel, textFor: (seen: Seen | undefined) => string | undefined): void {
    const made = new Map<Seen | undefined, string | undefined>();
    for (const viewer of this.#viewers) {
      if (viewer.channel !== channel) continue;
      const { seen } = viewer;
      if (!made.has(seen)) made.set(seen, textFor(seen));
      const text = made.get(seen);
      if (text === undefined) continue;
      // `stream` has nothing to catch up with, so it is written in any case; `#send` drops who is too far behind.
      if (channel === 'wall' && viewer.behindSince !== undefined) viewer.missed = true;
      else this.#send(viewer, text);
    }
  }

  #send(viewer: Viewer, text: string): void {
    if (viewer.response.write(text)) return;
    viewer.behindSince ??= this.#parts.clock.now();
    // `stream` has no snapshot to catch up with: a reader that far behind starts anew.
    if (viewer.channel === 'stream' && viewer.response.writableLength > limits.socketBufferedBytesMax) {
      this.#drop(viewer);
    }
  }

  #drained(viewer: Viewer): void {
    viewer.behindSince = undefined;
    if (!viewer.missed) return;
    viewer.missed = false;
    this.#send(viewer, this.#snapshotFor(viewer));
  }

  #drop(viewer: Viewer): void {
    this.#counts.slowDropped += 1;
    this.#viewers.delete(viewer);
    viewer.response.destroy();
  }

  #beatLater(): void {
    this.#cancelBeat ??= this.#parts.clock.after(limits.wallHeartbeatMs, () => {
      this.#cancelBeat = undefined;
      this.#beat();
      if (this.#viewers.size > 0) this.#beatLater();
    });
  }

  /** A sign of life to everyone, and the moment to end those who may not or do not listen any more. */
  #beat(): void {
    const now = this.#parts.clock.now();
    this.#addTurned(now);
    const beat = eventText('wall.heartbeat', { at: toIso(now) });
    for (const viewer of this.#viewers) {
      if (!viewer.stillWelcome()) viewer.response.end();
      else if (viewer.behindSince === undefined) {
        this.#send(viewer, viewer.channel === 'stream' ? ': vigia\n\n' : beat);
      } else if (now - viewer.behindSince >= limits.viewerDrainMs) this.#drop(viewer);
    }
    this.#flushSoon();
  }
}

// Room 17 of the route: committed changes to the screens, as server-sent events. Two channels: `wall` (snapshot, then
// deltas, at most five a second, made once for all viewers) and `stream` (each incident and ticket change by itself).
// Must never wait for a viewer: who does not take what was sent is passed over, then given a whole new snapshot, then dropped.
import type { IncidentRow } from '../../../shared/api/incidents.ts';
import { failure } from '../../../shared/failure.ts';
import { type IncidentId, incidentIdFrom, type SiteId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { type Instant, second, toIso } from '../../../shared/time.ts';
import { isIncidentChange } from '../../core/change.ts';
import type { Incident } from '../../core/incident.ts';
import type { Seen } from '../../core/view/seen.ts';
import { addNews, addTurned, isNews, noNews, type WallNews, wallDelta } from '../../core/view/wall.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Committed, Correlator } from '../../ports/correlator.ts';
import type { Journal } from '../../ports/journal.ts';
import { type ReadingParts, readingOf } from '../http/reading.ts';
import type { DeskWatch } from '../runtime/desk-watch.ts';
import { cutDeltaText, toldText, wallSource } from './cut-wall.ts';
import { type Channel, Feeder, newViewer, putBehind, type Viewer, type Watching } from './viewer.ts';
import { type OpenedWall, WallOpening } from './wall-opening.ts';
import { deltaText, eventText } from './wall-text.ts';
import { WallTickets } from './wall-tickets.ts';

export interface ConsoleSessionsParts extends ReadingParts {
  readonly clock: Clock;
  readonly correlator: Correlator;
  readonly journal: Pick<Journal, 'incident' | 'incidents'>;
  readonly desk: DeskWatch;
}

export interface ConsoleSessionsStats {
  readonly viewers: number;
  /** Sockets ended because their viewer took nothing for `limits.viewerDrainMs`, or too much was waiting. */
  readonly slowDropped: number;
  readonly refusedFull: number;
  readonly deltasSent: number;
  /** Walls that were given once more because too many deltas came while the first was on its way. */
  readonly givenAgain: number;
}

/** A wall that is being made, and for whom. */
interface Opening {
  readonly wall: WallOpening;
  readonly viewers: Set<Viewer>;
}

export class ConsoleSessions {
  readonly #parts: ConsoleSessionsParts;
  readonly #viewers = new Set<Viewer>();
  /** Ticket of each standing incident as last told on `stream`. */
  readonly #ticketsTold = new Map<IncidentId, string>();
  readonly #tickets: WallTickets;
  readonly #feeder: Feeder;
  /** Of each scope at most one. */
  readonly #openings = new Map<Seen | undefined, Opening>();
  readonly #stopListening: () => void;
  #news: WallNews = noNews;
  /** When the clock of each standing incident turns (support closes, a deadline passes), as last sent. */
  readonly #turns = new Map<string, number>();
  #shownSites: ReadonlySet<SiteId> = new Set();
  /** The desk as last sent. */
  #deskTold = '';
  /** Of those who see all. */
  #lastOpened: OpenedWall | undefined;
  #cancelFlush: (() => void) | undefined;
  #cancelAsk: (() => void) | undefined;
  #cancelBeat: (() => void) | undefined;
  #counts = { slowDropped: 0, refusedFull: 0, deltasSent: 0, givenAgain: 0 };

  constructor(parts: ConsoleSessionsParts) {
    this.#parts = parts;
    this.#tickets = new WallTickets(parts);
    this.#feeder = new Feeder({
      send: (viewer, data) => this.#send(viewer, data),
      fed: (viewer) => this.#owed(viewer),
    });
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
    const viewer = newViewer(watching);
    response.on('close', () => this.#forget(viewer));
    response.on('error', () => this.#forget(viewer));
    response.on('drain', () => this.#drained(viewer));
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    this.#viewers.add(viewer);
    response.flushHeaders();
    if (channel === 'wall') this.#open(viewer);
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
    for (const viewer of this.#viewers) this.#forget(viewer);
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
    const tickets = [
      ...this.#tickets.moved(news.incidents),
      ...this.#tickets.of([...news.incidents.values()]),
    ];
    if (this.#tickets.someWait) this.#askLater();
    if (!(isNews(news) || serverMoved || tickets.length > 0)) return;
    const state = this.#parts.correlator.state();
    // Megabytes that nobody can be given any more.
    if (this.#lastOpened?.seq !== state.seq) this.#lastOpened = undefined;
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
    const text = deltaText(delta);
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

  // ---- a whole wall ----

  /** Those who come while one is made share it: after a restart all screens come at once. */
  #open(viewer: Viewer): void {
    const { seen } = viewer;
    const last = seen === undefined ? this.#stillTrue() : undefined;
    if (last !== undefined) return this.#feeder.feed(viewer, last.pieces);
    viewer.opening = true;
    const running = this.#openings.get(seen);
    if (running !== undefined) return void running.viewers.add(viewer);
    const wall = new WallOpening(wallSource(this.#parts, this.#tickets, seen));
    this.#openings.set(seen, { wall, viewers: new Set([viewer]) });
    this.#make(seen);
  }

  /** What was given a moment ago, if nothing has happened since. A second at most: screens take the server's time from it. */
  #stillTrue(): OpenedWall | undefined {
    const { clock, correlator, desk } = this.#parts;
    const last = this.#lastOpened;
    if (last === undefined || last.seq !== correlator.state().seq || clock.now() - last.at >= second) {
      this.#lastOpened = undefined;
      return undefined;
    }
    return JSON.stringify(last.desk) === JSON.stringify(desk.facts()) ? last : undefined;
  }

  #make(seen: Seen | undefined): void {
    const opening = this.#openings.get(seen);
    if (opening === undefined) return;
    if (!opening.wall.step()) {
      setImmediate(() => this.#make(seen));
      return;
    }
    this.#openings.delete(seen);
    const opened = opening.wall.finish();
    const { sites } = this.#parts.correlator.state().topology;
    // Only grows here: sites that another viewer still shows must be told gone.
    this.#shownSites = new Set([...this.#shownSites, ...sites.keys()]);
    if (seen === undefined) {
      this.#deskTold = JSON.stringify(opened.desk);
      this.#turns.clear();
      this.#lastOpened = opened;
    }
    this.#keepTurns(opened.incidents);
    for (const viewer of opening.viewers) {
      viewer.opening = false;
      this.#feeder.feed(viewer, opened.pieces);
    }
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
      if (channel === 'stream') this.#send(viewer, text);
      else this.#sendDelta(viewer, text);
    }
  }

  #sendDelta(viewer: Viewer, text: string): void {
    // In the wall that is being made, or in the one that is owed.
    if (viewer.opening || viewer.missed) return;
    if (viewer.feed !== undefined) {
      viewer.missed = !putBehind(viewer.feed, text);
      if (viewer.missed) this.#counts.givenAgain += 1;
    } else if (viewer.behindSince !== undefined) viewer.missed = true;
    else this.#send(viewer, text);
  }

  #send(viewer: Viewer, data: string | Buffer): void {
    if (viewer.response.write(data)) return;
    viewer.behindSince ??= this.#parts.clock.now();
    // `stream` has no snapshot to catch up with: a reader that far behind starts anew.
    if (viewer.channel === 'stream' && viewer.response.writableLength > limits.socketBufferedBytesMax) {
      this.#drop(viewer);
    }
  }

  #drained(viewer: Viewer): void {
    viewer.behindSince = undefined;
    if (viewer.feed === undefined) this.#owed(viewer);
    else this.#feeder.drained(viewer);
  }

  #owed(viewer: Viewer): void {
    if (!viewer.missed) return;
    viewer.missed = false;
    this.#open(viewer);
  }

  #drop(viewer: Viewer): void {
    this.#counts.slowDropped += 1;
    this.#forget(viewer);
    viewer.response.destroy();
  }

  #forget(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    this.#feeder.forget(viewer);
    const opening = this.#openings.get(viewer.seen);
    opening?.viewers.delete(viewer);
    // Nobody waits for it any more.
    if (opening?.viewers.size === 0) this.#openings.delete(viewer.seen);
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
        // Whoever waits for a wall is given one: a beat between its pieces would break it.
        if (viewer.opening || viewer.feed !== undefined) continue;
        this.#send(viewer, viewer.channel === 'stream' ? ': vigia\n\n' : beat);
      } else if (now - viewer.behindSince >= limits.viewerDrainMs) this.#drop(viewer);
    }
    this.#flushSoon();
  }
}

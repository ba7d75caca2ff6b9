// Somebody who watches an event stream, and how a whole wall of megabytes is given to many of them: piece by piece, so much in
// one turn of the loop, as fast as each takes it. Stands under `console-session.ts`.
// Must never put anything between two pieces of one event, and never hold more than `limits.wallDeltasWaitingMax` behind them.
import type { ServerResponse } from 'node:http';
import { limits } from '../../../shared/limits.ts';
import type { Instant } from '../../../shared/time.ts';
import type { Seen } from '../../core/view/seen.ts';
import type { Piece } from './wall-text.ts';

export type Channel = 'wall' | 'stream';

export interface Watching {
  readonly response: ServerResponse;
  readonly channel: Channel;
  /** Asked at each beat, and when people's rights have changed: an ended session ends its stream. */
  readonly stillWelcome: () => boolean;
  /** Of somebody who may see some customers only. */
  readonly seen?: Seen | undefined;
}

export interface Viewer extends Watching {
  /** Since when bytes wait that the viewer has not taken. */
  behindSince: Instant | undefined;
  /** Missed a delta while behind: a whole snapshot is owed. */
  missed: boolean;
  /** A wall is being made for it: deltas until then are in it. */
  opening: boolean;
  /** The wall that it is being given. */
  feed: Feed | undefined;
}

interface Feed {
  readonly pieces: readonly Piece[];
  next: number;
  /** Deltas since, sent behind the last piece. */
  readonly waiting: string[];
}

export function newViewer(watching: Watching): Viewer {
  return { ...watching, behindSince: undefined, missed: false, opening: false, feed: undefined };
}

export interface FeederParts {
  readonly send: (viewer: Viewer, data: string | Buffer) => void;
  /** A viewer has all of its wall, or so many deltas came meanwhile that it needs another one. */
  readonly fed: (viewer: Viewer) => void;
}

export class Feeder {
  readonly #parts: FeederParts;
  /** Whoever can be written to now. Those who are behind come back with `drained`. */
  readonly #ready = new Set<Viewer>();
  #planned = false;

  constructor(parts: FeederParts) {
    this.#parts = parts;
  }

  /** The first pieces are written at once. */
  feed(viewer: Viewer, pieces: readonly Piece[]): void {
    viewer.feed = { pieces, next: 0, waiting: [] };
    this.#ready.add(viewer);
    if (!this.#planned) this.#turn();
  }

  drained(viewer: Viewer): void {
    if (viewer.feed === undefined) return;
    this.#ready.add(viewer);
    this.#plan();
  }

  forget(viewer: Viewer): void {
    this.#ready.delete(viewer);
    viewer.feed = undefined;
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      this.#turn();
    });
  }

  #turn(): void {
    let left: number = limits.wallTurnBytes;
    for (const viewer of [...this.#ready]) {
      if (left <= 0) break;
      // The next turn begins with those who waited in this one.
      this.#ready.delete(viewer);
      left -= this.#give(viewer, left);
    }
    if (this.#ready.size > 0) this.#plan();
  }

  /** Bytes written. */
  #give(viewer: Viewer, most: number): number {
    const { feed } = viewer;
    if (feed === undefined) return 0;
    let written = 0;
    while (viewer.behindSince === undefined && written < most) {
      const piece = feed.pieces[feed.next]?.();
      if (piece === undefined) {
        this.#end(viewer, feed);
        return written;
      }
      feed.next += 1;
      written += piece.length;
      this.#parts.send(viewer, piece);
    }
    if (viewer.behindSince === undefined) this.#ready.add(viewer);
    return written;
  }

  #end(viewer: Viewer, { waiting }: Feed): void {
    viewer.feed = undefined;
    if (waiting.length > 0 && !viewer.missed) this.#parts.send(viewer, waiting.join(''));
    this.#parts.fed(viewer);
  }
}

/** Whether the delta found a place behind the wall that is being given. */
export function putBehind({ waiting }: Feed, text: string): boolean {
  if (waiting.length < limits.wallDeltasWaitingMax) return waiting.push(text) > 0;
  waiting.length = 0;
  return false;
}

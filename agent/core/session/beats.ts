// Heartbeats of an open session: the server learns that this machine lives, the agent that its socket does. An
// unanswered beat is the only sign of a half-open socket: a router moved the site to another link, and the old way
// swallows everything. Must never leave two suspicion beats in flight.
import { limits } from '../../../shared/limits.ts';
import type { HostLoad } from '../../../shared/wire/messages.ts';

/** All times are monotonic milliseconds. */
interface Pending {
  readonly n: number;
  readonly sentMs: number;
  readonly deadlineMs: number;
  readonly probe: boolean;
}

/** Patience is so many times the slowest answer seen lately, within its limits. */
const patience = 4;
/** How fast a slow answer is forgotten, from one answer to the next. */
const forgetting = 0.8;

export class Beats {
  #n = 0;
  #heartbeatMs = 0;
  #nextMs = Number.POSITIVE_INFINITY;
  #loadDueMs = Number.POSITIVE_INFINITY;
  #load: HostLoad | undefined;
  #pending: readonly Pending[] = [];
  #slowestMs = 0;

  open(nowMs: number, heartbeatMs: number): void {
    this.#heartbeatMs = heartbeatMs;
    this.#nextMs = nowMs + heartbeatMs;
    this.#loadDueMs = nowMs;
    this.#pending = [];
  }

  close(): void {
    this.#nextMs = Number.POSITIVE_INFINITY;
    this.#loadDueMs = Number.POSITIVE_INFINITY;
    this.#pending = [];
  }

  get nextMs(): number {
    return Math.min(this.#nextMs, this.#loadDueMs, this.#deadlineMs());
  }

  /** The socket is dead: a beat waited longer than its deadline. */
  isUnanswered(nowMs: number): boolean {
    return nowMs >= this.#deadlineMs();
  }

  /** True when a regular beat is due; `send` must follow. */
  isDue(nowMs: number): boolean {
    return nowMs >= this.#nextMs;
  }

  /** True once a minute while a session is open: measure the machine's load. */
  takeLoadDue(nowMs: number): boolean {
    if (nowMs < this.#loadDueMs) return false;
    this.#loadDueMs = nowMs + limits.loadEveryMs;
    return true;
  }

  /** The next beat carries it. */
  loaded(load: HostLoad): void {
    this.#load = load;
  }

  get isProbing(): boolean {
    return this.#pending.some((beat) => beat.probe);
  }

  /** Numbers a beat. `probe`: sent on suspicion, beside the regular ones and with less patience. */
  send(nowMs: number, kind: 'regular' | 'probe'): { readonly n: number; readonly load?: HostLoad } {
    const probe = kind === 'probe';
    if (!probe) this.#nextMs = nowMs + this.#heartbeatMs;
    this.#n += 1;
    const deadlineMs = nowMs + this.#patienceMs(probe);
    this.#pending = [...this.#pending, { n: this.#n, sentMs: nowMs, deadlineMs, probe }];
    const load = this.#load;
    this.#load = undefined;
    return { n: this.#n, load };
  }

  /** When the beat left that this answers; undefined for an answer to no beat. It answers all before it, too. */
  replied(n: number, nowMs: number): number | undefined {
    const beat = this.#pending.find((each) => each.n === n);
    if (beat === undefined) return undefined;
    this.#pending = this.#pending.filter((each) => each.n > n);
    this.#slowestMs = Math.max(nowMs - beat.sentMs, this.#slowestMs * forgetting);
    return beat.sentMs;
  }

  /** Something came over this socket: it lives. An answer may only stand in line behind a backlog on a slow link. */
  heard(nowMs: number): void {
    this.#pending = this.#pending.map((beat) => ({
      ...beat,
      deadlineMs: Math.max(beat.deadlineMs, nowMs + this.#patienceMs(beat.probe)),
    }));
  }

  #patienceMs(probe: boolean): number {
    if (probe) return limits.probeBeatReplyMs;
    return Math.min(limits.beatReplyMsMax, Math.max(limits.beatReplyMsMin, patience * this.#slowestMs));
  }

  #deadlineMs(): number {
    let deadline = Number.POSITIVE_INFINITY;
    for (const beat of this.#pending) deadline = Math.min(deadline, beat.deadlineMs);
    return deadline;
  }
}

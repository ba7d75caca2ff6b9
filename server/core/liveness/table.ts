// Heartbeats to suspicion, outside the journal: the gateway's shell feeds it, and only its news become inputs.
// Pure: time comes in. A beat touches one entry; nothing here ever scans all agents, so 10,000 of them are cheap.
// It never concludes anything about a site: silence is evidence, not a verdict.
import { assert, present } from '../../../shared/assert.ts';
import type { AgentId } from '../../../shared/ids.ts';
import { type Instant, later, plus } from '../../../shared/time.ts';
import { createDueHeap, type DueHeap } from './due-heap.ts';
import { createGapWindow, deviationsAtPhi, type GapWindow } from './phi.ts';

export type LivenessNews =
  | {
      readonly kind: 'agent.suspected';
      readonly at: Instant;
      readonly agent: AgentId;
      readonly lastHeardAt: Instant;
    }
  | {
      readonly kind: 'agent.silent';
      readonly at: Instant;
      readonly agent: AgentId;
      readonly lastHeardAt: Instant;
    }
  | { readonly kind: 'agent.heard'; readonly at: Instant; readonly agent: AgentId };

export interface LivenessOptions {
  readonly heartbeatMs: number;
  readonly silenceFloorMs: number;
  readonly silenceCapMs: number;
}

export interface LivenessTable {
  /** Begin to expect beats of this agent: session opened, or known live at start with a grace until `graceUntil`. */
  watch(agent: AgentId, at: Instant, graceUntil?: Instant): readonly LivenessNews[];
  /** Stop expecting: goodbye, revoked, removed. */
  forget(agent: AgentId): void;
  /** Any sign of life (frame, pong). `beat` = a regular heartbeat, whose gap feeds phi. */
  heard(agent: AgentId, at: Instant, beat: boolean): readonly LivenessNews[];
  /** A challenge on the agent's socket went unanswered since `challengedAt`: suspected at once unless heard since. */
  unanswered(agent: AgentId, challengedAt: Instant, at: Instant): readonly LivenessNews[];
  /** Everything that became due up to `now`. */
  advance(now: Instant): readonly LivenessNews[];
  /** When `advance` next has news if nothing is heard; undefined = never. */
  nextAt(): Instant | undefined;
  lastHeardAt(agent: AgentId): Instant | undefined;
}

/** Suspicion: one wrong in 1,000 gaps. It only makes the server look closer. */
const phiSuspected = 3;
/** Silence: one wrong in 100,000,000 gaps. */
const phiSilent = 8;

interface Entry {
  readonly agent: AgentId;
  readonly gaps: GapWindow;
  status: 'live' | 'suspected' | 'silent';
  /** Last sign of life, or the start of watching while nothing was heard yet. */
  lastHeardAt: Instant;
  heardOnce: boolean;
  lastBeatAt: Instant | undefined;
  /** Suspected by an unanswered challenge: the gap that ends then is an outage's, not the agent's habit. */
  challenged: boolean;
  /** Nothing is said about its silence before this. */
  graceUntil: Instant | undefined;
}

/** A table for all agents with one heartbeat. `silenceFloorMs` <= `silenceCapMs`, both counted from the last sign of life. */
export function createLivenessTable(options: LivenessOptions): LivenessTable {
  assert(options.silenceFloorMs <= options.silenceCapMs, 'the silence floor is not above the cap');
  assert(options.heartbeatMs < options.silenceFloorMs, 'a beat is due before silence may be concluded');
  const judge = createJudge(options);
  const entries = new Map<AgentId, Entry>();
  // An entry's place in the heap may be too early, never too late: a beat only moves its due instant, the heap
  // hears of it when the entry comes up. Silent agents are not in the heap.
  const heap = createDueHeap<AgentId>();

  const schedule = (entry: Entry): void => {
    const dueAt = judge.dueAt(entry);
    const placedAt = heap.at(entry.agent);
    if (placedAt === undefined || dueAt < placedAt) heap.set(entry.agent, dueAt);
  };

  return {
    watch(agent, at, graceUntil) {
      const known = entries.get(agent);
      const entry = known ?? newEntry(agent, at, options.heartbeatMs);
      entries.set(agent, entry);
      if (graceUntil !== undefined) {
        entry.graceUntil = graceUntil;
        if (entry.status !== 'silent') schedule(entry);
        return [];
      }
      // A new session: the gap from the old session's last beat to its first one is no habit.
      entry.lastBeatAt = undefined;
      const news = revive(entry, at);
      schedule(entry);
      return news;
    },
    forget(agent) {
      entries.delete(agent);
      heap.remove(agent);
    },
    heard(agent, at, beat) {
      const entry = entries.get(agent);
      if (entry === undefined) return [];
      if (beat) learnGap(entry, at, options.silenceFloorMs);
      const news = revive(entry, at);
      schedule(entry);
      return news;
    },
    unanswered(agent, challengedAt, at) {
      const entry = entries.get(agent);
      if (entry === undefined || !suspectChallenged(entry, challengedAt, at)) return [];
      schedule(entry);
      return [{ kind: 'agent.suspected', at, agent, lastHeardAt: entry.lastHeardAt }];
    },
    advance: (now) => advance({ now, heap, entries, judge }),
    nextAt() {
      settleFirst(heap, entries, judge);
      return heap.first()?.at;
    },
    lastHeardAt(agent) {
      const entry = entries.get(agent);
      return entry?.heardOnce === true ? entry.lastHeardAt : undefined;
    },
  };
}

interface Judge {
  /** When the entry's status gets worse if nothing is heard. Not for silent entries. */
  dueAt(entry: Entry): Instant;
}

function createJudge(options: LivenessOptions): Judge {
  const suspectedDeviations = deviationsAtPhi(phiSuspected);
  const silentDeviations = deviationsAtPhi(phiSilent);
  return {
    dueAt(entry) {
      assert(entry.status !== 'silent', 'a silent agent has nothing due');
      const { meanMs, deviationMs } = entry.gaps.habit();
      const silentMs = Math.min(
        options.silenceCapMs,
        Math.max(options.silenceFloorMs, Math.ceil(meanMs + silentDeviations * deviationMs)),
      );
      // Nobody is suspected before a beat was due at all, however fast the beats came until now.
      const suspectedMs = Math.min(
        silentMs,
        Math.max(options.heartbeatMs, Math.ceil(meanMs + suspectedDeviations * deviationMs)),
      );
      const dueAt = plus(entry.lastHeardAt, entry.status === 'live' ? suspectedMs : silentMs);
      return entry.graceUntil === undefined ? dueAt : later(dueAt, entry.graceUntil);
    },
  };
}

function advance(work: {
  readonly now: Instant;
  readonly heap: DueHeap<AgentId>;
  readonly entries: ReadonlyMap<AgentId, Entry>;
  readonly judge: Judge;
}): readonly LivenessNews[] {
  const { now, heap, entries, judge } = work;
  const news: LivenessNews[] = [];
  // Each turn ends one entry's status; an entry has at most two left, so the loop ends.
  for (;;) {
    settleFirst(heap, entries, judge);
    const first = heap.first();
    if (first === undefined || first.at > now) return news;
    const entry = present(entries.get(first.key), 'every scheduled agent is watched');
    if (entry.status === 'live') {
      entry.status = 'suspected';
      heap.set(entry.agent, judge.dueAt(entry));
      news.push({ kind: 'agent.suspected', at: now, agent: entry.agent, lastHeardAt: entry.lastHeardAt });
    } else {
      entry.status = 'silent';
      heap.remove(entry.agent);
      news.push({ kind: 'agent.silent', at: now, agent: entry.agent, lastHeardAt: entry.lastHeardAt });
    }
  }
}

/** Moves entries that were heard meanwhile from the top to where they belong now. */
function settleFirst(heap: DueHeap<AgentId>, entries: ReadonlyMap<AgentId, Entry>, judge: Judge): void {
  for (let first = heap.first(); first !== undefined; first = heap.first()) {
    const dueAt = judge.dueAt(present(entries.get(first.key), 'every scheduled agent is watched'));
    if (dueAt <= first.at) return;
    heap.set(first.key, dueAt);
  }
}

function newEntry(agent: AgentId, at: Instant, heartbeatMs: number): Entry {
  return {
    agent,
    gaps: createGapWindow(heartbeatMs),
    status: 'live',
    lastHeardAt: at,
    heardOnce: false,
    lastBeatAt: undefined,
    challenged: false,
    graceUntil: undefined,
  };
}

/** Outages never enter the window: neither a gap that was called silence, nor one as long as silence may be. */
function learnGap(entry: Entry, at: Instant, silenceFloorMs: number): void {
  const last = entry.lastBeatAt;
  entry.lastBeatAt = at;
  if (last === undefined || at < last) return;
  if (entry.status === 'silent' || entry.challenged || at - last >= silenceFloorMs) return;
  entry.gaps.add(at - last);
}

/** False = nothing to suspect: heard since, in its grace, or suspected already. */
function suspectChallenged(entry: Entry, challengedAt: Instant, at: Instant): boolean {
  if (entry.status !== 'live' || entry.lastHeardAt > challengedAt) return false;
  if (entry.graceUntil !== undefined && at < entry.graceUntil) return false;
  entry.status = 'suspected';
  entry.challenged = true;
  return true;
}

function revive(entry: Entry, at: Instant): readonly LivenessNews[] {
  const was = entry.status;
  entry.status = 'live';
  entry.lastHeardAt = later(entry.lastHeardAt, at);
  entry.heardOnce = true;
  entry.challenged = false;
  entry.graceUntil = undefined;
  return was === 'live' ? [] : [{ kind: 'agent.heard', at, agent: entry.agent }];
}

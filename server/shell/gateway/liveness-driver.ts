// Feeds the liveness table from sessions and timers and hands its news to the core. Heartbeats end here: they never
// pass through the core. It concludes nothing itself, and it does not judge agents by this server's own stalls.

import type { AgentId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { type Instant, plus } from '../../../shared/time.ts';
import type { LivenessNews, LivenessTable } from '../../core/liveness/table.ts';
import type { State } from '../../core/state.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { GatewayCounters } from './counters.ts';
import type { NewsQueue } from './news-queue.ts';
import { patientTimer } from './patient-timer.ts';

export interface LivenessDriverOptions {
  readonly table: LivenessTable;
  readonly clock: Clock;
  readonly correlator: Correlator;
  readonly news: NewsQueue;
  readonly counters: GatewayCounters;
}

export interface LivenessDriver {
  /** Watches every agent that was live when the server stopped, with the policy's grace. Call once, after recovery. */
  start(): void;
  sessionOpened(agent: AgentId, at: Instant): void;
  /** Any frame; `beat` = a heartbeat. */
  heard(agent: AgentId, at: Instant, beat: boolean): void;
  forget(agent: AgentId): void;
  /** `pinged` = the agent has a socket and a ping is on its way; else it is unanswered at once. */
  challenge(agent: AgentId, pinged: boolean): void;
  lastHeardAt(agent: AgentId): Instant | undefined;
  stop(): void;
}

export function createLivenessDriver(options: LivenessDriverOptions): LivenessDriver {
  const { table, clock, news, counters, correlator } = options;
  const alarm = createAlarm({ clock, counters, wake: () => wake(), stalled: () => graceAll() });
  /** Agents to whom a start's grace is given again when this server itself was stopped for a while. */
  const watched = new Set<AgentId>();

  const tell = (items: readonly LivenessNews[]): void => {
    for (const item of items) {
      counters.count(countOf(item));
      news.submit(item);
    }
    alarm.set(table.nextAt());
  };
  const wake = (): void => tell(table.advance(clock.now()));
  const forget = (agent: AgentId): void => {
    watched.delete(agent);
    challenges.forget(agent);
    table.forget(agent);
  };
  const graceAll = (): void => {
    const now = clock.now();
    const graceUntil = plus(now, correlator.state().policy.startGraceMs);
    for (const agent of watched) table.watch(agent, now, graceUntil);
    alarm.set(table.nextAt());
  };
  const challenges = createChallenges(options, tell);

  return {
    start() {
      for (const agent of expectedAgents(correlator.state())) watched.add(agent);
      graceAll();
    },
    sessionOpened(agent, at) {
      watched.add(agent);
      tell(table.watch(agent, at));
    },
    heard: (agent, at, beat) => tell(table.heard(agent, at, beat)),
    forget,
    challenge: challenges.challenge,
    lastHeardAt: (agent) => table.lastHeardAt(agent),
    stop() {
      alarm.stop();
      challenges.stop();
    },
  };
}

/** Who was there when the server stopped. Who was silent already is news only when it is heard again. */
function expectedAgents(state: State): readonly AgentId[] {
  return [...state.agents.values()]
    .filter(({ presence }) => presence === 'live' || presence === 'suspected')
    .map(({ id }) => id);
}

function countOf(item: LivenessNews) {
  switch (item.kind) {
    case 'agent.suspected':
      return 'liveness.suspected';
    case 'agent.silent':
      return 'liveness.silent';
    case 'agent.heard':
      return 'liveness.heard';
  }
}

interface Challenges {
  challenge(agent: AgentId, pinged: boolean): void;
  forget(agent: AgentId): void;
  stop(): void;
}

/** One challenge at a time per agent; whether something was heard since it was sent, the table knows. */
function createChallenges(
  { table, clock, counters }: LivenessDriverOptions,
  tell: (items: readonly LivenessNews[]) => void,
): Challenges {
  const running = new Map<AgentId, () => void>();
  const unanswered = (agent: AgentId, challengedAt: Instant): void => {
    running.delete(agent);
    const items = table.unanswered(agent, challengedAt, clock.now());
    if (items.length > 0) counters.count('liveness.unanswered');
    tell(items);
  };
  return {
    challenge(agent, pinged) {
      if (running.has(agent)) return;
      const challengedAt = clock.now();
      counters.count('liveness.challenged');
      const run = (): void => unanswered(agent, challengedAt);
      if (!pinged) run();
      else running.set(agent, patientTimer({ clock, delayMs: limits.challengeMs, run }));
    },
    forget(agent) {
      running.get(agent)?.();
      running.delete(agent);
    },
    stop() {
      for (const cancel of running.values()) cancel();
      running.clear();
    },
  };
}

interface Alarm {
  /** Wakes at this instant; an alarm already set for an earlier one stays (its waking finds nothing and sets it anew). */
  set(at: Instant | undefined): void;
  stop(): void;
}

interface AlarmOptions extends Pick<LivenessDriverOptions, 'clock' | 'counters'> {
  readonly wake: () => void;
  /** This process did not run for `limits.stallGraceMs` or longer: it cannot tell who fell silent meanwhile. */
  readonly stalled: () => void;
}

function createAlarm({ clock, counters, wake, stalled }: AlarmOptions): Alarm {
  let cancel: (() => void) | undefined;
  let setFor: Instant | undefined;
  return {
    set(at) {
      if (at === undefined || (setFor !== undefined && setFor <= at)) return;
      cancel?.();
      setFor = at;
      cancel = patientTimer({
        clock,
        delayMs: Math.max(0, at - clock.now()),
        run: () => {
          setFor = undefined;
          wake();
        },
        late: (lateMs) => {
          counters.count('liveness.stalled');
          if (lateMs >= limits.stallGraceMs) stalled();
        },
      });
    },
    stop: () => cancel?.(),
  };
}

// Two machines that claim to be one agent: a restarted one and its own old socket, or a cloned disk and its original.
// Room 6 of the route, before a session may speak. It must never let a clone end the session of a living original,
// and never make a router's failover wait.
import type { AgentId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import type { Instant } from '../../../shared/time.ts';
import type { NewsQueue } from './news-queue.ts';

/** Which run of which machine stands behind a session, as its hello told. */
export interface Origin {
  /** Hash of the machine's hardware; undefined where the machine tells nothing of itself. */
  readonly machine?: string;
  readonly bootId: string;
}

/** `busy`: come back later; this server could not hear the present session, or too many claim at once. */
export type Claim = 'granted' | 'cloned' | 'busy';

/**
 * What to do with a newcomer while another session speaks for its agent. `take`: the same run of the same machine, by
 * another socket. `oust`: the present one is a clone, because the newcomer is the machine that was this agent first.
 * `ask`: only the present session's sign of life can tell a machine that has just booted from a clone.
 */
export function contest(parties: {
  readonly present: Origin;
  readonly newcomer: Origin;
  /** The machine that was this agent first. */
  readonly home: string | undefined;
}): 'take' | 'oust' | 'ask' {
  const { present, newcomer, home } = parties;
  const bothTold = present.machine !== undefined && newcomer.machine !== undefined;
  const sameMachine = !bothTold || present.machine === newcomer.machine;
  if (sameMachine) return present.bootId === newcomer.bootId ? 'take' : 'ask';
  return newcomer.machine === home ? 'oust' : 'ask';
}

export interface CloneSightings {
  /** A clone was refused, or ended. The core hears of the first at once and of the rest in sums. */
  seen(agent: AgentId, at: Instant, address: string): void;
}

interface Sighting {
  readonly toldAt: Instant;
  readonly untold: number;
}

export function createCloneSightings(news: Pick<NewsQueue, 'submit'>): CloneSightings {
  const sightings = new Map<AgentId, Sighting>();
  return {
    seen(agent, at, address) {
      const before = sightings.get(agent);
      const times = (before?.untold ?? 0) + 1;
      // Anew, so that the first of the map is the one that was quiet longest.
      sightings.delete(agent);
      if (before !== undefined && at - before.toldAt < limits.cloneTellEveryMs) {
        sightings.set(agent, { toldAt: before.toldAt, untold: times });
        return;
      }
      sightings.set(agent, { toldAt: at, untold: 0 });
      const oldest = sightings.size > limits.agentViewsMax ? sightings.keys().next().value : undefined;
      if (oldest !== undefined) sightings.delete(oldest);
      news.submit({ kind: 'agent.cloned', at, agent, address: address.slice(0, 64), times });
    },
  };
}

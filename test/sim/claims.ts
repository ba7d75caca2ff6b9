// Who may speak for an agent when two machines claim it, in virtual time: the product's own rule (`contest`) and its own
// sums of what is told (`createCloneSightings`); the question for a sign of life as server/shell/gateway asks it. Stands
// beside gateway.ts, which knows the sessions.
import { type CloneSightings, createCloneSightings, type Origin } from '../../server/shell/gateway/claim.ts';
import type { AgentId } from '../../shared/ids.ts';
import { limits } from '../../shared/limits.ts';
import { closeCodes, type Hello } from '../../shared/wire/messages.ts';
import type { Cores } from './cores.ts';
import type { Correlator } from './correlator.ts';
import { now } from './correlator.ts';
import type { Kernel } from './kernel.ts';

/** One session, as far as a claim needs it. */
export interface Claimant {
  readonly agent: AgentId;
  readonly egress: string;
  readonly isClone: boolean;
  readonly origin: Origin;
  isOpen(): boolean;
  /** Kernel time. */
  lastHeardAt(): number;
  ping(): void;
  /** Ends it; whether it spoke for its agent is the gateway's business. */
  close(code: number): void;
}

export interface Claims {
  /** `granted` is called at once, later, or never. */
  claim(newcomer: Claimant, granted: () => void): void;
}

export interface ClaimsOptions {
  readonly kernel: Kernel;
  readonly cores: Cores;
  readonly correlator: Correlator;
  readonly present: (agent: AgentId) => Claimant | undefined;
  readonly complain: (what: string) => void;
}

export function createClaims(options: ClaimsOptions): Claims {
  const { kernel, cores, correlator, present } = options;
  const sightings = createCloneSightings(correlator);
  const claim = (newcomer: Claimant, granted: () => void): void => {
    const older = present(newcomer.agent);
    if (older === undefined) return granted();
    const home = correlator.state().agents.get(newcomer.agent)?.machine;
    const decided = cores.contest({ present: older.origin, newcomer: newcomer.origin, home });
    if (decided === 'take') {
      judge(options, older, newcomer);
      older.close(closeCodes.replaced.code);
      return granted();
    }
    if (decided === 'oust') {
      see(sightings, kernel, older);
      older.close(closeCodes.cloned.code);
      return granted();
    }
    ask(older, (alive) => {
      if (!newcomer.isOpen()) return;
      if (alive) {
        see(sightings, kernel, newcomer);
        newcomer.close(closeCodes.cloned.code);
      } else claim(newcomer, granted);
    });
  };
  /** Any frame after the question answers it; who did not answer makes room. */
  const ask = (older: Claimant, answer: (alive: boolean) => void): void => {
    const askedAt = kernel.now();
    older.ping();
    kernel.after(limits.challengeMs, () => {
      const alive = older.isOpen() && older.lastHeardAt() > askedAt;
      if (!alive && older.isOpen()) older.close(closeCodes.replaced.code);
      answer(alive);
    });
  };
  return { claim };
}

function see(sightings: CloneSightings, kernel: Kernel, { agent, egress }: Claimant): void {
  sightings.seen(agent, now(kernel), egress);
}

/** The simulator's own books: a copy never takes the place of one that was heard just now. */
function judge({ kernel, complain }: ClaimsOptions, older: Claimant, newcomer: Claimant): void {
  if (!newcomer.isClone || older.isClone) return;
  if (kernel.now() - older.lastHeardAt() > limits.challengeMs) return;
  complain(`a copy of the disk of ${newcomer.agent} took the place of its living first`);
}

export function originOf({ machine, bootId }: Hello): Origin {
  return { machine, bootId };
}

// What the agent found when it examined itself, told once in every session to a server that knows the message. Holds the
// latest only. It must never come before what counts: it waits for a regular beat.
import type { AgentMessage } from '../../../shared/wire/messages.ts';
import type { ServerClock } from '../clock.ts';
import type { AgentInput, Clock } from '../input.ts';

/** The server takes the message from this minor version on. */
const minorMin = 1;

type Examined = Pick<Extract<AgentInput, { readonly kind: 'self.examined' }>, 'at' | 'examination'>;

export class OwnFindings {
  #latest: Examined | undefined;
  #isTold = false;
  #minor = 0;

  /** A session opened with a server of this minor version, which may have forgotten all. */
  open(minor: number): void {
    this.#minor = minor;
    this.#isTold = false;
  }

  examined({ at, examination }: Examined): void {
    this.#latest = { at, examination };
    this.#isTold = false;
  }

  /** What is to be told now; undefined when the server has it, would not take it, or there is nothing. */
  take(clock: ServerClock, now: Clock): AgentMessage | undefined {
    if (this.#latest === undefined || this.#isTold || this.#minor < minorMin) return undefined;
    this.#isTold = true;
    const { at, examination } = this.#latest;
    return { kind: 'findings', examinedAt: clock.estimate(at, now).at, ...examination };
  }
}

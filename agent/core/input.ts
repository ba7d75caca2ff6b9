// Everything that may reach the agent's core. Each input carries a reading of the agent's clocks; the core never
// reads one itself. The simulator feeds the same inputs over a virtual network, clock and disk.

import type { PathHop, TargetEvidence } from '../../shared/wire/evidence.ts';
import type { Findings, HostLoad, RunExplained, ServerMessage } from '../../shared/wire/messages.ts';
import type { ProbeMethod, TargetRole } from '../../shared/words.ts';
import type { StoredRecord } from './record.ts';

/**
 * Both clocks of the machine at one moment. `monoMs` never steps and counts from the machine's boot (it goes on over a
 * restart of the program within one boot); `wallMs` may lie, step and jump.
 */
export interface Clock {
  readonly bootId: string;
  readonly monoMs: number;
  readonly wallMs: number;
}

/** One target of one round, measured. */
export interface TargetResult {
  readonly target: string;
  readonly role: TargetRole;
  readonly method: ProbeMethod;
  readonly sent: number;
  readonly lost: number;
  readonly rttMs?: number;
  /** Only for role `http`: what the page said. `redirected` = a captive portal spoke in its place. */
  readonly http?: 'no-content' | 'redirected' | 'failed';
  /** A large probe (see `RoundTarget.large`). */
  readonly large?: true;
  /** As the target asked it: at which step `way` was looked for. */
  readonly wayTtl?: number;
  /**
   * Who answered a TTL-limited probe that followed the same flow as this one: the router by which the probe left this
   * site. Present only where the target asked for it.
   */
  readonly way?: string;
  /** The probe could not even leave: no such source address, no route, interface down. */
  readonly local?: 'no-address' | 'no-route' | 'interface-down';
}

export type AgentInput =
  | {
      readonly kind: 'agent.started';
      readonly clock: Clock;
      readonly spool: SpoolHead;
      /** Liveness stamp of the run before, when one was found. */
      readonly previous?: { readonly clock: Clock; readonly stoppedInOrder: boolean };
      /** Measured server-minus-monotonic offsets saved by earlier sessions, newest last. */
      readonly offsets: readonly SavedOffset[];
    }
  | {
      readonly kind: 'round.measured';
      readonly clock: Clock;
      readonly link: string;
      readonly round: number;
      /** When its first probe left. */
      readonly sentAt: Clock;
      readonly targets: readonly TargetResult[];
    }
  | {
      readonly kind: 'neighbours.measured';
      readonly clock: Clock;
      readonly round: number;
      readonly sentAt: Clock;
      readonly hosts: readonly {
        readonly host: string;
        /** Ping or TCP first; ARP after it, where it was asked and had something fresh to say. */
        readonly evidence: readonly TargetEvidence[];
      }[];
    }
  /** Answer to `path.start`. Hops in order of ttl. */
  | {
      readonly kind: 'path.measured';
      readonly clock: Clock;
      readonly link: string;
      readonly trace: number;
      readonly target: string;
      readonly reached: boolean;
      readonly hops: readonly PathHop[];
    }
  /** The logs of the run before were read. */
  | { readonly kind: 'ending.found'; readonly clock: Clock; readonly ending: FoundEnding }
  | { readonly kind: 'load.measured'; readonly clock: Clock; readonly load: HostLoad }
  /** Another way to ping is in use, or for another reason; told with the next greeting. */
  | {
      readonly kind: 'probing.chosen';
      readonly clock: Clock;
      readonly method: ProbeMethod;
      readonly reason?: string;
    }
  /** The agent has examined itself, at `at`; told to the server, for people. */
  | {
      readonly kind: 'self.examined';
      readonly clock: Clock;
      readonly at: Clock;
      readonly examination: Examination;
    }
  | { readonly kind: 'time.advanced'; readonly clock: Clock }
  | { readonly kind: 'socket.opened'; readonly clock: Clock; readonly socket: number }
  /** Also for an attempt that never opened. */
  | { readonly kind: 'socket.closed'; readonly clock: Clock; readonly socket: number; readonly code?: number }
  | {
      readonly kind: 'message.received';
      readonly clock: Clock;
      readonly socket: number;
      readonly message: ServerMessage;
    }
  /** Answer to `spool.read`. */
  | { readonly kind: 'spool.gave'; readonly clock: Clock; readonly records: readonly StoredRecord[] }
  /** The spool had to drop records. */
  | {
      readonly kind: 'spool.dropped';
      readonly clock: Clock;
      readonly rollups: number;
      readonly changes: number;
    }
  | {
      readonly kind: 'stop.requested';
      readonly clock: Clock;
      readonly reason: 'shutdown' | 'restart' | 'service-stop' | 'unknown';
    };

/** What an examination found, in the wire's words, still without its instant. */
export type Examination = Omit<Findings, 'kind' | 'examinedAt'>;

/** How the run before ended: the wire's words, with the end as a reading of that run's clocks. */
export interface FoundEnding
  extends Omit<RunExplained, 'kind' | 'seq' | 'at' | 'atErrorMs' | 'endedAt' | 'endedAtErrorMs'> {
  readonly ended: Clock;
  readonly endedErrorMs: number;
}

export interface SpoolHead {
  readonly epoch: number;
  /** Highest seq ever given to a change / a rollup in this epoch; 0 = none. */
  readonly lastChangeSeq: number;
  readonly lastRollupSeq: number;
  /** Records on disk not yet receipted. */
  readonly changes: number;
  readonly rollups: number;
}

export interface SavedOffset {
  readonly bootId: string;
  /** When it was measured. */
  readonly monoMs: number;
  /** Server time minus `monoMs`, in ms, measured in a session during that boot. */
  readonly offsetMs: number;
  readonly errorMs: number;
}

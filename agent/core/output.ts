// What the core asks of the shell. The shell performs in order; `spool.append` is durable before any later output of
// the same step is performed.

import type { AssignedHost, AssignedLink, Assignment } from '../../shared/wire/assignment.ts';
import type { AgentMessage } from '../../shared/wire/messages.ts';
import type { TargetRole } from '../../shared/words.ts';
import type { SavedOffset } from './input.ts';
import type { StoredRecord } from './record.ts';

export interface RoundTarget {
  readonly target: string;
  readonly role: TargetRole;
  /** Ask with about 1,400 bytes. Only by native ICMP; else it is not asked (sent 0). */
  readonly large?: true;
  /** For role `hop`: the probe dies after so many routers; whoever says so has answered. */
  readonly ttl?: number;
  /** For role `hop`: the anchor towards which it is asked; `target` is the router that answered there before. */
  readonly toward?: string;
  /** For anchors: also ask, by the same flow, which router is this many steps away (`TargetResult.way`). */
  readonly wayTtl?: number;
}

export type AgentOutput =
  /** Measure one round of a link; answer with `round.measured` (same link and round) at `timeoutMs` at the latest. */
  | {
      readonly kind: 'round.start';
      readonly link: AssignedLink;
      readonly round: number;
      readonly targets: readonly RoundTarget[];
      readonly timeoutMs: number;
    }
  /** Ask every router on the way at once; answer with `path.measured` (same link and trace) within `timeoutMs`. */
  | {
      readonly kind: 'path.start';
      readonly link: AssignedLink;
      readonly trace: number;
      readonly target: string;
      readonly hopsMax: number;
      readonly timeoutMs: number;
    }
  | {
      readonly kind: 'neighbours.start';
      readonly round: number;
      readonly hosts: readonly AssignedHost[];
      readonly timeoutMs: number;
    }
  | { readonly kind: 'load.start' }
  | { readonly kind: 'spool.append'; readonly record: StoredRecord }
  /** Receipted by the server: may go. */
  | {
      readonly kind: 'spool.trim';
      readonly epoch: number;
      readonly changesUpTo: number;
      readonly rollupsUpTo: number;
    }
  /** Answer with `spool.gave`: up to `limit` records of that queue with seq > after. */
  | {
      readonly kind: 'spool.read';
      readonly queue: 'changes' | 'rollups';
      readonly after: number;
      readonly limit: number;
    }
  /**
   * Open a socket; `source` = leave by this local address; `server` = to this address of the server (absent: the first
   * one of the enrolment). Answer with `socket.opened` or `socket.closed`.
   */
  | {
      readonly kind: 'socket.open';
      readonly socket: number;
      readonly source?: string;
      readonly server?: string;
    }
  | { readonly kind: 'socket.send'; readonly socket: number; readonly message: AgentMessage }
  | { readonly kind: 'socket.close'; readonly socket: number; readonly code: number; readonly reason: string }
  | { readonly kind: 'offset.save'; readonly offset: SavedOffset }
  | { readonly kind: 'assignment.save'; readonly assignment: Assignment }
  /** Call `time.advanced` at this monotonic reading at the latest (replaces the wish before). */
  | { readonly kind: 'wake.at'; readonly monoMs: number }
  /** Everything said; the program may end. */
  | { readonly kind: 'stopped' };

// What the core asks of the shell. The shell performs in order; `spool.append` is durable before any later output of
// the same step is performed.
import type { AgentMessage, AssignedHost, AssignedLink, Assignment } from '../../shared/wire/messages.ts';
import type { TargetRole } from '../../shared/words.ts';
import type { SavedOffset } from './input.ts';
import type { StoredRecord } from './record.ts';

export interface RoundTarget {
  readonly target: string;
  readonly role: TargetRole;
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
  /** Open a socket; `source` = leave by this local address. Answer with `socket.opened` or `socket.closed`. */
  | { readonly kind: 'socket.open'; readonly socket: number; readonly source?: string }
  | { readonly kind: 'socket.send'; readonly socket: number; readonly message: AgentMessage }
  | { readonly kind: 'socket.close'; readonly socket: number; readonly code: number; readonly reason: string }
  | { readonly kind: 'offset.save'; readonly offset: SavedOffset }
  | { readonly kind: 'assignment.save'; readonly assignment: Assignment }
  /** Call `time.advanced` at this monotonic reading at the latest (replaces the wish before). */
  | { readonly kind: 'wake.at'; readonly monoMs: number }
  /** Everything said; the program may end. */
  | { readonly kind: 'stopped' };

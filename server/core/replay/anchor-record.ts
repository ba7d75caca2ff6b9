// What the record tells of the server's own internet, for instants at which nobody asked then. A changed policy wakes
// the core at other times than the recorded one, and silence counts only with a proof of that moment.
import { earlier, type Instant, later, plus, second } from '../../../shared/time.ts';
import type { Input } from '../input.ts';
import type { ServerState } from '../state.ts';

type Measured = Extract<Input, { readonly kind: 'anchors.measured' }>;

/** After a start the first round of the anchors is over by then. */
const firstRoundMs = 10 * second;

interface Stretch {
  readonly from: Instant;
  /** Answers of the anchors were missing since `from`; else they were there. */
  readonly lost: boolean;
}

export interface AnchorRecord {
  /** As `time.advanced` would have told it at `at`; undefined = not proven since the start. */
  goodAt(at: Instant, server: ServerState): Instant | undefined;
  /** A recorded `time.advanced` proves what it says. */
  told(input: Extract<Input, { readonly kind: 'time.advanced' }>): void;
}

/** `measured` = all of the stretch, in order; `server` = as it was before. Asked for instants that never run backwards. */
export function createAnchorRecord(measured: Iterable<Measured>, server: ServerState): AnchorRecord {
  // The loss began before it was certain (`since`): what was not good then must not be proof here.
  const stretches = [...measured].map(({ since, reachable }): Stretch => ({ from: since, lost: !reachable }));
  let next = 0;
  let present: Stretch | undefined =
    server.anchorsReachable === false && server.anchorsSince !== undefined
      ? { from: server.anchorsSince, lost: true }
      : undefined;
  let provenAt: Instant | undefined;
  return {
    goodAt(at, { startedAt, anchorsReachable }) {
      for (let each = stretches[next]; each !== undefined && each.from <= at; each = stretches[next]) {
        present = each;
        next += 1;
      }
      if (present?.lost === true) return earlier(present.from, at);
      const told = provenAt !== undefined && provenAt >= startedAt;
      const measuredOnce = anchorsReachable === true && at >= plus(startedAt, firstRoundMs);
      return told || measuredOnce ? at : provenAt;
    },
    told({ anchorsGoodAt }) {
      if (anchorsGoodAt === undefined) return;
      provenAt = provenAt === undefined ? anchorsGoodAt : later(provenAt, anchorsGoodAt);
    },
  };
}

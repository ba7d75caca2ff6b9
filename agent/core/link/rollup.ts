// One minute of a link's anchor probes, summed up: loss, round-trip times, jitter. For the charts only: no judgement
// rests on a rollup, and they are the first to go when the disk is full.
import { minute } from '../../../shared/time.ts';
import { answered, rttOf } from '../evidence.ts';
import type { Clock, TargetResult } from '../input.ts';
import type { StoredRollup } from '../record.ts';

type Sums = Omit<StoredRollup['body'], 'seq' | 'link'>;

export interface ClosedRollup {
  /** Start of the minute. */
  readonly at: Clock;
  readonly link: string;
  readonly sums: Sums;
}

/** All links share the minute. It is the server's minute as soon as the server's time is known. */
export class Rollups {
  readonly #buckets = new Map<string, Bucket>();
  #at: Clock | undefined;
  #endMs = Number.POSITIVE_INFINITY;

  /** `offsetMs` = server minus monotonic time; before it is known minutes are those of the monotonic clock. */
  add(link: string, targets: readonly TargetResult[], now: Clock, offsetMs: number | undefined): void {
    if (this.#at === undefined) this.#begin(now, offsetMs ?? 0);
    let bucket = this.#buckets.get(link);
    if (bucket === undefined) {
      bucket = new Bucket();
      this.#buckets.set(link, bucket);
    }
    for (const target of targets) {
      if (target.role === 'anchor' && target.large !== true) bucket.add(target);
    }
  }

  /** Monotonic end of the present minute; infinite while nothing was measured. */
  get nextMs(): number {
    return this.#endMs;
  }

  /** Closes the minute, also before its end when the program stops. */
  close(): readonly ClosedRollup[] {
    const at = this.#at;
    if (at === undefined) return [];
    const closed: ClosedRollup[] = [];
    for (const [link, bucket] of this.#buckets) {
      if (bucket.sent > 0) closed.push({ at, link, sums: bucket.sums() });
    }
    this.#buckets.clear();
    this.#at = undefined;
    this.#endMs = Number.POSITIVE_INFINITY;
    return closed;
  }

  #begin(now: Clock, offsetMs: number): void {
    const startMs = Math.floor((now.monoMs + offsetMs) / minute) * minute - offsetMs;
    this.#at = { bootId: now.bootId, monoMs: startMs, wallMs: now.wallMs - (now.monoMs - startMs) };
    this.#endMs = startMs + minute;
  }
}

class Bucket {
  sent = 0;
  #lost = 0;
  readonly #rtts: number[] = [];
  /** Per target, because anchors lie at different distances. */
  readonly #lastRtt = new Map<string, number>();
  #jitterSum = 0;
  #jitterCount = 0;

  add(result: TargetResult): void {
    this.sent += result.sent;
    this.#lost += Math.min(result.lost, result.sent);
    const rtt = answered(result) ? rttOf(result) : undefined;
    if (rtt === undefined) return;
    this.#rtts.push(rtt);
    const last = this.#lastRtt.get(result.target);
    if (last !== undefined) {
      this.#jitterSum += Math.abs(rtt - last);
      this.#jitterCount += 1;
    }
    this.#lastRtt.set(result.target, rtt);
  }

  sums(): Sums {
    const sorted = this.#rtts.sort((a, b) => a - b);
    const { length } = sorted;
    if (length === 0) return { sent: this.sent, lost: this.#lost };
    return {
      sent: this.sent,
      lost: this.#lost,
      rttMinMs: tenths(sorted[0]),
      rttAvgMs: tenths(sorted.reduce((sum, rtt) => sum + rtt, 0) / length),
      rttMaxMs: tenths(sorted[length - 1]),
      // Nearest rank: the smallest value that at least 95 % do not exceed.
      rttP95Ms: tenths(sorted[Math.ceil(length * 0.95) - 1]),
      jitterMs: this.#jitterCount === 0 ? undefined : tenths(this.#jitterSum / this.#jitterCount),
    };
  }
}

/** A tenth of a millisecond is finer than any chart and saves half the bytes. */
function tenths(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 10) / 10;
}

// The outside-in room put together: the prober of the customers' addresses and the watch over Vigia's own anchors, over
// one wire and one queue of news.
import type { Icmp } from '../../../shared/icmp/icmp.ts';
import type { Instant } from '../../../shared/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { GatewayCounters } from '../gateway/counters.ts';
import { createNewsQueue } from '../gateway/news-queue.ts';
import { AnchorWatch } from './anchors.ts';
import { createProbeWire, type ProbeWire } from './probe-wire.ts';
import { OutsideInProber } from './prober.ts';

export interface OutsideInOptions {
  /** Running: its state is recovered. */
  readonly correlator: Correlator;
  readonly clock: Clock;
  readonly counters: GatewayCounters;
  /** The server's own anchors, IP addresses. */
  readonly anchors: readonly string[];
  /** False: customers' addresses are not probed; the anchors are watched all the same. */
  readonly probeAddresses: boolean;
  /** Absent where native ICMP is not possible: TCP is asked instead. Stays the caller's to close. */
  readonly icmp: Icmp | undefined;
  /** In place of the network, for tests and the laboratory. */
  readonly wire?: ProbeWire;
}

export interface OutsideIn {
  /** For the loop: when this server last proved its own internet. */
  goodAt(): Instant | undefined;
  anchorsReachable(): boolean | undefined;
  addressCount(): number;
  stop(): void;
}

export function startOutsideIn(options: OutsideInOptions): OutsideIn {
  const { correlator, clock, counters } = options;
  const wire = options.wire ?? createProbeWire(options.icmp);
  const news = createNewsQueue({ correlator, clock, counters });
  const shared = { correlator, clock, counters, wire, news };
  const anchors = new AnchorWatch({ ...shared, anchors: options.anchors });
  const prober = options.probeAddresses ? new OutsideInProber(shared) : undefined;
  return {
    goodAt: () => anchors.goodAt(),
    anchorsReachable: () => anchors.reachable(),
    addressCount: () => prober?.targetCount() ?? 0,
    stop() {
      anchors.stop();
      prober?.stop();
      news.stop();
    },
  };
}

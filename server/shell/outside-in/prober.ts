// The server's own witness: asks each link's public address from outside, spread evenly over time and bounded, and tells
// the core when an address changes its mind. Judging is in `server/core/liveness/judge-address.ts`; what an address's
// silence means is the core's business.

import type { SiteId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { type Instant, plus } from '../../../shared/time.ts';
import { createDueHeap, type DueHeap } from '../../core/liveness/due-heap.ts';
import {
  addressLossesMax,
  addressProbing,
  freshAddress,
  judgeAddress,
} from '../../core/liveness/judge-address.ts';
import type { Topology } from '../../core/topology.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { GatewayCounters } from '../gateway/counters.ts';
import type { NewsQueue } from '../gateway/news-queue.ts';
import { type AddressTarget, askTarget, nextProbeMs } from './address-target.ts';
import type { ProbeAnswer } from './probe-answer.ts';
import type { ProbeWire } from './probe-wire.ts';

export interface ProberOptions {
  readonly correlator: Correlator;
  readonly news: NewsQueue;
  readonly clock: Clock;
  readonly counters: GatewayCounters;
  readonly wire: ProbeWire;
  readonly concurrencyMax?: number;
}

export class OutsideInProber {
  readonly #options: ProberOptions;
  readonly #concurrencyMax: number;
  readonly #targets = new Map<string, AddressTarget>();
  readonly #ofSite = new Map<SiteId, Set<string>>();
  readonly #due: DueHeap<string> = createDueHeap<string>();
  #inFlight = 0;
  #cancelTimer: () => void = () => undefined;
  #stops: readonly (() => void)[] = [];
  #stopped = false;

  /** Starts probing what the state's topology holds, and follows its changes. */
  constructor(options: ProberOptions) {
    this.#options = options;
    this.#concurrencyMax = options.concurrencyMax ?? limits.outsideInConcurrencyMax;
    const { correlator } = options;
    this.#adopt(correlator.state().topology, 'first');
    this.#stops = [
      correlator.onCommitted(({ changes }) => {
        for (const change of changes) {
          if (change.kind === 'topology.adopted') this.#adopt(change.topology, 'later');
        }
      }),
      correlator.onHint((hint) => {
        if (hint.kind === 'site.probe') this.burst(hint.site);
      }),
    ];
    this.#pump();
  }

  targetCount(): number {
    return this.#targets.size;
  }

  /** Asks all addresses of the site now and then each second, as often as a hard judgement needs. */
  burst(site: SiteId): void {
    for (const key of this.#ofSite.get(site) ?? []) {
      const target = this.#targets.get(key);
      if (target === undefined) continue;
      target.burstLeft = addressLossesMax;
      // One that is under way goes on with the burst when it ends.
      if (!target.inFlight) this.#due.set(key, this.#options.clock.now());
    }
    this.#pump();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
    for (const stop of this.#stops) stop();
  }

  /** Targets that are new come evenly spread over one round; those that stayed the same go on undisturbed. */
  #adopt(topology: Topology, when: 'first' | 'later'): void {
    const wanted = wantedTargets(topology);
    for (const [key, target] of this.#targets) {
      if (wanted.get(key)?.address !== target.address) this.#drop(target);
    }
    const fresh = [...wanted.values()].filter((target) => !this.#targets.has(target.key));
    const now = this.#options.clock.now();
    fresh.forEach((target, index) => {
      this.#targets.set(target.key, when === 'first' ? this.#remembered(target) : target);
      const keys = this.#ofSite.get(target.site) ?? new Set<string>();
      this.#ofSite.set(target.site, keys.add(target.key));
      this.#due.set(target.key, plus(now, Math.floor((index * addressProbing.roundMs) / fresh.length)));
    });
    if (when === 'later') this.#pump();
  }

  #drop(target: AddressTarget): void {
    this.#targets.delete(target.key);
    this.#due.remove(target.key);
    const keys = this.#ofSite.get(target.site);
    keys?.delete(target.key);
    if (keys?.size === 0) this.#ofSite.delete(target.site);
  }

  /** After a restart only a change of what the core already knows is news. */
  #remembered(target: AddressTarget): AddressTarget {
    const reports = this.#options.correlator.state().sites.get(target.site)?.addresses ?? [];
    const report = reports.find(({ link }) => link === target.link);
    if (report === undefined) return target;
    return { ...target, judgement: freshAddress(report.answers), everAnswered: report.everAnswered };
  }

  #pump(): void {
    if (this.#stopped) return;
    this.#cancelTimer();
    const { clock, counters } = this.#options;
    const now = clock.now();
    for (let first = this.#due.first(); first !== undefined; first = this.#due.first()) {
      if (first.at > now) {
        this.#cancelTimer = clock.after(first.at - now, () => this.#pump());
        return;
      }
      if (this.#inFlight >= this.#concurrencyMax) {
        // The next probe that ends pumps again.
        counters.count('outside-in.held-back');
        return;
      }
      this.#due.remove(first.key);
      const target = this.#targets.get(first.key);
      if (target !== undefined) void this.#ask(target);
    }
  }

  async #ask(target: AddressTarget): Promise<void> {
    const { clock, counters, wire } = this.#options;
    const sentAt = clock.now();
    target.inFlight = true;
    target.burstLeft = Math.max(0, target.burstLeft - 1);
    this.#inFlight += 1;
    counters.count('outside-in.sent');
    const answer = await askTarget(target, wire, sentAt);
    this.#inFlight -= 1;
    target.inFlight = false;
    // Retired, or its address changed, while it was being asked: its answer is nobody's.
    if (this.#targets.get(target.key) === target) {
      const judgedMs = this.#judge(target, { sentAt, answer });
      const nextAt = plus(sentAt, nextProbeMs(target, wire, judgedMs));
      this.#due.set(target.key, nextAt);
    }
    this.#pump();
  }

  /** Gives the distance to the next probe that the judge wants. */
  #judge(target: AddressTarget, probe: { readonly sentAt: Instant; readonly answer: ProbeAnswer }): number {
    const { clock, counters, news } = this.#options;
    const { sentAt, answer } = probe;
    if (answer === 'local' || answer === 'unasked') {
      counters.count('outside-in.unasked');
      return addressProbing.roundMs;
    }
    if (answer === 'answered') counters.count('outside-in.answered');
    const step = judgeAddress(target.judgement, { sentAt, answered: answer === 'answered' });
    target.judgement = step.judgement;
    if (step.news !== undefined && !this.#stopped) {
      counters.count('outside-in.news');
      const { site, link } = target;
      news.submit({ kind: 'address.measured', at: clock.now(), site, link, ...step.news });
    }
    return step.nextMs;
  }
}

function wantedTargets(topology: Topology): Map<string, AddressTarget> {
  const wanted = new Map<string, AddressTarget>();
  for (const site of topology.sites.values()) {
    for (const link of site.links) {
      if (link.publicAddress === undefined) continue;
      const key = `${site.id}/${link.key}`;
      wanted.set(key, {
        key,
        site: site.id,
        link: link.key,
        address: link.publicAddress,
        judgement: freshAddress(),
        everAnswered: false,
        method: undefined,
        tcpTriedAt: undefined,
        inFlight: false,
        burstLeft: 0,
      });
    }
  }
  return wanted;
}

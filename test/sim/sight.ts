// The correlator's eyes in virtual time: probes to each link's public address and to its own anchors, judged by the
// real judges. Sites that sleep (quiet.ts) are not probed: their answers would change nothing. One object is one life
// of the process.

import {
  type AddressJudgement,
  addressProbing,
  freshAddress,
  judgeAddress,
} from '../../server/core/liveness/judge-address.ts';
import {
  type AnchorsJudgement,
  anchorProbing,
  freshAnchors,
  judgeAnchors,
} from '../../server/core/liveness/judge-anchors.ts';
import type { SiteId } from '../../shared/ids.ts';
import type { Random } from '../../shared/random.ts';
import { type Instant, instant } from '../../shared/time.ts';
import type { Correlator } from './correlator.ts';
import { now } from './correlator.ts';
import { epochMs } from './frame.ts';
import { cancel, type Kernel, type Timer } from './kernel.ts';
import type { LinkNet, Network, SiteNet } from './network.ts';

export interface Sight {
  /** When the server last proved its own internet in this life. */
  anchorsGoodAt(): Instant | undefined;
  /** Burst now (hint of the core). */
  probeSite(site: SiteId): void;
  probeAnchors(): void;
  sleep(site: SiteId): void;
  wake(site: SiteId): void;
  kill(): void;
}

export interface SightOptions {
  readonly kernel: Kernel;
  readonly random: Random;
  readonly network: Network;
  readonly correlator: Correlator;
  readonly asleep: (site: SiteId) => boolean;
}

interface Loop {
  timer: Timer | undefined;
  /** Cuts answers of a probe that a newer one has overtaken. */
  turn: number;
}

interface AddressLoop extends Loop {
  readonly site: SiteNet;
  readonly link: LinkNet;
  judgement: AddressJudgement;
}

const anchorRttMs = 12;
/** The server's own; the same as the agents'. */
const anchors = ['1.1.1.1', '8.8.8.8', '9.9.9.9'];

export function createSight(options: SightOptions): Sight {
  const loops = addressLoops(options);
  const life = { alive: true };
  const probe = (loop: AddressLoop): void => probeAddress(options, life, loop);
  const own = anchorsLoop(options, life);
  // Each address at a phase of its own, as in a prober that runs for long.
  const begin = (loop: AddressLoop): void => {
    stop(loop);
    loop.timer = options.kernel.after(options.random.below(addressProbing.roundMs), () => probe(loop));
  };
  for (const loop of loops) if (!options.asleep(loop.site.spec.id)) begin(loop);
  const of = (site: SiteId): readonly AddressLoop[] => loops.filter((loop) => loop.site.spec.id === site);
  return {
    anchorsGoodAt: own.goodAt,
    probeSite: (site) => of(site).forEach(probe),
    probeAnchors: own.probe,
    sleep(site) {
      for (const loop of of(site)) stop(loop);
    },
    wake: (site) => of(site).forEach(begin),
    kill() {
      life.alive = false;
      own.stop();
      for (const loop of loops) stop(loop);
    },
  };
}

function addressLoops({ network, correlator }: SightOptions): readonly AddressLoop[] {
  const state = correlator.state();
  return [...network.sites.values()].flatMap((site) =>
    site.links.map((link) => {
      const known = state.sites.get(site.spec.id)?.addresses.find((one) => one.link === link.spec.key);
      return { site, link, judgement: freshAddress(known?.answers), timer: undefined, turn: 0 };
    }),
  );
}

function stop(loop: Loop): void {
  cancel(loop.timer);
  loop.turn += 1;
}

function probeAddress(options: SightOptions, life: { readonly alive: boolean }, loop: AddressLoop): void {
  const { kernel, network, correlator } = options;
  stop(loop);
  const turn = loop.turn;
  const sentAt = now(kernel);
  const answered = network.addressAnswers(loop.site, loop.link);
  const takesMs = answered ? loop.link.spec.latencyMs * 2 : addressProbing.timeoutMs;
  loop.timer = kernel.after(takesMs, () => {
    if (!life.alive || loop.turn !== turn) return;
    const step = judgeAddress(loop.judgement, { sentAt, answered });
    loop.judgement = step.judgement;
    if (step.news !== undefined) {
      const { id } = loop.site.spec;
      correlator.submit({
        kind: 'address.measured',
        at: now(kernel),
        site: id,
        link: loop.link.spec.key,
        ...step.news,
      });
    }
    loop.timer = kernel.after(step.nextMs - takesMs, () => probeAddress(options, life, loop));
  });
}

interface AnchorsLoop {
  readonly goodAt: () => Instant | undefined;
  readonly probe: () => void;
  readonly stop: () => void;
}

/** While every site sleeps and the uplink works, rounds are skipped and taken as good: they would have been. */
function anchorsLoop(options: SightOptions, life: { readonly alive: boolean }): AnchorsLoop {
  const { kernel, network, correlator } = options;
  const loop: Loop = { timer: undefined, turn: 0 };
  let judgement: AnchorsJudgement = freshAnchors(correlator.state().server.anchorsReachable);
  const allAsleep = (): boolean => [...network.sites.values()].every((site) => options.asleep(site.spec.id));
  const calm = (): boolean => network.nocUp() && judgement.reachable === true && allAsleep();
  let measuring = false;
  let again = false;
  /** A round now; while one is under way, another right after it: who asks often must not keep it from ending. */
  const probe = (): void => {
    if (measuring) {
      again = true;
      return;
    }
    stop(loop);
    const turn = loop.turn;
    if (calm()) {
      judgement = { ...judgement, goodAt: now(kernel) };
      loop.timer = kernel.after(anchorProbing.roundMs, probe);
      return;
    }
    const startedAt = now(kernel);
    measuring = true;
    const answered = network.nocUp()
      ? anchors.filter((one) => network.anchorAnswers(one) && !network.lossy()).length
      : 0;
    const takesMs = answered > 0 ? anchorRttMs : anchorProbing.timeoutMs;
    loop.timer = kernel.after(takesMs, () => {
      if (!life.alive || loop.turn !== turn) return;
      measuring = false;
      const step = judgeAnchors(judgement, { startedAt, answered });
      judgement = step.judgement;
      if (step.news !== undefined) {
        correlator.submit({ kind: 'anchors.measured', at: now(kernel), ...step.news });
      }
      loop.timer = kernel.after(again ? 0 : Math.max(0, step.nextMs - takesMs), probe);
      again = false;
    });
  };
  probe();
  return {
    goodAt: () => {
      if (judgement.goodAt === undefined || !calm()) return judgement.goodAt;
      // The last round of the grid before now, as an awake prober would have measured it.
      const ms = now(kernel) - epochMs;
      return instant(epochMs + ms - (ms % anchorProbing.roundMs));
    },
    probe,
    stop: () => stop(loop),
  };
}

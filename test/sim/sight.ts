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
  readonly probe: () => void;
}

const anchorRttMs = 12;
/** The server's own; the same as the agents'. */
const anchors = ['1.1.1.1', '8.8.8.8', '9.9.9.9'];

export function createSight(options: SightOptions): Sight {
  const life = { alive: true };
  const loops = addressLoops(options, life);
  const own = anchorsLoop(options, life);
  // Each address at a phase of its own, as in a prober that runs for long.
  const begin = (loop: AddressLoop): void => {
    stop(loop);
    loop.timer = options.kernel.after(options.random.below(addressProbing.roundMs), loop.probe);
  };
  for (const loop of loops) if (!options.asleep(loop.site.spec.id)) begin(loop);
  const of = (site: SiteId): readonly AddressLoop[] => loops.filter((loop) => loop.site.spec.id === site);
  return {
    anchorsGoodAt: own.goodAt,
    probeSite(site) {
      for (const loop of of(site)) loop.probe();
    },
    probeAnchors: own.probe,
    sleep(site) {
      for (const loop of of(site)) stop(loop);
    },
    wake(site) {
      of(site).forEach(begin);
      own.wake();
    },
    kill() {
      life.alive = false;
      own.stop();
      for (const loop of loops) stop(loop);
    },
  };
}

function addressLoops(options: SightOptions, life: { readonly alive: boolean }): readonly AddressLoop[] {
  const state = options.correlator.state();
  return [...options.network.sites.values()].flatMap((site) =>
    site.links.map((link) => {
      const known = state.sites.get(site.spec.id)?.addresses.find((one) => one.link === link.spec.key);
      const loop: AddressLoop = {
        site,
        link,
        judgement: freshAddress(known?.answers),
        timer: undefined,
        turn: 0,
        probe: () => probeAddress(options, life, loop),
      };
      return loop;
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
    loop.timer = kernel.after(step.nextMs - takesMs, loop.probe);
  });
}

interface AnchorsLoop {
  readonly goodAt: () => Instant | undefined;
  readonly probe: () => void;
  /** A site wakes: rounds go on. */
  readonly wake: () => void;
  readonly stop: () => void;
}

/** While every site sleeps and the uplink works, rounds are skipped and taken as good: they would have been. */
function anchorsLoop(options: SightOptions, life: { readonly alive: boolean }): AnchorsLoop {
  const { kernel, network, correlator } = options;
  const loop: Loop = { timer: undefined, turn: 0 };
  // In production the eyes open when `server.started` is committed, which forgets that the anchors were lost; here it is
  // still on its way, and a server that starts while cut off must say again that it is blind. That they answer is no
  // news worth an input: it changes nothing after a start.
  const known = correlator.state().server.anchorsReachable === true ? true : undefined;
  let judgement: AnchorsJudgement = freshAnchors(known);
  const sites = [...network.sites.keys()];
  const allAsleep = (): boolean => sites.every((site) => options.asleep(site as SiteId));
  const calm = (): boolean => network.nocUp() && judgement.reachable === true && allAsleep();
  /** Kernel time of the last round before a rest: none is planned until a site wakes. */
  let restingSince: number | undefined;
  let measuring = false;
  let again = false;
  /** A round now; while one is under way, another right after it: who asks often must not keep it from ending. */
  const probe = (): void => {
    if (measuring) {
      again = true;
      return;
    }
    stop(loop);
    restingSince = undefined;
    const turn = loop.turn;
    if (calm()) {
      judgement = { ...judgement, goodAt: now(kernel) };
      restingSince = kernel.now();
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
    wake() {
      if (restingSince === undefined) return;
      // At the beat it had, one that is due now still to come; the rounds left out were good, as calm as all was.
      const rounds = Math.max(0, Math.ceil((kernel.now() - restingSince) / anchorProbing.roundMs) - 1);
      const last = restingSince + rounds * anchorProbing.roundMs;
      judgement = { ...judgement, goodAt: instant(epochMs + last) };
      restingSince = undefined;
      loop.timer = kernel.atAsIf(last + anchorProbing.roundMs, last, probe);
    },
    stop: () => stop(loop),
  };
}

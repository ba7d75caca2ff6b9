// The quiet fast path: a site at which nothing happens is not computed. Its machines' clocks stand still (frame.ts)
// and go on where they were when something is about to happen.
//
// Why it is sound. The agent's core is a function of its inputs and of DIFFERENCES of its clocks' readings: shifting all
// its inputs in time shifts its outputs and changes nothing else. A quiet stretch is a steady state: each round is like
// the one before, each beat is answered. So its state at the end of the stretch is its state at the beginning, shifted;
// that is what standing clocks plus translation of every instant at the site's border give, exactly. Timers of
// the site (rounds under way, wakes, attempts to connect) move along with it.
// What the server would have seen meanwhile: beats (told to the liveness table at the end, with their real spacing) and
// answers of public addresses, all the same as before, which its judges turn into nothing.
// A site may sleep only when
//   1. nothing happened to it, to the correlator, or to the uplink for `settleMs`, and nothing will for `aheadMs`;
//   2. no packet is under way between it and the correlator;
//   3. no link of it is poor;
//   4. each of its running agents either has a session and an empty spool, or cannot reach the correlator at all.
// Not seen this way: rollups of the stretch, slow drifts, chance losses in it. `--no-skip` runs without it.
import type { Random } from '../../shared/random.ts';
import { minute, second } from '../../shared/time.ts';
import { cancel, type Kernel, type Timer } from './kernel.ts';
import type { Machine } from './machine.ts';
import type { Network, SiteNet } from './network.ts';

export interface Quiet {
  /** Something happens to this site now, or to everybody: wakes it and keeps it awake for a while. */
  disturb(site: SiteNet | undefined): void;
  asleep(site: string): boolean;
  /** Total of the time not computed, over all sites. */
  skippedMs(): number;
}

export interface QuietOptions {
  readonly kernel: Kernel;
  readonly random: Random;
  readonly network: Network;
  readonly machines: ReadonlyMap<string, readonly Machine[]>;
  /** Kernel times of everything planned for this site or for all, rising. */
  readonly planned: (site: string) => readonly number[];
  readonly connected: (machine: Machine) => boolean;
  readonly onSleep: (site: SiteNet) => void;
  readonly onWake: (site: SiteNet) => void;
}

/** Longer than a link's quality takes to be called good again: a window of 2 min and half of one. */
export const settleMs = 200 * second;
const aheadMs = 30 * second;
/** Added to it by chance, so that no round keeps a fixed phase to the fault it wakes for. */
const aheadJitterMs = 10 * second;
/** A shorter sleep is not worth its bookkeeping. */
const sleepMsMin = 2 * minute;
const retryMs = 3 * second;

interface Rest {
  readonly site: SiteNet;
  readonly planned: readonly number[];
  next: number;
  sleptAt: number | undefined;
  timer: Timer | undefined;
}

export function createQuiet(options: QuietOptions): Quiet {
  const { kernel, network } = options;
  let skipped = 0;
  const rests = new Map<string, Rest>();
  for (const [id, site] of network.sites) {
    rests.set(id, { site, planned: options.planned(id), next: 0, sleptAt: undefined, timer: undefined });
  }
  const look = (rest: Rest): void => {
    const ahead = aheadMs + options.random.below(aheadJitterMs);
    const wakeAt = nextPlanned(rest, kernel.now()) - ahead;
    if (wakeAt - kernel.now() < sleepMsMin) {
      rest.timer = kernel.at(wakeAt + ahead + settleMs, () => look(rest));
    } else if (!mayRest(options, rest.site)) {
      rest.timer = kernel.after(retryMs, () => look(rest));
    } else {
      rest.sleptAt = kernel.now();
      rest.site.timers.suspend();
      options.onSleep(rest.site);
      rest.timer = kernel.at(wakeAt, () => {
        wake(rest);
        rest.timer = kernel.after(ahead + settleMs, () => look(rest));
      });
    }
  };
  const wake = (rest: Rest): void => {
    if (rest.sleptAt === undefined) return;
    const slept = kernel.now() - rest.sleptAt;
    rest.site.frame.skip(rest.sleptAt, slept);
    rest.site.timers.resume();
    rest.sleptAt = undefined;
    skipped += slept;
    options.onWake(rest.site);
  };
  const disturb = (rest: Rest): void => {
    wake(rest);
    cancel(rest.timer);
    rest.timer = kernel.after(settleMs, () => look(rest));
  };
  for (const rest of rests.values()) disturb(rest);
  return {
    disturb(site) {
      for (const rest of rests.values()) if (site === undefined || rest.site === site) disturb(rest);
    },
    asleep: (site) => rests.get(site)?.sleptAt !== undefined,
    skippedMs: () => skipped,
  };
}

function nextPlanned(rest: Rest, now: number): number {
  while ((rest.planned[rest.next] ?? Number.POSITIVE_INFINITY) <= now) rest.next += 1;
  return rest.planned[rest.next] ?? now;
}

function mayRest(options: QuietOptions, site: SiteNet): boolean {
  if (site.rerouting !== undefined) return false;
  for (const { flow } of site.flows) if (!flow.idle()) return false;
  // Chance decides what is seen of a poor link: its minutes are not one like the other.
  if (site.links.some(({ lossRatio, addedMs }) => lossRatio > 0 || addedMs > 0)) return false;
  const machines = options.machines.get(site.spec.id) ?? [];
  // What one lost packet by chance has put off is still to be said: the link is good again.
  if (machines.some((machine) => machine.seesPoorLink())) return false;
  return machines.every((machine) => !machine.agentRuns() || atRest(options, site, machine));
}

function atRest({ network, connected }: QuietOptions, site: SiteNet, machine: Machine): boolean {
  const reaches = network.nocUp() && site.links.some((link) => network.beyond(site, machine.spec.key, link));
  if (!reaches) return true;
  const { changes, rollups } = machine.disk.head();
  return connected(machine) && changes === 0 && rollups === 0;
}

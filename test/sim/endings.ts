// How a machine's run truly ended, and what its system's logs will say of it: drawn when the fault strikes, from a stream
// of its own, so that the other draws of a seed stay what they were. The oracle knows the truth; only what the agent tells
// after the boot reaches the correlator. Data only.
import type { Random } from '../../shared/random.ts';
import { second } from '../../shared/time.ts';
import type { RunEnding } from '../../shared/words.ts';
import type { SiteFault } from './faults.ts';
import { between, stream } from './seeds.ts';
import type { HostSpec, SiteSpec } from './world.ts';

export interface DrawnEnding {
  readonly truth: RunEnding;
  /** `unknown` where the logs were lost; else the truth: what they mean is proven with agent/core/ending. */
  readonly told: RunEnding;
  /** From the start of the agent until it has read them. */
  readonly toldAfterMs: number;
}

type Stopped = Extract<
  SiteFault,
  { readonly kind: 'host.down' | 'site.power' | 'host.away' | 'host.restart' }
>;

const lostRatio = 0.1;
const readMsMin = 2 * second;
const readMsMax = 40 * second;

/** Out of a hundred machines that stopped by themselves. */
const shares: readonly (readonly [RunEnding, number])[] = [
  ['power', 30],
  ['crash', 20],
  ['button', 15],
  ['hang', 15],
  ['out-of-memory', 10],
  ['virtual-machine-killed', 10],
];

/** The end of `host` by this fault: of the machine that it is about, or of one that lost its power with the others. */
export function drawEnding(seed: number, site: SiteSpec, fault: Stopped, { key }: HostSpec): DrawnEnding {
  const random = stream(seed, `ending/${site.id}/${key}/${fault.at}`);
  const truth = truthOf(random, site, fault, key);
  return {
    truth,
    told: random.chance(lostRatio) ? 'unknown' : truth,
    toldAfterMs: Math.floor(between(random, readMsMin, readMsMax)),
  };
}

function truthOf(random: Random, site: SiteSpec, fault: Stopped, key: string): RunEnding {
  if (fault.kind === 'site.power') return 'power';
  // What it carried went with it.
  if (fault.host !== key) return 'virtual-machine-killed';
  // A machine that carries others is none itself; of the others each may run on one that nobody watches.
  const carries = site.hosts.some((host) => host.parent === key);
  const possible = shares.filter(([ending]) => !carries || ending !== 'virtual-machine-killed');
  let dice = random.next() * possible.reduce((sum, [, share]) => sum + share, 0);
  for (const [ending, share] of possible) {
    if (dice < share) return ending;
    dice -= share;
  }
  return 'power';
}

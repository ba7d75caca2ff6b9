// Which links this agent may judge, and how. A probe that leaves by an unknown link says nothing of any link, so in a
// site with several links only bound probes count, or those sent while the session shows by which link we leave.
import type { AssignedLink } from '../../../shared/wire/assignment.ts';

/** What the rest of the agent knows that a link's judge must, at one moment. */
export interface Surroundings {
  /** The address by which this site leaves, as the server confirmed it within two heartbeats. */
  readonly egress: string | undefined;
  /** Monotonic: when that left which the session open now had answered last; minus infinity without a session. */
  readonly answeredSentMs: number;
  /** Monotonic: when the first question to the server left that is not answered; infinity while all are. */
  readonly silentSinceMs: number;
  /** Every neighbour that used to answer is silent. */
  readonly lanSilent: boolean;
}

/** `free`: the only link of the site. `bound`: by source or interface. `egress`: told by the session's address. */
export type JudgeMode = 'free' | 'bound' | 'egress' | 'never';

export function judgeMode(link: AssignedLink, linksOfSite: number): JudgeMode {
  if (linksOfSite === 1) return 'free';
  if (link.source !== undefined || link.interface !== undefined) return 'bound';
  return link.publicAddress === undefined ? 'never' : 'egress';
}

/** Whether a round sent now would say something of this link. `egress` is the address the server sees, if known. */
export function mayMeasure(mode: JudgeMode, link: AssignedLink, egress: string | undefined): boolean {
  switch (mode) {
    case 'free':
    case 'bound':
      return true;
    case 'egress':
      return egress !== undefined && plainAddress(egress) === link.publicAddress;
    case 'never':
      return false;
  }
}

/** Does the same measurement go on, so that the judgement may be kept? */
export function sameMeasurement(
  before: { readonly mode: JudgeMode; readonly link: AssignedLink },
  after: { readonly mode: JudgeMode; readonly link: AssignedLink },
): boolean {
  if (before.mode !== after.mode) return false;
  switch (after.mode) {
    case 'free':
    case 'never':
      return true;
    case 'bound':
      return before.link.source === after.link.source && before.link.interface === after.link.interface;
    case 'egress':
      return before.link.publicAddress === after.link.publicAddress;
  }
}

/** `::ffff:198.51.100.7`, as a dual-stack server may see an IPv4 peer, is 198.51.100.7. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

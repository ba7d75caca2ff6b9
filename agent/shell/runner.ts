// Performs what the core asks to be measured: rounds and paths of links, rounds of the neighbours, the machine's load.
// Puts the parts together and nothing else; what counts as asked, lost and answered stands in each of them.
import type { HostLoad } from '../../shared/wire/messages.ts';
import type { AgentInput } from '../core/input.ts';
import { createLinkRound, type LinkRound, type LinkRoundParts } from './link-round.ts';
import { createNeighbourRound, type NeighbourParts, type NeighbourRound } from './neighbour-round.ts';

type LoadMeasured = Extract<AgentInput, { readonly kind: 'load.measured' }>;

export interface RunnerParts extends LinkRoundParts, NeighbourParts {
  readonly load: () => Promise<HostLoad>;
}

export interface Runner extends LinkRound {
  readonly neighbours: NeighbourRound;
  load(): Promise<LoadMeasured>;
}

export function createRunner(parts: RunnerParts): Runner {
  return {
    ...createLinkRound(parts),
    neighbours: createNeighbourRound(parts),
    load: async () => {
      const load = await parts.load();
      return { kind: 'load.measured', clock: parts.clock(), load };
    },
  };
}

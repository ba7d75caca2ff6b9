// The code under test, gathered in one record, so that a mutant can replace one part of it (mutants.ts). Everything
// here is the production code; the simulator itself holds no rule of the product.
import { createAgentCore } from '../../agent/core/agent.ts';
import { nextDeadline } from '../../server/core/deadline.ts';
import { decide } from '../../server/core/decide.ts';
import { evolve } from '../../server/core/evolve.ts';
import { createLivenessTable } from '../../server/core/liveness/table.ts';
import { defaultPolicy, type Policy } from '../../server/core/policy.ts';
import { contest } from '../../server/shell/gateway/claim.ts';

export interface Cores {
  readonly createAgentCore: typeof createAgentCore;
  readonly createLivenessTable: typeof createLivenessTable;
  readonly decide: typeof decide;
  readonly evolve: typeof evolve;
  readonly nextDeadline: typeof nextDeadline;
  /** Who stays when two machines claim to be one agent. */
  readonly contest: typeof contest;
  readonly policy: Policy;
  /** False only in a mutant: the receipt then leaves before its commit. */
  readonly receiptAfterCommit: boolean;
}

export const realCores: Cores = {
  createAgentCore,
  createLivenessTable,
  decide,
  evolve,
  nextDeadline,
  contest,
  policy: defaultPolicy,
  receiptAfterCommit: true,
};

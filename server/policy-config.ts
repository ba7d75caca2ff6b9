// The part `policies` of vigia.yaml: the correlator's thresholds, which enter the journal as one record with each start, and
// beside them what the contracts say (`holidays`, `plans`, `customers`, `rota`, `closing`). Read by `config.ts` and the what-if.
import { z } from 'zod';
import type { Issue } from '../shared/failure.ts';
import { type SlaPolicies, slaPoliciesSchema } from '../shared/sla-policy.ts';
import { hour, second } from '../shared/time.ts';
import { defaultPolicy, type Policy } from './core/policy.ts';
import type { Topology } from './core/topology.ts';

const durations = (min: number, max: number) =>
  z.int().min(min, `wanted: ${min} ms at least`).max(max, `wanted: ${max} ms at most`);

/** Ranges keep every threshold where the rules still mean something; defaults are `core/policy.ts`'s. */
const policySchema = z
  .strictObject({
    heartbeatMs: durations(second, 120 * second),
    blipMs: durations(0, 300 * second),
    blipMarginMs: durations(0, 30 * second),
    replayHoldMs: durations(0, 60 * second),
    sightGraceMs: durations(0, 600 * second),
    reporterCheckMs: durations(0, 60 * second),
    failoverHoldMs: durations(0, 300 * second),
    failoverSeenHoldMs: durations(0, 300 * second),
    comebackHoldMs: durations(0, 300 * second),
    silenceFloorMs: durations(second, 600 * second),
    silenceCapMs: durations(second, 600 * second),
    parentHoldMs: durations(0, 300 * second),
    resolveHoldMs: durations(0, 24 * hour),
    reopenMs: durations(0, 24 * hour),
    startGraceMs: durations(0, hour),
    returnGraceMs: durations(0, hour),
    goodbyeReturnMs: durations(second, 7 * 24 * hour),
    returnSlackMs: durations(0, hour),
    returnMinMs: durations(second, 24 * hour),
    returnMaxMs: durations(second, 7 * 24 * hour),
    flapDownsMin: z.int().min(2).max(20),
    flapWindowMs: durations(10 * second, 24 * hour),
    flapStableMs: durations(10 * second, 24 * hour),
    flapNoticeMs: durations(second, 24 * hour),
    anchorsFreshMs: durations(second, 600 * second),
    massSitesMin: z.int().min(1).max(100_000),
    massShareMin: z.number().min(0).max(1),
    massWindowMs: durations(second, hour),
    providerOutagesPerLinkMonth: z.number().min(0.001).max(1_000),
    providerAlpha: z.number().min(0).max(0.01),
    providerWindowMsMin: durations(second, 600 * second),
    providerWindowMsMax: durations(second, 600 * second),
    providerJoinMs: durations(0, 24 * hour),
  } satisfies Record<keyof Policy, z.ZodType>)
  .partial();

/** `core`: only the thresholds that are named. */
export const policiesSchema = z
  .strictObject({ ...policySchema.shape, ...slaPoliciesSchema.shape })
  .transform(({ holidays, plans, customers, rota, closing, ...core }, context) => {
    const sla = { holidays, plans, customers, rota, closing };
    checkNames(sla, context);
    return { core: definedOnly(core), sla };
  });

/** With the defaults. What does not fit together is added to `issues`. */
export function policyOf(named: Partial<Policy>, issues: Issue[]): Policy {
  const policy = { ...defaultPolicy, ...named };
  if (policy.silenceFloorMs > policy.silenceCapMs) {
    issues.push({
      path: 'policies.silenceFloorMs',
      message: `wanted: at most silenceCapMs (${policy.silenceCapMs}), given: ${policy.silenceFloorMs}`,
    });
  }
  if (policy.heartbeatMs >= policy.silenceCapMs) {
    issues.push({
      path: 'policies.heartbeatMs',
      message: `wanted: less than silenceCapMs (${policy.silenceCapMs}), given: ${policy.heartbeatMs}`,
    });
  }
  return policy;
}

/**
 * Keys under `policies.customers` that the inventory does not know: a warning, no mistake, because the inventory is live
 * and may learn them later.
 */
export function strangersIn(
  { customers = {} }: SlaPolicies,
  topology: Pick<Topology, 'sites'>,
): readonly string[] {
  const known = new Set<string>();
  for (const { customer } of topology.sites.values()) known.add(customer);
  return Object.keys(customers).filter((key) => !known.has(key));
}

function definedOnly(policies: Partial<Policy>): Partial<Policy> {
  return Object.fromEntries(Object.entries(policies).filter(([, value]) => value !== undefined));
}

/** People are told apart by commas where an escalation names them. */
function checkNames({ rota }: SlaPolicies, context: z.RefinementCtx): void {
  for (const list of ['weekly', 'overrides'] as const) {
    rota[list].forEach(({ people }, at) => {
      if (!people.some((name) => name.includes(','))) return;
      const path = ['rota', list, at, 'people'];
      context.addIssue({ code: 'custom', path, message: 'wanted: names without a comma' });
    });
  }
}

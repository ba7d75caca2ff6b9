// A token becomes an agent: proof checked, token used once, host chosen, core told. Stands behind `agent-door.ts`.
// Never stores or logs a token, and never lets a revoked key come back.
import { randomUUID } from 'node:crypto';
import { failure } from '../../../shared/failure.ts';
import { type AgentId, agentId, type SiteId, splitSiteId } from '../../../shared/ids.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import { type EnrolmentAnswer, type EnrolmentRequest, enrolmentProof } from '../../../shared/wire/door.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { AgentRecord, EnrolmentToken, Registry } from '../../ports/registry.ts';
import { claimHost } from './host-claim.ts';
import { isCanonicalKey, isProof, tokenDigest } from './proof.ts';

export interface EnrolmentsOptions {
  readonly registry: Registry;
  readonly correlator: Correlator;
  readonly clock: Clock;
  /** Ends the sockets of an agent that another one takes the place of. */
  readonly cut: (agent: AgentId) => void;
}

export interface Enrolments {
  /**
   * Resolves after the new agent is committed. The same key with the same token again gives the same answer.
   * Failures: `input.invalid`, `auth.refused` (proof), `enrolment.refused`, `unavailable` (try again).
   */
  enrol(request: EnrolmentRequest): Promise<Result<EnrolmentAnswer>>;
}

export function createEnrolments(options: EnrolmentsOptions): Enrolments {
  const known = indexAgents(options.registry);
  return {
    enrol: async (request) => {
      const refused = refuseProof(request);
      if (refused !== undefined) return fail(refused);
      const agentsOfKey = known.ofKey(request.publicKey);
      if (agentsOfKey.length > 0 && agentsOfKey.every((agent) => agent.revokedAt !== undefined)) {
        return fail(failure('enrolment.refused', 'this key is revoked; enrol with a new one'));
      }
      const now = options.clock.now();
      const record = options.registry.enrol(tokenDigest(request.token), now, (token) => ({
        id: agentId(`agt-${randomUUID()}`),
        site: token.site,
        host: chooseHost(token, request.hostName, { options, known }),
        publicKey: request.publicKey,
        hostName: request.hostName,
        enrolledAt: now,
      }));
      if (record === undefined) {
        return fail(failure('enrolment.refused', 'the enrolment token is wrong, expired or used up'));
      }
      const displaced = known.add(record) ? displace(record, agentsOfKey, { options, known }) : [];
      return tellCore(record, displaced, options);
    },
  };
}

function refuseProof(request: EnrolmentRequest) {
  if (!isCanonicalKey(request.publicKey)) {
    return failure('input.invalid', 'the enrolment does not match its schema', {
      issues: [{ path: 'publicKey', message: 'wanted: 32 bytes in base64url, spelled canonically' }],
    });
  }
  const text = enrolmentProof(request.token, request.publicKey);
  if (isProof({ publicKey: request.publicKey, signature: request.signature, text })) return undefined;
  return failure('auth.refused', 'the signature does not prove possession of the key');
}

interface Work {
  readonly options: EnrolmentsOptions;
  readonly known: KnownAgents;
}

function chooseHost(token: EnrolmentToken, hostName: string, { options, known }: Work): string {
  const living = known.ofSite(token.site).filter((agent) => agent.revokedAt === undefined);
  return claimHost({
    tokenHost: token.host,
    hostName,
    site: options.correlator.state().topology.sites.get(token.site),
    claimed: new Set(living.map((agent) => agent.host)),
  });
}

/**
 * A machine that was set up anew leaves its former agent behind: the holder of the same host (a token that names the
 * host says so) or of the same key. Left enrolled, it would be missed as silent for ever.
 */
function displace(
  record: AgentRecord,
  agentsOfKey: readonly AgentRecord[],
  { options, known }: Work,
): readonly AgentId[] {
  const ofHost = known.ofSite(record.site).filter((agent) => agent.host === record.host);
  const former = [...ofHost, ...agentsOfKey]
    .filter((agent) => agent.id !== record.id && agent.revokedAt === undefined)
    .map((agent) => agent.id);
  const displaced = [...new Set(former)].sort();
  for (const agent of displaced) {
    options.registry.revoke(agent, record.enrolledAt);
    options.cut(agent);
  }
  return displaced;
}

async function tellCore(
  record: AgentRecord,
  displaced: readonly AgentId[],
  { correlator, clock }: EnrolmentsOptions,
): Promise<Result<EnrolmentAnswer>> {
  const at = clock.now();
  const told: Promise<unknown>[] = displaced.map((agent) =>
    correlator.submit({ kind: 'agent.revoked', at, agent, by: `enrolment of ${record.id}` }),
  );
  if (!correlator.state().agents.has(record.id)) {
    const { id: agent, site, host } = record;
    told.push(correlator.submit({ kind: 'agent.enrolled', at, agent, site, host }));
  }
  const results = await Promise.allSettled(told);
  if (results.some((result) => result.status === 'rejected')) {
    return fail(failure('unavailable', 'the server is busy or stopping; try again', { retryable: true }));
  }
  return ok({ agent: record.id, ...splitSiteId(record.site), host: record.host });
}

interface KnownAgents {
  ofKey(publicKey: string): readonly AgentRecord[];
  ofSite(site: SiteId): readonly AgentRecord[];
  /** False when it was known already. */
  add(record: AgentRecord): boolean;
}

/** Which ids to look up: the registry answers by id only, and reading all 10,000 agents per enrolment is too slow. */
function indexAgents(registry: Registry): KnownAgents {
  const ids = new Set<AgentId>();
  const byKey = new Map<string, AgentId[]>();
  const bySite = new Map<SiteId, AgentId[]>();
  const add = (record: AgentRecord): boolean => {
    if (ids.has(record.id)) return false;
    ids.add(record.id);
    append(byKey, record.publicKey, record.id);
    append(bySite, record.site, record.id);
    return true;
  };
  const records = (list: readonly AgentId[] | undefined): readonly AgentRecord[] =>
    (list ?? []).map((id) => registry.agent(id)).filter((agent) => agent !== undefined);
  for (const record of registry.agents()) add(record);
  return {
    ofKey: (publicKey) => records(byKey.get(publicKey)),
    ofSite: (site) => records(bySite.get(site)),
    add,
  };
}

function append<K>(map: Map<K, AgentId[]>, key: K, id: AgentId): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [id]);
  else list.push(id);
}

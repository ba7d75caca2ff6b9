// GET /agents and DELETE /agents/{id}. Revoking closes the door first, then cuts the socket, then tells the correlator,
// so that no moment is left in which the agent could come back.
import { z } from 'zod';
import { type AgentFindings, type AgentItem, agentsAnswerSchema } from '../../../../shared/api/agents.ts';
import { failure } from '../../../../shared/failure.ts';
import { agentId, splitSiteId } from '../../../../shared/ids.ts';
import { toIso } from '../../../../shared/time.ts';
import { isoOrNull } from '../../../core/view/incident-row.ts';
import type { AgentRecord } from '../../../ports/registry.ts';
import { scopedFor } from '../access/caller.ts';
import { sendFailure } from '../answer.ts';
import type { Api, LiveAgent, RouteParts } from '../parts.ts';
import { submit } from '../submit.ts';

export function agentRoutes(api: Api, parts: RouteParts): void {
  api.get(
    '/agents',
    {
      config: scopedFor('viewer'),
      schema: {
        summary: 'Every agent that is not revoked',
        response: { 200: agentsAnswerSchema },
      },
    },
    async (request) => {
      const seen = parts.seenBy(request);
      const present = seen.registry.agents().filter((record) => record.revokedAt === undefined);
      const items = present.map((record) => agentView(record, seen));
      return { at: toIso(parts.clock.now()), items: items.sort((a, b) => (a.id < b.id ? -1 : 1)) };
    },
  );

  api.delete(
    '/agents/:id',
    {
      config: scopedFor('administrator'),
      schema: {
        summary: 'Revoke: the socket is cut, the key never comes back',
        params: z.strictObject({ id: z.string().max(80) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const id = agentId(request.params.id);
      if (parts.seenBy(request).registry.agent(id) === undefined) {
        return sendFailure(reply, failure('not-found', `there is no agent "${id}"`));
      }
      const at = parts.clock.now();
      const { by } = parts.guard.caller(request);
      parts.registry.revoke(id, at);
      parts.agents.cut(id);
      // Again for one that was revoked before: the server may have stopped between the two.
      const known = parts.correlator.state().agents.get(id);
      if (known !== undefined && known.presence !== 'revoked') {
        const told = await submit(parts.correlator, { kind: 'agent.revoked', at, agent: id, by });
        if (!told.ok) return sendFailure(reply, told.failure);
      }
      parts.log.info({ by, agent: id }, 'agent revoked');
      return reply.code(204).send(null);
    },
  );
}

function agentView(record: AgentRecord, { correlator, agents }: RouteParts): AgentItem {
  const state = correlator.state().agents.get(record.id);
  const live = agents.live(record.id);
  const { customer, site } = splitSiteId(record.site);
  return {
    id: record.id,
    customer,
    site,
    host: record.host,
    hostName: record.hostName,
    version: state?.version ?? null,
    presence: state?.presence ?? 'new',
    connected: live?.connected ?? false,
    lastHeardAt: isoOrNull(live?.lastHeardAt ?? state?.lastHeardAt),
    clockOffsetMs: live?.clockOffsetMs ?? null,
    egress: state?.egress ?? null,
    spoolDepth: live?.spoolDepth ?? state?.remaining ?? null,
    enrolledAt: isoOrNull(record.enrolledAt),
    cloneSeenAt: isoOrNull(state?.clone?.seenAt),
    cloneAddress: state?.clone?.address ?? null,
    cloneTimes: state?.clone?.times ?? 0,
    ping: live?.ping === undefined ? null : { method: live.ping.method, reason: live.ping.reason ?? null },
    system:
      live?.facts === undefined
        ? null
        : { name: live.facts.osName, version: live.facts.osVersion, arch: live.facts.arch },
    findings: live?.findings === undefined ? null : findingsView(live.findings),
  };
}

function findingsView({ examinedAt, good, more, items }: NonNullable<LiveAgent['findings']>): AgentFindings {
  return {
    examinedAt: toIso(examinedAt),
    good,
    more,
    items: items.map(({ check, level, of, detail, pt, en }) => ({
      check,
      level,
      of: of ?? null,
      detail: detail ?? null,
      pt: { ...pt, advice: pt.advice ?? null },
      en: { ...en, advice: en.advice ?? null },
    })),
  };
}

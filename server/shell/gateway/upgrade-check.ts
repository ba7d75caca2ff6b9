// Who may have a socket: every check of an upgrade request before one byte of WebSocket is spoken, cheapest first.
// An unknown agent and a wrong signature get the same answer, so that the door tells nobody which agents exist.
import type { IncomingMessage } from 'node:http';
import { type FailureCode, failure } from '../../../shared/failure.ts';
import { agentId } from '../../../shared/ids.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { Instant } from '../../../shared/time.ts';
import { upgradeHeaders, upgradeProof } from '../../../shared/wire/door.ts';
import { subprotocol } from '../../../shared/wire/messages.ts';
import type { AgentRecord, Registry } from '../../ports/registry.ts';
import type { GatewayCount } from './counters.ts';
import type { Refusal } from './http-answer.ts';
import type { Nonces } from './nonce.ts';
import { isProof } from './proof.ts';

export interface UpgradeRefusal extends Refusal {
  readonly count: GatewayCount;
}

export interface UpgradeCheck {
  readonly request: IncomingMessage;
  readonly registry: Registry;
  readonly nonces: Nonces;
  readonly now: Instant;
}

/** Uses the nonce up when everything else is right. */
export function checkUpgrade(check: UpgradeCheck): Result<AgentRecord, UpgradeRefusal> {
  const { request, registry, nonces, now } = check;
  const misshapen = checkShape(request);
  if (misshapen !== undefined) return fail(misshapen);
  const agent = headerText(request, upgradeHeaders.agent);
  const nonce = headerText(request, upgradeHeaders.nonce);
  const signature = headerText(request, upgradeHeaders.signature);
  if (agent === undefined || nonce === undefined || signature === undefined) {
    const wanted = Object.values(upgradeHeaders).join(', ');
    return fail(
      refusal(401, 'upgrade.no-credential', 'auth.missing', `wanted: well-formed headers ${wanted}`),
    );
  }
  if (!nonces.isGood(nonce, now)) {
    return fail(
      refusal(401, 'upgrade.bad-nonce', 'auth.refused', 'the nonce is expired, used or not from this server'),
    );
  }
  const record = registry.agent(agentId(agent));
  const text = upgradeProof(agent, nonce);
  if (record === undefined || !isProof({ publicKey: record.publicKey, signature, text })) {
    const count = record === undefined ? 'upgrade.unknown-agent' : 'upgrade.bad-signature';
    return fail(refusal(401, count, 'auth.refused', 'the agent is unknown or its signature is wrong'));
  }
  const use = nonces.use(nonce, now);
  if (use === 'used') {
    return fail(refusal(401, 'upgrade.replayed', 'auth.refused', 'the nonce was used already'));
  }
  if (use === 'full') {
    return fail(refusal(503, 'upgrade.nonces-full', 'limit.reached', 'too many upgrades; come back later'));
  }
  // Only the key's holder learns that it is revoked.
  if (record.revokedAt !== undefined) {
    return fail(refusal(403, 'upgrade.revoked', 'auth.refused', 'the agent is revoked'));
  }
  return ok(record);
}

function checkShape(request: IncomingMessage): UpgradeRefusal | undefined {
  if (request.method !== 'GET') {
    return refusal(405, 'upgrade.bad-request', 'input.invalid', 'wanted: GET with an upgrade to websocket');
  }
  // Agents are no browsers: a page that a person opens must never speak for an agent.
  if (request.headers.origin !== undefined) {
    return refusal(403, 'upgrade.origin', 'auth.refused', 'requests with an Origin header are refused here');
  }
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (!offered.includes(subprotocol)) {
    return refusal(400, 'upgrade.bad-request', 'input.invalid', `wanted: subprotocol ${subprotocol}`);
  }
  return undefined;
}

/** Agent ids, nonces and signatures all are of this alphabet; a doubled header (joined by a comma) is not. */
function headerText(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && /^[A-Za-z0-9_.-]{1,200}$/.test(value) ? value : undefined;
}

function refusal(
  status: Refusal['status'],
  count: GatewayCount,
  code: FailureCode,
  message: string,
): UpgradeRefusal {
  return { status, count, failure: failure(code, message) };
}

// How a made-up agent comes in by the real doors: key, enrolment, nonce, signed upgrade. The address it claims stands in
// X-Forwarded-For, because every socket of the demonstration comes from this machine; its server trusts only loopback.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { WebSocket } from 'ws';
import { assert } from '../../shared/assert.ts';
import {
  agentPaths,
  enrolmentAnswerSchema,
  enrolmentProof,
  nonceAnswerSchema,
  upgradeHeaders,
  upgradeProof,
} from '../../shared/wire/door.ts';
import { subprotocol } from '../../shared/wire/messages.ts';

export interface DemoIdentity {
  readonly id: string;
  readonly key: KeyObject;
}

/** Rejects when the server does not take the token. */
export async function enrolDemoAgent(
  url: string,
  given: { readonly token: string; readonly hostName: string; readonly from: string },
): Promise<DemoIdentity> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'jwk' }).x ?? '';
  const answer = await fetch(`${url}${agentPaths.enrol}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': given.from },
    body: JSON.stringify({
      token: given.token,
      publicKey: raw,
      signature: signed(privateKey, enrolmentProof(given.token, raw)),
      hostName: given.hostName,
      agentVersion: '0.1.0',
    }),
  });
  assert(answer.ok, `the server of the demonstration enrols its own agents (${answer.status})`);
  const { agent } = enrolmentAnswerSchema.parse(await answer.json());
  return { id: agent, key: privateKey };
}

/** A socket under way: `open` or `close` follows. Rejects when nobody listens. */
export async function dial(url: string, identity: DemoIdentity, from: string): Promise<WebSocket> {
  const forwarded = { 'x-forwarded-for': from };
  const answer = await fetch(`${url}${agentPaths.nonce}`, { headers: forwarded });
  const { nonce } = nonceAnswerSchema.parse(await answer.json());
  return new WebSocket(`${url.replace(/^http/, 'ws')}${agentPaths.socket}`, subprotocol, {
    headers: {
      ...forwarded,
      [upgradeHeaders.agent]: identity.id,
      [upgradeHeaders.nonce]: nonce,
      [upgradeHeaders.signature]: signed(identity.key, upgradeProof(identity.id, nonce)),
    },
    perMessageDeflate: false,
    maxPayload: 256 * 1024,
    // A machine without power answers no ping: the agent decides.
    autoPong: false,
  });
}

function signed(key: KeyObject, text: string): string {
  return sign(null, Buffer.from(text), key).toString('base64url');
}

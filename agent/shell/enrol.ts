// Enrolment: the key is made and kept first, then handed in with the token; only a whole answer is written down. A
// repeated try after a lost answer hands in the same key, so that the server knows it is the same agent.
import { hostname } from 'node:os';
import { z } from 'zod';
import { type Failure, failure } from '../../shared/failure.ts';
import { limits } from '../../shared/limits.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import {
  agentPaths,
  type EnrolmentRequest,
  enrolmentAnswerSchema,
  enrolmentProof,
} from '../../shared/wire/door.ts';
import { askDoor } from './door-request.ts';
import { type Enrolment, loadEnrolment, loadOrMakeKey, saveEnrolment } from './identity.ts';
import { parseServerAddress } from './server-address.ts';

export interface EnrolWish {
  readonly server: string;
  readonly token: string;
  readonly stateDirectory: string;
  readonly allowInsecureHttp: boolean;
  readonly agentVersion: string;
}

/**
 * Fails with `conflict` (already enrolled here), `enrolment.refused` (token), `limit.reached`, `unavailable`
 * (retryable), `config.invalid` (address) or `storage.failed`. Nothing but the key is left behind by a failure.
 */
export async function enrol(wish: EnrolWish): Promise<Result<Enrolment>> {
  const known = loadEnrolment(wish.stateDirectory);
  if (known.ok) return fail(alreadyEnrolled(known.value, wish.stateDirectory));
  if (known.failure.code !== 'not-found') return known;
  const address = parseServerAddress(wish.server, wish.allowInsecureHttp);
  if (!address.ok) return address;
  const key = loadOrMakeKey(wish.stateDirectory);
  if (!key.ok) return key;
  const { publicKey } = key.value;
  const body: EnrolmentRequest = {
    token: wish.token,
    publicKey,
    signature: key.value.sign(enrolmentProof(wish.token, publicKey)),
    hostName: hostname().slice(0, 200) || 'unnamed',
    agentVersion: wish.agentVersion,
  };
  const url = `${address.value.base}${agentPaths.enrol}`;
  const answer = await askDoor({ url, method: 'POST', body, timeoutMs: 2 * limits.uplinkHandshakeMs });
  if (!answer.ok) return answer;
  const { status, json } = answer.value;
  if (status < 200 || status > 299) return fail(refusal(status, json));
  const parsed = enrolmentAnswerSchema.safeParse(json);
  if (!parsed.success) {
    return fail(failure('unavailable', `${url} answered ${status}, but not as a Vigia server does`));
  }
  const enrolment = {
    ...parsed.data,
    server: address.value.base,
    allowInsecureHttp: wish.allowInsecureHttp,
  };
  const saved = saveEnrolment(wish.stateDirectory, enrolment);
  return saved.ok ? ok(enrolment) : saved;
}

function alreadyEnrolled(known: Enrolment, stateDirectory: string): Failure {
  const where = `${known.customer}/${known.site}, host ${known.host}, server ${known.server}`;
  return failure(
    'conflict',
    `${stateDirectory} is already enrolled as agent ${known.agent} (${where}); use another --state, or remove that directory to enrol anew`,
  );
}

function refusal(status: number, json: unknown): Failure {
  const said = saidBy(json);
  if (status === 429) {
    return failure('limit.reached', `the server says: too many enrolments, try again later${said}`, {
      retryable: true,
    });
  }
  if (status >= 500) {
    return failure('unavailable', `the server answered ${status}${said}`, { retryable: true });
  }
  if (status === 401 || status === 403 || status === 404 || status === 409 || status === 410) {
    return failure('enrolment.refused', `the server refused the token (${status})${said}; ask for a new one`);
  }
  return failure('enrolment.refused', `the server answered ${status}${said}`);
}

/** The server's own words, where its answer carries some: one line, printable, short. */
function saidBy(json: unknown): string {
  const words = z.object({ message: z.string() });
  const parsed = z.union([words, z.object({ error: words })]).safeParse(json);
  if (!parsed.success) return '';
  const message = 'message' in parsed.data ? parsed.data.message : parsed.data.error.message;
  return `: ${message.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, ' ').slice(0, 300)}`;
}

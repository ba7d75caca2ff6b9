// Enrolment: the key is made and kept first, then handed in with the token; only a whole answer is written down. A
// repeated try after a lost answer hands in the same key, so that the server knows it is the same agent.
import { hostname } from 'node:os';
import { z } from 'zod';
import { type Failure, failure, type Issue } from '../../shared/failure.ts';
import { limits } from '../../shared/limits.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import {
  agentPaths,
  type EnrolmentAnswer,
  type EnrolmentRequest,
  enrolmentAnswerSchema,
  enrolmentProof,
} from '../../shared/wire/door.ts';
import { parseServerAddress } from '../core/session/server-address.ts';
import { askDoor } from './door-request.ts';
import { type Enrolment, type Key, loadEnrolment, loadOrMakeKey, saveEnrolment } from './identity.ts';
import { readGiven } from './private-file.ts';
import { type GivenProxy, parseProxyCredentials } from './proxy-settings.ts';
import { type Access, createReach, type Reach } from './reach.ts';
import { openReachMemory } from './reach-memory.ts';
import { parseCa } from './trust.ts';

export interface EnrolWish {
  /** Addresses of the same server, best first. */
  readonly servers: readonly string[];
  readonly token: string;
  readonly stateDirectory: string;
  readonly allowInsecureHttp: boolean;
  readonly agentVersion: string;
  readonly proxy?: GivenProxy & { readonly except: readonly string[] };
  /** One line `user:password`; it is copied. */
  readonly proxyCredentialsFile?: string;
  /** PEM; it is copied, and then nothing else is trusted. */
  readonly caFile?: string;
}

/**
 * Fails with `conflict` (already enrolled here), `enrolment.refused` (token), `limit.reached`, `unavailable`
 * (retryable; what was tried is in its issues), `config.invalid` (an address, a file) or `storage.failed`. Nothing but
 * the key is left behind by a failure.
 */
export async function enrol(wish: EnrolWish): Promise<Result<Enrolment>> {
  const known = loadEnrolment(wish.stateDirectory);
  if (known.ok) return fail(alreadyEnrolled(known.value, wish.stateDirectory));
  if (known.failure.code !== 'not-found') return known;
  const servers = parseServers(wish);
  if (!servers.ok) return servers;
  const access = readAccess(wish);
  if (!access.ok) return access;
  const key = loadOrMakeKey(wish.stateDirectory);
  if (!key.ok) return key;
  const reach = createReach({ access: access.value, memory: openReachMemory() });
  const answer = await askEach(reach, servers.value, requestOf(wish, key.value));
  if (!answer.ok) return answer;
  const { proxy, proxyCredentials, ca } = access.value;
  const enrolment: Enrolment = {
    ...answer.value,
    servers: [...servers.value],
    allowInsecureHttp: wish.allowInsecureHttp,
    proxy: proxy && { ...proxy, except: [...proxy.except], credentials: proxyCredentials !== undefined },
    privateCa: ca !== undefined,
  };
  const saved = saveEnrolment(wish.stateDirectory, enrolment, access.value);
  return saved.ok ? ok(enrolment) : saved;
}

function parseServers(wish: EnrolWish): Result<readonly string[]> {
  const bases: string[] = [];
  for (const text of wish.servers) {
    const address = parseServerAddress(text, wish.allowInsecureHttp);
    if (!address.ok) return address;
    if (!bases.includes(address.value.base)) bases.push(address.value.base);
  }
  if (bases.length > 0 && bases.length <= limits.serverAddressesMax) return ok(bases);
  return fail(
    failure('config.invalid', `${bases.length} addresses; wanted: 1 to ${limits.serverAddressesMax}`),
  );
}

function readAccess(wish: EnrolWish): Result<Access> {
  const { allowInsecureHttp, proxy } = wish;
  const ca = readFile(wish.caFile, limits.caFileBytesMax, parseCa);
  if (!ca.ok) return ca;
  const file = wish.proxyCredentialsFile;
  const credentials = readFile(file, 2 * limits.proxyCredentialsCharsMax, parseProxyCredentials);
  if (!credentials.ok) return credentials;
  if (proxy === undefined) return ok({ allowInsecureHttp, ca: ca.value });
  return ok({
    allowInsecureHttp,
    proxy: { address: proxy.address, except: proxy.except },
    proxyCredentials: credentials.value ?? proxy.credentials,
    ca: ca.value,
  });
}

function readFile(
  path: string | undefined,
  bytesMax: number,
  parse: (text: string) => Result<string>,
): Result<string | undefined> {
  if (path === undefined) return ok(undefined);
  const text = readGiven(path, bytesMax);
  if (!text.ok) return text;
  const parsed = parse(text.value);
  return parsed.ok ? parsed : fail(failure('config.invalid', `${path}: ${parsed.failure.message}`));
}

function requestOf(wish: EnrolWish, key: Key): EnrolmentRequest {
  return {
    token: wish.token,
    publicKey: key.publicKey,
    signature: key.sign(enrolmentProof(wish.token, key.publicKey)),
    hostName: hostname().slice(0, 200) || 'unnamed',
    agentVersion: wish.agentVersion,
  };
}

/**
 * The first address that enrols decides. All are asked before a refusal counts: the first may be a stranger's, or a server
 * half moved. A refusal tells more than silence.
 */
async function askEach(
  reach: Reach,
  servers: readonly string[],
  body: EnrolmentRequest,
): Promise<Result<EnrolmentAnswer>> {
  const failures: { readonly server: string; readonly why: Failure }[] = [];
  for (const server of servers) {
    const answer = await askOne(reach, server, body);
    if (answer.ok) return answer;
    failures.push({ server, why: answer.failure });
  }
  const told =
    failures.find(({ why }) => why.code !== 'unavailable') ?? (failures.length === 1 && failures[0]);
  if (told) return fail(told.why);
  const issues: readonly Issue[] = failures.map(({ server, why }) => ({
    path: server,
    message: why.message,
  }));
  return fail(failure('unavailable', 'no address of the server answered', { retryable: true, issues }));
}

async function askOne(
  reach: Reach,
  server: string,
  body: EnrolmentRequest,
): Promise<Result<EnrolmentAnswer>> {
  const timeoutMs = 2 * limits.uplinkHandshakeMs;
  const answer = await askDoor(reach, { server, path: agentPaths.enrol, method: 'POST', body, timeoutMs });
  if (!answer.ok) return answer;
  const { status, json } = answer.value;
  if (status < 200 || status > 299) return fail(refusal(status, json));
  const parsed = enrolmentAnswerSchema.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  return fail(failure('unavailable', `${server} answered ${status}, but not as a Vigia server does`));
}

function alreadyEnrolled(known: Enrolment, stateDirectory: string): Failure {
  const where = `${known.customer}/${known.site}, host ${known.host}, server ${known.servers.join(', ')}`;
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

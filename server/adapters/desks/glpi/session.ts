// GLPI's way of signing in: a session token is fetched with the user's token, used for every call and renewed when GLPI
// has forgotten it. Between the client and `http/call.ts`; a call is repeated only when GLPI said that it took no notice.
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { call, type DeskAnswer, type DeskHttp, type DeskRequest, jsonOf, quote } from '../http/call.ts';
import type { GlpiSecrets } from './config.ts';

export interface GlpiRequest {
  readonly method: DeskRequest['method'];
  /** After `/apirest.php/`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly accepts?: readonly number[];
}

export interface GlpiSession {
  request(request: GlpiRequest): Promise<Result<DeskAnswer>>;
  /** Ends the session at GLPI, if it can still be reached. */
  close(): Promise<void>;
}

const tokenSchema = z.object({ session_token: z.string().min(1) });
/** Every refusal of the legacy API: `["ERROR_CODE", "words"]`. */
const errorSchema = z.tuple([z.string()], z.unknown());

interface Door {
  readonly http: DeskHttp;
  readonly url: string;
  readonly secrets: GlpiSecrets;
}

export function createGlpiSession(door: Door): GlpiSession {
  const { http } = door;
  let token: Promise<Result<string>> | undefined;

  async function current(): Promise<Result<string>> {
    token ??= open(door);
    const mine = token;
    const opened = await mine;
    // A failed sign-in is not kept: the next call tries anew.
    if (!opened.ok && token === mine) token = undefined;
    return opened;
  }

  async function request(wanted: GlpiRequest): Promise<Result<DeskAnswer>> {
    const opened = await current();
    if (!opened.ok) return opened;
    const used = token;
    const first = await send(door, opened.value, wanted);
    if (!first.ok || first.value.status !== 401) return first;
    if (!isForgotten(first.value)) return fail(unauthorised(http, first.value));
    // Another call may have renewed it meanwhile.
    if (token === used) token = undefined;
    const renewed = await current();
    if (!renewed.ok) return renewed;
    const second = await send(door, renewed.value, wanted);
    return second.ok && second.value.status === 401 ? fail(unauthorised(http, second.value)) : second;
  }

  return {
    request,
    close: async () => {
      const opened = await token;
      token = undefined;
      if (opened?.ok === true) await send(door, opened.value, { method: 'GET', path: 'killSession' });
    },
  };
}

/** Signs in and makes every entity of the user visible: a ticket in an entity that is not active is not found. */
async function open(door: Door): Promise<Result<string>> {
  const { http } = door;
  const answer = await send(door, undefined, { method: 'GET', path: 'initSession', accepts: [400, 403] });
  if (!answer.ok) return answer;
  // A wrong App-Token is a 400, a disabled client a 403: all are the credential.
  if (answer.value.status >= 400) return fail(unauthorised(http, answer.value));
  const parsed = jsonOf(http, answer.value, tokenSchema);
  if (!parsed.ok) return parsed;
  const { session_token } = parsed.value;
  // Without `entities_id` it means all of them.
  const input = { is_recursive: true };
  const seen = await send(door, session_token, { method: 'POST', path: 'changeActiveEntities', input });
  if (!seen.ok) return seen;
  return seen.value.status === 401 ? fail(unauthorised(http, seen.value)) : ok(session_token);
}

function send(
  { http, url, secrets }: Door,
  sessionToken: string | undefined,
  { method, path, query = {}, input, accepts = [] }: GlpiRequest,
): Promise<Result<DeskAnswer>> {
  const target = new URL(`${url}/apirest.php/${path}`);
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
  const headers: Record<string, string> = { 'Content-Type': 'application/json' };
  if (secrets.appToken !== undefined) headers['App-Token'] = secrets.appToken;
  if (sessionToken === undefined) headers.Authorization = `user_token ${secrets.userToken}`;
  else headers['Session-Token'] = sessionToken;
  const body = input === undefined ? undefined : JSON.stringify(input);
  // 401 is read here: only a forgotten session may be renewed, any other one is the credential.
  return call(http, { method, url: target, headers, body, accepts: [...accepts, 401] });
}

function isForgotten({ bytes }: DeskAnswer): boolean {
  try {
    const said = errorSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return said.success && said.data[0] === 'ERROR_SESSION_TOKEN_INVALID';
  } catch {
    return false;
  }
}

function unauthorised(http: DeskHttp, { status, bytes }: DeskAnswer) {
  const said = quote(http, bytes);
  return failure('desk.unauthorised', `${http.name} does not take the credential (${status}): ${said}`, {
    retryable: true,
  });
}

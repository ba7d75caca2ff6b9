// An OpenID Connect provider by `openid-client`: authorization code flow with PKCE, state and nonce; issuer, audience, times
// and signature of the ID token are the library's work. What the provider says of itself is asked for when first needed,
// kept, and asked again with pauses while it does not answer. Must never write a token, code or secret into a reason.
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  ResponseBodyError,
} from 'openid-client';
import { limits } from '../../../shared/limits.ts';
import { type Instant, plus, second } from '../../../shared/time.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  type AttemptSecrets,
  type CameBack,
  comeBackPath,
  type IdentityProvider,
  type SentOut,
} from '../../ports/identity-provider.ts';
import { identityOf } from './claims.ts';
import { limitedFetch } from './limited-fetch.ts';
import { isLoopbackUrl, isSafeUrl, type OidcSettings } from './settings.ts';

export interface OidcProviderParts {
  readonly settings: OidcSettings;
  readonly clientSecret: string;
  /** Without a slash at the end. */
  readonly publicUrl: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Of one call; shorter in tests. */
  readonly callMs?: number;
}

export function createOidcProvider(parts: OidcProviderParts): IdentityProvider {
  const { settings, publicUrl } = parts;
  const redirectUri = `${publicUrl}${comeBackPath}`;
  const known = createDiscovery(parts);
  return {
    name: settings.name,
    mapsRoles: settings.roles !== undefined,
    publicUrl,
    sendOut: async (secrets) => {
      try {
        return await sendOut({ configuration: await known(), settings, redirectUri, secrets });
      } catch (error) {
        return { kind: 'unavailable', reason: reasonOf(error) };
      }
    },
    comeBack: async (query, secrets) => {
      try {
        const configuration = await known();
        return await redeem({ configuration, settings, redirectUri, query, secrets });
      } catch (error) {
        return outcomeOf(error);
      }
    },
  };
}

interface Attempt {
  readonly configuration: Configuration;
  readonly settings: OidcSettings;
  readonly redirectUri: string;
  readonly secrets: AttemptSecrets;
}

async function sendOut({ configuration, settings, redirectUri, secrets }: Attempt): Promise<SentOut> {
  const url = buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: settings.scopes.join(' '),
    state: secrets.state,
    nonce: secrets.nonce,
    code_challenge: await calculatePKCECodeChallenge(secrets.verifier),
    code_challenge_method: 'S256',
  });
  if (!isSafeUrl(url.href)) return { kind: 'unavailable', reason: 'its sign-in page is not https' };
  return { kind: 'to', url: url.href };
}

async function redeem(attempt: Attempt & { readonly query: string }): Promise<CameBack> {
  const { configuration, settings, redirectUri, query, secrets } = attempt;
  const current = new URL(redirectUri);
  current.search = query;
  const tokens = await authorizationCodeGrant(configuration, current, {
    expectedState: secrets.state,
    expectedNonce: secrets.nonce,
    pkceCodeVerifier: secrets.verifier,
    idTokenExpected: true,
  });
  const identity = identityOf(tokens.claims(), settings);
  if (identity === undefined) return { kind: 'refused', reason: 'the ID token names nobody' };
  return { kind: 'proven', identity };
}

/** What the provider says of itself, from memory or freshly asked; rejects with the reason why it is not known. */
function createDiscovery({ settings, clientSecret, clock, callMs }: OidcProviderParts) {
  let kept: { readonly configuration: Configuration; readonly until: Instant } | undefined;
  let asking: Promise<Configuration> | undefined;
  let failed: { readonly times: number; readonly until: Instant; readonly error: unknown } | undefined;
  const ask = async (): Promise<Configuration> => {
    try {
      const configuration = await discover({ settings, clientSecret, callMs });
      kept = { configuration, until: plus(clock.now(), limits.oidcMetadataKeptMs) };
      failed = undefined;
      return configuration;
    } catch (error) {
      const times = (failed?.times ?? 0) + 1;
      const pauseMs = Math.min(limits.oidcRetryMsMax, limits.oidcRetryMs * 2 ** Math.min(times - 1, 10));
      failed = { times, until: plus(clock.now(), pauseMs), error };
      // What was true an hour ago is better than nothing: keys are asked for by themselves.
      if (kept !== undefined) return kept.configuration;
      throw error;
    } finally {
      asking = undefined;
    }
  };
  return async (): Promise<Configuration> => {
    const now = clock.now();
    if (kept !== undefined && now < kept.until) return kept.configuration;
    if (failed !== undefined && now < failed.until) {
      if (kept !== undefined) return kept.configuration;
      throw failed.error;
    }
    // However many come at once, the provider is asked once.
    asking ??= ask();
    return await asking;
  };
}

async function discover({
  settings,
  clientSecret,
  callMs = limits.oidcCallMs,
}: Pick<OidcProviderParts, 'settings' | 'clientSecret' | 'callMs'>): Promise<Configuration> {
  const { issuer, clientId } = settings;
  const insecure = issuer.startsWith('http:') && isLoopbackUrl(issuer) ? [allowInsecureRequests] : [];
  const configuration = await discovery(new URL(issuer), clientId, {}, secretWay(clientSecret), {
    [customFetch]: limitedFetch,
    timeout: callMs / second,
    // Without it the library trusts TLS alone for tokens that come from the token endpoint.
    execute: [...insecure, enableNonRepudiationChecks],
  });
  const said = configuration.serverMetadata().issuer;
  if (withoutSlash(said) !== withoutSlash(issuer))
    throw new ClientError(`it calls itself "${said}"; wanted in the configuration: the same`);
  return configuration;
}

/** RFC 8414, 2: Basic where the provider says nothing. */
function secretWay(clientSecret: string): ClientAuth {
  const basic = ClientSecretBasic(clientSecret);
  const post = ClientSecretPost(clientSecret);
  return (server, client, body, headers) => {
    const ways = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const way = !ways.includes('client_secret_basic') && ways.includes('client_secret_post') ? post : basic;
    way(server, client, body, headers);
  };
}

function withoutSlash(text: string): string {
  return text.replace(/\/+$/, '');
}

/** Its own words that say "later" (RFC 6749, 4.1.2.1). */
const passing: ReadonlySet<string> = new Set(['temporarily_unavailable', 'server_error']);

function outcomeOf(error: unknown): CameBack {
  const reason = reasonOf(error);
  if (error instanceof AuthorizationResponseError) {
    if (error.error === 'access_denied') return { kind: 'denied', reason };
    return { kind: passing.has(error.error) ? 'unavailable' : 'refused', reason };
  }
  if (error instanceof ResponseBodyError)
    return { kind: error.status >= 500 || passing.has(error.error) ? 'unavailable' : 'refused', reason };
  if (error instanceof ClientError) return { kind: isSilence(error) ? 'unavailable' : 'refused', reason };
  // What `fetch` itself throws.
  return { kind: 'unavailable', reason };
}

/** No answer in time, none that is whole, or one that no provider would give: it says nothing about the person. */
function isSilence({ code }: ClientError): boolean {
  return (
    code === undefined ||
    code === 'OAUTH_TIMEOUT' ||
    code === 'OAUTH_ABORT' ||
    code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' ||
    code === 'OAUTH_RESPONSE_IS_NOT_JSON'
  );
}

/** One line for the log: names of errors, codes and the provider's error word, never what it sent. */
function reasonOf(error: unknown): string {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError)
    return `the provider says "${plain(error.error)}"`;
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  const cause = error.cause instanceof Error ? `: ${plain(error.cause.message)}` : '';
  return `${plain(error.message)}${code}${cause}`;
}

function plain(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, limits.oidcReasonCharsMax);
}

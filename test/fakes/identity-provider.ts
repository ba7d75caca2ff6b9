// An OpenID Connect provider on loopback: discovery, keys, sign-in page without a page, token endpoint. It is strict where a
// real one is (client secret, redirect address, PKCE, codes that work once) and lies or fails where a test tells it to.
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Claims = Readonly<Record<string, unknown>>;

interface Grant {
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string;
}

type Algorithm = 'RS256' | 'ES256';

const second = 1000;
const flood = `"${'a'.repeat(64 * 1024)}",`;

export class FakeIdentityProvider {
  readonly clientId = 'vigia';
  readonly clientSecret = 'segredo de vigia: 50% + "aspas"';
  /** Who signs in next. */
  person: Claims = {
    sub: 'sub-ana',
    email: 'Ana@msp.example',
    email_verified: true,
    name: 'Ana Souza',
  };
  /** Over what the ID token rightly says. */
  lies: Claims = {};
  algorithm: Algorithm | 'none' = 'RS256';
  /** The signature is made with a key that is not among the published ones. */
  forged = false;
  /** What the sign-in page answers with instead of a code. */
  denial: string | undefined;
  /** Of discovery and token endpoint. */
  mood: 'up' | 'silent' | 'dripping' | 'huge' | 'broken' = 'up';
  /** Over what discovery rightly says. */
  metadata: Claims = {};
  redirectUris: readonly string[] = [];
  /** Of the answer without end. */
  floodedBytes = 0;
  /** Paths, in order. */
  readonly asked: string[] = [];
  #server: Server | undefined;
  #issuer = '';
  readonly #grants = new Map<string, Grant>();
  readonly #keys = {
    RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  };
  readonly #strangers = {
    RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  };

  get issuer(): string {
    return this.#issuer;
  }

  async start(port = 0): Promise<void> {
    const server = createServer((request, response) => void this.#answer(request, response));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    this.#issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.#issuer);
    this.asked.push(url.pathname);
    if (url.pathname === '/authorize') return this.#authorize(url.searchParams, response);
    if (this.mood === 'silent') return;
    if (this.mood === 'broken') return json(response, 503, { error: 'down' });
    if (this.mood === 'huge') return this.#flood(response);
    if (this.mood === 'dripping') return drip(response);
    if (url.pathname === '/.well-known/openid-configuration') return json(response, 200, this.#metadata());
    if (url.pathname === '/keys') return json(response, 200, this.#published());
    if (url.pathname === '/token') return this.#token(request, await bodyOf(request), response);
    json(response, 404, {});
  }

  #metadata(): Claims {
    const { issuer } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'ES256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      code_challenge_methods_supported: ['S256'],
      ...this.metadata,
    };
  }

  #published(): Claims {
    const keys = (['RS256', 'ES256'] as const).map((alg) => ({
      ...this.#keys[alg].publicKey.export({ format: 'jwk' }),
      ...{ kid: alg, alg, use: 'sig' },
    }));
    return { keys };
  }

  #authorize(query: URLSearchParams, response: ServerResponse): void {
    const redirectUri = query.get('redirect_uri') ?? '';
    const wrong =
      query.get('client_id') !== this.clientId ||
      query.get('response_type') !== 'code' ||
      query.get('code_challenge_method') !== 'S256' ||
      !this.redirectUris.includes(redirectUri) ||
      !(query.get('scope') ?? '').split(' ').includes('openid');
    if (wrong) return json(response, 400, { error: 'invalid_request' });
    const back = new URL(redirectUri);
    back.searchParams.set('state', query.get('state') ?? '');
    if (this.denial === undefined) {
      const code = randomBytes(16).toString('base64url');
      const [challenge = '', nonce = ''] = [query.get('code_challenge') ?? '', query.get('nonce') ?? ''];
      this.#grants.set(code, { redirectUri, challenge, nonce });
      back.searchParams.set('code', code);
    } else back.searchParams.set('error', this.denial);
    response.writeHead(302, { location: back.href }).end();
  }

  #token(request: IncomingMessage, body: URLSearchParams, response: ServerResponse): void {
    if (!this.#isClient(request, body)) return json(response, 401, { error: 'invalid_client' });
    const code = body.get('code') ?? '';
    const grant = this.#grants.get(code);
    this.#grants.delete(code);
    const challenge = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url');
    const fits =
      body.get('grant_type') === 'authorization_code' &&
      grant?.redirectUri === body.get('redirect_uri') &&
      grant?.challenge === challenge;
    if (grant === undefined || !fits) return json(response, 400, { error: 'invalid_grant' });
    json(response, 200, {
      ...{ access_token: 'an access token', token_type: 'Bearer', expires_in: 300 },
      id_token: this.#idToken(grant),
    });
  }

  /** RFC 6749, 2.3.1: both halves of Basic are encoded as a form. */
  #isClient({ headers }: IncomingMessage, body: URLSearchParams): boolean {
    const basic = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1];
    if (basic === undefined)
      return body.get('client_id') === this.clientId && body.get('client_secret') === this.clientSecret;
    const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString().split(':', 2).map(unformed);
    return id === this.clientId && secret === this.clientSecret;
  }

  #idToken({ nonce }: Grant): string {
    const now = Math.floor(Date.now() / second);
    const claims = {
      ...{ iss: this.#issuer, aud: this.clientId, iat: now, exp: now + 300, nonce },
      ...this.person,
      ...this.lies,
    };
    const { algorithm } = this;
    const header = { alg: algorithm, typ: 'JWT', ...(algorithm === 'none' ? {} : { kid: algorithm }) };
    const text = [header, claims].map((part) => base64url(JSON.stringify(part))).join('.');
    if (algorithm === 'none') return `${text}.`;
    const { privateKey } = (this.forged ? this.#strangers : this.#keys)[algorithm];
    return `${text}.${signatureOf(text, privateKey)}`;
  }

  /** Without end, as long as somebody reads. */
  #flood(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = (): void => {
      do this.floodedBytes += flood.length;
      while (!response.destroyed && response.write(flood));
    };
    response.on('drain', more);
    more();
  }
}

/** A byte now and then, so that only a limit for the whole answer ends it. */
function drip(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
}

function signatureOf(text: string, key: KeyObject): string {
  return sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

function unformed(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return new URLSearchParams(text);
}

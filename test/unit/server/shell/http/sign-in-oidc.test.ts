// Signing in by OpenID Connect, from the link on the sign-in page to a live session: through the real routes and library, with a
// provider on loopback that signs real tokens, and lies when told to.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createOidcProvider } from '../../../../../server/adapters/oidc/provider.ts';
import { oidcSchema } from '../../../../../server/adapters/oidc/settings.ts';
import { codeOf } from '../../../../../server/shell/http/access/totp.ts';
import { present } from '../../../../../shared/assert.ts';
import { limits } from '../../../../../shared/limits.ts';
import { instant, minute, second } from '../../../../../shared/time.ts';
import { FakeIdentityProvider } from '../../../../fakes/identity-provider.ts';
import { type Harness, startHarness, virtualClock } from './harness.ts';

const publicUrl = 'http://localhost:7700';
const host = 'localhost:7700';
const own = { host, origin: publicUrl, 'x-vigia-console': '1' };
const password = 'correto cavalo bateria';

let idp: FakeIdentityProvider;
let harness: Harness;

beforeEach(async () => {
  idp = new FakeIdentityProvider();
  await idp.start();
  idp.redirectUris = [`${publicUrl}/sign-in/oidc/callback`];
  await open();
  await addPerson({ login: 'chefe', role: 'administrator', password });
});
afterEach(async () => {
  await harness.api.close();
  await idp.stop();
});

async function open(more: object = {}, kept: Partial<Harness['parts']> = {}): Promise<void> {
  const clock = virtualClock(instant(Date.now()));
  const settings = present(
    oidcSchema.parse({
      ...{ name: 'Contas MSP', issuer: idp.issuer, clientId: idp.clientId, clientSecretFile: 'unread' },
      ...more,
    }),
    'settings',
  );
  const { clientSecret } = idp;
  const identityProvider = createOidcProvider({ settings, clientSecret, publicUrl, clock, callMs: 300 });
  harness = await startHarness({ clock, parts: { identityProvider, ...kept } });
}

/** The same server with other settings; people stay. */
async function reopen(more: object): Promise<void> {
  await harness.api.close();
  await open(more, { people: harness.parts.people });
}

async function addPerson(more: object): Promise<void> {
  const person = { login: 'ana@msp.example', name: 'Ana', role: 'operator', customers: null, ...more };
  if (!harness.parts.people.hadPeople()) {
    const { login, name } = person;
    const token = 'admin-token-of-this-test-0123456789abcdef';
    const made = await harness.api.inject({
      ...{ method: 'POST', url: '/api/v1/set-up', headers: own },
      payload: { token, login, name, password },
    });
    expect(made.statusCode).toBe(204);
    return;
  }
  expect((await asAdministrator('POST', '/users', person)).statusCode).toBe(201);
}

async function asAdministrator(method: 'POST' | 'PATCH' | 'GET' | 'DELETE', path: string, payload?: object) {
  const authorization = 'Bearer admin-token-of-this-test-0123456789abcdef';
  const url = `/api/v1${path}`;
  return await harness.api.inject({ method, url, headers: { authorization }, ...(payload && { payload }) });
}

/** A browser: keeps the cookies it is given, as far as these tests need it. */
class Browser {
  readonly cookies = new Map<string, string>();
  readonly set: string[] = [];

  async get(url: string, headers: Record<string, string> = {}) {
    return this.keep(await harness.api.inject({ url, headers: { host, ...this.sent(), ...headers } }));
  }

  async post(url: string, payload: object, headers: Record<string, string> = own) {
    return this.keep(
      await harness.api.inject({ method: 'POST', url, payload, headers: { ...headers, ...this.sent() } }),
    );
  }

  sent(): Record<string, string> {
    return { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
  }

  keep<T extends { readonly headers: Readonly<Record<string, unknown>> }>(answer: T): T {
    for (const text of [answer.headers['set-cookie'] ?? []].flat().map(String)) {
      this.set.push(text);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  /** To the provider; gives where it leads back to, as this server's own address. */
  async leave(): Promise<string> {
    const away = await this.get('/sign-in/oidc');
    expect(away.statusCode).toBe(303);
    const answer = await fetch(String(away.headers.location), { redirect: 'manual' });
    expect(answer.status).toBe(302);
    const back = new URL(present(answer.headers.get('location'), 'a way back'));
    expect(back.origin).toBe(publicUrl);
    return `${back.pathname}${back.search}`;
  }

  /** Gives where the whole way ended. */
  async signIn(): Promise<string> {
    return String((await this.get(await this.leave())).headers.location);
  }

  async session() {
    const answer = await this.get('/api/v1/session');
    return answer.statusCode === 200 ? answer.json() : undefined;
  }
}

const person = (login = 'ana@msp.example') =>
  harness.parts.people.people().find((each) => each.login === login);
const lastDeed = () => harness.parts.people.deeds({ limit: 1 })[0];
const metric = (outcome: string) =>
  harness.parts.metrics.text().match(`vigia_oidc_sign_ins_total\\{outcome="${outcome}"\\} (\\d+)`)?.[1];

/** Refused with this word; no session, and the audit log says why. */
async function isRefused(word: string, because = word): Promise<void> {
  const browser = new Browser();
  expect(await browser.signIn()).toBe(`/?sign-in=${word}`);
  expect(await browser.session()).toBeUndefined();
  expect(lastDeed()).toMatchObject({
    action: 'sign-in.refused',
    via: 'oidc',
    by: '-',
    detail: `oidc.${because}`,
  });
}

describe('what a stranger, a thief or a lying provider tries', () => {
  beforeEach(() => addPerson({}));

  test('a state that was never given out, none, and somebody else’s browser are sent to begin again', async () => {
    const browser = new Browser();
    const back = await browser.leave();
    const wrong = back.replace(/state=[^&]+/, `state=${'A'.repeat(43)}`);
    expect((await browser.get(wrong)).headers.location).toBe('/?sign-in=expired');
    expect((await browser.get('/sign-in/oidc/callback?code=x')).headers.location).toBe('/?sign-in=expired');
    const victim = new Browser();
    await victim.leave();
    expect((await victim.get(await new Browser().leave())).headers.location).toBe('/?sign-in=expired');
    expect(await victim.session()).toBeUndefined();
    // No code ever came to the token endpoint.
    expect(idp.asked).not.toContain('/token');
    expect(person()?.identity).toBeUndefined();
  });

  test('a stolen callback is of no use in a browser without the cookie, and is used up by the try', async () => {
    const browser = new Browser();
    const back = await browser.leave();
    expect((await new Browser().get(back)).headers.location).toBe('/?sign-in=expired');
    expect((await browser.get(back)).headers.location).toBe('/?sign-in=expired');
  });

  test('a callback works once', async () => {
    const browser = new Browser();
    const back = await browser.leave();
    const cookies = new Map(browser.cookies);
    expect((await browser.get(back)).headers.location).toBe('/');
    const again = new Browser();
    for (const [name, value] of cookies) again.cookies.set(name, value);
    expect((await again.get(back)).headers.location).toBe('/?sign-in=expired');
    expect(await again.session()).toBeUndefined();
  });

  test('who comes back after ten minutes begins again', async () => {
    const browser = new Browser();
    const back = await browser.leave();
    harness.clock.advance(limits.oidcAttemptMs);
    expect((await browser.get(back)).headers.location).toBe('/?sign-in=expired');
  });

  test.each([
    ['another nonce', { nonce: 'another' }],
    ['another audience', { aud: 'somebody-else' }],
    ['two audiences, for another party', { aud: ['vigia', 'other'], azp: 'other' }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['an end long ago', { iat: 1_600_000_000, exp: 1_600_000_300 }],
    ['no subject', { sub: '' }],
    ['a subject that is no text', { sub: 7 }],
  ])('a token with %s is refused', async (_what, lies) => {
    idp.lies = lies;
    await isRefused('failed');
  });

  test.each(['RS256', 'ES256'] as const)(
    'a %s signature of a key that is not published is refused',
    async (algorithm) => {
      idp.algorithm = algorithm;
      idp.forged = true;
      await isRefused('failed');
    },
  );

  test('a token without a signature is refused, also where the provider says that it gives such', async () => {
    idp.algorithm = 'none';
    await isRefused('failed');
    await reopen({});
    idp.metadata = { id_token_signing_alg_values_supported: ['RS256', 'none'] };
    await isRefused('failed');
  });

  test('a code that the provider does not know, and a wrong client secret, are refused', async () => {
    const browser = new Browser();
    const back = (await browser.leave()).replace(/code=[^&]+/, 'code=guessed');
    expect((await browser.get(back)).headers.location).toBe('/?sign-in=failed');
    Object.assign(idp, { clientSecret: 'another one now' });
    await isRefused('failed');
  });

  test('nothing in a request decides where anybody is sent', async () => {
    const away = await new Browser().get(
      '/sign-in/oidc?redirect_uri=https://evil.example&next=//evil.example',
      {
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
      },
    );
    const location = new URL(String(away.headers.location));
    expect(location.origin).toBe(idp.issuer);
    expect(location.searchParams.getAll('redirect_uri')).toEqual([`${publicUrl}/sign-in/oidc/callback`]);
    const elsewhere = await new Browser().get('/sign-in/oidc', { host: 'evil.example' });
    expect(elsewhere.headers.location).toBe(`${publicUrl}/sign-in/oidc?here=1`);
    const browser = new Browser();
    const back = await browser.leave();
    const done = await browser.get(`${back}&next=https://evil.example&redirect_uri=//evil.example`);
    expect(done.headers.location).toBe('/');
  });

  test('one address cannot begin without end, and what bites is counted', async () => {
    for (let n = 0; n < limits.oidcAttemptsPerAddressPerMinuteMax; n += 1)
      await new Browser().get('/sign-in/oidc');
    expect((await new Browser().get('/sign-in/oidc')).headers.location).toBe('/?sign-in=limit');
    expect(metric('limit')).toBe('1');
    harness.clock.advance(minute);
    expect(await new Browser().signIn()).toBe('/');
  });
});

describe('who may enter', () => {
  test('the person with that verified address is let in, bound, and the cookies are what they must be', async () => {
    await addPerson({});
    const browser = new Browser();
    expect(await browser.signIn()).toBe('/');
    expect(await browser.session()).toMatchObject({
      by: 'Ana',
      login: 'ana@msp.example',
      via: 'oidc',
      role: 'operator',
      password: false,
    });
    expect(person()).toMatchObject({ identity: { issuer: idp.issuer, subject: 'sub-ana' } });
    expect(lastDeed()).toMatchObject({ by: 'Ana', via: 'oidc', action: 'sign-in', detail: '303 bound' });
    expect(browser.set[0]).toMatch(
      /^vigia_oidc=[\w-]{43}; Path=\/sign-in\/oidc; HttpOnly; SameSite=Lax; Max-Age=600$/,
    );
    expect(browser.set.some((text) => /^vigia_oidc=; .*Max-Age=0/.test(text))).toBe(true);
    expect(browser.set.at(-1)).toMatch(/^vigia_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict/);
    const users = (await asAdministrator('GET', '/users')).json().items;
    expect(users[0]).toMatchObject({ login: 'ana@msp.example', password: false, oidc: true });
    const options = await browser.get('/api/v1/sign-in-options');
    expect(options.json()).toEqual({ setUp: false, password: true, oidc: { name: 'Contas MSP' } });
  });

  test('behind an encrypted proxy the cookies are for encrypted connections only', async () => {
    const { identityProvider } = harness.parts;
    const proxied = await startHarness({
      parts: { identityProvider },
      settings: { trustedProxy: ['127.0.0.1'] },
    });
    const headers = { host, 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https' };
    const away = await proxied.api.inject({ url: '/sign-in/oidc', headers });
    expect(away.headers['set-cookie']).toMatch(/^vigia_oidc=.*; Secure$/);
    await proxied.api.close();
  });

  test('an ES256 provider that takes its secret in the body serves as well', async () => {
    idp.algorithm = 'ES256';
    idp.metadata = { token_endpoint_auth_methods_supported: ['client_secret_post'] };
    await addPerson({});
    expect(await new Browser().signIn()).toBe('/');
  });

  test('afterwards the subject alone counts, whatever becomes of the address', async () => {
    await addPerson({});
    await new Browser().signIn();
    idp.person = { sub: 'sub-ana', email: 'casada@msp.example', email_verified: false };
    const browser = new Browser();
    expect(await browser.signIn()).toBe('/');
    expect((await browser.session())?.login).toBe('ana@msp.example');
  });

  test('the same address under another subject is somebody else, until an administrator says otherwise', async () => {
    await addPerson({});
    await new Browser().signIn();
    idp.person = { ...idp.person, sub: 'sub-new' };
    await isRefused('refused', 'other-subject');
    await asAdministrator('PATCH', '/users/ana%40msp.example', { dropIdentity: true });
    expect(await new Browser().signIn()).toBe('/');
    expect(person()?.identity?.subject).toBe('sub-new');
  });

  test.each([
    ['an address that is not verified', { email_verified: false }, 'no-email'],
    ['an address of which nothing is said', { email_verified: undefined }, 'no-email'],
    ['no address', { email: undefined }, 'no-email'],
    ['an unknown address', { email: 'eva@msp.example' }, 'unknown-person'],
  ])('%s is refused', async (_what, more, because) => {
    await addPerson({});
    idp.person = { ...idp.person, ...more };
    await isRefused('refused', because);
    expect(person()?.identity).toBeUndefined();
  });

  test('where the configuration vouches for another claim, that one counts', async () => {
    await reopen({ emailClaim: 'preferred_username', emailIsVerified: true });
    await addPerson({});
    idp.person = { sub: 'x', preferred_username: 'ANA@msp.example' };
    expect(await new Browser().signIn()).toBe('/');
  });

  test('a disabled person is refused with the same word as an unknown one', async () => {
    await addPerson({});
    await new Browser().signIn();
    await asAdministrator('PATCH', '/users/ana%40msp.example', { disabled: true });
    await isRefused('refused', 'disabled');
  });

  test('who has a second factor here is asked for it here, before anything is kept', async () => {
    await addPerson({});
    const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
    harness.parts.people.replacePerson({
      ...present(person(), 'Ana'),
      totp: { secret, lastStep: 0, recovery: [] },
    });
    await reopen({});
    const browser = new Browser();
    expect(await browser.signIn()).toBe('/?sign-in=code');
    expect(await browser.session()).toBeUndefined();
    expect(person()?.identity).toBeUndefined();
    const url = '/api/v1/sign-in/oidc';
    const now = harness.clock.now();
    const code = codeOf(secret, Math.floor(now / (30 * second)));
    const wrong = codeOf(secret, Math.floor((now - 60 * minute) / (30 * second)));
    expect((await browser.post(url, { code: wrong })).statusCode).toBe(401);
    expect(lastDeed()).toMatchObject({ action: 'sign-in.refused', object: 'ana@msp.example' });
    expect((await new Browser().post(url, { code })).statusCode).toBe(409);
    expect((await browser.post(url, { code }, { ...own, origin: 'http://evil.test' })).statusCode).toBe(403);
    expect((await browser.post(url, { code })).statusCode).toBe(204);
    expect((await browser.session())?.via).toBe('oidc');
    expect((await browser.post(url, { code })).statusCode).toBe(409);
    expect(person()).toMatchObject({ identity: { subject: 'sub-ana' } });
  });

  test('the first-run set-up cannot be taken by whoever the provider knows', async () => {
    await harness.api.close();
    await open({ roles: { administrator: ['noc'] } });
    idp.person = { ...idp.person, roles: ['noc'] };
    await isRefused('refused', 'no-set-up');
    expect(harness.parts.people.hadPeople()).toBe(false);
  });

  test('a person without a password is made only where there is another way in', async () => {
    expect((await asAdministrator('POST', '/users', { ...basic, login: 'eva@msp.example' })).statusCode).toBe(
      201,
    );
    const without = await startHarness({ parts: { people: harness.parts.people } });
    const answer = await without.api.inject({
      ...{ method: 'POST', url: '/api/v1/users', payload: { ...basic, login: 'ivo@msp.example' } },
      headers: { authorization: 'Bearer admin-token-of-this-test-0123456789abcdef' },
    });
    expect([answer.statusCode, answer.json().error.issues[0].path]).toEqual([400, 'body.password']);
    expect((await without.api.inject({ url: '/sign-in/oidc' })).statusCode).toBe(404);
    await without.api.close();
  });
});

const basic = { name: 'Eva', role: 'viewer', customers: null };

describe('roles of the provider', () => {
  const roles = { viewer: ['leitura'], operator: ['noc', 'plantao'], administrator: ['chefia'] };

  test('somebody unknown gets an account with the highest role that is mapped', async () => {
    await reopen({ roles });
    idp.person = { ...idp.person, roles: ['leitura', 'noc', 'outra'] };
    const browser = new Browser();
    expect(await browser.signIn()).toBe('/');
    expect(await browser.session()).toMatchObject({ by: 'Ana Souza', role: 'operator', customers: null });
    expect(person()?.passwordHash).toBeUndefined();
    expect(lastDeed()?.detail).toBe('303 made role=operator');
  });

  test('each sign-in raises and lowers, and another role ends the sessions of before', async () => {
    await reopen({ roles, rolesClaim: 'realm_access.roles' });
    const signInAs = async (name: string) => {
      idp.person = { ...idp.person, realm_access: { roles: [name] } };
      const browser = new Browser();
      expect(await browser.signIn()).toBe('/');
      return browser;
    };
    const before = await signInAs('leitura');
    const raised = await signInAs('chefia');
    expect([await before.session(), (await raised.session())?.role]).toEqual([undefined, 'administrator']);
    expect(lastDeed()?.detail).toBe('303 role=viewer->administrator');
    expect((await (await signInAs('leitura')).session())?.role).toBe('viewer');
  });

  test('without a mapped role nobody enters, known or not', async () => {
    await addPerson({});
    await reopen({ roles });
    await isRefused('refused', 'no-role');
    idp.person = { ...idp.person, email: 'eva@msp.example', roles: { chefia: true } };
    await isRefused('refused', 'no-role');
    expect(person('eva@msp.example')).toBeUndefined();
  });

  test('the last administrator stays one, and a scope is not widened', async () => {
    await reopen({ roles });
    idp.person = { sub: 'sub-chefe', email: 'chefe@msp.example', email_verified: true, roles: ['chefia'] };
    await new Browser().signIn();
    await asAdministrator('DELETE', '/users/chefe');
    idp.person = { ...idp.person, roles: ['leitura'] };
    const browser = new Browser();
    expect(await browser.signIn()).toBe('/');
    expect((await browser.session())?.role).toBe('administrator');
    expect(lastDeed()?.detail).toBe('303 role=viewer not given');
    await addPerson({ customers: ['aurora'], role: 'viewer' });
    idp.person = { sub: 'sub-ana', email: 'ana@msp.example', email_verified: true, roles: ['chefia'] };
    const ana = new Browser();
    await ana.signIn();
    expect(await ana.session()).toMatchObject({ role: 'operator', customers: ['aurora'] });
  });
});

describe('a provider in trouble', () => {
  beforeEach(() => addPerson({}));

  test('who says no there is told so', async () => {
    idp.denial = 'access_denied';
    await isRefused('denied');
    idp.denial = 'temporarily_unavailable';
    await isRefused('unavailable');
    idp.denial = 'invalid_scope';
    await isRefused('failed');
  });

  test.each(['silent', 'dripping', 'huge', 'broken'] as const)(
    '%s before one leaves: it does not answer',
    async (mood) => {
      idp.mood = mood;
      const away = await new Browser().get('/sign-in/oidc');
      expect(away.headers.location).toBe('/?sign-in=unavailable');
    },
  );

  test.each(['silent', 'dripping', 'huge', 'broken'] as const)(
    '%s when the code is exchanged: it does not answer',
    async (mood) => {
      const browser = new Browser();
      const back = await browser.leave();
      idp.mood = mood;
      expect((await browser.get(back)).headers.location).toBe('/?sign-in=unavailable');
    },
  );

  test('down at the start it is asked again with pauses, by one request however many people wait', async () => {
    const { port } = new URL(idp.issuer);
    await idp.stop();
    const tries = () => Promise.all(Array.from({ length: 5 }, () => new Browser().get('/sign-in/oidc')));
    const down = await tries();
    expect(new Set(down.map(({ headers }) => headers.location))).toEqual(new Set(['/?sign-in=unavailable']));
    await idp.start(Number(port));
    await tries();
    expect(idp.asked).toEqual([]);
    harness.clock.advance(limits.oidcRetryMs);
    expect((await tries()).map(({ statusCode }) => statusCode)).toEqual([303, 303, 303, 303, 303]);
    expect(idp.asked).toEqual(['/.well-known/openid-configuration']);
    expect(await new Browser().signIn()).toBe('/');
  });

  test('what it said of itself is good for longer than its silence', async () => {
    await new Browser().signIn();
    harness.clock.advance(limits.oidcMetadataKeptMs);
    idp.mood = 'broken';
    expect(String((await new Browser().get('/sign-in/oidc')).headers.location)).toMatch(
      `${idp.issuer}/authorize?`,
    );
  });

  test('an answer without end is left long before its time is over', async () => {
    idp.mood = 'huge';
    await new Browser().get('/sign-in/oidc');
    // What one socket's buffers hold, and no more.
    expect(idp.floodedBytes).toBeLessThan(8 * 1024 * 1024);
  });

  test('more codes at once than the limit are turned away, and afterwards there is room again', async () => {
    const browsers = Array.from({ length: limits.oidcExchangesAtOnceMax + 1 }, () => new Browser());
    const backs: string[] = [];
    for (const browser of browsers) backs.push(await browser.leave());
    idp.mood = 'silent';
    const ends = await Promise.all(browsers.map((browser, at) => browser.get(backs[at] ?? '')));
    const words = ends.map(({ headers }) => headers.location);
    expect(words.filter((word) => word === '/?sign-in=limit').length).toBe(1);
    expect(words.filter((word) => word === '/?sign-in=unavailable').length).toBe(
      limits.oidcExchangesAtOnceMax,
    );
    idp.mood = 'up';
    harness.clock.advance(minute);
    expect(await new Browser().signIn()).toBe('/');
  });

  test('a sign-in page that is not encrypted is not gone to', async () => {
    idp.metadata = { authorization_endpoint: 'http://evil.example/authorize' };
    expect((await new Browser().get('/sign-in/oidc')).headers.location).toBe('/?sign-in=unavailable');
  });

  test('a provider that calls itself otherwise is not believed', async () => {
    idp.metadata = { issuer: 'https://evil.example' };
    expect((await new Browser().get('/sign-in/oidc')).headers.location).toBe('/?sign-in=unavailable');
  });
});

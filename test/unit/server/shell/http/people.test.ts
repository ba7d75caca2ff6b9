// People over the API: first-run set-up, signing in, one's own account, other people's accounts, tokens, the audit log.
import { describe, expect, test } from 'vitest';
import { codeOf } from '../../../../../server/shell/http/access/totp.ts';
import { limits } from '../../../../../shared/limits.ts';
import { day, hour, type Instant, minute } from '../../../../../shared/time.ts';
import { adminToken, bearer, type Harness, startHarness } from './harness.ts';

const own = { host: 'vigia.test', origin: 'http://vigia.test', 'x-vigia-console': '1' };
const password = 'correto cavalo bateria';

interface Asked {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly body?: object;
  readonly headers?: Record<string, string>;
}

async function ask({ api }: Harness, path: string, { method = 'POST', body, headers = own }: Asked = {}) {
  const answer = await api.inject({
    method,
    url: `/api/v1${path}`,
    headers,
    ...(body === undefined ? {} : { payload: body }),
  });
  const cookie = String(answer.headers['set-cookie'] ?? '').split(';')[0] ?? '';
  const json = answer.body === '' ? undefined : answer.json();
  return { status: answer.statusCode, code: json?.error?.code, json, headers: { ...own, cookie } };
}

const setUp = (harness: Harness, body: object = {}) =>
  ask(harness, '/set-up', {
    body: { token: adminToken, login: 'Ana', name: 'Ana Souza', password, ...body },
  });

const signIn = (harness: Harness, body: object = {}) =>
  ask(harness, '/sign-in', { body: { login: 'ana', password, ...body } });

async function withAna() {
  const harness = await startHarness();
  const { headers } = await setUp(harness);
  return { harness, headers };
}

const viewer = { login: 'bia', name: 'Bia', role: 'viewer', customers: ['aurora'], password };

async function withBia() {
  const { harness, headers } = await withAna();
  expect((await ask(harness, '/users', { body: viewer, headers })).status).toBe(201);
  const bia = await signIn(harness, { login: 'bia' });
  return { harness, headers, bia: bia.headers };
}

const session = (harness: Harness, headers: Record<string, string>) =>
  ask(harness, '/session', { method: 'GET', headers });

describe('set-up', () => {
  test('it makes the first administrator and lets that person in', async () => {
    const harness = await startHarness();
    const options = () => ask(harness, '/sign-in-options', { method: 'GET' });
    expect((await options()).json).toEqual({ setUp: true, password: false, oidc: null });
    const done = await setUp(harness);
    expect(done.status).toBe(204);
    expect((await session(harness, done.headers)).json).toMatchObject({
      by: 'Ana Souza',
      role: 'administrator',
      customers: null,
      via: 'password',
      login: 'ana',
      totp: false,
      password: true,
    });
    expect((await options()).json).toEqual({ setUp: false, password: true, oidc: null });
  });

  test('it cannot be reached again, not even when everybody is deleted and the server has restarted', async () => {
    const { harness } = await withAna();
    expect((await setUp(harness, { login: 'eva' })).status).toBe(404);
    harness.parts.people.removePerson('ana');
    const again = await startHarness({ parts: { people: harness.parts.people } });
    expect(again.parts.people.people()).toEqual([]);
    const refused = await setUp(again);
    const unknown = await ask(again, '/set-down', { body: {} });
    expect([refused.status, refused.code]).toEqual([unknown.status, unknown.code]);
    expect((await ask(again, '/sign-in-options', { method: 'GET' })).json.setUp).toBe(false);
  });

  test('two at once make one administrator', async () => {
    const harness = await startHarness();
    const both = await Promise.all([setUp(harness), setUp(harness, { login: 'eva' })]);
    expect(both.map(({ status }) => status).sort()).toEqual([204, 404]);
    expect(harness.parts.people.people().length).toBe(1);
  });

  test.each([
    ['a wrong token', { token: 'wrong' }, 401],
    ['a short password', { password: 'curta' }, 400],
    ['the login as password', { login: 'administrador', password: 'Administrador' }, 400],
    ['one letter over and over', { password: 'aaaaaaaaaaaaaaaa' }, 400],
    ['a login with blanks', { login: 'ana souza' }, 400],
    ['more than is asked', { role: 'administrator' }, 400],
  ])('%s is refused and makes nobody', async (_what, body, status) => {
    const harness = await startHarness();
    expect((await setUp(harness, body)).status).toBe(status);
    expect(harness.parts.people.hadPeople()).toBe(false);
  });

  test('a page of somewhere else and a plain form are refused', async () => {
    const harness = await startHarness();
    const body = { token: adminToken, login: 'ana', name: 'Ana', password };
    const foreign: readonly Record<string, string>[] = [
      { ...own, origin: 'http://evil.test' },
      { host: own.host, origin: own.origin },
      { host: own.host, 'x-vigia-console': '1' },
    ];
    for (const headers of foreign) {
      expect((await ask(harness, '/set-up', { body, headers })).status).toBe(403);
      expect((await ask(harness, '/sign-in', { body: { login: 'a', password }, headers })).status).toBe(403);
    }
    const form = await harness.api.inject({
      method: 'POST',
      url: '/api/v1/sign-in',
      headers: {
        host: own.host,
        origin: 'http://evil.test',
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: 'login=ana&password=x',
    });
    expect(form.statusCode).toBe(415);
  });
});

describe('sign-in', () => {
  test('right is let in whatever the case of the login; wrong, unknown and disabled get one answer', async () => {
    const { harness, headers } = await withBia();
    expect((await signIn(harness, { login: ' ANA ' })).status).toBe(204);
    await ask(harness, '/users/bia', { method: 'PATCH', body: { disabled: true }, headers });
    const answers = await Promise.all([
      signIn(harness, { password: 'errada errada' }),
      signIn(harness, { login: 'ninguem' }),
      signIn(harness, { login: 'bia' }),
    ]);
    expect(new Set(answers.map(({ status, json }) => JSON.stringify([status, json]))).size).toBe(1);
    expect(answers[0]?.code).toBe('auth.refused');
  });

  test('guessing one login from everywhere is told to wait, also with the right password', async () => {
    const { harness } = await withAna();
    for (let n = 0; n < limits.signInFailuresPerLoginPerMinuteMax; n += 1) {
      expect((await signIn(harness, { password: `errada ${n}` })).status).toBe(401);
    }
    expect((await signIn(harness)).status).toBe(429);
    harness.clock.advance(minute);
    expect((await signIn(harness)).status).toBe(204);
  });

  test('guessing many logins from one address is told to wait', async () => {
    const { harness } = await withAna();
    const guesses = Array.from({ length: limits.signInFailuresPerAddressPerMinuteMax }, (_none, n) =>
      signIn(harness, { login: `pessoa-${n}`, password: 'x' }),
    );
    expect(new Set((await Promise.all(guesses)).map(({ status }) => status))).toEqual(new Set([401]));
    expect((await signIn(harness)).status).toBe(429);
  });

  test('people who sign in rightly are never counted', async () => {
    const { harness } = await withAna();
    for (let n = 0; n < 2 * limits.signInFailuresPerAddressPerMinuteMax; n += 1) {
      expect((await signIn(harness)).status).toBe(204);
    }
  }, 20_000);
});

describe('second factor', () => {
  async function withFactor() {
    const { harness, headers } = await withAna();
    const { secret } = (await ask(harness, '/account/totp', { headers })).json;
    const step = () => Math.floor(harness.clock.now() / 30_000);
    const code = codeOf(secret, step());
    const confirmed = await ask(harness, '/account/totp/confirmation', { body: { code }, headers });
    expect(confirmed.status).toBe(200);
    const codes: readonly string[] = confirmed.json.recoveryCodes;
    return { harness, headers, codes, codeNow: () => codeOf(secret, step()) };
  }

  test('with one the password alone is told to bring a code, a used code is refused, a fresh one lets in', async () => {
    const { harness, codeNow } = await withFactor();
    expect((await signIn(harness)).code).toBe('auth.second-factor');
    expect((await signIn(harness, { password: 'errada errada' })).code).toBe('auth.refused');
    expect((await signIn(harness, { code: codeNow() })).code).toBe('auth.refused');
    harness.clock.advance(minute);
    const code = codeNow();
    expect((await signIn(harness, { code })).status).toBe(204);
    expect((await signIn(harness, { code })).code).toBe('auth.refused');
  });

  test('a recovery code lets in once', async () => {
    const { harness, codes } = await withFactor();
    expect((await signIn(harness, { code: codes[0] })).status).toBe(204);
    expect((await signIn(harness, { code: codes[0] })).code).toBe('auth.refused');
    expect((await signIn(harness, { code: codes[1] })).status).toBe(204);
  });

  test('codes are not guessed on for hours', async () => {
    const { harness, codeNow } = await withFactor();
    for (let n = 0; n < limits.signInCodesPerLoginPerHourMax; n += 1) {
      expect((await signIn(harness, { code: '000000' })).code).toBe('auth.refused');
      harness.clock.advance(minute);
    }
    expect((await signIn(harness, { code: codeNow() })).status).toBe(429);
    harness.clock.advance(hour);
    expect((await signIn(harness, { code: codeNow() })).status).toBe(204);
  }, 20_000);

  test('nothing is in force before a code of it was typed back; a second one needs the first one gone', async () => {
    const { harness, headers } = await withAna();
    const confirm = (code: string) => ask(harness, '/account/totp/confirmation', { body: { code }, headers });
    expect((await confirm('123456')).status).toBe(409);
    const { secret } = (await ask(harness, '/account/totp', { headers })).json;
    const wrong = codeOf(secret, 1);
    expect((await confirm(wrong)).status).toBe(403);
    expect((await signIn(harness)).status).toBe(204);
    harness.clock.advance(limits.totpOfferMs);
    expect((await confirm(codeOf(secret, Math.floor(harness.clock.now() / 30_000)))).status).toBe(409);
  });

  test('taking it away wants the password; an administrator can do so for who lost the telephone', async () => {
    const { harness, headers } = await withFactor();
    const remove = (given: string) =>
      ask(harness, '/account/totp/removal', { body: { password: given }, headers });
    expect((await ask(harness, '/account/totp', { headers })).status).toBe(409);
    expect((await remove('errada errada')).status).toBe(403);
    expect((await remove(password)).status).toBe(204);
    expect((await signIn(harness)).status).toBe(204);
    const other = await withFactor();
    const dropped = await ask(other.harness, '/users/ana', {
      method: 'PATCH',
      body: { dropTotp: true },
      headers: { ...bearer, host: own.host },
    });
    expect(dropped.json.totp).toBe(false);
    expect((await signIn(other.harness)).status).toBe(204);
  });

  test('who came by a link or a token has no account to change', async () => {
    const harness = await startHarness();
    const { cookie } = await harness.signIn();
    for (const headers of [
      { ...own, cookie },
      { ...own, ...bearer },
    ]) {
      expect((await ask(harness, '/account/totp', { headers })).status).toBe(409);
      const body = { current: password, next: 'outra senha longa' };
      expect((await ask(harness, '/account/password', { body, headers })).status).toBe(409);
    }
  });
});

describe('sessions of people', () => {
  test('they survive a restart with the account behind them', async () => {
    const { harness, bia } = await withBia();
    await harness.api.close();
    const { directory, clock, parts } = harness;
    const again = await startHarness({ directory, clock, parts: { people: parts.people } });
    expect((await session(again, bia)).json).toMatchObject({ login: 'bia', role: 'viewer' });
  });

  test.each([
    ['another password', { password: 'outra senha longa' }],
    ['another role', { role: 'operator' }],
    ['another scope', { customers: null }],
    ['being disabled', { disabled: true }],
  ])('%s ends them', async (_what, body) => {
    const { harness, headers, bia } = await withBia();
    expect((await session(harness, bia)).status).toBe(200);
    expect((await ask(harness, '/users/bia', { method: 'PATCH', body, headers })).status).toBe(200);
    expect((await session(harness, bia)).status).toBe(401);
    expect((await session(harness, headers)).status).toBe(200);
  });

  test('being deleted ends them, another name does not', async () => {
    const { harness, headers, bia } = await withBia();
    await ask(harness, '/users/bia', { method: 'PATCH', body: { name: 'Beatriz' }, headers });
    expect((await session(harness, bia)).json.by).toBe('Beatriz');
    expect((await ask(harness, '/users/bia', { method: 'DELETE', headers })).status).toBe(204);
    expect((await session(harness, bia)).status).toBe(401);
  });

  test('a new password of one’s own ends all but the one that asked', async () => {
    const { harness, bia } = await withBia();
    const other = await signIn(harness, { login: 'bia' });
    const change = (current: string) =>
      ask(harness, '/account/password', { body: { current, next: 'outra senha longa' }, headers: bia });
    expect((await change('errada errada')).status).toBe(403);
    const changed = await change(password);
    expect(changed.status).toBe(204);
    const statuses = [bia, other.headers, changed.headers].map((headers) => session(harness, headers));
    expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([401, 401, 200]);
    expect((await signIn(harness, { login: 'bia' })).status).toBe(401);
  });

  test.each([
    ['another Origin', { origin: 'http://evil.test' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling host', { 'sec-fetch-site': 'same-site' }],
  ])('reading with the cookie from %s is refused, event streams too', async (_what, foreign) => {
    const { harness, headers } = await withAna();
    const given = Object.fromEntries(Object.entries({ ...headers, ...foreign }));
    for (const path of ['/agents', '/wall', '/stream']) {
      expect((await ask(harness, path, { method: 'GET', headers: given })).status).toBe(403);
    }
  });
});

describe('accounts of others', () => {
  test('the list shows everybody and no hash', async () => {
    const { harness, headers } = await withBia();
    const { json } = await ask(harness, '/users', { method: 'GET', headers });
    expect(json.items.map(({ login }: { login: string }) => login)).toEqual(['ana', 'bia']);
    expect(json.items[1]).toEqual({
      login: 'bia',
      name: 'Bia',
      role: 'viewer',
      customers: ['aurora'],
      disabled: false,
      totp: false,
      password: true,
      oidc: false,
      createdAt: '2026-11-22T12:00:00.000Z',
      lastSignInAt: '2026-11-22T12:00:00.000Z',
    });
    expect(JSON.stringify(json)).not.toContain('scrypt');
  });

  test.each([
    ['deleted', 'DELETE', undefined],
    ['disabled', 'PATCH', { disabled: true }],
    ['lowered', 'PATCH', { role: 'operator' }],
  ] as const)('the last enabled administrator cannot be %s', async (_what, method, body) => {
    const { harness, headers } = await withAna();
    const second = { ...viewer, login: 'eva', role: 'administrator', customers: null };
    await ask(harness, '/users', { body: second, headers });
    await ask(harness, '/users/eva', { method: 'PATCH', body: { disabled: true }, headers });
    const last = { method, headers, ...(body === undefined ? {} : { body }) };
    expect((await ask(harness, '/users/ana', last)).status).toBe(409);
    await ask(harness, '/users/eva', { method: 'PATCH', body: { disabled: false }, headers });
    expect([200, 204]).toContain((await ask(harness, '/users/ana', last)).status);
  });

  test.each([
    ['a login that is taken', viewer, 409],
    ['an administrator with a scope', { ...viewer, login: 'eva', role: 'administrator' }, 400],
    ['an empty scope', { ...viewer, login: 'eva', customers: [] }, 400],
    ['an unknown role', { ...viewer, login: 'eva', role: 'root' }, 400],
    ['a short password', { ...viewer, login: 'eva', password: '12345678901' }, 400],
  ])('%s is refused', async (_what, body, status) => {
    const { harness, headers } = await withBia();
    expect((await ask(harness, '/users', { body, headers })).status).toBe(status);
    expect(harness.parts.people.people().length).toBe(2);
  });

  test('raising a scoped person to administrator wants the scope gone, and nobody unknown is changed', async () => {
    const { harness, headers } = await withBia();
    const patch = (login: string, body: object) =>
      ask(harness, `/users/${login}`, { method: 'PATCH', body, headers });
    expect((await patch('bia', { role: 'administrator' })).status).toBe(400);
    expect((await patch('bia', { role: 'administrator', customers: null })).status).toBe(200);
    expect((await patch('ninguem', { disabled: true })).status).toBe(404);
  });
});

describe('API tokens', () => {
  const asked = { name: 'Grafana', role: 'viewer', customers: null, expiresAt: null };

  test('one is shown once, kept as a digest, lets in with its role, and is gone when revoked', async () => {
    const { harness, headers } = await withAna();
    const made = await ask(harness, '/api-tokens', { body: asked, headers });
    expect(made.status).toBe(201);
    const { id, token } = made.json;
    const list = () => ask(harness, '/api-tokens', { method: 'GET', headers });
    expect(JSON.stringify((await list()).json)).not.toContain(token);
    expect(JSON.stringify(harness.parts.people.tokens())).not.toContain(token);
    const program = { authorization: `Bearer ${token}` };
    expect((await session(harness, program)).json).toMatchObject({
      by: 'Grafana',
      role: 'viewer',
      via: 'token',
    });
    expect((await list()).json.items[0]).toMatchObject({
      createdBy: 'Ana Souza',
      lastUsedAt: expect.any(String),
    });
    expect((await ask(harness, '/silences', { headers: program, body: {} })).status).toBe(403);
    const revoke = () => ask(harness, `/api-tokens/${id}`, { method: 'DELETE', headers });
    expect([(await revoke()).status, (await revoke()).status]).toEqual([204, 404]);
    expect((await session(harness, program)).status).toBe(401);
  });

  test('one that ends lets nobody in afterwards, and must not have ended before', async () => {
    const { harness, headers } = await withAna();
    const make = (expiresAt: string) =>
      ask(harness, '/api-tokens', { body: { ...asked, expiresAt }, headers });
    expect((await make('2026-11-22T12:00:00Z')).status).toBe(400);
    const { token } = (await make('2026-11-22T13:00:00Z')).json;
    const program = { authorization: `Bearer ${token}` };
    expect((await session(harness, program)).json.expiresAt).toBe('2026-11-22T13:00:00.000Z');
    harness.clock.advance(hour);
    expect((await session(harness, program)).status).toBe(401);
  });

  test('there is a limit', async () => {
    const { harness, headers } = await withAna();
    for (let n = 0; n < limits.apiTokensMax; n += 1) {
      const token = {
        id: `t${n}`,
        digest: String(n).padStart(64, '0'),
        createdBy: 'x',
        createdAt: harness.clock.now(),
      };
      harness.parts.people.addToken({ ...token, name: 'x', role: 'viewer', customers: null });
    }
    const again = await startHarness({ parts: { people: harness.parts.people } });
    expect((await ask(again, '/api-tokens', { body: asked, headers: { ...own, ...bearer } })).status).toBe(
      429,
    );
    expect((await ask(harness, '/api-tokens', { body: asked, headers })).status).toBe(201);
  });
});

describe('audit log', () => {
  async function logOf(harness: Harness, query = '') {
    const { json } = await ask(harness, `/audit${query}`, { method: 'GET', headers: { ...own, ...bearer } });
    return json;
  }

  test('set-up, sign-ins, refusals and every unsafe request stand in it, without a secret', async () => {
    const { harness, headers } = await withBia();
    await signIn(harness, { login: 'bia', password: 'segredo errado' });
    await ask(harness, '/users/bia', { method: 'PATCH', body: { password: 'outra senha longa' }, headers });
    await ask(harness, '/users', { method: 'GET', headers });
    const { items, next } = await logOf(harness);
    const lines = items.map(({ by, via, action, object, detail }: Record<string, string>) =>
      [by, via, action, object, detail].join(' | '),
    );
    expect(lines).toEqual([
      'Ana Souza | password | PATCH /api/v1/users/:login | /api/v1/users/bia | 200 password given',
      '- |  | sign-in.refused | bia | auth.refused',
      'Bia | password | sign-in | bia | 204',
      'Ana Souza | password | POST /api/v1/users | /api/v1/users | 201 login="bia" name="Bia" role="viewer" customers=["aurora"] password given',
      'Ana Souza | password | set-up | ana | 204',
    ]);
    expect(next).toBeNull();
    expect(items[0].address).toBe('127.0.0.1');
    expect(JSON.stringify(items)).not.toMatch(/senha|segredo|cavalo|scrypt/);
  });

  test('what was let in and refused afterwards stands in it, what was not let in does not', async () => {
    const { harness, headers, bia } = await withBia();
    const before = (await logOf(harness)).items.length;
    await ask(harness, '/users/bia', { method: 'PATCH', body: { role: 'operator' }, headers: bia });
    await ask(harness, '/users/ninguem', { method: 'DELETE', headers });
    const { items } = await logOf(harness);
    expect(items.length).toBe(before + 1);
    expect(items[0]).toMatchObject({ object: '/api/v1/users/ninguem', detail: '404' });
  });

  test('a whole inventory does not stand in it', async () => {
    const harness = await startHarness();
    const customers = [
      { key: 'aurora', name: 'Padaria Aurora', cnpj: '11.222.333/0001-81', plan: 'PREMIUM' },
    ];
    const imported = await harness.api.inject({
      method: 'PUT',
      url: '/api/v1/inventory',
      headers: bearer,
      payload: { version: 1, customers },
    });
    expect(imported.statusCode).toBe(200);
    const { items } = await logOf(harness);
    expect(items[0]).toMatchObject({ action: 'PUT /api/v1/inventory', detail: '200', by: 'administrador' });
  });

  test('pages follow one another', async () => {
    const { harness } = await withBia();
    const first = await logOf(harness, '?limit=2');
    const second = await logOf(harness, `?limit=2&before=${first.next}`);
    expect([first.items.length, second.items.length, second.next]).toEqual([2, 1, null]);
    expect((await logOf(harness, '?before=0')).error.code).toBe('input.invalid');
  });

  test('a flood of refusals is counted, not written, and old lines go', async () => {
    const harness = await startHarness();
    for (let n = 0; n < limits.auditRefusalsPerMinuteMax + 5; n += 1) {
      await harness.api.inject({ url: `/sign-in?token=guess-${n}` });
    }
    expect((await logOf(harness, '?limit=500')).items.length).toBe(limits.auditRefusalsPerMinuteMax);
    const figures = () => harness.parts.metrics.text();
    expect(figures()).toContain('vigia_audit_lines_dropped_total{reason="flood"} 5');
    harness.clock.advance(limits.auditKeptMs + day);
    expect((await logOf(harness)).items).toEqual([]);
    expect(figures()).toContain(
      `vigia_audit_lines_dropped_total{reason="old"} ${limits.auditRefusalsPerMinuteMax}`,
    );
  });

  test('a clock set wrong by years forgets no line', async () => {
    let agedAt: Instant | undefined;
    const harness = await startHarness({ parts: { agedAt: () => agedAt } });
    await harness.api.inject({ url: '/sign-in?token=guess' });
    agedAt = harness.clock.now();
    harness.clock.advance(limits.auditKeptMs + day);
    expect((await logOf(harness)).items.length).toBe(1);
    agedAt = harness.clock.now();
    harness.clock.advance(day);
    expect((await logOf(harness)).items).toEqual([]);
  });
});

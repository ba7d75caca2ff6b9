// Who is let in, and how everyone else is told no.
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAdminToken } from '../../../../../server/shell/http/access/admin-token.ts';
import { openSessionFile } from '../../../../../server/shell/http/access/session-file.ts';
import { createSignIn } from '../../../../../server/shell/http/access/sign-in.ts';
import { limits } from '../../../../../shared/limits.ts';
import { hour, minute } from '../../../../../shared/time.ts';
import { adminToken, bearer, startHarness, virtualClock } from './harness.ts';

const own = { host: 'vigia.test', origin: 'http://vigia.test', 'x-vigia-console': '1' };

describe('bearer token', () => {
  test('a route without a credential answers 401 with the failure catalogue’s code', async () => {
    const { api } = await startHarness();
    const answer = await api.inject({ url: '/api/v1/agents' });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(answer.json()).toEqual({
      error: { code: 'auth.missing', message: expect.any(String), issues: [] },
    });
  });

  test.each([
    'Bearer wrong',
    `Bearer ${adminToken}x`,
    `Bearer ${adminToken.slice(0, -1)}`,
    `Basic ${adminToken}`,
    'Bearer ',
  ])('%j is refused', async (authorization) => {
    const { api } = await startHarness();
    const answer = await api.inject({ url: '/api/v1/agents', headers: { authorization } });
    expect(answer.statusCode).toBe(401);
    expect(answer.json().error.code).toBe('auth.refused');
  });

  test('a wrong token beside a good cookie is refused, not passed over', async () => {
    const harness = await startHarness();
    const { cookie } = await harness.signIn();
    const headers = { cookie, authorization: 'Bearer wrong' };
    expect((await harness.api.inject({ url: '/api/v1/agents', headers })).statusCode).toBe(401);
  });

  test('a guesser is told to wait, the owner behind the same address is not', async () => {
    const harness = await startHarness();
    const guess = () =>
      harness.api.inject({ url: '/api/v1/agents', headers: { authorization: 'Bearer guess' } });
    for (let n = 0; n < limits.signInFailuresPerAddressPerMinuteMax; n += 1) {
      expect((await guess()).statusCode).toBe(401);
    }
    const refused = await guess();
    expect(refused.statusCode).toBe(429);
    expect(refused.json().error.code).toBe('limit.reached');
    expect((await harness.api.inject({ url: '/api/v1/agents', headers: bearer })).statusCode).toBe(200);
    harness.clock.advance(minute);
    expect((await guess()).statusCode).toBe(401);
  });

  test('the token is made once, 256 bits, mode 0600, and read again afterwards', () => {
    const directory = mkdtempSync(join(tmpdir(), 'vigia-token-'));
    const first = openAdminToken(directory);
    expect(first.ok && Buffer.from(first.value, 'base64url').length).toBe(32);
    expect(openAdminToken(directory)).toEqual(first);
    expect(statSync(join(directory, 'admin-token')).mode & 0o777).toBe(0o600);
  });

  test('an emptied token file is an error, never an empty token', () => {
    const directory = mkdtempSync(join(tmpdir(), 'vigia-token-'));
    writeFileSync(join(directory, 'admin-token'), '\n');
    expect(openAdminToken(directory).ok).toBe(false);
  });
});

describe('sign-in link', () => {
  test('it works once, sets a strict script-proof cookie and goes to the console', async () => {
    const { api, parts } = await startHarness();
    const { token } = parts.signIn.newLink('Maria');
    const answer = await api.inject({ url: `/sign-in?token=${token}` });
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe('/');
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(/^vigia_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
    const again = await api.inject({ url: `/sign-in?token=${token}` });
    expect(again.statusCode).toBe(403);
    expect(again.headers['set-cookie']).toBeUndefined();
    expect(again.body).toContain('não vale mais');
    expect(again.body).toContain('sign-in-link');
  });

  test('it is over after 15 minutes, and a wrong one gets the same answer', async () => {
    const { api, parts, clock } = await startHarness();
    const { token } = parts.signIn.newLink('Maria');
    clock.advance(15 * minute);
    const late = await api.inject({ url: `/sign-in?token=${token}` });
    const wrong = await api.inject({ url: '/sign-in?token=wrong' });
    expect([late.statusCode, wrong.statusCode]).toEqual([403, 403]);
    expect(late.body).toBe(wrong.body);
  });

  test('guessing links is slowed down', async () => {
    const { api } = await startHarness();
    for (let n = 0; n < limits.signInFailuresPerAddressPerMinuteMax; n += 1) {
      await api.inject({ url: `/sign-in?token=guess-${n}` });
    }
    expect((await api.inject({ url: '/sign-in?token=guess' })).statusCode).toBe(429);
  });

  test('only the administrator makes links, and the link names the person', async () => {
    const harness = await startHarness();
    const make = (headers: Record<string, string>) =>
      harness.api.inject({
        method: 'POST',
        url: '/api/v1/sign-in-links',
        headers,
        payload: { name: 'João' },
      });
    const made = await make({ ...bearer, host: 'vigia.test' });
    expect(made.statusCode).toBe(201);
    expect(made.json().url).toMatch(/^http:\/\/vigia\.test\/sign-in\?token=[\w-]{43}$/);
    const { cookie } = await harness.signIn();
    expect((await make({ ...own, cookie })).statusCode).toBe(403);
    const url = new URL(made.json().url);
    const signedIn = await harness.api.inject({ url: `${url.pathname}${url.search}` });
    const session = String(signedIn.headers['set-cookie']).split(';')[0] ?? '';
    const who = await harness.api.inject({ url: '/api/v1/session', headers: { cookie: session } });
    expect(who.json()).toEqual({
      by: 'João',
      role: 'administrator',
      customers: null,
      via: 'link',
      login: null,
      totp: false,
      password: false,
      expiresAt: '2026-11-23T00:00:00.000Z',
    });
  });
});

describe('console session', () => {
  test('it reads with the cookie alone and ends after 12 hours', async () => {
    const harness = await startHarness();
    const headers = await harness.signIn();
    expect((await harness.api.inject({ url: '/api/v1/agents', headers })).statusCode).toBe(200);
    harness.clock.advance(12 * hour);
    expect((await harness.api.inject({ url: '/api/v1/agents', headers })).statusCode).toBe(401);
  });

  test('an old cookie that asks again and again is not taken for a guesser', async () => {
    const { api } = await startHarness();
    for (let n = 0; n < 3 * limits.signInFailuresPerAddressPerMinuteMax; n += 1) {
      const answer = await api.inject({ url: '/api/v1/agents', headers: { cookie: 'vigia_session=old' } });
      expect(answer.statusCode).toBe(401);
    }
  });

  test('a restart of the server signs nobody out and brings no used link back', async () => {
    const first = await startHarness();
    const { token } = first.parts.signIn.newLink('Maria');
    const headers = await first.signIn();
    await first.api.inject({ url: `/sign-in?token=${token}` });
    await first.api.close();
    const second = await startHarness({ directory: first.directory, clock: first.clock });
    expect((await second.api.inject({ url: '/api/v1/agents', headers })).statusCode).toBe(200);
    expect((await second.api.inject({ url: `/sign-in?token=${token}` })).statusCode).toBe(403);
    const file = join(first.directory, 'sessions.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const secret = headers.cookie.split('=')[1] ?? '';
    expect(readFileSync(file, 'utf8')).not.toContain(secret);
  });

  test('a damaged session file signs everybody out and says so', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'vigia-sessions-')), 'sessions.json');
    writeFileSync(file, '{"version":1,');
    const troubles: string[] = [];
    const signIn = createSignIn(
      virtualClock(),
      openSessionFile(file, (text) => troubles.push(text)),
    );
    expect(signIn.session('x')).toBeUndefined();
    expect(troubles[0]).toContain('damaged');
  });

  test('past the limit of links the oldest goes, the newest works', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'vigia-sessions-')), 'sessions.json');
    const signIn = createSignIn(
      virtualClock(),
      openSessionFile(file, () => {}),
    );
    const tokens = Array.from({ length: limits.signInLinksMax + 1 }, () => signIn.newLink('x').token);
    expect(signIn.redeem(tokens[0] ?? '').ok).toBe(false);
    expect(signIn.redeem(tokens.at(-1) ?? '').ok).toBe(true);
  });

  test('signing out ends the session and clears the cookie', async () => {
    const harness = await startHarness();
    const { cookie } = await harness.signIn();
    const out = await harness.api.inject({
      method: 'DELETE',
      url: '/api/v1/session',
      headers: { ...own, cookie },
    });
    expect(out.statusCode).toBe(204);
    expect(String(out.headers['set-cookie'])).toContain('Max-Age=0');
    expect((await harness.api.inject({ url: '/api/v1/agents', headers: { cookie } })).statusCode).toBe(401);
  });

  test.each([
    ['no header of the console', { ...own, 'x-vigia-console': undefined }],
    ['no Origin', { ...own, origin: undefined }],
    ['another Origin', { ...own, origin: 'http://evil.test' }],
    ['the right host over another scheme', { ...own, origin: 'https://vigia.test' }],
    ['another port', { ...own, origin: 'http://vigia.test:81' }],
    ['an opaque Origin', { ...own, origin: 'null' }],
  ])('an unsafe request with %s is refused although the cookie is good', async (_what, headers) => {
    const harness = await startHarness();
    const { cookie } = await harness.signIn();
    const given = Object.fromEntries(
      Object.entries({ ...headers, cookie }).filter(
        (pair): pair is [string, string] => pair[1] !== undefined,
      ),
    );
    const answer = await harness.api.inject({ method: 'DELETE', url: '/api/v1/session', headers: given });
    expect(answer.statusCode).toBe(403);
    expect(answer.json().error.code).toBe('auth.refused');
  });
});

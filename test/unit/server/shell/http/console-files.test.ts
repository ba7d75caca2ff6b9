// What a browser gets at the root: the console, whoever asks, or the page that says what is missing.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { startHarness } from './harness.ts';

async function withConsole() {
  const harness = await startHarness();
  const dist = join(harness.directory, 'dist');
  mkdirSync(join(dist, 'assets'), { recursive: true });
  writeFileSync(join(dist, 'index.html'), '<title>Vigia</title>');
  writeFileSync(join(dist, 'assets', 'main-abc123.js'), 'export {};');
  writeFileSync(join(dist, 'favicon.svg'), '<svg/>');
  return harness;
}

describe('console', () => {
  test('a stranger and a signed-in person get the same console, never from a cache', async () => {
    const harness = await withConsole();
    const foreign = { 'sec-fetch-site': 'cross-site' };
    for (const headers of [{}, foreign, await harness.signIn()]) {
      const answer = await harness.api.inject({ url: '/', headers });
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toBe('<title>Vigia</title>');
      expect(answer.headers['cache-control']).toBe('no-cache');
    }
  });

  test('half a sign-in link says in Portuguese where to go', async () => {
    const { api } = await withConsole();
    const answer = await api.inject({ url: '/sign-in' });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body).toContain('href="/"');
    expect(answer.body).toContain('sign-in-link');
  });

  test('the address that a ticket carries leads to the incident on the wall', async () => {
    const harness = await withConsole();
    const answer = await harness.api.inject({ url: '/incidents/inc-7-0', headers: await harness.signIn() });
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/#incident=inc-7-0']);
    const odd = await harness.api.inject({ url: '/incidents/%2F%2Fevil.example%23', headers: {} });
    expect(odd.headers.location).toBe('/#incident=%2F%2Fevil.example%23');
  });

  test('files with a digest in their name are kept for ever, others asked again', async () => {
    const { api } = await withConsole();
    const script = await api.inject({ url: '/assets/main-abc123.js' });
    expect(script.statusCode).toBe(200);
    expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await api.inject({ url: '/favicon.svg' })).headers['cache-control']).toBe('no-cache');
  });

  test('a file that was compressed by the build is sent compressed to who takes it', async () => {
    const harness = await withConsole();
    writeFileSync(join(harness.directory, 'dist', 'assets', 'main-abc123.js.gz'), gzipSync('export {};'));
    const url = '/assets/main-abc123.js';
    const packed = await harness.api.inject({ url, headers: { 'accept-encoding': 'gzip' } });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(packed.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(packed.headers['content-type']).toContain('javascript');
    expect(gunzipSync(packed.rawPayload).toString()).toBe('export {};');
    expect((await harness.api.inject({ url })).headers['content-encoding']).toBeUndefined();
  });

  test('nothing outside the console’s folder is served', async () => {
    const harness = await withConsole();
    writeFileSync(join(harness.directory, 'admin-token'), 'secret');
    for (const url of ['/../admin-token', '/..%2fadmin-token', '/assets/..%2f..%2fadmin-token', '/.env']) {
      const answer = await harness.api.inject({ url });
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
      expect(answer.body).not.toContain('secret');
    }
  });

  test('without a built console whoever comes reads how to build it', async () => {
    const harness = await startHarness();
    const answer = await harness.api.inject({ url: '/', headers: await harness.signIn() });
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain('server/console/build.ts');
  });

  test('every answer carries the security headers', async () => {
    const { api } = await withConsole();
    for (const url of ['/', '/assets/main-abc123.js', '/api/v1/agents', '/nothing', '/healthz']) {
      const { headers } = await api.inject({ url });
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['referrer-policy']).toBe('no-referrer');
    }
  });

  test('a wrong address is a page for people and an error for programs', async () => {
    const { api } = await withConsole();
    const page = await api.inject({ url: '/nada', headers: { accept: 'text/html' } });
    expect([page.statusCode, page.body.includes('Página não encontrada')]).toEqual([404, true]);
    const answer = await api.inject({ url: '/api/v1/nothing', headers: { accept: 'text/html' } });
    expect(answer.statusCode).toBe(404);
    expect(answer.json().error.code).toBe('not-found');
  });
});

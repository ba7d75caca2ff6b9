// What the installation's one line fetches: the two scripts and the packed archives, open to everyone and yet limited.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { limits } from '../../../../../shared/limits.ts';
import { minute } from '../../../../../shared/time.ts';
import { type Harness, startHarness } from './harness.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function withPackages(files: Readonly<Record<string, string>>): Promise<Harness> {
  const harness = await startHarness();
  const folder = harness.parts.settings.agentPackages;
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return harness;
}

const get = (harness: Harness, path: string, remoteAddress = '192.0.2.1') =>
  harness.api.inject({ url: path, remoteAddress });

describe('agent downloads: scripts', () => {
  test.each([
    { system: 'linux', file: 'linux/get.sh', begins: '#!/bin/sh\n' },
    { system: 'windows', file: 'windows/get.ps1', begins: '\ufeff# ' },
  ])(
    'the script for $system comes as text, whole, without a credential',
    async ({ system, file, begins }) => {
      const harness = await startHarness();
      const answer = await get(harness, `/agent/install/${system}`);
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.rawPayload).toEqual(readFileSync(join(harness.parts.settings.installScripts, file)));
      expect(answer.body.startsWith(begins)).toBe(true);
    },
  );
});

describe('agent downloads: archives', () => {
  test('the archive comes with its size and SHA-256, and the digest alone as sha256sum reads it', async () => {
    const name = 'vigia-agent-0.1.0-linux-x64.tar.xz';
    const harness = await withPackages({ [name]: 'archive' });
    const answer = await get(harness, '/agent/packages/linux-x64');
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe('archive');
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '7',
      'content-disposition': `attachment; filename="${name}"`,
      'vigia-sha256': sha256('archive'),
    });
    expect((await get(harness, '/agent/packages/linux-x64.sha256')).body).toBe(
      `${sha256('archive')}  ${name}\n`,
    );
  });

  test.each([
    { files: ['0.0.9', '0.1.0', '0.2.0'], chosen: '0.1.0', why: 'this release' },
    { files: ['0.0.9', '0.0.10', '0.0.2'], chosen: '0.0.10', why: 'else the newest by number' },
  ])('of several it is $why', async ({ files, chosen }) => {
    const entries = files.map((version) => [`vigia-agent-${version}-win-x64.zip`, version]);
    const harness = await withPackages(Object.fromEntries(entries));
    expect((await get(harness, '/agent/packages/win-x64')).body).toBe(chosen);
  });

  test('one that was not packed is 404 with the command that packs it', async () => {
    const harness = await withPackages({ 'vigia-agent-0.1.0-linux-x64.tar.xz': 'x' });
    for (const path of ['linux-arm64', 'win-x64', 'win-x64.sha256']) {
      const answer = await get(harness, `/agent/packages/${path}`);
      expect(answer.statusCode).toBe(404);
      expect(answer.json().error.message).toMatch(/npm run pack:agent -- --target (linux-arm64|win-x64)$/);
    }
    rmSync(harness.parts.settings.agentPackages, { recursive: true });
    expect((await get(harness, '/agent/packages/linux-x64')).statusCode).toBe(404);
    expect(existsSync(harness.parts.settings.agentPackages)).toBe(false);
  });

  test('nothing else in that folder can be had', async () => {
    const harness = await withPackages({
      'secret-linux-x64': 's',
      'vigia-agent-0.1.0-linux-x64.tar.xz.part': 'p',
    });
    const paths = [
      'secret-linux-x64',
      'linux-x64',
      '..%2fadmin-token',
      'linux-x64%2f..',
      'linux-x64.sha256x',
      '',
    ];
    for (const path of paths) {
      const { statusCode } = await get(harness, `/agent/packages/${path}`);
      expect([400, 404]).toContain(statusCode);
    }
  });

  test('an archive that was packed anew gets its new digest', async () => {
    const name = 'vigia-agent-0.1.0-linux-x64.tar.xz';
    const harness = await withPackages({ [name]: 'one' });
    const path = join(harness.parts.settings.agentPackages, name);
    utimesSync(path, 1, 1);
    expect((await get(harness, '/agent/packages/linux-x64.sha256')).body).toContain(sha256('one'));
    writeFileSync(path, 'two');
    utimesSync(path, 2, 2);
    expect((await get(harness, '/agent/packages/linux-x64.sha256')).body).toContain(sha256('two'));
    expect((await get(harness, '/agent/packages/linux-x64')).headers['vigia-sha256']).toBe(sha256('two'));
  });
});

describe('agent downloads: limits', () => {
  test('one address may fetch so often in a minute, others are not touched, and the next minute is new', async () => {
    const harness = await withPackages({ 'vigia-agent-0.1.0-linux-x64.tar.xz': 'x' });
    const path = '/agent/packages/linux-x64.sha256';
    for (let each = 0; each < limits.downloadsPerAddressPerMinuteMax; each += 1) {
      expect((await get(harness, path)).statusCode).toBe(200);
    }
    for (const refused of [path, '/agent/install/linux', '/agent/packages/linux-x64']) {
      const answer = await get(harness, refused);
      expect(answer.statusCode).toBe(429);
      expect(answer.headers['retry-after']).toBe('60');
    }
    expect((await get(harness, path, '198.51.100.7')).statusCode).toBe(200);
    harness.clock.advance(minute);
    expect((await get(harness, path)).statusCode).toBe(200);
    expect(harness.parts.metrics.text()).toContain(
      'vigia_agent_downloads_refused_total{reason="address-rate"} 3',
    );
  });

  test('so many archives are sent at once; a reader that dawdles is ended and its place is free again', async () => {
    const big = 'x'.repeat(4 * 1024 * 1024);
    const harness = await withPackages({ 'vigia-agent-0.1.0-linux-x64.tar.xz': big });
    await harness.api.listen({ host: '127.0.0.1', port: 0 });
    const address = harness.api.server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    const url = `http://127.0.0.1:${address.port}/agent/packages/linux-x64`;
    const slow = await Promise.all(Array.from({ length: limits.downloadsAtOnceMax }, () => fetch(url)));
    expect(slow.map(({ status }) => status)).toEqual(slow.map(() => 200));
    const refused = await fetch(url);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('5');
    await refused.text();
    harness.clock.advance(limits.downloadMs);
    for (const answer of slow) await expect(answer.text()).rejects.toThrow();
    expect((await (await fetch(url)).text()).length).toBe(big.length);
    const figures = harness.parts.metrics.text();
    expect(figures).toContain('{reason="too-many-at-once"} 1');
    expect(figures).toContain(`{reason="too-slow"} ${limits.downloadsAtOnceMax}`);
    await harness.api.close();
  });
});

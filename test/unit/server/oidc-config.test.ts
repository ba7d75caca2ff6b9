// `oidc` in vigia.yaml: every mistake with its path, the secret from a file that nobody else can read, and never shown.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../server/config.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const secret = 'um segredo do provedor';

function load(oidc: object, { publicUrl = 'https://vigia.msp.example/', mode = 0o600 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-oidc-'));
  folders.push(folder);
  writeFileSync(join(folder, 'oidc.secret'), `${secret}\n`);
  chmodSync(join(folder, 'oidc.secret'), mode);
  const file = join(folder, 'vigia.yaml');
  const given = {
    ...{
      name: 'Contas MSP',
      issuer: 'https://id.msp.example',
      clientId: 'vigia',
      clientSecretFile: 'oidc.secret',
    },
    ...oidc,
  };
  writeFileSync(file, JSON.stringify({ ...(publicUrl === '' ? {} : { publicUrl }), oidc: given }));
  return loadConfig({ file, environment: {}, workingDirectory: folder });
}

function mistakes(...given: Parameters<typeof load>): string[] {
  const loaded = load(...given);
  if (loaded.ok) return expect.unreachable('expected mistakes');
  const text = JSON.stringify(loaded.failure);
  expect(text).not.toContain(secret);
  return (loaded.failure.issues ?? []).map(({ path, message }) => `${path}: ${message}`);
}

describe('mistakes', () => {
  test.each([
    [
      'an issuer without encryption',
      { issuer: 'http://id.msp.example' },
      'oidc.issuer: wanted: an https address',
    ],
    [
      'an issuer with a password',
      { issuer: 'https://a:b@id.msp.example' },
      'oidc.issuer: wanted: an https address',
    ],
    [
      'the address of its metadata',
      { issuer: 'https://x/.well-known/openid-configuration' },
      'oidc.issuer: wanted: the issuer itself',
    ],
    [
      'everybody of Microsoft',
      { issuer: 'https://login.microsoftonline.com/common/v2.0' },
      'oidc.issuer: wanted: the issuer of your own tenant',
    ],
    ['no client id', { clientId: ' ' }, 'oidc.clientId: wanted'],
    ['no scope openid', { scopes: ['email'] }, 'oidc.scopes: wanted: "openid"'],
    ['a mapping of nothing', { roles: {} }, 'oidc.roles: wanted: one role'],
    [
      'one value for two roles',
      { roles: { viewer: ['noc'], operator: ['noc'] } },
      'oidc.roles: wanted: each value for one role',
    ],
    [
      'a claim of roles without a mapping',
      { rolesClaim: 'groups' },
      'oidc.rolesClaim: wanted: roles as well',
    ],
    ['a misspelt key', { clientSecret: secret }, 'oidc.clientSecret: unknown field'],
    [
      'a file that is not there',
      { clientSecretFile: 'nowhere' },
      'oidc.clientSecretFile: wanted: a readable file',
    ],
  ])('%s', (_what, oidc, said) => {
    expect(mistakes(oidc).some((each) => each.startsWith(said))).toBe(true);
  });

  test.skipIf(process.platform === 'win32')('a secret that others can read', () => {
    expect(mistakes({}, { mode: 0o640 })).toEqual([
      'oidc.clientSecretFile: others can read "oidc.secret"; wanted: mode 0600',
    ]);
  });

  test('no public address, or one without encryption', () => {
    expect(mistakes({}, { publicUrl: '' })[0]).toMatch(/^publicUrl: wanted with oidc/);
    expect(mistakes({}, { publicUrl: 'http://vigia.msp.example' })[0]).toMatch(
      /^publicUrl: wanted with oidc/,
    );
  });
});

test('what is right is taken, with the usual scopes and claims', () => {
  const loaded = load({ roles: { operator: ['noc'] } });
  expect(loaded.ok && loaded.value.oidc).toMatchObject({
    publicUrl: 'https://vigia.msp.example',
    clientSecret: secret,
    settings: {
      ...{ name: 'Contas MSP', scopes: ['openid', 'profile', 'email'], emailClaim: 'email' },
      ...{ emailIsVerified: false, rolesClaim: 'roles', roles: { operator: ['noc'] } },
    },
  });
  expect(
    load({ issuer: 'http://127.0.0.1:8080/realms/msp' }, { publicUrl: 'http://localhost:7700' }).ok,
  ).toBe(true);
});

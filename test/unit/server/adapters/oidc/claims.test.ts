// From the claims of an ID token to who somebody is: what must not be believed comes first.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { identityOf } from '../../../../../server/adapters/oidc/claims.ts';
import { oidcSchema } from '../../../../../server/adapters/oidc/settings.ts';
import { present } from '../../../../../shared/assert.ts';
import { limits } from '../../../../../shared/limits.ts';

const roles = { viewer: ['leitura'], operator: ['noc'], administrator: ['chefia'] };

function settings(more: object = {}) {
  const given = { name: 'X', issuer: 'https://id.example', clientId: 'v', clientSecretFile: 'f' };
  return present(oidcSchema.parse({ ...given, ...more }), 'settings');
}

const named = { iss: 'https://id.example', sub: 's-1' };
const emailOf = (claims: object, more: object = {}) =>
  identityOf({ ...named, email_verified: true, ...claims }, settings(more))?.email;
const roleOf = (claims: object, more: object = {}) =>
  identityOf({ ...named, ...claims }, settings({ roles, ...more }))?.role;

describe('addresses', () => {
  test.each([
    ['a letter that becomes another one in lower case', { email: '\u212aika@msp.example' }],
    ['a line end inside', { email: 'ana\n@msp.example' }],
    ['no address at all', { email: 'ana' }],
    ['a list', { email: ['ana@msp.example'] }],
    ['one that no login can be', { email: '"ana"@msp.example' }],
    ['one that is too long', { email: `${'a'.repeat(80)}@msp.example` }],
    ['one that is not verified', { email: 'ana@msp.example', email_verified: false }],
    ['one that is verified by a number', { email: 'ana@msp.example', email_verified: 1 }],
  ])('%s is none', (_what, claims) => {
    expect(emailOf(claims)).toBeUndefined();
  });

  test('a verified one is a login in lower case, also where the boolean is a text', () => {
    expect(emailOf({ email: ' Kika@MSP.example ' })).toBe('kika@msp.example');
    expect(emailOf({ email: 'ana@msp.example', email_verified: 'true' })).toBe('ana@msp.example');
  });

  test('another claim counts without the word of the provider only where the configuration says so', () => {
    const claims = { upn: 'ana@msp.example', email: 'eva@msp.example', email_verified: undefined };
    expect(emailOf(claims, { emailClaim: 'upn' })).toBeUndefined();
    expect(emailOf(claims, { emailClaim: 'upn', emailIsVerified: true })).toBe('ana@msp.example');
  });
});

describe('roles', () => {
  test('the highest that is mapped counts, by exact value', () => {
    expect(roleOf({ roles: ['leitura', 'chefia', 'noc'] })).toBe('administrator');
    expect(roleOf({ roles: 'noc' })).toBe('operator');
    expect(roleOf({ roles: ['NOC', ' noc', 7, null, { noc: true }, ['noc']] })).toBeUndefined();
    expect(roleOf({ roles: { chefia: true } })).toBeUndefined();
    expect(identityOf({ ...named, roles: ['chefia'] }, settings())?.role).toBeUndefined();
  });

  test('a claim is found by its whole name before the path that its dots make', () => {
    const rolesClaim = 'realm_access.roles';
    expect(roleOf({ realm_access: { roles: ['noc'] } }, { rolesClaim })).toBe('operator');
    expect(roleOf({ [rolesClaim]: ['leitura'], realm_access: { roles: ['noc'] } }, { rolesClaim })).toBe(
      'viewer',
    );
    expect(
      roleOf({ 'https://msp.example/roles': ['noc'] }, { rolesClaim: 'https://msp.example/roles' }),
    ).toBe('operator');
    expect(roleOf({}, { rolesClaim: 'constructor.name' })).toBeUndefined();
    expect(roleOf({ realm_access: 'noc' }, { rolesClaim: 'realm_access.length' })).toBeUndefined();
  });

  test('of a list without end only the beginning is looked at', () => {
    const many = Array.from({ length: limits.oidcClaimValuesMax }, () => 'x');
    expect(roleOf({ roles: [...many.slice(1), 'noc'] })).toBe('operator');
    expect(roleOf({ roles: [...many, 'noc'] })).toBeUndefined();
  });
});

test('whatever stands in a token, it names somebody completely or nobody', () => {
  const claims = fc.dictionary(
    fc.constantFrom('iss', 'sub', 'email', 'email_verified', 'name', 'roles', 'realm_access'),
    fc.oneof(fc.string(), fc.anything()),
  );
  fc.assert(
    fc.property(claims, (given) => {
      const identity = identityOf(given, settings({ roles }));
      if (identity === undefined) return;
      expect(identity.subject).toBe(given.sub);
      expect(identity.subject.length).toBeGreaterThan(0);
      if (identity.email !== undefined) expect(identity.email).toMatch(/^[a-z0-9][a-z0-9._+-]*@/);
    }),
  );
});

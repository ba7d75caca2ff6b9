// From the claims of a checked ID token to who somebody is: subject, address, name, role. Everything in a token was written
// by a stranger's program and is parsed. Must never take an address for proved that the provider does not vouch for.
import { z } from 'zod';
import { loginSchema, personNameSchema, type Role, roles } from '../../../shared/api/people.ts';
import { limits } from '../../../shared/limits.ts';
import type { ProvenIdentity } from '../../ports/identity-provider.ts';
import type { OidcSettings } from './settings.ts';

const claimsSchema = z.looseObject({
  iss: z.string().min(1).max(300),
  /** OpenID Connect Core 1.0, 2: at most 255 ASCII characters. */
  sub: z.string().regex(/^[\x20-\x7e]{1,255}$/),
});

/** Undefined: issuer or subject is not what it must be. */
export function identityOf(claims: unknown, settings: OidcSettings): ProvenIdentity | undefined {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) return undefined;
  const { iss: issuer, sub: subject, ...rest } = parsed.data;
  const email = emailOf(rest, settings);
  const name = personNameSchema.safeParse(rest.name);
  const role = roleOf(rest, settings);
  return {
    issuer,
    subject,
    ...(email === undefined ? {} : { email }),
    ...(name.success ? { name: name.data } : {}),
    ...(role === undefined ? {} : { role }),
  };
}

type Claims = Readonly<Record<string, unknown>>;

function emailOf(claims: Claims, { emailClaim, emailIsVerified }: OidcSettings): string | undefined {
  // Some providers write the boolean as a text.
  const vouched = claims.email_verified === true || claims.email_verified === 'true';
  if (!vouched && !emailIsVerified) return undefined;
  const text = z.string().trim().max(80).safeParse(claimNamed(claims, emailClaim));
  // ASCII before lower case: the Kelvin sign becomes a plain "k", and would be somebody else's address.
  if (!text.success || !/^[\x21-\x7e]+@[\x21-\x7e]+$/.test(text.data)) return undefined;
  const login = loginSchema.safeParse(text.data);
  return login.success ? login.data : undefined;
}

function roleOf(claims: Claims, settings: OidcSettings): Role | undefined {
  const { rolesClaim, roles: mapping } = settings;
  if (mapping === undefined) return undefined;
  const values = new Set(valuesOf(claimNamed(claims, rolesClaim)));
  return roles.findLast((role) => mapping[role]?.some((value) => values.has(value)));
}

/** One text or a list of them; whatever else stands in the list means nothing. */
function valuesOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return [claim];
  if (!Array.isArray(claim)) return [];
  return claim
    .slice(0, limits.oidcClaimValuesMax)
    .filter((value): value is string => typeof value === 'string');
}

/** By its whole name (which may be an address with dots), else by the path that the dots make: `realm_access.roles`. */
function claimNamed(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name.split('.').reduce<unknown>((inside, key) => {
    const object = z.record(z.string(), z.unknown()).safeParse(inside);
    return object.success && Object.hasOwn(object.data, key) ? object.data[key] : undefined;
  }, claims);
}

// The part `oidc` of vigia.yaml: whose accounts let in here, and which of their claims mean which role. Parsed by `config.ts`;
// the secret itself comes from its file. Must never let codes or tokens go over plain http, except on this machine.
import { z } from 'zod';
import { roles } from '../../../shared/api/people.ts';
import { limits } from '../../../shared/limits.ts';

/** Https; plain http on this machine only. */
export function isSafeUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && isLoopbackUrl(text);
}

export function isLoopbackUrl(text: string): boolean {
  const host = URL.parse(text)?.hostname ?? '';
  return /^(localhost|\[::1\]|127(\.\d{1,3}){3})$/.test(host);
}

/** Microsoft's issuers for "any organisation" let any organisation name its people as it likes. */
function isOneTenant(text: string): boolean {
  return !/^https:\/\/login\.microsoftonline\.com\/(common|organizations|consumers)(\/|$)/i.test(text);
}

const issuerSchema = z
  .string()
  .max(300)
  .refine((text) => isSafeUrl(text), 'wanted: an https address (http on this machine only)')
  .refine((text) => !text.includes('?'), 'wanted: an address without "?"')
  .refine(
    (text) => !text.includes('/.well-known/'),
    'wanted: the issuer itself, without /.well-known/openid-configuration',
  )
  .refine(
    isOneTenant,
    'wanted: the issuer of your own tenant, https://login.microsoftonline.com/<tenant id>/v2.0',
  );

const claimName = z.string().min(1).max(200);
const claimValues = z
  .array(z.string().min(1).max(200))
  .min(1, 'wanted: one value at least')
  .max(limits.oidcRoleValuesMax, `wanted: at most ${limits.oidcRoleValuesMax} values`);

export const oidcSchema = z
  .strictObject({
    name: z.string().trim().min(1, 'wanted: a name, as people call it').max(60),
    issuer: issuerSchema,
    clientId: z.string().trim().min(1, 'wanted: the client id that the provider gave').max(300),
    clientSecretFile: z.string().min(1, 'wanted: a file of mode 0600'),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, 'wanted: a scope, e.g. "email"'))
      .max(20)
      .refine((list) => list.includes('openid'), 'wanted: "openid" among them')
      .default(['openid', 'profile', 'email']),
    emailClaim: claimName.default('email'),
    /** True: the claim counts also where the provider does not say that it is verified. */
    emailIsVerified: z.boolean().default(false),
    rolesClaim: claimName.default('roles'),
    roles: z
      .strictObject({
        viewer: claimValues.optional(),
        operator: claimValues.optional(),
        administrator: claimValues.optional(),
      })
      .refine((given) => roles.some((role) => given[role] !== undefined), 'wanted: one role at least')
      .refine((given) => {
        const values = roles.flatMap((role) => given[role] ?? []);
        return new Set(values).size === values.length;
      }, 'wanted: each value for one role only')
      .optional(),
  })
  .refine((given) => given.roles !== undefined || given.rolesClaim === 'roles', {
    path: ['rolesClaim'],
    message: 'wanted: roles as well, which say what the values of this claim mean',
  })
  .optional();

export type OidcSettings = Readonly<NonNullable<z.output<typeof oidcSchema>>>;

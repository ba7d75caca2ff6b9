// Shapes of the HTTP API for people: sign-in, accounts, API tokens, the audit log. The server checks every request and
// answer with them, the console every answer. Field names are fixed by the manual. No secret but one shown once stands here.
import { z } from 'zod';
import { keySchema } from '../inventory/document.ts';
import { limits } from '../limits.ts';

const iso = z.iso.datetime({ precision: 3 });

/** From the least to the most: who may do something may do all that the ones before it may. */
export const roles = ['viewer', 'operator', 'administrator'] as const;
export const roleSchema = z.enum(roles);
export type Role = z.output<typeof roleSchema>;

/** True when `role` may do what needs at least `least`. */
export function mayAct(role: Role, least: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(least);
}

/** By what somebody was let in. */
export const signInWays = ['link', 'password', 'oidc', 'token'] as const;
export type SignInWay = (typeof signInWays)[number];

/** Which customers are seen: null = all, now and later. */
export const customersSchema = z
  .array(keySchema)
  .min(1, 'wanted: one customer at least, or null for all')
  .max(limits.customersPerPersonMax, `wanted: at most ${limits.customersPerPersonMax} customers`)
  .nullable();
export type Customers = Readonly<z.output<typeof customersSchema>>;

/** Lower case, so that nobody has two accounts by accident; an e-mail address fits. */
export const loginSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._@+-]{1,79}$/, 'wanted: 2 to 80 of a-z, 0-9 and . _ @ + -, e.g. "ana.souza"');

export const personNameSchema = z
  .string()
  .trim()
  .min(1, 'wanted: a name')
  .max(80, 'wanted: at most 80 characters')
  .regex(/^\P{Cc}*$/u, 'wanted: one line');

/** Any text within reason; whether it is good enough is said with `input.invalid` and the path `body.<field>`. */
const passwordText = z
  .string()
  .max(limits.passwordCharsMax, `wanted: at most ${limits.passwordCharsMax} characters`);
/** Signing in is never refused for its form, which would tell what passwords look like here. */
const givenPassword = z.string().min(1).max(limits.passwordCharsMax);
const newPassword = passwordText.min(
  limits.passwordCharsMin,
  `wanted: ${limits.passwordCharsMin} characters at least`,
);

/** Six digits, or one of the ten recovery codes. */
const secondFactor = z.string().trim().min(6).max(40);

export const sessionSchema = z.object({
  /** As it appears in timelines. */
  by: z.string(),
  role: roleSchema,
  customers: z.array(z.string()).nullable(),
  via: z.enum(signInWays),
  /** Null: no account behind it (a link, a token). */
  login: z.string().nullable(),
  totp: z.boolean(),
  /** There is an account with a password behind it. */
  password: z.boolean(),
  /** Null: it does not end by itself (the administrator's token). */
  expiresAt: iso.nullable(),
});
export type SessionAnswer = z.output<typeof sessionSchema>;

export const signInOptionsSchema = z.object({
  /** True while there is no person yet and there never was one. */
  setUp: z.boolean(),
  password: z.boolean(),
  oidc: z.object({ name: z.string() }).nullable(),
});
export type SignInOptions = z.output<typeof signInOptionsSchema>;

export const setUpSchema = z.strictObject({
  /** Of `data/admin-token`: whoever reads it owns the machine. */
  token: z.string().min(1).max(200),
  login: loginSchema,
  name: personNameSchema,
  password: newPassword,
});

export const passwordSignInSchema = z.strictObject({
  login: z.string().trim().toLowerCase().min(1).max(80),
  password: givenPassword,
  code: secondFactor.optional(),
});

/** The code that a sign-in by OpenID Connect still lacks. */
export const oidcCodeSchema = z.strictObject({ code: secondFactor });

/** With what a browser comes back from a sign-in by OpenID Connect that did not end in a session: `/?sign-in=<word>`. */
export const signInReturns = [
  /** Not a refusal: the code of the second factor is wanted. */
  'code',
  'denied',
  'unavailable',
  'expired',
  'refused',
  'failed',
  'limit',
] as const;
export type SignInReturn = (typeof signInReturns)[number];

export const userSchema = z.object({
  login: z.string(),
  name: z.string(),
  role: roleSchema,
  customers: z.array(z.string()).nullable(),
  disabled: z.boolean(),
  totp: z.boolean(),
  /** False: signs in by OpenID Connect only. */
  password: z.boolean(),
  /** An account of the OpenID Connect provider is bound to this person. */
  oidc: z.boolean(),
  createdAt: iso,
  lastSignInAt: iso.nullable(),
});
export type UserItem = z.output<typeof userSchema>;
export const userListSchema = z.object({ items: z.array(userSchema) });

/** An administrator sees everything, so a scope beside that role would be a promise nobody keeps. */
const scopeFits = (given: { readonly role: Role; readonly customers: Customers }): boolean =>
  given.role !== 'administrator' || given.customers === null;
const scopeMessage = 'wanted: null, because an administrator sees every customer';

export const newUserSchema = z
  .strictObject({
    login: loginSchema,
    name: personNameSchema,
    role: roleSchema,
    customers: customersSchema,
    /** Absent: signs in by OpenID Connect only, by an e-mail address that is the login. */
    password: newPassword.optional(),
  })
  .refine(scopeFits, { path: ['customers'], message: scopeMessage });

export const userPatchSchema = z.strictObject({
  name: personNameSchema.optional(),
  role: roleSchema.optional(),
  customers: customersSchema.optional(),
  password: newPassword.optional(),
  disabled: z.boolean().optional(),
  /** For somebody who lost the telephone. */
  dropTotp: z.literal(true).optional(),
  /** For somebody whose account at the provider is another one now: the next sign-in binds anew. */
  dropIdentity: z.literal(true).optional(),
});
export type UserPatch = Readonly<z.output<typeof userPatchSchema>>;

export const passwordChangeSchema = z.strictObject({ current: givenPassword, next: newPassword });
export const totpSecretSchema = z.object({
  /** Base32, for typing. */
  secret: z.string(),
  /** otpauth:// for the QR code. */
  uri: z.string(),
});
export type TotpSecret = z.output<typeof totpSecretSchema>;
export const totpConfirmationSchema = z.strictObject({
  code: z
    .string()
    .trim()
    .regex(/^\d{6}$/, 'wanted: 6 digits'),
});
export const recoveryCodesSchema = z.object({
  /** Shown once; each works once in place of a code. */
  recoveryCodes: z.array(z.string()).length(10),
});
export type RecoveryCodes = z.output<typeof recoveryCodesSchema>;
export const totpRemovalSchema = z.strictObject({ password: givenPassword });

export const apiTokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  role: roleSchema,
  customers: z.array(z.string()).nullable(),
  createdBy: z.string(),
  createdAt: iso,
  expiresAt: iso.nullable(),
  lastUsedAt: iso.nullable(),
});
export type ApiTokenItem = z.output<typeof apiTokenSchema>;
export const apiTokenListSchema = z.object({ items: z.array(apiTokenSchema) });
export const newApiTokenSchema = z
  .strictObject({
    name: personNameSchema,
    role: roleSchema,
    customers: customersSchema,
    expiresAt: z.iso.datetime({ offset: true }).nullable(),
  })
  .refine(scopeFits, { path: ['customers'], message: scopeMessage });
export const madeApiTokenSchema = z.object({
  id: z.string(),
  /** Shown once; kept as a digest only. */
  token: z.string(),
});
export type MadeApiToken = z.output<typeof madeApiTokenSchema>;

export const auditItemSchema = z.object({
  id: z.int(),
  at: iso,
  by: z.string(),
  via: z.enum(signInWays).nullable(),
  /** `sign-in`, `sign-in.refused`, `set-up`, else method and route: `POST /api/v1/silences`. */
  action: z.string(),
  /** The address of what it was done to, e.g. `/api/v1/users/ana`. */
  object: z.string(),
  /** What came of it, and fields that hold no secret. */
  detail: z.string(),
  address: z.string(),
});
export type AuditItem = z.output<typeof auditItemSchema>;
export const auditListSchema = z.object({
  items: z.array(auditItemSchema),
  /** As `before` it gives the next, older page; null: no more. */
  next: z.int().nullable(),
});
export type AuditList = z.output<typeof auditListSchema>;

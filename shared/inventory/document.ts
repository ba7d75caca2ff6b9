// The inventory as people write it: one declarative document, imported again and again with the same result.
// This file holds its shape and the rules inside one field; rules between fields are in `check.ts`.
import { z } from 'zod';
import { parseCnpj } from '../cnpj.ts';
import { limits } from '../limits.ts';
import { brazilianStates } from '../states.ts';
import { hostRoles, linkRoles, plans } from '../words.ts';

/** Keys appear in URLs and ids: lower case, digits, hyphen; no slash ever. */
export const keySchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'wanted: 1 to 63 of a-z, 0-9 and "-", starting with a letter or digit');

const nameSchema = z.string().trim().min(1, 'wanted: a name').max(120, 'wanted: at most 120 characters');

export const addressSchema = z.union([z.ipv4(), z.ipv6()], { error: 'wanted: an IPv4 or IPv6 address' });

const cnpjSchema = z.string().transform((text, context) => {
  const plain = parseCnpj(text);
  if (plain !== undefined) return plain;
  context.addIssue({
    code: 'custom',
    message: 'wanted: a CNPJ with right check digits (numeric or alphanumeric form)',
  });
  return z.NEVER;
});

const timeZoneSchema = z.string().refine(isTimeZone, 'wanted: an IANA time zone such as America/Sao_Paulo');

const providerSchema = z.strictObject({
  key: keySchema,
  name: nameSchema,
  asns: z.array(z.int().min(1).max(4_294_967_295)).max(64).default([]),
  supportPhone: z.string().trim().max(40).optional(),
});

const linkSchema = z.strictObject({
  key: keySchema,
  name: nameSchema.optional(),
  provider: keySchema,
  role: z.enum(linkRoles),
  publicAddress: addressSchema.optional(),
  gateway: addressSchema.optional(),
  source: addressSchema.optional(),
  interface: z.string().trim().min(1).max(64).optional(),
  circuit: z.string().trim().max(80).optional(),
  /** The provider's first router behind the gateway: tells the links of a router apart that chooses by itself. */
  firstHop: addressSchema.optional(),
  /** From when on the link counts as degraded; what is not given keeps its default. */
  quality: z
    .strictObject({
      lossPercent: z.number().min(0.5).max(100).optional(),
      latencyMs: z.number().min(1).max(60_000).optional(),
      jitterMs: z.number().min(1).max(60_000).optional(),
    })
    .optional(),
});

const hostSchema = z.strictObject({
  key: keySchema,
  name: nameSchema,
  address: addressSchema.optional(),
  role: z.enum(hostRoles).default('server'),
  parent: keySchema.optional(),
});

const siteSchema = z.strictObject({
  key: keySchema,
  name: nameSchema,
  city: nameSchema,
  state: z.enum(brazilianStates as unknown as readonly [string, ...string[]], {
    error: 'wanted: one of the 27 state codes, such as SP',
  }),
  timeZone: timeZoneSchema.optional(),
  links: z.array(linkSchema).max(limits.linksPerSiteMax).default([]),
  hosts: z.array(hostSchema).max(limits.hostsPerSiteMax).default([]),
});

const customerSchema = z.strictObject({
  key: keySchema,
  name: nameSchema,
  cnpj: cnpjSchema,
  plan: z.enum(plans),
  sites: z.array(siteSchema).max(limits.sitesPerCustomerMax).default([]),
});

export const inventorySchema = z.strictObject({
  version: z.literal(1, { error: 'wanted: 1' }),
  providers: z.array(providerSchema).max(10_000).default([]),
  customers: z.array(customerSchema).max(limits.customersMax).default([]),
});

export type InventoryDocument = z.output<typeof inventorySchema>;
export type ProviderEntry = z.output<typeof providerSchema>;
export type CustomerEntry = z.output<typeof customerSchema>;
export type SiteEntry = z.output<typeof siteSchema>;
export type LinkEntry = z.output<typeof linkSchema>;
export type HostEntry = z.output<typeof hostSchema>;

function isTimeZone(text: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text);
    return true;
  } catch {
    return false;
  }
}

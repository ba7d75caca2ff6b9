// Shapes of GET and PUT /inventory and of POST /enrolment-tokens as the console reads them. The rules a document must keep
// stand in `shared/inventory` and are judged by the server alone; here it is only what a form can show and send back.
import { z } from 'zod';
import { hostRoles, linkRoles, plans } from '../words.ts';

export const inventoryKinds = ['providers', 'customers', 'sites', 'links', 'hosts'] as const;
export type InventoryKind = (typeof inventoryKinds)[number];

export const inventoryChanges = ['created', 'updated', 'retired'] as const;
export type InventoryChange = (typeof inventoryChanges)[number];

const counts = z.object({
  created: z.number(),
  updated: z.number(),
  retired: z.number(),
  unchanged: z.number(),
});

/** What an import did, or would do (`dryRun`). */
export const importAnswerSchema = counts.extend({
  dryRun: z.boolean(),
  kinds: z.record(z.enum(inventoryKinds), counts),
  /** What is not unchanged; at most `limits.listRowsMax`. */
  items: z.array(
    z.object({ kind: z.enum(inventoryKinds), id: z.string(), change: z.enum(inventoryChanges) }),
  ),
});
export type ImportAnswer = z.output<typeof importAnswerSchema>;

// Loose on purpose: a field of a newer server must come back as it went, or saving a form would delete it.
const shownLink = z.looseObject({
  key: z.string(),
  name: z.string().optional(),
  provider: z.string(),
  role: z.enum(linkRoles),
  publicAddress: z.string().optional(),
  gateway: z.string().optional(),
  source: z.string().optional(),
  interface: z.string().optional(),
  circuit: z.string().optional(),
  firstHop: z.string().optional(),
});

const shownHost = z.looseObject({
  key: z.string(),
  name: z.string(),
  address: z.string().optional(),
  role: z.enum(hostRoles),
  parent: z.string().optional(),
});

const shownSite = z.looseObject({
  key: z.string(),
  name: z.string(),
  city: z.string(),
  state: z.string(),
  timeZone: z.string().optional(),
  links: z.array(shownLink),
  hosts: z.array(shownHost),
});

const shownCustomer = z.looseObject({
  key: z.string(),
  name: z.string(),
  cnpj: z.string(),
  plan: z.enum(plans),
  sites: z.array(shownSite),
});

const shownProvider = z.looseObject({
  key: z.string(),
  name: z.string(),
  supportPhone: z.string().optional(),
});

export const shownInventorySchema = z.looseObject({
  version: z.number(),
  providers: z.array(shownProvider),
  customers: z.array(shownCustomer),
});
export type ShownInventory = z.output<typeof shownInventorySchema>;
export type ShownProvider = z.output<typeof shownProvider>;
export type ShownCustomer = z.output<typeof shownCustomer>;
export type ShownSite = z.output<typeof shownSite>;
export type ShownLink = z.output<typeof shownLink>;
export type ShownHost = z.output<typeof shownHost>;

/** The token is shown once; the server keeps only its digest. */
export const enrolmentAnswerSchema = z.object({
  token: z.string(),
  expiresAt: z.string(),
  install: z.object({ linux: z.string(), windows: z.string() }),
});
export type EnrolmentAnswer = z.output<typeof enrolmentAnswerSchema>;

// The shape of an outage dossier: what is signed, what is chained, what the verifier reads. Strict: a field that nobody
// hashed must have no place to stand. Format 1 is for ever: a dossier is read years after it was made.
import { z } from 'zod';

export const dossierFormat = 'vigia-dossier/1';

const iso = z.iso.datetime({ precision: 3 });
const text = z.string().max(4_000);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** One piece of evidence: who said what, when the server learned it. */
export const dossierEntrySchema = z.strictObject({
  /** 1, 2, 3 ... */
  number: z.int().min(1),
  /** Of the input in the server's journal. */
  seq: z.int().min(1),
  at: iso,
  who: text,
  kind: z.string().max(60),
  text,
  /** The input as it was recorded, reduced to what concerns this incident; JSON text in canonical form. */
  data: z.string().max(1_000_000),
  /** What the server concluded then; null: nothing that changed this incident. */
  concluded: z
    .strictObject({
      state: z.string().max(40),
      kind: z.string().max(40),
      cause: z.string().max(40),
      outageSince: iso.nullable(),
      recoveredAt: iso.nullable(),
      downtimeMs: z.int().min(0),
      protocol: z.string().max(200).nullable(),
    })
    .nullable(),
});
export type DossierEntry = z.output<typeof dossierEntrySchema>;

const named = z.strictObject({ key: text, name: text });

export const dossierHeaderSchema = z.strictObject({
  format: z.literal(dossierFormat),
  language: z.enum(['pt-BR', 'en']),
  generatedAt: iso,
  release: z.string().max(60),
  /** Ed25519, 32 bytes, base64url. */
  publicKey: z.string().max(64),
  customer: named.extend({ cnpj: z.string().max(30).nullable() }),
  site: named.extend({ city: text, state: text, timeZone: text }),
  /**
   * Of the incident, or the one link that the dossier was asked for; only then, and so never in older ones, its public
   * address and its provider's telephone.
   */
  link: named.extend({ circuit: text.nullable(), publicAddress: text.nullable().optional() }).nullable(),
  host: named.nullable(),
  provider: named.extend({ phone: text.nullable().optional() }).nullable(),
  incident: z.strictObject({
    id: text,
    kind: z.string().max(40),
    cause: z.string().max(40),
    title: text,
    causeText: text,
    state: z.string().max(40),
    detectedAt: iso,
    confirmedAt: iso,
    openedAt: iso,
    recoveredAt: iso.nullable(),
    resolvedAt: iso.nullable(),
    closedAt: iso.nullable(),
    protocol: text.nullable(),
    registeredAt: iso.nullable(),
    retro: z.boolean(),
    flapping: z.boolean(),
    witnesses: z.array(text).max(200),
    refused: z.array(text).max(200),
  }),
  /** Up to `generatedAt`. `share` below 1: only how much of it was down is known, not when within. */
  outages: z.array(z.strictObject({ from: iso, to: iso, share: z.number().gt(0).max(1) })).max(1_000),
  downMs: z.int().min(0),
  /** The stretch of the journal that was read for evidence; `complete`: all of it. */
  evidence: z.strictObject({ from: iso, to: iso, complete: z.boolean() }),
});
export type DossierHeader = z.output<typeof dossierHeaderSchema>;

export const dossierSchema = z.strictObject({
  header: dossierHeaderSchema,
  /** `hash` = SHA-256 of the entry with the hash before it; the first one's predecessor is the header's hash. */
  entries: z.array(z.strictObject({ entry: dossierEntrySchema, hash })).max(10_000),
  headerHash: hash,
  finalHash: hash,
  /** Ed25519 over the format's name, a line feed and the final hash; base64url. */
  signature: z.string().max(100),
});
export type Dossier = z.output<typeof dossierSchema>;

// The evidence inside a state change: what targets answered, how far probes came, how good a link was. Part of the wire
// `vigia.v1`; strict schemas, unknown fields are refused. Holds no message of its own.
import { z } from 'zod';
import { limits } from '../limits.ts';
import { degradations, probeMethods, targetRoles } from '../words.ts';

const whole = z.int().min(0);
const ratio = z.number().min(0).max(1);

/** What one target answered in the rounds that made up the judgement. */
export const targetEvidenceSchema = z.strictObject({
  target: z.string().max(120),
  role: z.enum(targetRoles),
  method: z.enum(probeMethods),
  sent: whole,
  lost: whole,
  rttMs: z.number().min(0).max(600_000).optional(),
  /** Probes of about 1,400 bytes: what a path drops silently when its MTU is wrong. */
  large: z.literal(true).optional(),
});
export type TargetEvidence = z.output<typeof targetEvidenceSchema>;

/** One step of the path towards an anchor, nearest first. Without an address: it did not answer. */
export const pathHopSchema = z.strictObject({
  ttl: z.int().min(1).max(limits.pathHopsMax),
  address: z.string().max(64).optional(),
  rttMs: z.number().min(0).max(600_000).optional(),
});
export type PathHop = z.output<typeof pathHopSchema>;

/** The path as it was when the link went hard: how far probes came, and the path known from good days. */
export const pathSchema = z.strictObject({
  target: z.string().max(64),
  reached: z.boolean(),
  hops: z.array(pathHopSchema).max(limits.pathHopsMax),
  /** First hop that answered on good days and is silent now. */
  firstDead: pathHopSchema.optional(),
});
export type Path = z.output<typeof pathSchema>;

/** A link's quality over a window, and in what it is too bad; present while degraded by quality. */
export const qualitySchema = z.strictObject({
  by: z.array(z.enum(degradations)).min(1).max(degradations.length),
  windowMs: whole,
  lossRatio: ratio,
  rttMs: z.number().min(0).max(600_000).optional(),
  jitterMs: z.number().min(0).max(600_000).optional(),
});
export type Quality = z.output<typeof qualitySchema>;

// What the server asks an agent to watch: targets, intervals, thresholds. Pure data; there is no way to put a command
// into it. Part of the wire `vigia.v1`; strict schemas, unknown fields are refused.
import { z } from 'zod';
import { limits } from '../limits.ts';
import { linkRoles } from '../words.ts';

const whole = z.int().min(0);
const ratio = z.number().min(0).max(1);
const key = z.string().min(1).max(63);

/** When a link that carries is degraded, and when no more. Loss as a share, times in ms. */
export const qualityLimitsSchema = z.strictObject({
  /** Measured over this long; nothing is judged before a whole window was seen. */
  windowMs: z.int().min(10_000).max(3_600_000),
  lossRaise: ratio,
  lossClear: ratio,
  rttRaiseMs: z.number().min(1).max(600_000),
  rttClearMs: z.number().min(0).max(600_000),
  jitterRaiseMs: z.number().min(1).max(600_000),
  jitterClearMs: z.number().min(0).max(600_000),
});
export type QualityLimits = z.output<typeof qualityLimitsSchema>;

const assignedLinkSchema = z.strictObject({
  key,
  role: z.enum(linkRoles),
  gateway: z.string().max(64).optional(),
  source: z.string().max(64).optional(),
  interface: z.string().max(64).optional(),
  publicAddress: z.string().max(64).optional(),
  /** The provider's first router behind the gateway, by which a probe shows that it left by this link. */
  firstHop: z.string().max(64).optional(),
  /** In place of the assignment's own. */
  quality: qualityLimitsSchema.optional(),
});

const assignedHostSchema = z.strictObject({
  key,
  address: z.string().max(64).optional(),
  /** This agent's own host. */
  self: z.boolean(),
});

const timingSchema = z.strictObject({
  roundMs: z.int().min(500).max(600_000),
  burstMs: z.int().min(200).max(60_000),
  roundTimeoutMs: z.int().min(100).max(60_000),
  burstTimeoutMs: z.int().min(100).max(60_000),
  downRounds: z.int().min(1).max(100),
  upRounds: z.int().min(1).max(100),
  /** Anchors that must answer for a round to be good. */
  anchorsNeeded: z.int().min(1).max(16),
  /** DNS and HTTP 204 are asked in every n-th round, and in every burst round. */
  slowEveryRounds: z.int().min(1).max(1_000),
});
export type Timing = z.output<typeof timingSchema>;

export const assignmentSchema = z.strictObject({
  kind: z.literal('assignment'),
  revision: whole,
  links: z.array(assignedLinkSchema).max(limits.linksPerSiteMax),
  hosts: z.array(assignedHostSchema).max(limits.hostsPerSiteMax),
  anchors: z.array(z.string().max(64)).max(limits.anchorsMax),
  dns: z.array(z.string().max(64)).max(8),
  captivePortalUrl: z.string().max(500).optional(),
  timing: timingSchema,
  /** Absent: `defaultQuality`. */
  quality: qualityLimitsSchema.optional(),
  /** Addresses under which the server can be reached, best first, beside those the agent was enrolled with. */
  servers: z.array(z.string().max(500)).max(limits.serverAddressesMax).optional(),
  /** May a planned shutdown's account be told? Default no. */
  tellAccounts: z.boolean().optional(),
});
export type Assignment = Omit<z.output<typeof assignmentSchema>, 'kind'>;
export type AssignedLink = z.output<typeof assignedLinkSchema>;
export type AssignedHost = z.output<typeof assignedHostSchema>;

/**
 * The timing an agent starts with before its first assignment, and the server's default: rounds of 5 s, bursts of 1 s,
 * down after 3 bad burst rounds, up after 8 good ones; shaped after mwan3's asymmetric `down 3 / up 8`.
 */
export const defaultTiming: Timing = {
  roundMs: 5_000,
  burstMs: 1_000,
  roundTimeoutMs: 1_500,
  burstTimeoutMs: 1_000,
  downRounds: 3,
  upRounds: 8,
  anchorsNeeded: 1,
  slowEveryRounds: 6,
};

/**
 * Default quality limits. Voice and remote desktop suffer from 3 % loss or 150 ms (ITU-T G.114, G.1010); a ticket needs
 * what nobody can work with for two minutes.
 */
export const defaultQuality: QualityLimits = {
  windowMs: 120_000,
  lossRaise: 0.1,
  lossClear: 0.03,
  rttRaiseMs: 350,
  rttClearMs: 250,
  jitterRaiseMs: 100,
  jitterClearMs: 50,
};

// The wire between agent and server, version `vigia.v1`: what each side may say, as strict schemas.
// Unknown fields are refused (the agent's data protection promise rests on it); unknown KINDS from a newer minor
// version are skipped and counted by the codec. All instants are SERVER time as the sender estimates it, unless
// the name says `agentClockMs`.
import { z } from 'zod';
import { limits } from '../limits.ts';
import { type Instant, instant } from '../time.ts';
import { endingSources, hostStatuses, layers, linkStatuses, probeMethods, runEndings } from '../words.ts';
import { assignmentSchema } from './assignment.ts';
import { pathSchema, qualitySchema, targetEvidenceSchema } from './evidence.ts';
import { examinationFields } from './findings.ts';

export const wireVersion = 1;
/** 1: the server takes `findings`. An agent sends nothing of a minor version that its server did not name. */
export const wireMinor = 1;
export const subprotocol = 'vigia.v1';

const whole = z.int().min(0);
const key = z.string().min(1).max(63);
const shortText = z.string().max(200);
const instantSchema = z
  .int()
  .min(0)
  .max(253_402_300_799_999)
  .transform((ms): Instant => instant(ms));
/** Clocks that lie may also be before 1970 or absurdly late. */
const agentClock = z.number().min(-1e15).max(1e15);
const epochSchema = z.int().min(1);
const ratio = z.number().min(0).max(1);

const numbered = { seq: z.int().min(1), at: instantSchema, atErrorMs: whole };

/**
 * A link's reported state changed. `since` is the first evidence of this status (first failing or first good
 * round), `at` when it became confirmed. `recovering` is true from the first good round after `down` until `up`
 * is confirmed or the link falls back; while it is true nobody may open anything on this link.
 */
export const linkChangedSchema = z.strictObject({
  kind: z.literal('link.changed'),
  ...numbered,
  link: key,
  status: z.enum(linkStatuses),
  layer: z.enum(layers).optional(),
  since: instantSchema,
  recovering: z.boolean(),
  egress: z.string().max(64).optional(),
  evidence: z.array(targetEvidenceSchema).max(32),
  quality: qualitySchema.optional(),
  path: pathSchema.optional(),
});

/** The same for a neighbour host seen from this agent. */
export const hostChangedSchema = z.strictObject({
  kind: z.literal('host.changed'),
  ...numbered,
  host: key,
  status: z.enum(hostStatuses),
  since: instantSchema,
  recovering: z.boolean(),
  evidence: z.array(targetEvidenceSchema).max(8),
});

/**
 * The agent's program started. Tells the outage of a machine from the death of a program: same boot id = the
 * machine ran on. `lastAliveAt` is the liveness stamp of the run before (fsynced every 10 s).
 */
export const runStartedSchema = z.strictObject({
  kind: z.literal('run.started'),
  ...numbered,
  bootId: z.string().min(1).max(80),
  bootAt: instantSchema,
  previous: z
    .strictObject({
      bootId: z.string().min(1).max(80),
      lastAliveAt: instantSchema,
      /** True when the run before ended by an orderly stop (SIGTERM, service stop, shutdown). */
      stoppedInOrder: z.boolean(),
    })
    .optional(),
});

/**
 * How the machine's last run ended, told once after each boot, as soon as its logs were read (seconds after
 * `run.started`). `unknown` when the evidence does not say, never a guess.
 */
export const runExplainedSchema = z.strictObject({
  kind: z.literal('run.explained'),
  ...numbered,
  /** Of the run that ended; absent when not even that is known. */
  bootId: z.string().min(1).max(80).optional(),
  ending: z.enum(runEndings),
  /** When it ended, as the evidence dates it best. */
  endedAt: instantSchema,
  /** The best evidence is this far apart from the end at most. */
  endedAtErrorMs: whole,
  /** Ended to start again (planned restart, update), as far as the evidence says. */
  restart: z.boolean().optional(),
  /** Why it was planned, in the system's words. */
  reason: shortText.optional(),
  /** The account that asked; only where the assignment's `tellAccounts` allows it. */
  account: shortText.optional(),
  /** Stop code, or the first line of a panic. */
  code: shortText.optional(),
  evidence: z.array(z.strictObject({ source: z.enum(endingSources), text: shortText })).max(16),
});

/** The spool had to drop something (disk full, age). The loss itself is reported. */
export const spoolLostSchema = z.strictObject({
  kind: z.literal('spool.lost'),
  ...numbered,
  rollups: whole,
  changes: whole,
});

export const stateChangeSchema = z.discriminatedUnion('kind', [
  linkChangedSchema,
  hostChangedSchema,
  runStartedSchema,
  runExplainedSchema,
  spoolLostSchema,
]);
export type StateChange = z.output<typeof stateChangeSchema>;
export type LinkChanged = z.output<typeof linkChangedSchema>;
export type HostChanged = z.output<typeof hostChangedSchema>;
export type RunStarted = z.output<typeof runStartedSchema>;
export type RunExplained = z.output<typeof runExplainedSchema>;

/** One minute of measurements of one link. */
export const rollupSchema = z.strictObject({
  seq: z.int().min(1),
  /** Start of the minute. */
  at: instantSchema,
  link: key,
  sent: whole,
  lost: whole,
  rttMinMs: z.number().min(0).optional(),
  rttAvgMs: z.number().min(0).optional(),
  rttMaxMs: z.number().min(0).optional(),
  rttP95Ms: z.number().min(0).optional(),
  jitterMs: z.number().min(0).optional(),
});
export type Rollup = z.output<typeof rollupSchema>;

const hostFactsSchema = z.strictObject({
  hostName: shortText,
  platform: z.enum(['linux', 'windows', 'darwin', 'other']),
  osName: shortText,
  osVersion: shortText,
  arch: shortText,
  cpuCount: whole,
  memoryBytes: whole,
});
export type HostFacts = z.output<typeof hostFactsSchema>;

const hostLoadSchema = z.strictObject({
  uptimeMs: whole,
  cpuRatio: ratio.optional(),
  memoryUsedRatio: ratio.optional(),
  /** Fullest first, at most 8. */
  disks: z.array(z.strictObject({ mount: shortText, usedRatio: ratio })).max(8),
});
export type HostLoad = z.output<typeof hostLoadSchema>;

// ---- agent -> server -------------------------------------------------------------------------------------

const helloSchema = z.strictObject({
  kind: z.literal('hello'),
  version: z.literal(wireVersion),
  minor: whole,
  agentVersion: shortText,
  epoch: epochSchema,
  bootId: z.string().min(1).max(80),
  agentClockMs: agentClock,
  spoolDepth: whole,
  pingMethod: z.enum(probeMethods),
  /** Why that method, when it is not the best one. */
  pingReason: shortText.optional(),
  /**
   * Which machine this is: a hash of its hardware's identity, salted with the agent's id, so that it serves for nothing
   * but telling a cloned disk from its original.
   */
  machine: z.string().min(16).max(64).optional(),
  facts: hostFactsSchema,
});

const beatSchema = z.strictObject({
  kind: z.literal('beat'),
  n: whole,
  agentClockMs: agentClock,
  spoolDepth: whole,
  /** Measured server minus agent clock, as the agent knows it; absent before the first reply. */
  clockOffsetMs: z.number().optional(),
  /** Sent every minute, not with each beat. */
  load: hostLoadSchema.optional(),
});

const changesSchema = z.strictObject({
  kind: z.literal('changes'),
  epoch: epochSchema,
  /** Changes still in the spool after this message. While it is above 0 the server opens nothing from them. */
  remaining: whole,
  items: z.array(stateChangeSchema).min(1).max(limits.changesPerMessageMax),
});

const rollupsSchema = z.strictObject({
  kind: z.literal('rollups'),
  epoch: epochSchema,
  items: z.array(rollupSchema).min(1).max(limits.rollupsPerMessageMax),
});

/**
 * The agent has examined itself (`vigia-agent doctor`, as far as it can while it runs). Replaces the message of this kind
 * before it; state, not history, so never spooled and never receipted. For people only: nothing is concluded from it.
 */
const findingsSchema = z.strictObject({
  kind: z.literal('findings'),
  examinedAt: instantSchema,
  ...examinationFields,
});
export type Findings = z.output<typeof findingsSchema>;

/** An orderly stop is under way. `planned` when the agent knows the reason, else `unknown`. */
const goodbyeSchema = z.strictObject({
  kind: z.literal('goodbye'),
  reason: z.enum(['shutdown', 'restart', 'service-stop', 'unknown']),
});

export const agentMessageSchema = z.discriminatedUnion('kind', [
  helloSchema,
  beatSchema,
  changesSchema,
  rollupsSchema,
  findingsSchema,
  goodbyeSchema,
]);
export type AgentMessage = z.output<typeof agentMessageSchema>;
export type Hello = z.output<typeof helloSchema>;

// ---- server -> agent -------------------------------------------------------------------------------------

const receiptFields = {
  epoch: epochSchema,
  /** Every change with seq <= this is committed; 0 = none. */
  changesUpTo: whole,
  /** The same for rollups. */
  rollupsUpTo: whole,
};

const welcomeSchema = z.strictObject({
  kind: z.literal('welcome'),
  session: z.string().min(1).max(80),
  minor: whole,
  serverAt: instantSchema,
  /** Echo of hello's clock, so that the agent can measure the offset. */
  agentClockMs: agentClock,
  /** The address this session comes from, as the server sees it. */
  egress: z.string().max(64),
  heartbeatMs: z.int().min(1_000).max(120_000),
  ...receiptFields,
});

const receiptSchema = z.strictObject({ kind: z.literal('receipt'), ...receiptFields });

const beatReplySchema = z.strictObject({
  kind: z.literal('beat.reply'),
  n: whole,
  agentClockMs: agentClock,
  serverAt: instantSchema,
});

export const serverMessageSchema = z.discriminatedUnion('kind', [
  welcomeSchema,
  assignmentSchema,
  receiptSchema,
  beatReplySchema,
]);
export type ServerMessage = z.output<typeof serverMessageSchema>;
export type Welcome = z.output<typeof welcomeSchema>;
export type Receipt = z.output<typeof receiptSchema>;

/** Close codes of the agent socket (RFC 6455 private range), each with the reason it carries. */
export const closeCodes = {
  goingAway: { code: 4000, reason: 'server is stopping' },
  revoked: { code: 4001, reason: 'agent is revoked' },
  replaced: { code: 4002, reason: 'a newer session of this agent took over' },
  badMessage: { code: 4003, reason: 'message refused' },
  tooSlow: { code: 4004, reason: 'too much is waiting for this peer' },
  silent: { code: 4005, reason: 'nothing heard for too long' },
  noHello: { code: 4006, reason: 'no hello in time' },
  overloaded: { code: 4007, reason: 'server is overloaded, come back later' },
  flooding: { code: 4008, reason: 'too many messages' },
  cloned: { code: 4009, reason: 'another machine is this agent already: a cloned disk; enrol this one anew' },
} as const;

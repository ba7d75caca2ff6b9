// Shape of `GET /agents`: what the server knows of each agent, and what its present or last session told since the server
// started. Shared by the route and the console.
import { z } from 'zod';
import { findingLevels, probeMethods } from '../words.ts';
import { agentPresences } from './wall.ts';

/** One sentence for a person, and what to do about it. Plain text of the agent's: whoever writes HTML escapes it. */
const saidSchema = z.object({ name: z.string(), text: z.string(), advice: z.string().nullable() });

const findingsSchema = z.object({
  examinedAt: z.iso.datetime({ precision: 3 }),
  /** Checks that found all in order. */
  good: z.number(),
  /** Findings beyond those told here. */
  more: z.number(),
  /** What is not in order, errors first. */
  items: z.array(
    z.object({
      check: z.string(),
      level: z.enum(findingLevels),
      /** Which link or server it speaks of, where there are several. */
      of: z.string().nullable(),
      /** As the program tells it, in English. */
      detail: z.string().nullable(),
      pt: saidSchema,
      en: saidSchema,
    }),
  ),
});
export type AgentFindings = z.output<typeof findingsSchema>;

export const agentItemSchema = z.object({
  id: z.string(),
  customer: z.string(),
  site: z.string(),
  host: z.string(),
  hostName: z.string(),
  version: z.string().nullable(),
  presence: z.enum(agentPresences),
  connected: z.boolean(),
  lastHeardAt: z.string().nullable(),
  /** Server minus agent clock. */
  clockOffsetMs: z.number().nullable(),
  egress: z.string().nullable(),
  /** State changes that the server has not confirmed yet. */
  spoolDepth: z.number().nullable(),
  enrolledAt: z.string().nullable(),
  /** A cloned disk claimed to be this agent and was refused: last when, from where, how often in all. */
  cloneSeenAt: z.string().nullable(),
  cloneAddress: z.string().nullable(),
  cloneTimes: z.number(),
  /** How it pings; `reason` in the agent's words when that is not the best way. null: not told since the server started. */
  ping: z.object({ method: z.enum(probeMethods), reason: z.string().nullable() }).nullable(),
  /** Its machine, e.g. `Debian GNU/Linux 12`, and the processor's kind. */
  system: z.object({ name: z.string(), version: z.string(), arch: z.string() }).nullable(),
  /** What it found when it last examined itself (`vigia-agent doctor`). null: not told since the server started. */
  findings: findingsSchema.nullable(),
});
export type AgentItem = z.output<typeof agentItemSchema>;

export const agentsAnswerSchema = z.object({
  /** Server time of this answer. */
  at: z.iso.datetime({ precision: 3 }),
  items: z.array(agentItemSchema),
});

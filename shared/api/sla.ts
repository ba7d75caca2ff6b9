// Shapes of the HTTP API for the contract's clock and for who is called next: parts of an incident's row. Numbers are as
// of `at`; a screen may count on by itself until `validUntil`. Field names are fixed by the manual.
import { z } from 'zod';
import { plans, priorities } from '../words.ts';

const iso = z.iso.datetime({ precision: 3 });

/** `none`: it concerns no single customer, so no contract has a clock for it; what is told is the time since detection. */
export const slaStates = ['at-once', 'running', 'outside-hours', 'paused', 'met', 'missed', 'none'] as const;

export const slaRowSchema = z.object({
  priority: z.enum(priorities),
  plan: z.enum(plans).nullable(),
  state: z.enum(slaStates),
  /** `support-hours`: only the plan's hours at the site count. */
  clock: z.enum(['24x7', 'support-hours']),
  /** What the clock starts from. */
  basis: z.enum(['evidence', 'registration', 'evidence-unregistered']),
  detectedAt: iso,
  startsAt: iso,
  /** 0: at once. */
  targetMs: z.number(),
  /** null: paused without an end, or support never opens. */
  dueAt: iso.nullable(),
  /** Acknowledged, forwarded or resolved, whichever came first. */
  attendedAt: iso.nullable(),
  /** The instant these numbers are of. */
  at: iso,
  elapsedMs: z.number(),
  /** Negative once it is missed. */
  remainingMs: z.number(),
  /** The clock counts from `at` on. */
  counting: z.boolean(),
  /** When it stops by itself because support closes; null: it goes on. */
  countsUntil: iso.nullable(),
  /** When support begins again; null inside its hours. */
  supportOpensAt: iso.nullable(),
  /** From then on this answer may be wrong without anything having happened; null: never. */
  validUntil: iso.nullable(),
});
export type SlaRow = z.output<typeof slaRowSchema>;

export const escalationSteps = ['call.noc-again', 'call.level2-lead', 'move.level2', 'move.level3'] as const;

export const escalationRowSchema = z.object({
  level: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  /** Whom the last step called, as the rota names people; null: no step was taken. */
  to: z.string().nullable(),
  at: iso.nullable(),
  /** What comes if nobody acts; null: nothing. */
  next: z
    .object({
      step: z.enum(escalationSteps),
      at: iso,
      /** On call then; null: the rota names nobody. */
      to: z.string().nullable(),
    })
    .nullable(),
});
export type EscalationRow = z.output<typeof escalationRowSchema>;

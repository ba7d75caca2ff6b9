// Shapes of the HTTP API for the manual queue: what waits for a person at a desk, and what the person says about it.
// Field names are fixed by the manual.
import { z } from 'zod';
import { limits } from '../limits.ts';
import { priorities } from '../words.ts';

const iso = z.iso.datetime({ precision: 3 });

export const manualItemSchema = z.object({
  incident: z.string(),
  key: z.string(),
  task: z.enum(['ticket.open', 'ticket.note', 'ticket.close', 'ticket.reopen']),
  reason: z.enum(['manual', 'uncertain']),
  desk: z.string(),
  title: z.string(),
  text: z.string(),
  priority: z.enum(priorities),
  since: iso,
  protocol: z.string().nullable(),
  raise: z.object({ priority: z.enum(priorities), title: z.string() }).nullable(),
});
export type ManualItemAnswer = z.output<typeof manualItemSchema>;

export const manualQueueSchema = z.object({
  /** Most urgent first, then the oldest. */
  items: z.array(manualItemSchema),
  /** Of all that wait, also those that did not fit into `items`. */
  total: z.int(),
});

export const registrationSchema = z.strictObject({
  protocol: z
    .string()
    .trim()
    .min(1, 'wanted: the number that the desk gave')
    .max(limits.protocolCharsMax, `wanted: at most ${limits.protocolCharsMax} characters`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'wanted: one line'),
});

/** Keys as listed: what came after the person looked is not meant. */
export const manualKeysSchema = z.strictObject({
  keys: z.array(z.string().min(1).max(200)).min(1, 'wanted: the keys of what is done').max(100),
});

export const manualAnswerSchema = z.object({
  incident: z.string(),
  key: z.string(),
  kind: z.enum(['registered', 'done', 'send-again']),
  protocol: z.string().nullable(),
  by: z.string(),
  at: iso,
});
export type ManualAnswerItem = z.output<typeof manualAnswerSchema>;

// What comes back from the spool's rows is parsed like anything else from a disk: derived from the wire's schemas, so
// that a field added there is known here. Stands beside spool.ts. A row that does not fit is dropped and counted.
import { z } from 'zod';
import type { Assignment } from '../../shared/wire/assignment.ts';
import {
  hostChangedSchema,
  linkChangedSchema,
  rollupSchema,
  runExplainedSchema,
  runStartedSchema,
  serverMessageSchema,
  spoolLostSchema,
} from '../../shared/wire/messages.ts';
import type { SavedOffset } from '../core/input.ts';
import type { StoredRecord } from '../core/record.ts';

export const clockSchema = z.strictObject({
  bootId: z.string().min(1).max(80),
  monoMs: z.number(),
  wallMs: z.number(),
});

export const previousRunSchema = z.strictObject({ clock: clockSchema, stoppedInOrder: z.boolean() });

const offsetSchema = z.strictObject({
  bootId: z.string().min(1).max(80),
  monoMs: z.number(),
  offsetMs: z.number(),
  errorMs: z.number(),
});

const instants = { at: true, atErrorMs: true, since: true } as const;
const readings = { at: clockSchema, since: clockSchema };

const storedChangeSchema = z.union([
  z.strictObject({ ...readings, body: linkChangedSchema.omit(instants) }),
  z.strictObject({ ...readings, body: hostChangedSchema.omit(instants) }),
  z.strictObject({
    ...readings,
    body: runStartedSchema.omit({ at: true, atErrorMs: true, bootAt: true, previous: true }),
    previous: previousRunSchema.optional(),
  }),
  z.strictObject({
    ...readings,
    body: runExplainedSchema.omit({ at: true, atErrorMs: true, endedAt: true }),
  }),
  z.strictObject({ ...readings, body: spoolLostSchema.omit({ at: true, atErrorMs: true }) }),
]);

const storedRecordSchema: z.ZodType<StoredRecord> = z.discriminatedUnion('queue', [
  z.strictObject({ queue: z.literal('changes'), seq: z.int().min(1), change: storedChangeSchema }),
  z.strictObject({
    queue: z.literal('rollups'),
    seq: z.int().min(1),
    rollup: z.strictObject({ at: clockSchema, body: rollupSchema.omit({ at: true }) }),
  }),
]);

/** undefined = not JSON, or not a record of this version. */
export function parseRecord(text: string): StoredRecord | undefined {
  const parsed = storedRecordSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : undefined;
}

/** What does not parse is forgotten: the next session measures and the next welcome assigns again. */
export function parseOffsets(text: string | undefined): readonly SavedOffset[] {
  const parsed = offsetSchema.array().safeParse(parseJson(text ?? '[]'));
  return parsed.success ? parsed.data : [];
}

export function parseAssignment(text: string | undefined): Assignment | undefined {
  const raw = text === undefined ? undefined : parseJson(text);
  if (typeof raw !== 'object' || raw === null) return undefined;
  const parsed = serverMessageSchema.safeParse({ ...raw, kind: 'assignment' });
  if (!parsed.success || parsed.data.kind !== 'assignment') return undefined;
  const { kind: _kind, ...assignment } = parsed.data;
  return assignment;
}

/** undefined = not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

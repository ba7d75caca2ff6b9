// What a spool holds, as far as anybody can tell from outside: for comparing it before and after a crash.
import { z } from 'zod';
import type { Spool } from '../../../../agent/shell/spool.ts';

export const heldSchema = z.strictObject({
  epoch: z.number(),
  lastChangeSeq: z.number(),
  lastRollupSeq: z.number(),
  changes: z.array(z.number()),
  rollups: z.array(z.number()),
  offsets: z.number(),
  revision: z.number().optional(),
  inMemory: z.number(),
});
export type Held = z.output<typeof heldSchema>;

export function heldBy(spool: Spool): Held {
  const { epoch, lastChangeSeq, lastRollupSeq } = spool.head();
  return {
    epoch,
    lastChangeSeq,
    lastRollupSeq,
    changes: spool.read('changes', 0, 100_000).records.map(({ seq }) => seq),
    rollups: spool.read('rollups', 0, 100_000).records.map(({ seq }) => seq),
    offsets: spool.offsets().length,
    revision: spool.assignment()?.revision,
    inMemory: spool.counters().inMemory,
  };
}

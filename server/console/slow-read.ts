// A large snapshot read a little at a time: five thousand rows checked in one stretch would stand in the way of the first
// drawing and of every key pressed meanwhile. Under connection.ts, which keeps what comes behind it waiting. Pure.
// Must never give a half-read wall: either all of it or the first thing that cannot be read.
import { z } from 'zod';
import { type SiteRow, siteRowSchema, type WallSnapshot, wallSnapshotSchema } from '../../shared/api/wall.ts';

/** Rows checked at once, a few ms of work. */
const rowsAtOnce = 150;

const frameSchema = wallSnapshotSchema.extend({ sites: z.array(z.unknown()) });

export interface SlowRead {
  /** Reads on. Undefined: there is more to read. */
  step(): SlowAnswer | undefined;
}

export type SlowAnswer =
  | { readonly ok: true; readonly snapshot: WallSnapshot }
  | { readonly ok: false; readonly error: z.ZodError; readonly path: readonly PropertyKey[] };

/** `json` gives the parsed text; called in the first step. */
export function slowRead(json: () => unknown): SlowRead {
  const sites: SiteRow[] = [];
  let frame: z.output<typeof frameSchema> | undefined;
  return {
    step: () => {
      if (frame === undefined) {
        const read = frameSchema.safeParse(json());
        if (!read.success) return { ok: false, error: read.error, path: [] };
        frame = read.data;
        return undefined;
      }
      const until = Math.min(frame.sites.length, sites.length + rowsAtOnce);
      while (sites.length < until) {
        const read = siteRowSchema.safeParse(frame.sites[sites.length]);
        if (!read.success) return { ok: false, error: read.error, path: ['sites', sites.length] };
        sites.push(read.data);
      }
      return sites.length < frame.sites.length ? undefined : { ok: true, snapshot: { ...frame, sites } };
    },
  };
}

// Query parameters that several routes read. Text comes in, parsed values go out; the message names what is wanted.
import { z } from 'zod';
import { limits } from '../../../shared/limits.ts';
import { fromIso, type Instant } from '../../../shared/time.ts';

export const instantSchema = z
  .string()
  .max(40)
  .transform((text, context): Instant => {
    const at = fromIso(text);
    if (at !== undefined) return at;
    context.addIssue({
      code: 'custom',
      message: `"${text}" is no instant; wanted: ISO 8601 with an offset, such as 2026-11-22T12:00:00.000Z`,
    });
    return z.NEVER;
  });

export const limitSchema = z
  .string()
  .regex(/^[0-9]{1,6}$/, `wanted: a whole number from 1 to ${limits.listRowsMax}`)
  .transform(Number)
  .pipe(z.int().min(1).max(limits.listRowsMax));

// Shape of `GET /providers`: how the providers of the whole fleet did over the last days. Lengths are whole milliseconds,
// availability is 0 to 1. Shared by the route and the console.
import { z } from 'zod';
import { providerRankSchema } from './reports.ts';

const iso = z.iso.datetime({ precision: 3 });
const count = z.int().min(0);

/** Over how many days may be asked. */
export const providerDays = [30, 90] as const;
export type ProviderDays = (typeof providerDays)[number];

export const providerItemSchema = providerRankSchema.extend({
  /** Where its links are. */
  sites: count,
  customers: count,
  /** Of `links`: as the wall shows them at this moment. */
  downNow: count,
});
export type ProviderItem = z.output<typeof providerItemSchema>;

export const providersAnswerSchema = z.object({
  days: z.union(providerDays.map((days) => z.literal(days))),
  from: iso,
  to: iso,
  /** Best first. */
  items: z.array(providerItemSchema),
  /** There were more incidents than are read at once; the oldest are missing. */
  truncated: z.boolean(),
});
export type ProvidersAnswer = z.output<typeof providersAnswerSchema>;

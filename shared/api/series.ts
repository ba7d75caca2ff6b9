// Shape of GET /links/{customer}/{site}/{link}/series, which the console shares. Field names are fixed by the manual.
import { z } from 'zod';

const number = z.number().nullable();

/** One minute of one link as one agent measured it; a figure is null where nothing came back. */
export const seriesPointSchema = z.object({
  at: z.string(),
  agent: z.string(),
  sent: z.number(),
  lost: z.number(),
  lossRatio: number,
  rttMinMs: number,
  rttAvgMs: number,
  rttMaxMs: number,
  rttP95Ms: number,
  jitterMs: number,
});
export type SeriesPointRow = z.output<typeof seriesPointSchema>;

export const linkSeriesSchema = z.object({
  from: z.string(),
  to: z.string(),
  items: z.array(seriesPointSchema),
});
export type LinkSeries = z.output<typeof linkSeriesSchema>;

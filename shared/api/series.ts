// Shape of GET /links/{customer}/{site}/{link}/series, which the console shares. Field names are fixed by the manual.
import { z } from 'zod';
import { stretchSchema } from './incidents.ts';

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

export const linkStretchSchema = stretchSchema.extend({ incident: z.string() });
export type LinkStretchRow = z.output<typeof linkStretchSchema>;

export const linkSeriesSchema = z.object({
  from: z.string(),
  to: z.string(),
  items: z.array(seriesPointSchema),
  /** When incidents say that this link was down or degraded, oldest first; whole, also where they reach out of the time. */
  stretches: z.array(linkStretchSchema),
});
export type LinkSeries = z.output<typeof linkSeriesSchema>;

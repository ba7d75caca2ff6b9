// Shapes of the HTTP API for the availability report. Field names are fixed by the manual; lengths are whole milliseconds,
// availability is 0 to 1. The dossier's shape stands in `dossier.ts`.
import { z } from 'zod';
import { causes, incidentKinds, linkRoles, plans, priorities } from '../words.ts';
import { slaStates } from './sla.ts';

const iso = z.iso.datetime({ precision: 3 });
const ms = z.int().min(0);
const share = z.number().min(0).max(1);

export const periodSchema = z.object({ from: iso, to: iso });

const accountSchema = z.object({
  /** `up / (up + down)`; null: neither is known. Planned time and time without data count nowhere. */
  availability: share.nullable(),
  totalMs: ms,
  upMs: ms,
  downMs: ms,
  /** In maintenance windows, or stopped on purpose. */
  plannedMs: ms,
  plannedDownMs: ms,
  /** Nobody watched, or nobody could tell. Never counted as up. */
  noDataMs: ms,
  degradedMs: ms,
  outages: z.int().min(0),
  longestMs: ms,
  /** Down time of the period by its outages; null: none. */
  mttrMs: ms.nullable(),
  /** Time up by outages; null: none. */
  mtbfMs: ms.nullable(),
});

export const reportRowSchema = accountSchema.extend({
  kind: z.enum(['site', 'link', 'host']),
  site: z.string(),
  siteName: z.string(),
  /** Of the link or host; null for the site itself. */
  key: z.string().nullable(),
  name: z.string(),
  provider: z.string().nullable(),
  providerName: z.string().nullable(),
  role: z.enum(linkRoles).nullable(),
  circuit: z.string().nullable(),
  /** It has left the inventory. */
  retired: z.boolean(),
  period: periodSchema,
  flapping: z.object({ episodes: z.int().min(0), downs: z.int().min(0) }),
  /** Some down time is known in length but not moment by moment, and is spread over its episode. */
  estimated: z.boolean(),
  /** `measured`: what was watched is known minute by minute; `incidents`: those measurements are no longer kept. */
  coverage: z.enum(['measured', 'incidents']),
  /** The month before; null: it did not exist then. */
  previous: z.object({ availability: share.nullable(), downMs: ms, outages: z.int().min(0) }).nullable(),
});
export type ReportRow = z.output<typeof reportRowSchema>;

export const reportOutageSchema = z.object({
  incident: z.string(),
  kind: z.enum(incidentKinds),
  cause: z.enum(causes),
  causeText: z.string(),
  title: z.string(),
  site: z.string(),
  siteName: z.string(),
  link: z.string().nullable(),
  /** That it took down, and whose dossier may be asked for one by one. */
  links: z.array(z.object({ key: z.string(), name: z.string() })),
  host: z.string().nullable(),
  provider: z.string().nullable(),
  priority: z.enum(priorities),
  detectedAt: iso,
  confirmedAt: iso,
  /** From the first failing evidence to the verdict. */
  detectionMs: ms,
  protocol: z.string().nullable(),
  registeredAt: iso.nullable(),
  acknowledgedBy: z.string().nullable(),
  acknowledgedAt: iso.nullable(),
  recoveredAt: iso.nullable(),
  resolvedAt: iso.nullable(),
  /** null: no contract clock (rebuilt from late data, the site is gone). `attendanceMs` as that clock counts. */
  sla: z
    .object({
      state: z.enum(slaStates),
      clock: z.enum(['24x7', 'support-hours']),
      targetMs: ms,
      dueAt: iso.nullable(),
      attendedAt: iso.nullable(),
      attendanceMs: ms.nullable(),
    })
    .nullable(),
  /** Within the month, and of the whole incident. */
  downMs: ms,
  downMsTotal: ms,
  degradedMs: ms,
  running: z.boolean(),
  planned: z.boolean(),
  retro: z.boolean(),
  flapping: z.boolean(),
  downs: z.int().min(0).nullable(),
});
export type ReportOutage = z.output<typeof reportOutageSchema>;

export const attendances = [...slaStates, 'attended', 'over-unattended'] as const;
export type Attendance = (typeof attendances)[number];

/**
 * What a person reads of the contract's clock. A target of "at once" names no number that could be met: whether anybody
 * attended, or it was over before anybody did, is all that can be said.
 */
export function attendanceOf({ sla, resolvedAt }: Pick<ReportOutage, 'sla' | 'resolvedAt'>): Attendance {
  if (sla === null) return 'none';
  if (sla.state !== 'met' || sla.targetMs > 0) return sla.state;
  return sla.attendedAt === resolvedAt ? 'over-unattended' : 'attended';
}

export const providerRankSchema = z.object({
  rank: z.int().min(1),
  provider: z.string(),
  name: z.string(),
  links: z.int().min(1),
  /** Over its links together; outages of the site's own equipment are left out. */
  availability: share.nullable(),
  upMs: ms,
  downMs: ms,
  outages: z.int().min(0),
  mttrMs: ms.nullable(),
});
export type ProviderRank = z.output<typeof providerRankSchema>;

export const availabilityReportSchema = z.object({
  customer: z.string(),
  customerName: z.string(),
  cnpj: z.string().nullable(),
  plan: z.enum(plans).nullable(),
  month: z.string(),
  previousMonth: z.string(),
  generatedAt: iso,
  /** The month is over at every site. */
  complete: z.boolean(),
  /** Of the page's local times; with several, each row's period is its own site's. */
  timeZones: z.array(z.string()),
  sites: z.array(
    z.object({
      site: z.string(),
      name: z.string(),
      city: z.string(),
      state: z.string(),
      timeZone: z.string(),
      period: periodSchema,
    }),
  ),
  rows: z.array(reportRowSchema),
  outages: z.array(reportOutageSchema),
  providers: z.array(providerRankSchema),
  maintenance: z.array(
    z.object({
      site: z.string().nullable(),
      link: z.string().nullable(),
      host: z.string().nullable(),
      reason: z.string(),
      startsAt: iso,
      endsAt: iso,
    }),
  ),
  /** Vigia itself could not see. */
  blind: z.array(periodSchema),
  /** There were more incidents than a report reads; the oldest are missing. */
  truncated: z.boolean(),
});
export type AvailabilityReport = z.output<typeof availabilityReportSchema>;

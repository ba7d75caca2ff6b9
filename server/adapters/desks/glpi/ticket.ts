// What GLPI's tickets look like on the wire and what they mean here. Beside the client; pure reading and writing of
// fields, no request.
import { z } from 'zod';
import { type IncidentId, incidentIdFrom } from '../../../../shared/ids.ts';
import { type Instant, instant } from '../../../../shared/time.ts';
import type { Priority } from '../../../../shared/words.ts';
import type { DeskRecord } from '../../../ports/desk-client.ts';
import { decodeEntities, htmlOfText, textOfHtml } from '../http/html-text.ts';
import { fitTitle, priorityOf } from '../http/record-parts.ts';
import type { GlpiConfig } from './config.ts';

/** `glpi_tickets.name` is a varchar(255). */
export const titleCharsMax = 255;

/** Before our id in `externalid`: that field may serve other programs too. */
export const externalPrefix = 'vigia:';

const idSchema = z.union([z.int(), z.string().regex(/^\d+$/)]).transform(Number);

export const ticketSchema = z.object({
  id: idSchema,
  name: z.string().nullish(),
  content: z.string().nullish(),
  status: idSchema,
  priority: idSchema.nullish(),
  externalid: z.string().nullish(),
  date_mod: z.string().nullish(),
  /** 1: in the trash can. GLPI still shows it to who asks by number. */
  is_deleted: z.union([z.int(), z.string(), z.boolean()]).nullish(),
});
export type GlpiTicket = z.output<typeof ticketSchema>;

/** ITILFollowup and ITILSolution alike. With `expand_dropdowns` the author's name stands where the number was. */
export const timelineSchema = z.array(
  z.object({
    id: idSchema,
    content: z.string().nullish(),
    date_creation: z.string().nullish(),
    users_id: z.union([z.string(), z.int()]).nullish(),
  }),
);

/** GLPI's own account, in whose name its automatic actions write. */
export const systemUser = 'glpi-system';

/** With `expand_dropdowns` the name stands where the number was. Type 1 requester, 2 assigned, 3 observer. */
export const actorsSchema = z.array(
  z.object({ type: idSchema, users_id: z.union([z.string(), z.int()]).nullish() }),
);

/** 1 new, 2 assigned, 3 planned, 4 waiting, 5 solved, 6 closed. */
const closedFrom = 5;
export const openAgainStatus = 2;

export function externalIdOf(incident: IncidentId): string {
  return `${externalPrefix}${incident}`;
}

export function incidentOf({ externalid }: GlpiTicket): IncidentId | undefined {
  return externalid?.startsWith(externalPrefix) === true && externalid.length > externalPrefix.length
    ? incidentIdFrom(externalid.slice(externalPrefix.length))
    : undefined;
}

export function isDeleted({ is_deleted }: GlpiTicket): boolean {
  return is_deleted === true || String(is_deleted ?? 0) === '1';
}

export function urgencyInput(config: GlpiConfig, priority: Priority) {
  // Where the profile may not set the priority, GLPI computes it from the other two.
  const value = config.priorities[priority];
  return { urgency: value, impact: value, priority: value };
}

export function titleInput(title: string): string {
  return fitTitle(title, titleCharsMax);
}

export function contentInput(text: string): string {
  return htmlOfText(text);
}

/** GLPI 10 encodes `& < >` of what it is given; rich text then arrives with its tags encoded. */
export function textOf(config: GlpiConfig, content: string): string {
  const html = config.version === 10 && /^\s*&(lt|#60);/.test(content) ? decodeEntities(content) : content;
  return textOfHtml(html);
}

export function recordOf(config: GlpiConfig, ticket: GlpiTicket): DeskRecord {
  const { id, name, content, status, priority, date_mod } = ticket;
  const title = name ?? '';
  return {
    protocol: String(id),
    incident: incidentOf(ticket),
    title: config.version === 10 ? decodeEntities(title) : title,
    body: typeof content === 'string' ? textOf(config, content) : undefined,
    state: status >= closedFrom ? 'closed' : 'open',
    priority: priorityOf(config.priorities, priority ?? undefined),
    updatedAt: typeof date_mod === 'string' ? instantOf(config, date_mod) : undefined,
  };
}

/** `2026-11-22 14:03:00` in the time zone of GLPI's server. */
export function instantOf({ timeZone }: GlpiConfig, text: string): Instant | undefined {
  try {
    const local = Temporal.PlainDateTime.from(text.replace(' ', 'T'));
    return instant(local.toZonedDateTime(timeZone).epochMilliseconds);
  } catch {
    return undefined;
  }
}

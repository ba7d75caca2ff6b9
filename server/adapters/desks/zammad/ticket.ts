// What Zammad's tickets look like on the wire (with `expand=true`: names instead of numbers) and what they mean here.
// Beside the client; pure reading, no request.
import { z } from 'zod';
import { incidentIdFrom } from '../../../../shared/ids.ts';
import { fromIso } from '../../../../shared/time.ts';
import type { DeskRecord } from '../../../ports/desk-client.ts';
import { textOfHtml } from '../http/html-text.ts';
import { fold, priorityOf, type ReadNote } from '../http/record-parts.ts';
import type { ZammadConfig } from './config.ts';

/** `tickets.title` is a varchar(250). */
export const titleCharsMax = 250;

/** The attribute of our id is named by the configuration, so the rest of the object is kept. */
export const ticketSchema = z.looseObject({
  id: z.int().positive(),
  number: z.string().min(1),
  title: z.string(),
  state: z.string(),
  priority: z.string().nullish(),
  owner: z.string().nullish(),
  updated_at: z.string().nullish(),
});
export type ZammadTicket = z.output<typeof ticketSchema>;

export const articlesSchema = z.array(
  z.object({
    id: z.int(),
    body: z.string().nullish(),
    content_type: z.string().nullish(),
    /** `Agent`, `Customer`, `System`. */
    sender: z.string().nullish(),
    /** `Ana Souza`, of mail with its address. */
    from: z.string().nullish(),
    created_by: z.string().nullish(),
    created_at: z.string().nullish(),
  }),
);
export type ZammadArticle = z.output<typeof articlesSchema>[number];

/** What triggers and the mail delivery write is nobody's word. */
export function isBySystem({ sender }: ZammadArticle): boolean {
  return fold(sender ?? undefined) === 'system';
}

export function readNoteOf(article: ZammadArticle): ReadNote {
  const { id, from, created_by, created_at } = article;
  const name = from?.replace(/<[^>]*>/, '').trim() ?? '';
  return {
    id,
    by: name === '' ? created_by : name,
    at: typeof created_at === 'string' ? fromIso(created_at) : undefined,
    text: textOf(article),
  };
}

export function textOf({ body, content_type }: ZammadArticle): string {
  return content_type === 'text/html' ? textOfHtml(body ?? '') : (body ?? '');
}

/** `67001/101`: the number that people know, then the id that calls want and that stands in the ticket's address. */
export function protocolOf({ number, id }: Pick<ZammadTicket, 'number' | 'id'>): string {
  return `${number}/${id}`;
}

/** Undefined: no protocol of this desk. */
export function idOf(protocol: string): string | undefined {
  return /^[^/]{1,40}\/(\d{1,15})$/.exec(protocol)?.[1];
}

/** What stands in our attribute; undefined: Zammad has no such attribute. */
export function markOf(config: ZammadConfig, ticket: ZammadTicket): string | null | undefined {
  const value = ticket[config.attribute];
  return typeof value === 'string' || value === null ? value : undefined;
}

export function recordOf(config: ZammadConfig, ticket: ZammadTicket): DeskRecord {
  const { title, state, priority, owner, updated_at } = ticket;
  const incident = markOf(config, ticket) ?? '';
  const closed = config.states.allClosed.some((each) => fold(each) === fold(state));
  return {
    protocol: protocolOf(ticket),
    incident: incident === '' ? undefined : incidentIdFrom(incident),
    title,
    state: closed ? 'closed' : 'open',
    priority: priorityOf(config.priorities, priority ?? undefined),
    // Nobody has it: Zammad's user 1, shown as "-".
    assignedTo: typeof owner === 'string' && owner !== '' && owner !== '-' ? owner : undefined,
    updatedAt: typeof updated_at === 'string' ? fromIso(updated_at) : undefined,
  };
}

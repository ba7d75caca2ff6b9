// What Movidesk's tickets look like on the wire and what they mean here. Beside the client; pure reading and writing of
// fields, no request.
import { z } from 'zod';
import { type IncidentId, incidentIdFrom } from '../../../../shared/ids.ts';
import { type Instant, instant } from '../../../../shared/time.ts';
import type { DeskRecord } from '../../../ports/desk-client.ts';
import { htmlOfText, textOfHtml } from '../http/html-text.ts';
import { noteMarksIn, peopleNotesIn, priorityOf } from '../http/record-parts.ts';
import type { MovideskConfig } from './config.ts';

/** Size of `subject` in its documentation. */
export const titleCharsMax = 350;

export const idSchema = z.union([z.int().positive(), z.string().regex(/^\d+$/)]).transform(String);

const customValueSchema = z.looseObject({
  customFieldId: z.int(),
  customFieldRuleId: z.int(),
  line: z.int().nullish(),
  value: z.string().nullish(),
});

export const ticketSchema = z.object({
  id: idSchema,
  subject: z.string().nullish(),
  baseStatus: z.string(),
  urgency: z.string().nullish(),
  lastUpdate: z.string().nullish(),
  isDeleted: z.boolean().nullish(),
  owner: z.object({ businessName: z.string().nullish() }).nullish(),
  customFieldValues: z.array(customValueSchema).nullish(),
  actions: z
    .array(
      z.object({
        id: z.int(),
        /** How it came. */
        origin: z.int().nullish(),
        description: z.string().nullish(),
        createdDate: z.string().nullish(),
        createdBy: z.object({ businessName: z.string().nullish() }).nullish(),
        isDeleted: z.boolean().nullish(),
      }),
    )
    .nullish(),
});
export type MovideskTicket = z.output<typeof ticketSchema>;

/** What lists show. A field that is filtered by must be among them, or the list comes back empty. */
export const listSelect = 'id,subject,baseStatus,urgency,lastUpdate,isDeleted';
export const listExpand = 'customFieldValues,owner($select=businessName)';

/** Of an action: a trigger, mail that Movidesk sent, a schedule. Nobody's word. */
const systemOrigins: ReadonlySet<number> = new Set([4, 7, 10]);

/** New, InAttendance and Stopped are open. */
const closedStatuses: ReadonlySet<string> = new Set(['Resolved', 'Closed', 'Canceled']);

export function incidentOf(
  { customFieldId }: MovideskConfig,
  ticket: MovideskTicket,
): IncidentId | undefined {
  const value = ticket.customFieldValues?.find((each) => each.customFieldId === customFieldId)?.value ?? '';
  return value === '' ? undefined : incidentIdFrom(value);
}

/** All values of the ticket with ours in its place: a PATCH replaces the whole list. */
export function withIncident(
  config: MovideskConfig,
  ticket: MovideskTicket | undefined,
  incident: IncidentId,
) {
  const others =
    ticket?.customFieldValues?.filter((each) => each.customFieldId !== config.customFieldId) ?? [];
  const { customFieldId, customFieldRuleId } = config;
  return [...others, { customFieldId, customFieldRuleId, line: 1, value: incident }];
}

/** An action that the client does not see (type 1). Movidesk takes its text as HTML. */
export function actionOf(config: MovideskConfig, text: string) {
  return { type: 1, description: htmlOfText(text), createdBy: { id: config.createdBy } };
}

export function recordOf(config: MovideskConfig, ticket: MovideskTicket): DeskRecord {
  const { id, subject, baseStatus, urgency, lastUpdate, owner, actions } = ticket;
  // The list of tickets does not show actions; then body and notes are not told.
  return {
    protocol: id,
    incident: incidentOf(config, ticket),
    title: subject ?? '',
    state: closedStatuses.has(baseStatus) ? 'closed' : 'open',
    priority: priorityOf(config.priorities, urgency ?? undefined),
    assignedTo: owner?.businessName ?? undefined,
    updatedAt: typeof lastUpdate === 'string' ? instantOf(lastUpdate) : undefined,
    ...(actions === undefined || actions === null ? {} : saidIn(actions)),
  };
}

function saidIn(
  actions: NonNullable<MovideskTicket['actions']>,
): Pick<DeskRecord, 'body' | 'noteMarks' | 'peopleNotes'> {
  const [opening, ...notes] = actions
    .filter(({ isDeleted }) => isDeleted !== true)
    .toSorted((a, b) => a.id - b.id)
    .map(({ id, origin, description, createdDate, createdBy }) => ({
      id,
      bySystem: systemOrigins.has(origin ?? 0),
      by: createdBy?.businessName,
      at: typeof createdDate === 'string' ? instantOf(createdDate) : undefined,
      text: textOfHtml(description ?? ''),
    }));
  return {
    body: opening?.text,
    noteMarks: noteMarksIn(notes.map(({ text }) => text)),
    peopleNotes: peopleNotesIn(notes.filter(({ bySystem }) => !bySystem)),
  };
}

/** `2026-11-22T12:03:00.1234567`: UTC, with or without its Z. */
export function instantOf(text: string): Instant | undefined {
  const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`;
  const ms = Date.parse(zoned.replace(/(\.\d{3})\d+/, '$1'));
  return Number.isNaN(ms) ? undefined : instant(ms);
}

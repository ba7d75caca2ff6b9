// A ticket as RT's REST2 writes it, the record it stands for, and our questions in RT's query language. Pure.
import { z } from 'zod';
import { type IncidentId, incidentIdFrom } from '../../../../shared/ids.ts';
import { fromIso, hour, type Instant, plus, toIso } from '../../../../shared/time.ts';
import { type DeskRecord, markerOf } from '../../../ports/desk-client.ts';
import { priorityOf } from '../http/record-parts.ts';
import type { RequestTrackerConfig } from './config.ts';

/** Of a subject, in characters; some of RT's databases cut what is longer. */
export const subjectCharsMax = 200;

/** Before our id in the custom field, so that no other program's numbers are taken for ours. */
const prefix = 'vigia:';

export function externalIdOf(incident: IncidentId): string {
  return `${prefix}${incident}`;
}

/** Numbers come as text or number, as RT pleases. */
export const numberSchema = z.union([z.int().min(0), z.string().regex(/^\d{1,15}$/)]).transform(String);

export const ticketSchema = z.object({
  id: numberSchema,
  Subject: z.string(),
  Status: z.string(),
  Priority: z.union([z.string(), z.number()]).nullish(),
  Owner: z.object({ id: z.union([z.string(), z.number()]) }).nullish(),
  LastUpdated: z.string().nullish(),
  CustomFields: z
    .array(
      z.object({ name: z.string().nullish(), values: z.array(z.union([z.string(), z.null()])).nullish() }),
    )
    .nullish(),
});
export type Ticket = z.output<typeof ticketSchema>;

/** Of a list: only what is named comes with it. */
export const ticketFields = 'Subject,Status,Priority,Owner,LastUpdated,CustomFields';

export function recordOf(config: RequestTrackerConfig, ticket: Ticket): DeskRecord {
  const { id, Subject, Status, Priority, Owner, LastUpdated } = ticket;
  const owner = Owner?.id;
  return {
    protocol: id,
    incident: incidentIn(config, ticket),
    title: Subject,
    state: config.closedStatuses.includes(Status) ? 'closed' : 'open',
    priority: priorityOf<string | number>(config.priorities, Priority ?? undefined),
    // RT's own account for "nobody has it".
    assignedTo: owner === undefined || owner === 'Nobody' ? undefined : String(owner),
    updatedAt: LastUpdated === null || LastUpdated === undefined ? undefined : fromIso(LastUpdated),
  };
}

function incidentIn({ externalIdField }: RequestTrackerConfig, ticket: Ticket): IncidentId | undefined {
  const values = ticket.CustomFields?.find(({ name }) => name === externalIdField)?.values ?? [];
  const ours = values.find((value) => value?.startsWith(prefix) === true);
  return ours === undefined || ours === null ? undefined : incidentIdFrom(ours.slice(prefix.length));
}

/** Where the ticket has no id of ours, its title tells: RT drops a value that must be unique and is not. */
export function isOf(config: RequestTrackerConfig, ticket: Ticket, incident: IncidentId): boolean {
  const kept = incidentIn(config, ticket);
  return kept === undefined ? ticket.Subject.includes(markerOf(incident)) : kept === incident;
}

/** A ticket that RT keeps only for its own records. */
export function isDeleted({ Status }: Ticket): boolean {
  return Status === 'deleted';
}

/** In all queues, because people move tickets. */
export function byExternalId({ externalIdField }: RequestTrackerConfig, incident: IncidentId): string {
  return `CF.{${externalIdField}} = '${quoted(externalIdOf(incident))}'`;
}

export function byMarker(incident: IncidentId): string {
  return `Subject LIKE '${quoted(markerOf(incident))}'`;
}

/** RT reads instants in the time zone of the user, whatever zone is written behind them. No zone is farther off. */
const zoneDoubtMs = 15 * hour;

/** Finds more than what changed since then; the rest is for `updatedAt` to tell, which RT writes in UTC. */
export function changedAfter({ externalIdField }: RequestTrackerConfig, since: Instant): string {
  const from = toIso(plus(since, -zoneDoubtMs)).slice(0, 19).replace('T', ' ');
  return `CF.{${externalIdField}} IS NOT NULL AND LastUpdated > '${from}'`;
}

function quoted(text: string): string {
  return text.replace(/['\\]/g, (sign) => `\\${sign}`);
}

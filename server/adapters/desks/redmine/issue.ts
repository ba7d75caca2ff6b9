// An issue as Redmine writes it, and the record it stands for. Pure. Line ends: Redmine turns those of a description
// into CR LF and leaves those of notes alone; both are read back as they were given.
import { z } from 'zod';
import { type IncidentId, incidentIdFrom } from '../../../../shared/ids.ts';
import { fromIso } from '../../../../shared/time.ts';
import type { DeskRecord } from '../../../ports/desk-client.ts';
import { noteMarksIn, peopleNotesIn, priorityOf } from '../http/record-parts.ts';
import type { RedmineConfig } from './config.ts';

/** Of a subject, in characters. */
export const subjectCharsMax = 255;

/** Before our id in the custom field, so that no other program's numbers are taken for ours. */
const prefix = 'vigia:';

export function externalIdOf(incident: IncidentId): string {
  return `${prefix}${incident}`;
}

const namedSchema = z.object({ id: z.int(), name: z.string().optional() });

export const issueSchema = z.object({
  id: z.int().positive(),
  subject: z.string(),
  description: z.string().nullish(),
  /** `is_closed` since 5.0. */
  status: z.object({ id: z.int(), is_closed: z.boolean().optional() }),
  priority: namedSchema,
  assigned_to: namedSchema.nullish(),
  updated_on: z.string().nullish(),
  // A field with several values is a list; ours is none.
  custom_fields: z.array(z.object({ id: z.int(), value: z.unknown() })).optional(),
  /** One for each change; most say nothing. */
  journals: z
    .array(
      z.object({
        id: z.int(),
        notes: z.string().nullish(),
        user: z.object({ name: z.string().optional() }).nullish(),
        created_on: z.string().nullish(),
      }),
    )
    .optional(),
});
export type Issue = z.output<typeof issueSchema>;

export const issueAnswerSchema = z.object({ issue: issueSchema });
export const issuesAnswerSchema = z.object({ issues: z.array(issueSchema), total_count: z.int().min(0) });

/** What stands in our field; undefined: nothing, or the issue has no such field. */
export function externalIdIn(config: RedmineConfig, issue: Issue): string | undefined {
  const value = issue.custom_fields?.find(({ id }) => id === config.externalIdFieldId)?.value;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function recordOf(config: RedmineConfig, issue: Issue): DeskRecord {
  const { id, subject, description, status, priority, assigned_to, updated_on, journals } = issue;
  const external = externalIdIn(config, issue);
  const closed = status.is_closed ?? status.id === config.closedStatusId;
  return {
    protocol: String(id),
    incident:
      external?.startsWith(prefix) === true ? incidentIdFrom(external.slice(prefix.length)) : undefined,
    title: subject,
    body: description?.replaceAll('\r\n', '\n'),
    state: closed ? 'closed' : 'open',
    priority: priorityOf(config.priorities, priority.id),
    assignedTo: assigned_to === null || assigned_to === undefined ? undefined : nameOf(assigned_to),
    updatedAt: updated_on === null || updated_on === undefined ? undefined : fromIso(updated_on),
    ...(journals === undefined ? {} : saidIn(journals)),
  };
}

function saidIn(journals: NonNullable<Issue['journals']>): Pick<DeskRecord, 'noteMarks' | 'peopleNotes'> {
  const notes = journals.map(({ id, notes, user, created_on }) => ({
    id,
    by: user?.name,
    at: typeof created_on === 'string' ? fromIso(created_on) : undefined,
    text: notes ?? '',
  }));
  return { noteMarks: noteMarksIn(notes.map(({ text }) => text)), peopleNotes: peopleNotesIn(notes) };
}

function nameOf({ id, name }: z.output<typeof namedSchema>): string {
  return name ?? String(id);
}

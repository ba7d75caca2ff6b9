// What Jira's issues look like on the wire and what they mean here. Our id stands in a label, which JQL compares whole
// (text fields it only searches for words) and which needs no administrator. Beside the client; no request.
import { z } from 'zod';
import { type IncidentId, incidentIdFrom } from '../../../../shared/ids.ts';
import { type Instant, instant } from '../../../../shared/time.ts';
import type { DeskRecord } from '../../../ports/desk-client.ts';
import { priorityOf, type ReadNote } from '../http/record-parts.ts';
import type { JiraConfig } from './config.ts';
import { textOfDocument } from './document.ts';

/** Jira refuses a longer summary. */
export const titleCharsMax = 255;

/** On every issue of Vigia. */
export const ownLabel = 'vigia';

const prefix = 'vigia-id-';

/** Labels hold no spaces; our ids have none. */
export function labelOf(incident: IncidentId): string {
  return `${prefix}${incident}`;
}

/** Asked of every search and read. */
export const issueFields = ['summary', 'description', 'status', 'priority', 'assignee', 'labels', 'updated'];

export const issueSchema = z.object({
  id: z.string().regex(/^\d+$/),
  key: z.string().regex(/^[A-Z][A-Z0-9_]*-\d+$/),
  fields: z.object({
    summary: z.string(),
    description: z.unknown(),
    status: z.object({ name: z.string(), statusCategory: z.object({ key: z.string() }) }),
    priority: z.object({ name: z.string() }).nullish(),
    assignee: z.object({ displayName: z.string() }).nullish(),
    labels: z.array(z.string()).nullish(),
    updated: z.string().nullish(),
  }),
});
export type JiraIssue = z.output<typeof issueSchema>;

export const commentsSchema = z.object({
  comments: z.array(
    z.object({
      id: z.string(),
      body: z.unknown(),
      author: z.object({ displayName: z.string().nullish(), accountType: z.string().nullish() }).nullish(),
      created: z.string().nullish(),
    }),
  ),
});
type JiraComment = z.output<typeof commentsSchema>['comments'][number];

/** What an app or a rule of automation writes is nobody's word. */
export function isByApp({ author }: JiraComment): boolean {
  return author?.accountType === 'app';
}

export function readNoteOf({ id, body, author, created }: JiraComment): ReadNote {
  const at = typeof created === 'string' ? instantOf(created) : undefined;
  return { id, by: author?.displayName, at, text: textOfDocument(body) };
}

export function incidentOf(labels: readonly string[] | null | undefined): IncidentId | undefined {
  const label = labels?.find((each) => each.startsWith(prefix) && each.length > prefix.length);
  return label === undefined ? undefined : incidentIdFrom(label.slice(prefix.length));
}

export function hasLabel(issue: JiraIssue, incident: IncidentId): boolean {
  return issue.fields.labels?.includes(labelOf(incident)) === true;
}

export function recordOf(config: JiraConfig, { key, fields }: JiraIssue): DeskRecord {
  const { summary, description, status, priority, assignee, labels, updated } = fields;
  return {
    protocol: key,
    incident: incidentOf(labels),
    title: summary,
    body: textOfDocument(description),
    // Names of statuses are each project's own; their category is not.
    state: status.statusCategory.key === 'done' ? 'closed' : 'open',
    priority: priorityOf(config.priorities, priority?.name),
    assignedTo: assignee?.displayName,
    updatedAt: typeof updated === 'string' ? instantOf(updated) : undefined,
  };
}

/** `2026-11-22T09:03:00.123-0300`: without the colon that ISO 8601 in `Temporal` wants. */
export function instantOf(text: string): Instant | undefined {
  const ms = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(ms) ? undefined : instant(ms);
}

/** `NOC-9` before `NOC-10`; an issue of another project after those of ours by its name. */
export function byKey(a: { readonly protocol: string }, b: { readonly protocol: string }): number {
  return a.protocol.localeCompare(b.protocol, 'en', { numeric: true });
}

// Redmine through its REST API, call by call. Our id stands in a custom field, which Redmine does not keep unique. Its
// statuses prove little: 204 to changes it ignored, 200 with an empty list to a stranger, the whole list to a filter it
// does not know. Must never search before it creates or try again: `shell/desk/delivery.ts` does that.
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import type { IncidentId } from '../../../../shared/ids.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { type Instant, toIso } from '../../../../shared/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type {
  DeskCapabilities,
  DeskClient,
  DeskDraft,
  DeskNote,
  DeskRecord,
} from '../../../ports/desk-client.ts';
import { call, type DeskAnswer, type DeskHttp, jsonOf, uncertain } from '../http/call.ts';
import { fitTitle } from '../http/record-parts.ts';
import type { RedmineConfig, RedmineSecrets } from './config.ts';
import { readRedmineHint } from './hint.ts';
import {
  externalIdIn,
  externalIdOf,
  issueAnswerSchema,
  issuesAnswerSchema,
  recordOf,
  subjectCharsMax,
} from './issue.ts';

export interface RedmineOptions {
  readonly config: RedmineConfig;
  readonly secrets: RedmineSecrets;
  readonly clock: Pick<Clock, 'now'>;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
}

export function redmineCapabilities(config: Pick<RedmineConfig, 'webhookSecretFile'>): DeskCapabilities {
  return {
    externalId: 'field',
    idempotent: false,
    search: { kind: 'immediate' },
    read: true,
    readsNotes: true,
    notes: true,
    close: true,
    reopen: true,
    raise: true,
    events: config.webhookSecretFile === undefined ? 'poll' : 'webhook',
  };
}

interface Desk {
  readonly config: RedmineConfig;
  readonly apiKey: string;
  readonly http: DeskHttp;
}

export function createRedmineClient(options: RedmineOptions): DeskClient {
  const { config, secrets, clock, fetch, timeoutMs } = options;
  const { apiKey, webhookSecret } = secrets;
  const http: DeskHttp = {
    name: 'redmine',
    allowInsecure: config.allowInsecure,
    clock,
    secrets: [apiKey],
    fetch,
    timeoutMs,
  };
  const desk: Desk = { config, apiKey, http };
  return {
    name: 'redmine',
    capabilities: redmineCapabilities(config),
    probe: () => probe(desk),
    create: (draft) => create(desk, draft),
    find: (incident) => find(desk, incident),
    read: (protocol) => read(desk, protocol),
    note: (protocol, note) => update(desk, protocol, noteFields(config, note)),
    setState: (protocol, state, note) =>
      update(desk, protocol, { status_id: statusOf(config, state), ...noteFields(config, note) }),
    raise: (protocol, { priority, title }) =>
      update(desk, protocol, {
        priority_id: config.priorities[priority],
        subject: fitTitle(title, subjectCharsMax),
      }),
    claim: (protocol, incident) =>
      update(desk, protocol, { custom_fields: externalIdField(config, incident) }),
    changedSince: (since) => changedSince(desk, since),
    hint: (request) => readRedmineHint(config, webhookSecret, request),
    close: async () => {},
  };
}

const currentUserSchema = z.object({ user: z.object({ id: z.int() }) });

/** The one reading that tells a stranger: lists show him an empty page instead. */
async function probe(desk: Desk): Promise<Result<void>> {
  const answer = await get(desk, '/users/current.json', {});
  if (!answer.ok) return answer;
  const user = jsonOf(desk.http, answer.value, currentUserSchema);
  return user.ok ? ok(undefined) : user;
}

async function create(desk: Desk, draft: DeskDraft): Promise<Result<{ protocol: string }>> {
  const { config, http } = desk;
  const { project } = config.customers[draft.customer] ?? config;
  const answer = await send(desk, 'POST', '/issues.json', {
    project_id: project,
    tracker_id: config.trackerId,
    priority_id: config.priorities[draft.priority],
    subject: fitTitle(draft.title, subjectCharsMax),
    description: draft.body,
    assigned_to_id: config.assignedToId,
    custom_fields: externalIdField(config, draft.incident),
  });
  if (!answer.ok) return answer;
  const made = jsonOf(http, answer.value, issueAnswerSchema);
  return made.ok ? ok({ protocol: String(made.value.issue.id) }) : made;
}

/**
 * In all projects, because people move issues; with `status_id=*`, because closed ones are hidden otherwise. A filter
 * Redmine does not know is left out without a word: an issue without our id in the answer shows that.
 */
async function find(desk: Desk, incident: IncidentId): Promise<Result<readonly DeskRecord[]>> {
  const { config, http } = desk;
  const wanted = externalIdOf(incident);
  const answer = await get(desk, '/issues.json', {
    status_id: '*',
    [`cf_${config.externalIdFieldId}`]: wanted,
    sort: 'id:asc',
    limit: String(limits.deskFoundMax),
  });
  if (!answer.ok) return answer;
  const page = jsonOf(http, answer.value, issuesAnswerSchema);
  if (!page.ok) return page;
  const { issues } = page.value;
  // Databases may compare without regard to case; another spelling is still a filter that was applied.
  const strange = issues.some((issue) => externalIdIn(config, issue)?.toLowerCase() !== wanted.toLowerCase());
  if (strange)
    return fail(
      failure(
        'desk.refused',
        `${http.name} does not search by custom field ${config.externalIdFieldId}: is it a filter, for all projects?`,
      ),
    );
  return ok(
    issues.filter((issue) => externalIdIn(config, issue) === wanted).map((issue) => recordOf(config, issue)),
  );
}

async function read(desk: Desk, protocol: string): Promise<Result<DeskRecord | undefined>> {
  if (!isNumber(protocol)) return ok(undefined);
  const answer = await get(desk, `/issues/${protocol}.json`, { include: 'journals' }, [404]);
  if (!answer.ok) return answer;
  if (answer.value.status === 404) return ok(undefined);
  const found = jsonOf(desk.http, answer.value, issueAnswerSchema);
  return found.ok
    ? ok({ noteMarks: [], peopleNotes: [], ...recordOf(desk.config, found.value.issue) })
    : found;
}

async function changedSince(desk: Desk, since: Instant): Promise<Result<readonly DeskRecord[]>> {
  const { config, http } = desk;
  const answer = await get(desk, '/issues.json', {
    status_id: '*',
    // Any value.
    [`cf_${config.externalIdFieldId}`]: '*',
    // Redmine keeps whole seconds.
    updated_on: `>=${toIso(since).slice(0, 19)}Z`,
    sort: 'updated_on:asc',
    limit: String(limits.deskChangedMax),
  });
  if (!answer.ok) return answer;
  const page = jsonOf(http, answer.value, issuesAnswerSchema);
  if (!page.ok) return page;
  return ok(
    page.value.issues
      .map((issue) => recordOf(config, issue))
      .filter(({ incident }) => incident !== undefined),
  );
}

/** One request changes state and adds the note, so that neither stands without the other. */
async function update(
  desk: Desk,
  protocol: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<Result<void>> {
  if (!isNumber(protocol))
    return fail(failure('desk.refused', `${desk.http.name} has no issue "${protocol}"`));
  const answer = await send(desk, 'PUT', `/issues/${protocol}.json`, fields);
  if (!answer.ok) return answer;
  // Its yes is a 204 without a word (a blank in old releases); a text is somebody else's, a proxy's say.
  const silent = answer.value.bytes.every((byte) => byte === 0x20);
  return silent ? ok(undefined) : fail(uncertain(`${desk.http.name} answered a change with a text`));
}

function noteFields({ privateNotes }: RedmineConfig, { text }: DeskNote) {
  return { notes: text, private_notes: privateNotes };
}

function statusOf(config: RedmineConfig, state: DeskRecord['state']): number {
  return state === 'closed' ? config.closedStatusId : config.reopenedStatusId;
}

function externalIdField({ externalIdFieldId }: RedmineConfig, incident: IncidentId) {
  return [{ id: externalIdFieldId, value: externalIdOf(incident) }];
}

function get(
  { config, apiKey, http }: Desk,
  path: string,
  query: Readonly<Record<string, string>>,
  accepts?: readonly number[],
): Promise<Result<DeskAnswer>> {
  const url = new URL(`${config.url}${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return call(http, { method: 'GET', url, headers: { 'X-Redmine-API-Key': apiKey }, accepts });
}

async function send(
  { config, apiKey, http }: Desk,
  method: 'POST' | 'PUT',
  path: string,
  issue: Readonly<Record<string, unknown>>,
): Promise<Result<DeskAnswer>> {
  return call(http, {
    method,
    url: new URL(`${config.url}${path}`),
    headers: { 'X-Redmine-API-Key': apiKey, 'Content-Type': 'application/json' },
    body: JSON.stringify({ issue }),
  });
}

function isNumber(protocol: string): boolean {
  return /^\d{1,15}$/.test(protocol);
}

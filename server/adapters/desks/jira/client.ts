// Jira Service Management Cloud through the platform's REST API v3, call by call. Its search is eventually consistent:
// issues that this client has met are named to it (`reconcileIssues`), for all others the lag is declared. Must never
// search before it creates or try again: `shell/desk/delivery.ts` does that. Sources: `docs/desks/jira.md`.
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import type { IncidentId } from '../../../../shared/ids.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { type Instant, minute } from '../../../../shared/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type {
  DeskCapabilities,
  DeskClient,
  DeskDraft,
  DeskNote,
  DeskRecord,
} from '../../../ports/desk-client.ts';
import { call, type DeskAnswer, type DeskHttp, type DeskRequest, jsonOf } from '../http/call.ts';
import { fitTitle, fold, noteMarksIn, peopleNotesIn } from '../http/record-parts.ts';
import type { JiraConfig, JiraSecrets } from './config.ts';
import { documentOf, textOfDocument } from './document.ts';
import { readJiraHint } from './hint.ts';
import * as jira from './issue.ts';
import { createMetIssues, type MetIssues } from './met-issues.ts';

export interface JiraOptions {
  readonly config: JiraConfig;
  readonly secrets: JiraSecrets;
  readonly clock: Pick<Clock, 'now'>;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
}

export function jiraCapabilities({ searchLagMs }: Pick<JiraConfig, 'searchLagMs'>): DeskCapabilities {
  return {
    externalId: 'field',
    idempotent: false,
    search: { kind: 'lagging', lagMs: searchLagMs },
    read: true,
    readsNotes: true,
    notes: true,
    close: true,
    reopen: true,
    raise: true,
    events: 'webhook',
  };
}

export function createJiraClient({ config, secrets, clock, fetch, timeoutMs }: JiraOptions): DeskClient {
  const { token, webhookSecret } = secrets;
  const basic = Buffer.from(`${config.email}:${token}`, 'utf8').toString('base64');
  const http: DeskHttp = {
    name: 'jira',
    allowInsecure: config.allowInsecure,
    clock,
    secrets: [...Object.values(secrets), basic],
    forbidden: 'unauthorised',
    fetch,
    timeoutMs,
  };
  const send: Send = (method, path, { query = {}, body, accepts } = {}) => {
    const url = new URL(`${config.url}/rest/api/3/${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const headers = {
      'Content-Type': 'application/json',
      Accept: 'application/json',
      Authorization: `Basic ${basic}`,
    };
    return call(http, { method, url, headers, body: body && JSON.stringify(body), accepts });
  };
  const desk: Desk = { config, http, clock, send, met: createMetIssues() };
  return {
    name: 'jira',
    capabilities: jiraCapabilities(config),
    probe: () => probe(desk),
    create: (draft) => create(desk, draft),
    find: (incident) => find(desk, incident),
    read: (protocol) => read(desk, protocol),
    note: (protocol, note) => comment(desk, protocol, note),
    setState: (protocol, state, note) => setState(desk, protocol, state, note),
    raise: (protocol, { priority, title }) =>
      edit(desk, protocol, {
        fields: {
          summary: fitTitle(title, jira.titleCharsMax),
          priority: { name: config.priorities[priority] },
        },
      }),
    claim: (protocol, incident) =>
      edit(desk, protocol, { update: { labels: [{ add: jira.ownLabel }, { add: jira.labelOf(incident) }] } }),
    changedSince: (since) => changedSince(desk, since),
    hint: (request) => readJiraHint(webhookSecret, request),
    close: async () => {},
  };
}

type Send = (
  method: DeskRequest['method'],
  path: string,
  more?: {
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: Readonly<Record<string, unknown>>;
    readonly accepts?: readonly number[];
  },
) => Promise<Result<DeskAnswer>>;

interface Desk {
  readonly config: JiraConfig;
  readonly http: DeskHttp;
  readonly clock: Pick<Clock, 'now'>;
  readonly send: Send;
  readonly met: MetIssues;
}

/** Who am I, and do I see the project: a stranger's searches are empty, and so are those of who lost the project. */
async function probe(desk: Desk): Promise<Result<void>> {
  const { config, http, send } = desk;
  const me = await send('GET', 'myself');
  if (!me.ok) return me;
  const known = jsonOf(http, me.value, z.object({ accountId: z.string().min(1) }));
  if (!known.ok) return known;
  return seesProject(desk, config.project);
}

/** A project that the account lost looks like one that never was, and so do its issues. */
async function seesProject({ send }: Desk, project: string): Promise<Result<void>> {
  const answer = await send('GET', `project/${project}`, { accepts: [404] });
  if (!answer.ok) return answer;
  if (answer.value.status !== 404) return ok(undefined);
  const message = `jira shows no project ${project} to this account`;
  return fail(failure('desk.unauthorised', message, { retryable: true }));
}

async function create(
  { config, http, send, met }: Desk,
  draft: DeskDraft,
): Promise<Result<{ protocol: string }>> {
  const answer = await send('POST', 'issue', {
    body: {
      fields: {
        ...config.fields,
        project: { key: config.project },
        issuetype: { name: config.issueType },
        summary: fitTitle(draft.title, jira.titleCharsMax),
        description: documentOf(draft.body),
        priority: { name: config.priorities[draft.priority] },
        labels: [jira.ownLabel, jira.labelOf(draft.incident)],
      },
    },
  });
  if (!answer.ok) return answer;
  const made = jsonOf(http, answer.value, jira.issueSchema.pick({ id: true, key: true }));
  if (!made.ok) return made;
  met.add(made.value.id);
  return ok({ protocol: made.value.key });
}

async function find(desk: Desk, incident: IncidentId): Promise<Result<readonly DeskRecord[]>> {
  const { config } = desk;
  const issues = await search(
    desk,
    `labels = ${quoted(jira.labelOf(incident))} ORDER BY key ASC`,
    limits.deskFoundMax,
  );
  if (!issues.ok) return issues;
  const own = issues.value.filter((issue) => jira.hasLabel(issue, incident));
  return ok(own.map((issue) => jira.recordOf(config, issue)).toSorted(jira.byKey));
}

const foundSchema = z.object({ issues: z.array(jira.issueSchema) });

async function search(
  { http, send, met }: Desk,
  jql: string,
  countMax: number,
): Promise<Result<jira.JiraIssue[]>> {
  const body = { jql, fields: jira.issueFields, maxResults: countMax };
  const named = await send('POST', 'search/jql', { body: { ...body, reconcileIssues: met.list() } });
  // One named issue that was deleted since may spoil the whole search; without names it is as good as the lag declared.
  const spoilt = !named.ok && named.failure.code === 'desk.refused' && met.list().length > 0;
  if (spoilt) met.forget();
  const answer = spoilt ? await send('POST', 'search/jql', { body }) : named;
  if (!answer.ok) return answer;
  const found = jsonOf(http, answer.value, foundSchema);
  if (!found.ok) return found;
  for (const { id } of found.value.issues) met.add(id);
  return ok(found.value.issues);
}

async function read(desk: Desk, protocol: string): Promise<Result<DeskRecord | undefined>> {
  const { config, http, send, met } = desk;
  if (!isKey(protocol)) return ok(undefined);
  const fields = jira.issueFields.join(',');
  const answer = await send('GET', `issue/${protocol}`, { query: { fields }, accepts: [404] });
  if (!answer.ok) return answer;
  if (answer.value.status === 404) {
    const seen = await seesProject(desk, protocol.slice(0, protocol.lastIndexOf('-')));
    return seen.ok ? ok(undefined) : seen;
  }
  const issue = jsonOf(http, answer.value, jira.issueSchema);
  if (!issue.ok) return issue;
  met.add(issue.value.id);
  const comments = await send('GET', `issue/${protocol}/comment`, {
    query: { orderBy: '-created', maxResults: '100' },
  });
  if (!comments.ok) return comments;
  const list = jsonOf(http, comments.value, jira.commentsSchema);
  if (!list.ok) return list;
  const oldestFirst = list.value.comments.toReversed();
  return ok({
    ...jira.recordOf(config, issue.value),
    // A moved issue answers to its old key too; the protocol stays what it was asked by.
    protocol,
    noteMarks: noteMarksIn(oldestFirst.map(({ body }) => textOfDocument(body))),
    peopleNotes: peopleNotesIn(oldestFirst.filter((each) => !jira.isByApp(each)).map(jira.readNoteOf)),
  });
}

/** Seen by the team only: the property is how Service Management keeps a comment from the customer. */
async function comment({ http, send }: Desk, protocol: string, { text }: DeskNote): Promise<Result<void>> {
  if (!isKey(protocol)) return fail(noIssue(protocol));
  const body = {
    body: documentOf(text),
    properties: [{ key: 'sd.public.comment', value: { internal: true } }],
  };
  const answer = await send('POST', `issue/${protocol}/comment`, { body });
  if (!answer.ok) return answer;
  const made = jsonOf(http, answer.value, z.object({ id: z.string().min(1) }));
  return made.ok ? ok(undefined) : made;
}

const transitionsSchema = z.object({
  transitions: z.array(z.object({ id: z.string(), name: z.string(), to: z.object({ name: z.string() }) })),
});

/** State first: a note without its state would be taken for done by who looks for its mark. */
async function setState(
  desk: Desk,
  protocol: string,
  state: DeskRecord['state'],
  note: DeskNote,
): Promise<Result<void>> {
  const { config, http, send } = desk;
  if (!isKey(protocol)) return fail(noIssue(protocol));
  const offered = await send('GET', `issue/${protocol}/transitions`);
  if (!offered.ok) return offered;
  const list = jsonOf(http, offered.value, transitionsSchema);
  if (!list.ok) return list;
  const { transitions } = list.value;
  const wanted = state === 'closed' ? config.transitions.close : config.transitions.reopen;
  const transition = wanted
    .flatMap((name) =>
      transitions.filter((each) => [each.name, each.to.name].some((own) => fold(own) === fold(name))),
    )
    .at(0);
  if (transition === undefined) {
    const names = transitions.map(({ name }) => `"${name}"`).join(', ');
    return fail(
      failure('desk.refused', `jira offers no wanted transition for ${protocol}; it offers: ${names}`),
    );
  }
  const { resolution } = config;
  const fields =
    state === 'closed' && resolution !== undefined ? { resolution: { name: resolution } } : undefined;
  const body = { transition: { id: transition.id }, fields };
  const done = await send('POST', `issue/${protocol}/transitions`, { body });
  return done.ok ? comment(desk, protocol, note) : done;
}

async function edit(
  { send }: Desk,
  protocol: string,
  body: Readonly<Record<string, unknown>>,
): Promise<Result<void>> {
  if (!isKey(protocol)) return fail(noIssue(protocol));
  const answer = await send('PUT', `issue/${protocol}`, { body });
  return answer.ok ? ok(undefined) : answer;
}

/** Asks for whole minutes before now: dates in JQL are in the time zone of the account, durations are not. */
async function changedSince(desk: Desk, since: Instant): Promise<Result<readonly DeskRecord[]>> {
  const { config, clock } = desk;
  const minutes = Math.max(1, Math.ceil((clock.now() - since) / minute) + 1);
  const jql = `labels = ${quoted(jira.ownLabel)} AND updated >= -${minutes}m ORDER BY updated ASC`;
  const issues = await search(desk, jql, limits.deskChangedMax);
  if (!issues.ok) return issues;
  const records = issues.value.map((issue) => jira.recordOf(config, issue));
  return ok(
    records.filter(({ incident, updatedAt = since }) => incident !== undefined && updatedAt >= since),
  );
}

/** As JQL writes a text. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function isKey(protocol: string): boolean {
  return /^[A-Z][A-Z0-9_]{0,19}-\d{1,12}$/.test(protocol);
}

function noIssue(protocol: string) {
  return failure('desk.refused', `jira has no issue "${protocol}"`);
}

// Request Tracker 5 through REST2, call by call. Our id stands in a custom field; where that field must be unique RT still
// makes a second ticket and drops the value. It answers 2xx to changes it ignored, so nothing here is proof of a change.
// Must never search before it creates or try again: `shell/desk/delivery.ts` does that.
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import type { IncidentId } from '../../../../shared/ids.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { type Instant, second } from '../../../../shared/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type {
  DeskCapabilities,
  DeskClient,
  DeskDraft,
  DeskNote,
  DeskRecord,
} from '../../../ports/desk-client.ts';
import { call, type DeskAnswer, type DeskHttp, jsonOf } from '../http/call.ts';
import { fitTitle, noteMarksIn } from '../http/record-parts.ts';
import type { RequestTrackerConfig, RequestTrackerSecrets } from './config.ts';
import { readRequestTrackerHint } from './hint.ts';
import { peopleNotesOf } from './people-notes.ts';
import { TicketTexts } from './texts.ts';
import * as rt from './ticket.ts';

export interface RequestTrackerOptions {
  readonly config: RequestTrackerConfig;
  readonly secrets: RequestTrackerSecrets;
  readonly clock: Pick<Clock, 'now'>;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
}

export function requestTrackerCapabilities(
  config: Pick<RequestTrackerConfig, 'webhookSecretFile'>,
): DeskCapabilities {
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
  readonly config: RequestTrackerConfig;
  readonly token: string;
  readonly http: DeskHttp;
}

export function createRequestTrackerClient(options: RequestTrackerOptions): DeskClient {
  const { config, secrets, clock, fetch, timeoutMs } = options;
  const { token, webhookSecret } = secrets;
  const http: DeskHttp = {
    name: 'request-tracker',
    allowInsecure: config.allowInsecure,
    clock,
    secrets: [token],
    fetch,
    timeoutMs,
  };
  const desk: Desk = { config, token, http };
  const texts = new TicketTexts(http, (path, query) => get(desk, path, query));
  return {
    name: 'request-tracker',
    capabilities: requestTrackerCapabilities(config),
    probe: () => probe(desk),
    create: (draft) => create(desk, draft),
    find: (incident) => find(desk, incident),
    read: (protocol) => read(desk, texts, protocol),
    note: (protocol, note) => say(desk, protocol, note),
    setState: (protocol, state, note) =>
      say(desk, protocol, note, state === 'closed' ? config.closedStatus : config.reopenedStatus),
    raise: (protocol, { priority, title }) =>
      change(desk, protocol, {
        Priority: config.priorities[priority],
        Subject: fitTitle(title, rt.subjectCharsMax),
      }),
    // A unique value that another ticket holds stays there, with a 200: the title's marker finds this one all the same.
    claim: (protocol, incident) =>
      change(desk, protocol, { CustomFields: { [config.externalIdField]: rt.externalIdOf(incident) } }),
    changedSince: (since) => changedSince(desk, since),
    hint: (request) => readRequestTrackerHint(config, webhookSecret, request),
    close: async () => {},
  };
}

const queueSchema = z.object({
  TicketCustomFields: z.array(z.object({ name: z.string().nullish() })).nullish(),
});

/**
 * Reads the queue: proves the credential, that it may see the queue, and that our field is there; without the field RT
 * drops our id from every ticket and finds nothing, both with a 2xx.
 */
async function probe(desk: Desk): Promise<Result<void>> {
  const { config, http } = desk;
  const answer = await get(desk, `/queue/${encodeURIComponent(config.queue)}`);
  if (!answer.ok) return answer;
  const queue = jsonOf(http, answer.value, queueSchema);
  if (!queue.ok) return queue;
  const there = queue.value.TicketCustomFields?.some(({ name }) => name === config.externalIdField) === true;
  return there
    ? ok(undefined)
    : fail(failure('desk.refused', `${http.name}: the queue has no custom field ${config.externalIdField}`));
}

const createdSchema = z.object({ id: rt.numberSchema });

async function create(desk: Desk, draft: DeskDraft): Promise<Result<{ protocol: string }>> {
  const { config, http } = desk;
  const own = config.customers[draft.customer];
  const answer = await send(desk, 'POST', '/ticket', {
    Queue: own?.queue ?? config.queue,
    Subject: fitTitle(draft.title, rt.subjectCharsMax),
    Priority: config.priorities[draft.priority],
    Requestor: own?.requestor ?? config.requestor,
    Content: draft.body,
    ContentType: 'text/plain',
    CustomFields: { [config.externalIdField]: rt.externalIdOf(draft.incident) },
  });
  if (!answer.ok) return answer;
  const made = jsonOf(http, answer.value, createdSchema);
  return made.ok ? ok({ protocol: made.value.id }) : made;
}

const ticketsSchema = z.object({ items: z.array(rt.ticketSchema) });

/** By our field, then by the marker in the title, because a ticket can have lost the field's value or never got it. */
async function find(desk: Desk, incident: IncidentId): Promise<Result<readonly DeskRecord[]>> {
  const { config } = desk;
  const found = new Map<string, rt.Ticket>();
  const queries = [rt.byExternalId(config, incident), rt.byMarker(incident)];
  const answers = await Promise.all(
    queries.map((query) => list(desk, { query, orderby: 'id', order: 'ASC', perPage: limits.deskFoundMax })),
  );
  for (const tickets of answers) {
    if (!tickets.ok) return tickets;
    for (const ticket of tickets.value) if (rt.isOf(config, ticket, incident)) found.set(ticket.id, ticket);
  }
  return ok(
    [...found.values()]
      .filter((ticket) => !rt.isDeleted(ticket))
      .toSorted((a, b) => Number(a.id) - Number(b.id))
      .map((ticket) => rt.recordOf(config, ticket)),
  );
}

async function read(
  desk: Desk,
  texts: TicketTexts,
  protocol: string,
): Promise<Result<DeskRecord | undefined>> {
  const { config, http } = desk;
  if (!isNumber(protocol)) return ok(undefined);
  const answer = await get(desk, `/ticket/${protocol}`, {}, [404]);
  if (!answer.ok) return answer;
  if (answer.value.status === 404) return ok(undefined);
  const ticket = jsonOf(http, answer.value, rt.ticketSchema);
  if (!ticket.ok) return ticket;
  if (rt.isDeleted(ticket.value)) return ok(undefined);
  const said = await texts.of(protocol);
  if (!said.ok) return said;
  const [opening, ...notes] = said.value;
  const merged = ticket.value.id !== protocol;
  // Under a merged ticket stands what was said of all that went into it.
  const people = merged ? undefined : await peopleNotesOf(texts, notes);
  if (people !== undefined && !people.ok) return people;
  return ok({
    ...rt.recordOf(config, ticket.value),
    // A ticket that was merged into another answers as that one; ours is still asked for by its own number.
    protocol,
    ...(merged ? { mergedInto: ticket.value.id } : {}),
    body: opening?.text,
    noteMarks: noteMarksIn(notes.map(({ text }) => text)),
    ...(people === undefined ? {} : { peopleNotes: people.value }),
  });
}

/**
 * Newest first, page by page back to `since`, then turned round. More than `deskChangedPagesMax` pages are not read; that
 * many tickets do not change between two looks.
 */
async function changedSince(desk: Desk, since: Instant): Promise<Result<readonly DeskRecord[]>> {
  const query = rt.changedAfter(desk.config, since);
  const found = new Map<string, DeskRecord>();
  for (let page = 1; page <= limits.deskChangedPagesMax; page += 1) {
    const perPage = limits.deskChangedMax;
    const tickets = await list(desk, { query, orderby: 'LastUpdated', order: 'DESC', perPage, page });
    if (!tickets.ok) return tickets;
    const records = tickets.value.map((ticket) => rt.recordOf(desk.config, ticket));
    // RT keeps whole seconds.
    const changed = records.filter(({ updatedAt = since }) => updatedAt > since - second);
    for (const record of changed) if (record.incident !== undefined) found.set(record.protocol, record);
    if (changed.length < perPage) break;
  }
  return ok([...found.values()].toReversed().slice(0, limits.deskChangedMax));
}

interface Listing {
  readonly query: string;
  readonly orderby: 'id' | 'LastUpdated';
  readonly order: 'ASC' | 'DESC';
  readonly perPage: number;
  readonly page?: number;
}

async function list(
  desk: Desk,
  { query, orderby, order, perPage, page = 1 }: Listing,
): Promise<Result<readonly rt.Ticket[]>> {
  const answer = await get(desk, '/tickets', {
    query,
    fields: rt.ticketFields,
    orderby,
    order,
    per_page: String(perPage),
    page: String(page),
  });
  if (!answer.ok) return answer;
  const tickets = jsonOf(desk.http, answer.value, ticketsSchema);
  return tickets.ok ? ok(tickets.value.items) : tickets;
}

const messagesSchema = z.array(z.string());

/** RT takes a new state together with the note, in one request. */
async function say(desk: Desk, protocol: string, { text }: DeskNote, status?: string): Promise<Result<void>> {
  if (!isNumber(protocol)) return noSuch(desk, protocol);
  const path = `/ticket/${protocol}/${desk.config.notes}`;
  const answer = await send(desk, 'POST', path, { Content: text, ContentType: 'text/plain', Status: status });
  if (!answer.ok) return answer;
  const said = jsonOf(desk.http, answer.value, messagesSchema);
  return said.ok ? ok(undefined) : said;
}

async function change(
  desk: Desk,
  protocol: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<Result<void>> {
  if (!isNumber(protocol)) return noSuch(desk, protocol);
  const answer = await send(desk, 'PUT', `/ticket/${protocol}`, fields);
  if (!answer.ok) return answer;
  const said = jsonOf(desk.http, answer.value, messagesSchema);
  return said.ok ? ok(undefined) : said;
}

function noSuch({ http }: Desk, protocol: string): Result<never> {
  return fail(failure('desk.refused', `${http.name} has no ticket "${protocol}"`));
}

function get(
  { config, token, http }: Desk,
  path: string,
  query: Readonly<Record<string, string>> = {},
  accepts?: readonly number[],
): Promise<Result<DeskAnswer>> {
  const url = new URL(`${config.url}/REST/2.0${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return call(http, { method: 'GET', url, headers: { Authorization: `token ${token}` }, accepts });
}

function send(
  { config, token, http }: Desk,
  method: 'POST' | 'PUT',
  path: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<Result<DeskAnswer>> {
  return call(http, {
    method,
    url: new URL(`${config.url}/REST/2.0${path}`),
    headers: { Authorization: `token ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(fields),
  });
}

function isNumber(protocol: string): boolean {
  return /^\d{1,15}$/.test(protocol);
}

// Zammad through its REST API, call by call. Our id stands in a ticket attribute of its own; searches name it as a
// condition, which Zammad answers from its database and not from the search index that lags. Must never search before it
// creates or try again: `shell/desk/delivery.ts` does that. Sources: `docs/desks/zammad.md`.
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import type { IncidentId } from '../../../../shared/ids.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { type Instant, plus, second, toIso } from '../../../../shared/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { DeskCapabilities, DeskClient, DeskDraft, DeskRecord } from '../../../ports/desk-client.ts';
import { call, type DeskAnswer, type DeskHttp, type DeskRequest, jsonOf } from '../http/call.ts';
import { fitTitle, noteMarksIn, peopleNotesIn } from '../http/record-parts.ts';
import type { ZammadConfig, ZammadSecrets } from './config.ts';
import { readZammadHint } from './hint.ts';
import {
  articlesSchema,
  idOf,
  isBySystem,
  markOf,
  protocolOf,
  readNoteOf,
  recordOf,
  textOf,
  ticketSchema,
  titleCharsMax,
  type ZammadTicket,
} from './ticket.ts';

export interface ZammadOptions {
  readonly config: ZammadConfig;
  readonly secrets: ZammadSecrets;
  readonly clock: Pick<Clock, 'now'>;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
}

export const zammadCapabilities: DeskCapabilities = {
  externalId: 'field',
  idempotent: false,
  search: { kind: 'immediate' },
  read: true,
  readsNotes: true,
  notes: true,
  close: true,
  reopen: true,
  raise: true,
  events: 'webhook',
};

export function createZammadClient({ config, secrets, clock, fetch, timeoutMs }: ZammadOptions): DeskClient {
  const { token, webhookSecret } = secrets;
  const http: DeskHttp = {
    name: 'zammad',
    allowInsecure: config.allowInsecure,
    clock,
    secrets: Object.values(secrets),
    // A ticket in a group that the token's user may not read is a 403, not a 404.
    forbidden: 'unauthorised',
    fetch,
    timeoutMs,
  };
  const send: Send = (method, path, { query = {}, body, accepts } = {}) => {
    const url = new URL(`${config.url}/api/v1/${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const headers = { 'Content-Type': 'application/json', Authorization: `Token token=${token}` };
    return call(http, { method, url, headers, body: body && JSON.stringify(body), accepts });
  };
  const desk: Desk = { config, http, send };
  return {
    name: 'zammad',
    capabilities: zammadCapabilities,
    probe: () => probe(desk),
    create: (draft) => create(desk, draft),
    find: (incident) => find(desk, incident),
    read: (protocol) => read(desk, protocol),
    note: (protocol, note) => change(desk, protocol, { article: articleOf(note.text) }),
    setState: (protocol, state, note) =>
      change(desk, protocol, { state: config.states[state], article: articleOf(note.text) }),
    raise: (protocol, { priority, title }) =>
      change(desk, protocol, {
        title: fitTitle(title, titleCharsMax),
        priority: config.priorities[priority],
      }),
    claim: (protocol, incident) => claim(desk, protocol, incident),
    changedSince: (since) => changedSince(desk, since),
    hint: (request) => readZammadHint(config, webhookSecret, request),
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
  readonly config: ZammadConfig;
  readonly http: DeskHttp;
  readonly send: Send;
}

const ticketsSchema = z.array(ticketSchema);

async function probe({ http, send }: Desk): Promise<Result<void>> {
  const answer = await send('GET', 'users/me');
  if (!answer.ok) return answer;
  const me = jsonOf(http, answer.value, z.object({ id: z.int().positive() }));
  return me.ok ? ok(undefined) : me;
}

async function create({ config, http, send }: Desk, draft: DeskDraft): Promise<Result<{ protocol: string }>> {
  const { customer = config.customer, group = config.group } = config.customers[draft.customer] ?? {};
  const answer = await send('POST', 'tickets', {
    query: { expand: 'true' },
    body: {
      title: fitTitle(draft.title, titleCharsMax),
      group,
      customer_id: `guess:${customer}`,
      priority: config.priorities[draft.priority],
      article: articleOf(draft.body),
      // An attribute that Zammad does not know is dropped without a word; reading back shows it.
      [config.attribute]: draft.incident,
    },
  });
  if (!answer.ok) return answer;
  const made = jsonOf(http, answer.value, ticketSchema);
  return made.ok ? ok({ protocol: protocolOf(made.value) }) : made;
}

/** Plain text stays plain: Zammad shows it as it is and takes nothing in it for markup. */
function articleOf(text: string) {
  return { subject: 'Vigia', body: text, content_type: 'text/plain', type: 'note', internal: true };
}

async function find(desk: Desk, incident: IncidentId): Promise<Result<readonly DeskRecord[]>> {
  const { config, http } = desk;
  const rows = await searchBy(desk, config.attribute, incident);
  if (!rows.ok) return rows;
  // A condition that was not applied shows an arbitrary page: nothing can be concluded from what is not on it.
  const strange = rows.value.some(
    (row) => markOf(config, row)?.trim().toLowerCase() !== incident.toLowerCase(),
  );
  if (strange)
    return fail(
      failure('desk.refused', `${http.name} does not search by the attribute "${config.attribute}"`),
    );
  return ok(rows.value.filter((row) => markOf(config, row) === incident).map((row) => recordOf(config, row)));
}

/** Oldest first. Without a full-text query Zammad answers from its database, at once. */
async function searchBy(
  { http, send }: Desk,
  attribute: string,
  value: string,
): Promise<Result<ZammadTicket[]>> {
  const answer = await send('GET', 'tickets/search', {
    query: {
      expand: 'true',
      [`condition[ticket.${attribute}][operator]`]: 'is',
      [`condition[ticket.${attribute}][value]`]: value,
      sort_by: 'id',
      order_by: 'asc',
      per_page: String(limits.deskFoundMax),
    },
  });
  if (!answer.ok) return answer;
  const rows = jsonOf(http, answer.value, ticketsSchema);
  return rows.ok ? ok(rows.value.toSorted((a, b) => a.id - b.id)) : rows;
}

/** By its id and not by searching: a ticket in a group that we may not read is a 403 here, and absent from a search. */
async function read({ config, http, send }: Desk, protocol: string): Promise<Result<DeskRecord | undefined>> {
  const id = idOf(protocol);
  if (id === undefined) return ok(undefined);
  const answer = await send('GET', `tickets/${id}`, { query: { expand: 'true' }, accepts: [404] });
  if (!answer.ok) return answer;
  if (answer.value.status === 404) return ok(undefined);
  const ticket = jsonOf(http, answer.value, ticketSchema);
  if (!ticket.ok) return ticket;
  const listed = await send('GET', `ticket_articles/by_ticket/${id}`);
  if (!listed.ok) return listed;
  const articles = jsonOf(http, listed.value, articlesSchema);
  if (!articles.ok) return articles;
  const [opening, ...later] = articles.value.toSorted((a, b) => a.id - b.id);
  const notes = later.slice(-limits.deskNotesMax);
  return ok({
    ...recordOf(config, ticket.value),
    body: opening === undefined ? undefined : textOf(opening),
    noteMarks: noteMarksIn(notes.map(textOf)),
    peopleNotes: peopleNotesIn(notes.filter((each) => !isBySystem(each)).map(readNoteOf)),
  });
}

/** One PUT: Zammad changes the ticket and adds the article in one transaction. */
async function change(
  desk: Desk,
  protocol: string,
  body: Readonly<Record<string, unknown>>,
): Promise<Result<void>> {
  const changed = await putTicket(desk, protocol, body);
  return changed.ok ? ok(undefined) : changed;
}

async function claim(desk: Desk, protocol: string, incident: IncidentId): Promise<Result<void>> {
  const { config, http } = desk;
  const changed = await putTicket(desk, protocol, { [config.attribute]: incident });
  if (!changed.ok) return changed;
  return markOf(config, changed.value) === incident
    ? ok(undefined)
    : fail(failure('desk.refused', `${http.name} has no ticket attribute "${config.attribute}"`));
}

async function putTicket(
  { http, send }: Desk,
  protocol: string,
  body: Readonly<Record<string, unknown>>,
): Promise<Result<ZammadTicket>> {
  const id = idOf(protocol);
  if (id === undefined) return fail(failure('desk.refused', `${http.name} has no ticket "${protocol}"`));
  const answer = await send('PUT', `tickets/${id}`, { query: { expand: 'true' }, body });
  return answer.ok ? jsonOf(http, answer.value, ticketSchema) : answer;
}

async function changedSince(
  { config, http, send }: Desk,
  since: Instant,
): Promise<Result<readonly DeskRecord[]>> {
  const found: DeskRecord[] = [];
  for (let page = 1; page <= limits.deskChangedPagesMax && found.length < limits.deskChangedMax; page += 1) {
    const answer = await send('GET', 'tickets/search', {
      query: {
        expand: 'true',
        'condition[ticket.updated_at][operator]': 'after (absolute)',
        // "After" leaves the instant itself out.
        'condition[ticket.updated_at][value]': toIso(plus(since, -second)),
        sort_by: 'updated_at',
        order_by: 'asc',
        per_page: String(limits.deskChangedMax),
        page: String(page),
      },
    });
    if (!answer.ok) return answer;
    const rows = jsonOf(http, answer.value, ticketsSchema);
    if (!rows.ok) return rows;
    const records = rows.value.map((row) => recordOf(config, row));
    found.push(
      ...records.filter(({ incident, updatedAt = since }) => incident !== undefined && updatedAt >= since),
    );
    if (rows.value.length < limits.deskChangedMax) break;
  }
  return ok(
    found.toSorted((a, b) => (a.updatedAt ?? 0) - (b.updatedAt ?? 0)).slice(0, limits.deskChangedMax),
  );
}

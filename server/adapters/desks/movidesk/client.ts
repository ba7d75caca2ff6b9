// Movidesk through its public API, call by call, with as few requests as can be: ten a minute is all there are. Our id
// stands in a custom field. Must never search before it creates, try again, or let the token out, which stands in every
// address: `shell/desk/delivery.ts` delivers, `http/call.ts` keeps addresses to itself. Sources: `docs/desks/movidesk.md`.
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import type { IncidentId } from '../../../../shared/ids.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { type Instant, minute, toIso } from '../../../../shared/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type {
  DeskCapabilities,
  DeskClient,
  DeskDraft,
  DeskNote,
  DeskRecord,
} from '../../../ports/desk-client.ts';
import { call, type DeskAnswer, type DeskHttp, type DeskRequest, jsonOf } from '../http/call.ts';
import { fitTitle } from '../http/record-parts.ts';
import type { MovideskConfig, MovideskSecrets } from './config.ts';
import { readMovideskHint } from './hint.ts';
import * as movidesk from './ticket.ts';

export interface MovideskOptions {
  readonly config: MovideskConfig;
  readonly secrets: MovideskSecrets;
  readonly clock: Pick<Clock, 'now'>;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
}

export function movideskCapabilities({
  requestsPerMinute,
  searchLagMs,
}: Pick<MovideskConfig, 'requestsPerMinute' | 'searchLagMs'>): DeskCapabilities {
  return {
    externalId: 'field',
    idempotent: false,
    search: searchLagMs === 0 ? { kind: 'immediate' } : { kind: 'lagging', lagMs: searchLagMs },
    read: true,
    readsNotes: true,
    notes: true,
    close: true,
    reopen: true,
    raise: true,
    events: 'webhook',
    rate: { requests: requestsPerMinute, perMs: minute },
  };
}

export function createMovideskClient({
  config,
  secrets,
  clock,
  fetch,
  timeoutMs,
}: MovideskOptions): DeskClient {
  const { token, webhookToken } = secrets;
  const http: DeskHttp = {
    name: 'movidesk',
    allowInsecure: config.allowInsecure,
    clock,
    secrets: Object.values(secrets),
    forbidden: 'unauthorised',
    fetch,
    timeoutMs,
  };
  const send: Send = (method, path, { query = {}, body, accepts } = {}) => {
    const url = new URL(`${config.url}/${path}`);
    url.searchParams.set('token', token);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    // Its OData reader takes %20 for a space, but not "+".
    url.search = url.search.replaceAll('+', '%20');
    const headers = { 'Content-Type': 'application/json' };
    return call(http, { method, url, headers, body: body && JSON.stringify(body), accepts });
  };
  const desk: Desk = { config, http, send };
  return {
    name: 'movidesk',
    capabilities: movideskCapabilities(config),
    probe: () => probe(desk),
    create: (draft) => create(desk, draft),
    find: (incident) => find(desk, incident),
    read: (protocol) => read(desk, protocol),
    note: (protocol, note) => patch(desk, protocol, { actions: [movidesk.actionOf(config, note.text)] }),
    setState: (protocol, state, note) => setState(desk, protocol, state, note),
    raise: (protocol, { priority, title }) =>
      patch(desk, protocol, {
        subject: fitTitle(title, movidesk.titleCharsMax),
        urgency: config.priorities[priority],
      }),
    claim: (protocol, incident) => claim(desk, protocol, incident),
    changedSince: (since) => changedSince(desk, since),
    hint: (request) => readMovideskHint(webhookToken, request),
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
  readonly config: MovideskConfig;
  readonly http: DeskHttp;
  readonly send: Send;
}

const ticketsSchema = z.array(movidesk.ticketSchema);

/** Reads the person in whose name tickets are made: an answer that nobody gets with a wrong token. */
async function probe({ config, http, send }: Desk): Promise<Result<void>> {
  const query = { id: config.createdBy, $select: 'id' };
  const answer = await send('GET', 'persons', { query, accepts: [404] });
  if (!answer.ok) return answer;
  if (answer.value.status === 404)
    return fail(failure('desk.refused', `movidesk has no person "${config.createdBy}" (createdBy)`));
  const person = jsonOf(http, answer.value, z.object({ id: z.string().min(1) }));
  return person.ok ? ok(undefined) : person;
}

async function create({ config, http, send }: Desk, draft: DeskDraft): Promise<Result<{ protocol: string }>> {
  const { clientId = config.clientId, ownerTeam = config.ownerTeam } = config.customers[draft.customer] ?? {};
  const answer = await send('POST', 'tickets', {
    body: {
      type: config.ticketType,
      subject: fitTitle(draft.title, movidesk.titleCharsMax),
      urgency: config.priorities[draft.priority],
      category: config.category,
      ownerTeam,
      createdBy: { id: config.createdBy },
      clients: [{ id: clientId }],
      actions: [movidesk.actionOf(config, draft.body)],
      customFieldValues: movidesk.withIncident(config, undefined, draft.incident),
    },
  });
  if (!answer.ok) return answer;
  const made = jsonOf(http, answer.value, z.object({ id: movidesk.idSchema }));
  return made.ok ? ok({ protocol: made.value.id }) : made;
}

/**
 * One request. Tickets untouched for 90 days stand under `/tickets/past` and are not looked for: an incident's ticket is
 * searched for around its making, and later read by its number.
 */
async function find(
  { config, http, send }: Desk,
  incident: IncidentId,
): Promise<Result<readonly DeskRecord[]>> {
  const field = `c/customFieldId eq ${config.customFieldId} and c/value eq ${quoted(incident)}`;
  const answer = await send('GET', 'tickets', {
    query: {
      $select: movidesk.listSelect,
      $expand: movidesk.listExpand,
      $filter: `customFieldValues/any(c: ${field})`,
      $orderby: 'id asc',
      $top: String(limits.deskFoundMax),
    },
  });
  if (!answer.ok) return answer;
  const rows = jsonOf(http, answer.value, ticketsSchema);
  if (!rows.ok) return rows;
  const strange = rows.value.some(
    (row) => movidesk.incidentOf(config, row)?.trim().toLowerCase() !== incident.toLowerCase(),
  );
  // A filter that was not applied shows an arbitrary page: nothing can be concluded from what is not on it.
  if (strange)
    return fail(failure('desk.refused', `movidesk does not search by field ${config.customFieldId}`));
  return ok(
    rows.value
      .filter((row) => movidesk.incidentOf(config, row) === incident && row.isDeleted !== true)
      .map((row) => movidesk.recordOf(config, row))
      .toSorted((a, b) => Number(a.protocol) - Number(b.protocol)),
  );
}

async function read(desk: Desk, protocol: string): Promise<Result<DeskRecord | undefined>> {
  const ticket = await ticketOf(desk, protocol);
  if (!ticket.ok) return ticket;
  return ok(ticket.value === undefined ? undefined : movidesk.recordOf(desk.config, ticket.value));
}

/** The whole ticket with its actions; what was not touched for 90 days stands in another place. */
async function ticketOf(
  { http, send }: Desk,
  protocol: string,
): Promise<Result<movidesk.MovideskTicket | undefined>> {
  if (!isNumber(protocol)) return ok(undefined);
  for (const place of ['tickets', 'tickets/past']) {
    const answer = await send('GET', place, { query: { id: protocol }, accepts: [404] });
    if (!answer.ok) return answer;
    if (answer.value.status === 404) continue;
    const ticket = jsonOf(http, answer.value, movidesk.ticketSchema);
    if (!ticket.ok) return ticket;
    return ok(ticket.value.isDeleted === true ? undefined : ticket.value);
  }
  return ok(undefined);
}

/** One PATCH for state and note: Movidesk does both or neither. */
function setState(
  desk: Desk,
  protocol: string,
  state: DeskRecord['state'],
  note: DeskNote,
): Promise<Result<void>> {
  const { config } = desk;
  return patch(desk, protocol, {
    status: config.statuses[state],
    // A change of status without the key is refused, also where the status asks for none.
    justification: config.justification ?? '',
    actions: [movidesk.actionOf(config, note.text)],
  });
}

async function claim(desk: Desk, protocol: string, incident: IncidentId): Promise<Result<void>> {
  const ticket = await ticketOf(desk, protocol);
  if (!ticket.ok) return ticket;
  const customFieldValues = movidesk.withIncident(desk.config, ticket.value, incident);
  return patch(desk, protocol, { customFieldValues });
}

/** Actions without a number are added to those there are; fields that are not named stay. */
async function patch(
  { send }: Desk,
  protocol: string,
  body: Readonly<Record<string, unknown>>,
): Promise<Result<void>> {
  if (!isNumber(protocol)) return fail(failure('desk.refused', `movidesk has no ticket "${protocol}"`));
  const answer = await send('PATCH', 'tickets', { query: { id: protocol }, body });
  return answer.ok ? ok(undefined) : answer;
}

async function changedSince(
  { config, http, send }: Desk,
  since: Instant,
): Promise<Result<readonly DeskRecord[]>> {
  const own = `customFieldValues/any(c: c/customFieldId eq ${config.customFieldId})`;
  const answer = await send('GET', 'tickets', {
    query: {
      $select: movidesk.listSelect,
      $expand: movidesk.listExpand,
      $filter: `lastUpdate ge ${toIso(since)} and ${own}`,
      $orderby: 'lastUpdate asc',
      $top: String(limits.deskChangedMax),
    },
  });
  if (!answer.ok) return answer;
  const rows = jsonOf(http, answer.value, ticketsSchema);
  if (!rows.ok) return rows;
  const records = rows.value
    .filter(({ isDeleted }) => isDeleted !== true)
    .map((row) => movidesk.recordOf(config, row));
  return ok(
    records.filter(({ incident, updatedAt = since }) => incident !== undefined && updatedAt >= since),
  );
}

/** As OData writes a text. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function isNumber(protocol: string): boolean {
  return /^\d{1,10}$/.test(protocol);
}

// GLPI through its legacy REST API (apirest.php), call by call. Our id stands in `externalid`, which GLPI neither
// indexes nor keeps unique. Must never search before it creates or try again: `shell/desk/delivery.ts` does that.
// Sources: `docs/desks/glpi.md`.
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import type { IncidentId } from '../../../../shared/ids.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import type { Instant } from '../../../../shared/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type {
  DeskCapabilities,
  DeskClient,
  DeskDraft,
  DeskNote,
  DeskRecord,
} from '../../../ports/desk-client.ts';
import { type DeskAnswer, type DeskHttp, jsonOf, quote } from '../http/call.ts';
import { noteMarksIn, peopleNotesIn, type ReadNote } from '../http/record-parts.ts';
import type { GlpiConfig, GlpiSecrets } from './config.ts';
import { readGlpiHint } from './hint.ts';
import { createGlpiSession, type GlpiSession } from './session.ts';
import * as glpi from './ticket.ts';

export interface GlpiOptions {
  readonly config: GlpiConfig;
  readonly secrets: GlpiSecrets;
  readonly clock: Pick<Clock, 'now'>;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
}

export function glpiCapabilities({ version }: Pick<GlpiConfig, 'version'>): DeskCapabilities {
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
    events: version === 10 ? 'poll' : 'webhook',
  };
}

export function createGlpiClient({ config, secrets, clock, fetch, timeoutMs }: GlpiOptions): DeskClient {
  const http: DeskHttp = {
    name: 'glpi',
    allowInsecure: config.allowInsecure,
    clock,
    secrets: Object.values(secrets),
    fetch,
    timeoutMs,
  };
  const session = createGlpiSession({ http, url: config.url, secrets });
  const desk: Desk = { config, http, session };
  return {
    name: 'glpi',
    capabilities: glpiCapabilities(config),
    probe: () => nothing(session.request({ method: 'GET', path: 'getActiveProfile' })),
    create: (draft) => create(desk, draft),
    find: (incident) => find(desk, incident),
    read: (protocol) => read(desk, protocol),
    note: (protocol, note) => addNote(desk, protocol, note),
    setState: (protocol, state, note) =>
      state === 'closed' ? solve(desk, protocol, note) : reopen(desk, protocol, note),
    raise: (protocol, { priority, title }) =>
      update(desk, protocol, { name: glpi.titleInput(title), ...glpi.urgencyInput(config, priority) }),
    claim: (protocol, incident) => update(desk, protocol, { externalid: glpi.externalIdOf(incident) }),
    changedSince: (since) => changedSince(desk, since),
    hint: (request) => readGlpiHint(secrets.webhookSecret, request),
    close: () => session.close(),
  };
}

interface Desk {
  readonly config: GlpiConfig;
  readonly http: DeskHttp;
  readonly session: GlpiSession;
}

const createdSchema = z.object({ id: z.int().positive() });
const ticketsSchema = z.array(glpi.ticketSchema);

async function create(
  { config, http, session }: Desk,
  draft: DeskDraft,
): Promise<Result<{ protocol: string }>> {
  const { entityId = config.entityId } = config.customers[draft.customer] ?? {};
  const answer = await session.request({
    method: 'POST',
    path: 'Ticket',
    input: {
      input: {
        name: glpi.titleInput(draft.title),
        content: glpi.contentInput(draft.body),
        type: 1, // incident
        ...glpi.urgencyInput(config, draft.priority),
        entities_id: entityId,
        itilcategories_id: config.categoryId,
        _groups_id_assign: config.groupId,
        externalid: glpi.externalIdOf(draft.incident),
      },
    },
  });
  if (!answer.ok) return answer;
  const created = jsonOf(http, answer.value, createdSchema);
  return created.ok ? ok({ protocol: String(created.value.id) }) : created;
}

/** Asks for the exact value (`^…$`); older versions take it as "contains", so every row is compared here. */
async function find(
  { config, http, session }: Desk,
  incident: IncidentId,
): Promise<Result<readonly DeskRecord[]>> {
  const wanted = glpi.externalIdOf(incident);
  const answer = await session.request({
    method: 'GET',
    path: 'Ticket',
    query: {
      'searchText[externalid]': `^${wanted}$`,
      is_deleted: '0',
      sort: 'id',
      order: 'ASC',
      range: `0-${limits.deskFoundMax - 1}`,
    },
  });
  if (!answer.ok) return answer;
  const rows = jsonOf(http, answer.value, ticketsSchema);
  if (!rows.ok) return rows;
  const strange = rows.value.some(
    ({ externalid }) => externalid?.toLowerCase().includes(wanted.toLowerCase()) !== true,
  );
  // A filter that was not applied shows an arbitrary page: nothing can be concluded from what is not on it.
  if (strange) return fail(failure('desk.refused', `${http.name} does not search by externalid`));
  return ok(
    rows.value
      .filter((row) => row.externalid === wanted && !glpi.isDeleted(row))
      .map((row) => glpi.recordOf(config, row)),
  );
}

/** Four requests: the ticket, its followups, its solutions, its people. */
async function read(desk: Desk, protocol: string): Promise<Result<DeskRecord | undefined>> {
  const { config, http, session } = desk;
  if (!isNumber(protocol)) return ok(undefined);
  const answer = await session.request({ method: 'GET', path: `Ticket/${protocol}`, accepts: [404] });
  if (!answer.ok) return answer;
  if (answer.value.status === 404) return ok(undefined);
  const ticket = jsonOf(http, answer.value, glpi.ticketSchema);
  if (!ticket.ok) return ticket;
  if (glpi.isDeleted(ticket.value)) return ok(undefined);
  const notes = await timeline(desk, protocol);
  if (!notes.ok) return notes;
  const assignedTo = await assignee(desk, protocol);
  if (!assignedTo.ok) return assignedTo;
  return ok({
    ...glpi.recordOf(config, ticket.value),
    assignedTo: assignedTo.value,
    noteMarks: noteMarksIn(notes.value.map(({ text }) => text)),
    peopleNotes: peopleNotesIn(notes.value.filter(({ by }) => by !== glpi.systemUser)),
  });
}

/** Followups and solutions, oldest first. */
async function timeline(
  { config, http, session }: Desk,
  protocol: string,
): Promise<Result<readonly ReadNote[]>> {
  const found: (ReadNote & { readonly date: string })[] = [];
  for (const kind of ['ITILFollowup', 'ITILSolution']) {
    const range = `0-${limits.deskNotesMax - 1}`;
    const query = { range, sort: 'id', order: 'DESC', expand_dropdowns: 'true' };
    const answer = await session.request({ method: 'GET', path: `Ticket/${protocol}/${kind}`, query });
    if (!answer.ok) return answer;
    const rows = jsonOf(http, answer.value, glpi.timelineSchema);
    if (!rows.ok) return rows;
    for (const { id, content, date_creation, users_id } of rows.value.toReversed())
      found.push({
        // Each kind counts for itself.
        id: `${kind}-${id}`,
        by: typeof users_id === 'string' ? users_id : undefined,
        at: typeof date_creation === 'string' ? glpi.instantOf(config, date_creation) : undefined,
        date: date_creation ?? '',
        text: glpi.textOf(config, content ?? ''),
      });
  }
  return ok(found.toSorted((a, b) => a.date.localeCompare(b.date)));
}

async function assignee({ http, session }: Desk, protocol: string): Promise<Result<string | undefined>> {
  const query = { expand_dropdowns: 'true' };
  const answer = await session.request({ method: 'GET', path: `Ticket/${protocol}/Ticket_User`, query });
  if (!answer.ok) return answer;
  const rows = jsonOf(http, answer.value, glpi.actorsSchema);
  if (!rows.ok) return rows;
  const assigned = rows.value.find(({ type }) => type === 2)?.users_id;
  return ok(assigned === null || assigned === undefined ? undefined : String(assigned));
}

function addNote(desk: Desk, protocol: string, { text }: DeskNote): Promise<Result<void>> {
  return added(desk, protocol, 'ITILFollowup', { content: glpi.contentInput(text), is_private: 1 });
}

/** A solution makes the ticket solved; GLPI closes it by its own rules later. */
function solve(desk: Desk, protocol: string, { text }: DeskNote): Promise<Result<void>> {
  return added(desk, protocol, 'ITILSolution', { content: glpi.contentInput(text) });
}

/** State first: a note without its state would be taken for done by who looks for its mark. */
async function reopen(desk: Desk, protocol: string, note: DeskNote): Promise<Result<void>> {
  const opened = await update(desk, protocol, { status: glpi.openAgainStatus });
  return opened.ok ? addNote(desk, protocol, note) : opened;
}

async function added(
  { http, session }: Desk,
  protocol: string,
  path: string,
  content: object,
): Promise<Result<void>> {
  if (!isNumber(protocol)) return fail(failure('desk.refused', `${http.name} has no ticket "${protocol}"`));
  const input = { itemtype: 'Ticket', items_id: Number(protocol), ...content };
  const answer = await session.request({ method: 'POST', path, input: { input } });
  if (!answer.ok) return answer;
  const made = jsonOf(http, answer.value, createdSchema);
  return made.ok ? ok(undefined) : made;
}

/** GLPI answers `[{ "5": true, "message": "" }]`: the number says whether it did it. */
async function update(
  { http, session }: Desk,
  protocol: string,
  input: Readonly<Record<string, unknown>>,
): Promise<Result<void>> {
  if (!isNumber(protocol)) return fail(failure('desk.refused', `${http.name} has no ticket "${protocol}"`));
  const answer = await session.request({ method: 'PUT', path: `Ticket/${protocol}`, input: { input } });
  if (!answer.ok) return answer;
  const done = jsonOf(http, answer.value, z.array(z.record(z.string(), z.unknown())));
  if (!done.ok) return done;
  return done.value[0]?.[protocol] === true ? ok(undefined) : fail(refusal(http, answer.value));
}

function refusal(http: DeskHttp, { bytes }: DeskAnswer) {
  return failure('desk.refused', `${http.name} changed nothing: ${quote(http, bytes)}`);
}

/**
 * The list knows no filter by date: the newest are read page by page back to `since`, then turned round. More than
 * `deskChangedPagesMax` pages are not read; that many tickets do not change between two looks.
 */
async function changedSince(
  { config, http, session }: Desk,
  since: Instant,
): Promise<Result<readonly DeskRecord[]>> {
  const found = new Map<string, DeskRecord>();
  for (let page = 0; page < limits.deskChangedPagesMax; page += 1) {
    const start = page * limits.deskChangedMax;
    const answer = await session.request({
      method: 'GET',
      path: 'Ticket',
      // A start beyond the end is a 400 (ERROR_RANGE_EXCEED_TOTAL): nothing more to read.
      accepts: page === 0 ? [] : [400],
      query: {
        'searchText[externalid]': `^${glpi.externalPrefix}`,
        is_deleted: '0',
        sort: 'date_mod',
        order: 'DESC',
        range: `${start}-${start + limits.deskChangedMax - 1}`,
      },
    });
    if (!answer.ok) return answer;
    if (answer.value.status === 400) break;
    const rows = jsonOf(http, answer.value, ticketsSchema);
    if (!rows.ok) return rows;
    const records = rows.value.map((row) => glpi.recordOf(config, row));
    const changed = records.filter(
      ({ updatedAt, incident }) => incident !== undefined && (updatedAt ?? 0) >= since,
    );
    for (const record of changed) found.set(record.protocol, record);
    const past = records.some(({ updatedAt }) => (updatedAt ?? 0) < since);
    if (past || records.length < limits.deskChangedMax) break;
  }
  const oldestFirst = [...found.values()].toReversed();
  return ok(oldestFirst.slice(0, limits.deskChangedMax));
}

async function nothing(answer: Promise<Result<DeskAnswer>>): Promise<Result<void>> {
  const done = await answer;
  return done.ok ? ok(undefined) : done;
}

function isNumber(protocol: string): boolean {
  return /^\d{1,15}$/.test(protocol);
}

// GLPI's legacy REST API as far as Vigia uses it, with its traps: sessions that are forgotten, entities that hide
// tickets until they are activated, "contains" searches, a trash can that is still shown to who asks by number, encoded
// text in version 10, webhooks signed over body and timestamp.
import { createHmac } from 'node:crypto';
import type { FakeDeskControl, FakeRecord } from '../../contract/desk-client.contract.ts';
import type { FakeAnswer, FakeRequest, FakeServer } from './faults.ts';
import { startFakeServer } from './faults.ts';
import { seenInBrowser } from './rich-text.ts';

export interface FakeGlpiOptions {
  readonly version: 10 | 11;
  readonly userToken: string;
  readonly appToken?: string;
  readonly now: () => number;
}

export interface FakeGlpi extends FakeDeskControl {
  readonly url: string;
  readonly server: FakeServer;
  /** Sessions end, as after an upgrade or when PHP cleans up. */
  forgetSessions(): void;
  /** Older versions drop a filter that they do not know and list everything. */
  ignoreFilters(): void;
  /** A ticket that is not Vigia's. */
  addForeign(name: string, externalid?: string): string;
  assignByHand(protocol: string, user: string): void;
  stop(): Promise<void>;
}

interface Ticket {
  readonly id: number;
  name: string;
  content: string;
  status: number;
  urgency: number;
  impact: number;
  priority: number;
  entities_id: number;
  externalid: string | null;
  date_mod: string;
  is_deleted: number;
  assigned: string[];
}

interface Entry {
  readonly id: number;
  readonly kind: 'ITILFollowup' | 'ITILSolution';
  readonly ticket: number;
  readonly content: string;
  readonly date_creation: string;
  /** A number, and the name where `expand_dropdowns` asks for it. */
  readonly user: string;
}

export async function startFakeGlpi(options: FakeGlpiOptions): Promise<FakeGlpi> {
  const desk = new FakeGlpiDesk(options);
  const server = await startFakeServer((request) => desk.answer(request));
  return {
    url: server.url,
    server,
    faults: server.faults,
    records: () => desk.records(),
    takeCredential: (taken) => desk.takeCredential(taken),
    closeByHand: (protocol) => desk.change(protocol, { status: 6 }),
    removeByHand: (protocol) => desk.change(protocol, { is_deleted: 1 }),
    sayByHand: (protocol, by, text) => desk.say(protocol, by, text),
    sayBySystem: (protocol, text) => desk.say(protocol, 'glpi-system', text),
    loseIncident: (protocol) => desk.change(protocol, { externalid: null }),
    goDown: () => server.stop(),
    forgetSessions: () => desk.forgetSessions(),
    ignoreFilters: () => desk.ignoreFilters(),
    addForeign: (name, externalid) => desk.addForeign(name, externalid),
    assignByHand: (protocol, user) => desk.change(protocol, { assigned: [user], status: 2 }),
    stop: () => server.stop(),
  };
}

/** Headers with which GLPI 11 sends this body. */
export function signGlpiEvent(body: string, secret: string, timestamp: number): Record<string, string> {
  const hex = createHmac('sha256', secret).update(`${body}${timestamp}`).digest('hex');
  return { 'x-glpi-signature': hex, 'x-glpi-timestamp': String(timestamp) };
}

class FakeGlpiDesk {
  readonly #options: FakeGlpiOptions;
  readonly #tickets: Ticket[] = [];
  readonly #entries: Entry[] = [];
  readonly #sessions = new Map<string, { allEntities: boolean }>();
  #opened = 0;
  #credential = true;
  #filters = true;

  constructor(options: FakeGlpiOptions) {
    this.#options = options;
  }

  answer(request: FakeRequest): FakeAnswer {
    const { method, url, headers } = request;
    const path = url.pathname.replace(/^\/apirest\.php\//, '');
    const { appToken, userToken } = this.#options;
    if (appToken !== undefined && headers['app-token'] !== appToken)
      return error(400, 'ERROR_WRONG_APP_TOKEN_PARAMETER');
    if (method === 'GET' && path === 'initSession') {
      if (!this.#credential || headers.authorization !== `user_token ${userToken}`)
        return error(401, 'ERROR_GLPI_LOGIN_USER_TOKEN');
      this.#opened += 1;
      const token = `session-${this.#opened}`;
      this.#sessions.set(token, { allEntities: false });
      return json(200, { session_token: token });
    }
    const token = headers['session-token'];
    if (token === undefined) return error(400, 'ERROR_SESSION_TOKEN_MISSING');
    const session = this.#sessions.get(token);
    if (session === undefined) return error(401, 'ERROR_SESSION_TOKEN_INVALID');
    if (path === 'killSession') {
      this.#sessions.delete(token);
      return json(200, true);
    }
    if (path === 'changeActiveEntities') {
      // A string is read as a number: "all" would be entity 0 only.
      session.allEntities = inputOf(request).entities_id === undefined;
      return json(200, true);
    }
    if (path === 'getActiveProfile') return json(200, { active_profile: { id: 4, name: 'Vigia' } });
    return this.#items(request, path, session.allEntities);
  }

  #items(request: FakeRequest, path: string, allEntities: boolean): FakeAnswer {
    const { method, url } = request;
    const [kind = '', id, sub] = path.split('/');
    const visible = this.#tickets.filter(({ entities_id }) => allEntities || entities_id === 0);
    if (method === 'POST' && kind === 'Ticket') return this.#create(inputOf(request));
    if (method === 'POST' && (kind === 'ITILFollowup' || kind === 'ITILSolution'))
      return this.#addEntry(kind, inputOf(request));
    if (kind !== 'Ticket') return error(400, 'ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM');
    if (id === undefined) return this.#list(url.searchParams, visible);
    const ticket = visible.find((each) => String(each.id) === id);
    if (ticket === undefined) return error(404, 'ERROR_ITEM_NOT_FOUND');
    if (method === 'PUT') return this.#update(ticket, inputOf(request));
    if (sub === undefined) return json(200, shown(ticket));
    if (sub === 'Ticket_User')
      return json(200, [
        { id: 1, tickets_id: ticket.id, users_id: 'vigia', type: 1 },
        ...ticket.assigned.map((user, index) => ({ id: 2 + index, users_id: user, type: 2 })),
      ]);
    const named = url.searchParams.get('expand_dropdowns') === 'true';
    const rows = this.#entries
      .filter((each) => each.kind === sub && each.ticket === ticket.id)
      .map(({ user, ...each }) => ({ ...each, users_id: named ? user : 8 }));
    return json(200, url.searchParams.get('order') === 'DESC' ? rows.toReversed() : rows);
  }

  #create(input: Readonly<Record<string, unknown>>): FakeAnswer {
    if (typeof input.name !== 'string') return error(400, 'ERROR_GLPI_ADD');
    const ticket: Ticket = {
      id: this.#tickets.length + 1,
      name: this.#kept(input.name).slice(0, 255),
      content: this.#kept(String(input.content)),
      status: 1,
      urgency: Number(input.urgency),
      impact: Number(input.impact),
      priority: Number(input.priority),
      entities_id: Number(input.entities_id ?? 0),
      externalid: typeof input.externalid === 'string' ? input.externalid : null,
      date_mod: this.#date(),
      is_deleted: 0,
      assigned: [],
    };
    this.#tickets.push(ticket);
    return json(201, { id: ticket.id, message: '' });
  }

  #addEntry(kind: Entry['kind'], input: Readonly<Record<string, unknown>>, user = 'vigia'): FakeAnswer {
    const ticket = this.#tickets.find(({ id }) => id === input.items_id);
    if (input.itemtype !== 'Ticket' || ticket === undefined || ticket.is_deleted === 1)
      return error(400, 'ERROR_GLPI_ADD');
    const id = this.#entries.length + 1;
    const content = this.#kept(String(input.content));
    this.#entries.push({ id, kind, ticket: ticket.id, content, date_creation: this.#date(), user });
    if (kind === 'ITILSolution') ticket.status = 5;
    ticket.date_mod = this.#date();
    return json(201, { id, message: '' });
  }

  #update(ticket: Ticket, input: Readonly<Record<string, unknown>>): FakeAnswer {
    if (typeof input.name === 'string') ticket.name = this.#kept(input.name);
    if (typeof input.status === 'number') ticket.status = input.status;
    if (typeof input.priority === 'number') ticket.priority = input.priority;
    if (typeof input.externalid === 'string') ticket.externalid = input.externalid;
    ticket.date_mod = this.#date();
    return json(200, [{ [ticket.id]: true, message: '' }]);
  }

  #list(query: URLSearchParams, visible: readonly Ticket[]): FakeAnswer {
    const [from = 0, to = 49] = (query.get('range') ?? '0-49').split('-').map(Number);
    const text = this.#filters ? query.get('searchText[externalid]') : null;
    const rows = visible
      .filter(({ is_deleted }) => is_deleted === Number(query.get('is_deleted') ?? 0))
      .filter(({ externalid }) => text === null || like(externalid ?? '', text))
      .toSorted((a, b) =>
        query.get('sort') === 'date_mod' ? a.date_mod.localeCompare(b.date_mod) || a.id - b.id : a.id - b.id,
      );
    if (query.get('order') === 'DESC') rows.reverse();
    if (from > rows.length) return error(400, 'ERROR_RANGE_EXCEED_TOTAL');
    const page = rows.slice(from, to + 1);
    return json(page.length < rows.length ? 206 : 200, page.map(shown));
  }

  /** GLPI 10 keeps what it is given with `& < >` encoded. */
  #kept(text: string): string {
    if (this.#options.version === 11) return text;
    return text.replaceAll('&', '&#38;').replaceAll('<', '&#60;').replaceAll('>', '&#62;');
  }

  #raw(text: string): string {
    if (this.#options.version === 11) return text;
    return text.replaceAll('&#60;', '<').replaceAll('&#62;', '>').replaceAll('&#38;', '&');
  }

  /** In São Paulo's time, UTC-3. */
  #date(): string {
    return new Date(this.#options.now() - 10_800_000).toISOString().slice(0, 19).replace('T', ' ');
  }

  records(): readonly FakeRecord[] {
    const priorities = { 5: 'critical', 4: 'priority', 3: 'standard' } as const;
    return this.#tickets
      .filter(({ is_deleted }) => is_deleted === 0)
      .map((ticket) => ({
        protocol: String(ticket.id),
        incident: ticket.externalid?.replace(/^vigia:/, ''),
        title: this.#raw(ticket.name),
        body: seenInBrowser(this.#raw(ticket.content)),
        state: ticket.status >= 5 ? ('closed' as const) : ('open' as const),
        priority: Object.entries(priorities).find(([value]) => Number(value) === ticket.priority)?.[1],
        notes: this.#entries
          .filter((each) => each.ticket === ticket.id)
          .map(({ content }) => seenInBrowser(this.#raw(content))),
      }));
  }

  change(protocol: string, more: Partial<Ticket>): void {
    const ticket = this.#tickets.find(({ id }) => String(id) === protocol);
    if (ticket === undefined) throw new Error(`no ticket ${protocol}`);
    Object.assign(ticket, more, { date_mod: this.#date() });
  }

  /** As its editor writes it. */
  say(protocol: string, user: string, text: string): void {
    const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const content = `<p>${escaped.replaceAll('\n', '<br>')}</p>`;
    this.#addEntry('ITILFollowup', { itemtype: 'Ticket', items_id: Number(protocol), content }, user);
  }

  takeCredential(taken: boolean): void {
    this.#credential = taken;
    this.#sessions.clear();
  }

  forgetSessions(): void {
    this.#sessions.clear();
  }

  ignoreFilters(): void {
    this.#filters = false;
  }

  addForeign(name: string, externalid: string | null = null): string {
    this.#create({ name, content: '', urgency: 3, impact: 3, priority: 3, externalid });
    return String(this.#tickets.length);
  }
}

/** `^` and `$` anchor, otherwise "contains"; MySQL compares without regard to case. */
function like(value: string, text: string): boolean {
  const starts = text.startsWith('^');
  const ends = text.endsWith('$');
  const wanted = text.replace(/^\^/, '').replace(/\$$/, '').toLowerCase();
  const given = value.toLowerCase();
  if (starts && ends) return given === wanted;
  if (starts) return given.startsWith(wanted);
  return ends ? given.endsWith(wanted) : given.includes(wanted);
}

function shown({ assigned: _, ...ticket }: Ticket) {
  return ticket;
}

function inputOf({ raw }: FakeRequest): Readonly<Record<string, unknown>> {
  const body: unknown = JSON.parse(raw.toString('utf8'));
  const input = isRecord(body) && isRecord(body.input) ? body.input : body;
  return isRecord(input) ? input : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function json(status: number, body: unknown): FakeAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function error(status: number, code: string): FakeAnswer {
  return json(status, [code, 'see the documentation']);
}

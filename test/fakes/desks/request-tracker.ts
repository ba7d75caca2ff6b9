// Request Tracker's REST2 on loopback, as a real 5.0.3 was measured: 2xx to changes it ignored, a second ticket without
// its unique value, a date without zone read as local, 400 for a note to nowhere. Knows nothing of our adapter but the
// name of our custom field.
import type { FakeDeskControl, FakeRecord } from '../../contract/desk-client.contract.ts';
import { type FakeAnswer, type FakeRequest, type FakeServer, startFakeServer } from './faults.ts';

export const rtToken = '1-23-abcdef0123456789';
export const rtQueue = 'NOC';
export const rtField = 'VigiaExternalId';

interface Attachment {
  readonly id: number;
  readonly contentType: string;
  readonly filename: string;
  readonly content: string;
  readonly transaction: number;
}

interface Transaction {
  readonly type: string;
  readonly by: string;
  readonly at: number;
}

interface Ticket {
  readonly id: number;
  queue: string;
  subject: string;
  priority: number;
  status: string;
  owner: string;
  external: string;
  requestor: string;
  updatedAt: number;
  readonly attachments: Attachment[];
}

export interface FakeRequestTracker extends FakeDeskControl {
  readonly server: FakeServer;
  readonly tickets: readonly Ticket[];
  /** A person sends a file along, with a comment that says nothing. */
  attachByHand(protocol: string, file: { readonly name: string; readonly content: string }): void;
  /** From then on the first number answers as the second. */
  mergeByHand(protocol: string, into: string): void;
  takeByHand(protocol: string, user: string): void;
  /** RT keeps it, hides it from searches and still takes notes for it. */
  deleteByHand(protocol: string): void;
  stop(): Promise<void>;
}

const statuses = ['new', 'open', 'stalled', 'resolved', 'rejected', 'deleted'];

export async function startFakeRequestTracker(
  options: { readonly unique?: boolean; readonly now?: () => number } = {},
): Promise<FakeRequestTracker> {
  const { unique = false, now = () => Date.UTC(2026, 10, 22, 12) } = options;
  const tickets: Ticket[] = [];
  const rt = new Store(tickets, unique, now);
  let taken = true;
  const server = await startFakeServer((request) => {
    if (!taken || request.headers.authorization !== `token ${rtToken}`)
      return json(401, { message: 'Unauthorized' });
    return route(rt, request);
  });
  const ticketOf = (protocol: string): Ticket | undefined =>
    tickets.find(({ id }) => String(id) === protocol);
  return {
    server,
    tickets,
    faults: server.faults,
    records: () => tickets.filter(({ status }) => status !== 'deleted').map(asPeopleSeeIt),
    takeCredential: (value) => {
      taken = value;
    },
    closeByHand: (protocol) => rt.put(ticketOf(protocol), { Status: 'resolved' }),
    // Shredded; `deleteByHand` is what a person's click does.
    removeByHand: (protocol) => {
      tickets.splice(
        tickets.findIndex(({ id }) => String(id) === protocol),
        1,
      );
    },
    deleteByHand: (protocol) => rt.put(ticketOf(protocol), { Status: 'deleted' }),
    loseIncident: (protocol) => rt.put(ticketOf(protocol), { CustomFields: { [rtField]: '' } }),
    mergeByHand: (protocol, into) => {
      rt.merged.set(protocol, into);
      tickets.splice(
        tickets.findIndex(({ id }) => String(id) === protocol),
        1,
      );
    },
    takeByHand: (protocol, user) => {
      const ticket = ticketOf(protocol);
      if (ticket !== undefined) ticket.owner = user;
    },
    attachByHand: (protocol, { name, content }) =>
      rt.attach(
        ticketOf(protocol),
        { type: 'Comment', by: 'ana' },
        { contentType: 'text/plain', filename: name, content },
      ),
    // By mail: both parts say the same.
    sayByHand: (protocol, by, content) =>
      rt.attach(
        ticketOf(protocol),
        { type: 'Correspond', by },
        { contentType: 'text/plain', filename: '', content },
        { contentType: 'text/html', filename: '', content: htmlOf(content) },
      ),
    // What RT mailed: its own answer, and our note to the watchers.
    sayBySystem: (protocol, content) => {
      const ticket = ticketOf(protocol);
      const ours = ticket?.attachments.at(-1)?.content ?? '';
      const mail = { contentType: 'text/plain', filename: '' };
      rt.attach(ticket, { type: 'EmailRecord', by: 'RT_System' }, { ...mail, content });
      rt.attach(
        ticket,
        { type: 'CommentEmailRecord', by: 'ana' },
        { ...mail, content: `Comentário:\n${ours}` },
      );
    },
    goDown: () => server.stop(),
    stop: () => server.stop(),
  };
}

class Store {
  readonly tickets: Ticket[];
  readonly merged = new Map<string, string>();
  readonly #unique: boolean;
  readonly #now: () => number;
  /** By number. */
  readonly transactions = new Map<number, Transaction>();
  #attachments = 0;
  #tickets = 0;

  constructor(tickets: Ticket[], unique: boolean, now: () => number) {
    this.tickets = tickets;
    this.#unique = unique;
    this.#now = now;
  }

  create(fields: Fields): Ticket {
    this.#tickets += 1;
    const ticket: Ticket = {
      id: this.#tickets,
      queue: text(fields.Queue),
      // A line end vanishes, it does not become a space.
      subject: text(fields.Subject).replaceAll('\n', ''),
      // A word is kept by some databases and means nothing.
      priority: Number(fields.Priority) || 0,
      status: 'new',
      owner: 'Nobody',
      external: '',
      requestor: text(fields.Requestor),
      updatedAt: this.#now(),
      attachments: [],
    };
    this.tickets.push(ticket);
    this.attach(
      ticket,
      { type: 'Create' },
      { contentType: text(fields.ContentType), filename: '', content: text(fields.Content) },
    );
    this.setField(ticket, fields.CustomFields);
    return ticket;
  }

  /** One transaction with these parts. */
  attach(
    ticket: Ticket | undefined,
    { type, by = 'vigia' }: Pick<Transaction, 'type'> & Partial<Transaction>,
    ...parts: readonly Omit<Attachment, 'id' | 'transaction'>[]
  ): void {
    const transaction = 7_000 + this.transactions.size;
    this.transactions.set(transaction, { type, by, at: this.#now() });
    for (const part of parts) {
      this.#attachments += 1;
      ticket?.attachments.push({ id: this.#attachments, transaction, ...part });
    }
    if (ticket !== undefined) ticket.updatedAt = this.#now();
  }

  /** Answers 200 whatever happens; what it says is for people. */
  put(ticket: Ticket | undefined, fields: Fields): string[] {
    if (ticket === undefined) return [];
    ticket.updatedAt = this.#now();
    const said: string[] = [];
    const status = fields.Status;
    if (typeof status === 'string' && status !== ticket.status) {
      if (statuses.includes(status)) ticket.status = status;
      said.push(
        statuses.includes(status)
          ? `Status changed to '${status}'`
          : `Status '${status}' isn't a valid status`,
      );
    }
    if (typeof fields.Priority === 'number' && fields.Priority !== ticket.priority) {
      ticket.priority = fields.Priority;
      said.push('Priority changed');
    }
    if (typeof fields.Subject === 'string') {
      ticket.subject = fields.Subject.replaceAll('\n', '');
      said.push('Subject changed');
    }
    return [...said, ...this.setField(ticket, fields.CustomFields)];
  }

  setField(ticket: Ticket, fields: unknown): string[] {
    if (typeof fields !== 'object' || fields === null || !(rtField in fields)) return [];
    const value = text(Object.entries(fields).find(([name]) => name === rtField)?.[1]);
    if (value === '') {
      ticket.external = '';
      return [`${rtField} deleted`];
    }
    const held = this.tickets.some((each) => each !== ticket && each.external === value);
    if (this.#unique && held) return [`Could not add a new value to custom field '${rtField}'`];
    ticket.external = value;
    return [`${rtField} ${value} added`];
  }
}

type Fields = Readonly<Record<string, unknown>>;

function route(rt: Store, request: FakeRequest): FakeAnswer {
  const path = decodeURIComponent(request.url.pathname).replace(/^\/REST\/2\.0/, '');
  const [, kind, id = '', part] = path.split('/');
  const answering = rt.merged.get(id) ?? id;
  const ticket = rt.tickets.find((each) => String(each.id) === answering);
  if (request.method === 'GET') {
    if (kind === 'queue') return queueAnswer(id);
    if (kind === 'tickets') return listAnswer(rt, request.url.searchParams);
    if (kind === 'attachment') return attachmentAnswer(rt, id);
    if (kind === 'transaction') return transactionAnswer(rt, id);
    if (ticket === undefined) return json(404, { message: 'Not Found' });
    if (part === 'attachments') return attachmentsAnswer(ticket, request.url.searchParams);
    return json(200, shown(ticket));
  }
  const fields = bodyOf(request);
  if (fields === undefined) return json(400, { message: 'JSON object must be a ARRAY or HASH' });
  if (request.method === 'POST' && path === '/ticket') return createAnswer(rt, fields);
  if (request.method === 'PUT' && kind === 'ticket')
    return ticket === undefined
      ? json(404, { message: 'Resource does not exist; use POST to create' })
      : json(200, rt.put(ticket, fields));
  if (request.method === 'POST' && (part === 'comment' || part === 'correspond'))
    return noteAnswer(rt, ticket, part, fields);
  return json(404, { message: 'Not Found' });
}

function createAnswer(rt: Store, fields: Fields): FakeAnswer {
  if (fields.Queue !== rtQueue)
    return json(403, { message: `No permission to create tickets in the queue '${text(fields.Queue)}'` });
  const ticket = rt.create(fields);
  return json(201, { id: String(ticket.id), type: 'ticket', _url: `/REST/2.0/ticket/${ticket.id}` });
}

function noteAnswer(rt: Store, ticket: Ticket | undefined, how: string, fields: Fields): FakeAnswer {
  if (ticket === undefined) return json(400, { message: 'Permission Denied' });
  rt.attach(
    ticket,
    { type: how === 'comment' ? 'Comment' : 'Correspond' },
    { contentType: text(fields.ContentType), filename: '', content: text(fields.Content) },
  );
  // RT's own scrip: an answer to the requestor opens what was closed.
  if (how === 'correspond' && ['resolved', 'rejected'].includes(ticket.status)) ticket.status = 'open';
  return json(201, ['Comments added', ...rt.put(ticket, { Status: fields.Status })]);
}

function queueAnswer(name: string): FakeAnswer {
  if (name !== rtQueue) return json(403, { message: 'Forbidden' });
  return json(200, { id: 3, Name: name, Disabled: '0', TicketCustomFields: [{ id: '2', name: rtField }] });
}

/** What it cannot make out finds nothing, with a 200. */
function listAnswer(rt: Store, query: URLSearchParams): FakeAnswer {
  const conditions = (query.get('query') ?? '').split(' AND ').map(conditionOf);
  const perPage = Number(query.get('per_page') ?? 20);
  const key: (ticket: Ticket) => number =
    query.get('orderby') === 'LastUpdated' ? ({ updatedAt }) => updatedAt : ({ id }) => id;
  const items = rt.tickets
    .filter(({ status }) => status !== 'deleted')
    .filter((ticket) => conditions.every((holds) => holds(ticket)))
    .toSorted((a, b) => key(a) - key(b));
  const fields = new Set((query.get('fields') ?? '').split(','));
  const ordered = query.get('order') === 'DESC' ? items.toReversed() : items;
  const from = (Number(query.get('page') ?? 1) - 1) * perPage;
  const page = ordered.slice(from, from + perPage).map((ticket) => ({
    ...Object.fromEntries(Object.entries(shown(ticket)).filter(([name]) => fields.has(name))),
    id: String(ticket.id),
    type: 'ticket',
  }));
  return json(200, {
    items: page,
    count: page.length,
    total: items.length,
    page: 1 + from / perPage,
    per_page: perPage,
  });
}

function conditionOf(condition: string): (ticket: Ticket) => boolean {
  const equal = /^CF\.\{(?<field>[^}]+)\} = '(?<value>.*)'$/.exec(condition)?.groups;
  if (equal !== undefined)
    return ({ external }) => equal.field === rtField && external === plain(equal.value);
  if (condition === `CF.{${rtField}} IS NOT NULL`) return ({ external }) => external !== '';
  const like = /^Subject LIKE '(?<value>.*)'$/.exec(condition)?.groups?.value;
  if (like !== undefined) return ({ subject }) => subject.toLowerCase().includes(plain(like).toLowerCase());
  const after = /^LastUpdated > '(?<value>.*)'$/.exec(condition)?.groups?.value;
  if (after !== undefined) return ({ updatedAt }) => wholeSeconds(updatedAt) > momentOf(after);
  return () => false;
}

/** Read as the user's own time, here five hours behind, whatever zone is written behind it. */
function momentOf(value: string): number {
  return Date.parse(`${value.slice(0, 10)}T${value.slice(11, 19)}Z`) + 5 * 3_600_000;
}

function attachmentsAnswer(ticket: Ticket, query: URLSearchParams): FakeAnswer {
  const perPage = Number(query.get('per_page') ?? 20);
  const from = (Number(query.get('page') ?? 1) - 1) * perPage;
  const ordered = query.get('order') === 'DESC' ? ticket.attachments.toReversed() : ticket.attachments;
  const withContent = query.get('fields')?.split(',').includes('Content') === true;
  const items = ordered
    .slice(from, from + perPage)
    .map(({ id, contentType, filename, content, transaction }) => ({
      id: String(id),
      type: 'attachment',
      ContentType: contentType,
      Filename: filename,
      Headers: `MIME-Version: 1.0\nContent-Type: ${contentType}; charset="utf-8"\nContent-Length: ${Buffer.byteLength(content)}`,
      ...(withContent ? { Content: content } : {}),
      ...(query.get('fields')?.split(',').includes('TransactionId') === true
        ? { TransactionId: transaction }
        : {}),
    }));
  return json(200, { items, count: items.length, total: null, pages: null, per_page: perPage });
}

function attachmentAnswer(rt: Store, id: string): FakeAnswer {
  const found = rt.tickets.flatMap(({ attachments }) => attachments).find((each) => String(each.id) === id);
  return found === undefined
    ? json(404, { message: 'Not Found' })
    : json(200, {
        id: found.id,
        ContentType: found.contentType,
        // As MIME breaks its lines; in lists it is plain.
        Content: `${Buffer.from(found.content)
          .toString('base64')
          .replace(/(.{76})/g, '$1\n')}\n`,
      });
}

function transactionAnswer(rt: Store, id: string): FakeAnswer {
  const found = rt.transactions.get(Number(id));
  return found === undefined
    ? json(404, { message: 'Not Found' })
    : json(200, {
        id: Number(id),
        Type: found.type,
        Creator: { type: 'user', id: found.by, _url: `/REST/2.0/user/${found.by}` },
        Created: new Date(wholeSeconds(found.at)).toISOString().replace('.000Z', 'Z'),
      });
}

function htmlOf(content: string): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<p>${escaped.replaceAll('\n', '<br />')}</p>`;
}

function shown(ticket: Ticket) {
  return {
    id: ticket.id,
    Subject: ticket.subject,
    Status: ticket.status,
    Priority: String(ticket.priority),
    Owner: { type: 'user', id: ticket.owner },
    LastUpdated: new Date(wholeSeconds(ticket.updatedAt)).toISOString().replace('.000Z', 'Z'),
    CustomFields: [{ id: '2', name: rtField, values: ticket.external === '' ? [] : [ticket.external] }],
  };
}

function asPeopleSeeIt(ticket: Ticket): FakeRecord {
  const { id, external, subject, status, priority, attachments } = ticket;
  const [opening, ...notes] = attachments.filter(({ filename }) => filename === '');
  return {
    protocol: String(id),
    incident: external === '' ? undefined : external.replace(/^vigia:/, ''),
    title: subject,
    body: opening?.content ?? '',
    state: ['resolved', 'rejected'].includes(status) ? 'closed' : 'open',
    priority: priority >= 100 ? 'critical' : priority >= 50 ? 'priority' : 'standard',
    notes: notes.map(({ content }) => content),
  };
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}

function plain(value = ''): string {
  return value.replace(/\\(.)/g, '$1');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function bodyOf({ raw }: FakeRequest): Fields | undefined {
  try {
    const body: unknown = JSON.parse(raw.toString('utf8'));
    return typeof body === 'object' && body !== null ? Object.fromEntries(Object.entries(body)) : undefined;
  } catch {
    return undefined;
  }
}

function json(status: number, body: unknown): FakeAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  };
}

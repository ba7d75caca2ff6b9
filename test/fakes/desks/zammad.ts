// Zammad's REST API as far as Vigia uses it, with its traps: an attribute that it does not know is dropped with a 201,
// a full-text query is answered by an index that lags, people know numbers while calls want ids, tickets of other groups
// are a 403, webhooks are signed with SHA-1.
import { createHmac } from 'node:crypto';
import type { FakeDeskControl, FakeRecord } from '../../contract/desk-client.contract.ts';
import type { FakeAnswer, FakeRequest, FakeServer } from './faults.ts';
import { startFakeServer } from './faults.ts';
import { seenInBrowser } from './rich-text.ts';

export interface FakeZammadOptions {
  readonly token: string;
  /** Ticket attributes made by the administrator. */
  readonly attributes: readonly string[];
  readonly now: () => number;
}

export interface FakeZammad extends FakeDeskControl {
  readonly url: string;
  readonly server: FakeServer;
  ignoreConditions(): void;
  takeBy(protocol: string, login: string): void;
  mergeByHand(protocol: string): void;
  /** To a group that the token's user may not read. */
  hideByHand(protocol: string): void;
  stop(): Promise<void>;
}

interface Article {
  readonly id: number;
  readonly body: string;
  readonly content_type: string;
  readonly internal: boolean;
  readonly type: string;
  readonly sender: 'Agent' | 'Customer' | 'System';
  readonly from: string;
  readonly created_by: string;
  readonly created_at: string;
}

interface Ticket {
  readonly id: number;
  readonly number: string;
  title: string;
  group: string;
  state: string;
  priority: string;
  owner: string;
  updated_at: string;
  readonly articles: Article[];
  readonly attributes: Map<string, string>;
}

/** The token's user may not read it. */
const hiddenGroup = 'Diretoria';
const groups = ['NOC', 'Nível 2'];
const states = ['new', 'open', 'pending reminder', 'closed', 'merged', 'removed'];
const priorities = ['1 low', '2 normal', '3 high'];

export async function startFakeZammad(options: FakeZammadOptions): Promise<FakeZammad> {
  const desk = new FakeZammadDesk(options);
  const server = await startFakeServer((request) => desk.answer(request));
  return {
    url: server.url,
    server,
    faults: server.faults,
    records: () => desk.records(),
    takeCredential: (taken) => desk.takeCredential(taken),
    closeByHand: (protocol) => desk.change(protocol, { state: 'closed' }),
    removeByHand: (protocol) => desk.remove(protocol),
    sayByHand: (protocol, by, text) => desk.say(protocol, { from: by, created_by: 'ana', text }),
    sayBySystem: (protocol, text) =>
      desk.say(protocol, { from: 'NOC <noc@example.com>', created_by: '-', sender: 'System', text }),
    loseIncident: (protocol) => desk.change(protocol, {}).attributes.clear(),
    goDown: () => server.stop(),
    ignoreConditions: () => desk.ignoreConditions(),
    takeBy: (protocol, login) => void desk.change(protocol, { owner: login }),
    mergeByHand: (protocol) => void desk.change(protocol, { state: 'merged' }),
    hideByHand: (protocol) => void desk.change(protocol, { group: hiddenGroup }),
    stop: () => server.stop(),
  };
}

/** Headers with which Zammad sends this body. */
export function signZammadEvent(body: string, secret: string, delivery: string): Record<string, string> {
  const hex = createHmac('sha1', secret).update(body).digest('hex');
  return { 'x-hub-signature': `sha1=${hex}`, 'x-zammad-delivery': delivery, 'x-zammad-trigger': 'Vigia' };
}

class FakeZammadDesk {
  readonly #options: FakeZammadOptions;
  readonly #tickets: Ticket[] = [];
  #made = 0;
  #articles = 0;
  #credential = true;
  #conditions = true;

  constructor(options: FakeZammadOptions) {
    this.#options = options;
  }

  answer(request: FakeRequest): FakeAnswer {
    const { method, url, headers } = request;
    if (!this.#credential || headers.authorization !== `Token token=${this.#options.token}`)
      return json(401, { error: 'Authentication required' });
    const path = url.pathname.replace(/^\/api\/v1\//, '');
    if (path === 'users/me') return json(200, { id: 3, login: 'vigia' });
    if (method === 'POST' && path === 'tickets') return this.#create(bodyOf(request));
    if (method === 'GET' && path === 'tickets/search') return this.#search(url.searchParams);
    const articles = /^ticket_articles\/by_ticket\/(\d+)$/.exec(path)?.[1];
    const id = articles ?? /^tickets\/(\d+)$/.exec(path)?.[1];
    const ticket = this.#tickets.find((each) => String(each.id) === id);
    if (ticket === undefined) return json(404, { error: "Couldn't find Ticket" });
    if (ticket.group === hiddenGroup) return json(403, { error: 'Not authorized' });
    if (articles !== undefined) return json(200, ticket.articles);
    return method === 'PUT' ? this.#update(ticket, bodyOf(request)) : json(200, this.#shown(ticket));
  }

  #create(body: Readonly<Record<string, unknown>>): FakeAnswer {
    if (!groups.includes(String(body.group)))
      return json(422, { error: `No lookup value found for 'group': "${body.group}"` });
    if (!priorities.includes(String(body.priority))) return json(422, { error: 'No lookup value found' });
    this.#made += 1;
    const ticket: Ticket = {
      // Ids run apart from numbers.
      id: 100 + this.#made,
      number: String(67_000 + this.#made),
      title: String(body.title).slice(0, 250),
      group: String(body.group),
      state: 'new',
      priority: String(body.priority),
      owner: '-',
      updated_at: this.#date(),
      articles: [],
      attributes: new Map(),
    };
    this.#tickets.push(ticket);
    this.#take(ticket, body);
    return json(201, this.#shown(ticket));
  }

  #update(ticket: Ticket, body: Readonly<Record<string, unknown>>): FakeAnswer {
    if (typeof body.state === 'string' && !states.includes(body.state))
      return json(422, { error: `No lookup value found for 'state': "${body.state}"` });
    if (typeof body.state === 'string') ticket.state = body.state;
    if (typeof body.title === 'string') ticket.title = body.title;
    if (typeof body.priority === 'string') ticket.priority = body.priority;
    this.#take(ticket, body);
    ticket.updated_at = this.#date();
    return json(200, this.#shown(ticket));
  }

  #take(ticket: Ticket, body: Readonly<Record<string, unknown>>): void {
    for (const name of this.#options.attributes) {
      const value = body[name];
      if (typeof value === 'string') ticket.attributes.set(name, value);
    }
    if (!isRecord(body.article)) return;
    this.#articles += 1;
    const { body: text, content_type = 'text/html', internal } = body.article;
    ticket.articles.push({
      id: this.#articles,
      body: String(text),
      content_type: String(content_type),
      internal: internal === true,
      type: 'note',
      sender: 'Agent',
      from: 'Vigia NOC',
      created_by: 'vigia',
      created_at: this.#date(),
    });
  }

  /** As its editor writes it. */
  say(
    protocol: string,
    { text, ...more }: Pick<Article, 'from' | 'created_by'> & Partial<Article> & { readonly text: string },
  ): void {
    const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    this.#articles += 1;
    this.change(protocol, {}).articles.push({
      id: this.#articles,
      body: `<div>${escaped.replaceAll('\n', '<br>')}</div>`,
      content_type: 'text/html',
      internal: true,
      type: 'note',
      sender: 'Agent',
      created_at: this.#date(),
      ...more,
    });
  }

  #search(query: URLSearchParams): FakeAnswer {
    // The full-text index has not seen anything yet: whoever asks it is told that there is nothing.
    if (query.has('query')) return json(200, []);
    const conditions = [...query.keys()].flatMap(
      (key) => /^condition\[ticket\.([a-z_]+)\]\[value\]$/.exec(key)?.[1] ?? [],
    );
    const known = new Set(['number', 'updated_at', ...this.#options.attributes]);
    if (this.#conditions && conditions.some((name) => !known.has(name)))
      return json(422, { error: 'Invalid condition' });
    const fits = (ticket: Ticket, name: string): boolean => {
      const value = query.get(`condition[ticket.${name}][value]`) ?? '';
      const operator = query.get(`condition[ticket.${name}][operator]`);
      if (name === 'updated_at') return operator === 'after (absolute)' && ticket.updated_at > value;
      const own = name === 'number' ? ticket.number : ticket.attributes.get(name);
      // MySQL compares without regard to case.
      return operator === 'is' && own?.toLowerCase() === value.toLowerCase();
    };
    const rows = this.#tickets
      .filter(({ group }) => group !== hiddenGroup)
      .filter((each) => !this.#conditions || conditions.every((name) => fits(each, name)));
    if (query.get('sort_by') === 'updated_at') rows.sort((a, b) => a.updated_at.localeCompare(b.updated_at));
    const perPage = Number(query.get('per_page') ?? 50);
    const start = (Number(query.get('page') ?? 1) - 1) * perPage;
    return json(
      200,
      rows.slice(start, start + perPage).map((each) => this.#shown(each)),
    );
  }

  #shown({ articles, attributes, ...ticket }: Ticket) {
    const own = this.#options.attributes.map((name) => [name, attributes.get(name) ?? null]);
    return { ...ticket, article_ids: articles.map(({ id }) => id), ...Object.fromEntries(own) };
  }

  #date(): string {
    return new Date(this.#options.now()).toISOString();
  }

  records(): readonly FakeRecord[] {
    const classes: Readonly<Record<string, FakeRecord['priority']>> = {
      '3 high': 'critical',
      '2 normal': 'priority',
      '1 low': 'standard',
    };
    return this.#tickets.map((ticket) => {
      const [opening, ...notes] = ticket.articles.map(({ body, content_type }) =>
        content_type === 'text/plain' ? body : seenInBrowser(body),
      );
      return {
        protocol: `${ticket.number}/${ticket.id}`,
        incident: ticket.attributes.get('vigia_id'),
        title: ticket.title,
        body: opening ?? '',
        state: ['closed', 'merged', 'removed'].includes(ticket.state) ? 'closed' : 'open',
        priority: classes[ticket.priority],
        notes,
      };
    });
  }

  change(protocol: string, more: Partial<Ticket>): Ticket {
    const ticket = this.#tickets.find(({ number, id }) => `${number}/${id}` === protocol);
    if (ticket === undefined) throw new Error(`no ticket ${protocol}`);
    return Object.assign(ticket, more, { updated_at: this.#date() });
  }

  remove(protocol: string): void {
    const index = this.#tickets.findIndex(({ number, id }) => `${number}/${id}` === protocol);
    this.#tickets.splice(index, 1);
  }

  takeCredential(taken: boolean): void {
    this.#credential = taken;
  }

  ignoreConditions(): void {
    this.#conditions = false;
  }
}

function bodyOf({ raw }: FakeRequest): Readonly<Record<string, unknown>> {
  const body: unknown = JSON.parse(raw.toString('utf8'));
  return isRecord(body) ? body : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function json(status: number, body: unknown): FakeAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

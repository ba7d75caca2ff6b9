// Jira Service Management Cloud's REST API v3 as far as Vigia uses it, with its traps: a search that knows only what its
// index has seen (but for issues named in `reconcileIssues`), documents instead of text, transitions of a workflow
// instead of statuses, 204 with nothing in it, empty text nodes refused, webhooks signed with SHA-256.
import { createHmac } from 'node:crypto';
import type { FakeDeskControl, FakeRecord } from '../../contract/desk-client.contract.ts';
import type { FakeAnswer, FakeRequest, FakeServer } from './faults.ts';
import { startFakeServer } from './faults.ts';

export interface FakeJiraOptions {
  readonly email: string;
  readonly token: string;
  readonly now: () => number;
}

export interface FakeJira extends FakeDeskControl {
  readonly url: string;
  readonly server: FakeServer;
  catchUp(): void;
  /** The account loses the project: Jira says 404, as if it were not there. */
  hideProject(): void;
  assignByHand(protocol: string, displayName: string): void;
  /** Comments that the customer can see. */
  publicNotes(): readonly string[];
  stop(): Promise<void>;
}

interface Issue {
  readonly id: string;
  readonly key: string;
  summary: string;
  description: unknown;
  status: (typeof statuses)[number];
  priority: string;
  labels: string[];
  assignee?: string;
  updated: number;
  readonly comments: Comment[];
}

interface Comment {
  readonly id: string;
  readonly body: unknown;
  readonly internal: boolean;
  readonly author: { readonly displayName: string; readonly accountType: 'atlassian' | 'app' };
  readonly created: number;
}

const statuses = [
  { name: 'Aberto', category: 'new' },
  { name: 'Em andamento', category: 'indeterminate' },
  { name: 'Resolvido', category: 'done' },
] as const;
const [fresh, working, resolved] = statuses;
const priorities = ['Highest', 'High', 'Medium', 'Low'];

export async function startFakeJira(options: FakeJiraOptions): Promise<FakeJira> {
  const desk = new FakeJiraDesk(options);
  const server = await startFakeServer((request) => desk.answer(request));
  return {
    url: server.url,
    server,
    faults: server.faults,
    records: () => desk.records(),
    takeCredential: (taken) => desk.takeCredential(taken),
    catchUp: () => desk.catchUp(),
    closeByHand: (protocol) => desk.change(protocol, { status: resolved }),
    removeByHand: (protocol) => desk.remove(protocol),
    sayByHand: (protocol, displayName, text) =>
      desk.say(protocol, { displayName, accountType: 'atlassian' }, text),
    sayBySystem: (protocol, text) =>
      desk.say(protocol, { displayName: 'Automation for Jira', accountType: 'app' }, text),
    loseIncident: (protocol) => desk.change(protocol, { labels: ['outra'] }),
    goDown: () => server.stop(),
    hideProject: () => desk.hideProject(),
    assignByHand: (protocol, assignee) => desk.change(protocol, { assignee, status: working }),
    publicNotes: () => desk.publicNotes(),
    stop: () => server.stop(),
  };
}

/** Headers with which Jira sends this body. */
export function signJiraEvent(body: string, secret: string, identifier: string): Record<string, string> {
  const hex = createHmac('sha256', secret).update(body).digest('hex');
  return { 'x-hub-signature': `sha256=${hex}`, 'x-atlassian-webhook-identifier': identifier };
}

class FakeJiraDesk {
  readonly #options: FakeJiraOptions;
  #issues: Issue[] = [];
  /** What the search index knows. */
  #index: readonly Issue[] = [];
  #made = 0;
  #comments = 0;
  #credential = true;
  #project = true;

  constructor(options: FakeJiraOptions) {
    this.#options = options;
  }

  answer(request: FakeRequest): FakeAnswer {
    const { method, url, headers } = request;
    const { email, token } = this.#options;
    const basic = `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`;
    if (!this.#credential || headers.authorization !== basic)
      return { status: 401, body: 'Client must be authenticated to access this resource.' };
    const path = url.pathname.replace(/^\/rest\/api\/3\//, '');
    if (path === 'myself') return json(200, { accountId: '5b10', displayName: 'Vigia' });
    if (path === 'project/NOC') return this.#project ? json(200, { key: 'NOC' }) : notFound();
    if (method === 'POST' && path === 'issue') return this.#create(bodyOf(request));
    if (method === 'POST' && path === 'search/jql') return this.#search(bodyOf(request));
    const [, key, part] = /^issue\/([A-Z]+-\d+)(?:\/(comment|transitions))?$/.exec(path) ?? [];
    const issue = this.#issues.find((each) => each.key === key);
    if (issue === undefined || !this.#project) return notFound();
    if (part === 'transitions') return this.#transitions(issue, request);
    if (part === 'comment') return this.#commenting(issue, request);
    return method === 'PUT' ? this.#edit(issue, bodyOf(request)) : json(200, shown(issue));
  }

  #create(body: Body): FakeAnswer {
    const fields = recordAt(body, 'fields');
    const priority = String(recordAt(fields, 'priority').name);
    const problem = this.#problemOf(fields, priority);
    if (problem !== undefined) return json(400, { errorMessages: [], errors: problem });
    this.#made += 1;
    const issue: Issue = {
      id: String(10_000 + this.#made),
      key: `NOC-${this.#made}`,
      summary: String(fields.summary),
      description: fields.description,
      status: fresh,
      priority,
      labels: Array.isArray(fields.labels) ? fields.labels.map(String) : [],
      updated: this.#options.now(),
      comments: [],
    };
    this.#issues.push(issue);
    return json(201, { id: issue.id, key: issue.key, self: 'https://jira.invalid' });
  }

  #problemOf(fields: Body, priority: string): Body | undefined {
    if (recordAt(fields, 'project').key !== 'NOC') return { project: 'valid project is required' };
    if (recordAt(fields, 'issuetype').name !== 'Incident') return { issuetype: 'Specify a valid issue type' };
    if (!priorities.includes(priority)) return { priority: 'Specify the Priority (name) in string format' };
    if (String(fields.summary).length > 255 || String(fields.summary).includes('\n'))
      return { summary: 'Summary must be one line of at most 255 characters.' };
    return isDocument(fields.description)
      ? undefined
      : { description: 'Operation value must be an ADF document' };
  }

  #search(body: Body): FakeAnswer {
    const jql = String(body.jql);
    const label = /labels = "((?:[^"\\]|\\.)*)"/.exec(jql)?.[1];
    if (label === undefined) return json(400, { errorMessages: ['unbounded JQL'] });
    const minutes = /updated >= -(\d+)m/.exec(jql)?.[1];
    const named: readonly unknown[] = Array.isArray(body.reconcileIssues) ? body.reconcileIssues : [];
    if (named.length > 50) return json(400, { errorMessages: ['too many issues to reconcile'] });
    // The index, with the issues named put right or added as they are now.
    const now = new Map(this.#index.map((each) => [each.id, each]));
    for (const id of named.map(String)) {
      const real = this.#issues.find((each) => each.id === id);
      if (real === undefined) return json(400, { errorMessages: [`Issue ${id} does not exist`] });
      now.set(id, real);
    }
    const since = minutes === undefined ? 0 : this.#options.now() - Number(minutes) * 60_000;
    const found = [...now.values()]
      .filter((each) => each.labels.includes(label) && each.updated >= since)
      .toSorted(
        (a, b) => (jql.includes('BY updated') ? a.updated - b.updated : 0) || Number(a.id) - Number(b.id),
      );
    return json(200, { issues: found.slice(0, Number(body.maxResults)).map(shown), isLast: true });
  }

  #transitions(issue: Issue, request: FakeRequest): FakeAnswer {
    const offered =
      issue.status === resolved
        ? [{ id: '41', name: 'Reabrir', to: working }]
        : [
            { id: '21', name: 'Iniciar', to: working },
            { id: '31', name: 'Resolver', to: resolved },
          ];
    if (request.method === 'GET') return json(200, { transitions: offered });
    const { id } = recordAt(bodyOf(request), 'transition');
    const taken = offered.find((each) => each.id === id);
    if (taken === undefined)
      return json(400, {
        errorMessages: ['It seems that you have tried to perform an illegal workflow operation.'],
      });
    issue.status = taken.to;
    issue.updated = this.#options.now();
    return { status: 204 };
  }

  #commenting(issue: Issue, request: FakeRequest): FakeAnswer {
    if (request.method === 'GET') {
      const rows = issue.comments.map(({ id, body, author, created }) => ({
        id,
        body,
        author,
        created: dateOf(created),
      }));
      const newestFirst = request.url.searchParams.get('orderBy') === '-created';
      return json(200, { comments: newestFirst ? rows.toReversed() : rows, total: rows.length });
    }
    const { body, properties } = bodyOf(request);
    if (!isDocument(body)) return json(400, { errors: { comment: 'Comment body is not valid!' } });
    const internal = JSON.stringify(properties) === '[{"key":"sd.public.comment","value":{"internal":true}}]';
    this.#comments += 1;
    const author = { displayName: 'Vigia', accountType: 'atlassian' } as const;
    const created = this.#options.now();
    issue.comments.push({ id: String(this.#comments), body, internal, author, created });
    issue.updated = this.#options.now();
    return json(201, { id: String(this.#comments), body });
  }

  #edit(issue: Issue, body: Body): FakeAnswer {
    const fields = recordAt(body, 'fields');
    if (typeof fields.summary === 'string') issue.summary = fields.summary;
    const { name } = recordAt(fields, 'priority');
    if (typeof name === 'string') issue.priority = name;
    const { labels } = recordAt(body, 'update');
    for (const each of Array.isArray(labels) ? labels : []) issue.labels.push(String(each.add));
    issue.updated = this.#options.now();
    return { status: 204 };
  }

  records(): readonly FakeRecord[] {
    const classes = new Map<string, FakeRecord['priority']>([
      ['Highest', 'critical'],
      ['High', 'priority'],
      ['Medium', 'standard'],
    ]);
    return this.#issues.map((issue) => ({
      protocol: issue.key,
      incident: issue.labels.find((each) => each.startsWith('vigia-id-'))?.slice('vigia-id-'.length),
      title: issue.summary,
      body: seen(issue.description),
      state: issue.status === resolved ? 'closed' : 'open',
      priority: classes.get(issue.priority),
      notes: issue.comments.map(({ body }) => seen(body)),
    }));
  }

  publicNotes(): readonly string[] {
    return this.#issues.flatMap(({ comments }) =>
      comments.filter((each) => !each.internal).map(({ body }) => seen(body)),
    );
  }

  catchUp(): void {
    this.#index = this.#issues.map((each) => ({ ...each, labels: [...each.labels] }));
  }

  change(protocol: string, more: Partial<Issue>): void {
    const issue = this.#issues.find(({ key }) => key === protocol);
    if (issue === undefined) throw new Error(`no issue ${protocol}`);
    Object.assign(issue, more, { updated: this.#options.now() });
  }

  /** As its editor writes it: a paragraph for each line. */
  say(protocol: string, author: Comment['author'], text: string): void {
    this.#comments += 1;
    const content = text.split('\n').map((line) => ({
      type: 'paragraph',
      content: line === '' ? [] : [{ type: 'text', text: line }],
    }));
    const issue = this.#issues.find(({ key }) => key === protocol);
    const body = { type: 'doc', version: 1, content };
    const created = this.#options.now();
    issue?.comments.push({ id: String(this.#comments), body, internal: true, author, created });
    this.change(protocol, {});
  }

  remove(protocol: string): void {
    this.#issues = this.#issues.filter(({ key }) => key !== protocol);
    this.#index = this.#index.filter(({ key }) => key !== protocol);
  }

  takeCredential(taken: boolean): void {
    this.#credential = taken;
  }

  hideProject(): void {
    this.#project = false;
  }
}

function shown({ id, key, updated, ...issue }: Issue) {
  const { summary, description, status, priority, labels, assignee } = issue;
  return {
    id,
    key,
    fields: {
      summary,
      description,
      status: { name: status.name, statusCategory: { key: status.category } },
      priority: { name: priority },
      labels,
      assignee: assignee === undefined ? null : { displayName: assignee },
      updated: dateOf(updated),
    },
  };
}

function dateOf(ms: number): string {
  return `${new Date(ms - 10_800_000).toISOString().slice(0, 23)}-0300`;
}

/** As Jira's editor shows it. */
function seen(node: unknown): string {
  const { type, text, content } = isRecord(node) ? node : {};
  if (type === 'hardBreak') return '\n';
  const inner = Array.isArray(content) ? content.map(seen).join(type === 'doc' ? '\n' : '') : '';
  return `${typeof text === 'string' ? text : ''}${inner}`;
}

function isDocument(value: unknown): boolean {
  if (!isRecord(value) || value.type !== 'doc' || value.version !== 1) return false;
  return everyNode(
    value,
    (node) => node.type !== 'text' || (typeof node.text === 'string' && node.text !== ''),
  );
}

function everyNode(node: unknown, fits: (node: Body) => boolean): boolean {
  if (!isRecord(node) || !fits(node)) return false;
  return !Array.isArray(node.content) || node.content.every((each) => everyNode(each, fits));
}

type Body = Readonly<{ [key: string]: unknown }>;

function bodyOf({ raw }: FakeRequest): Body {
  const body: unknown = JSON.parse(raw.toString('utf8'));
  return isRecord(body) ? body : {};
}

function recordAt(value: Body, key: string): Body {
  const found = value[key];
  return isRecord(found) ? found : {};
}

function isRecord(value: unknown): value is Body {
  return typeof value === 'object' && value !== null;
}

function json(status: number, body: unknown): FakeAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function notFound(): FakeAnswer {
  return json(404, { errorMessages: ['Issue does not exist or you do not have permission to see it.'] });
}

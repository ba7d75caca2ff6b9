// Redmine's REST API on loopback, as a real 5.0.4 was measured: a stranger sees an empty list, an unknown filter shows
// everything, closed issues hide unless asked for, unknown fields and states are dropped with a 2xx. Knows nothing of our
// adapter but the number of our custom field.
import type { FakeDeskControl, FakeRecord } from '../../contract/desk-client.contract.ts';
import { type FakeAnswer, type FakeRequest, type FakeServer, startFakeServer } from './faults.ts';

export const redmineKey = '7e2d242ecf1ca34ba918e9c17b93749169472842';
export const redmineFieldId = 1;

const priorities = new Map([
  [1, 'Low'],
  [2, 'Normal'],
  [3, 'High'],
  [4, 'Urgent'],
  [5, 'Immediate'],
]);
const statuses = new Map([
  [1, { name: 'New', is_closed: false }],
  [2, { name: 'In Progress', is_closed: false }],
  [3, { name: 'Resolved', is_closed: false }],
  [5, { name: 'Closed', is_closed: true }],
  [6, { name: 'Rejected', is_closed: true }],
]);

interface Journal {
  readonly text: string;
  readonly hidden: boolean;
  readonly by: string;
  readonly at: number;
}

interface Issue {
  readonly id: number;
  subject: string;
  description: string;
  priority: number;
  status: number;
  external: string;
  updatedAt: number;
  /** One for each change, most without words. */
  readonly notes: Journal[];
}

export interface FakeRedmine extends FakeDeskControl {
  readonly server: FakeServer;
  readonly issues: readonly Issue[];
  /** False: "used as a filter" is not set on our field. */
  filterByField(possible: boolean): void;
  /** An issue of somebody else. */
  createByHand(subject: string): void;
  stop(): Promise<void>;
}

export async function startFakeRedmine(
  now: () => number = () => Date.UTC(2026, 10, 22, 12),
): Promise<FakeRedmine> {
  const issues: Issue[] = [];
  const desk = { issues, filters: true, last: 0, now };
  let taken = true;
  const server = await startFakeServer((request) =>
    route(desk, request, taken && request.headers['x-redmine-api-key'] === redmineKey),
  );
  const change = (protocol: string, more: (issue: Issue) => void): void => {
    const issue = issues.find(({ id }) => String(id) === protocol);
    if (issue === undefined) throw new Error(`no issue ${protocol}`);
    more(issue);
    issue.updatedAt = now();
  };
  return {
    server,
    issues,
    faults: server.faults,
    records: () => issues.map(asPeopleSeeIt),
    takeCredential: (value) => {
      taken = value;
    },
    filterByField: (possible) => {
      desk.filters = possible;
    },
    createByHand: (subject) => {
      add(desk, { subject, priority_id: 2 });
    },
    closeByHand: (protocol) =>
      change(protocol, (issue) => {
        issue.status = 6;
        issue.notes.push({ text: '', hidden: false, by: 'Ana Souza', at: now() });
      }),
    sayByHand: (protocol, by, words) =>
      change(protocol, (issue) => {
        // As its own form sends it.
        issue.notes.push({ text: words.replaceAll('\n', '\r\n'), hidden: false, by, at: now() });
      }),
    removeByHand: (protocol) => {
      issues.splice(
        issues.findIndex(({ id }) => String(id) === protocol),
        1,
      );
    },
    loseIncident: (protocol) =>
      change(protocol, (issue) => {
        issue.external = '';
      }),
    goDown: () => server.stop(),
    stop: () => server.stop(),
  };
}

interface Desk {
  readonly issues: Issue[];
  filters: boolean;
  last: number;
  readonly now: () => number;
}

type Fields = Readonly<Record<string, unknown>>;

function route(desk: Desk, request: FakeRequest, known: boolean): FakeAnswer {
  const { pathname, searchParams } = request.url;
  if (pathname === '/users/current.json')
    return known ? json(200, { user: { id: 5, login: 'vigia' } }) : { status: 401 };
  if (pathname === '/issues.json' && request.method === 'GET') return list(desk, searchParams, known);
  if (!known) return { status: 401 };
  const fields = fieldsOf(request);
  if (pathname === '/issues.json') return create(desk, fields);
  const id = /^\/issues\/(\d+)\.json$/.exec(pathname)?.[1];
  const issue = desk.issues.find((each) => String(each.id) === id);
  if (issue === undefined) return { status: 404 };
  if (request.method === 'GET')
    return json(200, { issue: shown(issue, searchParams.get('include') === 'journals') });
  if (request.method !== 'PUT') return { status: 404 };
  update(desk, issue, fields);
  return { status: 204 };
}

function create(desk: Desk, fields: Fields): FakeAnswer {
  const errors = [
    ...(text(fields.subject) === '' ? ['Subject cannot be blank'] : []),
    ...(text(fields.subject).length > 255 ? ['Subject is too long (maximum is 255 characters)'] : []),
    ...(priorities.has(Number(fields.priority_id)) ? [] : ['Priority cannot be blank']),
    ...(fields.project_id === 'noc' ? [] : ['Project cannot be blank']),
  ];
  if (errors.length > 0) return json(422, { errors });
  return json(201, { issue: shown(add(desk, fields), false) });
}

function add(desk: Desk, fields: Fields): Issue {
  desk.last += 1;
  const issue: Issue = {
    id: desk.last,
    subject: text(fields.subject),
    description: text(fields.description).replaceAll(/\r?\n/g, '\r\n'),
    priority: Number(fields.priority_id),
    status: 1,
    external: ourField(fields) ?? '',
    updatedAt: desk.now(),
    notes: [],
  };
  desk.issues.push(issue);
  return issue;
}

/** 204 whatever happens. */
function update(desk: Desk, issue: Issue, fields: Fields): void {
  const { subject, priority_id, status_id, notes, private_notes } = fields;
  if (typeof subject === 'string' && subject.length <= 255) issue.subject = subject;
  if (typeof priority_id === 'number' && priorities.has(priority_id)) issue.priority = priority_id;
  if (typeof status_id === 'number' && statuses.has(status_id)) issue.status = status_id;
  const words = typeof notes === 'string' ? notes : '';
  issue.notes.push({ text: words, hidden: private_notes === true, by: 'Vigia', at: desk.now() });
  issue.external = ourField(fields) ?? issue.external;
  issue.updatedAt = desk.now();
}

/** Fields with other numbers are dropped. */
function ourField({ custom_fields }: Fields): string | undefined {
  if (!Array.isArray(custom_fields)) return undefined;
  const rows: readonly unknown[] = custom_fields;
  for (const row of rows) {
    if (typeof row !== 'object' || row === null || !('id' in row) || !('value' in row)) continue;
    if (row.id === redmineFieldId) return text(row.value);
  }
  return undefined;
}

function list(desk: Desk, query: URLSearchParams, known: boolean): FakeAnswer {
  const limit = Math.min(Number(query.get('limit') ?? 25), 100);
  const found = known ? desk.issues.filter((issue) => matches(desk, issue, query)) : [];
  const key: (issue: Issue) => number =
    query.get('sort') === 'updated_on:asc' ? ({ updatedAt }) => updatedAt : ({ id }) => id;
  const sorted = found.toSorted((a, b) => key(a) - key(b));
  // Without an order the newest comes first.
  const ordered = query.has('sort') ? sorted : sorted.toReversed();
  const issues = ordered.slice(0, limit).map((issue) => shown(issue, false));
  return json(200, { issues, total_count: found.length, offset: 0, limit });
}

/** Filters it does not know are left out. */
function matches({ filters }: Desk, issue: Issue, query: URLSearchParams): boolean {
  if (query.get('status_id') !== '*' && statuses.get(issue.status)?.is_closed !== false) return false;
  const ours = query.get(`cf_${redmineFieldId}`);
  if (filters && ours === '*' && issue.external === '') return false;
  if (filters && ours !== null && ours !== '*' && issue.external !== ours) return false;
  const since = /^>=(.+)$/.exec(query.get('updated_on') ?? '')?.[1];
  return since === undefined || wholeSeconds(issue.updatedAt) >= Date.parse(since);
}

function shown(issue: Issue, withJournals: boolean) {
  const status = statuses.get(issue.status);
  const journals = issue.notes.map(({ text: notes, hidden, by, at }, index) => ({
    id: index + 1,
    user: { id: by === 'Vigia' ? 5 : 6, name: by },
    notes,
    created_on: new Date(wholeSeconds(at)).toISOString().replace('.000Z', 'Z'),
    private_notes: hidden,
    details: [],
  }));
  return {
    id: issue.id,
    project: { id: 1, name: 'NOC' },
    status: { id: issue.status, ...status },
    priority: { id: issue.priority, name: priorities.get(issue.priority) },
    subject: issue.subject,
    description: issue.description,
    custom_fields: [{ id: redmineFieldId, name: 'Vigia', value: issue.external }],
    updated_on: new Date(wholeSeconds(issue.updatedAt)).toISOString().replace('.000Z', 'Z'),
    ...(withJournals ? { journals } : {}),
  };
}

function asPeopleSeeIt(issue: Issue): FakeRecord {
  const { id, external, subject, description, status, priority, notes } = issue;
  return {
    protocol: String(id),
    incident: external === '' ? undefined : external.replace(/^vigia:/, ''),
    title: subject,
    body: description.replaceAll('\r\n', '\n'),
    state: statuses.get(status)?.is_closed === true ? 'closed' : 'open',
    priority: priority >= 4 ? 'critical' : priority === 3 ? 'priority' : 'standard',
    notes: notes.map((note) => note.text).filter((each) => each !== ''),
  };
}

function fieldsOf({ raw }: FakeRequest): Fields {
  const body: unknown = raw.length === 0 ? {} : JSON.parse(raw.toString('utf8'));
  const issue = typeof body === 'object' && body !== null && 'issue' in body ? body.issue : {};
  return typeof issue === 'object' && issue !== null ? Object.fromEntries(Object.entries(issue)) : {};
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function json(status: number, body: unknown): FakeAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  };
}

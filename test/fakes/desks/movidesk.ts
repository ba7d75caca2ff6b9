// Movidesk's public API as far as Vigia uses it, with its traps: ten requests a minute, three refused ones and it is
// shut for a minute, lists that come back empty when a field is filtered by but not shown, a status that is refused
// without its justification, a PATCH that replaces all custom values, tickets that move away after 90 days.
import type { FakeDeskControl, FakeRecord } from '../../contract/desk-client.contract.ts';
import type { FakeAnswer, FakeRequest, FakeServer } from './faults.ts';
import { startFakeServer } from './faults.ts';
import { seenInBrowser } from './rich-text.ts';

export interface FakeMovideskOptions {
  readonly token: string;
  readonly customFieldId: number;
  readonly now: () => number;
  readonly requestsPerMinute?: number;
  /** Three refusals in a row shut it for a minute. Absent: it goes on refusing, for suites that refuse more often. */
  readonly shutsOut?: boolean;
  /** Descriptions are read back as text and not as the HTML they were given as. */
  readonly plainDescriptions?: boolean;
}

export interface FakeMovidesk extends FakeDeskControl {
  readonly url: string;
  readonly server: FakeServer;
  /** 90 days without a change. */
  moveToPast(protocol: string): void;
  ignoreFilters(): void;
  setValueByHand(protocol: string, field: number, value: string): void;
  valueOf(protocol: string, field: number): string | undefined;
  stop(): Promise<void>;
}

interface CustomValue {
  readonly customFieldId: number;
  readonly customFieldRuleId: number;
  readonly line: number;
  readonly value: string;
}

interface Ticket {
  readonly id: number;
  subject: string;
  status: string;
  urgency: string;
  lastUpdate: string;
  past: boolean;
  isDeleted: boolean;
  customFieldValues: CustomValue[];
  readonly actions: Action[];
}

interface Action {
  readonly id: number;
  readonly type: number;
  /** 2 an agent in the browser, 4 a trigger, 9 the API. */
  readonly origin: number;
  readonly description: string;
  readonly createdDate: string;
  readonly createdBy: { readonly id: string; readonly businessName: string };
}

const baseStatuses: Readonly<Record<string, string>> = {
  Novo: 'New',
  'Em atendimento': 'InAttendance',
  Aguardando: 'Stopped',
  Resolvido: 'Resolved',
  Fechado: 'Closed',
};
const urgencies = ['Urgente', 'Alta', 'Normal', 'Baixa'];

export async function startFakeMovidesk(options: FakeMovideskOptions): Promise<FakeMovidesk> {
  const desk = new FakeMovideskDesk(options);
  const server = await startFakeServer((request) => desk.answer(request));
  return {
    url: server.url,
    server,
    faults: server.faults,
    records: () => desk.records(),
    takeCredential: (taken) => desk.takeCredential(taken),
    closeByHand: (protocol) => desk.change(protocol, { status: 'Fechado' }),
    removeByHand: (protocol) => desk.change(protocol, { isDeleted: true }),
    sayByHand: (protocol, by, text) => desk.say(protocol, { by, origin: 2, text }),
    sayBySystem: (protocol, text) => desk.say(protocol, { by: 'Movidesk', origin: 4, text }),
    loseIncident: (protocol) => desk.change(protocol, { customFieldValues: [] }),
    goDown: () => server.stop(),
    moveToPast: (protocol) => desk.change(protocol, { past: true }),
    ignoreFilters: () => desk.ignoreFilters(),
    setValueByHand: (protocol, field, value) => desk.setValue(protocol, field, value),
    valueOf: (protocol, field) => desk.valueOf(protocol, field),
    stop: () => server.stop(),
  };
}

class FakeMovideskDesk {
  readonly #options: FakeMovideskOptions;
  readonly #tickets: Ticket[] = [];
  #taken: number[] = [];
  #refusals = 0;
  #shutUntil = 0;
  #actions = 0;
  #credential = true;
  #filters = true;

  constructor(options: FakeMovideskOptions) {
    this.#options = options;
  }

  answer(request: FakeRequest): FakeAnswer {
    const { now, requestsPerMinute = Number.POSITIVE_INFINITY } = this.#options;
    if (now() < this.#shutUntil) return tooMany(this.#shutUntil - now());
    this.#taken = this.#taken.filter((at) => at > now() - 60_000);
    const [oldest] = this.#taken;
    if (this.#taken.length >= requestsPerMinute && oldest !== undefined)
      return tooMany(oldest + 60_000 - now());
    this.#taken.push(now());
    const answer = this.#route(request);
    this.#refusals = answer.status >= 400 ? this.#refusals + 1 : 0;
    if (this.#options.shutsOut === true && this.#refusals >= 3) {
      this.#refusals = 0;
      this.#shutUntil = now() + 60_000;
    }
    return answer;
  }

  #route({ method, url, raw }: FakeRequest): FakeAnswer {
    const query = url.searchParams;
    if (!this.#credential || query.get('token') !== this.#options.token)
      return json(401, { message: 'Token inválido.' });
    if (url.search.includes('+'))
      return json(400, { message: 'The query specified in the URI is not valid.' });
    if (url.pathname === '/persons')
      return query.get('id') === 'agente-1' ? json(200, { id: 'agente-1' }) : json(404, 'Person not found');
    const past = url.pathname === '/tickets/past';
    if (!past && url.pathname !== '/tickets') return json(404, 'Not found');
    const id = query.get('id');
    if (method === 'POST') return this.#create(bodyOf(raw));
    if (id === null) return this.#list(query, past);
    const ticket = this.#tickets.find((each) => String(each.id) === id && each.past === past);
    if (ticket === undefined || ticket.isDeleted) return json(404, 'Ticket not found');
    return method === 'PATCH' ? this.#patch(ticket, bodyOf(raw)) : json(200, this.#shown(ticket, true));
  }

  #create(body: Body): FakeAnswer {
    const urgency = String(body.urgency);
    if (!urgencies.includes(urgency)) return json(400, { message: `A urgência "${urgency}" não existe.` });
    const ticket: Ticket = {
      id: 501 + this.#tickets.length,
      subject: String(body.subject).slice(0, 350),
      status: 'Novo',
      urgency,
      lastUpdate: this.#date(),
      past: false,
      isDeleted: false,
      customFieldValues: valuesOf(body),
      actions: [],
    };
    this.#tickets.push(ticket);
    this.#addActions(ticket, body);
    return json(200, { id: ticket.id });
  }

  #patch(ticket: Ticket, body: Body): FakeAnswer {
    if (body.status !== undefined) {
      if (baseStatuses[String(body.status)] === undefined)
        return json(400, { message: 'O status não existe.' });
      if (body.justification === undefined)
        return json(400, { message: 'A justificativa deve ser informada.' });
      ticket.status = String(body.status);
    }
    if (typeof body.subject === 'string') ticket.subject = body.subject;
    if (typeof body.urgency === 'string') ticket.urgency = body.urgency;
    if (body.customFieldValues !== undefined) ticket.customFieldValues = valuesOf(body);
    this.#addActions(ticket, body);
    ticket.lastUpdate = this.#date();
    return { status: 200 };
  }

  #addActions(ticket: Ticket, body: Body): void {
    const actions: readonly unknown[] = Array.isArray(body.actions) ? body.actions : [];
    for (const action of actions) {
      if (!isRecord(action)) continue;
      this.#actions += 1;
      ticket.actions.push({
        id: ticket.actions.length + 1,
        type: Number(action.type),
        origin: 9,
        description: String(action.description),
        createdDate: this.#date(),
        createdBy: { id: 'agente-1', businessName: 'Vigia' },
      });
    }
  }

  #list(query: URLSearchParams, past: boolean): FakeAnswer {
    const select = query.get('$select');
    if (select === null) return json(400, { message: 'O parâmetro $select é obrigatório.' });
    const filter = query.get('$filter') ?? '';
    const value = /c\/customFieldId eq (\d+)(?: and c\/value eq '((?:[^']|'')*)')?/.exec(filter);
    const since = /lastUpdate ge (\S+)/.exec(filter)?.[1];
    const shows = `${select},${query.get('$expand') ?? ''}`;
    // Filtered by and not shown: an empty list, and 200.
    if (value !== null && !shows.includes('customFieldValues')) return json(200, []);
    if (since !== undefined && !shows.includes('lastUpdate')) return json(200, []);
    const fits = (ticket: Ticket): boolean => {
      if (!this.#filters) return true;
      const own = this.#valueIn(ticket, Number(value?.[1]));
      // SQL Server compares without regard to case.
      const wanted = value?.[2]?.replaceAll("''", "'").toLowerCase();
      if (value !== null && (own === undefined || (wanted !== undefined && own.toLowerCase() !== wanted)))
        return false;
      return since === undefined || Date.parse(`${ticket.lastUpdate}Z`) >= Date.parse(since);
    };
    const rows = this.#tickets.filter((each) => each.past === past && !each.isDeleted && fits(each));
    if (query.get('$orderby') === 'lastUpdate asc')
      rows.sort((a, b) => a.lastUpdate.localeCompare(b.lastUpdate));
    const page = rows.slice(0, Math.min(100, Number(query.get('$top') ?? 100)));
    return json(
      200,
      page.map((each) => this.#shown(each, false)),
    );
  }

  #shown({ past: _, actions, status, ...ticket }: Ticket, whole: boolean) {
    const { plainDescriptions = false } = this.#options;
    const shownActions = actions.map((action) => ({
      ...action,
      description: plainDescriptions
        ? seenInBrowser(action.description).replaceAll('\n', '\r\n')
        : action.description,
    }));
    const head = {
      ...ticket,
      id: whole ? String(ticket.id) : ticket.id,
      baseStatus: baseStatuses[status],
      owner: null,
    };
    return whole ? { ...head, status, actions: shownActions } : head;
  }

  #valueIn(ticket: Ticket, field: number): string | undefined {
    return ticket.customFieldValues.find(({ customFieldId }) => customFieldId === field)?.value;
  }

  /** Without its Z, as Movidesk writes it. */
  #date(): string {
    return `${new Date(this.#options.now()).toISOString().slice(0, 23)}0000`;
  }

  records(): readonly FakeRecord[] {
    const classes = new Map<string, FakeRecord['priority']>([
      ['Urgente', 'critical'],
      ['Alta', 'priority'],
      ['Normal', 'standard'],
    ]);
    return this.#tickets
      .filter(({ isDeleted }) => !isDeleted)
      .map((ticket) => {
        const [opening, ...notes] = ticket.actions.map(({ description }) => seenInBrowser(description));
        return {
          protocol: String(ticket.id),
          incident: this.#valueIn(ticket, this.#options.customFieldId),
          title: ticket.subject,
          body: opening ?? '',
          state: ['Resolvido', 'Fechado'].includes(ticket.status) ? 'closed' : 'open',
          priority: classes.get(ticket.urgency),
          notes,
        };
      });
  }

  #of(protocol: string): Ticket {
    const ticket = this.#tickets.find(({ id }) => String(id) === protocol);
    if (ticket === undefined) throw new Error(`no ticket ${protocol}`);
    return ticket;
  }

  change(protocol: string, more: Partial<Ticket>): void {
    Object.assign(this.#of(protocol), more, { lastUpdate: this.#date() });
  }

  /** As its editor writes it. */
  say(
    protocol: string,
    { by, origin, text }: { readonly by: string; readonly origin: number; readonly text: string },
  ): void {
    const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const { actions } = this.#of(protocol);
    actions.push({
      id: actions.length + 1,
      type: 1,
      origin,
      description: `<p>${escaped.replaceAll('\n', '<br>')}</p>`,
      createdDate: this.#date(),
      createdBy: { id: 'agente-2', businessName: by },
    });
    this.change(protocol, {});
  }

  setValue(protocol: string, customFieldId: number, value: string): void {
    this.#of(protocol).customFieldValues.push({ customFieldId, customFieldRuleId: 9, line: 1, value });
  }

  valueOf(protocol: string, field: number): string | undefined {
    return this.#valueIn(this.#of(protocol), field);
  }

  takeCredential(taken: boolean): void {
    this.#credential = taken;
    this.#refusals = 0;
    this.#shutUntil = 0;
  }

  ignoreFilters(): void {
    this.#filters = false;
  }
}

type Body = Readonly<Record<string, unknown>>;

function valuesOf({ customFieldValues }: Body): CustomValue[] {
  const given: readonly unknown[] = Array.isArray(customFieldValues) ? customFieldValues : [];
  return given.filter(isRecord).map((each) => ({
    customFieldId: Number(each.customFieldId),
    customFieldRuleId: Number(each.customFieldRuleId),
    line: Number(each.line),
    value: String(each.value),
  }));
}

function bodyOf(raw: Buffer): Body {
  const body: unknown = JSON.parse(raw.toString('utf8'));
  return isRecord(body) ? body : {};
}

function isRecord(value: unknown): value is Body {
  return typeof value === 'object' && value !== null;
}

function json(status: number, body: unknown): FakeAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function tooMany(waitMs: number): FakeAnswer {
  return {
    status: 429,
    headers: { 'retry-after': String(Math.ceil(waitMs / 1_000)) },
    body: 'Too many requests',
  };
}

// The people side of a stand-in server: sign-in with a second factor, accounts, tokens, audit log, as the API says them.
// A test reads what was asked in `asked` and sets what is there before it opens the page.
import type {
  ApiTokenItem,
  AuditItem,
  SessionAnswer,
  SignInOptions,
  UserItem,
} from '../../shared/api/people.ts';
import { minute } from '../../shared/time.ts';
import type { Answered, Asked, FakeWallServer } from './fake-wall-server.ts';
import { isoAgo } from './wall-rows.ts';

export const rightPassword = 'cavalo bateria grampo';
export const rightCode = '492039';

export function user(more: Partial<UserItem> = {}): UserItem {
  return {
    login: 'ana.souza',
    name: 'Ana Souza',
    role: 'administrator',
    customers: null,
    disabled: false,
    totp: true,
    password: true,
    oidc: false,
    createdAt: '2026-03-02T12:00:00.000Z',
    lastSignInAt: '2026-11-22T11:02:00.000Z',
    ...more,
  };
}

export function sessionOf(person: UserItem): SessionAnswer {
  return {
    by: person.name,
    role: person.role,
    customers: person.customers,
    via: 'password',
    login: person.login,
    totp: person.totp,
    password: person.password,
    expiresAt: '2026-11-23T00:00:00.000Z',
  };
}

export function auditItem(id: number, more: Partial<AuditItem> = {}): AuditItem {
  return {
    id,
    at: isoAgo(Date.UTC(2026, 10, 22, 14, 0), (1000 - id) * minute),
    by: 'Ana Souza',
    via: 'password',
    action: 'POST /api/v1/incidents/:id/notes',
    object: `/api/v1/incidents/inc-${id}-0/notes`,
    detail: '204',
    address: '203.0.113.7',
    ...more,
  };
}

const refused: Answered = { status: 401, body: { error: { code: 'auth.refused', message: 'wrong' } } };
const done: Answered = { status: 204 };

export class FakePeople {
  readonly asked: Asked[] = [];
  options: SignInOptions = { setUp: false, password: true, oidc: null };
  session: SessionAnswer = sessionOf(user());
  users: readonly UserItem[] = [];
  tokens: readonly ApiTokenItem[] = [];
  /** Newest first. */
  audit: readonly AuditItem[] = [];
  /** Given in place of the usual answer to the next unsafe request. */
  next: Answered | undefined;
  wantsCode = false;
  readonly #server: FakeWallServer;

  constructor(server: FakeWallServer) {
    this.#server = server;
    server.answering = (asked) => this.#answer(asked);
  }

  #answer(asked: Asked): Answered | undefined {
    const path = asked.path.replace('/api/v1', '');
    if (asked.method !== 'GET') this.asked.push(asked);
    const told = this.next;
    if (asked.method !== 'GET' && told !== undefined) {
      this.next = undefined;
      return told;
    }
    if (path === '/sign-in-options') return { status: 200, body: this.options };
    if (path === '/sign-in') return this.#signIn(fieldsOf(asked));
    if (path === '/set-up') return this.#enter();
    if (!this.#server.signedIn) return undefined;
    return this.#inside(`${asked.method} ${path}`, asked);
  }

  #inside(what: string, asked: Asked): Answered | undefined {
    const fields = fieldsOf(asked);
    switch (what) {
      case 'GET /session':
        return { status: 200, body: this.session };
      case 'DELETE /session':
        this.#server.signedIn = false;
        return done;
      case 'GET /users':
        return { status: 200, body: { items: this.users } };
      case 'POST /users':
        this.users = [...this.users, user({ ...fields, password: true, totp: false, lastSignInAt: null })];
        return done;
      case 'GET /api-tokens':
        return { status: 200, body: { items: this.tokens } };
      case 'POST /api-tokens':
        return { status: 201, body: { id: 'tok-2', token: 'vigia_7Xw2mQ0pLr9sTn4bYc8dEf6g' } };
      case 'GET /audit':
        return this.#auditPage(asked.query);
      case 'POST /account/totp':
        return { status: 200, body: { secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', uri: totpUri } };
      case 'POST /account/totp/confirmation':
        if (fields.code !== rightCode) return { ...refused, status: 403 };
        this.session = { ...this.session, totp: true };
        return { status: 200, body: { recoveryCodes } };
      case 'POST /account/totp/removal':
      case 'POST /account/password':
        if ((fields.current ?? fields.password) !== rightPassword) return { ...refused, status: 403 };
        if (what.endsWith('removal')) this.session = { ...this.session, totp: false };
        return done;
      default:
        return this.#one(what, fields);
    }
  }

  /** Of one person or token. */
  #one(what: string, fields: Readonly<Record<string, unknown>>): Answered | undefined {
    const [, method, kind, id = ''] = /^(PATCH|DELETE) \/(users|api-tokens)\/(.+)$/.exec(what) ?? [];
    if (kind === 'api-tokens') this.tokens = this.tokens.filter((token) => token.id !== id);
    else if (kind !== 'users') return undefined;
    else if (method === 'DELETE') this.users = this.users.filter((each) => each.login !== id);
    else this.users = this.users.map((each) => (each.login === id ? { ...each, ...fields } : each));
    return done;
  }

  #signIn(fields: Readonly<Record<string, unknown>>): Answered {
    if (fields.password !== rightPassword) return refused;
    if (!this.wantsCode || fields.code === rightCode) return this.#enter();
    return fields.code === undefined
      ? { status: 401, body: { error: { code: 'auth.second-factor', message: 'a code is wanted' } } }
      : refused;
  }

  #enter(): Answered {
    this.#server.signedIn = true;
    return done;
  }

  #auditPage(query: URLSearchParams): Answered {
    const before = Number(query.get('before') ?? Number.POSITIVE_INFINITY);
    const older = this.audit.filter(({ id }) => id < before);
    const items = older.slice(0, Number(query.get('limit')));
    const next = older.length > items.length ? (items.at(-1)?.id ?? null) : null;
    return { status: 200, body: { items, next } };
  }
}

/** As long as a real one. */
export const totpUri =
  'otpauth://totp/Vigia:ana.souza?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Vigia&algorithm=SHA1&digits=6&period=30';
const recoveryCodes = Array.from({ length: 10 }, (_, index) => `k${index}wq-7m4p-x2ta`);

function fieldsOf({ body }: Asked): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

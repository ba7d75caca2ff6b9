// Tokens of programs: made here, shown once, kept as digests. In memory beside the store, because every request asks.
// Must never show a token again.
import { type Failure, failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ApiToken, PeopleStore } from '../../../ports/people.ts';
import { digestOf, findDigest, newSecret } from './secret.ts';

export interface ApiTokens {
  list(): readonly ApiToken[];
  /** Fails with `limit.reached`. */
  make(asked: NewApiToken): Result<{ readonly id: string; readonly token: string }>;
  /** False: there is none. */
  remove(id: string): boolean;
  /** Whose token this is, if it is good now; notes its use. */
  use(token: string): ApiToken | undefined;
}

export type NewApiToken = Pick<ApiToken, 'name' | 'role' | 'customers' | 'createdBy' | 'expiresAt'>;

export function createApiTokens(store: PeopleStore, clock: Clock): ApiTokens {
  const tokens = new Map(store.tokens().map((token) => [token.id, token]));
  return {
    list: () => [...tokens.values()],
    make: (asked) => {
      if (tokens.size >= limits.apiTokensMax) return fail(tooMany());
      const secret = newSecret();
      const id = newSecret().slice(0, 12);
      const token: ApiToken = { ...asked, id, digest: digestOf(secret), createdAt: clock.now() };
      if (!store.addToken(token)) return fail(failure('conflict', 'try again'));
      tokens.set(id, token);
      return ok({ id, token: secret });
    },
    remove: (id) => {
      tokens.delete(id);
      return store.removeToken(id);
    },
    use: (secret) => {
      const now = clock.now();
      const token = findDigest(tokens.values(), digestOf(secret));
      if (token === undefined || (token.expiresAt !== undefined && token.expiresAt <= now)) return undefined;
      const { lastUsedAt } = token;
      if (lastUsedAt === undefined || now - lastUsedAt >= limits.apiTokenTouchMs) {
        store.touchToken(token.id, now);
        tokens.set(token.id, { ...token, lastUsedAt: now });
      }
      return token;
    },
  };
}

function tooMany(): Failure {
  return failure('limit.reached', `there are ${limits.apiTokensMax} tokens already; delete one`);
}

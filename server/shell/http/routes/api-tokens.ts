// GET, POST and DELETE /api-tokens: credentials of programs, with a role and a scope of their own. For administrators. A token
// is shown once and kept as a digest.
import { z } from 'zod';
import {
  type ApiTokenItem,
  apiTokenListSchema,
  madeApiTokenSchema,
  newApiTokenSchema,
} from '../../../../shared/api/people.ts';
import { failure } from '../../../../shared/failure.ts';
import { fromIso, toIso } from '../../../../shared/time.ts';
import { isoOrNull } from '../../../core/view/incident-row.ts';
import type { ApiToken } from '../../../ports/people.ts';
import { wholeFor } from '../access/caller.ts';
import { sendFailure } from '../answer.ts';
import type { Api, RouteParts } from '../parts.ts';

const config = wholeFor('administrator');

export function apiTokenRoutes(api: Api, { tokens, guard, clock, consoles }: RouteParts): void {
  api.get(
    '/api-tokens',
    { config, schema: { summary: 'Tokens of programs, by id', response: { 200: apiTokenListSchema } } },
    async () => ({ items: tokens.list().map(tokenItem) }),
  );

  api.post(
    '/api-tokens',
    {
      config,
      schema: {
        summary: 'A new token, shown once; `expiresAt` null: until it is deleted',
        body: newApiTokenSchema,
        response: { 201: madeApiTokenSchema },
      },
    },
    async (request, reply) => {
      const { expiresAt: asked, ...token } = request.body;
      const expiresAt = asked === null ? undefined : fromIso(asked);
      if (expiresAt !== undefined && expiresAt <= clock.now()) {
        const issues = [{ path: 'body.expiresAt', message: 'wanted: in the future' }];
        return sendFailure(reply, failure('input.invalid', 'the token has 1 mistake(s)', { issues }));
      }
      const ends = expiresAt === undefined ? {} : { expiresAt };
      const made = tokens.make({ ...token, ...ends, createdBy: guard.caller(request).by });
      return made.ok ? reply.code(201).send(made.value) : sendFailure(reply, made.failure);
    },
  );

  api.delete(
    '/api-tokens/:id',
    {
      config,
      schema: {
        summary: 'Revoke a token; streams that it opened end',
        params: z.strictObject({ id: z.string().min(1).max(64) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if (!tokens.remove(id)) return sendFailure(reply, failure('not-found', `there is no token "${id}"`));
      consoles.recheck();
      return reply.code(204).send(null);
    },
  );
}

function tokenItem(token: ApiToken): ApiTokenItem {
  return {
    id: token.id,
    name: token.name,
    role: token.role,
    customers: token.customers === null ? null : [...token.customers],
    createdBy: token.createdBy,
    createdAt: toIso(token.createdAt),
    expiresAt: isoOrNull(token.expiresAt),
    lastUsedAt: isoOrNull(token.lastUsedAt),
  };
}

// GET, POST, PATCH and DELETE /users: who may sign in, as what, and whose customers they see. For administrators. Must never
// show a hash or a second factor's secret.
import { z } from 'zod';
import {
  newUserSchema,
  type UserItem,
  userListSchema,
  userPatchSchema,
  userSchema,
} from '../../../../shared/api/people.ts';
import { type Failure, failure } from '../../../../shared/failure.ts';
import { toIso } from '../../../../shared/time.ts';
import { isoOrNull } from '../../../core/view/incident-row.ts';
import type { Person } from '../../../ports/people.ts';
import { wholeFor } from '../access/caller.ts';
import { sendFailure } from '../answer.ts';
import type { Api, RouteParts } from '../parts.ts';

const paramsSchema = z.strictObject({ login: z.string().trim().toLowerCase().min(1).max(80) });
const config = wholeFor('administrator');

export function peopleRoutes(api: Api, { accounts, identityProvider }: RouteParts): void {
  api.get(
    '/users',
    { config, schema: { summary: 'Everybody who may sign in, by login', response: { 200: userListSchema } } },
    async () => ({ items: accounts.list().map(personItem) }),
  );

  api.post(
    '/users',
    {
      config,
      schema: {
        summary: 'A new person; `customers` null: sees all',
        body: newUserSchema,
        response: { 201: userSchema },
      },
    },
    async (request, reply) => {
      if (request.body.password === undefined && identityProvider === undefined)
        return sendFailure(reply, noOtherWay());
      const made = await accounts.add(request.body);
      if (!made.ok) return sendFailure(reply, made.failure);
      return reply.code(201).send(personItem(made.value));
    },
  );

  api.patch(
    '/users/:login',
    {
      config,
      schema: {
        summary: 'Change a person; another password, role, scope or disabling ends the sessions',
        params: paramsSchema,
        body: userPatchSchema,
        response: { 200: userSchema },
      },
    },
    async (request, reply) => {
      const changed = await accounts.change(request.params.login, request.body);
      return changed.ok ? personItem(changed.value) : sendFailure(reply, changed.failure);
    },
  );

  api.delete(
    '/users/:login',
    {
      config,
      schema: { summary: 'Delete a person', params: paramsSchema, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const removed = accounts.remove(request.params.login);
      return removed.ok ? reply.code(204).send(null) : sendFailure(reply, removed.failure);
    },
  );
}

function noOtherWay(): Failure {
  const message = 'wanted: a password, because here nobody signs in by OpenID Connect';
  return failure('input.invalid', message, { issues: [{ path: 'body.password', message }] });
}

function personItem(person: Person): UserItem {
  return {
    login: person.login,
    name: person.name,
    role: person.role,
    customers: person.customers === null ? null : [...person.customers],
    disabled: person.disabled,
    totp: person.totp !== undefined,
    password: person.passwordHash !== undefined,
    oidc: person.identity !== undefined,
    createdAt: toIso(person.createdAt),
    lastSignInAt: isoOrNull(person.lastSignInAt),
  };
}

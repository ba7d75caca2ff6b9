// How this server says no over HTTP: one shape for every error, one status per failure code.
// Must never send a stack, a path of this machine or a message of a library.
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Failure, type FailureCode, failureCodes } from '../../../shared/failure.ts';

export const errorSchema = z.object({
  error: z.object({
    code: z.enum(Object.keys(failureCodes) as [FailureCode, ...FailureCode[]]),
    message: z.string(),
    issues: z.array(z.object({ path: z.string(), message: z.string() })),
  }),
});

const statuses: Readonly<Record<FailureCode, number>> = {
  'config.invalid': 422,
  'inventory.invalid': 422,
  'input.invalid': 400,
  'wire.too-large': 413,
  'wire.not-json': 400,
  'wire.unknown-kind': 400,
  'auth.missing': 401,
  'auth.refused': 401,
  'auth.second-factor': 401,
  'enrolment.refused': 403,
  'limit.reached': 429,
  'not-found': 404,
  conflict: 409,
  unavailable: 503,
  'desk.refused': 502,
  'desk.unavailable': 502,
  'desk.uncertain': 502,
  'desk.limited': 502,
  'desk.unauthorised': 502,
  'desk.held': 409,
  'probe.unavailable': 503,
  'storage.failed': 503,
};

/** Answers with the failure. `status` overrides the code's own where HTTP is finer (403 beside 401, 413, 415). */
export function sendFailure(reply: FastifyReply, failed: Failure, status?: number): FastifyReply {
  const { code, message, issues = [] } = failed;
  if (failed.retryable && !reply.hasHeader('retry-after')) reply.header('retry-after', '5');
  // Set by hand: the route's response schemas know only what it answers when all is well.
  return reply
    .code(status ?? statuses[code])
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send({ error: { code, message, issues } });
}

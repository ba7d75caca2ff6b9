// The server's one HTTP port: console, API, agents' door before it. Puts the routes together and holds what is true for
// all of them: headers, body limits, errors in one shape, OpenAPI. Decides nothing about the domain.
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import fastifySwagger from '@fastify/swagger';
import Fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AssertionFailed } from '../../../shared/assert.ts';
import { type Failure, failure, type Issue } from '../../../shared/failure.ts';
import { limits } from '../../../shared/limits.ts';
import { minute, second } from '../../../shared/time.ts';
import { doorServerOptions } from '../gateway/agent-door.ts';
import { createAccounts } from './access/accounts.ts';
import { createApiTokens } from './access/api-tokens.ts';
import { createAuditLog } from './access/audit-log.ts';
import { createFailedSignIns } from './access/failed-sign-ins.ts';
import { createGuard, isUnsafe } from './access/guard.ts';
import { digestOf } from './access/secret.ts';
import { sendFailure } from './answer.ts';
import { bodyParsers } from './body.ts';
import { consoleRoutes, notFound } from './console-files.ts';
import { securityHeaders } from './headers.ts';
import type { Api, HttpParts, RouteParts } from './parts.ts';
import { accountRoutes } from './routes/account.ts';
import { agentDownloadRoutes } from './routes/agent-downloads.ts';
import { agentRoutes } from './routes/agents.ts';
import { apiTokenRoutes } from './routes/api-tokens.ts';
import { auditRoutes } from './routes/audit.ts';
import { channelRoutes } from './routes/channels.ts';
import { deskEventRoutes } from './routes/desk-events.ts';
import { enrolmentTokenRoutes } from './routes/enrolment-tokens.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { incidentActionRoutes } from './routes/incident-actions.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { inventoryRoutes } from './routes/inventory.ts';
import { linkSeriesRoutes } from './routes/link-series.ts';
import { maintenanceRoutes } from './routes/maintenance.ts';
import { maintenancePreviewRoutes } from './routes/maintenance-preview.ts';
import { manualQueueRoutes } from './routes/manual-queue.ts';
import { peopleRoutes } from './routes/people.ts';
import { providerRoutes } from './routes/providers.ts';
import { reportRoutes } from './routes/reports.ts';
import { sessionRoutes, signInLinkRoutes, signInRoutes } from './routes/sign-in.ts';
import { oidcRoutes } from './routes/sign-in-oidc.ts';
import { passwordSignInRoutes } from './routes/sign-in-password.ts';
import { silenceRoutes } from './routes/silences.ts';
import { ticketRoutes } from './routes/tickets.ts';
import { createSeenBy } from './seen-parts.ts';

/** Built, not yet listening: call `listen`, or `inject` in a test. `close` ends every viewer and connection. */
export async function createHttpServer(parts: HttpParts): Promise<Api> {
  const api = newFastify(parts);
  const routeParts = accessParts(parts);
  api.setValidatorCompiler(validatorCompiler);
  api.setSerializerCompiler(serializerCompiler);
  bodyParsers(api);
  securityHeaders(api, parts.settings);
  api.setErrorHandler((error: FastifyError, request, reply) => answerError({ error, request, reply }, parts));
  api.setNotFoundHandler((request, reply) => notFound(request, reply));
  await api.register(fastifySwagger, {
    openapi: {
      info: { title: 'Vigia', version: parts.settings.release },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    transform: jsonSchemaTransform,
  });
  await api.register(async (scope) => apiRoutes(scope.withTypeProvider<ZodTypeProvider>(), routeParts), {
    prefix: '/api/v1',
  });
  await api.register(
    async (scope) => deskEventRoutes(scope.withTypeProvider<ZodTypeProvider>(), routeParts),
    { prefix: '/api/v1' },
  );
  await api.register(
    async (scope) => {
      passwordSignInRoutes(scope.withTypeProvider<ZodTypeProvider>(), routeParts);
      oidcRoutes(api, scope.withTypeProvider<ZodTypeProvider>(), routeParts);
    },
    { prefix: '/api/v1' },
  );
  api.get('/api/openapi.json', { schema: { hide: true } }, async () => api.swagger());
  healthRoutes(api, routeParts, { guarded: false });
  signInRoutes(api, routeParts);
  agentDownloadRoutes(api, routeParts);
  await consoleRoutes(api, routeParts);
  api.addHook('preClose', async () => {
    parts.consoles.close();
    routeParts.audit.stop();
  });
  await api.ready();
  return api;
}

/** Who may come in, what was done, and what each may see. */
function accessParts(parts: HttpParts): RouteParts {
  const { clock, metrics, people: store, passwords, signIn } = parts;
  const failures = createFailedSignIns(clock);
  const refusals = metrics.counter(
    'vigia_http_refused_total',
    'Requests without a good credential, by reason',
    { name: 'reason', values: ['auth.missing', 'auth.refused'] },
  );
  const accounts = createAccounts({
    store,
    clock,
    passwords,
    endSessions: (login) => {
      signIn.endAllOf(login);
      parts.consoles.recheck();
    },
  });
  const tokens = createApiTokens(store, clock);
  const adminDigest = digestOf(parts.adminToken);
  const guard = createGuard({ adminDigest, signIn, accounts, tokens, failures, refusals });
  const audit = createAuditLog({ store, clock, agedAt: parts.agedAt, metrics });
  const whole: RouteParts = {
    ...parts,
    ...{ guard, failures, accounts, tokens, audit },
    seenBy: createSeenBy(() => whole),
  };
  return whole;
}

function newFastify(parts: HttpParts): Api {
  const { settings } = parts;
  return Fastify({
    // Fastify's own lines for each request carry whole URLs, and a sign-in link's token stands in one.
    loggerInstance: parts.log.child({}, { level: 'warn' }),
    bodyLimit: limits.smallBodyBytesMax,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    return503OnClosing: true,
    trustProxy: settings.trustedProxy.length === 0 ? false : [...settings.trustedProxy],
    routerOptions: { maxParamLength: 300 },
    serverFactory: (handler) => createWebServer(parts, handler),
  }).withTypeProvider<ZodTypeProvider>();
}

/** Node's own limits, said explicitly. An event stream is an answer, so none of these ends it. */
function createWebServer({ settings: { tls }, agentDoor }: HttpParts, handler: RequestListener): Server {
  const listener: RequestListener = (request, response) => {
    if (agentDoor?.(request, response) !== true) handler(request, response);
  };
  const options = { ...doorServerOptions, requestTimeout: minute, keepAliveTimeout: 72 * second };
  if (tls === undefined) return createServer(options, listener);
  return createTlsServer(
    { ...options, cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.2' },
    listener,
  );
}

const noQuery = z.strictObject({});

async function apiRoutes(api: Api, parts: RouteParts): Promise<void> {
  // A parameter nobody reads is a mistake of the caller: a misspelt filter must not answer with everything.
  api.addHook('onRoute', (route) => {
    route.schema = { querystring: noQuery, ...route.schema };
  });
  api.addHook('onRequest', (request, reply) => parts.guard.check(request, reply));
  api.addHook('onResponse', async (request, reply) => {
    const caller = parts.guard.letIn(request);
    if (caller !== undefined && isUnsafe(request)) parts.audit.request(request, caller, reply.statusCode);
  });
  inventoryRoutes(api, parts);
  enrolmentTokenRoutes(api, parts);
  agentRoutes(api, parts);
  incidentRoutes(api, parts);
  incidentActionRoutes(api, parts);
  ticketRoutes(api, parts);
  linkSeriesRoutes(api, parts);
  reportRoutes(api, parts);
  providerRoutes(api, parts);
  maintenanceRoutes(api, parts);
  maintenancePreviewRoutes(api, parts);
  silenceRoutes(api, parts);
  if (parts.manual !== undefined) manualQueueRoutes(api, { ...parts, manual: parts.manual });
  channelRoutes(api, parts);
  signInLinkRoutes(api, parts);
  sessionRoutes(api, parts);
  peopleRoutes(api, parts);
  accountRoutes(api, parts);
  apiTokenRoutes(api, parts);
  auditRoutes(api, parts);
  eventRoutes(api, parts);
  healthRoutes(api, parts, { guarded: true });
}

interface Failed {
  readonly error: FastifyError;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

function answerError({ error, request, reply }: Failed, { log, onBug }: HttpParts): FastifyReply {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const issues = error.validation.map((issue) => issueOf(issue, error.validationContext));
    const message = `the request has ${issues.length} mistake(s)`;
    return sendFailure(reply, failure('input.invalid', message, { issues }));
  }
  const { statusCode = 500 } = error;
  if (statusCode < 500) return sendFailure(reply, failureOf(error), statusCode);
  log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'request failed');
  if (error instanceof AssertionFailed) onBug(error);
  return sendFailure(reply, failure('unavailable', 'this server failed; its log says why'), 500);
}

/** Fastify's own refusals (too large, not JSON, unknown media type); their messages are written for callers. */
function failureOf(error: FastifyError): Failure {
  if (error.statusCode === 413) {
    return failure('wire.too-large', `the body is larger than this route takes: ${error.message}`);
  }
  return failure('input.invalid', error.message);
}

interface ZodIssueLike {
  readonly instancePath: string;
  readonly message?: string;
  readonly params: { readonly issue?: unknown };
}

/** `/links/0/key` of the body -> `body.links.0.key`. */
function issueOf(issue: ZodIssueLike, context: string | undefined): Issue {
  const where = context === 'querystring' ? 'query' : (context ?? 'request');
  const path = [where, ...issue.instancePath.split('/').filter((part) => part !== '')].join('.');
  return { path, message: issue.message ?? 'is not what is wanted' };
}

// GET /manual-queue and what people say about it: registered under this protocol, written at the desk, not there. Every word
// is kept with its author before it is answered; then the delivery that waited for it is tried at once.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  type ManualAnswerItem,
  type ManualItemAnswer,
  manualAnswerSchema,
  manualKeysSchema,
  manualQueueSchema,
  registrationSchema,
} from '../../../../shared/api/manual-queue.ts';
import { failure } from '../../../../shared/failure.ts';
import { type EffectKey, effectKey, incidentIdFrom } from '../../../../shared/ids.ts';
import { toIso } from '../../../../shared/time.ts';
import type { ManualAnswer, ManualItem, ManualQueue, Said } from '../../../ports/manual-queue.ts';
import { scopedFor } from '../access/caller.ts';
import { sendFailure } from '../answer.ts';
import type { Api, RouteParts } from '../parts.ts';

export interface ManualQueueParts extends Pick<RouteParts, 'clock' | 'guard' | 'log' | 'seenBy'> {
  readonly manual: NonNullable<RouteParts['manual']>;
}

const paramsSchema = z.strictObject({ incident: z.string().min(1).max(64) });
const answersSchema = z.object({ items: z.array(manualAnswerSchema) });

/** As the caller may see it. */
interface QueueParts extends ManualQueueParts {
  readonly queueOf: (request: FastifyRequest) => ManualQueue;
}

export function manualQueueRoutes(api: Api, given: ManualQueueParts): void {
  const { manual, seenBy } = given;
  const parts: QueueParts = { ...given, queueOf: (request) => seenBy(request).manual?.queue ?? manual.queue };
  listRoute(api, parts);
  registrationRoute(api, parts);
  keysRoute(api, parts, {
    path: '/manual-queue/:incident/notes-done',
    summary: 'Notes, closing or reopening of this incident are written at the desk',
    say: (queue, key, said) => queue.done(key, said),
  });
  keysRoute(api, parts, {
    path: '/manual-queue/:incident/send-again',
    summary: 'Looked at the desk: these deliveries are not there, send them again',
    say: (queue, key, said) => queue.sendAgain(key, said),
  });
}

function listRoute(api: Api, { queueOf }: QueueParts): void {
  api.get(
    '/manual-queue',
    {
      config: scopedFor('viewer'),
      schema: {
        summary: 'What waits for a person at the desk, most urgent first',
        response: { 200: manualQueueSchema },
      },
    },
    async (request) => {
      const { items, total } = queueOf(request).waiting();
      return { items: items.map(itemAnswer), total };
    },
  );
}

function registrationRoute(api: Api, { manual, clock, guard, log, queueOf }: QueueParts): void {
  api.post(
    '/manual-queue/:incident/registration',
    {
      config: scopedFor('operator'),
      schema: {
        summary: 'The ticket of this incident stands at the desk under this protocol',
        params: paramsSchema,
        body: registrationSchema,
        response: { 200: manualAnswerSchema },
      },
    },
    async (request, reply) => {
      const incident = incidentIdFrom(request.params.incident);
      const { protocol } = request.body;
      const { by } = guard.caller(request);
      const registered = queueOf(request).register(incident, { protocol, by, at: clock.now() });
      if (!registered.ok) return sendFailure(reply, registered.failure);
      log.info({ by, incident, protocol }, 'ticket registered by hand');
      manual.nudge(registered.value.key);
      return answerItem(registered.value);
    },
  );
}

interface KeysRoute {
  readonly path: '/manual-queue/:incident/notes-done' | '/manual-queue/:incident/send-again';
  readonly summary: string;
  readonly say: (queue: ManualQueue, key: EffectKey, said: Said) => ManualAnswer | undefined;
}

function keysRoute(
  api: Api,
  { manual, clock, guard, log, queueOf }: QueueParts,
  { path, summary, say }: KeysRoute,
): void {
  api.post(
    path,
    {
      config: scopedFor('operator'),
      schema: { summary, params: paramsSchema, body: manualKeysSchema, response: { 200: answersSchema } },
    },
    async (request, reply) => {
      const { incident } = request.params;
      const { by } = guard.caller(request);
      const queue = queueOf(request);
      const meant = request.body.keys.map(effectKey).filter((key) => queue.item(key)?.incident === incident);
      const said = { by, at: clock.now() };
      const answers = meant.flatMap((key) => say(queue, key, said) ?? []);
      if (answers.length === 0) {
        return sendFailure(reply, failure('not-found', 'nada deste incidente espera por isto'));
      }
      for (const { key, kind } of answers) {
        log.info({ by, incident, key, kind }, 'manual queue answered');
        manual.nudge(key);
      }
      return { items: answers.map(answerItem) };
    },
  );
}

function itemAnswer({ protocol, raise, since, ...item }: ManualItem): ManualItemAnswer {
  return { ...item, since: toIso(since), protocol: protocol ?? null, raise: raise ?? null };
}

function answerItem({ protocol, at, ...answer }: ManualAnswer): ManualAnswerItem {
  return { ...answer, protocol: protocol ?? null, at: toIso(at) };
}

// The generic webhook desk, for whatever the operator writes or already has: signed POSTs with an idempotency key, one
// GET to look an incident up, signed events back. CONTRACT.md, section 5, is its whole interface and others rely on it.
// Must never try again or search before it creates: `shell/desk/delivery.ts` does that.
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import { type EffectKey, type IncidentId, incidentIdFrom } from '../../../../shared/ids.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { fromIso, toIso } from '../../../../shared/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type {
  DeskAbout,
  DeskCapabilities,
  DeskClient,
  DeskDraft,
  DeskHint,
  DeskHintRequest,
  DeskNote,
  DeskRecord,
} from '../../../ports/desk-client.ts';
import { call, type DeskHttp, jsonOf } from '../http/call.ts';
import { eventIdOf } from '../http/proof.ts';
import { checkVigiaSignature, eventJson, vigiaSignature } from '../http/vigia-signature.ts';
import type { WebhookDeskConfig, WebhookDeskSecrets } from './config.ts';

export interface WebhookDeskOptions {
  readonly config: WebhookDeskConfig;
  readonly secrets: WebhookDeskSecrets;
  readonly clock: Pick<Clock, 'now'>;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
}

/** It has no action for raising and no way to read a record: a worsened incident's note says the new class and title. */
export const webhookCapabilities: DeskCapabilities = {
  externalId: 'field',
  idempotent: true,
  search: { kind: 'immediate' },
  read: false,
  readsNotes: false,
  notes: true,
  close: true,
  reopen: true,
  raise: false,
  events: 'webhook',
};

interface Desk {
  readonly config: WebhookDeskConfig;
  readonly secret: string;
  readonly http: DeskHttp;
}

export function createWebhookClient(options: WebhookDeskOptions): DeskClient {
  const { config, secrets, clock, fetch, timeoutMs } = options;
  const { secret } = secrets;
  const { allowInsecure } = config;
  const http: DeskHttp = {
    name: 'webhook',
    allowInsecure,
    clock,
    secrets: [secret],
    forbidden: 'unauthorised',
    fetch,
    timeoutMs,
  };
  const desk: Desk = { config, secret, http };
  return {
    name: 'webhook',
    capabilities: webhookCapabilities,
    probe: () => probe(desk),
    create: (draft) => create(desk, draft),
    find: (incident) => find(desk, incident),
    read: () => Promise.resolve(fail(failure('desk.refused', 'webhook: a record cannot be read'))),
    note: (protocol, note) => act(desk, 'note', protocol, note),
    setState: (protocol, state, note) => act(desk, state === 'closed' ? 'close' : 'reopen', protocol, note),
    raise: () => Promise.resolve(fail(failure('desk.refused', 'webhook: a record cannot be raised'))),
    hint: (request) => readHint(secret, request),
    close: async () => {},
  };
}

const protocolSchema = z.union([z.string().trim().min(1).max(200), z.int().min(0).transform(String)]);
const doneSchema = z.object({ protocol: protocolSchema });

async function create(
  { config, secret, http }: Desk,
  draft: DeskDraft,
): Promise<Result<{ protocol: string }>> {
  const { key, incident, body } = draft;
  const fields = { action: 'open', key: incident, body, ...aboutFields(config, draft) };
  const answer = await post({ config, secret, http }, key, fields);
  return answer.ok ? jsonOf(http, answer.value, doneSchema) : answer;
}

async function act(
  desk: Desk,
  action: 'note' | 'close' | 'reopen',
  protocol: string,
  { key, text, about }: DeskNote,
): Promise<Result<void>> {
  const rest = about === undefined ? {} : aboutFields(desk.config, about);
  const answer = await post(desk, key, { action, key: incidentOf(key), protocol, body: text, ...rest });
  if (!answer.ok) return answer;
  // 204 says as much as a protocol that is known already; a page in HTML is somebody else's answer.
  if (answer.value.bytes.length === 0) return ok(undefined);
  const done = jsonOf(desk.http, answer.value, doneSchema);
  return done.ok ? ok(undefined) : done;
}

function aboutFields(config: WebhookDeskConfig, about: DeskAbout) {
  const { title, priority, customer, site, detectedAt, incidentUrl } = about;
  const { queue } = config.customers[customer] ?? config;
  return { title, priority, queue, customer, site, detectedAt: toIso(detectedAt), incidentUrl };
}

/** Effect keys begin with their incident (`core/effect.ts`): `<incident>:note:3`. Its id has no colon. */
function incidentOf(key: EffectKey): IncidentId {
  return incidentIdFrom(key.split(':', 1)[0] ?? key);
}

function post({ config, secret, http }: Desk, key: EffectKey, fields: Readonly<Record<string, unknown>>) {
  const body = JSON.stringify(fields);
  const headers = {
    'Content-Type': 'application/json',
    'Idempotency-Key': key,
    'Vigia-Signature': vigiaSignature(secret, body, http.clock.now()),
  };
  return call(http, { method: 'POST', url: new URL(config.url), headers, body });
}

/**
 * `{ protocol }` is all that the contract asks of the receiver. The rest is taken where it is given; a receiver that says
 * no more is believed to hold an open record.
 */
const foundSchema = z.object({
  protocol: protocolSchema,
  title: z.string().default(''),
  state: z.enum(['open', 'closed']).default('open'),
  assignedTo: z.string().optional(),
});

async function find(desk: Desk, incident: IncidentId): Promise<Result<readonly DeskRecord[]>> {
  const answer = await look(desk, incident);
  if (!answer.ok) return answer;
  if (answer.value.status === 404) return ok([]);
  const found = jsonOf(desk.http, answer.value, foundSchema);
  return found.ok ? ok([{ ...found.value, incident }]) : found;
}

/** Asks for an incident that cannot be; 404 is the right answer, and a stranger is sent away before it. */
async function probe(desk: Desk): Promise<Result<void>> {
  const answer = await look(desk, incidentIdFrom('vigia-probe'));
  return answer.ok ? ok(undefined) : answer;
}

function look({ config, secret, http }: Desk, incident: IncidentId) {
  const url = new URL(config.url);
  url.searchParams.set('key', incident);
  const headers = {
    Accept: 'application/json',
    'Vigia-Signature': vigiaSignature(secret, '', http.clock.now()),
  };
  return call(http, { method: 'GET', url, headers, accepts: [404] });
}

const eventSchema = z
  .object({
    key: z.string().min(1).max(200).optional(),
    protocol: protocolSchema.optional(),
    action: z.enum(['acknowledged', 'note', 'closed', 'reopened']),
    by: z.string().max(200).optional(),
    at: z.string().max(64).optional(),
    text: z.string().optional(),
  })
  .refine(({ key, protocol }) => key !== undefined || protocol !== undefined, 'wanted: key or protocol');

function readHint(secret: string, request: DeskHintRequest): Result<readonly DeskHint[]> {
  const signed = checkVigiaSignature(secret, request);
  if (!signed.ok) return signed;
  const event = eventSchema.safeParse(eventJson(request.raw));
  if (!event.success) return fail(failure('input.invalid', 'the event is not of the agreed shape'));
  const { key, protocol, action, by, at, text } = event.data;
  return ok([
    {
      // Without an instant the same words may be true again; then only the same signature is the same event.
      id:
        request.headers['idempotency-key'] ??
        eventIdOf(request.raw, at === undefined ? (request.headers['vigia-signature'] ?? '') : ''),
      protocol,
      incident: key === undefined ? undefined : incidentIdFrom(key),
      action,
      by,
      at: at === undefined ? undefined : fromIso(at),
      text,
    },
  ]);
}

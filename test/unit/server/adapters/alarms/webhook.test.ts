// The signed webhook against a real HTTP server: what it sends, and how each answer is read.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWebhookAlarm } from '../../../../../server/adapters/alarms/webhook/alarm.ts';
import type { AlarmNews } from '../../../../../server/ports/alarm.ts';
import { incidentId } from '../../../../../shared/ids.ts';
import { instant } from '../../../../../shared/time.ts';

const now = instant(1_773_144_000_500);
const secret = 'a secret of the pager';
const news: AlarmNews = {
  key: 'inc-7-0:raised:1',
  kind: 'own-outage',
  state: 'raised',
  incident: incidentId(7, 0),
  since: instant(1_773_143_990_000),
  text: 'Vigia sem visão.',
};

let server: Server;
let url = '';
let status = 200;
let seen: { readonly headers: IncomingHttpHeaders; readonly body: string } | undefined;

beforeEach(async () => {
  status = 200;
  seen = undefined;
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      seen = { headers: request.headers, body };
      response.writeHead(status, { Location: '/elsewhere' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/pager/7f3a` : '';
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const alarm = (more: { readonly secret?: string } = { secret }) =>
  createWebhookAlarm({ url, clock: { now: () => now }, ...more });

describe('the webhook alarm', () => {
  it.each([408, 409, 425, 429, 500, 503, 302])('asks to be tried again after %i', async (given) => {
    status = given;
    const told = await alarm().tell(news);
    expect(told.ok ? undefined : told.failure).toMatchObject({ code: 'unavailable', retryable: true });
  });

  it.each([400, 401, 404, 410])('takes %i for a refusal', async (given) => {
    status = given;
    const told = await alarm().tell(news);
    expect(told.ok ? undefined : told.failure).toMatchObject({ code: 'input.invalid', retryable: false });
  });

  it('names neither its address nor its secret when nobody answers', async () => {
    const dead = createWebhookAlarm({ url: 'http://127.0.0.1:1/7f3a', secret, clock: { now: () => now } });
    const told = await dead.tell(news);
    expect(told.ok ? undefined : told.failure).toMatchObject({ code: 'unavailable', retryable: true });
    expect(JSON.stringify(told)).not.toMatch(/7f3a|secret/);
  });

  it('signs what it sends, keyed so that the same news counts once', async () => {
    expect(await alarm().tell(news)).toEqual({ ok: true, value: undefined });
    expect(JSON.parse(seen?.body ?? '')).toEqual({ ...news, since: '2026-03-10T11:59:50.000Z' });
    expect(seen?.headers['idempotency-key']).toBe(news.key);
    const mac = createHmac('sha256', secret).update(`1773144000.${seen?.body}`).digest('hex');
    expect(seen?.headers['vigia-signature']).toBe(`t=1773144000,v1=${mac}`);
  });

  it('is not signed without a secret', async () => {
    await alarm({}).tell(news);
    expect(seen?.headers['vigia-signature']).toBeUndefined();
  });
});

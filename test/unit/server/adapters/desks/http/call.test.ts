// The one HTTP call of all desks against a server that misbehaves in every way a real one was seen to.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createRawServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { call, type DeskHttp, jsonOf } from '../../../../../../server/adapters/desks/http/call.ts';
import { limits } from '../../../../../../shared/limits.ts';
import { instant } from '../../../../../../shared/time.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const now = Date.UTC(2026, 10, 22, 12);
const desk: DeskHttp = {
  name: 'balcão',
  allowInsecure: false,
  clock: { now: () => instant(now) },
  secrets: ['s3cr3t'],
  timeoutMs: 400,
};

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<URL> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return new URL(`http://127.0.0.1:${address.port}/x?token=s3cr3t`);
}

async function codeOf(url: URL, more: Partial<DeskHttp> = {}, accepts?: readonly number[]) {
  const answer = await call({ ...desk, ...more }, { method: 'GET', url, accepts });
  return answer.ok ? answer.value.status : answer.failure.code;
}

const says = (status: number, body = '', headers: Record<string, string> = {}) =>
  serve((_, response) => response.writeHead(status, headers).end(body));

describe('call', () => {
  test('nothing leaves without TLS for another machine unless the operator says so', async () => {
    const away = new URL('http://desk.example/');
    const refusing = { fetch: () => Promise.reject(new Error('must not be called')) };
    expect(await codeOf(away, refusing)).toBe('desk.refused');
    const allowed = { fetch: async () => new Response('{}'), allowInsecure: true };
    expect(await codeOf(away, allowed)).toBe(200);
  });

  test('a port where nobody listens and a name that does not exist are unavailable: nothing happened', async () => {
    const url = await says(200);
    for (const close of closing.splice(0)) await close();
    expect(await codeOf(url)).toBe('desk.unavailable');
    expect(await codeOf(new URL('https://desk.invalid/'), { timeoutMs: 5_000 })).toBe('desk.unavailable');
  });

  test('silence, reset, half an answer and a server error are uncertain: it may have happened', async () => {
    expect(await codeOf(await serve(() => undefined))).toBe('desk.uncertain');
    expect(await codeOf(await serve((request) => request.socket.destroy()))).toBe('desk.uncertain');
    const half = await serve((request, response) => {
      response.writeHead(201, { 'Content-Length': '100' }).write('{"id":');
      setImmediate(() => request.socket.destroy());
    });
    expect(await codeOf(half)).toBe('desk.uncertain');
    for (const status of [500, 502, 503, 504, 408, 409, 425])
      expect(await codeOf(await says(status))).toBe('desk.uncertain');
  });

  test('a redirect is not followed and proves nothing', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked += 1;
      response.writeHead(302, { Location: '/login?token=s3cr3t' }).end();
    });
    const answer = await call(desk, { method: 'POST', url, body: '{}' });
    expect(answer).toMatchObject({ ok: false, failure: { code: 'desk.uncertain' } });
    expect(asked).toBe(1);
  });

  test('an answer without end is not read', async () => {
    const part = Buffer.alloc(256 * 1024, 0x20);
    const url = await serve((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(part));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    const answer = await call({ ...desk, timeoutMs: limits.deskCallMs }, { method: 'GET', url });
    expect(answer).toMatchObject({ ok: false, failure: { code: 'desk.uncertain' } });
  });

  test('401 is the credential, 403 what the adapter says, other 4xx a refusal', async () => {
    expect(await codeOf(await says(401))).toBe('desk.unauthorised');
    expect(await codeOf(await says(403))).toBe('desk.refused');
    expect(await codeOf(await says(403), { forbidden: 'unauthorised' })).toBe('desk.unauthorised');
    for (const status of [400, 404, 413, 422]) expect(await codeOf(await says(status))).toBe('desk.refused');
    expect(await codeOf(await says(404), {}, [404])).toBe(404);
  });

  test('429 is limited for as long as the desk says, in seconds or by a date, and never longer than an hour', async () => {
    const waits: (number | undefined)[] = [];
    const asDate = new Date(now + 90_000).toUTCString();
    for (const wait of ['60', asDate, '999999', 'soon', '']) {
      const answer = await call(desk, { method: 'GET', url: await says(429, '', { 'Retry-After': wait }) });
      expect(answer).toMatchObject({ ok: false, failure: { code: 'desk.limited', retryable: true } });
      if (!answer.ok) waits.push(answer.failure.retryAfterMs);
    }
    expect(waits).toEqual([60_000, 90_000, limits.deskRetryAfterMsMax, undefined, undefined]);
  });

  test('no failure shows a secret, a query or a header', async () => {
    const body = 'token s3cr3t\n at https://h/x?key=abc  not found';
    const answer = await call(desk, { method: 'GET', url: await says(404, body) });
    const message = answer.ok ? '' : answer.failure.message;
    expect(message).toBe('balcão refused with 404: token *** at https://h/x?*** not found');
    const unsendable = await call(desk, {
      method: 'GET',
      url: new URL('https://desk.invalid/'),
      headers: { Authorization: 'token s3cr3t\nx' },
    });
    expect(unsendable).toMatchObject({ ok: false, failure: { code: 'desk.refused' } });
    expect(JSON.stringify(unsendable)).not.toContain('s3cr3t');
  });

  test('an answer that is no JSON, no UTF-8 or of another shape is uncertain', async () => {
    const schema = z.object({ id: z.string() });
    for (const body of ['<html>', '{"id":1}', Buffer.from([0x7b, 0xe3, 0x7d])]) {
      const url = await serve((_, response) => response.end(body));
      const answer = await call(desk, { method: 'GET', url });
      if (!answer.ok) expect.unreachable();
      else expect(jsonOf(desk, answer.value, schema)).toMatchObject({ failure: { code: 'desk.uncertain' } });
    }
  });

  test('every call has a connection of its own, so that none is lost with a stale one', async () => {
    let connections = 0;
    const server = createRawServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
      // Claims to keep the connection, and would kill the next request on it.
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}');
        socket.on('data', () => socket.destroy());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => void server.close());
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const url = new URL(`http://127.0.0.1:${address.port}/`);
    for (let round = 0; round < 5; round += 1) expect(await codeOf(url)).toBe(200);
    expect(connections).toBe(5);
  });
});

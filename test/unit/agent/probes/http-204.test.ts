// The 204 page against a real HTTP server on loopback.
import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askPage } from '../../../../agent/probes/http-204.ts';

let server: Server;
let url = '';
let answer: (response: ServerResponse, from: string) => void = () => undefined;
let requests = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests += 1;
    answer(response, request.socket.remoteAddress ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/generate_204`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('probe: http-204', () => {
  it('says no-content for 204', async () => {
    answer = (response) => response.writeHead(204).end();
    expect(await askPage({ address: url, timeoutMs: 2_000 })).toMatchObject({ http: 'no-content' });
  });

  it('says redirected for a redirect, which it never follows, and for any page', async () => {
    const before = requests;
    answer = (response) => response.writeHead(302, { location: url }).end();
    expect(await askPage({ address: url, timeoutMs: 2_000 })).toMatchObject({ http: 'redirected' });
    expect(requests - before).toBe(1);
    answer = (response) => response.writeHead(200).end('<html>please pay</html>');
    expect(await askPage({ address: url, timeoutMs: 2_000 })).toMatchObject({ http: 'redirected' });
  });

  it('says failed for a refused connection, for silence, and for another scheme', async () => {
    expect(await askPage({ address: 'http://127.0.0.1:1/', timeoutMs: 2_000 })).toMatchObject({
      http: 'failed',
    });
    answer = () => undefined;
    expect(await askPage({ address: url, timeoutMs: 120 })).toEqual({ http: 'failed' });
    expect(await askPage({ address: 'https://127.0.0.1/', timeoutMs: 120 })).toEqual({ http: 'failed' });
    expect(await askPage({ address: 'no url', timeoutMs: 120 })).toEqual({ http: 'failed' });
  });

  it('leaves by the source it was told, and says so when that is not here', async () => {
    let seen = '';
    answer = (response, from) => {
      seen = from;
      response.writeHead(204).end();
    };
    await askPage({ address: url, source: '127.0.0.9', timeoutMs: 2_000 });
    expect(seen).toBe('127.0.0.9');
    expect(await askPage({ address: url, source: '198.51.100.77', timeoutMs: 500 })).toEqual({
      http: 'failed',
      local: 'no-address',
    });
  });
});

// A service on loopback that a channel speaks to: keeps what came, answers as the service would, and misbehaves as a test
// says: busy, gone, slow, sending elsewhere.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';

export interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HttpHost {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** The next requests are answered so; `silence` holds the answer back. */
  misbehave(...answers: readonly (Answer | 'silence')[]): void;
  close(): Promise<void>;
}

export async function startHttpHost(answer: (asked: Asked) => Answer): Promise<HttpHost> {
  const asked: Asked[] = [];
  const misbehaviour: (Answer | 'silence')[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const one = { path: request.url ?? '', headers: request.headers, body };
      asked.push(one);
      const given = misbehaviour.shift() ?? answer(one);
      if (given === 'silence') return;
      response.writeHead(given.status, given.headers).end(given.body ?? '');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    misbehave: (...answers) => void misbehaviour.push(...answers),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

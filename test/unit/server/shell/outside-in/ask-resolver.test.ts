// The server's question to a resolver over TCP, against real sockets on loopback.
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { askResolver, rootQuery } from '../../../../../server/shell/outside-in/ask-resolver.ts';

let server: Server | undefined;
const sockets = new Set<Socket>();

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
});

/** A peer on loopback; gives its port. */
async function peer(serve: (socket: Socket) => void): Promise<number> {
  const made = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  const address = made.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Answers a query with its own id and the given flags. */
const answering =
  (flags: number, idChange = 0) =>
  (socket: Socket) =>
    socket.once('data', (query) => {
      const bytes = Buffer.from(query);
      bytes.writeUInt16BE((bytes.readUInt16BE(2) + idChange) & 0xffff, 2);
      bytes.writeUInt16BE(flags, 4);
      socket.end(bytes);
    });

describe('outside-in: a resolver asked over TCP', () => {
  it('answers with a well-formed answer to the question', async () => {
    expect(await askResolver('127.0.0.1', 2_000, await peer(answering(0x8180)))).toBe('answered');
  });

  it.each([
    ['an error code', answering(0x8182)],
    ['a question sent back', answering(0x0100)],
    ['another id', answering(0x8180, 1)],
    ['a web page', (socket: Socket) => socket.end('HTTP/1.1 404 Not Found\r\n\r\n')],
    ['nothing, closing at once', (socket: Socket) => socket.end()],
  ])('%s is no answer', async (_name, serve) => {
    expect(await askResolver('127.0.0.1', 2_000, await peer(serve))).toBe('refused');
  });

  it('a connection that is accepted and stays mute is lost: a transparent proxy looks like this', async () => {
    expect(await askResolver('127.0.0.1', 150, await peer(() => undefined))).toBe('lost');
  });

  it('asks for the name servers of the root', () => {
    expect([...rootQuery(0x1234)]).toEqual([0, 17, 0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1]);
  });
});

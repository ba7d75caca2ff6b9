// An HTTP CONNECT proxy for tests of the agent: real sockets on loopback, Basic credentials, and switches for everything
// a customer's proxy does to those behind it.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface ProxySwitches {
  /** `user:password` it wants. */
  credentials?: string;
  /** What its 407 offers, one header each. */
  offers?: readonly string[];
  /** Answers this in place of a tunnel. */
  answer?: string;
  /** Takes CONNECT in and says nothing. */
  mute?: boolean;
  /** Takes CONNECT in and closes. */
  hangUp?: boolean;
  /** Writes its good answer byte by byte. */
  trickle?: boolean;
  /** Where names lead, as this proxy resolves them; without it it dials what it is told. */
  names?: Readonly<Record<string, { readonly host: string; readonly port: number }>>;
}

export interface ConnectProxy {
  readonly url: string;
  readonly port: number;
  readonly switches: ProxySwitches;
  /** `host:port` of each CONNECT, and its Proxy-Authorization. */
  readonly asked: { readonly target: string; readonly authorization: string | undefined }[];
  /** Sockets open now, to both sides. */
  open(): number;
  close(): Promise<void>;
}

const good = 'HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n';

export async function openConnectProxy(address = '127.0.0.1'): Promise<ConnectProxy> {
  const switches: ProxySwitches = {};
  const asked: { readonly target: string; readonly authorization: string | undefined }[] = [];
  const open = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    keep(client);
    let head = '';
    const take = (chunk: Buffer): void => {
      head += chunk.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      client.off('data', take);
      const target = /^CONNECT (\S+) HTTP\/1\.1\r\n/.exec(head)?.[1] ?? '';
      const authorization = /\r\nProxy-Authorization: ([^\r]+)/.exec(head)?.[1];
      asked.push({ target, authorization });
      answer(client, target, authorization);
    };
    client.on('data', take);
  });
  function answer(client: Socket, target: string, authorization: string | undefined): void {
    const { credentials, offers = ['Basic realm="proxy"'] } = switches;
    if (switches.mute === true) return;
    if (switches.hangUp === true) return void client.destroy();
    if (switches.answer !== undefined) return void client.write(switches.answer);
    const wanted = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
    if (wanted !== undefined && authorization !== wanted) {
      const lines = offers.map((offer) => `Proxy-Authenticate: ${offer}\r\n`);
      client.end(`HTTP/1.1 407 Proxy Authentication Required\r\n${lines.join('')}\r\n<html>no</html>`);
      return;
    }
    const url = new URL(`http://${target}`);
    const dialled = { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 80) };
    const upstream = keep(connect(switches.names?.[target] ?? dialled));
    upstream.once('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    upstream.once('connect', () => {
      if (switches.trickle === true) for (const byte of good) client.write(byte);
      else client.write(good);
      client.pipe(upstream).pipe(client);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  }
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${port}`,
    port,
    switches,
    asked,
    open: () => open.size,
    close: () => {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

// The way through an HTTP proxy: CONNECT on an open socket, answered within time and size, said in one clear sentence
// when it fails. What flows through the tunnel afterwards is TLS with the server itself; the proxy is never trusted.
import type { Socket } from 'node:net';
import { limits } from '../../shared/limits.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { HttpProxy } from './proxy-settings.ts';
import { inTrouble, type Trouble, type TroubleReason } from './reach-trouble.ts';

export interface TunnelWish {
  readonly proxy: HttpProxy;
  /** Name or address of the server, without brackets; the proxy looks the name up. */
  readonly host: string;
  readonly port: number;
}

/** What the proxy says the time is; only ever a hint about a wrong clock. */
export interface Tunnel {
  readonly dateMs?: number;
}

/** Resolves once the tunnel stands; the socket then carries the server's bytes. The caller bounds the time. */
export function openTunnel(socket: Socket, wish: TunnelWish): Promise<Result<Tunnel, Trouble>> {
  const { promise, resolve } = Promise.withResolvers<Result<Tunnel, Trouble>>();
  const name = `the proxy ${wish.proxy.host}:${wish.proxy.port}`;
  let head = Buffer.alloc(0);
  const garbage = (why: string): void =>
    settle(inTrouble('proxy-garbage', `${name} does not answer as an HTTP proxy does: ${why}`));
  socket.on('data', take);
  socket.once('close', closed);
  socket.write(requestOf(wish));
  return promise;

  function settle(result: Result<Tunnel, Trouble>): void {
    socket.off('data', take);
    socket.off('close', closed);
    if (!result.ok) socket.destroy();
    resolve(result);
  }
  function closed(): void {
    settle(inTrouble('proxy-failed', `${name} closed the connection instead of an answer`));
  }
  function take(chunk: Buffer): void {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    const sizeBytes = end < 0 ? head.length : end;
    if (sizeBytes > limits.proxyHeaderBytesMax) {
      return garbage(`more than ${limits.proxyHeaderBytesMax} bytes of header`);
    }
    const text = head.toString('latin1', 0, sizeBytes);
    if (!'HTTP/1.'.startsWith(text.slice(0, 7))) return garbage('no HTTP');
    if (end < 0) return;
    const answer = parseAnswer(text);
    if (answer === undefined) return garbage('no status');
    if (answer.status < 200 || answer.status > 299) return settle(refused(answer, wish, name));
    // The server never speaks first, neither in TLS nor in HTTP.
    if (head.length > end + 4) return garbage('it speaks behind its answer');
    settle(ok({ dateMs: answer.dateMs }));
  }
}

function requestOf({ proxy, host, port }: TunnelWish): string {
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const lines = [`CONNECT ${target} HTTP/1.1`, `Host: ${target}`];
  if (proxy.credentials !== undefined) {
    lines.push(`Proxy-Authorization: Basic ${Buffer.from(proxy.credentials, 'utf8').toString('base64')}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

interface ProxyAnswer {
  readonly status: number;
  /** Ways to authenticate that it offers, lower case. */
  readonly schemes: readonly string[];
  readonly dateMs?: number;
}

function parseAnswer(head: string): ProxyAnswer | undefined {
  const [first = '', ...lines] = head.split('\r\n');
  const status = /^HTTP\/1\.[01] ([1-5]\d\d)(?: |$)/.exec(first)?.[1];
  if (status === undefined) return undefined;
  const valuesOf = (name: string): string[] =>
    lines.flatMap((line) => {
      const [, key, value] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? [];
      return key?.toLowerCase() === name && value !== undefined ? [value] : [];
    });
  const dateMs = Date.parse(valuesOf('date')[0] ?? '');
  const schemes = valuesOf('proxy-authenticate').flatMap(
    // A scheme is a word at the start or behind a comma that no `=` follows.
    (value) =>
      [...value.matchAll(/(?:^|,)\s*([A-Za-z][\w-]*)(?=\s*(?:$|,|\s+[^\s=]))/g)].map(
        ([, word]) => word ?? '',
      ),
  );
  return {
    status: Number(status),
    schemes: schemes.map((word) => word.toLowerCase()),
    dateMs: Number.isNaN(dateMs) ? undefined : dateMs,
  };
}

function refused(answer: ProxyAnswer, wish: TunnelWish, name: string): Result<never, Trouble> {
  const { status, schemes } = answer;
  const target = `${wish.host}:${wish.port}`;
  const say = (reason: TroubleReason, message: string) => inTrouble(reason, `${name} ${message}`);
  if (status === 407) {
    if (schemes.length > 0 && !schemes.includes('basic')) {
      const named = schemes.slice(0, 4).map((scheme) => scheme.slice(0, 20));
      return say('proxy-scheme', `wants authentication by ${named.join(' or ')}; only Basic is possible`);
    }
    return wish.proxy.credentials === undefined
      ? say('proxy-credentials', 'wants user and password (407): enrol with --proxy-credentials-file')
      : say('proxy-credentials', 'refuses the user or password it was given (407)');
  }
  if (status === 401 || status === 403 || status === 405) {
    return say('proxy-forbids', `forbids the way to ${target} (${status}): who runs it must allow CONNECT`);
  }
  if (status === 502 || status === 503 || status === 504) {
    return say('proxy-failed', `cannot reach ${target} (${status})`);
  }
  return say('proxy-failed', `answered ${status} to CONNECT ${target}`);
}

// Asks the page that answers "204 No Content" to whoever has real internet. A captive portal speaks in its place:
// then any other status comes. Plain HTTP on purpose (TLS would hide the portal as a failed handshake); redirects are
// never followed and no byte of a body is kept.
import { isIP } from 'node:net';
import { afterDeadline, elapsedSince } from './deadline.ts';
import { errorCode, localAddressFor, localFailureOf } from './local-address.ts';
import type { PageAnswer, PageProbe } from './probe.ts';

const noContent = 204;
/** Not imported: an ESM import of node:http also runs its lazy exports, which load a WebSocket client: 16 MB resident. */
const { request: httpRequest } = process.getBuiltinModule('node:http');

/** `request.address` is the page's `http:` address; another scheme is answered `failed`. */
export const askPage: PageProbe = async (request) => {
  const url = URL.parse(request.address);
  if (url === null || url.protocol !== 'http:') return { http: 'failed' };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A name is resolved to the family of the source; without one, and for a bare interface, IPv4 is asked.
  const source = localAddressFor(isIP(host) === 0 ? (request.source ?? '0.0.0.0') : host, request);
  if (!source.ok) return { http: 'failed', local: source.failure };
  return new Promise((resolve) => {
    const startMs = performance.now();
    const settle = (answer: PageAnswer): void => {
      cancel();
      resolve(answer);
      call.destroy();
    };
    const cancel = afterDeadline(request.timeoutMs, () => settle({ http: 'failed' }));
    const call = httpRequest(url, {
      agent: false,
      localAddress: source.value,
      family: source.value === undefined ? undefined : isIP(source.value),
      headers: { connection: 'close', 'user-agent': 'vigia-agent', accept: '*/*' },
    });
    call.once('response', (response) => {
      const http = response.statusCode === noContent ? 'no-content' : 'redirected';
      settle({ http, rttMs: elapsedSince(startMs) });
    });
    call.on('error', (error) => settle({ http: 'failed', local: localFailureOf(errorCode(error)) }));
    call.end();
  });
};

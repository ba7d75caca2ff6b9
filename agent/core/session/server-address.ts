// The server's address, typed at enrolment or announced in an assignment, checked by the same rules: which schemes are
// allowed, and where the doors are. It must never let a token or a session leave over plain HTTP unless that was asked
// for in so many words.
import { failure } from '../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';

export interface ServerAddress {
  /** http: or https:, without a slash at the end. */
  readonly base: string;
}

/** `ws:` and `wss:` are taken as `http:` and `https:`. Fails with `config.invalid`. */
export function parseServerAddress(text: string, allowInsecureHttp: boolean): Result<ServerAddress> {
  const url = URL.parse(text);
  if (url === null) return invalid(`"${text}" is no address; wanted: https://host[:port]`);
  const scheme = { 'http:': 'http:', 'ws:': 'http:', 'https:': 'https:', 'wss:': 'https:' }[url.protocol];
  if (scheme === undefined) return invalid(`scheme ${url.protocol} is not possible; wanted: https:`);
  if (url.username !== '' || url.password !== '')
    return invalid('an address with a password in it is refused');
  if (url.search !== '' || url.hash !== '') return invalid('wanted: an address without ? and #');
  if (scheme === 'http:' && !allowInsecureHttp && !isThisMachine(url.hostname)) {
    return invalid(
      `${text} is not encrypted; wanted: https: (or --allow-insecure-http, for a test network only)`,
    );
  }
  return ok({ base: `${scheme}//${url.host}${url.pathname.replace(/\/+$/, '')}` });
}

/** `hostname` as `URL` gives it: lower case, IPv4 in four decimal parts, IPv6 in brackets. */
export function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function invalid(message: string): Result<never> {
  return fail(failure('config.invalid', message));
}

// Which proxy stands between this agent and its server: read from what was typed or stands in the environment, and asked
// again for each address of the server. User and password live in a file of their own; they must never reach agent.json,
// a log or a failure's message.
import { BlockList, isIP } from 'node:net';
import { failure } from '../../shared/failure.ts';
import { limits } from '../../shared/limits.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { isThisMachine } from '../core/session/server-address.ts';

export interface HttpProxy {
  /** Name or address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** `user:password`. */
  readonly credentials?: string;
}

/** As kept in agent.json. */
export interface ProxySettings {
  /** `http://host:port`. */
  readonly address: string;
  /** Patterns of servers that are reached without it, as in NO_PROXY. */
  readonly except: readonly string[];
}

export interface GivenProxy {
  /** `http://host:port`. */
  readonly address: string;
  /** `user:password`, where the address carried them. */
  readonly credentials?: string;
}

const wanted = 'wanted: http://host:port';

/** A proxy's address as it is typed or stands in HTTPS_PROXY; there it may lack its scheme. Fails with `config.invalid`. */
export function parseProxy(text: string): Result<GivenProxy> {
  const invalid = (message: string) => fail(failure('config.invalid', `${message}; ${wanted}`));
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  // What was given is not repeated: it may carry a password.
  if (url === null || url.hostname === '') return invalid('that is no address');
  if (url.protocol !== 'http:') return invalid(`a proxy of scheme ${url.protocol} is not possible`);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') return invalid('no path, ? or #');
  const address = `http://${url.hostname}:${url.port === '' ? 80 : Number(url.port)}`;
  if (url.username === '' && url.password === '') return ok({ address });
  const decoded = decodedPair(url.username, url.password);
  if (decoded === undefined) return invalid('its user or password is not URL-encoded as it should be');
  const credentials = checkedCredentials(decoded);
  return credentials.ok ? ok({ address, credentials: credentials.value }) : credentials;
}

function decodedPair(user: string, password: string): string | undefined {
  try {
    return `${decodeURIComponent(user)}:${decodeURIComponent(password)}`;
  } catch {
    return undefined;
  }
}

/**
 * A file of one line `user:password`, the user without a colon (RFC 7617); Windows may have put a byte-order mark before
 * it. Fails with `config.invalid`, without a word of it.
 */
export function parseProxyCredentials(text: string): Result<string> {
  return checkedCredentials(text.replace(/^\uFEFF/, '').replace(/\r?\n$/, ''));
}

function checkedCredentials(line: string): Result<string> {
  const whole =
    line.indexOf(':') > 0 && !/\p{Cc}/u.test(line) && line.length <= limits.proxyCredentialsCharsMax;
  if (whole) return ok(line);
  return fail(failure('config.invalid', 'the proxy credentials are not one line user:password'));
}

/** No proxy of a network leads back to this machine. */
const ownExceptions: readonly string[] = ['localhost', '127.0.0.0/8', '::1'];

/**
 * Patterns of NO_PROXY: names (with all names under them), addresses, networks, `*`; each may end in `:port`. This
 * machine itself always is one.
 */
export function parseExceptions(text: string): readonly string[] {
  return text
    .split(/[\s,]+/)
    .filter((word) => word !== '' && word.length <= 253)
    .slice(0, limits.proxyExceptionsMax - ownExceptions.length)
    .concat(ownExceptions);
}

/**
 * By which proxy this server is reached; undefined = without one. Plain HTTP goes through a proxy only where it was
 * allowed to leave this machine at all.
 */
export function proxyFor(
  server: URL,
  parts: {
    readonly settings: ProxySettings | undefined;
    readonly credentials?: string;
    readonly allowInsecureHttp: boolean;
  },
): HttpProxy | undefined {
  const { settings, credentials, allowInsecureHttp } = parts;
  if (settings === undefined) return undefined;
  if (server.protocol === 'http:' && !allowInsecureHttp) return undefined;
  if (settings.except.some((pattern) => isException(pattern, server))) return undefined;
  const url = new URL(settings.address);
  return { host: bare(url.hostname), port: Number(url.port === '' ? 80 : url.port), credentials };
}

/** Does the environment's proxy stand in the way of this server? It never does for plain HTTP or this machine. */
export function isProxiedByEnvironment(server: URL, except: readonly string[]): boolean {
  if (server.protocol !== 'https:' || isThisMachine(server.hostname)) return false;
  return !except.some((pattern) => isException(pattern, server));
}

/** A host as sockets want it: IPv6 without its brackets. */
export function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

export function portOf(server: URL): number {
  if (server.port !== '') return Number(server.port);
  return server.protocol === 'https:' ? 443 : 80;
}

function isException(pattern: string, server: URL): boolean {
  if (pattern === '*') return true;
  const host = bare(server.hostname).toLowerCase();
  const parts = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(pattern);
  const name = (parts?.[1] ?? parts?.[2] ?? pattern).toLowerCase().replace(/^\*?\./, '');
  if (parts?.[3] !== undefined && Number(parts[3]) !== portOf(server)) return false;
  if (isIP(host) !== 0) return isInNetwork(host, name);
  return host === name || host.endsWith(`.${name}`);
}

function isInNetwork(address: string, pattern: string): boolean {
  const [network = '', bits] = pattern.split('/');
  const type = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  const size = type === 'ipv6' ? 128 : 32;
  const prefix = bits === undefined ? size : Number(bits);
  if (isIP(network) === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > size) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, type);
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

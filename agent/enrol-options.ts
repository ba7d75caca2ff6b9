// What the `enrol` command's options and the environment say about the way to the server. Pure reading: files that are
// named are opened by shell/enrol.ts. It must never repeat a password in a message.
import type { Issue } from '../shared/failure.ts';
import { limits } from '../shared/limits.ts';
import { parseServerAddress } from './core/session/server-address.ts';
import {
  type GivenProxy,
  isProxiedByEnvironment,
  parseExceptions,
  parseProxy,
} from './shell/proxy-settings.ts';

export interface ServerOptions {
  /** 1 .. `limits.serverAddressesMax`, best first. */
  readonly servers: readonly string[];
  readonly allowInsecureHttp: boolean;
  readonly proxy?: GivenProxy & { readonly except: readonly string[] };
  readonly proxyCredentialsFile?: string;
  readonly caFile?: string;
}

interface Given {
  readonly servers: readonly string[];
  readonly allowInsecureHttp: boolean;
  /** `http://host:port`, or `none`: without one, whatever the environment says. */
  readonly proxy?: string;
  readonly proxyCredentialsFile?: string;
  readonly caFile?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Adds its mistakes to `issues`; what it gives then is not to be used. */
export function readServerOptions(given: Given, issues: Issue[]): ServerOptions {
  const { servers, allowInsecureHttp, proxyCredentialsFile, caFile } = given;
  if (servers.length > limits.serverAddressesMax) {
    issues.push({
      path: '--server',
      message: `given ${servers.length} times; at most ${limits.serverAddressesMax}`,
    });
  }
  const urls = servers.flatMap((server) => {
    const address = parseServerAddress(server, allowInsecureHttp);
    if (address.ok) return [new URL(address.value.base)];
    issues.push({ path: '--server', message: address.failure.message });
    return [];
  });
  const proxy = given.proxy === undefined ? environmentProxy(given, urls, issues) : typedProxy(given, issues);
  if (proxyCredentialsFile !== undefined && proxy === undefined && issues.length === 0) {
    issues.push({ path: '--proxy-credentials-file', message: 'there is no proxy; wanted: --proxy too' });
  }
  return { servers, allowInsecureHttp, proxy, proxyCredentialsFile, caFile };
}

function typedProxy({ proxy = '' }: Given, issues: Issue[]): ServerOptions['proxy'] {
  if (proxy === 'none') return undefined;
  const parsed = parseProxy(proxy);
  if (!parsed.ok) issues.push({ path: '--proxy', message: parsed.failure.message });
  else if (parsed.value.credentials !== undefined) {
    const message = 'a password on the command line is seen by everyone; wanted: --proxy-credentials-file';
    issues.push({ path: '--proxy', message });
  } else return { ...parsed.value, except: [] };
  return undefined;
}

/** As curl and others read it: HTTPS_PROXY for https: servers, but not those of NO_PROXY and never this machine. */
function environmentProxy(
  { environment }: Given,
  servers: readonly URL[],
  issues: Issue[],
): ServerOptions['proxy'] {
  const text = environment.HTTPS_PROXY || environment.https_proxy;
  if (!text) return undefined;
  const except = parseExceptions(environment.NO_PROXY || environment.no_proxy || '');
  if (!servers.some((server) => isProxiedByEnvironment(server, except))) return undefined;
  const parsed = parseProxy(text);
  if (parsed.ok) return { ...parsed.value, except };
  issues.push({ path: 'HTTPS_PROXY', message: `${parsed.failure.message}, or --proxy none` });
  return undefined;
}

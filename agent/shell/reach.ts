// A stream to the server, ready for HTTP: name, TCP from a chosen source, proxy, TLS. Several addresses are tried beside
// each other, so that a broken IPv6 or a name that points astray costs a moment (RFC 8305). Stands under door-request.ts
// and uplink.ts. It must never hand out a stream that TLS has not verified, unless the server's address is plain HTTP.
import { connect, isIP, type Socket } from 'node:net';
import { assert } from '../../shared/assert.ts';
import { limits } from '../../shared/limits.ts';
import { ok, type Result } from '../../shared/result.ts';
import { parseServerAddress } from '../core/session/server-address.ts';
import { messageOf } from './errors.ts';
import { openTunnel } from './proxy.ts';
import { bare, type HttpProxy, type ProxySettings, portOf, proxyFor } from './proxy-settings.ts';
import type { ReachMemory } from './reach-memory.ts';
import { furthest, inTrouble, type Trouble, trouble } from './reach-trouble.ts';
import { createResolver, type SystemLookup } from './resolve.ts';
import { secure } from './trust.ts';

/** What the enrolment says about the way to the server. */
export interface Access {
  readonly allowInsecureHttp: boolean;
  readonly proxy?: ProxySettings;
  /** `user:password` for the proxy. */
  readonly proxyCredentials?: string;
  /** PEM of the only CAs that count. */
  readonly ca?: string;
}

export interface ReachWish {
  /** `https://host[:port][/path]`; http: only as far as the enrolment allows it. */
  readonly server: string;
  /** Leave by this local address. */
  readonly source?: string;
  /** The network address at which this server (or its proxy) answered a moment ago: no other is tried. */
  readonly address?: string;
  readonly timeoutMs: number;
  /** Gives the attempt up. */
  readonly signal?: AbortSignal;
}

export interface Reached {
  readonly socket: Socket;
  /** The host that was dialled, server or proxy, and the address at which it answered. */
  readonly host: string;
  readonly address: string;
}

export interface Reach {
  /** Never rejects. The socket has an error listener already, and nobody else holds it. */
  open(wish: ReachWish): Promise<Result<Reached, Trouble>>;
}

export interface ReachParts {
  readonly access: Access;
  readonly memory: ReachMemory;
  readonly ask?: SystemLookup;
}

export function createReach({ access, memory, ask }: ReachParts): Reach {
  const resolver = createResolver(ask);
  return {
    open: async (wish) => {
      const checked = parseServerAddress(wish.server, access.allowInsecureHttp);
      if (!checked.ok) return inTrouble('address-refused', checked.failure.message);
      const server = new URL(checked.value.base);
      const { proxyCredentials: credentials } = access;
      const proxy = proxyFor(server, { ...access, settings: access.proxy, credentials });
      const goal = { server, proxy, ca: access.ca, source: wish.source, serverAtMs: memory.serverAtMs() };
      const { host } = proxy ?? { host: bare(server.hostname) };
      const deadline = performance.now() + wish.timeoutMs;
      const addresses =
        wish.address === undefined
          ? await inTime(
              resolver.addresses({ host, family: familyOf(wish.source), ...remembered(host) }),
              wish,
            )
          : ok([wish.address]);
      if (!addresses.ok) return addresses;
      const timeoutMs = Math.max(1, deadline - performance.now());
      const raced = await new Race(goal, addresses.value).run(timeoutMs, wish.signal);
      return raced.ok ? ok({ ...raced.value, host }) : raced;
    },
  };

  function remembered(host: string) {
    return { remembered: memory.addressesOf(host) };
  }
}

function familyOf(source: string | undefined): 4 | 6 | undefined {
  const family = isIP(source ?? '');
  return family === 4 || family === 6 ? family : undefined;
}

/** The system's resolver cannot be stopped; it is no longer waited for. */
function inTime<T>(answer: Promise<Result<T, Trouble>>, wish: ReachWish): Promise<Result<T, Trouble>> {
  const { promise, resolve } = Promise.withResolvers<Result<T, Trouble>>();
  const since = performance.now();
  const late = (): void =>
    settle(inTrouble('name-unknown', `no address for ${wish.server} within ${sinceText(since)}`));
  const timer = setTimeout(late, wish.timeoutMs);
  wish.signal?.addEventListener('abort', late);
  void answer.then(settle);
  return promise;

  function settle(result: Result<T, Trouble>): void {
    clearTimeout(timer);
    wish.signal?.removeEventListener('abort', late);
    resolve(result);
  }
}

function sinceText(startedMs: number): string {
  return `${Math.round(performance.now() - startedMs)} ms`;
}

/** What every attempt of one race has in common. */
interface Goal {
  readonly server: URL;
  readonly proxy: HttpProxy | undefined;
  readonly ca: string | undefined;
  readonly source: string | undefined;
  readonly serverAtMs: number | undefined;
}

type Stage = 'connecting' | 'tunnelling' | 'securing';
interface Entry {
  readonly cancel: AbortController;
  stage: Stage;
}
type Outcome = Result<Omit<Reached, 'host'>, Trouble>;

/** The addresses one after the other, each beside those before it, until one stands or none is left. */
class Race {
  readonly #goal: Goal;
  readonly #waiting: string[];
  readonly #running = new Map<string, Entry>();
  readonly #troubles: Trouble[] = [];
  readonly #startedMs = performance.now();
  #patience: NodeJS.Timeout | undefined;
  #settle: ((outcome: Outcome) => void) | undefined;

  constructor(goal: Goal, addresses: readonly string[]) {
    assert(addresses.length > 0, 'a race has somewhere to run to');
    this.#goal = goal;
    this.#waiting = [...addresses];
  }

  run(timeoutMs: number, signal: AbortSignal | undefined): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const givenUp = (): void => this.#end(this.#lost());
    const outOfTime = setTimeout(givenUp, timeoutMs);
    signal?.addEventListener('abort', givenUp);
    this.#settle = (outcome) => {
      this.#settle = undefined;
      clearTimeout(outOfTime);
      clearTimeout(this.#patience);
      signal?.removeEventListener('abort', givenUp);
      for (const { cancel } of this.#running.values()) cancel.abort();
      resolve(outcome);
    };
    this.#next();
    if (signal?.aborted === true) givenUp();
    return promise;
  }

  #end(outcome: Outcome): void {
    this.#settle?.(outcome);
  }

  #next(): void {
    const address = this.#waiting.shift();
    if (address === undefined) return;
    const entry: Entry = { cancel: new AbortController(), stage: 'connecting' };
    this.#running.set(address, entry);
    this.#wait(limits.reachConnectPatienceMs);
    const reach = (stage: Stage): void => {
      entry.stage = stage;
      this.#wait(limits.reachSecurePatienceMs);
    };
    void attempt(this.#goal, { address, signal: entry.cancel.signal, reach }).then((result) => {
      this.#running.delete(address);
      if (this.#settle === undefined) {
        // Too late: another one was faster, or nobody waits any more.
        if (result.ok) result.value.destroy();
      } else if (result.ok) this.#end(ok({ socket: result.value, address }));
      else this.#failed(result.failure);
    });
  }

  #failed(why: Trouble): void {
    this.#troubles.push(why);
    if (this.#waiting.length > 0) this.#next();
    else if (this.#running.size === 0) this.#end(this.#lost());
  }

  #wait(patienceMs: number): void {
    clearTimeout(this.#patience);
    if (this.#waiting.length > 0) this.#patience = setTimeout(() => this.#next(), patienceMs);
  }

  #lost(): Outcome {
    const late = [...this.#running].map(([address, { stage }]) => this.#late(address, stage));
    const why = furthest([...this.#troubles, ...late]);
    assert(why !== undefined, 'a race is lost for a reason');
    return { ok: false, failure: why };
  }

  #late(address: string, stage: Stage): Trouble {
    const { server, proxy } = this.#goal;
    const within = `within ${sinceText(this.#startedMs)}`;
    const proxyName = proxy === undefined ? '' : `the proxy ${proxy.host}:${proxy.port}`;
    switch (stage) {
      case 'connecting':
        return proxy === undefined
          ? trouble('too-slow', `no connection to ${server.host} (${address}) ${within}`)
          : trouble('proxy-unreachable', `no connection to ${proxyName} (${address}) ${within}`);
      case 'tunnelling':
        return trouble('proxy-failed', `${proxyName} did not answer CONNECT ${within}`);
      case 'securing':
        return trouble('tls-failed', `TLS with ${server.host} (${address}) began but did not end ${within}`);
    }
  }
}

interface Attempt {
  readonly address: string;
  readonly signal: AbortSignal;
  readonly reach: (stage: Stage) => void;
}

async function attempt(goal: Goal, { address, signal, reach }: Attempt): Promise<Result<Socket, Trouble>> {
  const { server, proxy } = goal;
  const host = bare(server.hostname);
  const connected = await connectTcp(goal, address, signal);
  if (!connected.ok) return connected;
  const socket = connected.value;
  let proxyDateMs: number | undefined;
  if (proxy !== undefined) {
    reach('tunnelling');
    const tunnel = await openTunnel(socket, { proxy, host, port: portOf(server) });
    if (!tunnel.ok) return tunnel;
    proxyDateMs = tunnel.value.dateMs;
  }
  if (server.protocol === 'http:') return ok(socket);
  reach('securing');
  return secure(socket, { host, ca: goal.ca, serverAtMs: goal.serverAtMs, proxyDateMs });
}

function connectTcp(goal: Goal, address: string, signal: AbortSignal): Promise<Result<Socket, Trouble>> {
  const { server, proxy, source } = goal;
  const { promise, resolve } = Promise.withResolvers<Result<Socket, Trouble>>();
  const refused = (error: unknown): void => {
    const why = messageOf(error);
    resolve(
      proxy === undefined
        ? inTrouble('unreachable', `${server.host}: ${why}`)
        : inTrouble('proxy-unreachable', `the proxy ${proxy.host}:${proxy.port} cannot be reached: ${why}`),
    );
  };
  try {
    const port = proxy?.port ?? portOf(server);
    const socket = connect({ host: address, port, localAddress: source, noDelay: true });
    // It stays for the socket's life: a failure between two owners must not end the program.
    socket.on('error', refused);
    socket.once('close', () => refused(new Error('closed')));
    socket.once('connect', () => resolve(ok(socket)));
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
  } catch (error) {
    refused(error);
  }
  return promise;
}

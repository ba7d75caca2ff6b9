// The server put together: the one file that names concrete adapters. Opens what is on disk, brings the correlator back
// to where it was, then opens the doors; takes all of it down in the opposite order. Contains no rule of the domain.
import { randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { FastifyBaseLogger } from 'fastify';
import { failure } from '../shared/failure.ts';
import { openIcmp } from '../shared/icmp/socket.ts';
import { seededRandom } from '../shared/random.ts';
import { fail, ok, type Result } from '../shared/result.ts';
import { defaultTiming } from '../shared/wire/assignment.ts';
import { openStores, type Stores } from './adapters/sqlite/stores.ts';
import { type Companions, startCompanions } from './companions.ts';
import { type Config, localUrl } from './config.ts';
import { type OpenedDesk, openDesk } from './desks.ts';
import { type OpenedNotices, openNotices } from './notices.ts';
import { openIdentityProvider } from './oidc.ts';
import type { Clock } from './ports/clock.ts';
import type { Correlator } from './ports/correlator.ts';
import type { Registry } from './ports/registry.ts';
import { ConsoleSessions } from './shell/gateway/console-session.ts';
import { createGatewayCounters, type GatewayLog } from './shell/gateway/counters.ts';
import { type Gateway, startGateway } from './shell/gateway/gateway.ts';
import { openAdminToken } from './shell/http/access/admin-token.ts';
import { createPasswords } from './shell/http/access/passwords.ts';
import { openSessionFile } from './shell/http/access/session-file.ts';
import { createSignIn } from './shell/http/access/sign-in.ts';
import { remoteAddressOf } from './shell/http/forwarded.ts';
import { createMetrics } from './shell/http/metrics.ts';
import { noticeMetrics } from './shell/http/notice-figures.ts';
import type { Api, HttpParts } from './shell/http/parts.ts';
import { retentionMetrics } from './shell/http/retention-figures.ts';
import { createHttpServer } from './shell/http/server.ts';
import { readyChecks, serverMetrics } from './shell/http/server-figures.ts';
import { submit } from './shell/http/submit.ts';
import { type OutsideIn, startOutsideIn } from './shell/outside-in/outside-in.ts';
import { openDossierKey } from './shell/report/dossier-key.ts';
import { createSystemClock, type SystemClock } from './shell/runtime/clock.ts';
import type { DeskNews } from './shell/runtime/desk-condition.ts';
import { createDeskWatch } from './shell/runtime/desk-watch.ts';
import { recover } from './shell/runtime/recover.ts';
import { createRuntime, type Runtime } from './shell/runtime/runtime.ts';
import { openTicketSettings } from './ticket-settings.ts';
import { serverRelease } from './version.ts';

export interface ServerOptions {
  readonly config: Config;
  readonly log: FastifyBaseLogger;
  /** The journal failed or a bug was found: the process must end at once. */
  readonly onFatal: (error: unknown) => void;
  /** Stands between these stores and whoever reads them: the demonstration's made-up past. Absent: nothing. */
  readonly between?: (stores: Pick<Stores, 'registry' | 'series'>) => Pick<Stores, 'registry' | 'series'>;
}

export interface RunningServer {
  /** As this machine reaches it, without a slash at the end. */
  readonly url: string;
  readonly correlator: Correlator;
  readonly registry: Registry;
  readonly clock: Clock;
  /** A new one-time address that signs this person in. */
  signInLink(by: string): string;
  /** Orderly, in 5 s at most. Once only. */
  stop(): Promise<void>;
}

/**
 * 1. stores; 2. the state of the journal, the desk; 3. correlator with `server.started`; 4. outside-in probes, agents'
 * gateway; 5. HTTP. Fails with `conflict` (directory or port in use) or `storage.failed`; nothing stays open then.
 */
export async function startServer(options: ServerOptions): Promise<Result<RunningServer>> {
  const { config, log, onFatal } = options;
  const opened = await openFiles(options);
  if (!opened.ok) return opened;
  const { stores, adminToken, state, clock, desk } = opened.value;
  let outsideIn: OutsideIn | undefined;
  const deskNews = keepForLater<DeskNews>();
  const runtime = createRuntime({
    journal: stores.journal,
    outbox: stores.outbox,
    desk: desk.desk,
    clock,
    random: seededRandom(randomInt(2 ** 48 - 1)),
    state,
    release: serverRelease,
    policy: config.policy,
    anchorsGoodAt: () => outsideIn?.goodAt(),
    onFatal,
    onDesk: (news) => {
      log.warn({ desk: news }, news.kind);
      deskNews.hear(news);
    },
  });
  await runtime.start();
  const ticketSettings = await openTexts(options, clock, runtime);
  const base: BaseParts = { ...options, ...opened.value, runtime };
  const companions = startCompanions(base);
  deskNews.passTo(companions.ownTrouble.hearDesk);
  const doors = startDoors(base);
  outsideIn = doors.outsideIn;
  const parts: Parts = { ...base, ...companions, doors };
  const api = await startHttp(parts, adminToken);
  const listening = await listen(api.api, config);
  const stop = async (): Promise<void> => {
    companions.retention.stop();
    companions.ownTrouble.stop();
    companions.notices.stop();
    ticketSettings.stop();
    companions.planned.stop();
    companions.deskBack?.stop();
    await takeDown(parts, api.api);
  };
  if (!listening.ok) {
    await stop();
    return listening;
  }
  return ok(runningServer(parts, { url: listening.value, newLink: api.newLink, stop }));
}

/** What lies on disk, the directory's lock first. Nothing stays open when one part refuses. */
async function openFiles({ config, log, between }: ServerOptions) {
  const stores = openStores(config.data);
  if (!stores.ok) return stores;
  const adminToken = openAdminToken(config.data);
  if (!adminToken.ok) {
    stores.value.close();
    return adminToken;
  }
  const { state, replayed } = recover(stores.value.journal);
  log.info({ seq: state.seq, replayed, data: config.data }, 'journal read');
  const clock = createSystemClock({ notBefore: state.at });
  const desk = openDesk(config.desk, { ...config, clock, log });
  if (!desk.ok) {
    stores.value.close();
    return desk;
  }
  const notices = openNotices(config);
  if (!notices.ok) {
    await desk.value.desk.close();
    stores.value.close();
    return notices;
  }
  return ok({
    stores: { ...stores.value, ...between?.(stores.value) },
    adminToken: adminToken.value,
    state,
    clock,
    desk: desk.value,
    openedNotices: notices.value,
  });
}

function openTexts({ config, log }: ServerOptions, clock: SystemClock, { correlator }: Runtime) {
  return openTicketSettings({
    sources: config,
    correlator,
    clock,
    submit: (input) => submit(correlator, input),
    onRefused: (trouble) => log.warn({ trouble }, 'ticket texts or hints not read; the ones of before stay'),
  });
}

/** The alarms start after the runtime; what the desk says until then is kept for them. */
function keepForLater<T>() {
  const early: T[] = [];
  let hear = (news: T): void => {
    early.push(news);
  };
  return {
    hear: (news: T) => hear(news),
    passTo: (listener: (news: T) => void) => {
      hear = listener;
      for (const news of early) listener(news);
    },
  };
}

interface Reached extends Pick<RunningServer, 'url' | 'stop'> {
  readonly newLink: (by: string) => string;
}

function runningServer({ config, clock, runtime, stores }: Parts, reached: Reached): RunningServer {
  const { url, newLink, stop } = reached;
  return {
    url,
    correlator: runtime.correlator,
    registry: stores.registry,
    clock,
    signInLink: (by) => `${config.publicUrl ?? url}/sign-in?token=${newLink(by)}`,
    stop,
  };
}

interface BaseParts extends ServerOptions {
  readonly stores: Stores;
  readonly clock: SystemClock;
  readonly runtime: Runtime;
  readonly desk: OpenedDesk;
  readonly openedNotices: OpenedNotices;
}

interface Parts extends BaseParts, Companions {
  readonly doors: Doors;
}

interface Doors {
  readonly gateway: Gateway;
  readonly outsideIn: OutsideIn;
  readonly counters: ReturnType<typeof createGatewayCounters>;
  /** Ends native ICMP, where it was possible. */
  readonly closeIcmp: () => void;
}

function startDoors(given: BaseParts): Doors {
  const { config, log, clock, runtime, stores } = given;
  const counters = createGatewayCounters();
  const { correlator } = runtime;
  const icmp = openIcmp();
  if (!icmp.ok) log.warn({ failure: icmp.failure }, 'no native ICMP: addresses are probed by TCP');
  const outsideIn = startOutsideIn({
    correlator,
    clock,
    counters,
    anchors: config.anchors,
    probeAddresses: config.outsideIn.enabled,
    icmp: icmp.ok ? icmp.value : undefined,
  });
  const gatewayLog: GatewayLog = (event, facts) => log.info({ event, ...facts }, 'gateway');
  const gateway = startGateway({
    registry: stores.registry,
    correlator,
    series: stores.series,
    clock,
    assignment: {
      anchors: config.anchors,
      dns: config.dns,
      captivePortalUrl: config.captivePortalUrl,
      tellAccounts: config.tellAccounts,
      servers: config.agentAddresses,
      timing: defaultTiming,
    },
    counters,
    log: gatewayLog,
    remoteAddress: remoteAddressOf(config.trustedProxy),
  });
  return { gateway, outsideIn, counters, closeIcmp: () => (icmp.ok ? icmp.value.close() : undefined) };
}

async function startHttp(parts: Parts, adminToken: string) {
  const { config, log, clock, runtime, stores, doors, planned, onFatal } = parts;
  const { correlator } = runtime;
  const signIn = openSignIn(parts);
  const metrics = createMetrics();
  const deskWatch = createDeskWatch({
    name: parts.desk.desk.name,
    outbox: stores.outbox,
    runtime,
    manual: parts.desk.manual,
  });
  const consoles = new ConsoleSessions({ clock, correlator, journal: stores.journal, desk: deskWatch });
  const { gateway, counters } = doors;
  serverMetrics(metrics, {
    runtime,
    gateway,
    counters,
    consoles,
    clock,
    ownTrouble: parts.ownTrouble,
    deskBack: parts.deskBack,
    delivery: parts.desk.outside?.delivery,
  });
  noticeMetrics(metrics, parts.notices);
  retentionMetrics(metrics, parts.retention);
  const api = await createHttpServer({
    settings: httpSettings(config),
    adminToken,
    clock,
    agedAt: parts.retention.agedAt,
    correlator,
    journal: stores.journal,
    desk: deskWatch,
    registry: stores.registry,
    series: stores.series,
    planned,
    dossierKey: () => openDossierKey(config.data),
    deskEvents: deskEvents(parts),
    manual: parts.desk.manual && { queue: parts.desk.manual, nudge: (key) => void runtime.nudge(key) },
    channels: parts.notices.channels,
    agents: gateway,
    consoles,
    signIn,
    identityProvider: openIdentityProvider(config.oidc, clock),
    people: stores.people,
    passwords: createPasswords(),
    metrics,
    log,
    ready: () => readyChecks({ runtime, clock }),
    agentDoor: (request, response) => gateway.handleRequest(request, response),
    onBug: onFatal,
  });
  api.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!gateway.handleUpgrade(request, socket, head)) socket.destroy();
  });
  return { api, newLink: (by: string) => signIn.newLink(by).token };
}

function openSignIn({ config, clock, log }: Parts) {
  const file = join(config.data, 'console-sessions.json');
  return createSignIn(
    clock,
    openSessionFile(file, (message) => log.warn({}, message)),
  );
}

function httpSettings({ publicUrl, trustedProxy, tls, agentPackages }: Config): HttpParts['settings'] {
  return {
    publicUrl,
    trustedProxy,
    tls,
    consoleDirectory: join(import.meta.dirname, 'console', 'dist'),
    agentPackages,
    installScripts: join(import.meta.dirname, '..', 'install-scripts'),
    release: serverRelease,
  };
}

function deskEvents({ desk, deskBack }: Parts): HttpParts['deskEvents'] {
  if (desk.outside === undefined || deskBack === undefined) return undefined;
  return { kind: desk.outside.kind, hear: (request) => deskBack.ear.hear(request) };
}

async function listen(api: Api, { listen: { host, port }, tls }: Config): Promise<Result<string>> {
  try {
    await api.listen({ host, port });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail(failure('conflict', `cannot listen on ${host}:${port}: ${reason}`));
  }
  const address = api.server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return ok(localUrl({ host, port: actual }, tls !== undefined));
}

/** Doors first, so that nothing new comes in; the correlator drains; what it wrote to closes last. */
async function takeDown({ doors, runtime, desk, openedNotices, stores }: Parts, api: Api): Promise<void> {
  doors.gateway.close();
  doors.outsideIn.stop();
  await api.close();
  await runtime.stop();
  doors.closeIcmp();
  await desk.desk.close();
  openedNotices.close();
  stores.close();
}

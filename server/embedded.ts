// The embedded start (`npm start`): this machine as a site of its own and the real agent beside the server, enrolled once
// through the real door, started again when it dies, stopped with the server. Prints where the console is.
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { minute, plus } from '../shared/time.ts';
import type { RunningServer } from './app.ts';
import type { Config } from './config.ts';
import { embeddedSiteId, hostKeyOf, withEmbeddedSite } from './core/inventory/embedded-site.ts';
import { type AgentProcess, createAgentProcess } from './embedded-agent.ts';
import { type EnrolledMarker, readMarker, writeMarker } from './embedded-marker.ts';
import { digestOf, newSecret } from './shell/http/access/secret.ts';

export interface EmbeddedOptions {
  readonly server: RunningServer;
  readonly config: Config;
  readonly log: FastifyBaseLogger;
}

export interface Embedded {
  /** The agent says goodbye first; killed when it takes too long. */
  stop(): Promise<void>;
}

/**
 * 1. prints the console's address and a sign-in link; 2. makes sure this machine is a site; 3. enrols its agent unless
 * the server still knows it; 4. keeps the agent running. A failing agent never takes the server with it.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { server, config, log } = options;
  process.stdout.write(welcome(server));
  const stateDirectory = join(config.data, 'agent');
  const agent = createAgentProcess({
    stateDirectory,
    pidFile: join(config.data, 'agent.pid'),
    clock: server.clock,
    log,
    logLevel: config.logLevel,
  });
  await agent.endLeftover();
  const known = knownAgent(options);
  await ensureSite(server, known?.hostName ?? hostname());
  const enrolled = known !== undefined || (await enrol(options, agent));
  if (enrolled) agent.keepRunning();
  else process.stdout.write('  Atenção: o agente deste computador não pôde ser registrado (veja o log).\n\n');
  return { stop: () => agent.stop() };
}

function welcome(server: RunningServer): string {
  return `
  Vigia está no ar e vigia este computador.

  Painel:  ${server.url}
  Entrar:  ${server.signInLink('NOC')}
           (o link vale uma vez, por 15 minutos)

  Outro link:  npx node server/main.ts sign-in-link
  Parar:       Ctrl+C

`;
}

function markerPath({ config }: EmbeddedOptions): string {
  return join(config.data, 'embedded-agent.json');
}

/** The agent enrolled by an earlier start, if this server's registry still lets it in. */
function knownAgent(options: EmbeddedOptions): EnrolledMarker | undefined {
  const marker = readMarker(markerPath(options));
  // An agent keeps the address it was enrolled with: another port means another enrolment.
  if (marker === undefined || marker.serverUrl !== options.server.url) return undefined;
  const record = options.server.registry.agent(marker.agent);
  return record === undefined || record.revokedAt !== undefined ? undefined : marker;
}

async function ensureSite({ correlator, clock }: RunningServer, hostName: string): Promise<void> {
  const present = correlator.state().topology;
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const topology = withEmbeddedSite(present, { hostName, timeZone });
  if (topology === present) return;
  await correlator.submit({ kind: 'inventory.imported', at: clock.now(), topology, by: 'vigia' });
}

/** True when it is enrolled. An agent of this machine that the server no longer knows is forgotten with its spool. */
async function enrol(options: EmbeddedOptions, agent: AgentProcess): Promise<boolean> {
  const { server, log } = options;
  const { registry, clock, correlator } = server;
  const hostName = hostname();
  for (const old of ownAgents(server)) {
    registry.revoke(old.id, clock.now());
    await correlator.submit({ kind: 'agent.revoked', at: clock.now(), agent: old.id, by: 'vigia' });
  }
  const token = newSecret();
  registry.saveToken({
    digest: digestOf(token),
    site: embeddedSiteId,
    host: hostKeyOf(hostName),
    usesLeft: 1,
    expiresAt: plus(clock.now(), 5 * minute),
  });
  const done = await agent.enrol(server.url, token);
  const made = ownAgents(server)[0];
  if (!done.ok || made === undefined) {
    log.error({ output: done.output }, 'the agent of this machine could not be enrolled');
    return false;
  }
  writeMarker(markerPath(options), { agent: made.id, hostName, serverUrl: server.url });
  return true;
}

function ownAgents({ registry }: RunningServer) {
  return registry
    .agents()
    .filter((record) => record.site === embeddedSiteId && record.revokedAt === undefined);
}

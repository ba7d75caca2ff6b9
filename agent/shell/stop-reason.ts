// Why this program is being stopped, as far as the system says it: a machine that goes down in order is not an
// outage, a service that stops on a running machine is another matter. Says `unknown` rather than guess.
import { execFile } from 'node:child_process';
import { platform } from 'node:os';

export type StopReason = 'shutdown' | 'restart' | 'service-stop' | 'unknown';

/** systemd answers at once or is too busy going down to be waited for. */
const answerMs = 700;

export async function readStopReason(signal: NodeJS.Signals): Promise<StopReason> {
  // A person at a terminal: the program stops, the machine does not.
  if (signal === 'SIGINT') return 'service-stop';
  if (platform() !== 'linux') return 'unknown';
  const [state, jobs] = await Promise.all([ask(['is-system-running']), ask(['list-jobs', '--no-legend'])]);
  return stopReasonOf(state, jobs);
}

/** `state` is systemd's word for the whole system, `jobs` what it is doing; undefined = no systemd here. */
export function stopReasonOf(state: string | undefined, jobs: string | undefined): StopReason {
  if (state === undefined) return 'unknown';
  if (state.trim() !== 'stopping')
    return /^(running|degraded|starting)/.test(state) ? 'service-stop' : 'unknown';
  return jobs !== undefined && /\breboot\.target\b/.test(jobs) ? 'restart' : 'shutdown';
}

function ask(words: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('systemctl', [...words], { timeout: answerMs }, (_error, stdout) => {
      // The exit code says "not running" while it stops; only the word counts.
      resolve(stdout === '' ? undefined : stdout);
    });
  });
}

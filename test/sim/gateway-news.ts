// What the liveness table concludes, told to the correlator in virtual time, and the beats of a site that was not computed.
// Stands under gateway.ts; decides nothing itself.
import type { LivenessNews, LivenessTable } from '../../server/core/liveness/table.ts';
import type { AgentId } from '../../shared/ids.ts';
import { instant } from '../../shared/time.ts';
import type { Correlator } from './correlator.ts';
import { now } from './correlator.ts';
import { epochMs } from './frame.ts';
import { cancel, type Kernel, type Timer } from './kernel.ts';

/** Beats told of a sleeper's quiet time: the table remembers 100 gaps. */
const beatsTold = 101;

/** The beats of a sleeper as they would have come, so that the table knows its habit when it wakes. */
export function tellQuietBeats(quiet: {
  readonly table: LivenessTable;
  readonly agent: AgentId;
  readonly lastAt: number;
  readonly heartbeatMs: number;
}): void {
  const { table, agent, lastAt, heartbeatMs } = quiet;
  table.watch(agent, instant(lastAt - beatsTold * heartbeatMs));
  for (let beat = beatsTold - 1; beat >= 0; beat -= 1) {
    table.heard(agent, instant(lastAt - beat * heartbeatMs), true);
  }
}

export interface News {
  tell(news: readonly LivenessNews[]): void;
  plan(): void;
  kill(): void;
}

/** Turns the table's news into inputs and asks it again when it wants. */
export function createNews(options: {
  readonly kernel: Kernel;
  readonly correlator: Correlator;
  readonly table: LivenessTable;
}): News {
  const { kernel, correlator, table } = options;
  let timer: Timer | undefined;
  let timerAt: number | undefined;
  const tell = (news: readonly LivenessNews[]): void => {
    for (const one of news) correlator.submit(one);
  };
  const plan = (): void => {
    const next = table.nextAt();
    const at = next === undefined ? undefined : next - epochMs;
    if (at === timerAt && timer?.run !== undefined) return;
    cancel(timer);
    timerAt = at;
    if (at === undefined) return;
    timer = kernel.at(at, () => {
      tell(table.advance(now(kernel)));
      plan();
    });
  };
  return { tell, plan, kill: () => cancel(timer) };
}

// The ping that stops when the server does: bounded, counted, never in the way.
import { afterEach, describe, expect, it } from 'vitest';
import { type DeadMan, startDeadMan } from '../../../../server/shell/dead-man.ts';
import { minute } from '../../../../shared/time.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';

const url = 'https://ping.example/2f0c';
let running: DeadMan | undefined;
afterEach(() => running?.stop());

function rig(answer: (signal: AbortSignal) => Promise<Response>) {
  const clock = createManualClock();
  const asked: string[] = [];
  const said = { ready: true };
  const fetch: typeof globalThis.fetch = async (input, init) => {
    asked.push(String(input));
    if (init?.signal === undefined || init.signal === null) throw new Error('a call without an end');
    return answer(init.signal);
  };
  const deadMan = startDeadMan({ url, everyMs: minute, clock, ready: () => said.ready, fetch });
  running = deadMan;
  return { clock, asked, said, deadMan };
}

const taken = async (): Promise<Response> => new Response('OK');

describe('the dead-man ping', () => {
  it('sends nothing while the server is not ready, and goes on when it is', async () => {
    const { clock, asked, said, deadMan } = rig(taken);
    said.ready = false;
    await clock.advanceAsync(3 * minute);
    expect(asked).toHaveLength(1);
    said.ready = true;
    await clock.advanceAsync(minute);
    expect(asked).toHaveLength(2);
    expect(deadMan.counters()).toEqual({ sent: 2, failed: 0, withheld: 3, skipped: 0 });
  });

  it('counts a refusal and a broken network, and asks again at its time, not sooner', async () => {
    const answers = [
      async () => new Response('no', { status: 404 }),
      () => Promise.reject(new TypeError('fetch failed')),
      taken,
    ];
    const { clock, asked, deadMan } = rig(() => (answers.shift() ?? taken)());
    await clock.advanceAsync(minute - 1);
    expect(asked).toHaveLength(1);
    await clock.advanceAsync(minute + 1);
    expect(deadMan.counters()).toEqual({ sent: 1, failed: 2, withheld: 0, skipped: 0 });
  });

  it('has one call under way at most', async () => {
    const open = Promise.withResolvers<Response>();
    const { clock, asked, deadMan } = rig(() => open.promise);
    await clock.advanceAsync(2 * minute);
    expect(asked).toHaveLength(1);
    expect(deadMan.counters().skipped).toBe(2);
    open.resolve(new Response('OK'));
    await clock.advanceAsync(minute);
    expect(asked).toHaveLength(2);
  });

  it('ends its call and its timer when it is stopped', async () => {
    let aborted = false;
    const { clock, asked, deadMan } = rig(
      (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(new Error('aborted'));
          });
        }),
    );
    deadMan.stop();
    await clock.advanceAsync(5 * minute);
    expect(aborted).toBe(true);
    expect(asked).toHaveLength(1);
    expect(clock.timers()).toBe(0);
    expect(deadMan.counters().failed).toBe(0);
  });
});

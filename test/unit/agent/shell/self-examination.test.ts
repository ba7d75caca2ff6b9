// The shell of the self-examination: one at a time, never the agent's end, and which of the core's outputs mean that the
// network changed. Virtual time.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AgentInput, Clock, Examination } from '../../../../agent/core/input.ts';
import type { AgentOutput } from '../../../../agent/core/output.ts';
import { createSelfExamination, type SelfExamination } from '../../../../agent/shell/self-examination.ts';
import { seededRandom } from '../../../../shared/random.ts';
import { hour, minute } from '../../../../shared/time.ts';
import { changeRecord, createHeardLog, rollupRecord } from '../../../fakes/agent-records.ts';
import { assignmentOf } from '../core/rig.ts';

const nothing: Examination = { good: 5, more: 0, items: [] };
const clock = (): Clock => ({ bootId: 'boot-1', monoMs: performance.now(), wallMs: 0 });
const tick = (): AgentInput => ({ kind: 'time.advanced', clock: clock() });
const saved = (revision: number): AgentOutput => ({
  kind: 'assignment.save',
  assignment: assignmentOf({ revision }),
});

let started: SelfExamination | undefined;
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  started?.end();
  vi.useRealTimers();
});

function start(examine: () => Promise<Examination>) {
  const pushed: AgentInput[] = [];
  const log = createHeardLog();
  const work = vi.fn(examine);
  const push = (input: AgentInput): void => void pushed.push(input);
  const random = seededRandom(3);
  started = createSelfExamination({ clock, examine: work, push, random, revision: 1, log });
  return { work, pushed, log, self: started };
}

describe('the self-examination', () => {
  test('gives the core what was found, some minutes after the start and again hours later', async () => {
    const { work, pushed } = start(async () => nothing);
    await vi.advanceTimersByTimeAsync(2 * minute - 1);
    expect(work).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(minute);
    expect(pushed).toMatchObject([{ kind: 'self.examined', examination: nothing }]);
    await vi.advanceTimersByTimeAsync(6 * hour - 2 * minute);
    expect(work).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(hour);
    expect(work).toHaveBeenCalledTimes(2);
  });

  test('that never ends is not joined by another', async () => {
    const { work, pushed } = start(() => new Promise(() => undefined));
    await vi.advanceTimersByTimeAsync(30 * hour);
    expect(work).toHaveBeenCalledTimes(1);
    expect(pushed).toEqual([]);
  });

  test('that fails is told to the log, and the next one comes in its turn', async () => {
    const { work, pushed, log } = start(async () => {
      throw new Error('a check broke');
    });
    await vi.advanceTimersByTimeAsync(7 * hour);
    expect(work).toHaveBeenCalledTimes(2);
    expect(pushed).toEqual([]);
    expect(JSON.stringify(log)).toContain('a check broke');
  });

  test('ends with the agent: what is found after it reaches nobody', async () => {
    let found: (examination: Examination) => void = () => undefined;
    const { pushed, self, work } = start(() => new Promise((resolve) => (found = resolve)));
    await vi.advanceTimersByTimeAsync(3 * minute);
    self.end();
    found(nothing);
    await vi.advanceTimersByTimeAsync(10 * hour);
    expect(pushed).toEqual([]);
    expect(work).toHaveBeenCalledTimes(1);
  });

  test.each<[string, AgentInput | undefined, readonly AgentOutput[], number]>([
    ['a link that changed', undefined, [{ kind: 'spool.append', record: changeRecord(1) }], 2],
    ['another assignment', undefined, [saved(2)], 2],
    ['the same assignment, as with every session', undefined, [saved(1)], 1],
    ['a minute of measurements', undefined, [{ kind: 'spool.append', record: rollupRecord(1) }], 1],
    ['another way to ping', { kind: 'probing.chosen', clock: clock(), method: 'tcp' }, [], 2],
    ['an hour of nothing', undefined, [], 1],
  ])('after %s', async (_what, input, outputs, times) => {
    const { work, self } = start(async () => nothing);
    await vi.advanceTimersByTimeAsync(hour);
    self.notice(input === undefined ? tick() : { ...input, clock: clock() }, outputs);
    await vi.advanceTimersByTimeAsync(6 * minute);
    expect(work).toHaveBeenCalledTimes(times);
  });
});

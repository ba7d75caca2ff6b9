// The loop: order, durability before speech, no reentrance, a full queue, a bug.
import { describe, expect, it } from 'vitest';
import type { AgentInput } from '../../../../agent/core/input.ts';
import type { AgentOutput } from '../../../../agent/core/output.ts';
import { createLoop, type LoopOptions, type LoopSpool } from '../../../../agent/shell/loop.ts';
import type { Runner } from '../../../../agent/shell/runner.ts';
import { limits } from '../../../../shared/limits.ts';
import { changeRecord, clockAt, createHeardLog, rollupRecord, until } from '../../../fakes/agent-records.ts';

const goodbye = { kind: 'goodbye', reason: 'unknown' } as const;
const advanced = (monoMs = 0): AgentInput => ({ kind: 'time.advanced', clock: clockAt(monoMs) });
const none = { rollups: 0, changes: 0 };

interface Rig extends LoopOptions {
  /** What was done, in order. */
  readonly done: string[];
  readonly inputs: AgentInput[];
  broke: unknown;
}

function rig(step: (input: AgentInput) => readonly AgentOutput[], spool: Partial<LoopSpool> = {}): Rig {
  const done: string[] = [];
  const inputs: AgentInput[] = [];
  const runner: Runner = {
    round: (wish) =>
      Promise.resolve({
        kind: 'round.measured',
        clock: clockAt(2),
        sentAt: clockAt(1),
        link: wish.link.key,
        round: wish.round,
        targets: [],
      }),
    path: ({ link, trace, target }) =>
      Promise.resolve({
        kind: 'path.measured',
        clock: clockAt(2),
        link: link.key,
        trace,
        target,
        reached: false,
        hops: [],
      }),
    neighbours: () => Promise.reject(new Error('a bug in a probe')),
    load: () =>
      Promise.resolve({ kind: 'load.measured', clock: clockAt(2), load: { uptimeMs: 1, disks: [] } }),
  };
  const all: Rig = {
    done,
    inputs,
    broke: undefined,
    step: (input) => {
      inputs.push(input);
      return step(input);
    },
    clock: () => clockAt(0),
    runner,
    spool: {
      append: (records) => {
        done.push(`append ${records.map(({ queue, seq }) => `${queue} ${seq}`).join(', ')}`);
        return none;
      },
      read: (queue, after, limit) => {
        done.push(`read ${queue} ${after} ${limit}`);
        return { records: [], dropped: none };
      },
      trim: () => void done.push('trim'),
      saveOffset: () => void done.push('offset'),
      saveAssignment: () => void done.push('assignment'),
      ...spool,
    },
    uplink: {
      open: (socket, { source } = {}) => void done.push(`open ${socket} ${source}`),
      send: (socket, message) => void done.push(`send ${socket} ${message.kind}`),
      close: (socket, code) => void done.push(`close ${socket} ${code}`),
    },
    log: createHeardLog(),
    stopped: () => void done.push('stopped'),
    broken: (error) => {
      all.broke = error;
    },
  };
  return all;
}

describe('loop', () => {
  it('performs in order, and what is to be remembered is on disk before anything after it is said', async () => {
    const options = rig(() => [
      { kind: 'socket.open', socket: 1, source: '192.0.2.20' },
      { kind: 'spool.append', record: changeRecord(1) },
      { kind: 'spool.append', record: rollupRecord(1) },
      { kind: 'socket.send', socket: 1, message: goodbye },
      { kind: 'spool.append', record: changeRecord(2) },
      { kind: 'socket.close', socket: 1, code: 1000, reason: 'goodbye' },
      { kind: 'stopped' },
    ]);
    createLoop(options).push(advanced());
    await until(() => options.done.includes('stopped'));
    expect(options.done).toEqual([
      'open 1 192.0.2.20',
      'append changes 1, rollups 1',
      'send 1 goodbye',
      'append changes 2',
      'close 1 1000',
      'stopped',
    ]);
  });

  it('is not reentrant: what comes in while outputs are performed waits its turn', async () => {
    let depth = 0;
    let deepest = 0;
    const options = rig((input) => {
      depth += 1;
      deepest = Math.max(deepest, depth);
      if (input.clock.monoMs < 5) loop.push(advanced(input.clock.monoMs + 1));
      depth -= 1;
      return [{ kind: 'spool.trim', epoch: 1, changesUpTo: 0, rollupsUpTo: 0 }];
    });
    const loop = createLoop(options);
    loop.push(advanced());
    expect(options.inputs).toHaveLength(0);
    await until(() => options.inputs.length === 6);
    expect(deepest).toBe(1);
  });

  it('answers each read once, in order, and reports what the spool dropped', async () => {
    const options = rig(
      (input) =>
        input.kind === 'time.advanced'
          ? [
              { kind: 'spool.append', record: changeRecord(1) },
              { kind: 'spool.read', queue: 'changes', after: 0, limit: 9 },
              { kind: 'spool.read', queue: 'rollups', after: 3, limit: 9 },
            ]
          : [],
      { append: () => ({ rollups: 2, changes: 0 }) },
    );
    createLoop(options).push(advanced());
    await until(() => options.inputs.length === 4);
    expect(options.inputs.map(({ kind }) => kind)).toEqual([
      'time.advanced',
      'spool.dropped',
      'spool.gave',
      'spool.gave',
    ]);
    expect(options.done).toEqual(['read changes 0 9', 'read rollups 3 9']);
  });

  it('brings measurements back as inputs', async () => {
    const options = rig((input) =>
      input.kind === 'time.advanced'
        ? [
            {
              kind: 'round.start',
              link: { key: 'vivo', role: 'primary' },
              round: 7,
              targets: [],
              timeoutMs: 9,
            },
            { kind: 'load.start' },
          ]
        : [],
    );
    createLoop(options).push(advanced());
    await until(() => options.inputs.length === 3);
    expect(options.inputs.slice(1).map(({ kind }) => kind)).toEqual(['round.measured', 'load.measured']);
  });

  it('wakes the core at its last wish, and only then', async () => {
    const options = rig((input) => {
      if (input.kind === 'stop.requested') return [{ kind: 'wake.at', monoMs: 60_000 }];
      return options.inputs.length === 1
        ? [
            { kind: 'wake.at', monoMs: 60_000 },
            { kind: 'wake.at', monoMs: 20 },
          ]
        : [];
    });
    const loop = createLoop(options);
    loop.push(advanced());
    await until(() => options.inputs.length === 2);
    expect(options.inputs[1]?.kind).toBe('time.advanced');
    loop.end();
  });

  it('drops measurements past its limit, never anything else, and counts them', async () => {
    const options = rig(() => []);
    const loop = createLoop(options);
    const load: AgentInput = { kind: 'load.measured', clock: clockAt(0), load: { uptimeMs: 1, disks: [] } };
    for (let n = 0; n < limits.agentInputsMax + 10; n += 1) loop.push(load);
    loop.push({ kind: 'socket.closed', clock: clockAt(0), socket: 1 });
    expect(loop.counters().droppedInputs).toBe(10);
    await until(() => options.inputs.length === limits.agentInputsMax + 1);
    expect(options.inputs.at(-1)?.kind).toBe('socket.closed');
  });

  it('ends at a bug in the core or in a probe, and performs nothing after it', async () => {
    const core = rig(() => {
      throw new Error('an assertion');
    });
    const loop = createLoop(core);
    loop.push(advanced());
    loop.push(advanced());
    await until(() => core.broke !== undefined);
    loop.push(advanced());
    expect(core.inputs).toHaveLength(1);
    const probe = rig(() => [{ kind: 'neighbours.start', round: 1, hosts: [], timeoutMs: 5 }]);
    createLoop(probe).push(advanced());
    await until(() => probe.broke !== undefined);
    expect(probe.done).toEqual([]);
  });
});

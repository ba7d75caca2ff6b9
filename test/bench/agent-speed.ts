// How fast the agent's core decides and its spool writes: the two things whose slowness would show as weight on a
// customer's machine. The core runs a virtual day against a fake world; the spool writes to a real disk.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredRecord } from '../../agent/core/record.ts';
import { openSpool } from '../../agent/shell/spool.ts';
import { changeRecord, clockAt, createHeardLog } from '../fakes/agent-records.ts';
import { assignmentOf, Rig } from '../unit/agent/core/rig.ts';
import type { Figure } from './figure.ts';
import { addresses } from './internet.ts';
import { median } from './statistics.ts';

const virtualHours = 6;
const hourMs = 3_600_000;
const appends = 500;
const batch = 100;

/** Steps of the core: every input that a day of quiet watching brings. */
export function benchCore(): readonly Figure[] {
  const rig = new Rig({
    assignment: assignmentOf({
      links: addresses.links.map((link, at) => ({ key: `link-${at}`, role: 'primary' as const, ...link })),
      hosts: addresses.hosts.map((address, at) => ({ key: `host-${at}`, address, self: at === 0 })),
    }),
  });
  // The rig remembers all it saw; forgetting it between hours keeps the figure free of the rig's own garbage.
  const startMs = performance.now();
  let steps = 0;
  for (let hour = 0; hour < virtualHours; hour += 1) {
    rig.run(hourMs);
    steps += rig.outputs.filter(({ output }) => output.kind === 'wake.at').length;
    rig.outputs.length = 0;
  }
  const tookMs = performance.now() - startMs;
  return [
    {
      bench: 'core',
      name: 'steps in a second, compiled (the packed agent interprets)',
      value: (steps / tookMs) * 1_000,
      unit: '/s',
    },
    { bench: 'core', name: 'steps of one virtual day', value: (steps / virtualHours) * 24, unit: '' },
  ];
}

/** Each append is on disk when it returns (fsync): the median is what one state change waits. */
export function benchSpool(): readonly Figure[] {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-bench-'));
  const path = join(folder, 'spool.sqlite');
  const spool = openSpool({ path, clock: () => clockAt(0), log: createHeardLog() });
  if (!spool.ok) throw new Error(spool.failure.message);
  try {
    let seq = 0;
    const next = (): StoredRecord => {
      seq += 1;
      return changeRecord(seq);
    };
    const one = timed(() => spool.value.append([next()]));
    const many = timed(() => spool.value.append(Array.from({ length: batch }, next)));
    return [
      { bench: 'spool', name: 'one durable append, median', value: median(one), unit: 'ms' },
      {
        bench: 'spool',
        name: `records in a second, ${batch} at once`,
        value: (batch / median(many)) * 1_000,
        unit: '/s',
      },
    ];
  } finally {
    spool.value.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function timed(work: () => void): readonly number[] {
  return Array.from({ length: appends }, () => {
    const startMs = performance.now();
    work();
    return performance.now() - startMs;
  });
}

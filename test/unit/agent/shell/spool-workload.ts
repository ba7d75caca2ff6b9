// The process whose writes spool-crash.test.ts records: it does everything a spool can do, and after each call says
// what the spool then holds. `node spool-workload.ts FILE SEED WORK`.
import { writeSync } from 'node:fs';
import type { Clock } from '../../../../agent/core/input.ts';
import { openSpool, type Spool } from '../../../../agent/shell/spool.ts';
import { type Random, seededRandom } from '../../../../shared/random.ts';
import { defaultTiming } from '../../../../shared/wire/assignment.ts';
import { changeRecord, clockAt, createHeardLog, rollupRecord } from '../../../fakes/agent-records.ts';
import { heldBy } from './spool-held.ts';

const steps = 40;
const [path = '', seed = '1', work = 'plain'] = process.argv.slice(2);
const random = seededRandom(Number(seed));
let now: Clock = clockAt(0);

/** `full`: SQLite answers "disk full" at a hard limit of pages. `small`: the spool's own limit bites. */
function open(): Spool {
  const spool = openSpool({
    path,
    clock: () => now,
    log: createHeardLog(),
    ballastBytes: 4_096,
    bytesMax: work === 'small' ? 6_000 : undefined,
    pagesMax: work === 'full' ? 8 : 64,
    ageMsMax: 200_000,
  });
  if (!spool.ok) throw new Error(spool.failure.message);
  return spool.value;
}

function append(spool: Spool, random: Random): void {
  const head = spool.head();
  const count = 1 + random.below(6);
  const changes = Array.from({ length: count }, (_, at) => changeRecord(head.lastChangeSeq + 1 + at));
  const rollups = random.below(2) === 0 ? [] : [rollupRecord(head.lastRollupSeq + 1, now.monoMs)];
  spool.append([...changes, ...rollups]);
}

function trim(spool: Spool, random: Random): void {
  const { epoch, lastChangeSeq, lastRollupSeq } = spool.head();
  const back = (last: number): number => Math.max(0, last - random.below(8));
  spool.trim({ epoch, changesUpTo: back(lastChangeSeq), rollupsUpTo: back(lastRollupSeq) });
}

let spool = open();
say();
for (let step = 0; step < steps; step += 1) {
  now = clockAt(now.monoMs + 6_000);
  const kind = random.below(10);
  if (kind < 5) append(spool, random);
  else if (kind === 5) trim(spool, random);
  else if (kind === 6) spool.tend();
  else if (kind === 7) spool.saveOffset({ bootId: 'boot-1', monoMs: step, offsetMs: step, errorMs: 1 });
  else if (kind === 8) {
    spool.saveAssignment({
      revision: step,
      links: [],
      hosts: [],
      anchors: [],
      dns: [],
      timing: defaultTiming,
    });
  } else {
    spool.close();
    spool = open();
  }
  say();
}
spool.close();

function say(): void {
  writeSync(1, `${JSON.stringify(heldBy(spool))}\n`);
}

// A crash after every single call that writes, a torn write, a power cut: what was taken is there, once, in order.
// The writes of a real spool are recorded by strace; each image a crash can leave is opened by the real spool.
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSpool, type Spool } from '../../../../agent/shell/spool.ts';
import { changeRecord, clockAt, createHeardLog, rollupRecord } from '../../../fakes/agent-records.ts';
import { type Crash, imageAfter, layOut } from './crash-image.ts';
import { type Held, heldBy, heldSchema } from './spool-held.ts';
import { type DiskEvent, recordWrites, straceIsThere } from './write-log.ts';

const workload = new URL('./spool-workload.ts', import.meta.url).pathname;
const powerCutsPerPoint = 3;
let root = '';

beforeEach(() => {
  // Thousands of images are opened; where they lie does not matter, so a disk in memory is best.
  root = realpathSync(mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'vigia-crash-')));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

/** What the spool held at its last word before a crash, at its next one, and when last all of it was on disk. */
interface Around {
  readonly before: Held | undefined;
  readonly after: Held | undefined;
  readonly durable: Held | undefined;
}

function around(events: readonly DiskEvent[], done: number): Around {
  const said = (part: readonly DiskEvent[]): Held[] =>
    part.flatMap((event) => (event.kind === 'mark' ? [heldSchema.parse(JSON.parse(event.text))] : []));
  const earlier = said(events.slice(0, done));
  const before = earlier.at(-1);
  return { before, after: said(events.slice(done))[0] ?? before, durable: earlier.findLast(isOnDisk) };
}

function isOnDisk(held: Held): boolean {
  return held.inMemory === 0;
}

function opened(directory: string): Spool {
  const path = join(directory, 'spool.sqlite');
  const spool = openSpool({ path, clock: () => clockAt(0), log: createHeardLog(), ballastBytes: 4_096 });
  if (!spool.ok) throw new Error(spool.failure.message);
  return spool.value;
}

function check(found: Held, { before, after, durable }: Around): void {
  if (before === undefined || after === undefined || durable === undefined) {
    expect(found.changes).toEqual([]);
    return;
  }
  expect(found.epoch).toBe(before.epoch);
  if (isOnDisk(before) && isOnDisk(after)) {
    // Exactly as before the call that was under way, or as after it: nothing lost, doubled or risen again.
    expect([before, after]).toContainEqual(found);
    return;
  }
  // What was in memory only may be lost, and with it only that; no number is ever given again.
  for (const queue of ['changes', 'rollups'] as const) {
    const safe = durable[queue].filter((seq) => before[queue].includes(seq) && after[queue].includes(seq));
    expect(found[queue]).toEqual(expect.arrayContaining(safe));
    const known = new Set([...durable[queue], ...before[queue], ...after[queue]]);
    expect(found[queue].filter((seq) => !known.has(seq))).toEqual([]);
    expect(found[queue]).toEqual([...new Set(found[queue])].sort((a, b) => a - b));
  }
  expect(found.lastChangeSeq).toBeGreaterThanOrEqual(before.lastChangeSeq);
  expect(found.lastRollupSeq).toBeGreaterThanOrEqual(before.lastRollupSeq);
}

/** The spool goes on where it was: what it takes now is there at the next start. */
function goesOn(directory: string, held: Held): void {
  const spool = opened(directory);
  spool.append([changeRecord(held.lastChangeSeq + 1), rollupRecord(held.lastRollupSeq + 1)]);
  spool.close();
  const again = opened(directory);
  expect(heldBy(again).changes).toEqual([...held.changes, held.lastChangeSeq + 1]);
  expect(heldBy(again).rollups).toEqual([...held.rollups, held.lastRollupSeq + 1]);
  again.close();
}

function crashesAt(point: number): Crash[] {
  const cuts = Array.from(
    { length: powerCutsPerPoint },
    (_, n): Crash => ({ kind: 'power', seed: point * 10 + n }),
  );
  return [{ kind: 'kill' }, { kind: 'torn' }, ...cuts];
}

describe.skipIf(!straceIsThere())('spool: a crash after every single write', () => {
  it.for([
    { work: 'plain', seed: 1 },
    { work: 'plain', seed: 2 },
    { work: 'small', seed: 3 },
    { work: 'full', seed: 4 },
    { work: 'full', seed: 5 },
  ])('loses nothing and doubles nothing: $work disk, seed $seed', ({ work, seed }) => {
    const home = join(root, 'home');
    mkdirSync(home);
    const events = recordWrites(workload, [join(home, 'spool.sqlite'), String(seed), work], home);
    const image = join(root, 'image');
    let points = 0;
    let images = 0;
    for (let done = 0; done <= events.length; done += 1) {
      if (done > 0 && events[done - 1]?.kind === 'mark') continue;
      points += 1;
      for (const crash of crashesAt(done)) {
        layOut(imageAfter(events, done, crash), image);
        const spool = opened(image);
        const found = heldBy(spool);
        spool.close();
        images += 1;
        try {
          check(found, around(events, done));
          if (crash.kind === 'kill') goesOn(image, found);
        } catch (error) {
          throw new Error(
            `${work} ${seed}: ${JSON.stringify(crash)} after ${done} events, next ${events[done]?.kind}`,
            {
              cause: error,
            },
          );
        }
      }
    }
    console.log(`spool ${work} seed ${seed}: ${points} crash points, ${images} images, 0 lost, 0 doubled`);
    expect(points).toBeGreaterThan(100);
  });
});

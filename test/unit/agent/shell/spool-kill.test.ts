// kill -9 between, before and inside appends: what append returned for is there, whole and once.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSpool } from '../../../../agent/shell/spool.ts';
import { clockAt, createHeardLog } from '../../../fakes/agent-records.ts';

const writer = new URL('./spool-writer.ts', import.meta.url).pathname;

it('spool: kill -9 at random points loses nothing that was appended and doubles nothing', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-kill-'));
  const path = join(directory, 'spool.sqlite');
  let epoch: number | undefined;
  let confirmed = 0;
  for (let run = 0; run < 5; run += 1) {
    confirmed = Math.max(confirmed, await writeUntilKilled(path, 1 + Math.floor(Math.random() * 60)));
    const spool = openSpool({ path, clock: () => clockAt(0), log: createHeardLog() });
    if (!spool.ok) throw new Error(spool.failure.message);
    const head = spool.value.head();
    epoch ??= head.epoch;
    expect(head.epoch).toBe(epoch);
    expect(head.lastChangeSeq).toBeGreaterThanOrEqual(confirmed);
    const seqs = spool.value.read('changes', 0, 100_000).records.map((record) => record.seq);
    expect(seqs).toEqual(Array.from({ length: head.lastChangeSeq }, (_, at) => at + 1));
    // Each change is appended with its rollup in one commit: neither may be there without the other.
    expect(head.lastRollupSeq).toBe(head.lastChangeSeq);
    expect(head.rollups).toBe(head.changes);
    confirmed = head.lastChangeSeq;
    spool.value.close();
  }
  expect(confirmed).toBeGreaterThan(8);
  rmSync(directory, { recursive: true });
});

/** Starts a writer, kills it a little after it confirmed `after` further appends; gives the last number confirmed. */
function writeUntilKilled(path: string, after: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork(writer, [path], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let first: number | undefined;
    let last = 0;
    let words = '';
    child.stderr?.on('data', (chunk) => {
      words += chunk;
    });
    child.on('message', (seq) => {
      last = Number(seq);
      first ??= last;
      if (last - first >= after) child.kill('SIGKILL');
    });
    child.on('exit', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(last);
      else reject(new Error(`the writer ended by itself: ${words}`));
    });
  });
}

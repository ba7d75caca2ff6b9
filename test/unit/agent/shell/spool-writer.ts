// The process that spool-kill.test.ts kills: appends for ever, tells its parent each number after it was appended.
import { openSpool } from '../../../../agent/shell/spool.ts';
import { changeRecord, clockAt, createHeardLog, rollupRecord } from '../../../fakes/agent-records.ts';

const spool = openSpool({ path: process.argv[2] ?? '', clock: () => clockAt(0), log: createHeardLog() });
if (!spool.ok) throw new Error(spool.failure.message);
let seq = spool.value.head().lastChangeSeq;
while (process.connected) {
  seq += 1;
  spool.value.append([changeRecord(seq), rollupRecord(seq)]);
  const told = seq;
  await new Promise<void>((resolve) => process.send?.(told, () => resolve()));
}

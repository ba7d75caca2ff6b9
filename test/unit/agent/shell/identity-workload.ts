// The process whose writes identity-crash.test.ts records: the liveness stamp and the files of an enrolment, written
// again and again; after each call it says what is there. `node identity-workload.ts DIRECTORY`.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Enrolment,
  loadEnrolment,
  loadOrMakeKey,
  saveEnrolment,
} from '../../../../agent/shell/identity.ts';
import { createStamp, readStamp } from '../../../../agent/shell/stamp.ts';
import { clockAt, createHeardLog } from '../../../fakes/agent-records.ts';

const [directory = ''] = process.argv.slice(2);
const path = join(directory, 'alive.json');
let atMs = 0;
let publicKey: string | undefined;
const stamp = createStamp({ path, clock: () => clockAt(atMs), log: createHeardLog() });

for (let turn = 0; turn < 6; turn += 1) {
  atMs += 10_000;
  await stamp.write(turn === 5);
  say();
  const key = loadOrMakeKey(directory);
  if (!key.ok) throw new Error(key.failure.message);
  publicKey = key.value.publicKey;
  say();
  const enrolment: Enrolment = {
    agent: `agent-${turn}`,
    servers: [`https://s${turn}`.padEnd(80 * turn + 20, 'x')],
    customer: 'aurora',
    site: 'matriz',
    host: 'srv',
    allowInsecureHttp: false,
    privateCa: false,
  };
  const saved = saveEnrolment(directory, enrolment, { allowInsecureHttp: false });
  if (!saved.ok) throw new Error(saved.failure.message);
  say();
}

function say(): void {
  const enrolment = loadEnrolment(directory);
  const agent = enrolment.ok ? enrolment.value.agent : undefined;
  writeSync(1, `${JSON.stringify({ stamp: readStamp(path), agent, publicKey })}\n`);
}

// A crash after every single write of the liveness stamp and of the enrolment's files leaves the old or the new one,
// never a torn one, and never takes back what was said to be written.
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { loadEnrolment, loadOrMakeKey } from '../../../../agent/shell/identity.ts';
import { readStamp } from '../../../../agent/shell/stamp.ts';
import { type Crash, imageAfter, layOut } from './crash-image.ts';
import { type DiskEvent, recordWrites, straceIsThere } from './write-log.ts';

const workload = new URL('./identity-workload.ts', import.meta.url).pathname;
const heldSchema = z.object({
  stamp: z.unknown().optional(),
  agent: z.string().optional(),
  publicKey: z.string().optional(),
});
type Held = z.output<typeof heldSchema>;

function said(events: readonly DiskEvent[]): Held[] {
  return events.flatMap((event) => (event.kind === 'mark' ? [heldSchema.parse(JSON.parse(event.text))] : []));
}

/** Also makes the key where there is none: that is what the next start does. */
function found(directory: string): Held {
  const hadKey = readdirSync(directory).includes('agent.key');
  const enrolment = loadEnrolment(directory);
  if (!enrolment.ok) expect(enrolment.failure.code).toBe('not-found');
  const key = loadOrMakeKey(directory);
  if (!key.ok) throw new Error(key.failure.message);
  return {
    stamp: readStamp(join(directory, 'alive.json')),
    agent: enrolment.ok ? enrolment.value.agent : undefined,
    publicKey: hadKey ? key.value.publicKey : undefined,
  };
}

it.skipIf(!straceIsThere())(
  'stamp and enrolment: a crash after every single write leaves the old or the new file',
  () => {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'vigia-crash-')));
    const home = join(root, 'home');
    mkdirSync(home);
    const events = recordWrites(workload, [home], home);
    const image = join(root, 'image');
    let points = 0;
    for (let done = 0; done <= events.length; done += 1) {
      if (done > 0 && events[done - 1]?.kind === 'mark') continue;
      points += 1;
      const before = said(events.slice(0, done)).at(-1) ?? {};
      const after = said(events.slice(done))[0] ?? before;
      const cuts = [0, 1, 2].map((n): Crash => ({ kind: 'power', seed: done * 10 + n }));
      for (const crash of [{ kind: 'kill' }, { kind: 'torn' }, ...cuts] satisfies Crash[]) {
        layOut(imageAfter(events, done, crash), image);
        const now = found(image);
        const context = `${JSON.stringify(crash)} after ${done} events`;
        expect([before.stamp, after.stamp], context).toContainEqual(now.stamp);
        expect([before.agent, after.agent], context).toContainEqual(now.agent);
        expect([before.publicKey, after.publicKey], context).toContainEqual(now.publicKey);
      }
    }
    rmSync(root, { recursive: true });
    console.log(`stamp and enrolment: ${points} crash points, none torn`);
    expect(points).toBeGreaterThan(50);
  },
);

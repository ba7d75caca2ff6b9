// The liveness stamp, and why the program stops.
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStamp, readStamp } from '../../../../agent/shell/stamp.ts';
import { stopReasonOf } from '../../../../agent/shell/stop-reason.ts';
import { clockAt, createHeardLog } from '../../../fakes/agent-records.ts';

let directory = '';
let path = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vigia-stamp-'));
  path = join(directory, 'alive.json');
});

afterEach(() => rmSync(directory, { recursive: true }));

describe('stamp', () => {
  it('is read back by the next run, whole, private, with nothing left beside it', async () => {
    const stamp = createStamp({ path, clock: () => clockAt(7_000), log: createHeardLog() });
    expect(readStamp(path)).toBeUndefined();
    await stamp.write(false);
    expect(readStamp(path)).toEqual({ clock: clockAt(7_000), stoppedInOrder: false });
    await stamp.write(true);
    expect(readStamp(path)?.stoppedInOrder).toBe(true);
    expect(readdirSync(directory)).toEqual(['alive.json']);
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  it('has the orderly end as its last word, however many writes are under way', async () => {
    let at = 0;
    const stamp = createStamp({
      path,
      clock: () => {
        at += 1;
        return clockAt(at);
      },
      log: createHeardLog(),
    });
    for (let n = 0; n < 50; n += 1) void stamp.write(false);
    await stamp.write(true);
    expect(readStamp(path)?.stoppedInOrder).toBe(true);
    expect(stamp.counters().written).toBeLessThan(10);
  });

  it('concludes nothing from a damaged stamp', () => {
    for (const text of ['', 'garbage', '{"clock":{"bootId":"x","monoMs":1},"stoppedInOrder":true}', '[]']) {
      writeFileSync(path, text);
      expect(readStamp(path)).toBeUndefined();
    }
  });

  it('counts and logs a write that fails, and never rejects', async () => {
    const log = createHeardLog();
    const stamp = createStamp({ path: join(directory, 'none', 'x'), clock: () => clockAt(1), log });
    await stamp.write(false);
    expect(stamp.counters()).toEqual({ written: 0, failed: 1 });
    expect(log.lines).toHaveLength(1);
  });
});

describe('stop reason', () => {
  it('is what systemd says, and unknown rather than a guess', () => {
    expect(stopReasonOf('stopping\n', 'x.service stop running\nreboot.target start waiting')).toBe('restart');
    expect(stopReasonOf('stopping\n', 'poweroff.target start waiting')).toBe('shutdown');
    expect(stopReasonOf('stopping\n', undefined)).toBe('shutdown');
    expect(stopReasonOf('running\n', '')).toBe('service-stop');
    expect(stopReasonOf('degraded\n', '')).toBe('service-stop');
    expect(stopReasonOf('offline\n', '')).toBe('unknown');
    expect(stopReasonOf(undefined, undefined)).toBe('unknown');
  });
});

// The status file on a real disk: private, whole, bounded, read back by another version's rules, never in the way.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StatusNow } from '../../../../agent/core/status.ts';
import { createStatusWriter, statusFile } from '../../../../agent/shell/status-file.ts';
import { readStatus } from '../../../../agent/shell/status-schema.ts';
import { limits } from '../../../../shared/limits.ts';
import { clockAt, createHeardLog } from '../../../fakes/agent-records.ts';
import { linkOf, statusOf } from '../../../fakes/agent-status.ts';

let state = '';
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'vigia-status-'));
});
afterEach(() => rmSync(state, { recursive: true }));

function writer(more: { readonly path?: string; readonly now?: () => Promise<StatusNow | undefined> } = {}) {
  const { view, ping, spool, residentBytes, written, format, stopped, ...run } = statusOf();
  const log = createHeardLog();
  const status = createStatusWriter({
    path: more.path ?? join(state, statusFile),
    run,
    now: more.now ?? (async () => ({ view, ping, spool, residentBytes })),
    clock: () => clockAt(10_000_000),
    log,
  });
  return { ...status, log };
}

describe('agent: status file: writing', () => {
  it('is read back as it was written, and only by its owner', async () => {
    await writer().write();
    expect(readStatus(state)).toEqual({ ok: true, value: statusOf() });
    expect(statSync(join(state, statusFile)).mode & 0o777).toBe(0o600);
    expect(readdirSync(state)).toEqual([statusFile]);
  });

  it('says at the end of an orderly stop that it stopped, and nothing after a bug', async () => {
    const orderly = writer();
    await orderly.stop({ inOrder: true });
    expect(readStatus(state)).toMatchObject({ value: { stopped: true } });
    const broken = writer();
    await broken.write();
    await broken.stop({ inOrder: false });
    expect(readStatus(state)).toMatchObject({ value: { stopped: false } });
  });

  it('passes a writing over while the one before waits for the disk', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const slow = writer({ now: () => promise });
    const first = slow.write();
    await slow.write();
    await slow.write();
    resolve(undefined);
    await first;
    expect(slow.counters()).toEqual({ written: 0, failed: 0, passedOver: 2 });
    expect(readStatus(state)).toEqual({ ok: false, failure: 'none' });
  });

  it('counts what the disk refuses, says it once, and lets the agent go on', async () => {
    mkdirSync(join(state, 'taken'));
    const refused = writer({ path: join(state, 'taken') });
    await refused.write();
    await refused.write();
    await refused.stop({ inOrder: true });
    expect(refused.counters()).toEqual({ written: 0, failed: 3, passedOver: 0 });
    expect(refused.log.lines.map(({ level }) => level)).toEqual(['warn']);
  });

  it('stays small at a site of hundreds of machines, and keeps those in trouble', async () => {
    const { view, ping, spool, residentBytes } = statusOf();
    const hosts = Array.from({ length: limits.hostsPerSiteMax }, (_, n) => ({
      key: `host-${n}-${'x'.repeat(300)}`,
      status: n < 3 ? ('down' as const) : ('up' as const),
      recovering: false,
    }));
    await writer({ now: async () => ({ view: { ...view, hosts }, ping, spool, residentBytes }) }).write();
    expect(statSync(join(state, statusFile)).size).toBeLessThan(limits.statusBytesMax);
    const read = readStatus(state);
    expect(read.ok && read.value.view.hosts.map(({ status }) => status)).toEqual(['down', 'down', 'down']);
    expect(read.ok && read.value.view.links).toEqual([linkOf()]);
  });
});

describe('agent: status file: reading', () => {
  it('passes over what a newer version adds', async () => {
    await writer().write();
    const status = JSON.parse(readFileSync(join(state, statusFile), 'utf8'));
    status.view.links[0].colour = 'blue';
    writeFileSync(join(state, statusFile), JSON.stringify({ ...status, news: 1 }));
    expect(readStatus(state)).toEqual({ ok: true, value: statusOf() });
  });

  it.each([
    ['', 'damaged'],
    ['{', 'damaged'],
    ['{"format":2}', 'damaged'],
    ['[]', 'damaged'],
    ['x'.repeat(3 * limits.statusBytesMax), 'damaged'],
  ])('does not believe a damaged one (%#)', (text, failure) => {
    writeFileSync(join(state, statusFile), text);
    expect(readStatus(state)).toEqual({ ok: false, failure });
  });

  it('knows none from one that may not be read', () => {
    expect(readStatus(state)).toEqual({ ok: false, failure: 'none' });
    expect(readStatus(join(state, 'nowhere'))).toEqual({ ok: false, failure: 'none' });
    writeFileSync(join(state, statusFile), '{}');
    chmodSync(join(state, statusFile), 0o000);
    const failure = process.getuid?.() === 0 ? 'damaged' : 'forbidden';
    expect(readStatus(state)).toEqual({ ok: false, failure });
  });
});

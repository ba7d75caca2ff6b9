// The collectors against the real file system and real programs: what is asked, what is bounded, and that whatever goes
// wrong is an absent or incomplete source and never an exception.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectEvidence } from '../../../../../agent/shell/forensics/collect.ts';
import { collectJournal } from '../../../../../agent/shell/forensics/journal.ts';
import { collectPstore } from '../../../../../agent/shell/forensics/pstore.ts';
import {
  type CommandAnswer,
  type RunCommand,
  runCommand,
} from '../../../../../agent/shell/forensics/run-command.ts';
import { readWatchdog } from '../../../../../agent/shell/forensics/watchdog.ts';
import { collectWindowsLog, wevtutilWords } from '../../../../../agent/shell/forensics/windows-log.ts';
import { collectWtmp, utmpBytes } from '../../../../../agent/shell/forensics/wtmp.ts';
import { limits } from '../../../../../shared/limits.ts';
import {
  newBoot,
  newBootAt,
  oldBoot,
  oldBootPlain,
  second,
  stampOf,
} from '../../../../corpus/endings/case.ts';
import { dumpText, journalText, type Line, wtmpBytes } from '../../../../corpus/endings/linux-raw.ts';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vigia-forensics-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

const answers = (kind: 'answered' | 'failed', text: string): RunCommand => {
  return () => Promise.resolve({ kind, bytes: Buffer.from(text) });
};
const absent: RunCommand = () => Promise.resolve({ kind: 'absent' });

describe('a program of the system', () => {
  it('that is missing, fails, or says too much is told apart and never thrown', async () => {
    expect(await runCommand('/nonexistent/wevtutil.exe', [])).toEqual({ kind: 'absent' });
    const { execPath } = process;
    expect((await runCommand(execPath, ['-e', 'process.exit(3)'])).kind).toBe('failed');
    expect((await runCommand(execPath, ['-e', 'process.stdout.write("x")'])).kind).toBe('answered');
    const flood = `process.stdout.write('x'.repeat(${limits.forensicsBytesMax + 10}))`;
    const flooded = await runCommand(execPath, ['-e', flood]);
    expect(flooded.kind).toBe('failed');
    if (flooded.kind !== 'failed') return;
    expect(flooded.bytes.length).toBeLessThanOrEqual(limits.forensicsBytesMax);
  });

  it('that hangs is ended in time', { timeout: 20_000 }, async () => {
    const before = performance.now();
    expect((await runCommand(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'])).kind).toBe('failed');
    expect(performance.now() - before).toBeLessThan(limits.forensicsMs + 5_000);
  });

  it('gets its words one by one: nothing in them is read by a shell', () => {
    expect(wevtutilWords.slice(0, 2)).toEqual(['qe', 'System']);
    // Microsoft bounds the comparisons of one query.
    const comparisons = wevtutilWords.join(' ').match(/EventID|@Name/g) ?? [];
    expect(comparisons.length).toBeLessThanOrEqual(20);
  });
});

describe('the journal', () => {
  const line: Line = { afterMs: 0, message: 'x', fields: { _UID: '0' } };

  it('is asked for the boot of the stamp, and only for a real boot id', async () => {
    const asked: string[][] = [];
    const run: RunCommand = (program, words) => {
      asked.push([program, ...words]);
      return Promise.resolve({ kind: 'answered', bytes: Buffer.from(journalText([line])) });
    };
    expect((await collectJournal(run, oldBoot))?.complete).toBe(true);
    expect(asked[0]?.slice(0, 2)).toEqual(['journalctl', `--boot=${oldBootPlain}`]);
    expect(await collectJournal(run, 'boot-1262304000000')).toBeUndefined();
    expect(await collectJournal(run, '--file=/etc/shadow')).toBeUndefined();
    expect(asked).toHaveLength(1);
  });

  it('is whole only when the program ended well and its lines reach far enough back', async () => {
    expect(await collectJournal(absent, oldBoot)).toEqual({ kept: false, complete: false, entries: [] });
    const text = journalText([line]);
    expect(await collectJournal(answers('failed', text), oldBoot)).toMatchObject({
      kept: true,
      complete: false,
    });
    expect(await collectJournal(answers('answered', ''), oldBoot)).toMatchObject({ complete: false });
    const many = (everyMs: number) =>
      journalText(Array.from({ length: 400 }, (_, n) => ({ ...line, afterMs: n * everyMs })));
    expect(await collectJournal(answers('answered', many(100)), oldBoot)).toMatchObject({ complete: false });
    expect(await collectJournal(answers('answered', many(2_000)), oldBoot)).toMatchObject({ complete: true });
  });
});

describe('the event log', () => {
  it('that was refused or cut off is not complete', async () => {
    expect(await collectWindowsLog(absent)).toBeUndefined();
    expect(await collectWindowsLog(answers('failed', 'Acesso negado.'))).toEqual({
      complete: false,
      events: [],
    });
    expect(await collectWindowsLog(answers('answered', '<Event xmlns="x"><Sys'))).toMatchObject({
      complete: false,
    });
  });
});

describe('wtmp', () => {
  it('is read from its end, in whole records', async () => {
    const path = join(directory, 'wtmp');
    expect(await collectWtmp(path)).toBeUndefined();
    expect(await collectWtmp(directory)).toBeUndefined();
    const room = Math.floor(limits.forensicsBytesMax / utmpBytes);
    const old = Buffer.alloc(utmpBytes * (room + 5));
    writeFileSync(path, Buffer.concat([old, wtmpBytes([{ type: 2, user: 'reboot', atMs: 5_000 }])]));
    expect(await collectWtmp(path)).toEqual({
      complete: true,
      records: [{ index: room - 1, what: 'boot', atMs: 5_000 }],
    });
  });
});

describe('pstore', () => {
  const where = () => ({
    live: join(directory, 'live'),
    archive: join(directory, 'archive'),
    copied: join(directory, 'copied'),
    backend: join(directory, 'backend'),
  });

  it('is armed by a backend, and what systemd moved away is found in its folders', async () => {
    expect(await collectPstore(where())).toEqual({ complete: true, armed: false, dumps: [] });
    writeFileSync(where().backend, '(null)\n');
    expect((await collectPstore(where())).armed).toBe(false);
    writeFileSync(where().backend, 'efi_pstore\n');
    mkdirSync(join(where().archive, '176113200', '001'), { recursive: true });
    const file = join(where().archive, '176113200', '001', 'dmesg.txt');
    writeFileSync(file, dumpText('Panic#1 Part1', [[0, 'Kernel panic - not syncing: x']]));
    writeFileSync(join(where().archive, 'console-ramoops-0'), 'not a dump');
    const found = await collectPstore(where());
    expect(found).toMatchObject({ armed: true, complete: true });
    expect(found.dumps).toMatchObject([{ file: 'dmesg.txt', panic: { why: 'crash' } }]);
  });

  it('is read from the copies that root made, where only root may read the places themselves', async () => {
    mkdirSync(where().copied);
    expect(await collectPstore(where())).toMatchObject({ complete: true, dumps: [] });
    const words = dumpText('Panic#1 Part1', [[0, 'Kernel panic - not syncing: x']]);
    // Longer than what is read of a file: the last words count.
    writeFileSync(join(where().copied, '_sys_fs_pstore_dmesg-efi-1'), `${'x\n'.repeat(20_000)}${words}`);
    writeFileSync(join(where().copied, '_sys_fs_pstore_console-ramoops-0'), words);
    const found = await collectPstore(where());
    expect(found.complete).toBe(true);
    expect(found.dumps).toMatchObject([{ file: '_sys_fs_pstore_dmesg-efi-1', panic: { why: 'crash' } }]);
  });

  it('of more files than are looked at is not complete, and links are not followed', async () => {
    mkdirSync(where().live);
    writeFileSync(join(directory, 'dmesg-elsewhere'), 'x');
    symlinkSync(join(directory, 'dmesg-elsewhere'), join(where().live, 'dmesg-link'));
    expect(await collectPstore(where())).toMatchObject({ complete: true, dumps: [] });
    for (let n = 0; n <= limits.pstoreFilesMax; n += 1)
      writeFileSync(join(where().live, `dmesg-efi-${n}`), 'x');
    const found = await collectPstore(where());
    expect(found.complete).toBe(false);
    expect(found.dumps).toHaveLength(limits.pstoreFilesMax);
  });
});

describe('the watchdog', () => {
  it('tells the reason of the reset, or that there is none', async () => {
    const none = { resetMachine: false, powerUnder: false, overheated: false };
    expect(await readWatchdog(join(directory, 'nothing'))).toEqual(none);
    mkdirSync(join(directory, 'watchdog0'));
    expect(await readWatchdog(directory)).toEqual(none);
    const say = (word: string) => writeFileSync(join(directory, 'watchdog0', 'bootstatus'), word);
    say('32\n');
    expect(await readWatchdog(directory)).toEqual({ ...none, resetMachine: true });
    say('0x10\n');
    expect(await readWatchdog(directory)).toEqual({ ...none, powerUnder: true });
    say('garbage\n');
    expect(await readWatchdog(directory)).toEqual(none);
    expect(await readWatchdog('/proc/version')).toBeUndefined();
  });
});

describe('all together', () => {
  const options = {
    now: { bootId: newBoot, monoMs: 60 * second, wallMs: newBootAt + 60 * second },
    stamp: stampOf(),
    settled: true,
  };

  it('asks a Windows machine for its log and its firmware, and nothing else', async () => {
    const asked: string[] = [];
    const run: RunCommand = (program): Promise<CommandAnswer> => {
      asked.push(program);
      return Promise.resolve({ kind: 'failed', bytes: Buffer.alloc(0) });
    };
    const evidence = await collectEvidence({ ...options, system: 'win32', run });
    expect(asked.toSorted()).toEqual(['reg.exe', 'wevtutil.exe']);
    expect(evidence).toMatchObject({ windows: { complete: false, events: [] } });
    expect(evidence.machine).toBeUndefined();
    expect(evidence.journal).toBeUndefined();
  });

  it('leaves out what this very machine cannot say, and never rejects', async () => {
    const evidence = await collectEvidence({ ...options, system: 'linux' });
    expect(evidence).toMatchObject(options);
    const other = await collectEvidence({ ...options, system: 'darwin', run: absent });
    expect(other).toEqual({ ...options, machine: undefined });
  });
});

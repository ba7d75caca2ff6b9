// Ends of Linux machines as the programs print and the files hold them: journalctl's JSON lines (newest first), bytes of
// wtmp, texts of pstore. They go through the collectors' own parsers.
import type { JournalLog, PstoreDump } from '../../../agent/core/ending/evidence.ts';
import { parseJournal } from '../../../agent/shell/forensics/journal.ts';
import { joinParts, parseDump } from '../../../agent/shell/forensics/pstore.ts';
import { parseWtmp, utmpBytes } from '../../../agent/shell/forensics/wtmp.ts';
import {
  bootAt,
  type EndingCase,
  linuxEvidence,
  minute,
  newBootAt,
  oldBootPlain,
  second,
  stampAt,
  stampMonoMs,
} from './case.ts';

const json = 'systemd: journalctl(1) -o json, systemd.journal-fields(7)';

export interface Line {
  /** From the last stamp. */
  readonly afterMs: number;
  readonly message: unknown;
  readonly fields?: Readonly<Record<string, string>>;
}

const kernel = { _TRANSPORT: 'kernel', SYSLOG_IDENTIFIER: 'kernel' };
const systemd = { _TRANSPORT: 'journal', _PID: '1', _COMM: 'systemd', _UID: '0' };
const logind = {
  _TRANSPORT: 'journal',
  _PID: '612',
  _COMM: 'systemd-logind',
  _UID: '0',
  _SYSTEMD_UNIT: 'systemd-logind.service',
};
const journald = { _TRANSPORT: 'driver', _PID: '301', _COMM: 'systemd-journal', _UID: '0' };
const sudo = { _TRANSPORT: 'syslog', _PID: '9001', _COMM: 'sudo', _UID: '1000', SYSLOG_IDENTIFIER: 'sudo' };
const upsmon = {
  _TRANSPORT: 'syslog',
  _PID: '700',
  _COMM: 'upsmon',
  _UID: '117',
  SYSLOG_IDENTIFIER: 'upsmon',
};
const cron = { _TRANSPORT: 'syslog', _PID: '8123', _COMM: 'cron', _UID: '0', SYSLOG_IDENTIFIER: 'CRON' };

/** Lines as journalctl prints them with `--reverse`. */
export function journalText(lines: readonly Line[], bootId = oldBootPlain): string {
  return lines
    .map(({ afterMs, message, fields = {} }) =>
      JSON.stringify({
        __CURSOR: 's=0639;i=1f',
        __REALTIME_TIMESTAMP: String((stampAt + afterMs) * 1_000),
        __MONOTONIC_TIMESTAMP: String((stampMonoMs + afterMs) * 1_000),
        _BOOT_ID: bootId,
        MESSAGE: message,
        ...fields,
      }),
    )
    .toReversed()
    .join('\n');
}

const life: readonly Line[] = [
  { afterMs: -20 * minute, message: 'Started Session 41 of user joao.', fields: systemd },
  { afterMs: -12 * minute, message: '(root) CMD (run-parts /etc/cron.hourly)', fields: cron },
  { afterMs: -40 * second, message: [70, 111, 195, 40], fields: cron },
];

function journalOf(lines: readonly Line[]): JournalLog {
  const { entries, refused, ofSystem } = parseJournal(journalText([...life, ...lines]));
  return { kept: true, complete: refused === 0 && ofSystem, entries };
}

export interface Utmp {
  readonly type: number;
  readonly pid?: number;
  readonly user: string;
  readonly atMs: number;
}

/** struct utmp of glibc on 64-bit Linux, 384 bytes. */
export function wtmpBytes(records: readonly Utmp[]): Buffer {
  return Buffer.concat(
    records.map(({ type, pid = 0, user, atMs }) => {
      const bytes = Buffer.alloc(utmpBytes);
      bytes.writeInt16LE(type, 0);
      bytes.writeInt32LE(pid, 4);
      bytes.write('~', 8, 'latin1');
      bytes.write('~~', 40, 'latin1');
      bytes.write(user, 44, 'latin1');
      bytes.write('6.1.0-42-amd64', 76, 'latin1');
      bytes.writeInt32LE(Math.floor(atMs / 1_000), 340);
      bytes.writeInt32LE((atMs % 1_000) * 1_000, 344);
      return bytes;
    }),
  );
}

/** Kernel lines with their time from the last stamp, as a part of a dump holds them. */
export function dumpText(header: string, lines: readonly (readonly [number, string])[]): string {
  const printed = lines.map(([afterMs, text]) => {
    const ms = stampMonoMs + afterMs;
    return `<4>[${Math.floor(ms / 1_000)}.${String((ms % 1_000) * 1_000).padStart(6, '0')}] ${text}`;
  });
  return `${[header, ...printed].join('\n')}\n`;
}

function dumpsOf(parts: readonly string[]): readonly PstoreDump[] {
  return joinParts(
    parts.map((text, n) => ({
      file: `dmesg-efi_pstore-${n}`,
      atMs: stampAt + 3 * second,
      ...parseDump(text),
    })),
  );
}

export const linuxRaw: readonly EndingCase[] = [
  {
    name: 'journal: systemctl reboot through sudo',
    document: `${json}; systemd.special(7); sudoers(5)`,
    evidence: linuxEvidence({
      journal: journalOf([
        {
          afterMs: second,
          message:
            '    joao : TTY=pts/0 ; PWD=/home/joao ; USER=root ; COMMAND=/usr/bin/systemctl reboot --no-wall',
          fields: sudo,
        },
        { afterMs: 1_100, message: 'The system will reboot now!', fields: logind },
        { afterMs: 1_200, message: 'System is rebooting.', fields: logind },
        { afterMs: 6 * second, message: 'Reached target reboot.target - System Reboot.', fields: systemd },
        { afterMs: 6_100, message: 'Shutting down.', fields: systemd },
        { afterMs: 6_500, message: 'Journal stopped', fields: journald },
      ]),
    }),
    expected: { ending: 'planned', restart: true, account: 'joao' },
    endedAfterMs: 6_500,
  },
  {
    name: 'journal: power off with a message, on Debian 11',
    document: `${json}; shutdown(8)`,
    evidence: linuxEvidence({
      journal: journalOf([
        { afterMs: second, message: 'System is powering down (Mudança de sala).', fields: logind },
        { afterMs: 4 * second, message: 'Reached target Shutdown.', fields: systemd },
        { afterMs: 4_100, message: 'Reached target Power-Off.', fields: systemd },
        { afterMs: 4_500, message: 'Journal stopped', fields: journald },
      ]),
    }),
    expected: { ending: 'planned', restart: false, reason: 'Mudança de sala' },
  },
  {
    name: 'journal: power button',
    document: `${json}; logind.conf(5)`,
    evidence: linuxEvidence({
      journal: journalOf([
        { afterMs: second, message: 'Power key pressed short.', fields: logind },
        { afterMs: 1_100, message: 'System is powering down.', fields: logind },
        {
          afterMs: 4 * second,
          message: 'Reached target poweroff.target - System Power Off.',
          fields: systemd,
        },
      ]),
    }),
    expected: { ending: 'button' },
  },
  {
    name: 'journal: UPS on battery, then its orderly shutdown',
    document: `${json}; upsmon(8)`,
    evidence: linuxEvidence({
      journal: journalOf([
        { afterMs: -6 * minute, message: 'UPS nobreak@localhost on battery', fields: upsmon },
        { afterMs: second, message: 'UPS nobreak@localhost battery is low', fields: upsmon },
        { afterMs: 1_500, message: 'Executing automatic power-fail shutdown', fields: upsmon },
        {
          afterMs: 4 * second,
          message: 'Reached target poweroff.target - System Power Off.',
          fields: systemd,
        },
      ]),
    }),
    expected: { ending: 'power' },
  },
  {
    name: 'journal: out of memory, and the watchdog',
    document: `${json}; Linux kernel, mm/oom_kill.c; watchdog-api`,
    evidence: linuxEvidence({
      watchdog: { resetMachine: true, powerUnder: false, overheated: false },
      journal: journalOf([
        {
          afterMs: -30 * second,
          message:
            'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task=postgres',
          fields: kernel,
        },
        {
          afterMs: -29 * second,
          message: 'Out of memory: Killed process 4711 (postgres) total-vm:8412340kB, anon-rss:7011220kB',
          fields: kernel,
        },
      ]),
    }),
    expected: { ending: 'out-of-memory' },
  },
  {
    name: 'journal: a container over its own limit is not the machine out of memory',
    document: `${json}; Linux kernel, Documentation/admin-guide/cgroup-v2 (memory.oom)`,
    evidence: linuxEvidence({
      watchdog: { resetMachine: true, powerUnder: false, overheated: false },
      journal: journalOf([
        {
          afterMs: -29 * second,
          message: 'Memory cgroup out of memory: Killed process 4711 (node) total-vm:2412340kB',
          fields: kernel,
        },
      ]),
    }),
    expected: { ending: 'hang' },
  },
  {
    name: 'journal: soft lockups until the end',
    document: `${json}; Linux kernel, lockup-watchdogs`,
    evidence: linuxEvidence({
      journal: journalOf([
        {
          afterMs: 8 * second,
          message: 'watchdog: BUG: soft lockup - CPU#2 stuck for 26s! [kworker/2:1:31337]',
          fields: kernel,
        },
      ]),
    }),
    expected: { ending: 'hang' },
    contradicts: ['power'],
  },
  {
    name: 'journal: a program that calls itself kernel and panics is not believed',
    document: `${json}: trusted fields begin with an underscore`,
    evidence: linuxEvidence({
      journal: journalOf([
        {
          afterMs: second,
          message: 'Kernel panic - not syncing: just a joke',
          fields: { _TRANSPORT: 'syslog', SYSLOG_IDENTIFIER: 'kernel', _COMM: 'logger', _UID: '1000' },
        },
      ]),
    }),
    expected: { ending: 'power' },
  },
  {
    name: 'journal: power cut',
    document: json,
    evidence: linuxEvidence({ journal: journalOf([]) }),
    expected: { ending: 'power' },
  },
  {
    name: 'pstore: panic in two parts, the trace beside the words',
    document: 'Linux kernel, Documentation/ABI/testing/pstore; fs/pstore (Panic#1 Part2)',
    evidence: linuxEvidence({
      dumps: dumpsOf([
        dumpText('Panic#1 Part2', [
          [1_900, 'BUG: kernel NULL pointer dereference, address: 0000000000000008'],
          [2_000, 'Oops: 0000 [#1] PREEMPT SMP PTI'],
          [2_100, 'Kernel panic - not syncing: Fatal exception'],
        ]),
        dumpText('Panic#1 Part1', [
          [2_110, 'Kernel Offset: 0x1c000000 from 0xffffffff81000000'],
          [2_500, '---[ end Kernel panic - not syncing: Fatal exception ]---'],
        ]),
      ]),
    }),
    expected: { ending: 'crash', code: 'Kernel panic: Fatal exception' },
    endedAfterMs: 2_500,
  },
  {
    name: 'pstore: panic_on_oom',
    document: 'Linux kernel, Documentation/admin-guide/sysctl/vm (panic_on_oom)',
    evidence: linuxEvidence({
      dumps: dumpsOf([
        dumpText('Panic#1 Part1', [
          [3_000, 'Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled'],
        ]),
      ]),
    }),
    expected: { ending: 'out-of-memory' },
  },
  {
    name: 'wtmp: bytes of a restart on a system with sysvinit',
    document: 'utmp(5): RUN_LVL, BOOT_TIME',
    evidence: linuxEvidence({
      journal: { kept: false, complete: false, entries: [] },
      wtmp: parseWtmp(
        wtmpBytes([
          { type: 2, user: 'reboot', atMs: bootAt },
          {
            type: 1,
            pid: 'N'.charCodeAt(0) * 256 + '2'.charCodeAt(0),
            user: 'runlevel',
            atMs: bootAt + second,
          },
          { type: 7, pid: 4711, user: 'joao', atMs: bootAt + minute },
          {
            type: 1,
            pid: '2'.charCodeAt(0) * 256 + '6'.charCodeAt(0),
            user: 'runlevel',
            atMs: stampAt + second,
          },
          { type: 1, user: 'shutdown', atMs: stampAt + 4 * second },
          { type: 2, user: 'reboot', atMs: newBootAt },
        ]),
      ),
    }),
    expected: { ending: 'planned', restart: true },
  },
];

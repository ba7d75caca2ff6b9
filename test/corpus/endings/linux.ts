// Ends of Linux machines, as records.
import type { JournalMark } from '../../../agent/core/ending/marks.ts';
import {
  bootAt,
  day,
  dump,
  type EndingCase,
  hour,
  linuxEvidence,
  minute,
  newBootAt,
  oldBootPlain,
  second,
  stampAt,
  stampMonoMs,
  stampOf,
  wtmpOf,
} from './case.ts';

const journald = 'systemd: journalctl(1), systemd-journald.service(8)';
const special = 'systemd.special(7): reboot.target, poweroff.target, shutdown.target';
const logind = 'systemd-logind.service(8), logind.conf(5) HandlePowerKey=';
const pstore = 'Linux kernel, Documentation/admin-guide/ramoops and pstore-blk; systemd-pstore.service(8)';
const lockups = 'Linux kernel, Documentation/admin-guide/lockup-watchdogs';
const oom = 'Linux kernel, Documentation/admin-guide/sysctl/vm (panic_on_oom)';
const watchdogApi = 'Linux kernel, Documentation/watchdog/watchdog-api (WDIOC_GETBOOTSTATUS)';
const utmp = 'utmp(5), last(1), init(8)';
const nut = 'Network UPS Tools: upsmon(8), notify events';
const apcupsd = 'apcupsd user manual, "Event messages"';

export const shutdown = (restart?: boolean, reason?: string): JournalMark => ({
  kind: 'shutdown',
  restart,
  reason,
});
const stopped: JournalMark = { kind: 'journal-stopped' };
const panicked = (why: 'crash' | 'hang' | 'out-of-memory', text: string) => ({
  panic: { why, text: `Kernel panic: ${text}` },
});
const killed: JournalMark = { kind: 'killed-for-memory' };
const locked: JournalMark = { kind: 'lockup' };
const reset = { resetMachine: true, powerUnder: false, overheated: false };

const goingDown = (restart: boolean): readonly (readonly [number, JournalMark])[] => [
  [2 * second, shutdown(restart)],
  [6 * second, shutdown(restart)],
  [7 * second, stopped],
];

export const linuxAbrupt: readonly EndingCase[] = [
  {
    name: 'power cut: the journal ends without a word, a dying kernel would have left some',
    document: `${journald}; ${pstore}`,
    evidence: linuxEvidence({}),
    expected: { ending: 'power' },
  },
  {
    name: 'power cut: the journal wrote a little longer than the stamp',
    document: journald,
    evidence: linuxEvidence({ lastEntryMs: 6 * second }),
    expected: { ending: 'power' },
    endedAfterMs: 6 * second,
  },
  {
    name: 'power cut: the last five minutes of the journal were not on the disk yet',
    document: 'systemd: journald.conf(5), SyncIntervalSec=',
    evidence: linuxEvidence({ lastEntryMs: -5 * minute }),
    expected: { ending: 'power' },
  },
  {
    name: 'power cut after the UPS had said that it runs on battery',
    document: nut,
    evidence: linuxEvidence({ marks: [[-4 * minute, { kind: 'power-failing' }]] }),
    expected: { ending: 'power' },
  },
  {
    name: 'power cut where no kernel dump is possible, told by the UPS',
    document: apcupsd,
    evidence: linuxEvidence({ armed: false, marks: [[-2 * minute, { kind: 'power-failing' }]] }),
    expected: { ending: 'power' },
  },
  {
    name: 'power under voltage told by the watchdog',
    document: `${watchdogApi}: WDIOF_POWERUNDER`,
    evidence: linuxEvidence({ watchdog: { resetMachine: false, powerUnder: true, overheated: false } }),
    expected: { ending: 'power' },
  },
  {
    name: 'power came back before: the end after it is a power cut by itself',
    document: nut,
    evidence: linuxEvidence({
      marks: [
        [-9 * minute, { kind: 'power-failing' }],
        [-8 * minute, { kind: 'power-back' }],
      ],
    }),
    expected: { ending: 'power' },
  },
  {
    name: 'abrupt end on a machine that keeps no words of a dying kernel',
    document: pstore,
    evidence: linuxEvidence({ armed: false }),
    expected: { ending: 'unknown' },
    contradicts: ['power'],
  },
  {
    name: 'abrupt end with a journal that stops an hour before',
    document: journald,
    evidence: linuxEvidence({ lastEntryMs: -hour }),
    expected: { ending: 'unknown' },
  },
  {
    name: 'abrupt end after the agent had been stopped',
    document: journald,
    evidence: linuxEvidence({ stamp: stampOf({ stoppedInOrder: true }) }),
    expected: { ending: 'unknown' },
    contradicts: ['power'],
  },
  {
    name: 'virtual machine killed by its host (QEMU, VMware, Hyper-V)',
    document: 'libvirt, virsh(1): destroy; systemd-detect-virt(1)',
    evidence: linuxEvidence({ machine: 'virtual' }),
    expected: { ending: 'virtual-machine-killed' },
  },
  {
    name: 'virtual machine whose kernel keeps no words: a kill and a panic look the same',
    document: pstore,
    evidence: linuxEvidence({ machine: 'virtual', armed: false }),
    expected: { ending: 'unknown' },
    contradicts: ['virtual-machine-killed'],
  },
  {
    name: 'machine of unknown kind that ended without a word',
    document: 'systemd-detect-virt(1)',
    evidence: linuxEvidence({ machine: undefined }),
    expected: { ending: 'unknown' },
  },
  {
    name: 'container: the logs of the machine around it are not seen',
    document: 'systemd-detect-virt(1), --container',
    evidence: linuxEvidence({ machine: 'container' }),
    expected: { ending: 'unknown' },
    contradicts: ['power'],
  },
  {
    name: 'hardware error before an end without a word',
    document: 'Linux kernel, Documentation/admin-guide/RAS; mce [Hardware Error]',
    evidence: linuxEvidence({ marks: [[-10 * second, { kind: 'hardware-error' }]] }),
    expected: { ending: 'unknown' },
    contradicts: ['power'],
  },
  {
    name: 'kernel oops before an end without a word, and no panic',
    document: 'Linux kernel, Documentation/admin-guide/bug-hunting (Oops)',
    evidence: linuxEvidence({ marks: [[-5 * second, { kind: 'oops' }]] }),
    expected: { ending: 'unknown' },
    contradicts: ['power'],
  },
];

export const linuxDying: readonly EndingCase[] = [
  {
    name: 'kernel panic kept in EFI variables, dated by the kernel itself',
    document: pstore,
    evidence: linuxEvidence({
      dumps: [dump(4 * second, panicked('crash', 'Fatal exception in interrupt'))],
    }),
    expected: { ending: 'crash', code: 'Kernel panic: Fatal exception in interrupt' },
    endedAfterMs: 4 * second,
  },
  {
    name: 'kernel panic in a virtual machine',
    document: pstore,
    evidence: linuxEvidence({
      machine: 'virtual',
      dumps: [dump(second, panicked('crash', 'VFS: Unable to mount root fs on unknown-block(0,0)'))],
    }),
    expected: { ending: 'crash' },
  },
  {
    name: 'kernel panic that reached the journal, with panic= restarting the machine',
    document: 'Linux kernel, Documentation/admin-guide/kernel-parameters: panic=',
    evidence: linuxEvidence({
      marks: [[3 * second, { kind: 'panic', why: 'crash', text: 'Kernel panic: Attempted to kill init!' }]],
    }),
    expected: { ending: 'crash', code: 'Kernel panic: Attempted to kill init!' },
  },
  {
    name: 'kernel panic, then the watchdog reset the machine that stood still',
    document: `${pstore}; ${watchdogApi}`,
    evidence: linuxEvidence({
      watchdog: reset,
      dumps: [dump(2 * second, panicked('crash', 'Fatal machine check'))],
    }),
    expected: { ending: 'crash' },
  },
  {
    name: 'crash on purpose by the magic SysRq key',
    document: 'Linux kernel, Documentation/admin-guide/sysrq (command c)',
    evidence: linuxEvidence({ dumps: [dump(second, panicked('crash', 'sysrq triggered crash'))] }),
    expected: { ending: 'crash' },
  },
  {
    name: 'panic of an earlier end, left in the store: this end is not that one',
    document: 'systemd-pstore.service(8): files are kept until somebody removes them',
    evidence: linuxEvidence({
      dumps: [
        dump(0, { ...panicked('crash', 'Fatal exception'), uptimeMs: 5 * hour, atMs: bootAt - 30 * day }),
      ],
    }),
    expected: { ending: 'power' },
  },
  {
    name: 'panic of an earlier end at the same uptime, a month ago',
    document: 'systemd-pstore.service(8)',
    evidence: linuxEvidence({
      dumps: [dump(second, { ...panicked('crash', 'Fatal exception'), atMs: stampAt - 30 * day })],
    }),
    expected: { ending: 'power' },
  },
  {
    name: 'oops kept, but no panic: the machine may have lived on',
    document: pstore,
    evidence: linuxEvidence({ dumps: [dump(second)] }),
    expected: { ending: 'unknown' },
    contradicts: ['power'],
  },
  {
    name: 'soft lockup that panics (softlockup_panic)',
    document: `${lockups}: softlockup_panic`,
    evidence: linuxEvidence({
      marks: [[20 * second, locked]],
      dumps: [dump(22 * second, panicked('hang', 'softlockup: hung tasks'))],
    }),
    expected: { ending: 'hang', code: 'Kernel panic: softlockup: hung tasks' },
    endedAfterMs: 22 * second,
  },
  {
    name: 'hung task that panics (hung_task_panic)',
    document: 'Linux kernel, Documentation/admin-guide/sysctl/kernel (hung_task_panic)',
    evidence: linuxEvidence({ dumps: [dump(2 * minute, panicked('hang', 'hung_task: blocked tasks'))] }),
    expected: { ending: 'hang' },
  },
  {
    name: 'hard lockup seen by the NMI watchdog',
    document: `${lockups}: hardlockup_panic`,
    evidence: linuxEvidence({ dumps: [dump(12 * second, panicked('hang', 'Hard LOCKUP'))] }),
    expected: { ending: 'hang' },
  },
  {
    name: 'lockup reported, then nothing more: somebody reset the machine',
    document: lockups,
    evidence: linuxEvidence({ marks: [[15 * second, locked]] }),
    expected: { ending: 'hang' },
    contradicts: ['power'],
  },
  {
    name: 'hardware watchdog reset a machine that stood still',
    document: `${watchdogApi}: WDIOF_CARDRESET; systemd-system.conf(5) RuntimeWatchdogSec=`,
    evidence: linuxEvidence({ watchdog: reset }),
    expected: { ending: 'hang' },
  },
  {
    name: 'watchdog reset where a panic would leave no words: hang or panic',
    document: `${watchdogApi}; ${pstore}`,
    evidence: linuxEvidence({ watchdog: reset, armed: false }),
    expected: { ending: 'unknown' },
    contradicts: ['hang'],
  },
  {
    name: 'out of memory with panic_on_oom',
    document: oom,
    evidence: linuxEvidence({
      dumps: [dump(second, panicked('out-of-memory', 'Out of memory: system-wide panic_on_oom is enabled'))],
    }),
    expected: { ending: 'out-of-memory' },
  },
  {
    name: 'nothing left to kill: the system is deadlocked on memory',
    document: 'Linux kernel, mm/oom_kill.c; Documentation/admin-guide/mm/concepts (OOM killer)',
    evidence: linuxEvidence({
      marks: [[-30 * second, killed]],
      dumps: [dump(second, panicked('out-of-memory', 'System is deadlocked on memory'))],
    }),
    expected: { ending: 'out-of-memory' },
  },
  {
    name: 'processes killed for memory, then the watchdog reset the machine',
    document: `${oom}; ${watchdogApi}`,
    evidence: linuxEvidence({
      marks: [
        [-2 * minute, killed],
        [-40 * second, killed],
      ],
      watchdog: reset,
    }),
    expected: { ending: 'out-of-memory' },
  },
  {
    name: 'processes killed for memory, processors locked up, a person reset the machine',
    document: `${oom}; ${lockups}`,
    evidence: linuxEvidence({
      marks: [
        [-2 * minute, killed],
        [-10 * second, locked],
      ],
    }),
    expected: { ending: 'out-of-memory' },
  },
  {
    name: 'processes killed for memory, then a soft lockup that panics',
    document: `${oom}; ${lockups}`,
    evidence: linuxEvidence({
      marks: [[-2 * minute, killed]],
      dumps: [dump(second, panicked('hang', 'softlockup: hung tasks'))],
    }),
    expected: { ending: 'out-of-memory' },
  },
  {
    name: 'processes killed for memory hours before have nothing to do with it',
    document: oom,
    evidence: linuxEvidence({ marks: [[-3 * hour, killed]] }),
    expected: { ending: 'power' },
  },
  {
    name: 'processes killed for memory, then an end that nothing ties to it',
    document: oom,
    evidence: linuxEvidence({ marks: [[-minute, killed]] }),
    expected: { ending: 'unknown' },
    contradicts: ['power'],
  },
  {
    name: 'processes killed for memory and a panic of another name: either may be the cause',
    document: `${oom}; ${pstore}`,
    evidence: linuxEvidence({
      marks: [[-minute, killed]],
      dumps: [dump(second, panicked('crash', 'Attempted to kill init! exitcode=0x00000009'))],
    }),
    expected: { ending: 'unknown' },
    contradicts: ['crash'],
  },
  {
    name: 'power failing and a watchdog reset contradict each other',
    document: `${nut}; ${watchdogApi}`,
    evidence: linuxEvidence({ marks: [[-minute, { kind: 'power-failing' }]], watchdog: reset }),
    expected: { ending: 'unknown' },
    contradicts: ['hang', 'power'],
  },
];

export const linuxPlanned: readonly EndingCase[] = [
  {
    name: 'systemctl reboot by a person through sudo',
    document: `${special}; sudoers(5), event log`,
    evidence: linuxEvidence({
      marks: [[second, { kind: 'asked', account: 'joao' }], ...goingDown(true)],
    }),
    expected: { ending: 'planned', restart: true, account: 'joao' },
    endedAfterMs: 7 * second,
  },
  {
    name: 'power off with a message to all',
    document: 'systemd: shutdown(8), wall message',
    evidence: linuxEvidence({
      stamp: stampOf({ stoppedInOrder: true }),
      marks: [[second, shutdown(false, 'troca do nobreak')], ...goingDown(false)],
    }),
    expected: { ending: 'planned', restart: false, reason: 'troca do nobreak' },
  },
  {
    name: 'restart by unattended-upgrades',
    document: 'Debian, unattended-upgrades: Unattended-Upgrade::Automatic-Reboot',
    evidence: linuxEvidence({ marks: [[second, { kind: 'update' }], ...goingDown(true)] }),
    expected: { ending: 'planned', restart: true, reason: 'atualização automática' },
  },
  {
    name: 'restart planned, and the watchdog had to finish it',
    document: 'systemd-system.conf(5): RebootWatchdogSec=',
    evidence: linuxEvidence({ marks: goingDown(true), watchdog: reset }),
    expected: { ending: 'planned', restart: true },
  },
  {
    name: 'only the journal says that it was stopped, as its last word',
    document: journald,
    evidence: linuxEvidence({ marks: [[4 * second, stopped]] }),
    expected: { ending: 'planned' },
  },
  {
    name: 'journald restarted in the middle of a run is no shutdown',
    document: journald,
    evidence: linuxEvidence({ marks: [[-8 * minute, stopped]] }),
    expected: { ending: 'power' },
  },
  {
    name: 'power button pressed, orderly power off',
    document: logind,
    evidence: linuxEvidence({ marks: [[second, { kind: 'power-key' }], ...goingDown(false)] }),
    expected: { ending: 'button' },
  },
  {
    name: 'ACPI power button of a virtual machine is the host asking',
    document: `${logind}; libvirt, virsh(1): shutdown`,
    evidence: linuxEvidence({
      machine: 'virtual',
      marks: [[second, { kind: 'power-key' }], ...goingDown(false)],
    }),
    expected: { ending: 'planned', reason: 'desligamento pedido pelo hipervisor' },
  },
  {
    name: 'UPS empty: the system shut itself down in order, but nobody planned it',
    document: `${nut}: SHUTDOWN`,
    evidence: linuxEvidence({
      marks: [[-3 * minute, { kind: 'power-failing' }], ...goingDown(false)],
    }),
    expected: { ending: 'power' },
  },
  {
    name: 'UPS on battery, mains back, and then a planned restart',
    document: apcupsd,
    evidence: linuxEvidence({
      marks: [
        [-6 * minute, { kind: 'power-failing' }],
        [-5 * minute, { kind: 'power-back' }],
        ...goingDown(true),
      ],
    }),
    expected: { ending: 'planned', restart: true },
  },
  {
    name: 'too hot: the kernel shut the system down in order; no word of the contract names it',
    document: 'Linux kernel, Documentation/driver-api/thermal/sysfs-api (critical trip point)',
    evidence: linuxEvidence({ marks: [[second, { kind: 'overheated' }], ...goingDown(false)] }),
    expected: { ending: 'unknown' },
    contradicts: ['planned'],
  },
  {
    name: 'a panic while going down in order is left open',
    document: `${special}; ${pstore}`,
    evidence: linuxEvidence({
      marks: goingDown(true),
      dumps: [dump(9 * second, panicked('crash', 'Fatal exception'))],
    }),
    expected: { ending: 'unknown' },
    contradicts: ['planned', 'crash'],
  },
  {
    name: 'sysvinit: runlevel 6 in wtmp, no journal on this system',
    document: utmp,
    evidence: linuxEvidence({
      journal: { kept: false, complete: false, entries: [] },
      wtmp: wtmpOf([
        { what: 'boot', atMs: bootAt },
        { what: 'runlevel', level: '2', atMs: bootAt + second },
        { what: 'runlevel', level: '6', atMs: stampAt + 3 * second },
        { what: 'boot', atMs: newBootAt },
      ]),
    }),
    expected: { ending: 'planned', restart: true },
  },
  {
    name: 'sysvinit: runlevel 0 and a shutdown record in wtmp',
    document: utmp,
    evidence: linuxEvidence({
      journal: { kept: false, complete: false, entries: [] },
      wtmp: wtmpOf([
        { what: 'boot', atMs: bootAt },
        { what: 'runlevel', level: '0', atMs: stampAt + 3 * second },
        { what: 'shutdown', atMs: stampAt + 5 * second },
        { what: 'boot', atMs: newBootAt },
      ]),
    }),
    expected: { ending: 'planned', restart: false },
  },
  {
    name: 'sysvinit: no shutdown in wtmp ("crash" in last), and no journal to say more',
    document: utmp,
    evidence: linuxEvidence({
      journal: { kept: false, complete: false, entries: [] },
      wtmp: wtmpOf([
        { what: 'boot', atMs: bootAt },
        { what: 'runlevel', level: '2', atMs: bootAt + second },
        { what: 'boot', atMs: newBootAt },
      ]),
    }),
    expected: { ending: 'unknown' },
  },
];

export const linuxClocksAndLogs: readonly EndingCase[] = [
  {
    name: 'wall clock years behind: the journal is read by boot id and uptime',
    document: `${journald}: __MONOTONIC_TIMESTAMP, _BOOT_ID`,
    evidence: linuxEvidence({
      stamp: stampOf({ wallMs: Date.UTC(2001, 1, 3) }),
      marks: goingDown(true),
    }),
    expected: { ending: 'planned', restart: true },
    endedAfterMs: 7 * second,
  },
  {
    name: 'wall clock years ahead before the end, right after it: the panic is known by its uptime',
    document: pstore,
    evidence: linuxEvidence({
      stamp: stampOf({ wallMs: Date.UTC(2039, 1, 3) }),
      dumps: [
        dump(3 * second, {
          ...panicked('crash', 'Fatal exception'),
          atMs: Date.UTC(2039, 1, 3) + 3 * second,
        }),
      ],
    }),
    expected: { ending: 'crash' },
    endedAfterMs: 3 * second,
  },
  {
    name: 'journal of another boot says nothing about this end',
    document: `${journald}: _BOOT_ID`,
    evidence: linuxEvidence({
      journal: {
        kept: true,
        complete: true,
        entries: [
          { index: 1, bootId: 'f'.repeat(32), monoMs: stampMonoMs, mark: shutdown(true) },
          { index: 2, bootId: 'f'.repeat(32), monoMs: stampMonoMs + second, mark: stopped },
        ],
      },
    }),
    expected: { ending: 'unknown' },
  },
  {
    name: 'journal kept in memory only: the run before is gone',
    document: 'systemd: journald.conf(5), Storage=volatile',
    evidence: linuxEvidence({ journal: { kept: true, complete: false, entries: [] } }),
    expected: { ending: 'unknown' },
  },
  {
    name: 'journal cut off by a limit',
    document: journald,
    evidence: linuxEvidence({ complete: false }),
    expected: { ending: 'unknown' },
    contradicts: ['power'],
  },
  {
    name: 'no right to read the journal: an orderly end known only from wtmp is not enough',
    document: `${utmp}; systemd-journald.service(8), access control`,
    evidence: linuxEvidence({
      journal: undefined,
      wtmp: wtmpOf([
        { what: 'boot', atMs: bootAt },
        { what: 'shutdown', atMs: stampAt + 3 * second },
        { what: 'boot', atMs: newBootAt },
      ]),
    }),
    expected: { ending: 'unknown' },
  },
  {
    name: 'wtmp whose boots do not fit the stamp is left out',
    document: utmp,
    evidence: linuxEvidence({
      journal: { kept: false, complete: false, entries: [] },
      wtmp: wtmpOf([
        { what: 'boot', atMs: bootAt - 90 * day },
        { what: 'shutdown', atMs: bootAt - 60 * day },
        { what: 'boot', atMs: newBootAt },
      ]),
    }),
    expected: { ending: 'unknown' },
    contradicts: ['planned'],
  },
  {
    name: 'nothing could be read at all',
    document: journald,
    evidence: linuxEvidence({
      journal: undefined,
      pstore: undefined,
      watchdog: undefined,
      machine: undefined,
    }),
    expected: { ending: 'unknown' },
  },
  {
    name: 'no stamp: whose end it was is not known',
    document: `${journald}; ${oldBootPlain}`,
    evidence: linuxEvidence({ stamp: undefined, marks: goingDown(true) }),
    expected: { ending: 'unknown' },
    contradicts: ['planned'],
  },
];

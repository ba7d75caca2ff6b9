// Ends of Windows machines, as records. Documents: Microsoft Learn unless named otherwise.
import {
  asked1074,
  bootAt,
  day,
  type EndingCase,
  event,
  hour,
  kernelPower,
  logStopped6006,
  minute,
  newBootAt,
  power41,
  second,
  stampAt,
  stampOf,
  started,
  stopped13,
  stopReport1001,
  transition109,
  unexpected6008,
  uptime,
  windowsEvidence,
} from './case.ts';

const event41 =
  'Microsoft Learn, "Event ID 41 The system has rebooted without cleanly shutting down first" (troubleshoot/windows-client/performance/event-id-41-restart)';
const bugchecks = 'Microsoft Learn, "Bug Check Code Reference" and "System error: event ID 1001 BugCheck"';
const tracker = 'Microsoft Learn, "Shutdown Event Tracker" and events 1074, 1076 of User32';
const reasons = 'Microsoft Learn, "System Shutdown Reason Codes" (win32/shutdown)';
const eventLog = 'Microsoft Learn, "Event log events 6005, 6006, 6008, 6009, 6013" (EventLog service)';
const powerAction = 'Microsoft Learn, "POWER_ACTION enumeration" (winnt.h) and Kernel-Power event 109';

const orderly = [transition109(5), logStopped6006(), stopped13()];
const off = [transition109(6), logStopped6006(), stopped13()];
const abrupt = [power41(), unexpected6008(stampAt - 3 * minute)];

export const windowsAbrupt: readonly EndingCase[] = [
  {
    name: 'power cut: 41 with all fields zero on metal',
    document: `${event41}, scenario 3`,
    evidence: windowsEvidence({ after: abrupt }),
    expected: { ending: 'power' },
  },
  {
    name: 'power cut: the event log lived a minute longer than the last stamp',
    document: `${event41}, scenario 3; ${eventLog}`,
    evidence: windowsEvidence({ after: [power41(), unexpected6008(stampAt + minute)] }),
    expected: { ending: 'power' },
    endedAfterMs: minute,
  },
  {
    name: 'power cut: 41 of Windows Server 2012, without the newer fields',
    document: `${event41}, event data of earlier versions`,
    evidence: windowsEvidence({
      after: [
        event(kernelPower, 41, newBootAt + second, {
          BugcheckCode: '0',
          SleepInProgress: 'false',
          PowerButtonTimestamp: '0',
        }),
        unexpected6008(undefined),
      ],
    }),
    expected: { ending: 'power' },
  },
  {
    name: 'power cut named by an administrator at the next sign-in',
    document: `${tracker}; ${reasons}: SHTDN_REASON_MAJOR_POWER | MINOR_CORDUNPLUGGED`,
    evidence: windowsEvidence({
      after: [...abrupt, event('User32', 1076, newBootAt + 3 * minute, { param2: '0x806000b' })],
    }),
    expected: { ending: 'power' },
  },
  {
    name: 'hang named by an administrator at the next sign-in',
    document: `${tracker}; ${reasons}: SHTDN_REASON_MINOR_HUNG`,
    evidence: windowsEvidence({
      after: [...abrupt, event('User32', 1076, newBootAt + 3 * minute, { param2: '0x8000005' })],
    }),
    expected: { ending: 'hang' },
    contradicts: ['power'],
  },
  {
    name: 'another reason named by an administrator leaves the cause open',
    document: `${tracker}; ${reasons}`,
    evidence: windowsEvidence({
      after: [...abrupt, event('User32', 1076, newBootAt + 3 * minute, { param2: '0xa000000' })],
    }),
    expected: { ending: 'unknown' },
    contradicts: ['power'],
  },
  {
    name: 'button held until the machine went off: PowerButtonTimestamp',
    document: `${event41}, scenario 2`,
    evidence: windowsEvidence({
      after: [power41({ PowerButtonTimestamp: '134333208460756571' }), unexpected6008(stampAt)],
    }),
    expected: { ending: 'button' },
  },
  {
    name: 'button held until the machine went off: LongPowerButtonPressDetected',
    document: `${event41}, scenario 2`,
    evidence: windowsEvidence({ after: [power41({ LongPowerButtonPressDetected: 'true' })] }),
    expected: { ending: 'button' },
  },
  {
    name: 'a button on a machine whose kind is not known is not believed',
    document: `${event41}, scenario 2`,
    evidence: windowsEvidence({
      machine: undefined,
      after: [power41({ PowerButtonTimestamp: '134333208460756571' })],
    }),
    expected: { ending: 'unknown' },
  },
  {
    name: 'virtual machine turned off by its host (Hyper-V, VMware: 41 without any code)',
    document: `${event41}, scenario 3; Microsoft Learn, "Stop-VM -TurnOff"`,
    evidence: windowsEvidence({ machine: 'virtual', after: abrupt }),
    expected: { ending: 'virtual-machine-killed' },
  },
  {
    name: 'virtual machine with a stop error is a crash, not a kill',
    document: bugchecks,
    evidence: windowsEvidence({ machine: 'virtual', after: [power41({ BugcheckCode: '239' })] }),
    expected: { ending: 'crash', code: '0x000000EF' },
  },
  {
    name: '41 without any code while the machine went to sleep',
    document: `${event41}, SleepInProgress`,
    evidence: windowsEvidence({ after: [power41({ SleepInProgress: '4' })] }),
    expected: { ending: 'unknown' },
  },
  {
    name: '41 without any code after the machine slept (42 without 107)',
    document: `${event41}; Kernel-Power events 42 and 107`,
    evidence: windowsEvidence({
      before: [event(kernelPower, 42, stampAt + second)],
      after: [power41()],
    }),
    expected: { ending: 'unknown' },
    contradicts: ['power'],
  },
  {
    name: 'power cut some hours after the machine had slept and woken',
    document: `${event41}, scenario 3; Kernel-Power events 42 and 107`,
    evidence: windowsEvidence({
      before: [event(kernelPower, 42, stampAt - 5 * hour), event(kernelPower, 107, stampAt - 4 * hour)],
      after: abrupt,
    }),
    expected: { ending: 'power' },
  },
  {
    name: '41 without any code, with a fatal hardware error reported',
    document: 'Microsoft Learn, "WHEA-Logger events" (hardware error event 18, 20, 46)',
    evidence: windowsEvidence({
      after: [...abrupt, event('Microsoft-Windows-WHEA-Logger', 18, newBootAt + 20 * second)],
    }),
    expected: { ending: 'unknown' },
    contradicts: ['power'],
  },
  {
    name: '41 without any code, with boot errors counted by WHEA',
    document: `${event41}, WHEABootErrorCount`,
    evidence: windowsEvidence({ after: [power41({ WHEABootErrorCount: '2' })] }),
    expected: { ending: 'unknown' },
  },
  {
    name: 'a shutdown that hung and was cut off is neither plan nor power cut',
    document: `${event41}; ${tracker}`,
    evidence: windowsEvidence({ before: [asked1074()], after: abrupt }),
    expected: { ending: 'unknown' },
    contradicts: ['power'],
  },
  {
    name: 'a shutdown that was called off (1075) does not excuse the power cut after it',
    document: `${event41}; ${tracker}, event 1075`,
    evidence: windowsEvidence({
      before: [asked1074({ atMs: stampAt - hour }), event('User32', 1075, stampAt - 50 * minute)],
      after: abrupt,
    }),
    expected: { ending: 'power' },
  },
  {
    name: '6008 alone: unexpected, and no more is known',
    document: eventLog,
    evidence: windowsEvidence({ after: [unexpected6008(stampAt)] }),
    expected: { ending: 'unknown' },
  },
  {
    name: 'the agent had been stopped before: the 41 may be of any later moment',
    document: `${event41}, scenario 3`,
    evidence: windowsEvidence({ stamp: stampOf({ stoppedInOrder: true }), after: abrupt }),
    expected: { ending: 'unknown' },
    contradicts: ['power'],
  },
  {
    name: 'read too early: a report of a stop error may still come',
    document: bugchecks,
    evidence: windowsEvidence({ settled: false, after: abrupt }),
    expected: { ending: 'unknown' },
    contradicts: ['power'],
  },
];

export const windowsCrashes: readonly EndingCase[] = [
  {
    name: 'stop error: BugcheckCode 159 in decimal is 0x9F',
    document: `${event41}, scenario 1 ("convert the value to hexadecimal")`,
    evidence: windowsEvidence({ after: [power41({ BugcheckCode: '159' }), unexpected6008(stampAt)] }),
    expected: { ending: 'crash', code: '0x0000009F' },
  },
  {
    name: 'stop error told by 41 and by the report 1001',
    document: bugchecks,
    evidence: windowsEvidence({
      after: [
        power41({ BugcheckCode: '209' }),
        unexpected6008(stampAt),
        stopReport1001('0x000000d1 (0x0000000000000028, 0x2, 0x0, 0xfffff80511c31981)'),
      ],
    }),
    expected: { ending: 'crash', code: '0x000000D1' },
  },
  {
    name: 'stop error told only by the report 1001: the dump was written, 41 knows nothing',
    document: `${event41}, scenario 1; ${bugchecks}`,
    evidence: windowsEvidence({
      after: [...abrupt, stopReport1001('0x0000007e (0xffffffffc0000005, 0xfffff8, 0x1, 0x2)')],
    }),
    expected: { ending: 'crash', code: '0x0000007E' },
  },
  {
    name: 'stop error of a watchdog inside Windows is a stop error with its code',
    document: `${bugchecks}: 0x133 DPC_WATCHDOG_VIOLATION`,
    evidence: windowsEvidence({ after: [power41({ BugcheckCode: '307' })] }),
    expected: { ending: 'crash', code: '0x00000133' },
  },
  {
    name: 'stop error after which a person held the button',
    document: `${event41}, scenarios 1 and 2`,
    evidence: windowsEvidence({
      after: [power41({ BugcheckCode: '268435583', PowerButtonTimestamp: '134333208460756571' })],
    }),
    expected: { ending: 'crash', code: '0x1000007F' },
  },
  {
    name: 'stop error known at once, before the reports are in',
    document: `${event41}, scenario 1`,
    evidence: windowsEvidence({ settled: false, after: [power41({ BugcheckCode: '26' })] }),
    expected: { ending: 'crash', code: '0x0000001A' },
  },
  {
    name: 'two different stop codes are no code',
    document: bugchecks,
    evidence: windowsEvidence({
      after: [power41({ BugcheckCode: '159' }), stopReport1001('0x000000d1 (0x0, 0x0, 0x0, 0x0)')],
    }),
    expected: { ending: 'unknown' },
    contradicts: ['crash'],
  },
  {
    name: 'a stop error during an orderly shutdown is left open',
    document: `${event41}; ${eventLog}`,
    evidence: windowsEvidence({
      before: [asked1074(), ...orderly],
      after: [power41({ BugcheckCode: '159' })],
    }),
    expected: { ending: 'unknown' },
    contradicts: ['crash', 'planned'],
  },
];

export const windowsPlanned: readonly EndingCase[] = [
  {
    name: 'restart asked by a person with a comment',
    document: `${tracker}; "shutdown" command /r /d p:4:1 /c`,
    evidence: windowsEvidence({
      before: [
        asked1074({
          reason: 'Application: Maintenance (Planned)',
          code: '0x80040001',
          comment: 'Troca de disco',
        }),
        ...orderly,
      ],
    }),
    expected: {
      ending: 'planned',
      restart: true,
      account: 'AURORA\\joao',
      reason: 'Troca de disco - Application: Maintenance (Planned) (0x80040001)',
    },
    endedAfterMs: 9 * second,
  },
  {
    name: 'power off asked by a person on a Portuguese system: numbers speak, not words',
    document: `${tracker}; ${powerAction}`,
    evidence: windowsEvidence({
      before: [
        asked1074({
          type: 'desligar',
          reason: 'Outro (não planejado)',
          code: '0x0',
          process: 'Explorer.EXE',
        }),
        ...off,
      ],
    }),
    expected: { ending: 'planned', restart: false, account: 'AURORA\\joao', reason: 'Outro (não planejado)' },
  },
  {
    name: 'restart of a Portuguese Windows without event 109',
    document: tracker,
    evidence: windowsEvidence({
      before: [asked1074({ type: 'reiniciar' }), logStopped6006(), stopped13()],
    }),
    expected: { ending: 'planned', restart: true },
  },
  {
    name: 'restart by Windows Update (TrustedInstaller)',
    document: `${reasons}: MAJOR_OPERATINGSYSTEM | MINOR_UPGRADE | FLAG_PLANNED`,
    evidence: windowsEvidence({
      before: [
        asked1074({
          process: 'TrustedInstaller.exe',
          reason: 'Operating System: Upgrade (Planned)',
          code: '0x80020003',
          account: 'NT AUTHORITY\\SYSTEM',
        }),
        ...orderly,
      ],
    }),
    expected: { ending: 'planned', restart: true, account: 'NT AUTHORITY\\SYSTEM' },
  },
  {
    name: 'restart by Windows Update (MoUsoCoreWorker, service pack planned)',
    document: `${reasons}: MINOR_SERVICEPACK`,
    evidence: windowsEvidence({
      before: [
        asked1074({
          process: 'MoUsoCoreWorker.exe',
          reason: 'Operating System: Service pack (Planned)',
          code: '0x80020010',
          account: 'NT AUTHORITY\\SYSTEM',
        }),
        ...orderly,
      ],
    }),
    expected: {
      ending: 'planned',
      restart: true,
      reason: 'Operating System: Service pack (Planned) (0x80020010)',
    },
  },
  {
    name: 'restart after a security fix, asked by the update service in svchost',
    document: `${reasons}: MINOR_SECURITYFIX`,
    evidence: windowsEvidence({
      before: [asked1074({ process: 'svchost.exe', code: '0x80020012' }), ...orderly],
    }),
    expected: { ending: 'planned', restart: true },
  },
  {
    name: 'guest shut down by its host through VMware Tools',
    document: `${tracker}; VMware, "Shut Down Guest"`,
    evidence: windowsEvidence({
      machine: 'virtual',
      before: [
        asked1074({ process: 'vmtoolsd.exe', type: 'power off', account: 'NT AUTHORITY\\SYSTEM' }),
        ...off,
      ],
    }),
    expected: { ending: 'planned', restart: false },
  },
  {
    name: 'orderly shutdown without a request on record',
    document: eventLog,
    evidence: windowsEvidence({ before: [logStopped6006(), stopped13()] }),
    expected: { ending: 'planned' },
  },
  {
    name: 'orderly shutdown by the power button',
    document: `${powerAction}, reason "Button or Lid"`,
    evidence: windowsEvidence({ before: [transition109(6, 0), logStopped6006(), stopped13()] }),
    expected: { ending: 'button' },
  },
  {
    name: 'orderly shutdown because the battery ran out',
    document: `${powerAction}, reason "Battery"`,
    evidence: windowsEvidence({ before: [transition109(6, 2), logStopped6006(), stopped13()] }),
    expected: { ending: 'power' },
  },
  {
    name: 'orderly shutdown by the software of a UPS',
    document: `${reasons}: SHTDN_REASON_MAJOR_POWER | MINOR_ENVIRONMENT`,
    evidence: windowsEvidence({ before: [asked1074({ process: 'upsd.exe', code: '0x8006000c' }), ...off] }),
    expected: { ending: 'power' },
  },
  {
    name: 'orderly shutdown, read too early to exclude a stop error',
    document: eventLog,
    evidence: windowsEvidence({ settled: false, before: [asked1074(), ...orderly] }),
    expected: { ending: 'unknown' },
    contradicts: ['planned'],
  },
];

const past = Date.UTC(2010, 0, 1);

export const windowsClocksAndLogs: readonly EndingCase[] = [
  {
    name: 'logs rotated away: only the present boot is left',
    document: `${eventLog}; Microsoft Learn, "Event log retention: overwrite as needed"`,
    evidence: windowsEvidence({ events: [started(newBootAt), ...abrupt] }),
    expected: { ending: 'unknown' },
    contradicts: ['power'],
  },
  {
    name: 'log cleared between the end and the reading',
    document: 'Microsoft Learn, "wevtutil clear-log"',
    evidence: windowsEvidence({ events: [] }),
    expected: { ending: 'unknown' },
  },
  {
    name: 'a run longer than the log: its daily uptime record still names it',
    document: `${eventLog}, 6013; ${event41}, scenario 3`,
    evidence: windowsEvidence({
      events: [uptime(stampAt - day, bootAt), uptime(stampAt - hour, bootAt), started(newBootAt), ...abrupt],
    }),
    expected: { ending: 'power' },
  },
  {
    name: 'answer cut off by a limit: nothing is concluded from what is missing',
    document: event41,
    evidence: windowsEvidence({ complete: false, after: abrupt }),
    expected: { ending: 'unknown' },
    contradicts: ['power'],
  },
  {
    name: 'dead clock battery: both boots in 2010, the run known by the last sign of life in 6008',
    document: `${event41}, scenario 1; ${eventLog}, 6008`,
    evidence: windowsEvidence({
      now: { bootId: 'boot-1262304000000', monoMs: 5 * minute, wallMs: past + 5 * minute },
      events: [
        started(past),
        uptime(stampAt - 2 * day, stampAt - 2 * day - 3 * hour),
        started(past),
        power41({ BugcheckCode: '159' }, past + 2 * second),
        unexpected6008(stampAt - minute, past + 12 * second),
      ],
    }),
    expected: { ending: 'crash', code: '0x0000009F' },
  },
  {
    name: 'dead clock battery: restart planned, the run known by its daily records',
    document: `${tracker}; ${eventLog}, 6013`,
    evidence: windowsEvidence({
      now: { bootId: 'boot-1262304000000', monoMs: 5 * minute, wallMs: past + 5 * minute },
      events: [started(past), uptime(stampAt - hour, bootAt), asked1074(), ...orderly, started(past)],
    }),
    expected: { ending: 'planned', restart: true },
    endedAfterMs: 9 * second,
  },
  {
    name: 'two runs could be meant: boots within minutes of each other',
    document: event41,
    evidence: windowsEvidence({
      events: [
        started(bootAt - 2 * minute),
        started(bootAt),
        power41({ BugcheckCode: '159' }, bootAt + second),
        started(newBootAt),
        power41(),
      ],
    }),
    expected: { ending: 'unknown' },
    contradicts: ['crash', 'power'],
  },
  {
    name: 'a boot in between crashed before the agent came: each end has its own report',
    document: `${event41}, scenarios 1 and 3`,
    evidence: windowsEvidence({
      events: [
        started(bootAt),
        uptime(bootAt + day, bootAt),
        started(newBootAt - 8 * minute),
        power41({}, newBootAt - 8 * minute + second),
        started(newBootAt),
        power41({ BugcheckCode: '159' }),
      ],
    }),
    expected: { ending: 'power' },
  },
];

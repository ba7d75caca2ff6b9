// Ends of Windows machines, as `wevtutil qe System /f:xml /rd:true` prints them (newest first, no root element), with the
// localised fields of Portuguese and English systems. They go through the collector's own parser.
import { parseEvents } from '../../../agent/shell/forensics/event-xml.ts';
import {
  bootAt,
  day,
  type EndingCase,
  hour,
  minute,
  newBootAt,
  second,
  stampAt,
  windowsEvidence,
} from './case.ts';

const wevtutil = 'Microsoft Learn, "wevtutil" (qe, /f:xml) and "Event Schema" (wes)';

interface Xml {
  readonly provider: string;
  readonly id: number;
  readonly atMs: number;
  /** What stands in EventData. */
  readonly data?: string;
  readonly source?: string;
}

/** As Windows writes it: attributes in single quotes, seven digits of a second. */
export function eventXml({ provider, id, atMs, data = '', source }: Xml, record: number): string {
  const time = new Date(atMs).toISOString().replace('Z', '0000Z');
  const eventSource = source === undefined ? '' : ` EventSourceName='${source}'`;
  return `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='${provider}' Guid='{331c3b3a-2005-44c2-ac5e-77220c37d6b4}'${eventSource}/><EventID Qualifiers='16384'>${id}</EventID><Version>8</Version><Level>1</Level><Task>63</Task><Opcode>0</Opcode><Keywords>0x8000400000000002</Keywords><TimeCreated SystemTime='${time}'/><EventRecordID>${record}</EventRecordID><Correlation/><Execution ProcessID='4' ThreadID='8'/><Channel>System</Channel><Computer>SRV-AD01.aurora.local</Computer><Security UserID='S-1-5-18'/></System><EventData>${data}</EventData></Event>`;
}

const named = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `<Data Name='${name}'>${value}</Data>`)
    .join('');

const kernelStart = (atMs: number): Xml => ({
  provider: 'Microsoft-Windows-Kernel-General',
  id: 12,
  atMs,
  data: named({ MajorVersion: '10', MinorVersion: '0', StartTime: new Date(atMs).toISOString() }),
});
const kernelStop = (atMs: number): Xml => ({
  provider: 'Microsoft-Windows-Kernel-General',
  id: 13,
  atMs,
  data: named({ StopTime: new Date(atMs).toISOString() }),
});
const logStopped = (atMs: number): Xml => ({ provider: 'EventLog', id: 6006, atMs });
const dailyUptime = (atMs: number, seconds: number): Xml => ({
  provider: 'EventLog',
  id: 6013,
  atMs,
  data: `<Data></Data><Data></Data><Data></Data><Data></Data><Data>${seconds}</Data><Data>60</Data><Data>180 E. South America Standard Time</Data><Binary>31002E003100</Binary>`,
});

const quiet41 = {
  BugcheckCode: '0',
  BugcheckParameter1: '0x0',
  BugcheckParameter2: '0x0',
  BugcheckParameter3: '0x0',
  BugcheckParameter4: '0x0',
  SleepInProgress: '0',
  PowerButtonTimestamp: '0',
  BootAppStatus: '0',
  Checkpoint: '0',
  ConnectedStandbyInProgress: 'false',
  SystemSleepTransitionsToOn: '0',
  CsEntryScenarioInstanceId: '0',
  BugcheckInfoFromEFI: 'false',
  CheckpointStatus: '0',
  CsEntryScenarioInstanceIdV2: '0',
  LongPowerButtonPressDetected: 'false',
  LidReliability: 'false',
  InputSuppressionState: '0',
  PowerButtonSuppressionState: '0',
  LidState: '3',
};
const power = (fields: Readonly<Record<string, string>> = {}): Xml => ({
  provider: 'Microsoft-Windows-Kernel-Power',
  id: 41,
  atMs: newBootAt + 2 * second,
  data: named({ ...quiet41, ...fields }),
});
const transition = (action: number): Xml => ({
  provider: 'Microsoft-Windows-Kernel-Power',
  id: 109,
  atMs: stampAt + 5 * second,
  data: named({ ShutdownActionType: String(action), ShutdownEventCode: '0', ShutdownReason: '5' }),
});

/** SYSTEMTIME: eight 16-bit little-endian words. */
export function systemTimeHex(atMs: number): string {
  const date = new Date(atMs);
  const words = [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDay(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    date.getUTCMilliseconds(),
  ];
  const bytes = Buffer.alloc(16);
  for (const [n, word] of words.entries()) bytes.writeUInt16LE(word, n * 2);
  return bytes.toString('hex').toUpperCase();
}

/** Local time in words, with the direction marks that Windows puts there; both times in the binary part. */
const unexpected = (aliveMs: number): Xml => ({
  provider: 'EventLog',
  id: 6008,
  atMs: newBootAt + 14 * second,
  data: `<Data>06:01:00</Data><Data>\u200e22/\u200e10/\u200e2026</Data><Data></Data><Data></Data><Data>259200</Data><Data></Data><Data></Data><Binary>${systemTimeHex(aliveMs - 3 * hour)}${systemTimeHex(aliveMs)}3C0000003C00000000000000</Binary>`,
});

const asked = (fields: readonly string[]): Xml => ({
  provider: 'User32',
  id: 1074,
  atMs: stampAt + 2 * second,
  data: named(Object.fromEntries(fields.map((field, n) => [`param${n + 1}`, field]))),
});

/** `events` oldest first; printed newest first. */
function printed(events: readonly Xml[]): string {
  return events
    .map((each, n) => eventXml(each, 51_200 + n * 7))
    .toReversed()
    .join('\r\n');
}

function read(events: readonly Xml[], parts: Parameters<typeof windowsEvidence>[0] = {}) {
  const parsed = parseEvents(printed(events));
  return windowsEvidence({ ...parts, windows: { complete: parsed.refused === 0, events: parsed.events } });
}

const before = [
  kernelStart(bootAt),
  dailyUptime(bootAt + day, 86_400),
  dailyUptime(bootAt + 2 * day, 172_800),
];

export const windowsRaw: readonly EndingCase[] = [
  {
    name: 'XML: power cut on a Portuguese server',
    document: `${wevtutil}; "Event ID 41", scenario 3`,
    evidence: read([...before, kernelStart(newBootAt), power(), unexpected(stampAt + 30 * second)]),
    expected: { ending: 'power' },
    endedAfterMs: 30 * second,
  },
  {
    name: 'XML: stop error 0x1E with its parameters',
    document: `${wevtutil}; "Event ID 41", scenario 1`,
    evidence: read([
      ...before,
      kernelStart(newBootAt),
      power({ BugcheckCode: '30', BugcheckParameter1: '0xffffffffc0000005' }),
      unexpected(stampAt - minute),
    ]),
    expected: { ending: 'crash', code: '0x0000001E' },
  },
  {
    name: 'XML: report 1001 of a stop error',
    document: `${wevtutil}; "Event ID 1001 BugCheck"`,
    evidence: read([
      ...before,
      kernelStart(newBootAt),
      power(),
      {
        provider: 'Microsoft-Windows-WER-SystemErrorReporting',
        source: 'BugCheck',
        id: 1001,
        atMs: newBootAt + minute,
        data: named({
          param1:
            '0x0000003b (0x00000000c0000005, 0xfffff80002cb1234, 0xfffff88008b1fd20, 0x0000000000000000)',
          param2: 'C:\\Windows\\MEMORY.DMP',
          param3: '102226-9812-01',
        }),
      },
    ]),
    expected: { ending: 'crash', code: '0x0000003B' },
  },
  {
    name: 'XML: button held',
    document: `${wevtutil}; "Event ID 41", scenario 2`,
    evidence: read([
      ...before,
      kernelStart(newBootAt),
      power({ PowerButtonTimestamp: '134333208460756571' }),
    ]),
    expected: { ending: 'button' },
  },
  {
    name: 'XML: restart by a person, in Portuguese, with entities in the comment',
    document: `${wevtutil}; Shutdown Event Tracker, event 1074`,
    evidence: read([
      ...before,
      asked([
        'C:\\Windows\\system32\\shutdown.exe (SRV-AD01)',
        'SRV-AD01',
        'Aplicativo: Manutenção (Planejado)',
        '0x80040001',
        'reiniciar',
        'Disco &quot;D&quot; &amp; memória &#8211; chamado 4711',
        'AURORA\\joao',
      ]),
      transition(5),
      logStopped(stampAt + 6 * second),
      kernelStop(stampAt + 8 * second),
      kernelStart(newBootAt),
    ]),
    expected: {
      ending: 'planned',
      restart: true,
      account: 'AURORA\\joao',
      reason: 'Disco "D" & memória – chamado 4711 - Aplicativo: Manutenção (Planejado) (0x80040001)',
    },
    endedAfterMs: 8 * second,
  },
  {
    name: 'XML: restart by Windows Update',
    document: `${wevtutil}; System Shutdown Reason Codes`,
    evidence: read([
      ...before,
      asked([
        'C:\\Windows\\servicing\\TrustedInstaller.exe (SRV-AD01)',
        'SRV-AD01',
        'Sistema operacional: Atualização (Planejado)',
        '0x80020003',
        'reiniciar',
        '',
        'AUTORIDADE NT\\SISTEMA',
      ]),
      transition(5),
      logStopped(stampAt + 6 * second),
      kernelStop(stampAt + 8 * second),
      kernelStart(newBootAt),
    ]),
    expected: { ending: 'planned', restart: true, account: 'AUTORIDADE NT\\SISTEMA' },
  },
  {
    name: 'XML: virtual machine turned off',
    document: `${wevtutil}; "Event ID 41", scenario 3; Hyper-V Stop-VM -TurnOff`,
    evidence: read([...before, kernelStart(newBootAt), power(), unexpected(stampAt - 2 * minute)], {
      machine: 'virtual',
    }),
    expected: { ending: 'virtual-machine-killed' },
  },
];

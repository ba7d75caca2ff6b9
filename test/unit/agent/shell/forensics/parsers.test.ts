// The collectors' parsers: what the documents say comes out right, what is hostile never throws and is never "complete".
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeText, parseEvents } from '../../../../../agent/shell/forensics/event-xml.ts';
import { parseJournal } from '../../../../../agent/shell/forensics/journal.ts';
import {
  kindOfDetected,
  kindOfFirmware,
  kindOfRegistry,
} from '../../../../../agent/shell/forensics/machine-kind.ts';
import { joinParts, parseDump } from '../../../../../agent/shell/forensics/pstore.ts';
import { parseWtmp, runLevelOf } from '../../../../../agent/shell/forensics/wtmp.ts';
import { oldBootPlain, stampAt, stampMonoMs } from '../../../../corpus/endings/case.ts';
import { dumpText, journalText, wtmpBytes } from '../../../../corpus/endings/linux-raw.ts';
import { eventXml, systemTimeHex } from '../../../../corpus/endings/windows-raw.ts';

describe('event XML', () => {
  const asked = eventXml(
    {
      provider: 'User32',
      id: 1074,
      atMs: stampAt,
      data: "<Data Name='param1'>C:\\Users\\joao\\tools\\desliga.exe (PC)</Data><Data Name='param2'>PC</Data><Data Name='param7'>PC\\joao</Data>",
    },
    7,
  );

  test('keeps the program without its folder, and only the named fields', () => {
    const { events, refused } = parseEvents(asked);
    expect(refused).toBe(0);
    expect(events).toEqual([
      {
        record: 7,
        provider: 'User32',
        id: 1074,
        atMs: stampAt,
        data: { param1: 'desliga.exe', param7: 'PC\\joao' },
      },
    ]);
  });

  test('reads double quotes, empty elements and line breaks as well', () => {
    const pretty = `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">
  <System><Provider Name="Microsoft-Windows-Kernel-Power" /><EventID>41</EventID>
  <TimeCreated SystemTime="2026-10-22T09:10:02.1234567Z" /><EventRecordID>9</EventRecordID></System>
  <EventData><Data Name="BugcheckCode">159</Data><Data Name="LidState" /></EventData></Event>`;
    expect(parseEvents(pretty).events).toMatchObject([
      { id: 41, record: 9, atMs: Date.UTC(2026, 9, 22, 9, 10, 2, 123), data: { BugcheckCode: '159' } },
    ]);
  });

  test('dates 6008 by the universal time in its binary part, whatever its words say', () => {
    const xml = (hex: string) =>
      eventXml(
        {
          provider: 'EventLog',
          id: 6008,
          atMs: stampAt,
          data: `<Data>6:01:00</Data><Binary>${hex}</Binary>`,
        },
        1,
      );
    const hex = systemTimeHex(stampAt - 10_800_000) + systemTimeHex(stampAt);
    expect(parseEvents(xml(hex)).events[0]?.data.lastAliveMs).toBe(String(stampAt));
    expect(parseEvents(xml(hex.slice(0, 32))).events[0]?.data.lastAliveMs).toBeUndefined();
    expect(parseEvents(xml('F'.repeat(64))).events[0]?.data.lastAliveMs).toBeUndefined();
  });

  test('counts what it cannot read, and an answer that was cut off', () => {
    expect(parseEvents(`<Event xmlns='x'><System/></Event>${asked}`)).toMatchObject({
      refused: 1,
      events: [{ id: 1074 }],
    });
    expect(parseEvents(asked.slice(0, -20)).refused).toBe(1);
    expect(parseEvents('Acesso negado.')).toEqual({ events: [], refused: 0 });
  });

  test('reads UTF-16 with and without its mark, and UTF-8', () => {
    const sixteen = Buffer.from(`\ufeff${asked}`, 'utf16le');
    for (const bytes of [sixteen, sixteen.subarray(2), Buffer.from(asked)]) {
      expect(parseEvents(decodeText(bytes)).events).toHaveLength(1);
    }
  });

  test('never throws on hostile text', () => {
    const part = fc.constantFrom(
      '<Event ',
      '</Event>',
      '<Data',
      " Name='",
      "'",
      '>',
      '&#x110000;',
      '&#0;',
      '<EventID>41',
      asked,
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 40 }), (parts) => {
        const { events } = parseEvents(parts.join(''));
        for (const event of events) expect(Number.isFinite(event.atMs)).toBe(true);
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseEvents(decodeText(bytes))));
  });

  test('one mebibyte of the worst is read in time', () => {
    const before = performance.now();
    for (const worst of ['<Event ', '<Data', '<Data Name=', "<Event <Provider Name='"]) {
      parseEvents(`${'<Event '}${worst.repeat(1_000_000 / worst.length)}</Event>`);
    }
    expect(performance.now() - before).toBeLessThan(4_000);
  });
});

describe('journal lines', () => {
  test('keep marks only, and that something was written', () => {
    const text = journalText([
      { afterMs: 0, message: 'senha=1234', fields: { _COMM: 'app', _UID: '1000' } },
      { afterMs: 1_000, message: 'Journal stopped', fields: { _TRANSPORT: 'driver', _UID: '0' } },
    ]);
    expect(parseJournal(text)).toEqual({
      refused: 0,
      ofSystem: true,
      entries: [
        { index: 400, bootId: oldBootPlain, monoMs: stampMonoMs + 1_000, mark: { kind: 'journal-stopped' } },
        { index: 399, bootId: oldBootPlain, monoMs: stampMonoMs },
      ],
    });
  });

  test("of a person's own processes alone are not the system's journal", () => {
    const text = journalText([{ afterMs: 0, message: 'x', fields: { _UID: '1000' } }]);
    expect(parseJournal(text).ofSystem).toBe(false);
  });

  test('that are broken, or too many, are counted', () => {
    const line = journalText([{ afterMs: 0, message: null }]);
    expect(parseJournal(`${line}\n{"MESSAGE":`)).toMatchObject({ refused: 1, entries: [{}] });
    expect(parseJournal(Array.from({ length: 405 }, () => line).join('\n'))).toMatchObject({ refused: 5 });
    expect(parseJournal('-- No entries --').refused).toBe(1);
  });

  test('never throw', () => {
    const line = fc.oneof(
      fc.json(),
      fc.string(),
      fc.constant(journalText([{ afterMs: 0, message: [1, 2] }])),
    );
    fc.assert(fc.property(fc.array(line), (lines) => void parseJournal(lines.join('\n'))));
  });
});

describe('wtmp', () => {
  test('tells boots, shutdowns and runlevels, and nobody who was signed in', () => {
    const bytes = wtmpBytes([
      { type: 2, user: 'reboot', atMs: 1_700_000_000_250 },
      { type: 7, pid: 99, user: 'joao', atMs: 1_700_000_001_000 },
      {
        type: 1,
        pid: '2'.charCodeAt(0) * 256 + '0'.charCodeAt(0),
        user: 'runlevel',
        atMs: 1_700_000_002_000,
      },
      { type: 1, user: 'shutdown', atMs: 1_700_000_003_000 },
    ]);
    expect(parseWtmp(bytes)).toEqual({
      complete: true,
      records: [
        { index: 0, what: 'boot', atMs: 1_700_000_000_250 },
        { index: 2, what: 'runlevel', level: '0', atMs: 1_700_000_002_000 },
        { index: 3, what: 'shutdown', atMs: 1_700_000_003_000 },
      ],
    });
    expect(runLevelOf(bytes)).toBe('0');
  });

  test('torn, empty or of another layout is not complete and never throws', () => {
    expect(parseWtmp(wtmpBytes([{ type: 2, user: 'reboot', atMs: 0 }]).subarray(0, 300))).toEqual({
      complete: false,
      records: [],
    });
    expect(parseWtmp(new Uint8Array()).complete).toBe(false);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => void parseWtmp(bytes)));
  });
});

describe('dumps of a kernel', () => {
  test('are dated by their last line and say why', () => {
    const text = dumpText('Panic#1 Part1', [
      [1_000, 'CPU: 1 PID: 0 Comm: swapper'],
      [2_000, 'Kernel panic - not syncing: Fatal exception'],
      [2_250, 'Rebooting in 10 seconds..'],
    ]);
    expect(parseDump(text)).toEqual({
      uptimeMs: stampMonoMs + 2_250,
      panic: { why: 'crash', text: 'Kernel panic: Fatal exception' },
    });
  });

  test('of two moments are not joined, and text without a time is not dated', () => {
    expect(parseDump('Panic#1 Part1\ngarbage')).toEqual({ uptimeMs: undefined, panic: undefined });
    const panic = { why: 'crash', text: 'Kernel panic: x' } as const;
    const parts = [
      { file: 'a', atMs: 0, uptimeMs: 1_000, panic },
      { file: 'b', atMs: 0, uptimeMs: 1_200 },
      { file: 'c', atMs: 0, uptimeMs: 900_000 },
    ];
    expect(joinParts(parts)[0]?.uptimeMs).toBe(1_200);
  });
});

describe('the kind of machine', () => {
  test('comes from systemd-detect-virt where there is one', () => {
    expect(kindOfDetected('none\n')).toBe('physical');
    expect(kindOfDetected('kvm\n')).toBe('virtual');
    expect(kindOfDetected('microsoft\n')).toBe('virtual');
    expect(kindOfDetected('docker\n')).toBe('container');
    expect(kindOfDetected('')).toBeUndefined();
    expect(kindOfDetected('Failed to check for virtualization: Permission denied')).toBeUndefined();
  });

  test('else from the names in the firmware, of Windows as of Linux', () => {
    const bios = (maker: string, product: string) =>
      `\r\nHKEY_LOCAL_MACHINE\\HARDWARE\\DESCRIPTION\\System\\BIOS\r\n    BIOSVendor    REG_SZ    x\r\n    SystemManufacturer    REG_SZ    ${maker}\r\n    SystemProductName    REG_SZ    ${product}\r\n`;
    expect(kindOfRegistry(bios('Microsoft Corporation', 'Virtual Machine'))).toBe('virtual');
    expect(kindOfRegistry(bios('VMware, Inc.', 'VMware7,1'))).toBe('virtual');
    expect(kindOfRegistry(bios('Microsoft Corporation', 'Surface Pro 7'))).toBe('physical');
    expect(kindOfRegistry(bios('Dell Inc.', 'PowerEdge T340'))).toBe('physical');
    expect(kindOfRegistry('ERRO: o sistema não pôde localizar a chave')).toBeUndefined();
    expect(kindOfFirmware({ maker: 'Amazon EC2', product: 'c5.metal', hypervisor: false })).toBe('physical');
    expect(kindOfFirmware({ maker: 'Dell Inc.', product: undefined, hypervisor: false })).toBeUndefined();
    expect(kindOfFirmware({ maker: 'Dell Inc.', product: 'x', hypervisor: true })).toBe('virtual');
  });
});

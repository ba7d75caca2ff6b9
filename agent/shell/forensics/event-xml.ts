// Reads the XML that `wevtutil qe /f:xml` prints: event elements in a row, no root, a flat shape. Not an XML parser: what
// does not look like the documented shape (Microsoft: "Event Schema", winmeta) is refused and counted. Never throws.
import type { WindowsEvent } from '../../core/ending/evidence.ts';

export interface ParsedEvents {
  readonly events: readonly WindowsEvent[];
  /** Elements that could not be read: the log is then not complete. */
  readonly refused: number;
}

const eventsMax = 1_000;
const valueMax = 300;

/** Fields kept, by event id; all else (accounts of other events, parameters, paths) is dropped here. */
const keptFields: Readonly<Record<number, readonly string[]>> = {
  41: [
    'BugcheckCode',
    'SleepInProgress',
    'PowerButtonTimestamp',
    'ConnectedStandbyInProgress',
    'LongPowerButtonPressDetected',
    'WHEABootErrorCount',
  ],
  109: ['ShutdownActionType', 'ShutdownReason'],
  1001: ['param1'],
  1074: ['param1', 'param3', 'param4', 'param5', 'param6', 'param7'],
  1076: ['param2'],
  6013: ['param5'],
};

export function parseEvents(text: string): ParsedEvents {
  const events: WindowsEvent[] = [];
  let refused = 0;
  for (let at = text.indexOf('<Event '); at >= 0 && events.length < eventsMax; ) {
    const end = text.indexOf('</Event>', at);
    if (end < 0) return { events, refused: refused + 1 };
    const event = parseEvent(text.slice(at, end));
    if (event === undefined) refused += 1;
    else events.push(event);
    at = text.indexOf('<Event ', end);
  }
  return { events, refused };
}

/** UTF-16 with or without a mark, else UTF-8: `wevtutil` writes the console's, or with `/uni:true` UTF-16. */
export function decodeText(bytes: Uint8Array): string {
  const sixteen = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes.length > 1 && bytes[1] === 0);
  return new TextDecoder(sixteen ? 'utf-16le' : 'utf-8').decode(bytes);
}

function parseEvent(xml: string): WindowsEvent | undefined {
  const id = wholeOf(/<EventID(?: [^<>]*)?>(\d{1,5})<\/EventID>/.exec(xml)?.[1]);
  const record = wholeOf(/<EventRecordID>(\d{1,16})<\/EventRecordID>/.exec(xml)?.[1]);
  const provider = /<Provider (?:[^<>]* )?Name=(?:'([^'<>]{1,100})'|"([^"<>]{1,100})")/.exec(xml);
  const time = /<TimeCreated SystemTime=['"]([0-9T:.Z-]{1,40})['"]/.exec(xml)?.[1];
  const atMs = Date.parse(time ?? '');
  if (id === undefined || record === undefined || provider === null || !Number.isFinite(atMs))
    return undefined;
  return { record, provider: provider[1] ?? provider[2] ?? '', id, atMs, data: dataOf(id, xml) };
}

function dataOf(id: number, xml: string): Record<string, string> {
  const data: Record<string, string> = {};
  const kept = keptFields[id] ?? [];
  let position = 0;
  const element = /<Data(?: Name=(?:'([^'<>]*)'|"([^"<>]*)"))?\s*(?:\/>|>([^<]*)<\/Data>)/g;
  for (const [, single, double, value] of xml.matchAll(element)) {
    position += 1;
    const name = single ?? double ?? `param${position}`;
    if (kept.includes(name)) data[name] = unescaped(value ?? '').slice(0, valueMax);
  }
  // The program, without its folder: a path may name a person.
  if (id === 1074 && data.param1 !== undefined) data.param1 = programOf(data.param1);
  const alive = id === 6008 ? lastAlive(xml) : undefined;
  if (alive !== undefined) data.lastAliveMs = String(alive);
  return data;
}

/** `C:\Windows\system32\shutdown.exe (HOST)` */
function programOf(text: string): string {
  const path = text.replace(/ \([^()]*\)$/, '');
  return path.slice(path.lastIndexOf('\\') + 1);
}

/**
 * 6008 says the time in the system's language and its data in two SYSTEMTIME structures, local time first, UTC second:
 * year, month, day of week, day, hour, minute, second, millisecond as 16-bit little-endian words.
 */
function lastAlive(xml: string): number | undefined {
  const hex = /<Binary>([0-9A-Fa-f]{64,512})<\/Binary>/.exec(xml)?.[1];
  if (hex === undefined) return undefined;
  const view = new DataView(Uint8Array.from(Buffer.from(hex.slice(32, 64), 'hex')).buffer);
  const word = (n: number): number => view.getUint16(n * 2, true);
  const [year, month, day] = [word(0), word(1), word(3)];
  if (year < 1980 || year > 3000 || month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  return Date.UTC(year, month - 1, day, word(4), word(5), word(6), word(7));
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w{2,4}));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities[String(name)] ?? whole;
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
    return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
  });
}

function wholeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

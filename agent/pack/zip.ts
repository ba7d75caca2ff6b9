// Writes a zip file that Windows itself can open (Explorer, Expand-Archive of PowerShell 5.1): deflated, 32-bit sizes,
// no data descriptors, ASCII names with `/`. Pure but for the compressor it is given.
import { crc32 } from 'node:zlib';
import { assert } from '../../shared/assert.ts';
import { type ArchiveEntry, inOrder } from './archive-entry.ts';

/** Signatures and fixed values of APPNOTE.TXT 4.3. */
const signature = { file: 0x04034b50, directory: 0x02014b50, end: 0x06054b50 } as const;
/** 2.0: the least that knows deflate; made "by Unix", so that modes are kept where somebody reads them. */
const version = { needed: 20, madeBy: (3 << 8) | 20 } as const;
const deflated = 8;
/** 1 January 1980, 00:00: the first instant that a zip file can say. */
const time = { clock: 0, date: (1 << 5) | 1 } as const;
const sizeBytesMax = 0xffffffff;

interface Written {
  readonly entry: ArchiveEntry;
  readonly head: Buffer;
  readonly packed: Uint8Array;
  readonly at: number;
}

/** `deflate` gives a raw deflate stream (RFC 1951). */
export function writeZip(
  entries: readonly ArchiveEntry[],
  deflate: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
  const written: Written[] = [];
  let at = 0;
  for (const entry of inOrder(entries)) {
    assert(/^[\x20-\x7e]+$/.test(entry.path), `a path for zip: ${entry.path}`);
    const packed = deflate(entry.bytes);
    const head = sharedFields(entry, packed);
    written.push({ entry, head, packed, at });
    at += 4 + head.length + entry.path.length + packed.length;
    assert(at <= sizeBytesMax, 'a zip file without its 64-bit extension');
  }
  const files = written.flatMap(({ entry, head, packed }) => [
    number(signature.file, 4),
    head,
    Buffer.from(entry.path, 'latin1'),
    packed,
  ]);
  const directory = Buffer.concat(written.map(directoryEntry));
  return Buffer.concat([...files, directory, endOf(written.length, directory.length, at)]);
}

/** What stands in both heads of a file: version needed to the length of the extra field. */
function sharedFields(entry: ArchiveEntry, packed: Uint8Array): Buffer {
  return Buffer.concat([
    number(version.needed, 2),
    number(0, 2),
    number(deflated, 2),
    number(time.clock, 2),
    number(time.date, 2),
    number(crc32(entry.bytes), 4),
    number(packed.length, 4),
    number(entry.bytes.length, 4),
    number(entry.path.length, 2),
    number(0, 2),
  ]);
}

function directoryEntry({ entry, head, at }: Written): Buffer {
  const mode = entry.executable ? 0o100755 : 0o100644;
  return Buffer.concat([
    number(signature.directory, 4),
    number(version.madeBy, 2),
    head,
    // Comment, disk, internal attributes.
    Buffer.alloc(6),
    number(mode * 0x1_0000, 4),
    number(at, 4),
    Buffer.from(entry.path, 'latin1'),
  ]);
}

function endOf(count: number, directoryBytes: number, directoryAt: number): Buffer {
  return Buffer.concat([
    number(signature.end, 4),
    Buffer.alloc(4),
    number(count, 2),
    number(count, 2),
    number(directoryBytes, 4),
    number(directoryAt, 4),
    Buffer.alloc(2),
  ]);
}

function number(value: number, sizeBytes: 2 | 4): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  if (sizeBytes === 2) bytes.writeUInt16LE(value);
  else bytes.writeUInt32LE(value);
  return bytes;
}

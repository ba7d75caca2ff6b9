// Writes and reads the little of tar that the packer needs: plain files in POSIX ustar form. Pure. Written files belong
// to root, have no time, and modes 0644 or 0755; tar and install.sh make the folders from the paths.
import { assert } from '../../shared/assert.ts';
import { type ArchiveEntry, inOrder } from './archive-entry.ts';

const block = 512;
/** Field offsets of a ustar header (pax(1), "ustar Interchange Format"). */
const field = { name: 0, mode: 100, uid: 108, gid: 116, size: 124, time: 136, sum: 148, type: 156 } as const;
const magic = { at: 257, text: 'ustar\x0000' } as const;
const nameBytesMax = 99;
const plainFile = 0x30;

/** The whole archive, uncompressed. */
export function writeTar(entries: readonly ArchiveEntry[]): Uint8Array {
  const parts = inOrder(entries).flatMap(({ path, bytes, executable }) => [
    headOf(path, bytes.length, executable ? 0o755 : 0o644),
    bytes,
    new Uint8Array(padding(bytes.length)),
  ]);
  return Buffer.concat([...parts, new Uint8Array(2 * block)]);
}

function headOf(path: string, sizeBytes: number, mode: number): Uint8Array {
  assert(/^[\x21-\x7e]+$/.test(path) && path.length <= nameBytesMax, `a path for tar: ${path}`);
  const head = Buffer.alloc(block);
  head.write(path, field.name, 'latin1');
  octal(head, field.mode, 8, mode);
  octal(head, field.uid, 8, 0);
  octal(head, field.gid, 8, 0);
  octal(head, field.size, 12, sizeBytes);
  octal(head, field.time, 12, 0);
  head[field.type] = plainFile;
  head.write(magic.text, magic.at, 'latin1');
  // The sum is taken with its own field full of spaces.
  head.fill(0x20, field.sum, field.type);
  octal(head, field.sum, 7, sumOf(head));
  return head;
}

function octal(head: Buffer, at: number, width: number, value: number): void {
  head.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
}

function sumOf(head: Uint8Array): number {
  return head.reduce((sum, byte) => sum + byte, 0);
}

function padding(sizeBytes: number): number {
  return (block - (sizeBytes % block)) % block;
}

/** The content of one plain file; undefined when it is not there or not whole. For npm's packages. */
export function readFromTar(archive: Uint8Array, path: string): Uint8Array | undefined {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  for (let at = 0; at + block <= bytes.length; ) {
    const name = textAt(bytes, at + field.name, 100);
    const sizeBytes = Number.parseInt(textAt(bytes, at + field.size, 12) || '0', 8);
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) return undefined;
    const from = at + block;
    if (name === path && bytes[at + field.type] === plainFile) {
      return from + sizeBytes <= bytes.length ? bytes.subarray(from, from + sizeBytes) : undefined;
    }
    at = from + sizeBytes + padding(sizeBytes);
  }
  return undefined;
}

function textAt(bytes: Buffer, at: number, width: number): string {
  const text = bytes.toString('latin1', at, at + width);
  const end = text.indexOf('\0');
  return (end < 0 ? text : text.slice(0, end)).trim();
}

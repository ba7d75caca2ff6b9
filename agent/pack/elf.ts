// Cuts from a Linux program what is never loaded: section names, symbols, debugging tables behind the last segment.
// Done here and not by `strip`, because that exists only for the machine it runs on, and its result differs by version.
// Pure; must never change a byte that the kernel or the dynamic linker reads.
import { failure } from '../../shared/failure.ts';
import { fail, ok, type Result } from '../../shared/result.ts';

/** Offsets in a 64-bit little-endian ELF header and program header (elf(5)). */
const header = { sizeBytes: 64, programs: 32, sections: 40, programSize: 54, programCount: 56 } as const;
const sectionFields = { size: 58, count: 60, names: 62 } as const;
const program = { offset: 8, fileSize: 32 } as const;

/** Fails with `input.invalid` for anything but a 64-bit little-endian ELF file with a whole program header table. */
export function withoutSymbols(bytes: Uint8Array): Result<Uint8Array> {
  const magic = [0x7f, 0x45, 0x4c, 0x46, 2, 1];
  if (bytes.length < header.sizeBytes || magic.some((byte, at) => bytes[at] !== byte)) {
    return invalid('no 64-bit little-endian ELF file');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tableAt = Number(view.getBigUint64(header.programs, true));
  const entryBytes = view.getUint16(header.programSize, true);
  const count = view.getUint16(header.programCount, true);
  let endBytes = tableAt + entryBytes * count;
  if (count === 0 || endBytes > bytes.length) return invalid('its program headers are not all there');
  for (let at = tableAt; at < tableAt + entryBytes * count; at += entryBytes) {
    const offset = Number(view.getBigUint64(at + program.offset, true));
    endBytes = Math.max(endBytes, offset + Number(view.getBigUint64(at + program.fileSize, true)));
  }
  if (endBytes > bytes.length) return invalid('a segment reaches beyond its end');
  const cut = bytes.slice(0, endBytes);
  const head = new DataView(cut.buffer);
  // No section table any more: its place, its entries and their names.
  head.setBigUint64(header.sections, 0n, true);
  for (const field of Object.values(sectionFields)) head.setUint16(field, 0, true);
  return ok(cut);
}

function invalid(why: string): Result<never> {
  return fail(failure('input.invalid', `the program for the archive: ${why}`));
}

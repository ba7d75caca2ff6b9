// Cutting symbols off a program: on a small file made here, and on what must be refused.
import { describe, expect, it } from 'vitest';
import { withoutSymbols } from '../../../../agent/pack/elf.ts';

interface Segment {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** A 64-bit little-endian ELF file: header, program headers, content, and `tail` bytes that nothing loads. */
function elf(segments: readonly Segment[], contentBytes: number, tail = 1_000): Buffer {
  const bytes = Buffer.alloc(64 + segments.length * 56 + contentBytes + tail, 0xaa);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeBigUInt64LE(BigInt(bytes.length - 500), 40);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(segments.length, 56);
  bytes.writeUInt16LE(64, 58);
  bytes.writeUInt16LE(7, 60);
  bytes.writeUInt16LE(6, 62);
  segments.forEach(({ offset, sizeBytes }, at) => {
    const entry = 64 + at * 56;
    bytes.fill(0, entry, entry + 56);
    bytes.writeBigUInt64LE(BigInt(offset), entry + 8);
    bytes.writeBigUInt64LE(BigInt(sizeBytes), entry + 32);
  });
  return bytes;
}

const program = elf(
  [
    { offset: 0, sizeBytes: 176 },
    { offset: 176, sizeBytes: 300 },
  ],
  300,
);

function cut(bytes: Uint8Array): Buffer {
  const done = withoutSymbols(bytes);
  if (!done.ok) throw new Error(done.failure.message);
  return Buffer.from(done.value);
}

describe('a program without its symbols', () => {
  it('ends with its last segment', () => expect(cut(program).length).toBe(476));

  it('keeps every byte that is loaded, but for the place of the section table', () => {
    const small = cut(program);
    expect(small.subarray(64).equals(program.subarray(64, 476))).toBe(true);
    expect(small.subarray(0, 40).equals(program.subarray(0, 40))).toBe(true);
    expect(small.readBigUInt64LE(40)).toBe(0n);
    expect([58, 60, 62].map((at) => small.readUInt16LE(at))).toEqual([0, 0, 0]);
  });

  it('leaves the given bytes as they were', () => {
    const before = Buffer.from(program);
    cut(program);
    expect(program.equals(before)).toBe(true);
  });

  it('is not made smaller a second time', () => expect(cut(cut(program)).equals(cut(program))).toBe(true));

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a Windows program', Buffer.from('MZ'.padEnd(1_000, '\0'))],
    ['32 bits', Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1, 1]), Buffer.alloc(1_000)])],
    ['no segments', elf([], 300)],
    ['a segment beyond the end', elf([{ offset: 64, sizeBytes: 100_000 }], 300)],
    ['a file cut off in its program headers', program.subarray(0, 100)],
  ])('is refused for %s', (_, bytes) => {
    expect(withoutSymbols(bytes)).toMatchObject({ ok: false, failure: { code: 'input.invalid' } });
  });
});
